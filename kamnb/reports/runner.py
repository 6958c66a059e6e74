"""Jobs run side by side, each in its own process and scratch folder; outputs appear whole or not at all; a journal remembers."""

from __future__ import annotations

import shutil
import tempfile
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Semaphore

from kamnb.engagement import safe_name
from kamnb.errors import InputError
from kamnb.reports.freezing import Frozen, write_notebooks
from kamnb.reports.jobs import Job, Order
from kamnb.reports.journal import WORK, Journal, list_reasons
from kamnb.reports.keys import key_parts
from kamnb.reports.marks import LOG
from kamnb.reports.publishing import publish, publish_decisions, why_unwritten
from kamnb.reports.remembered import keep_shown
from kamnb.reports.workers import Workers

FAILED = "failed"


@dataclass(frozen=True)
class Result:
    """How a job ended: done, same (nothing had changed), failed or interrupted, with its journal entry."""

    job: Job
    status: str
    entry: dict

    @property
    def why(self) -> str:
        """Why it failed, for everybody: it holds no client's data; or nothing."""
        return str(self.entry.get("why", ""))

    @property
    def detail(self) -> str:
        """Why it failed, with what the exception said, for this machine alone; or nothing."""
        return str(self.entry.get("detail", self.why))


@dataclass(frozen=True)
class Run:
    """A run under way: what it works on, where it files, who works, how many side by side."""

    frozen: Frozen
    out: Path
    journal: Journal
    workers: Workers
    abreast: int = 2
    places: Semaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", Semaphore(self.abreast))

    def do(self, job: Job) -> Result:
        """Run `job` if anything has changed, publish and note it; whatever goes wrong is this job's failure alone."""
        entry = self.journal.entries.get(job.ident)
        try:
            if not list_reasons(job, self.frozen.engagement, entry=entry, out=self.out):
                return Result(job, "same", entry or {})
            made = self._make_aside(job)
        except Exception as error:
            made = self._fail(job, error)
        made = {"ident": job.ident, "parts": key_parts(job, self.frozen.engagement), **made}
        try:
            self.journal.write(made)
        except OSError as error:
            made = {**made, **self._fail(job, error)}
        return Result(job, made["status"], made)

    def _make_aside(self, job: Job) -> dict:
        """Make `job` in a scratch folder of its own, which goes; the log of a failure stays."""
        scratch = Path(tempfile.mkdtemp(dir=self.out / WORK, prefix="job-"))
        try:
            made = self._make(job, scratch)
            keep_log(job, self.out / WORK, log=scratch / LOG if made["status"] == FAILED else None)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return made

    def _make(self, job: Job, scratch: Path) -> dict:
        home = self.frozen.engagement
        order = Order(job, str(self.frozen.folder), str(home.path), str(scratch), engine=self.workers.engine)
        with self.places:
            made = self.workers.run(order.to_json(), scratch)
        made = self.workers.add_pdf(made, scratch)  # the next job runs meanwhile
        if made["status"] != "done":
            return made
        reads = [[kind, name, account, state or home.state(kind, name, account)] for kind, name, account, state in made["reads"]]
        known = self.journal.known_hashes(made["outputs"])
        self.journal.write({"ident": job.ident, "status": "publishing", "outputs": made["outputs"]})
        publish(made["outputs"], scratch / "outputs", out=self.out, known=known)
        publish_decisions(made.pop("decided"), scratch / "engagement", home=home, job=job)
        made["shown"] = keep_shown(made["shown"], job.ident, out=self.out)
        return {**{key: value for key, value in made.items() if key != "head"}, "reads": reads}

    def _fail(self, job: Job, error: Exception) -> dict:
        """The entry of a job that failed in this process."""
        detail = "".join(traceback.format_exception(error)).strip()
        with suppress(OSError):
            keep_log(job, self.out / WORK, text=detail)
        told = why_unwritten(error, self.out) if isinstance(error, OSError) else str(error) if isinstance(error, InputError) else ""
        return {"status": FAILED, "why": told if isinstance(error, OSError) else type(error).__name__, "detail": told or detail}


def keep_log(job: Job, work: Path, *, log: Path | None = None, text: str = "") -> None:
    """Keep the `log` or `text` of a job that failed, to look into on this machine; without any, forget an earlier one."""
    kept = work / FAILED / f"{safe_name(job.ident)}.txt"
    kept.unlink(missing_ok=True)
    if text or (log and log.exists()):
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        kept.write_text(text, encoding="utf-8") if text else shutil.copyfile(log, kept)


def run_jobs(jobs: Iterable[Job], run: Run) -> Iterator[Result]:
    """Results of `jobs` as they end, `run.abreast` side by side; one failure never stops the others.

    An interruption ends what runs, and what was made stays.  Source: design.md 6, faults.md (a3).
    """
    jobs = list(jobs)
    write_notebooks(run.frozen, jobs)
    pool = ThreadPoolExecutor(run.abreast + 1)  # one to prepare the next job or file the last one while the others run
    try:
        for future in as_completed([pool.submit(run.do, job) for job in jobs]):
            yield future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        run.workers.end()
        raise
    finally:
        pool.shutdown()
