"""Ctrl-C and requests to end: the first stops a run in order, the second stops it now (faults.md X09)."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

INTERRUPTED = 130
NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


@contextmanager
def interruptible(kill: Callable[[], None]) -> Iterator[None]:
    """While this holds, the first signal raises KeyboardInterrupt in the main thread; the second calls `kill` and ends the process.

    A signal that whoever started us has told us to ignore (nohup, a background shell) stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    told = []

    def handle(number: int, _frame: object) -> None:
        told.append(number)
        if len(told) > 1:
            kill()
            os._exit(INTERRUPTED)
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    before = {number: signal.signal(number, handle) for number in numbers if signal.getsignal(number) != signal.SIG_IGN}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
