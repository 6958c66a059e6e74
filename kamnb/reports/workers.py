"""The supervisor's side of the processes that run jobs: one warm worker, or a fresh process with a kernel for each job."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Lock

from kamnb.errors import InputError
from kamnb.reports.freezing import Frozen
from kamnb.reports.interrupting import interruptible
from kamnb.reports.journal import WORK, hash_file
from kamnb.reports.limits import Limits, kill_tree, with_limits
from kamnb.reports.marks import explain_end, explain_failure, lost_kernel, never_started, tell_overdue
from kamnb.reports.reading import UnfinishedError
from kamnb.reports.turns import Turns
from kamnb.reports.worker import LOOK, SLACK_SECONDS, StartError, WarmWorker, end_process, start_process

RESULT, PAGE = "result.json", "page.html"
SIGKILL = -9
TRIES, START_TRIES = 2, 3
INTERRUPTED = {"status": "interrupted", "why": "interrupted", "detail": "interrupted"}
LOST = {"code": SIGKILL, "why": ""}


def best_engine() -> str:
    """"warm" where a process can be forked safely, else "kernel" (performance.md, traps)."""
    return "warm" if sys.platform == "linux" else "kernel"


def socket_prefix(out: Path) -> str:
    """How the socket folders of runs in `out` begin: short, as addresses of sockets must be, and known to the next run."""
    return f"kamnb-{hashlib.sha256(str(out).encode()).hexdigest()[:8]}-"


def socket_home() -> Path:
    """Where socket folders are made."""
    return Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())


class Workers:
    """Runs orders on one engine and prints PDFs with one browser; both start when first needed and end with it."""

    def __init__(self, frozen: Frozen, *, out: Path, engine: str, limits: Limits | None = None):
        self.frozen, self.out, self.engine, self.limits = frozen, out, engine, limits or Limits()
        self._lock, self._stack, self._turns = Lock(), ExitStack(), Turns()
        self._worker: WarmWorker | None = None
        self._broken = ""
        self._printer = None
        self._children: set[subprocess.Popen] = set()
        self.ended = False

    def __enter__(self) -> Workers:
        self._stack.enter_context(interruptible(self._kill))
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()
        self._stack.close()

    def end(self) -> None:
        """End every process; jobs that run are told to be interrupted."""
        self.ended = True
        for child in list(self._children):
            end_process(child, at_once=True)
        with self._lock:
            worker, self._worker = self._worker, None
            printer, self._printer = self._printer, None
        if worker:
            worker.end()
        if printer:
            printer.__exit__(None, None, None)

    def _kill(self) -> None:
        """End every process now; what that leaves is removed by the next run."""
        worker = self._worker
        for process in [*self._children, *([worker.process] if worker else [])]:
            kill_tree(process.pid)

    def run(self, line: str, scratch: Path) -> dict:
        """What became of the order in `line`: its result, with the reason if it failed.

        A job whose process was lost (killed by the system, a worker that died) is tried again alone: memory may have been
        short, or a neighbour may have been at fault.
        """
        line = with_limits(line, self.limits)
        with self._turns.beside():
            made, lost = self._try(line, scratch)
        tries = 1
        while lost and not self.ended and tries < (START_TRIES if never_started(scratch) else TRIES):
            empty(scratch)
            with self._turns.alone():
                made, lost = self._try(line, scratch)
            tries += 1
        return made

    def _try(self, line: str, scratch: Path) -> tuple[dict, bool]:
        """What became of the order, and whether its process was lost."""
        if self.ended:
            return INTERRUPTED, False
        told = self._run_warm(line, str(scratch)) if self.engine == "warm" else self._run_fresh(line, scratch)
        if self.ended:
            return INTERRUPTED, False
        file = scratch / RESULT
        if told["why"]:
            return {"status": "failed", "why": told["why"], "detail": told["why"]}, False
        if not file.exists():
            return explain_end(scratch, told["code"], told.get("peak", 0)), told["code"] == SIGKILL
        result = json.loads(file.read_text(encoding="utf-8"))
        if result["status"] == "done":
            return {**result, "peak": told.get("peak", 0)}, False
        lost = lost_kernel(scratch) or self.engine == "kernel" and never_started(scratch) and "InputError" not in result["why"]
        return {**result, **explain_failure(scratch, result["why"], self.limits)}, lost

    def _run_warm(self, line: str, scratch: str) -> dict:
        try:
            worker = self._warm()
            worker.wait_ready()
        except StartError as error:
            self._broken = str(error)
            return {"code": 1, "why": self._broken}
        return worker.run(line, scratch, seconds=self.limits.job_seconds + SLACK_SECONDS) or LOST

    def _warm(self) -> WarmWorker:
        with self._lock:
            if self._broken or self.ended:
                raise StartError(self._broken or "interrupted")
            if self._worker and not self._worker.alive:
                self._worker.end()
                self._worker = None
            self._worker = self._worker or WarmWorker(self.frozen, self.out)
            return self._worker

    def _run_fresh(self, line: str, scratch: Path) -> dict:
        """Run the order in a process of its own with a kernel; sockets are files in a short private folder (faults.md X12, X21)."""
        sockets = tempfile.mkdtemp(prefix=socket_prefix(self.out), dir=socket_home()) if os.name == "posix" else ""
        try:
            child = start_process("child", work=self.out / WORK, folder=scratch)
            self._children.add(child)
            return self._follow(child, json.dumps({**json.loads(line), "sockets": sockets, "engine": "kernel"}), scratch)
        finally:
            shutil.rmtree(sockets or "-", ignore_errors=True)

    def _follow(self, child: subprocess.Popen, line: str, scratch: Path) -> dict:
        since, why = time.monotonic(), ""
        try:
            with suppress(OSError):  # it died at once: its exit status tells
                child.stdin.write(line.encode() + b"\n")
                child.stdin.flush()
            while not why and not self.ended:
                with suppress(subprocess.TimeoutExpired):
                    return {"code": child.wait(LOOK), "why": ""}
                why = tell_overdue(scratch, since, self.limits)
        finally:
            end_process(child, at_once=True)
            self._children.discard(child)
        return {"code": SIGKILL, "why": why}

    def add_pdf(self, made: dict, scratch: Path) -> dict:
        """What became of an order (`made`, from `run`) after its PDF, if one was asked for, is printed from the page it has left."""
        for name in [name for name in made.get("outputs", {}) if name.endswith(".pdf")]:
            from kamnb.reports.pdf import Printer, check_pdf

            with self._lock:
                if self.ended:
                    return INTERRUPTED
                printer = self._printer = self._printer or Printer().__enter__()
            file = scratch / "outputs" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                printer.print(scratch / PAGE, file, made["head"])
                check_pdf(file)
            except (InputError, UnfinishedError) as error:
                return INTERRUPTED if self.ended else {"status": "failed", "why": str(error), "detail": str(error)}
            made["outputs"][name] = hash_file(file)
        return made


def empty(scratch: Path) -> None:
    """Remove what an attempt has left in `scratch`."""
    for item in scratch.iterdir():
        shutil.rmtree(item) if item.is_dir() and not item.is_symlink() else item.unlink()
