"""The notebook of the stage: every name it shows is declared and worded, and the joint edition runs on shared rows alone."""

import re
from pathlib import Path

import nbformat
import pytest

from kamnb import strategy
from kamnb.editions.joint import batch, cut_engagement, joint
from kamnb.words import has_words, word_list

FILE = Path(__file__).parents[2] / "notebooks" / "3_strategy.ipynb"
SECRET = ("margin", "pocket", "contribution", "peers", "headroom")


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shown_names(kind):
    source = "\n".join(cell.source for cell in code(nbformat.read(FILE, as_version=4)))
    return re.findall(rf'{kind}\((?:.|\n)*?"(strategy\.[\w.]+)"', source)


def test_every_name_is_declared_with_its_tables():
    names = {name for kind in ("show", "draw", "say") for name in shown_names(kind)}
    assert names == set(strategy.NEEDS)


def test_every_table_has_a_title_and_every_empty_case_a_wording():
    assert all(has_words(f"{name}.title") for name in shown_names("show"))
    needing = [name for name in strategy.NEEDS if "{" in word_list("en").get(name, word_list("en").get(f"{name}.title", "{"))]
    lacking = [
        name for name in needing if not has_words(f"{name}.would_show") and "conclusion_" not in name and name != "strategy.decision_stands"
    ]
    assert lacking == []


@pytest.mark.parametrize("account", ["A001", "A081"])
def test_joint_edition_runs_on_the_account_s_own_rows(sample, account, tmp_path, capsys):
    folder = cut_engagement(sample, account, out=tmp_path / account)
    notebook = joint(batch(nbformat.read(FILE, as_version=4)))
    space = {"engagement": str(folder), "account": account, "language": "en", "edition": "joint"}
    for cell in code(notebook):
        if "parameters" not in cell.metadata.get("tags", []):
            exec(compile(cell.source, cell.id, "exec"), space)  # what a kernel would do, in this process
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown").lower()
    seen = re.sub(r"'image/png': '[^']+'", "", capsys.readouterr().out).lower()
    assert "net sales" in seen and "traceback" not in seen
    assert [word for word in SECRET if word in seen or word in prose] == []
