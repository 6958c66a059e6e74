"""The sample client's own copy, and the masters run as far as their controls."""

import ast
import shutil
from pathlib import Path

import ipywidgets as w
import nbformat
import pandas as pd
import pytest

from kamnb.engagement import open_engagement
from kamnb.widgets import account_weights, alert_thresholds, channel_weights, growth_target, relationship_choice
from kamnb.widgets.controls import plain_text

ROOT = Path(__file__).resolve().parents[2]
SHOWN = {"show", "draw", "say", "appendix"}


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


@pytest.fixture(scope="session")
def at_control(copied):
    """What a master has defined when it reaches its control: run once, nothing drawn, without any decision."""
    reached = {}

    def run(stem):
        if stem not in reached:
            reached[stem] = run_cells(stem, copied, until="interactive")
            shutil.rmtree(copied / "decisions", ignore_errors=True)
        return reached[stem]

    return run


def run_cells(stem, folder, *, until="", **parameters):
    """The names that the code cells of a master define, before the cell tagged `until`; what it shows is left out."""
    names = {}
    for cell in nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4).cells:
        tags = cell.metadata.get("tags", [])
        if until in tags:
            return names
        if cell.cell_type != "code" or "interactive" in tags:
            continue
        tree = ast.parse(cell.source)
        tree.body = [node for node in tree.body if not _is_shown(node)]
        exec(compile(tree, stem, "exec"), names)
        if "parameters" in tags:
            names.update({"engagement": str(folder), **parameters})
    return names


def _is_shown(node):
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SHOWN


@pytest.fixture
def build(engagement, at_control):
    """The panel of a notebook, on what the notebook had computed when it reached it."""

    def make(stem, opened=engagement):
        names = at_control(stem)
        panels = {"1_channels": lambda: channel_weights(opened, names["priority"]),
                  "2_selection": lambda: account_weights(opened, names["scored"].ratings, barred=names["scored"].barred,
                                                       doubt=names["seated"].doubt),
                  "3_strategy": lambda: relationship_choice(opened, names["account"], names["signs"]),
                  "4_actions": lambda: growth_target(opened, names["account"], names["months"]),
                  "5_review": lambda: alert_thresholds(opened, names["risks"])}
        return panels[stem]()

    return make


def chosen(panel):
    """Names of the rows that are marked as chosen on the screen."""
    lines = plain_text(panel.answer.value).splitlines()
    return {line[1:].split("  ")[0].strip() for line in lines if line.startswith("●")}


def controls_of(panel):
    """Sliders and choices of a panel by their label ("" for a choice without one)."""
    return {control.description: control for control in panel.children[0].children[0].children}


def foot_of(panel):
    """The line below the controls: the field for the name, Save, Back, and what is said."""
    return panel.children[1].children


def save(panel, name):
    """Type `name` and press Save; returns what is said."""
    who, button, _, said = foot_of(panel)
    assert isinstance(who, w.Text)
    who.value = name
    button.click()
    return said.value


def saved_choices(folder):
    """What choices.csv holds, by setting."""
    return pd.read_csv(folder / "decisions" / "choices.csv", encoding="utf-8-sig").set_index("setting")
