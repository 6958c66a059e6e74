"""The warm worker: a process that has everything loaded and forks itself for each job.

python -m kamnb.reports.warm reads orders (one JSON line each) and answers each with {"scratch", "code", "why"}; at the end of its
input it kills what still runs and ends.  A fork costs some milliseconds where a new interpreter takes seconds.  Source: performance.md.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import selectors
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.modules.setdefault("rfc3987_syntax", None)  # see child.py

import matplotlib.pyplot as plt  # noqa: E402
import psutil  # noqa: E402
from seaborn import scatterplot  # noqa: E402

from kamnb import display, engagement, style, widgets  # noqa: E402, F401
from kamnb.pictures import picture  # noqa: E402
from kamnb.reports import engine, freezing, job, limits  # noqa: E402
from kamnb.reports.reading import Prose, Report, Section, Table  # noqa: E402
from kamnb.words import LANGUAGES, speak, word_list  # noqa: E402

LOOK = 0.25
FORMATS = ("html", "xlsx", "pptx")


@dataclass
class Running:
    """A forked job: its order and when it started (the clock that stands still while the machine sleeps)."""

    order: job.Order
    since: float = field(default_factory=time.monotonic)

    def overdue(self) -> str:
        """Why it must be ended now, or nothing."""
        in_cell, cell = engine.read_mark(Path(self.order.scratch))
        if in_cell > min(job.CELL_SECONDS, self.order.seconds):
            return f"{cell} took longer than {min(job.CELL_SECONDS, self.order.seconds)} s"
        if time.monotonic() - self.since > self.order.seconds:
            return f"took longer than {self.order.seconds} s, at the end in {cell or 'its preparation'}"
        return ""


def warm_up(frozen: Path) -> None:
    """Load frames, fonts, words and the drawing paths that every job needs, so that a fork has them."""
    engagement.HELD.update(pickle.loads((frozen / freezing.HELD_FILE).read_bytes()))
    for language in LANGUAGES:
        word_list(language)
        speak(language, currency="JPY", start=4)
    ax = style.canvas(None)
    style.title(ax, "売上 Sales 100%", "百万円")
    ax.bar(["あ", "b"], [1, -2])
    ax.plot([0, 1], [1, 0])
    scatterplot(x=[0, 1], y=[0, 1], ax=ax)
    ax.annotate("x", (0, 0))
    picture(ax)
    plt.rcdefaults()
    _print_once()
    engine.new_shell()


def _print_once() -> None:
    """Print a report of one table, so that templates and writers are loaded."""
    column = {"name": "account", "kind": "text", "label": "a", "unit": "", "divisor": 1, "digits": 0}
    shown = Table("appendix.sources", "t", "s", [column], [["x"]])
    head = dict.fromkeys(("client", "account", "account_name", "firm", "edition"), "")
    head |= {"as_of": "2024-03-31", "language": "en", "currency": "JPY"}
    report = Report(head, "t", "", [["a", "b", "c"]] * 4, ["x"], [Section("s", "s1", [Prose("x"), shown])], [shown])
    speak("en", currency="JPY", start=4)
    with tempfile.TemporaryDirectory() as folder:
        for form in FORMATS:
            job.write_report(report, Path(folder) / f"report.{form}")


def check_threads() -> None:
    """Raise RuntimeError when this process has more than one thread: a fork of it could hang (performance.md)."""
    threads = psutil.Process().num_threads()
    if threads > 1:
        raise RuntimeError(f"the warm worker has {threads} threads")


def fork_job(order: job.Order, frozen: freezing.Frozen, *, private: list[int]) -> int:
    """Process id of a fork that runs the job of `order`; it closes the worker's `private` files."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        for file in private:
            os.close(file)
        _settle(order)
        status = job.fulfil(order, frozen)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _settle(order: job.Order) -> None:
    """Make the fork a job of its own: own session, folder, log, limits; it dies with the worker."""
    limits.die_with_parent()
    os.setsid()
    os.umask(0o077)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    log = os.open(f"{order.scratch}/log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
    os.environ.update({"HOME": order.scratch, "TMPDIR": order.scratch})
    tempfile.tempdir = order.scratch
    os.chdir(order.scratch)
    gc.disable()
    limits.limit_memory(order.memory)


class Worker:
    """The loop: orders in, forks out, ends told."""

    def __init__(self) -> None:
        self.running: dict[int, Running] = {}
        self.frozen: dict[str, freezing.Frozen] = {}
        self.answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
        self.bell, self.bell_rope = os.pipe()
        os.set_blocking(self.bell_rope, False)
        signal.set_wakeup_fd(self.bell_rope, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.selector = selectors.DefaultSelector()
        self.selector.register(0, selectors.EVENT_READ)
        self.selector.register(self.bell, selectors.EVENT_READ)
        self.rest = b""

    def serve(self) -> None:
        """Work until the input ends."""
        self.tell(ready=True)
        while True:
            for key, _ in self.selector.select(LOOK if self.running else None):
                if key.fd == self.bell:
                    os.read(self.bell, 4096)
                elif not self.take_orders():
                    return self.end()
            self.reap()
            self.end_overdue()

    def take_orders(self) -> bool:
        """Start what was ordered; False when no more can come."""
        chunk = os.read(0, 65_536)
        *lines, self.rest = (self.rest + chunk).split(b"\n")
        for line in lines:
            self.start(line.decode())
        return bool(chunk)

    def start(self, line: str) -> None:
        """Start one order, or stop one that runs: {"stop": SCRATCH}."""
        values = json.loads(line)
        if "stop" in values:
            for pid in [pid for pid, run in self.running.items() if run.order.scratch == values["stop"]]:
                limits.kill_tree(pid)
            return
        order = job.Order.from_json(line)
        if order.frozen not in self.frozen:
            self.frozen[order.frozen] = job.open_frozen(order)
        private = [self.answers.fileno(), self.bell, self.bell_rope, self.selector.fileno()]
        self.running[fork_job(order, self.frozen[order.frozen], private=private)] = Running(order)

    def reap(self) -> None:
        """Tell the end of each job that has ended, and kill what it left."""
        for pid in list(self.running):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                order = self.running.pop(pid).order
                self.tell(scratch=order.scratch, code=os.waitstatus_to_exitcode(status), why="")
        self.sweep()

    def sweep(self) -> None:
        """Kill processes that a job has started and left behind: they have become ours."""
        for child in psutil.Process().children():
            if child.pid not in self.running:
                limits.kill_tree(child.pid)
                child.wait(5)

    def end_overdue(self) -> None:
        """Kill jobs that take longer than they may."""
        for pid, run in list(self.running.items()):
            why = run.overdue()
            if why:
                limits.kill_tree(pid)
                os.waitpid(pid, 0)
                del self.running[pid]
                self.tell(scratch=run.order.scratch, code=-9, why=why)
                self.sweep()

    def tell(self, **answer: object) -> None:
        """Answer with one line."""
        self.answers.write(json.dumps(answer) + "\n")
        self.answers.flush()

    def end(self) -> None:
        """Kill what runs."""
        for pid in self.running:
            limits.kill_tree(pid)
        self.running.clear()
        self.sweep()


def main(frozen: str) -> None:
    """Warm up, freeze what is loaded out of the garbage collector's sight, and serve."""
    limits.adopt_orphans()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warm_up(Path(frozen))
    gc.collect()
    gc.freeze()
    check_threads()
    Worker().serve()


if __name__ == "__main__":
    main(sys.argv[1])
