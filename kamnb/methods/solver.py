"""Mixed-integer programmes for HiGHS through scipy, without what its C code prints by itself."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

GAP = 1e-7


def maximise(worth: np.ndarray, *, rows: np.ndarray, limits: np.ndarray, must: np.ndarray) -> np.ndarray | None:
    """Which things (True, False) to take so that the sum of their `worth` is largest, with rows @ taken <= limits and all
    that are `must`; None where nothing fits."""
    if not len(worth):
        return np.zeros(0, dtype=bool)
    constraints = [LinearConstraint(rows, -np.inf, limits)] if len(limits) else []
    with _hush():
        found = milp(-worth, integrality=np.ones(len(worth)), bounds=Bounds(must.astype(float), 1.0), constraints=constraints,
                     options={"mip_rel_gap": GAP})
    return None if found.x is None else found.x > 0.5


@contextmanager
def _hush() -> Iterator[None]:
    """Send what C code prints nowhere: some versions of the solver leave a line of their own in the middle of a report."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        if os.name == "posix":
            ctypes.CDLL(None).fflush(None)  # C keeps its lines back; they must not come out after the door is open again
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
