"""The house rules of the package: layers, sizes, names, one place for each heavy library."""

import ast
import re
import statistics
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "kamnb"
FILES = sorted(PACKAGE.rglob("*.py"))
STAGES = ("channels", "selection", "strategy", "actions", "review")
LAYERS = [("errors",), ("money", "calendar"), ("intake",), ("ledger",), ("choices",), ("settings",), ("snapshots",),
          ("engagement",), ("methods",), ("formats",), ("words",), ("shown", "typefaces"), ("style",), ("drawn", "pictures"), STAGES,
          ("display",), ("widgets",), ("editions",), ("training",), ("reports",), ("starting", "checking"), ("cli",)]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
ONLY_IN = {"ibis": ("ledger",), "duckdb": ("ledger",), "pandera": ("intake",), "ipywidgets": ("widgets",),
           "papermill": ("reports", "editions"), "nbconvert": ("reports", "editions"), "nbformat": ("reports", "editions"),
           "pptx": ("reports",), "xlsxwriter": ("reports", "intake", "training", "checking")}
BAD_NAMES = {"utils", "helpers", "common", "misc", "core", "base"}


def layer_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(file: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def functions_of(file: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def body_lines(function: ast.FunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
    return body[-1].end_lineno - body[0].lineno + 1


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_imports_point_left_only(file):
    mine = layer_of(file)
    if mine == "__init__":
        return
    theirs = {name.split(".")[1] for name in imports_of(file) if name.startswith("kamnb.")} - {mine, "__version__"}
    wrong = {other for other in theirs if LEVEL[other] >= LEVEL[mine]}
    assert not wrong, f"{mine} must not import {wrong}"


@pytest.mark.parametrize("file", [f for f in FILES if layer_of(f) in STAGES], ids=name_of)
def test_only_charts_of_a_stage_know_style_and_words(file):
    told = {name.split(".")[1] for name in imports_of(file) if name.startswith("kamnb.")}
    if file.stem != "charts" and not file.stem.endswith("_charts"):
        assert not told & {"style", "words", "formats"}


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_heavy_libraries_have_one_home(file):
    roots = {name.split(".")[0] for name in imports_of(file)}
    wrong = {library for library in roots & set(ONLY_IN) if layer_of(file) not in ONLY_IN[library]}
    assert not wrong


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_modules_and_functions_stay_small(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 300
    assert file.stem not in BAD_NAMES
    for function in functions_of(file):
        count = len([a for a in function.args.posonlyargs + function.args.args if a.arg not in ("self", "cls")])
        assert body_lines(function) <= 30, f"{function.name} has {body_lines(function)} lines"
        assert count + len(function.args.kwonlyargs) <= 4, f"{function.name} has too many arguments"


def test_function_bodies_are_short_in_the_median():
    assert statistics.median(body_lines(f) for file in FILES for f in functions_of(file)) <= 8


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_public_functions_say_what_comes_back(file):
    for function in functions_of(file):
        if not function.name.startswith("_") and function.col_offset == 0:
            assert ast.get_docstring(function), f"{function.name} has no docstring"


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_no_bare_except_no_clock_no_filter(file):
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"except\s*:", text)
    assert not re.search(r"\b(datetime|date|Timestamp)\.(now|today|utcnow)\(", text)
    assert not re.search(r"warnings\.(simplefilter|filterwarnings)\(\s*[\"']ignore", text)


def test_stages_do_not_import_each_other():
    for file in FILES:
        if layer_of(file) in STAGES:
            others = {name.split(".")[1] for name in imports_of(file) if name.startswith("kamnb.")} & set(STAGES) - {layer_of(file)}
            assert not others, f"{file}: {others}"


def test_environment_yml_equals_pyproject():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["apps"], *extras["dev"], "-e ."]
    lines = re.findall(r'^      - "(.+)"$', (ROOT / "environment.yml").read_text(encoding="utf-8"), flags=re.M)
    assert lines == list(dict.fromkeys(wanted))


def test_lock_has_hashes_and_no_addresses():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    packages = re.findall(r"^[\w.\[\]-]+==", text, flags=re.M)
    assert len(packages) > 100
    assert "://" not in text and "--index" not in text
    assert all("--hash=sha256:" in block for block in re.split(r"^(?=[\w.\[\]-]+==)", text, flags=re.M)[1:])


def test_no_machine_paths_in_the_repository():
    tracked = [*FILES, *ROOT.glob("*.md"), *ROOT.glob("*.toml"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "notebooks").glob("*.ipynb")]
    needle = "/" + "work/"
    assert [str(file) for file in tracked if needle in file.read_text(encoding="utf-8")] == []
