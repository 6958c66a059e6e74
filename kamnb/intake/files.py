"""Files found by pattern, read once to bytes, hashed, and recognised by their first bytes (faults.md F01-F15)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from kamnb.intake.columnar import read_columnar
from kamnb.intake.delimited import read_delimited
from kamnb.intake.grid import Grid, View
from kamnb.intake.marks import STOP, Mark
from kamnb.intake.workbook import read_workbook

READERS = {"csv": read_delimited, "xlsx": read_workbook, "parquet": read_columnar}
KINDS = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".parquet": "parquet"}
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class File:
    """One file as it was read: the name the user knows, its content's hash and size."""

    name: str
    data: bytes = field(repr=False)
    sha256: str


@dataclass(frozen=True)
class Opened:
    """A file that was looked for: the file and its grid where they could be read, and what there is to say."""

    name: str
    file: File | None = None
    grid: Grid | None = None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Shelf:
    """The engagement's folder and the files already read from it, each once."""

    folder: Path
    files: dict[Path, File | Mark] = field(default_factory=dict)
    grids: dict[tuple[Path, View], Opened] = field(default_factory=dict)


def open_files(shelf: Shelf, patterns: list[str], *, view: View) -> Iterator[Opened]:
    """Every file of `patterns` in order of name, each read and split into rows at most once."""
    for pattern in patterns:
        names = find_files(shelf.folder, pattern)
        if not names:
            yield Opened(pattern, marks=(missing_file(shelf.folder, pattern),))
        for name in names:
            path = shelf.folder / name
            if (path, view) not in shelf.grids:
                shelf.grids[path, view] = _open(shelf, name, view=view)
            yield shelf.grids[path, view]


def find_files(folder: Path, pattern: str) -> list[str]:
    """Names of the files that `pattern` means, sorted; a name that exists as it stands means itself.

    A pattern passes over hidden files and the lock files of open workbooks.
    """
    if (folder / pattern).exists():
        return [pattern]
    found = [] if Path(pattern).is_absolute() else folder.glob(pattern)
    return sorted(path.relative_to(folder).as_posix() for path in found
                  if path.is_file() and not path.name.startswith((".", "~$")))


def missing_file(folder: Path, pattern: str) -> Mark:
    """F01: nothing of that name, with the names present that are most like it."""
    parent = (folder / pattern).parent
    present = sorted(path.name for path in parent.iterdir() if path.is_file()) if parent.is_dir() else []
    close = get_close_matches(Path(pattern).name, present, n=3, cutoff=0.3) or present[:3]
    return Mark("F01", STOP, facts={"nearest": ", ".join(close) or "–"})


def _open(shelf: Shelf, name: str, *, view: View) -> Opened:
    path = shelf.folder / name
    if path not in shelf.files:
        shelf.files[path] = _load(path, name)
    file = shelf.files[path]
    if isinstance(file, Mark):
        return Opened(name, marks=(file,))
    faults = [mark for check in FILE_CHECKS if (mark := check(file))]
    if faults:
        return Opened(name, file, marks=tuple(faults[:1]))
    grid, marks = READERS[kind_of(file)](name, file.data, view=view)
    return Opened(name, file, grid, tuple(marks))


def _load(path: Path, name: str) -> File | Mark:
    """The file's bytes and hash, or F01 (a folder, no permission) or F14 (it changed while it was read)."""
    if path.is_dir():
        return Mark("F01", STOP, facts={"case": "folder"})
    try:
        with path.open("rb") as stream:
            before = os.fstat(stream.fileno())
            data = stream.read()
            after = path.stat()
    except OSError as error:
        return Mark("F01", STOP, facts={"case": "closed", "reason": error.strerror})
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        return Mark("F14", STOP)
    return File(name, data, hashlib.sha256(data).hexdigest())


def kind_of(file: File) -> str:
    """Kind that the file's name promises; names without a known ending are taken for CSV."""
    return KINDS.get(Path(file.name).suffix.lower(), "csv")


def found_in(file: File) -> str:
    """Kind that the file's first bytes show."""
    head = file.data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if file.data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "locked" if ENCRYPTED in file.data else "xls"
    if file.data.startswith(b"PK\x03\x04"):
        return "xlsx"
    if file.data.startswith(b"PAR1"):
        return "parquet"
    markup = (b"<!doctype html", b"<html", b"<table", b"<?xml")
    return "html" if head.startswith(markup) else "csv"


def check_empty(file: File) -> Mark | None:
    """F02: no bytes at all."""
    return None if file.data else Mark("F02", STOP)


def check_kind(file: File) -> Mark | None:
    """F08: the content is of another kind than the name promises, or locked, or of a kind we do not read."""
    found, named = found_in(file), kind_of(file)
    return None if found == named else Mark("F08", STOP, facts={"case": found, "named": named})


FILE_CHECKS = (check_empty, check_kind)
