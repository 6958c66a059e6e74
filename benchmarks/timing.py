"""Two ways timed against each other in interleaved rounds: machines are noisy, ratios hold."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

ROUNDS = 3


def seconds(task: Callable[[], object]) -> float:
    """Wall time of `task`."""
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def compare(usual: Callable[[], object], ours: Callable[[], object]) -> dict[str, float]:
    """Median seconds of both over interleaved rounds, and the ratio usual / ours of each round's pair."""
    pairs = [(seconds(usual), seconds(ours)) for _ in range(ROUNDS)]
    return {"usual": statistics.median(u for u, _ in pairs), "ours": statistics.median(o for _, o in pairs),
            "ratio": statistics.median(u / o for u, o in pairs)}
