"""Jobs run side by side, each in its own process and scratch folder; outputs appear whole or not at all; a journal remembers."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from kamnb.reports.freezing import Frozen, write_notebooks
from kamnb.reports.job import Order
from kamnb.reports.jobs import Job
from kamnb.reports.journal import WORK, Journal, list_reasons
from kamnb.reports.keys import key_parts
from kamnb.reports.publishing import publish, publish_decisions, why_unwritten
from kamnb.reports.remembered import keep_shown
from kamnb.reports.workers import Workers


@dataclass(frozen=True)
class Result:
    """How a job ended: done, same (nothing had changed) or failed, with its journal entry."""

    job: Job
    status: str
    entry: dict

    @property
    def why(self) -> str:
        """Why it failed, or nothing."""
        return str(self.entry.get("why", ""))


@dataclass(frozen=True)
class Run:
    """A run under way: what it works on, where it files, who works, how many side by side."""

    frozen: Frozen
    out: Path
    journal: Journal
    workers: Workers
    abreast: int = 2

    def do(self, job: Job) -> Result:
        """Run `job` if anything has changed, publish and note it."""
        entry = self.journal.entries.get(job.ident)
        if not list_reasons(job, self.frozen.engagement, entry=entry, out=self.out):
            return Result(job, "same", entry or {})
        scratch = Path(tempfile.mkdtemp(dir=self.out / WORK, prefix="job-"))
        try:
            made = self._make(job, scratch)
        except OSError as error:
            made = {"status": "failed", "why": why_unwritten(error, self.out)}
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        self.journal.write(made := {"ident": job.ident, "parts": key_parts(job, self.frozen.engagement), **made})
        return Result(job, made["status"], made)

    def _make(self, job: Job, scratch: Path) -> dict:
        home = self.frozen.engagement
        order = Order(job, str(self.frozen.folder), str(home.path), str(scratch), engine=self.workers.engine)
        made = self.workers.run(order.to_json(), scratch)
        if made["status"] != "done":
            return made
        reads = [[kind, name, account, state or home.state(kind, name, account)] for kind, name, account, state in made["reads"]]
        known = self.journal.known_hashes(made["outputs"])
        self.journal.write({"ident": job.ident, "status": "publishing", "outputs": made["outputs"]})
        publish(made["outputs"], scratch / "outputs", out=self.out, known=known)
        publish_decisions(made.pop("decided"), scratch / "engagement", home=home, job=job)
        made["shown"] = keep_shown(made["shown"], job.ident, out=self.out)
        return {**{key: value for key, value in made.items() if key != "head"}, "reads": reads}


def run_jobs(jobs: Iterable[Job], run: Run) -> Iterator[Result]:
    """Results of `jobs` as they end, `run.abreast` side by side; one failure never stops the others.

    An interruption ends what runs, and what was made stays.  Source: design.md 6, faults.md (a3).
    """
    jobs = list(jobs)
    write_notebooks(run.frozen, jobs)
    pool = ThreadPoolExecutor(run.abreast)
    try:
        for future in as_completed([pool.submit(run.do, job) for job in jobs]):
            yield future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        run.workers.end()
        raise
    finally:
        pool.shutdown()
