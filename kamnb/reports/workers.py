"""The supervisor's side of the processes that run jobs: one warm worker, or a fresh process with a kernel for each job."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Lock, Thread

import psutil

from kamnb.errors import InputError
from kamnb.reports.freezing import Frozen
from kamnb.reports.journal import WORK, hash_file
from kamnb.reports.limits import clean_environment, kill_tree

WARM_SECONDS, ENDING_SECONDS, RESTARTS = 120, 5, 3
RESULT, PAGE, LOG_TAIL = "result.json", "page.html", 1_500
WORKER_FILE = "worker.json"


def best_engine() -> str:
    """"warm" where a process can be forked safely, else "kernel" (performance.md, traps)."""
    return "warm" if sys.platform == "linux" else "kernel"


class WarmWorker:
    """The warm worker process and the orders that it works on."""

    def __init__(self, frozen: Frozen, out: Path):
        self.work = out / WORK
        self.log = self.work / "worker.log"
        self._lock, self._ready = Lock(), Event()
        self._waiting: dict[str, Event] = {}
        self._answers: dict[str, dict] = {}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kamnb.reports.warm", str(frozen.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                cwd=self.work, start_new_session=True, env=clean_environment(str(self.work), str(self.work / "matplotlib")))
        note_worker(self.work, self.process.pid)
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()
        if not self._ready.wait(WARM_SECONDS) or self.process.poll() is not None:
            self.end()
            raise RuntimeError(f"the warm worker did not start: {self.log.read_text(encoding='utf-8', errors='replace')[-LOG_TAIL:]}")

    def _listen(self) -> None:
        for line in self.process.stdout:
            answer = json.loads(line)
            if answer.get("ready"):
                self._ready.set()
                continue
            with self._lock:
                self._answers[answer["scratch"]] = answer
                self._waiting[answer["scratch"]].set()
        self._ready.set()
        with self._lock:
            for event in self._waiting.values():
                event.set()

    @property
    def alive(self) -> bool:
        """Whether it can take orders."""
        return self.process.poll() is None

    def run(self, line: str, scratch: str) -> dict | None:
        """The worker's answer to the order in `line`, or None when the worker died."""
        with self._lock:
            event = self._waiting[scratch] = Event()
            try:
                self.process.stdin.write(line.encode() + b"\n")
                self.process.stdin.flush()
            except OSError:
                return None
        while not event.wait(1):
            if not self.alive:
                event.wait(1)
                break
        with self._lock:
            self._waiting.pop(scratch)
            return self._answers.pop(scratch, None)

    def end(self) -> None:
        """End it and all that it started."""
        try:
            self.process.stdin.close()
            self.process.wait(ENDING_SECONDS)
        except (OSError, subprocess.TimeoutExpired):
            kill_tree(self.process.pid)
            self.process.wait()
        self._listener.join(ENDING_SECONDS)
        self.process.stdout.close()
        (self.work / WORKER_FILE).unlink(missing_ok=True)


def note_worker(work: Path, pid: int) -> None:
    """Note the worker's identity, so that a later run can end it if this one is killed."""
    (work / WORKER_FILE).write_text(json.dumps({"pid": pid, "created": psutil.Process(pid).create_time()}), encoding="utf-8")


def end_forgotten(work: Path) -> None:
    """End a worker that an earlier, killed run has left: by process id and start time, never by name."""
    try:
        noted = json.loads((work / WORKER_FILE).read_text(encoding="utf-8"))
        if psutil.Process(noted["pid"]).create_time() == noted["created"]:
            kill_tree(noted["pid"])
    except (OSError, ValueError, psutil.NoSuchProcess):
        pass
    (work / WORKER_FILE).unlink(missing_ok=True)


class Workers:
    """Runs orders on one engine and prints PDFs with one browser; both start when first needed and end with it."""

    def __init__(self, frozen: Frozen, *, out: Path, engine: str):
        self.frozen, self.out, self.engine = frozen, out, engine
        self._lock, self._stack = Lock(), ExitStack()
        self._worker: WarmWorker | None = None
        self._printer = None
        self._starts, self._children, self._ended = 0, set(), False

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    def end(self) -> None:
        """End every process."""
        self._ended = True
        for child in list(self._children):
            kill_tree(child.pid)
        if self._worker:
            self._worker.end()
        self._stack.close()

    def run(self, line: str, scratch: Path) -> dict:
        """What became of the order in `line`: its result, with the reason if it failed."""
        told = self._run_warm(line, str(scratch)) if self.engine == "warm" else self._run_fresh(line, scratch)
        file = scratch / RESULT
        if file.exists() and not told["why"]:
            return self._with_pdf(json.loads(file.read_text(encoding="utf-8")), scratch)
        return {"status": "failed", "why": told["why"] or why_it_died(scratch, told["code"])}

    def _run_warm(self, line: str, scratch: str) -> dict:
        for _ in range(RESTARTS):
            worker = self._warm()
            answer = worker.run(line, scratch)
            if answer or self._ended:
                return answer or {"code": -9, "why": "interrupted"}
        return {"code": -9, "why": "the warm worker died again and again"}

    def _warm(self) -> WarmWorker:
        with self._lock:
            if self._worker is None or not self._worker.alive:
                self._starts += 1
                self._worker = WarmWorker(self.frozen, self.out)
            return self._worker

    def _run_fresh(self, line: str, scratch: Path) -> dict:
        """Run the order in a process of its own with a kernel; sockets are files in a short private folder (faults.md X12, X21)."""
        sockets = tempfile.mkdtemp(prefix="k", dir="/tmp" if Path("/tmp").is_dir() else None) if os.name == "posix" else ""
        order = {**json.loads(line), "sockets": sockets, "engine": "kernel"}
        try:
            with (scratch / "log.txt").open("wb") as log:
                environment = {**clean_environment(str(scratch), str(self.out / WORK / "matplotlib")), "TMPDIR": str(scratch)}
                child = subprocess.Popen([sys.executable, "-m", "kamnb.reports.child"], cwd=scratch, stdin=subprocess.PIPE, stdout=log,
                                         stderr=log, start_new_session=True, env=environment)
                return self._follow(child, json.dumps(order), seconds=order["seconds"])
        finally:
            shutil.rmtree(sockets or "-", ignore_errors=True)

    def _follow(self, child: subprocess.Popen, line: str, *, seconds: float) -> dict:
        self._children.add(child)
        try:
            child.communicate(line.encode() + b"\n", timeout=seconds)
        except subprocess.TimeoutExpired:
            return {"code": -9, "why": f"took longer than {seconds} s"}
        finally:
            kill_tree(child.pid)
            child.wait()
            self._children.discard(child)
        return {"code": child.returncode, "why": ""}

    def _with_pdf(self, result: dict, scratch: Path) -> dict:
        """`result` after its PDF, if one was asked for, has been printed from the page that the job has left."""
        for name in [name for name in result.get("outputs", {}) if name.endswith(".pdf")]:
            from kamnb.reports.pdf import Printer, check_pdf

            with self._lock:
                self._printer = self._printer or self._stack.enter_context(Printer())
            file = scratch / "outputs" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._printer.print(scratch / PAGE, file, result["head"])
                check_pdf(file)
            except InputError as error:
                return {"status": "failed", "why": str(error)}
            result["outputs"][name] = hash_file(file)
        return result


def why_it_died(scratch: Path, code: int) -> str:
    """Why a job left no result: the cell that ran and the signal or exit status that ended it."""
    from kamnb.reports.engine import read_mark

    cell = read_mark(scratch)[1] or "before the first cell"
    log = scratch / "log.txt"
    tail = log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:].strip() if log.exists() else ""
    how = f"killed by signal {-code} (out of memory, or ended from outside)" if code < 0 else f"the process ended with status {code}"
    return f"{cell}: {how}" + (f"\n{tail}" if tail else "")
