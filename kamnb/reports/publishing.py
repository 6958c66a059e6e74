"""From a job's scratch folder to where people look: whole files by rename, and nobody's work is lost."""

from __future__ import annotations

import errno
import os
import shutil
from datetime import date
from pathlib import Path

from kamnb.engagement import Engagement
from kamnb.errors import InputError
from kamnb.reports.jobs import Job
from kamnb.reports.journal import hash_file

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG}


def publish(outputs: dict[str, str], made: Path, *, out: Path, known: dict[str, set[str]]) -> None:
    """Move verified files into place: data on disk first, then the rename, then the folder (faults.md X10).

    A file that is not as any run has left it (`known`: hashes by name) was edited by hand and is kept aside first.
    Raises InputError, with nothing published, when a file is not what was verified.
    """
    for name, digest in outputs.items():
        if hash_file(made / name) != digest:
            raise InputError(f"{name} changed after it was checked", str(out), "Run the same command again.")
    for name, digest in outputs.items():
        target = out / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = hash_file(target)
        if found is not None and found != digest and found not in known.get(name, set()):
            target.replace(_aside(target))
        place(made / name, target)


def place(source: Path, target: Path) -> None:
    """Bring `source` to `target` whole: in one rename, over a part beside the target where they lie on different disks."""
    part = source
    if source.stat().st_dev != target.parent.stat().st_dev:
        part = target.parent / f".{target.name}.part"
        shutil.copyfile(source, part)
    with part.open("rb+") as stream:
        os.fsync(stream.fileno())
    part.replace(target)
    _sync_folder(target.parent)


def _aside(target: Path) -> Path:
    """A free name for a file edited by hand: NAME.edited-DAY.EXT, the day of the edit."""
    day = date.fromtimestamp(target.stat().st_mtime).isoformat()
    plain = target.with_name(f"{target.stem}.edited-{day}{target.suffix}")
    names = [plain, *(plain.with_stem(f"{plain.stem}-{number}") for number in range(2, 1000))]
    return next(name for name in names if not name.exists())


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def publish_decisions(names: list[str], made: Path, *, home: Engagement, job: Job) -> None:
    """Copy the proposals that `job` has saved to the engagement, unless a person has decided there meanwhile."""
    for name in names:
        account = job.account if (home.path / name) == home.decision_file(job.stage, job.account) else None
        if (home.decision(job.stage, account=account)["decided_by"] != "").any():
            continue
        (home.path / name).parent.mkdir(parents=True, exist_ok=True)
        place(made / name, home.path / name)


def why_unwritten(error: OSError, folder: Path) -> str:
    """In words, why a file could not be written or read below `folder`."""
    if error.errno in NO_ROOM:
        return f"disk full, or not to be written: make room in {folder} and run the same command again"
    file = f": {error.filename2 or error.filename}" if error.filename else ""
    return f"{error.strerror or type(error).__name__}{file}; close it if it is open elsewhere, and run the same command again"
