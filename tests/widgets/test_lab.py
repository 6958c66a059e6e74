"""`kamnb lab` writes the notebooks, never over a person's own, and opens a JupyterLab that asks nobody outside."""

import json
import os
import shutil

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_notebook, new_output

from kamnb import cli
from kamnb.editions import opened
from kamnb.editions.working import CONTROL, read_parameters, write_working

VALUES = {"engagement": "../..", "language": "en", "account": "A/1"}


@pytest.fixture
def master(tmp_path):
    """A master about one account."""
    parameters = new_code_cell('engagement = "x"\naccount = "y"', metadata={"tags": ["parameters"]})
    file = tmp_path / "n.ipynb"
    nbformat.write(new_notebook(cells=[parameters, new_code_cell("control()")]), file)
    return file


@pytest.fixture
def write(master, tmp_path):
    """Write the working notebook; returns the file and what became of it."""
    return lambda **values: next(iter(write_working([master], tmp_path / "out", values={**VALUES, **values}).items()))


def change(file, edit):
    """Open `file`, let `edit` change it, and save it as a person would."""
    notebook = nbformat.read(file, as_version=4)
    edit(notebook)
    nbformat.write(notebook, file)


def run_control(notebook):
    """What a run leaves behind in the second cell, and the empty cell that running on from the last one adds."""
    bundle = {CONTROL: {"model_id": "gone"}, "text/html": "<p>last answer</p>"}
    notebook.cells[1].outputs = [new_output("execute_result", data=bundle, execution_count=2)]
    notebook.cells.append(new_code_cell("\n"))
    notebook.metadata["widgets"] = {"state": {}}


def test_a_notebook_of_an_account_bears_its_code(write):
    file, state = write()
    other, _ = write(account="B2")
    assert state == "new" and file != other and other.name == "n.B2.ipynb" and file.parent == other.parent
    assert read_parameters(nbformat.read(file, as_version=4)) == {"engagement": "../..", "account": "A/1"}


def test_a_run_notebook_keeps_its_outputs_but_no_dead_control(write):
    file, _ = write()
    change(file, run_control)
    assert write() == (file, "same")
    kept = nbformat.read(file, as_version=4)
    assert kept.cells[1].outputs[0].data == {"text/html": "<p>last answer</p>"}
    assert "widgets" not in kept.metadata


def test_a_run_notebook_is_renewed_when_the_master_is_new(write, master):
    file, _ = write()
    change(file, run_control)
    change(master, lambda notebook: notebook.cells.append(new_code_cell("more()")))
    assert write() == (file, "renewed")
    assert [cell.source for cell in nbformat.read(file, as_version=4).cells[1:]] == ["control()", "more()"]


def test_what_a_person_wrote_stays_whatever_the_master_does(write, master):
    file, _ = write()
    change(file, lambda notebook: notebook.cells.append(new_code_cell("mine()")))
    change(master, lambda notebook: notebook.cells.append(new_code_cell("more()")))
    assert write() == (file, "kept")
    assert nbformat.read(file, as_version=4).cells[-1].source == "mine()"


@pytest.fixture
def served(engagement, monkeypatch):
    """What `kamnb lab` would serve; no notebooks lie there yet."""
    shutil.rmtree(engagement.path / "notebooks", ignore_errors=True)
    calls = []
    monkeypatch.setattr(opened, "serve", lambda folder, first, **how: calls.append((folder, first, how)))
    before = os.umask(0o022)
    yield calls
    os.umask(before)


def test_lab_says_what_it_wrote_and_opens_the_first(engagement, served):
    command = ["lab", str(engagement.path), "--lang", "ja", "--account", "A081", "--no-browser", "--", "--port=9000"]
    run = CliRunner().invoke(cli.main, command)
    assert run.exit_code == 0, run.output
    names = ["1_channels.ipynb", "2_selection.ipynb", "3_strategy.A081.ipynb", "4_actions.A081.ipynb", "5_review.ipynb"]
    folder = engagement.path / "notebooks" / "ja"
    assert run.output.splitlines() == [str(folder / name) for name in names]
    assert served == [(folder, "1_channels.ipynb", {"browser": False, "options": ("--port=9000",)})]
    again = CliRunner().invoke(cli.main, command)
    assert all(line.endswith("(as it was)") for line in again.output.splitlines())
    first = nbformat.read(folder / names[0], as_version=4)
    assert read_parameters(first) == {"engagement": "../..", "language": "ja", "edition": "internal"}
    assert "売上" in first.cells[0].source


def test_lab_refuses_an_unknown_account(engagement, served):
    run = CliRunner().invoke(cli.main, ["lab", str(engagement.path), "--account", "A8l"])
    assert run.exit_code == 2 and "A8l" in run.output and not served


def test_the_server_is_for_this_machine_and_asks_nobody_outside(monkeypatch, tmp_path):
    from jupyterlab.labapp import LabApp

    given = []
    monkeypatch.setattr(LabApp, "launch_instance", lambda arguments: given.extend(arguments))
    monkeypatch.setattr(opened.signal, "signal", lambda *_: None)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "before")
    opened.serve(tmp_path, "1.ipynb", browser=False, options=("--port=9000",))
    for needed in ("--ServerApp.ip=127.0.0.1", "--LabApp.news_url=None", "--LabApp.extension_manager=readonly",
                   "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--ServerApp.open_browser=False"):
        assert needed in given
    assert given[-1] == "--port=9000"
    config = tmp_path / ".jupyter"
    assert os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep) == [str(config), "before"]
    quiet = json.loads((config / "labconfig" / "default_setting_overrides.json").read_text())
    assert quiet["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
