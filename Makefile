# `make` prints this list.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
.DEFAULT_GOAL := help
.PHONY: help setup report test soak lint bench docs sample lock clean

help: ## print this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(READY) ## make the virtual environment from the locked requirements

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $(READY)

report: $(READY) ## render the sample client's five notebooks in Japanese and English
	$(BIN)/kamnb report data/sample --lang ja --lang en

test: $(READY) ## run every test
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

soak: $(READY) ## run the long fault tests (an hour or more)
	$(BIN)/python -m pytest tests/soak

lint: $(READY) ## check the code's style
	$(BIN)/ruff check kamnb tests benchmarks

bench: $(READY) ## compare with what a user would pick instead, in the same run
	$(BIN)/python -m benchmarks

docs: $(READY) ## write data/README.md, the data dictionary, from the schemas
	$(BIN)/python -m kamnb.intake.dictionary > data/README.md

sample: $(READY) ## make the synthetic client in data/sample again
	$(BIN)/python -m kamnb.training data/sample

lock: ## pin the requirements again (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --extra dev --extra apps pyproject.toml -o requirements.lock

clean: ## remove what can be made again
	rm -rf $(VENV) reports/sample .pytest_cache .ruff_cache .hypothesis build *.egg-info data/sample/.cache
