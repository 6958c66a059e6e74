"""Notebooks of a test's own, run through the real pipeline: frozen run, worker, publishing, journal."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook

from kamnb.engagement import open_engagement
from kamnb.reports.freezing import freeze
from kamnb.reports.jobs import Job
from kamnb.reports.journal import WORK, Journal
from kamnb.reports.limits import Limits
from kamnb.reports.runner import Run, run_jobs
from kamnb.reports.workers import Workers

PARAMETERS = 'engagement = ""\nlanguage = "en"\nedition = "internal"\naccount = None'
SETUP = "from kamnb.display import appendix, begin, draw, say, show\n\ne = begin(engagement, language=language, edition=edition)"
PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}, "language_info": {"name": "python"}}
JOB = Job("channels", "en", formats=("html",))


def notebook(*sources, ended=True):
    """A notebook whose middle cells are `sources`, named c1, c2 ...; the last one is the appendix."""
    parameters = new_code_cell(PARAMETERS, id="parameters", metadata={"tags": ["parameters"]})
    middle = [new_code_cell(source, id=f"c{number}") for number, source in enumerate(sources, 1)]
    last = [new_code_cell("appendix(e)", id="appendix")] if ended else []
    return new_notebook(cells=[parameters, new_code_cell(SETUP, id="setup"), *middle, *last], metadata=PYTHON)


def plant(frozen, job, *sources, ended=True):
    """Let `job` run a notebook of `sources`."""
    nbformat.write(notebook(*sources, ended=ended), frozen.notebook(job))


class Planted:
    """A run on the engagement in `folder`, whose worker is used again from test to test."""

    def __init__(self, folder: Path, out: Path, *, engine: str = "warm"):
        self.out = out
        out.mkdir(exist_ok=True)
        self.frozen = freeze(open_engagement(folder), out=out)
        self.workers = Workers(self.frozen, out=out, engine=engine)

    def run(self, *sources, limits=None, ended=True):
        """The result of one job whose notebook holds `sources`."""
        plant(self.frozen, JOB, *sources, ended=ended)
        return self.run_all([JOB], limits=limits)[0]

    def run_all(self, jobs, *, limits=None, abreast=2):
        """Results of `jobs` by order of the list; nothing that was made before counts."""
        self.workers.limits = limits or Limits()
        (self.out / WORK / "journal.jsonl").unlink(missing_ok=True)
        results = {r.job: r for r in run_jobs(jobs, Run(self.frozen, self.out, Journal(self.out), self.workers, abreast))}
        return [results[job] for job in jobs]

    def close(self):
        """End the worker."""
        self.workers.__exit__(None, None, None)


def published(out):
    """Every file below `out` that people look at, as bytes by name."""
    return {str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file() and WORK not in p.parts}


def ours():
    """Processes below this one, as (pid, start): zombies that wait for their parent do not count."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        try:
            if process.status() != psutil.STATUS_ZOMBIE:
                found.add((process.pid, process.create_time()))
        except psutil.NoSuchProcess:
            continue
    return found


def marked(mark):
    """Process ids of processes anywhere whose command line holds `mark`."""
    found = []
    for process in psutil.process_iter():
        try:
            if mark in " ".join(process.cmdline()) and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


@contextmanager
def nothing_left(scratch_of=None):
    """Fail when a process is left that was not there before, or a scratch folder in the run `scratch_of`."""
    before = ours()
    yield
    left = ours() - before
    assert not left, [psutil.Process(pid).cmdline() for pid, _ in left if psutil.pid_exists(pid)]
    if scratch_of is not None:
        assert not list((scratch_of / WORK).glob("job-*"))
