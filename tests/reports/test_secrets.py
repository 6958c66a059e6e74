"""Secrets and what lies in folders: nothing of the user's environment reaches a report, nothing that lies about runs (T9, T13, T14)."""

import json
import os
import sys

import pytest

from kamnb.reports.index import index_page
from kamnb.reports.journal import WORK
from kamnb.reports.making import check_totals, describe_run
from tests.reports.planted import Planted, published
from tests.reports.planting import plant_code

SECRET = "CANARYSECRET4711"


@pytest.fixture(scope="module")
def run(tmp_path_factory, make_small):
    """A run whose engagement, working folder and home hold code that must not run, and whose environment holds a secret."""
    folder = tmp_path_factory.mktemp("secrets")
    home = make_small(folder)
    patch = pytest.MonkeyPatch()
    marks = plant_code(home, folder / "marks")
    patch.chdir(home)
    patch.setenv("HOME", str(home))
    patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    patch.setenv("PYTHONPATH", str(home))
    patch.setenv("PYTHONSTARTUP", str(home / "sitecustomize.py"))
    mask = os.umask(0)
    made = Planted(home, folder / "out")
    made.marks = marks
    made.run("1")
    yield made
    made.close()
    os.umask(mask)
    patch.undo()


def test_t9_nothing_that_lies_in_a_folder_runs_or_configures(run, tmp_path):
    told = tmp_path / "told"
    source = (f"import json, sys, matplotlib, pandas\nopen({str(told)!r}, 'w').write(json.dumps([pandas.__file__, sys.path, "
              f"matplotlib.rcParamsOrig['axes.facecolor'] if hasattr(matplotlib, 'rcParamsOrig') else "
              f"matplotlib.rcParamsDefault['axes.facecolor'], matplotlib.rcParams['axes.facecolor'], matplotlib.matplotlib_fname()]))")
    assert run.run(source).status == "done"
    pandas_file, path, *colours, rc_file = json.loads(told.read_text(encoding="utf-8"))
    assert run.marks() == []
    home = str(run.frozen.engagement.path)
    assert home not in pandas_file and home not in path and "" not in path and home not in rc_file and "red" not in colours


def test_t13_a_secret_of_the_environment_does_not_reach_a_job(run, tmp_path):
    told = tmp_path / "told"
    assert run.run(f"import os\nopen({str(told)!r}, 'w').write(str(dict(os.environ)))\nprint(os.environ)").status == "done"
    assert SECRET not in told.read_text(encoding="utf-8")
    assert not any(SECRET.encode() in data for data in published(run.out).values())


def test_t13_the_text_of_an_exception_stays_on_this_machine(run, capfd):
    result = run.run("1", f"print({SECRET!r})\nraise ValueError('{SECRET}')")
    assert SECRET in result.detail and SECRET not in result.why
    engagement = run.frozen.engagement
    totals = check_totals(engagement)
    page = index_page(engagement, [result], totals=totals, language="en")
    assert "ValueError" in page and SECRET not in page
    assert SECRET not in json.dumps(describe_run(engagement, [result], totals=totals))
    assert not any(SECRET.encode() in data for data in published(run.out).values())
    kept = next((run.out / WORK / "failed").glob("*.txt"))
    assert SECRET in kept.read_text(encoding="utf-8")
    assert SECRET not in "".join(capfd.readouterr())


def test_t13_no_path_or_user_of_this_machine_stands_in_a_report(run):
    assert run.run("say('reports.joint')", "import warnings; warnings.warn('careful')").status == "done"
    for name, data in published(run.out).items():
        assert str(run.out.parent).encode() not in data and WORK.encode() not in data and sys.prefix.encode() not in data, name


def test_t14_files_are_for_their_owner_alone(run, tmp_path):
    told = tmp_path / "told"
    source = (f"import json, os\nopen('made', 'w').close()\nos.mkdir('folder')\n"
              f"modes = [os.stat(name).st_mode & 0o777 for name in ('.', 'made', 'folder', 'engagement', 'cell.txt', 'log.txt')]\n"
              f"open({str(told)!r}, 'w').write(json.dumps(modes))")
    assert run.run(source).status == "done"
    assert json.loads(told.read_text()) == [0o700, 0o600, 0o700, 0o700, 0o600, 0o600]
    open_to_others = [p for p in run.out.rglob("*") if WORK not in p.relative_to(run.out).parts and p.stat().st_mode & 0o077]
    assert open_to_others == []
