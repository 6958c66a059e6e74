"""The masters: closed tags, one call per cell, no loops, no typed numbers, a conclusion; nbval compares the conclusions."""

import ast
import re
import statistics
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from kamnb.editions.kept import is_kept
from kamnb.editions.working import with_parameters

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TAGS = {"parameters", "setup", "interactive", "conclusion", "exercise", "answer", "internal"}
each = pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda f: f.stem)


def cells(file, kind=None):
    return [cell for cell in nbformat.read(file, as_version=4).cells if kind in (None, cell.cell_type)]


def tags(cell):
    return set(cell.metadata.get("tags", []))


def test_there_are_five():
    assert [file.stem for file in NOTEBOOKS] == ["1_channels", "2_selection", "3_strategy", "4_actions", "5_review"]


@each
def test_size_tags_and_ids(file):
    found = cells(file)
    assert 20 <= len(found) <= 45
    assert all(tags(cell) <= TAGS for cell in found)
    assert len({cell.id for cell in found}) == len(found)
    assert all(re.fullmatch(r"[a-z0-9-]+", cell.id) for cell in found)
    for needed in ("parameters", "setup", "interactive", "conclusion"):
        assert any(needed in tags(cell) for cell in found), needed


@each
def test_title_is_a_question_and_sections_are_at_least_four(file):
    prose = [cell.source for cell in cells(file, "markdown")]
    assert prose[0].startswith("# ") and prose[0].splitlines()[0].endswith("?")
    assert len([line for text in prose for line in text.splitlines() if line.startswith("## ")]) >= 4


@each
def test_code_cells_are_calls(file):
    sizes = []
    for cell in cells(file, "code"):
        tree = ast.parse(cell.source)
        kinds = {type(node) for node in ast.walk(tree)}
        assert not kinds & {ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.With, ast.Lambda, ast.ListComp}
        if "setup" not in tags(cell):
            assert not kinds & {ast.Import, ast.ImportFrom}
        assert "filterwarnings" not in cell.source and not re.search(r"^\s*[!%]", cell.source, flags=re.M)
        sizes.append(len(cell.source.splitlines()))
    assert max(sizes) <= 6 and statistics.median(sizes) == 1


@each
def test_no_number_is_typed_into_prose(file):
    for cell in cells(file, "markdown"):
        plain = re.sub(r"\[[^\]]*\]\([^)]*\)|`[^`]*`", "", cell.source)
        assert not re.search(r"\d", plain), f"{cell.id}: {re.search(r'.{0,20}[0-9].{0,20}', plain).group()}"


@each
def test_sections_end_in_a_computed_sentence(file):
    text = "\n".join(cell.source for cell in cells(file, "code"))
    assert text.count("say(") >= 4 and "appendix(" in cells(file, "code")[-1].source
    assert ".decide(" in text


@each
def test_only_conclusions_keep_outputs(file):
    assert is_kept(file), "strip it: python -m kamnb.editions.kept"
    assert all(cell.outputs for cell in cells(file, "code") if "conclusion" in tags(cell))


@each
def test_joint_cells_do_not_need_internal_ones(file):
    made = set()
    for cell in cells(file, "code"):
        names = {node.id for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name)}
        stored = {n.id for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        if tags(cell) & {"internal", "interactive"}:
            made |= stored
        else:
            assert not names & made, f"{cell.id} uses {names & made} of an internal cell"


@each
def test_conclusions_come_out_as_kept(file, tmp_path):
    notebook = nbformat.read(file, as_version=4)
    notebook = with_parameters(notebook, {"engagement": str(ROOT / "data" / "sample")})
    for cell in notebook.cells:
        if "conclusion" in tags(cell):
            cell.metadata["tags"] = [*cell.metadata["tags"], "nbval-check-output"]
    nbformat.write(notebook, tmp_path / file.name)
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-c", "/dev/null",
               "--nbval-cell-timeout", "120", str(tmp_path / file.name)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=300)
    assert run.returncode == 0, run.stdout[-3000:]
