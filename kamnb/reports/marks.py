"""What a job leaves in its scratch folder while it runs, and what its end was: in words that name the cell and hold no client data."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from kamnb.reports.limits import Limits

MARK, FAILURE, LOG = "cell.txt", "failure.json", "log.txt"
KERNEL = "kamnb"
PRINTING = "the printing of the report"
TEXT_LETTERS, LOG_TAIL = 2_000, 1_500
LITTLE_ROOM = 1_000_000
OWN_WORDS = {"TooMuchError", "UnfinishedError", "StdinNotImplementedError"}
"""Exceptions whose text is ours: that of others may hold a client's rows and is told on this machine alone (faults.md T13)."""
DISK_FULL = re.compile(r"\[Errno (28|122)\]")
LOST_KERNEL = {"DeadKernelError"}
BEGINNING = re.compile(rf"((?:cell \d+ \([^)]*\)|{PRINTING}): )?(\w+)(?:: (.*))?", re.S)


@dataclass(frozen=True)
class Failure:
    """What failed: which cell, with what exception and text, in which line if that is known."""

    cell: str
    error: str
    text: str = ""
    line: int | None = None


def leave_mark(scratch: Path, what: str) -> None:
    """Note in `scratch` what runs since when (the clock that stands still while the machine sleeps)."""
    part = f"{scratch}/{MARK}.part"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, f"{time.monotonic()} {what}".encode())
    finally:
        os.close(handle)
    os.replace(part, f"{scratch}/{MARK}")  # noqa: PTH105


def read_mark(scratch: Path) -> tuple[float, str]:
    """Seconds that the marked cell has run, and its name; (0, "") when none has started."""
    try:
        since, what = (scratch / MARK).read_text(encoding="utf-8").split(" ", 1)
    except (OSError, ValueError):
        return 0.0, ""
    return time.monotonic() - float(since), what


def leave_failure(scratch: Path, failure: Failure) -> None:
    """Note in `scratch` what failed; a full disk is told without it."""
    with suppress(OSError):
        (scratch / FAILURE).write_text(json.dumps(asdict(replace(failure, text=failure.text[:TEXT_LETTERS]))), encoding="utf-8")


def tell_overdue(scratch: Path, since: float, limits: Limits) -> str:
    """Why the job in `scratch`, started at `since` on the monotonic clock, must be ended now, or nothing."""
    in_cell, what = read_mark(scratch)
    if not what and time.monotonic() - since > min(limits.start_seconds, limits.job_seconds):
        return f"did not start in {limits.start_seconds:g} s"
    if in_cell > limits.cell_seconds:
        return f"{what} took longer than {limits.cell_seconds:g} s (--cell-limit)"
    if time.monotonic() - since > limits.job_seconds:
        return f"the report took longer than {limits.job_seconds:g} s (--report-limit), at the end in {what}"
    return ""


def never_started(scratch: Path) -> bool:
    """Whether the job in `scratch` ended before its first cell ran."""
    return not (scratch / MARK).exists()


def read_failure(scratch: Path) -> Failure | None:
    """What leave_failure has noted in `scratch`, or nothing."""
    try:
        return Failure(**json.loads((scratch / FAILURE).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def lost_kernel(scratch: Path) -> bool:
    """Whether the job in `scratch` failed because its kernel was gone."""
    failure = read_failure(scratch)
    return failure is not None and failure.error in LOST_KERNEL


def explain_failure(scratch: Path, why: str, limits: Limits) -> dict[str, str]:
    """Status, `why` (for everybody) and `detail` (for this machine) of a job that told itself `why` it failed."""
    failure = read_failure(scratch) or _take_apart(why)
    line = f", line {failure.line}" if failure.line else ""
    head = f"{failure.cell}{line}: ".removeprefix(": ")
    return {"status": "failed", "why": head + _plainly(failure, limits), "detail": f"{head}{failure.error}: {failure.text}"}


def _plainly(failure: Failure, limits: Limits) -> str:
    """`failure` in words that hold no client's data."""
    if DISK_FULL.search(failure.text):
        return "disk full: make room and run the same command again"
    if failure.error == "MemoryError":
        return f"out of memory: a report may take {limits.memory / 1e9:.1f} GB; allow more (--memory), or run fewer side by side (--jobs)"
    if failure.error == "SystemExit":
        return "the cell ended the run"
    if failure.error in LOST_KERNEL:
        return "the kernel died (out of memory, or ended from outside)"
    return failure.text if failure.error in OWN_WORDS else failure.error


def _take_apart(why: str) -> Failure:
    """The parts of a reason like "cell 3 (id): ValueError: text"."""
    found = BEGINNING.fullmatch(why.strip())
    cell, error, text = found.groups("") if found else ("", "error", why)
    return Failure(cell.removesuffix(": "), error, text.strip())


def explain_end(scratch: Path, code: int, peak: int = 0) -> dict[str, str]:
    """Status, `why` and `detail` of a job that left no result: where it was and the signal or exit status that ended it.

    `peak`: bytes of memory that it had taken at most, if known.
    """
    where = read_mark(scratch)[1] or "before the first cell"
    log = scratch / LOG
    tail = log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:].strip() if log.exists() else ""
    took = f", having taken {peak / 1e9:.1f} GB" if peak else ""
    how = f"killed by signal {-code}{took} (out of memory, or ended from outside)" if code < 0 else f"the process ended with status {code}"
    if code >= 0 and shutil.disk_usage(scratch).free < LITTLE_ROOM:
        how = "disk full: make room and run the same command again"
    return {"status": "failed", "why": f"{where}: {how}", "detail": f"{where}: {how}\n{tail}".strip()}
