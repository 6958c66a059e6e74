"""What a job's process may use, and the end of everything that it started."""

from __future__ import annotations

import os
import sys

import psutil

KEPT_VARIABLES = ("PATH", "LANG", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH", "KAMNB_BROWSER")
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
SIGKILL = 9


def clean_environment(folder: str, fonts: str) -> dict[str, str]:
    """Only what a job needs: no secrets, no user configuration, fixed hash seed, one thread, UTF-8 (faults.md a3)."""
    kept = {key: os.environ[key] for key in KEPT_VARIABLES if key in os.environ}
    return {**kept, "HOME": folder, "IPYTHONDIR": f"{folder}/ipython", "JUPYTER_CONFIG_DIR": f"{folder}/jupyter",
            "JUPYTER_DATA_DIR": f"{folder}/jupyter", "JUPYTER_NO_CONFIG": "1", "MPLCONFIGDIR": fonts, "MPLBACKEND": "Agg",
            "PYTHONUTF8": "1", "PYTHONHASHSEED": "0", "PYTHONSAFEPATH": "1", "PYTHONNOUSERSITE": "1", "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false", "TZ": "UTC"}


def limit_memory(extra: int) -> None:
    """Allow this process `extra` bytes above what it holds; more raises MemoryError in the cell that asks for it."""
    if sys.platform != "linux":
        return
    import resource

    now = psutil.Process().memory_info().vms
    resource.setrlimit(resource.RLIMIT_AS, (now + extra, now + extra))


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def die_with_parent() -> None:
    """Let the system kill this process as soon as its parent is gone (Linux)."""
    _prctl(PR_SET_PDEATHSIG, SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of processes below this one that lose theirs (Linux), so that they can be found and ended."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def kill_tree(pid: int) -> None:
    """End process `pid` and every process below it."""
    try:
        top = psutil.Process(pid)
        family = [*top.children(recursive=True), top]
    except psutil.NoSuchProcess:
        return
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
