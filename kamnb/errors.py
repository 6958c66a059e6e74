"""The one exception for what a user can mend, and the nearest valid name for a wrong one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Fault:
    """One mendable problem: what is wrong with which value, where, and how to mend it."""

    problem: str
    where: str = ""
    mend: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        mend = f"\n    Mend: {self.mend}" if self.mend else ""
        return f"{place}{self.problem}{mend}"


class InputError(Exception):
    """What a user can mend. `faults` holds every problem that was found in one pass."""

    def __init__(self, problem: str, where: str = "", mend: str = "", *, faults: Iterable[Fault] = ()):
        self.faults = tuple(faults) or (Fault(problem, where, mend),)
        super().__init__(problem, where, mend)
        self.problem = problem

    @classmethod
    def several(cls, faults: Iterable[Fault], *, what: str) -> InputError:
        """One error for all `faults` found in `what` (a file, a folder)."""
        found = tuple(faults)
        return cls(f"{len(found)} problem{'s' * (len(found) != 1)} in {what}", faults=found)

    def __str__(self) -> str:
        lines = [f"  {fault}" for fault in self.faults]
        alone = len(self.faults) == 1 and self.faults[0].problem == self.problem
        return lines[0].strip() if alone else "\n".join([self.problem, *lines])


def nearest(name: str, valid: Iterable[str]) -> str:
    """The valid name most like `name` as a hint ("did you mean 'seats'?"), or the list of valid names."""
    names = sorted(map(str, valid))
    close = get_close_matches(str(name), names, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"valid are: {', '.join(names)}"
