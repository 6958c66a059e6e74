"""Whole runs on a small engagement: what is made, what is redone, what fails alone, and what an account may see."""

import json
import re
import signal
import subprocess
import sys
import time

import psutil
import pytest

from kamnb.engagement import open_engagement
from kamnb.reports import jobs as planning
from kamnb.reports.freezing import freeze
from kamnb.reports.jobs import Job, Request, plan_jobs
from kamnb.reports.journal import Journal
from kamnb.reports.making import make_reports
from kamnb.reports.runner import Run, run_jobs
from kamnb.reports.workers import Workers

MINIMAL = [Job(stage, language, account="A1" if stage in planning.BY_ACCOUNT else None)
           for stage, language in zip(planning.NOTEBOOKS, ("ja", "en", "zh", "ja", "en"), strict=True)]


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def run_all(jobs, folder, out, *, engine="warm"):
    """Results of `jobs` on the engagement in `folder`."""
    frozen = freeze(open_engagement(folder), out=out)
    with Workers(frozen, out=out, engine=engine) as workers:
        return list(run_jobs(jobs, Run(frozen, out, Journal(out), workers)))


@pytest.mark.parametrize("job", MINIMAL, ids=lambda job: job.ident)
def test_every_notebook_runs_with_sales_and_accounts_alone(small, out, job):
    (result,) = run_all([job], small, out)
    assert result.status == "done", result.why
    assert sorted(p.suffix for p in out.rglob("*.*") if ".kamnb" not in p.parts) == [".html", ".xlsx"]


def test_a_second_run_does_nothing_and_a_changed_row_redoes_it(small, out):
    request = Request(stages=("channels",), languages=("en",), formats=("html",), workers=1)
    assert [r.status for r in make_reports(open_engagement(small), request, out=out).results] == ["done"]
    page = out / "1_channels" / "1_channels.en.html"
    before = page.stat().st_mtime_ns
    assert [r.status for r in make_reports(open_engagement(small), request, out=out).results] == ["same"]
    assert page.stat().st_mtime_ns == before
    text = (small / "sales.csv").read_text(encoding="utf-8").replace(",1000,", ",1007,")
    (small / "sales.csv").write_text(text, encoding="utf-8")
    assert [r.status for r in make_reports(open_engagement(small), request, out=out).results] == ["done"]
    page.write_text("edited by hand", encoding="utf-8")
    assert [r.status for r in make_reports(open_engagement(small), request, out=out).results] == ["done"]
    (kept,) = page.parent.glob("*.edited-*.html")
    assert kept.read_text(encoding="utf-8") == "edited by hand" and "edited by hand" not in page.read_text(encoding="utf-8")
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["totals_minor_units"].values()) == {int(open_engagement(small).panel("account_month")["net_sales"].sum())}
    assert "1_channels.en.html" in (out / "index.html").read_text(encoding="utf-8")


def test_one_failure_never_stops_the_others(small, out):
    bad, good = Job("strategy", "en", account="A1", formats=("html",)), Job("channels", "en", formats=("html",))
    (small / "decisions" / "strategy").mkdir(parents=True)
    (small / "decisions" / "strategy" / "A1.csv").write_text("pillar\nbroken", encoding="utf-8")
    results = {r.job.stage: r for r in run_all([bad, good], small, out)}
    assert results["strategy"].status == "failed" and results["channels"].status == "done"
    assert results["strategy"].why and not list(out.glob("3_strategy/*"))


def test_a_journal_survives_a_line_cut_short(out):
    journal = Journal(out)
    journal.write({"ident": "a", "status": "done"})
    with journal.file.open("a", encoding="utf-8") as stream:
        stream.write('{"ident": "b", "sta')
    assert set(Journal(out).entries) == {"a"}


def test_a_joint_report_knows_nothing_of_others(small, out):
    job = Job("strategy", "ja", "joint", account="A1")
    (result,) = run_all([job], small, out)
    assert result.status == "done", result.why
    page = re.sub(r"base64,[^\"]+", "", next(out.glob("3_strategy/*.joint.ja.html")).read_text(encoding="utf-8"))
    assert "①商店" in page
    assert not re.search("髙田屋|Takada|A2|原価|粗利", page)


def test_unknown_and_repeated_accounts_are_refused_before_any_job(small):
    from kamnb.errors import InputError

    with pytest.raises(InputError, match="did you mean 'A1'"):
        plan_jobs(open_engagement(small), Request(accounts=("A11",), languages=("en",)), stages=("strategy",))
    with pytest.raises(InputError, match="twice"):
        plan_jobs(open_engagement(small), Request(accounts=("A1", "A1"), languages=("en",)), stages=("strategy",))


def test_an_interruption_ends_what_runs_and_leaves_nothing_behind(small, out):
    command = [sys.executable, "-m", "kamnb.cli", "report", str(small), "--stage", "channels", "--lang", "en", "--out", str(out)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                           preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # ignored below a background shell
    work = out / "small" / "2024-03-31" / ".kamnb"
    assert wait_until(lambda: any(psutil.Process(run.pid).children(recursive=True)) and list(work.glob("job-*/cell.txt")))
    family = psutil.Process(run.pid).children(recursive=True)
    run.send_signal(signal.SIGINT)
    told, _ = run.communicate(timeout=30)
    assert run.returncode == 130 and "Interrupted" in told
    assert wait_until(lambda: not any(process.is_running() and process.status() != "zombie" for process in family))
    assert not list(work.glob("job-*"))


def wait_until(holds, seconds=120):
    """Whether `holds()` comes true in time."""
    for _ in range(seconds * 10):
        if holds():
            return True
        time.sleep(0.1)
    return False
