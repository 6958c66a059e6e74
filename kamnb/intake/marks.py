"""What a check finds: a mark with its fault code (faults.md B), how bad it is, and the rows it concerns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

STOP, HOLD, QUAR, WARN, FIX = "STOP", "HOLD", "QUAR", "WARN", "FIX"
SEVERITIES = (STOP, HOLD, QUAR, WARN, FIX)
NOWHERE = np.array([], dtype=np.int64)


@dataclass(frozen=True)
class Mark:
    """One finding of one check.

    `at`: positions of the rows concerned, empty when it is the file or table as a whole; `values`: their cells as
    written, one per position or none; `facts`: what the sentence about it needs, and `case` where a code has several.
    `excluded`: the rows leave the table by a rule (they are neither accepted nor faulty).
    """

    code: str
    severity: str
    column: str = ""
    at: np.ndarray = field(default_factory=lambda: NOWHERE)
    values: Sequence[str] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    excluded: bool = False

    def shifted(self, by: int) -> Mark:
        """The same mark for rows that come `by` places later."""
        return replace(self, at=self.at + by)

    def moved(self, rows: np.ndarray) -> Mark:
        """The same mark, found among some `rows`, for all rows."""
        return replace(self, at=rows[self.at])


def stops(marks: Sequence[Mark]) -> bool:
    """Whether one of the marks means that nothing can be produced."""
    return any(mark.severity == STOP for mark in marks)


def positions(marks: Sequence[Mark], rows: int, *, severity: str = QUAR) -> np.ndarray:
    """Which of `rows` rows carry a mark of `severity`."""
    hit = np.zeros(rows, dtype=bool)
    for mark in marks:
        if mark.severity == severity:
            hit[mark.at] = True
    return hit


def excluded(marks: Sequence[Mark], rows: int) -> np.ndarray:
    """Which of `rows` rows leave the table by a rule."""
    hit = np.zeros(rows, dtype=bool)
    for mark in marks:
        if mark.excluded:
            hit[mark.at] = True
    return hit
