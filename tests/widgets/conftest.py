"""The sample client's own copy, and a notebook run as far as its control."""

import ast
import shutil
from pathlib import Path

import nbformat
import pytest

from kamnb.engagement import open_engagement
from kamnb.words import speak

ROOT = Path(__file__).resolve().parents[2]
SHOWN = {"show", "draw", "say", "appendix"}


@pytest.fixture(autouse=True)
def quiet():
    """Words in English before every test; what is displayed goes nowhere."""
    speak("en")
    yield
    speak("en")


@pytest.fixture(scope="session")
def copied(tmp_path_factory):
    """A copy of the sample without decisions, its ledger already summed."""
    folder = tmp_path_factory.mktemp("lab") / "sample"
    shutil.copytree(ROOT / "data" / "sample", folder, ignore=shutil.ignore_patterns("decisions", "notebooks"))
    open_engagement(folder)
    return folder


@pytest.fixture
def engagement(copied):
    """The copy, opened in English; decisions that a test saves are gone afterwards."""
    yield open_engagement(copied, language="en")
    shutil.rmtree(copied / "decisions", ignore_errors=True)


def run_until_control(stem, folder, **parameters):
    """The names a notebook has defined when it reaches its control, and the control itself. Nothing is drawn."""
    names = {}
    for cell in nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4).cells:
        if cell.cell_type != "code":
            continue
        tree = ast.parse(cell.source)
        tags = cell.metadata.get("tags", [])
        if "interactive" in tags:
            return names, eval(compile(ast.Expression(tree.body[-1].value), stem, "eval"), names)
        tree.body = [node for node in tree.body if not _is_shown(node)]
        exec(compile(tree, stem, "exec"), names)
        if "parameters" in tags:
            names.update({"engagement": str(folder), **parameters})
    raise AssertionError(f"{stem} has no control")


def _is_shown(node):
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SHOWN
