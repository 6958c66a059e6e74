"""The supervisor's end of a process that runs jobs: how it is started, watched and ended, and the warm one that takes many orders."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread

import psutil

from kamnb.reports.freezing import Frozen
from kamnb.reports.journal import WORK
from kamnb.reports.limits import ENDING_SECONDS, clean_environment, identify, kill_tree
from kamnb.reports.marks import LOG, LOG_TAIL

WARM_SECONDS, SLACK_SECONDS, LOOK = 180, 30, 0.25
WORKER_FILE = "worker.json"


class StartError(Exception):
    """The warm worker did not start: no job can run."""


def start_process(*module: str, work: Path, folder: Path, answers: bool = False) -> subprocess.Popen:
    """A process of our own (keeper.py) in `folder`: its own session, nothing of the user's environment, what it prints in its log.

    `answers`: its standard output can be read.
    """
    environment = {**clean_environment(str(folder), str(work / "matplotlib")), "TMPDIR": str(folder)}
    with (folder / LOG).open("wb") as log:
        return subprocess.Popen([sys.executable, "-m", "kamnb.reports.keeper", *module], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE if answers else log, stderr=log, cwd=folder, start_new_session=True, env=environment)


def end_process(process: subprocess.Popen, *, at_once: bool) -> None:
    """End `process` and everything below it: its keeper does so when its input ends, and with `at_once` what it keeps is killed first."""
    if at_once:
        with suppress(psutil.Error):
            for below in psutil.Process(process.pid).children() if sys.platform == "linux" else [process]:
                kill_tree(below.pid)
    with suppress(OSError, ValueError):
        process.stdin.close()
    try:
        process.wait(2 * ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        kill_tree(process.pid)
        process.wait()


class WarmWorker:
    """The warm worker process and the orders that it works on."""

    def __init__(self, frozen: Frozen, out: Path):
        self.work = out / WORK
        self.folder = self.work / "warm"
        self.folder.mkdir(exist_ok=True)
        self._lock, self._ready, self._up = Lock(), Event(), False
        self._waiting: dict[str, Event] = {}
        self._answers: dict[str, dict] = {}
        self.process = start_process("warm", str(frozen.folder), work=self.work, folder=self.folder, answers=True)
        note_worker(self.work, self.process.pid)
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        for line in self.process.stdout:
            with suppress(ValueError):  # a line that was cut short when it died
                self._hear(json.loads(line))
        self._ready.set()
        with self._lock:
            for event in self._waiting.values():
                event.set()

    def _hear(self, answer: dict) -> None:
        if answer.get("ready"):
            self._up = True
            self._ready.set()
            return
        with self._lock:
            event = self._waiting.get(answer["scratch"])
            if event:
                self._answers[answer["scratch"]] = answer
                event.set()

    @property
    def alive(self) -> bool:
        """Whether it can take orders."""
        return self.process.poll() is None

    def wait_ready(self) -> None:
        """Wait until it is warm.  Raises StartError, with what it said last, when it does not come up."""
        if not self._ready.wait(WARM_SECONDS):
            end_process(self.process, at_once=True)
        if not self._up:
            told = (self.folder / LOG).read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:].strip()
            raise StartError(f"the warm worker did not start; --engine kernel does without it\n{told}")

    def run(self, line: str, scratch: str, *, seconds: float) -> dict | None:
        """The worker's answer to the order in `line`, or None when the worker died or said nothing in `seconds`."""
        event, until = Event(), time.monotonic() + seconds
        with self._lock:
            self._waiting[scratch] = event
            try:
                self.process.stdin.write(line.encode() + b"\n")
                self.process.stdin.flush()
            except (OSError, ValueError):
                self._waiting.pop(scratch, None)
                return None
        while not event.wait(1):
            if time.monotonic() > until:
                end_process(self.process, at_once=True)
            if not self.alive:
                event.wait(1)  # it may have answered before
                break
        with self._lock:
            self._waiting.pop(scratch, None)
            return self._answers.pop(scratch, None)

    def end(self, *, at_once: bool = False) -> None:
        """End it and all that it started."""
        end_process(self.process, at_once=at_once)
        self._listener.join(ENDING_SECONDS)
        if not self._listener.is_alive():
            self.process.stdout.close()
        (self.work / WORKER_FILE).unlink(missing_ok=True)


def note_worker(work: Path, pid: int) -> None:
    """Note the worker's identity, so that a later run can end it if this one is killed."""
    with suppress(psutil.NoSuchProcess):
        (work / WORKER_FILE).write_text(json.dumps({"pid": pid, "started": identify(pid)}), encoding="utf-8")


def end_forgotten(work: Path) -> None:
    """End a worker that an earlier, killed run has left: by process id and start, never by name."""
    with suppress(OSError, ValueError, KeyError, psutil.NoSuchProcess):
        noted = json.loads((work / WORKER_FILE).read_text(encoding="utf-8"))
        if identify(noted["pid"]) == noted["started"]:
            kill_tree(noted["pid"])
            psutil.wait_procs([psutil.Process(noted["pid"])], timeout=ENDING_SECONDS)
    (work / WORKER_FILE).unlink(missing_ok=True)
