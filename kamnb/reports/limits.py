"""What a job's process may use, and the end of everything that it started."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

KEPT_VARIABLES = ("PATH", "LANG", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH", "KAMNB_BROWSER")
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
SIGKILL = 9
ENDING_SECONDS = 5.0
NO_ANSWER = "the notebook asks for input: nobody is there to answer"
TEXT_LIMIT, SHOWN_LIMIT, WRITE_LIMIT = 1_000_000, 25_000_000, 2_000_000_000
"""Letters that a cell may print, letters of all that it may show, bytes of any file that a job may write (faults.md a 20)."""


@dataclass(frozen=True)
class Limits:
    """What one job may take: seconds of a cell, of the whole job and of its start, and bytes of memory above a worker's own."""

    cell_seconds: float = 300
    job_seconds: float = 900
    start_seconds: float = 180
    memory: int = 4_000_000_000


def with_limits(line: str, limits: Limits) -> str:
    """The order in `line` with what its job may take."""
    return json.dumps({**json.loads(line), "memory": limits.memory, "seconds": limits.job_seconds, "cell_seconds": limits.cell_seconds})


def split_limits(line: str) -> tuple[str, Limits]:
    """The order and the limits that with_limits has put into `line`."""
    values = json.loads(line)
    limits = Limits(values.pop("cell_seconds", Limits.cell_seconds), values["seconds"], memory=values["memory"])
    return json.dumps(values), limits


def clean_environment(folder: str, fonts: str) -> dict[str, str]:
    """Only what a job needs: no secrets, no user configuration, fixed hash seed, one thread, UTF-8 (faults.md a3)."""
    kept = {key: os.environ[key] for key in KEPT_VARIABLES if key in os.environ}
    return {**kept, "HOME": folder, "IPYTHONDIR": f"{folder}/ipython", "JUPYTER_CONFIG_DIR": f"{folder}/jupyter",
            "JUPYTER_DATA_DIR": f"{folder}/jupyter", "JUPYTER_NO_CONFIG": "1", "MPLCONFIGDIR": fonts, "MPLBACKEND": "Agg",
            "PYTHONUTF8": "1", "PYTHONHASHSEED": "0", "PYTHONSAFEPATH": "1", "PYTHONNOUSERSITE": "1", "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false", "TZ": "UTC"}


def limit_memory(extra: int) -> None:
    """Allow this process `extra` bytes above what it holds; more raises MemoryError in the cell that asks for it.

    No core is dumped (it would hold the client's rows), and no file may grow beyond WRITE_LIMIT.
    """
    if os.name != "posix":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITE_LIMIT, WRITE_LIMIT))
    if sys.platform == "linux":
        now = psutil.Process().memory_info().vms
        resource.setrlimit(resource.RLIMIT_AS, (now + extra, now + extra))


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def die_with(parent: int) -> None:
    """Let the system kill this process as soon as `parent` is gone, at once if it already is (Linux)."""
    _prctl(PR_SET_PDEATHSIG, SIGKILL)
    if sys.platform == "linux" and os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of processes below this one that lose theirs (Linux), so that they can be found and ended."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def list_children() -> list[int]:
    """Process ids of the children of this process, which has one thread."""
    told = Path(f"/proc/self/task/{os.getpid()}/children")
    try:
        return [int(pid) for pid in told.read_text().split()]
    except OSError:
        return [child.pid for child in psutil.Process().children()]


def identify(pid: int) -> str:
    """What tells process `pid` from any other that ever had its number; a clock that is set does not change it (Linux).

    Raises psutil.NoSuchProcess when it is gone.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        started = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
        return f"{boot} {started}"
    except OSError:
        return str(psutil.Process(pid).create_time())


def kill_tree(pid: int) -> None:
    """End process `pid` and every process below it."""
    try:
        top = psutil.Process(pid)
        family = [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def end_children(kept: set[int] | frozenset[int] = frozenset(), *, seconds: float = ENDING_SECONDS) -> None:
    """Kill and reap every child of this process that is not `kept`, and what turns up below it, until none is left or `seconds` are over.

    For processes with one thread that adopt orphans: a process that a killed one has started is a child in the next round.
    """
    until = time.monotonic() + seconds
    while (others := set(list_children()) - kept) and time.monotonic() < until:
        for pid in others:
            kill_tree(pid)
            with suppress(ChildProcessError):
                if os.waitpid(pid, os.WNOHANG) == (0, 0):
                    time.sleep(0.01)
