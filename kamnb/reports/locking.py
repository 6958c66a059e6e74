"""One run at a time in a folder of reports."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

import psutil

from kamnb.errors import InputError
from kamnb.reports.journal import WORK
from kamnb.reports.limits import identify
from kamnb.reports.publishing import NO_ROOM, why_unwritten
from kamnb.reports.worker import end_forgotten
from kamnb.reports.workers import socket_home, socket_prefix

LOCK = "lock.json"
BUSY = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
FAR = 1 << 30
"""Byte that is locked on Windows, where others could not read one that is: beyond the note."""


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the folder `out` for one run; what a killed run has left there is removed first.

    Raises InputError when another run holds it (who, where, since when), or when nothing can be written there (any more).
    """
    work = out / WORK
    try:
        work.mkdir(parents=True, exist_ok=True)
        work.chmod(0o700)
        note = (work / LOCK).open("a+", encoding="utf-8")
    except OSError as error:
        raise InputError(f"reports cannot be written: {error.strerror}", str(out), "Name another folder with --out.") from error
    with note:
        _take(note, out)
        try:
            clear_remains(out)
            yield
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            raise InputError(why_unwritten(error, out), str(out)) from error
        finally:
            note.truncate(0)


def _take(note: TextIO, out: Path) -> None:
    """Lock the file `note` and write into it who holds it."""
    free = _lock(note)
    holder = _holder(note, free=free)
    if holder or not free:
        holder = holder or {"pid": "?", "host": "?", "created": None}
        since = datetime.fromtimestamp(holder["created"]).isoformat(sep=" ", timespec="minutes") if holder["created"] else "just now"
        raise InputError(f"another run holds this folder: process {holder['pid']} on {holder['host']} since {since}", str(out),
                         f"Wait for it, or if it is gone for good delete {WORK}/{LOCK}.")
    me = psutil.Process()
    note.truncate(0)
    note.write(json.dumps({"pid": me.pid, "started": identify(me.pid), "created": me.create_time(), "host": socket.gethostname()}))
    note.flush()


def _lock(note: TextIO) -> bool:
    """Whether the system gives us the file; it takes it back when this process ends, however that happens.

    Where the file system knows no locks, the note alone tells.
    """
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            note.seek(FAR)
            msvcrt.locking(note.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError as error:
        return error.errno not in BUSY
    return True


def _holder(note: TextIO, *, free: bool) -> dict | None:
    """Who holds `note`, unless that process is gone (on this machine; of other machines nobody can tell)."""
    note.seek(0)
    try:
        holder = json.loads(note.read())
        if not free or holder["host"] != socket.gethostname():
            return holder
        return holder if holder["pid"] != os.getpid() and identify(holder["pid"]) == holder["started"] else None
    except (ValueError, KeyError, psutil.NoSuchProcess):
        return None


def clear_remains(out: Path) -> None:
    """Remove what a killed run has left: its worker, scratch folders, sockets and half-written files."""
    work = out / WORK
    end_forgotten(work)
    for folder in [*work.glob("job-*"), work / "warm", *socket_home().glob(f"{socket_prefix(out)}*")]:
        shutil.rmtree(folder, ignore_errors=True)
    for file in out.rglob(".*.part"):
        file.unlink(missing_ok=True)
