"""The warm worker: a process that has everything loaded and forks itself for each job.

python -m kamnb.reports.keeper warm FROZEN reads orders (one JSON line each) and answers each with {"scratch", "code", "why", "peak"};
at the end of its input it kills what still runs and ends.  A fork costs some milliseconds where a new interpreter takes seconds.
Source: performance.md.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import selectors
import signal
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib.pyplot as plt
import psutil
from seaborn import scatterplot

from kamnb import display, engagement, style, widgets  # noqa: F401
from kamnb.errors import InputError
from kamnb.pictures import picture
from kamnb.reports import engine, freezing, job, jobs, limits
from kamnb.reports.marks import LOG, tell_overdue
from kamnb.reports.reading import Prose, Report, Section, Table
from kamnb.words import LANGUAGES, speak, word_list

LOOK = 0.25
FORMATS = ("html", "xlsx", "pptx")


@dataclass
class Running:
    """A forked job: its order, its limits, and when it started (the clock that stands still while the machine sleeps)."""

    order: jobs.Order
    allowed: limits.Limits
    since: float = field(default_factory=time.monotonic)
    why: str = ""

    def overdue(self) -> str:
        """Why it must be ended now, or nothing."""
        return tell_overdue(Path(self.order.scratch), self.since, self.allowed)


def warm_up(frozen: Path) -> None:
    """Load frames, fonts, words and the drawing paths that every job needs, so that a fork has them."""
    engagement.HELD.update(freezing.load_held(frozen))
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


def fork_job(order: jobs.Order, frozen: freezing.Frozen, *, private: list[int]) -> int:
    """Process id of a fork that runs the job of `order`; it closes the worker's `private` files."""
    worker = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        limits.die_with(worker)
        for file in private:
            os.close(file)
        _settle(order)
        status = job.fulfil(order, frozen)
    finally:  # whatever happens, this copy of the worker ends here
        with suppress(BaseException):
            sys.__stdout__.flush()
            sys.__stderr__.flush()
        os._exit(status)


def _settle(order: jobs.Order) -> None:
    """Make the fork a job of its own: own session, folder, log, limits."""
    os.setsid()
    os.umask(0o077)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    log = os.open(f"{order.scratch}/{LOG}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.close(log)
    os.close(nothing)
    faulthandler.enable()
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
        os.dup2(2, 1)  # what a library prints is no answer
        self.bell, self.bell_rope = os.pipe()
        os.set_blocking(self.bell_rope, False)
        signal.set_wakeup_fd(self.bell_rope, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.selector = selectors.DefaultSelector()
        self.selector.register(0, selectors.EVENT_READ)
        self.selector.register(self.bell, selectors.EVENT_READ)
        self.rest = b""

    def serve(self) -> None:
        """Work until the input ends; then kill what runs."""
        self.tell(ready=True)
        while True:
            for key, _ in self.selector.select(LOOK if self.running else None):
                if key.fd == self.bell:
                    os.read(self.bell, 4096)
                elif not self.take_orders():
                    return limits.end_children()
            self.end_overdue()
            self.reap()

    def take_orders(self) -> bool:
        """Start what was ordered; False when no more can come."""
        chunk = os.read(0, 65_536)
        *lines, self.rest = (self.rest + chunk).split(b"\n")
        for line in lines:
            self.start(line.decode())
        return bool(chunk)

    def start(self, line: str) -> None:
        """Start one order; a job that can not be started is told to have failed, and others go on."""
        text, allowed = limits.split_limits(line)
        order = jobs.Order.from_json(text)
        try:
            if order.frozen not in self.frozen:
                self.frozen[order.frozen] = job.open_frozen(order)
            private = [self.answers.fileno(), self.bell, self.bell_rope, self.selector.fileno()]
            self.running[fork_job(order, self.frozen[order.frozen], private=private)] = Running(order, allowed)
        except (OSError, InputError) as error:
            self.tell(scratch=order.scratch, code=1, why=f"the job could not be started: {error}", peak=0)

    def reap(self) -> None:
        """Tell the end of each job that has ended, and end what it left behind: that has become ours."""
        for pid in list(self.running):
            ended, status, used = os.wait4(pid, os.WNOHANG)
            if ended:
                run = self.running.pop(pid)
                limits.end_children(set(self.running))
                self.tell(scratch=run.order.scratch, code=os.waitstatus_to_exitcode(status), why=run.why, peak=used.ru_maxrss * 1024)

    def end_overdue(self) -> None:
        """Kill jobs that take longer than they may; reap tells why."""
        for pid, run in self.running.items():
            run.why = run.why or run.overdue()
            if run.why:
                limits.kill_tree(pid)

    def tell(self, **answer: object) -> None:
        """Answer with one line."""
        self.answers.write(json.dumps(answer) + "\n")
        self.answers.flush()


def main(frozen: str) -> int:
    """Warm up, freeze what is loaded out of the garbage collector's sight, and serve; the keeper (keeper.py) stands above."""
    limits.adopt_orphans()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warm_up(Path(frozen))
    gc.collect()
    gc.freeze()
    check_threads()
    Worker().serve()
    return 0
