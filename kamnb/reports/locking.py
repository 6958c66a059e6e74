"""One run at a time in a folder of reports."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psutil

from kamnb.errors import InputError
from kamnb.reports.journal import WORK
from kamnb.reports.workers import end_forgotten

LOCK = "lock.json"


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the folder `out` for one run; what a killed run has left there is removed first.

    Raises InputError when another run holds it (who, where, since when), or when nothing can be written there.
    """
    work = out / WORK
    try:
        work.mkdir(parents=True, exist_ok=True)
        (work / LOCK).touch()
    except OSError as error:
        raise InputError(f"reports cannot be written: {error.strerror}", str(out), "Name another folder with --out.") from error
    _take(work / LOCK)
    try:
        clear_remains(out)
        yield
    finally:
        (work / LOCK).unlink(missing_ok=True)


def _take(lock: Path) -> None:
    me = psutil.Process()
    mine = json.dumps({"pid": me.pid, "created": me.create_time(), "host": socket.gethostname()})
    holder = _holder(lock)
    if holder:
        since = datetime.fromtimestamp(holder["created"]).isoformat(sep=" ", timespec="minutes")
        raise InputError(f"another run holds this folder: process {holder['pid']} on {holder['host']} since {since}",
                         str(lock.parent.parent), f"Wait for it, or if it is gone for good delete {WORK}/{LOCK}.")
    part = lock.with_suffix(f".{os.getpid()}")
    part.write_text(mine, encoding="utf-8")
    part.replace(lock)


def _holder(lock: Path) -> dict | None:
    """Who holds `lock`, unless that process is gone (on this machine; of other machines nobody can tell)."""
    try:
        holder = json.loads(lock.read_text(encoding="utf-8"))
        if holder["host"] != socket.gethostname():
            return holder
        process = psutil.Process(holder["pid"])
        return holder if process.create_time() == holder["created"] and process.pid != os.getpid() else None
    except (OSError, ValueError, KeyError, psutil.NoSuchProcess):
        return None


def clear_remains(out: Path) -> None:
    """Remove what a killed run has left: its worker, scratch folders and half-written files."""
    work = out / WORK
    end_forgotten(work)
    for folder in work.glob("job-*"):
        shutil.rmtree(folder, ignore_errors=True)
    for file in out.rglob(".*.part"):
        file.unlink(missing_ok=True)
