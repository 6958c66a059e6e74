"""Editions are pure functions from notebook to notebook."""

import copy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from kamnb.editions import translated as t
from kamnb.editions.joint import batch, joint
from kamnb.editions.kept import kept
from kamnb.editions.working import with_parameters, write_working
from kamnb.errors import InputError


@pytest.fixture
def notebook():
    said = new_output("display_data", data={"text/plain": "x"})
    return new_notebook(cells=[
        new_markdown_cell("# A question?", id="title"),
        new_code_cell('engagement = "../data/sample"\nlanguage = "en"', id="parameters", metadata={"tags": ["parameters"]}),
        new_code_cell("secret()", id="secret", metadata={"tags": ["internal"]}, outputs=[said], execution_count=3),
        new_code_cell("sliders()", id="sliders", metadata={"tags": ["interactive"]}),
        new_code_cell("end()", id="end", metadata={"tags": ["conclusion"]}, outputs=[said], execution_count=4),
    ])


@pytest.fixture
def prose(tmp_path, monkeypatch):
    monkeypatch.setattr(t, "TEXT", tmp_path)
    (tmp_path / "ja").mkdir()

    def write(text):
        (tmp_path / "ja" / "n.md").write_text(text, encoding="utf-8")

    return write


def test_prose_is_replaced_by_cell(notebook, prose):
    prose(f"<!-- cell: title en: {t.prose_hash('# A question?')} -->\n# 問いは何ですか\n")
    before = copy.deepcopy(notebook)
    assert t.translated(notebook, "n", language="ja").cells[0].source == "# 問いは何ですか"
    assert notebook == before


def test_stale_missing_and_idle_prose_are_all_told(notebook, prose):
    prose("<!-- cell: title en: 00000000 -->\n# 古い\n<!-- cell: gone en: 00000000 -->\nx\n")
    with pytest.raises(InputError) as error:
        t.translated(notebook, "n", language="ja")
    assert len(error.value.faults) == 2


def test_joint_has_no_internal_cell_and_batch_no_interactive(notebook):
    assert [c.id for c in joint(notebook).cells] == ["title", "parameters", "sliders", "end"]
    assert [c.id for c in batch(notebook).cells] == ["title", "parameters", "secret", "end"]


def test_kept_holds_outputs_of_conclusions_only(notebook):
    result = kept(notebook)
    assert [bool(c.get("outputs")) for c in result.cells] == [False, False, False, False, True]
    assert kept(result) == result


def test_working_copies_keep_what_a_person_changed(notebook, tmp_path):
    master = tmp_path / "n.ipynb"
    nbformat.write(notebook, master)
    values = {"engagement": "/e", "language": "en"}
    (file,) = write_working([master], tmp_path / "out", values=values)
    assert "engagement = '/e'" in file.read_text()
    changed = nbformat.read(file, as_version=4)
    changed.cells[0].source = "# Mine?"
    nbformat.write(changed, file)
    write_working([master], tmp_path / "out", values=values)
    assert nbformat.read(file, as_version=4).cells[0].source == "# Mine?"


def test_parameters_keep_their_own_values_unless_named(notebook):
    assert with_parameters(notebook, {"language": "ja"}).cells[1].source == "engagement = '../data/sample'\nlanguage = 'ja'"
