"""Whose turn it is: jobs run side by side, unless one has to run alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Turns:
    """Turns of threads: any number beside one another, or one alone, which goes before those that have not begun."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._running = self._waiting = 0
        self._alone = False

    @contextmanager
    def beside(self) -> Iterator[None]:
        """A turn beside others."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone and not self._waiting)
            self._running += 1
        yield from self._hold()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A turn while no other runs."""
        with self._changed:
            self._waiting += 1
            self._changed.wait_for(lambda: not self._alone and not self._running)
            self._waiting -= 1
            self._alone = True
            self._running += 1
        yield from self._hold()

    def _hold(self) -> Iterator[None]:
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._alone = False
                self._changed.notify_all()
