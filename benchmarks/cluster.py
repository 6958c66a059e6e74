"""The cluster: what a report costs on dask workers against the same reports made here, on one machine in one run.

The scheduler and two worker processes run on loopback, so the cluster has the same two cores as kamnb report alone: the ratio is
what sending, proving and delivering the jobs costs.  More machines add speed, not cost a report.
"""

from __future__ import annotations

import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np

from benchmarks.render import EACH, LANGUAGE, MANY, SAMPLE, count_cpu, list_accounts, name_each, run_kamnb

LOCAL = ["--host", "127.0.0.1", "--dashboard-address", ":0"]
START_SECONDS = 8
REPORTS = 10_000


@contextmanager
def start_cluster(scratch: Path) -> Iterator[str]:
    """Address of a dask scheduler with two workers that are ended afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    parts = {"scheduler": ["--port", address.rpartition(":")[2]],
             "worker": [address, "--nworkers", "2", "--nthreads", "1", "--local-directory", str(scratch)]}
    running = [subprocess.Popen([sys.executable, "-m", f"distributed.cli.dask_{part}", *options, *LOCAL], stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL) for part, options in parts.items()]
    time.sleep(START_SECONDS)
    try:
        yield address
    finally:
        for process in reversed(running):
            process.send_signal(signal.SIGINT)
            process.wait(60)


def time_reports(arguments: list[str], *, scratch: Path, dask: bool) -> np.ndarray:
    """Wall and CPU seconds of kamnb report, with its cluster's processes where it has one."""
    with tempfile.TemporaryDirectory(dir=scratch) as out:
        before = count_cpu()
        with start_cluster(scratch) if dask else nullcontext() as address:
            start = time.perf_counter()
            run_kamnb([*arguments, "--out", out, *(["--dask", address] if address else [])])
            wall = time.perf_counter() - start
    return np.array([wall, count_cpu() - before])


def compare_cluster(rounds: int = 3) -> dict[str, float]:
    """Seconds a report here and on the cluster, medians over interleaved `rounds`, their ratio, and CPU hours of REPORTS."""
    accounts = list_accounts()[:MANY]
    found: dict[bool, list[np.ndarray]] = {False: [], True: []}
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        arguments = [str(shutil.copytree(SAMPLE, scratch / "sample")), "--lang", LANGUAGE, "--jobs", "2",
                     *name_each("--account", accounts), *name_each("--stage", EACH)]
        for _ in range(rounds):
            for dask, times in found.items():
                times.append(time_reports(arguments, scratch=scratch, dask=dask) / (len(EACH) * MANY))
    (here, _), (wall, cpu) = (np.median(found[dask], axis=0) for dask in (False, True))
    ratio = statistics.median(far[1] / near[1] for near, far in zip(found[False], found[True], strict=True))
    return {"reports": len(EACH) * MANY, "seconds_here": float(here), "seconds_cluster": float(wall), "cpu_seconds_cluster": float(cpu),
            "cpu_vs_here": float(ratio), f"cpu_hours_{REPORTS}": float(cpu * REPORTS / 3600)}
