"""Jobs run side by side, each in its own process and scratch folder; outputs appear whole or not at all; a journal remembers."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

import psutil

from kamnb.engagement import Engagement
from kamnb.reports.jobs import Job

JOB_SECONDS = 900
WORK = ".kamnb"
_running: set[subprocess.Popen] = set()
KEPT_VARIABLES = ("PATH", "LANG", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH")


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


class Journal:
    """Append-only record of what was made; the last line of a job counts."""

    def __init__(self, folder: Path):
        self.file = folder / WORK / "journal.jsonl"
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()
        lines = self.file.read_text(encoding="utf-8").splitlines() if self.file.exists() else []
        self.entries = {entry["ident"]: entry for entry in map(_parse, lines) if entry}

    def write(self, entry: dict) -> None:
        """Add `entry` and make sure that it is on disk."""
        with self._lock, self.file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
            self.entries[entry["ident"]] = entry


def _parse(line: str) -> dict:
    """A journal line; a line that a crash cut short counts as nothing."""
    try:
        return json.loads(line)
    except ValueError:
        return {}


def is_done(job: Job, engagement: Engagement, *, entry: dict | None, out: Path) -> bool:
    """Whether `entry` proves that `job` needs no run: same key, same data where it read, outputs as it left them."""
    if not entry or entry["status"] != "done" or entry["key"] != job.fixed_key(engagement):
        return False
    if any(engagement.state(*read) != state for *read, state in entry["reads"]):
        return False
    files = {out / name: digest for name, digest in entry["outputs"].items()}
    return all(file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == digest for file, digest in files.items())


def run_jobs(jobs: Iterable[Job], engagement: Engagement, *, out: Path, workers: int) -> Iterator[Result]:
    """Results of `jobs` as they end, `workers` side by side; one failure never stops the others.

    Outputs land below `out`.  An interruption ends what runs, and what was made stays.  Source: design.md 6, faults.md (a3).
    """
    journal = Journal(out)

    def run(job: Job) -> Result:
        if is_done(job, engagement, entry=journal.entries.get(job.ident), out=out):
            return Result(job, "same", journal.entries[job.ident])
        result = _run_one(job, engagement, out=out)
        journal.write(result.entry)
        return result

    pool = ThreadPoolExecutor(workers)
    try:
        for future in as_completed([pool.submit(run, job) for job in jobs]):
            yield future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in list(_running):
            _kill_tree(child)
        raise
    finally:
        pool.shutdown()


def _run_one(job: Job, engagement: Engagement, *, out: Path) -> Result:
    """Run `job` in a child process in a scratch folder of its own and publish what it made."""
    scratch = Path(tempfile.mkdtemp(dir=out / WORK, prefix="job-"))
    entry: dict = {"ident": job.ident, "key": job.fixed_key(engagement)}
    try:
        order = {"job": asdict(job), "engagement": str(engagement.path), "scratch": str(scratch)}
        (scratch / "job.json").write_text(json.dumps(order), encoding="utf-8")
        told = _run_child(scratch, out / WORK / "matplotlib")
        file = scratch / "result.json"
        made = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"status": "failed", "why": told or "the job died"}
        entry.update({key: value for key, value in made.items() if key != "job"})
        if entry["status"] == "done":
            publish(entry["outputs"], scratch / "outputs", out=out)
        return Result(job, entry["status"], entry)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _run_child(scratch: Path, fonts: Path) -> str:
    """Run the job process to its end or its time limit, with all that it started; returns why it died, if it did."""
    with (scratch / "log.txt").open("wb") as log:
        command = [sys.executable, "-m", "kamnb.reports.child", str(scratch / "job.json")]
        child = subprocess.Popen(command, cwd=scratch, stdin=subprocess.DEVNULL, stdout=log,
                                 stderr=log, start_new_session=True, env=_child_environment(scratch, fonts))
        _running.add(child)
        try:
            child.wait(JOB_SECONDS)
        except subprocess.TimeoutExpired:
            return f"took longer than {JOB_SECONDS} s"
        finally:
            _running.discard(child)
            _kill_tree(child)
    return "" if child.returncode == 0 else (scratch / "log.txt").read_text(encoding="utf-8", errors="replace")[-1500:]


def _kill_tree(child: subprocess.Popen) -> None:
    """End `child` and every process below it."""
    try:
        family = psutil.Process(child.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    for process in [*family, *([child] if child.poll() is None else [])]:
        try:
            process.kill()
        except (psutil.NoSuchProcess, ProcessLookupError):
            continue
    child.wait()


def _child_environment(scratch: Path, fonts: Path) -> dict[str, str]:
    """Only what a job needs: no secrets, no user configuration, fixed hash seed, UTF-8."""
    kept = {key: os.environ[key] for key in KEPT_VARIABLES if key in os.environ}
    return {**kept, "HOME": str(scratch), "IPYTHONDIR": str(scratch / "ipython"), "JUPYTER_CONFIG_DIR": str(scratch / "jupyter"),
            "JUPYTER_DATA_DIR": str(scratch / "jupyter"), "JUPYTER_NO_CONFIG": "1", "MPLCONFIGDIR": str(fonts), "MPLBACKEND": "Agg",
            "PYTHONUTF8": "1", "PYTHONHASHSEED": "0", "PYTHONSAFEPATH": "1", "PYTHONNOUSERSITE": "1", "OMP_NUM_THREADS": "1"}


def publish(outputs: dict[str, str], made: Path, *, out: Path) -> None:
    """Move verified files into place by rename."""
    for name in outputs:
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with (made / name).open("rb") as stream:
            os.fsync(stream.fileno())
        (made / name).replace(target)
