"""Snapshots: an engagement's files checked and summed once per content, and the hashes that say what a report has read."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

import pandas as pd

from kamnb import __version__
from kamnb.intake.files import find_files
from kamnb.money import scale_of
from kamnb.settings import FILE, Settings

CACHE = ".cache"


def hash_bytes(content: bytes) -> str:
    """Short hash of `content`."""
    return hashlib.sha256(content).hexdigest()[:16]


def file_hash(file: Path) -> str:
    """Hash of a file of a snapshot."""
    return _file_hash(file, _stamp(file))


def account_hash(file: Path, account: str) -> str:
    """Hash of the rows of `account` in a table of a snapshot; of all rows where the table has no accounts."""
    hashes = _account_hashes(file, _stamp(file))
    return hashes.get(account, "none") if isinstance(hashes, dict) else hashes


def record_hash(file: Path, table: str) -> str:
    """Hash of what intake noted of `table` in a record (controls or files) of a snapshot."""
    return _record_hashes(file, _stamp(file)).get(table, "none")


def _stamp(file: Path) -> tuple[int, int]:
    """What tells the content at a path from an earlier one: files of snapshots are replaced, never written again."""
    found = file.stat()
    return found.st_ino, found.st_mtime_ns


@lru_cache(maxsize=256)
def _file_hash(file: Path, _stamp: tuple[int, int]) -> str:
    return hash_bytes(file.read_bytes())


@lru_cache(maxsize=64)
def _account_hashes(file: Path, _stamp: tuple[int, int]) -> dict[str, str] | str:
    rows = pd.read_parquet(file)
    marks = pd.util.hash_pandas_object(rows, index=False)
    if "account" not in rows:
        return hash_bytes(marks.to_numpy().tobytes())
    return {str(account): hash_bytes(part.to_numpy().tobytes()) for account, part in marks.groupby(rows["account"].to_numpy())}


@lru_cache(maxsize=64)
def _record_hashes(file: Path, _stamp: tuple[int, int]) -> dict[str, str]:
    return {str(table): hash_bytes(rows.to_csv(index=False).encode()) for table, rows in pd.read_parquet(file).groupby("table")}


def source_files(folder: Path, settings: Settings) -> list[Path]:
    """Every file that the tables of the engagement are read from, sorted."""
    found = {name for source in settings.tables.values() for pattern in source.patterns() for name in find_files(folder, pattern)}
    return sorted((folder / name).resolve() for name in found if (folder / name).is_file())


def content_key(folder: Path, settings: Settings) -> str:
    """Hash of everything a snapshot depends on: engagement.toml, the source files and this package's version."""
    digest = hashlib.sha256(__version__.encode())
    digest.update((Path(__file__).parent / "intake" / "tables.toml").read_bytes())
    for file in [folder / FILE, *source_files(folder, settings)]:
        digest.update(file.name.encode())
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:16]


def prepare(folder: Path, settings: Settings) -> Path:
    """The snapshot folder of the engagement's present files: checked tables, panels and intake's records as parquet.

    Built once per content; older snapshots are removed.  Raises InputError with every fault that stops the intake.
    """
    snapshot = folder / CACHE / content_key(folder, settings)
    if not (snapshot / "ready.json").exists():
        (folder / CACHE).mkdir(exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=folder / CACHE, prefix=".building-"))
        _build(folder, settings, aside)
        try:
            aside.replace(snapshot)
        except OSError:  # another process built the same content first: its snapshot stands, readers may hold it open
            shutil.rmtree(aside, ignore_errors=True)
        for old in (folder / CACHE).iterdir():
            if old != snapshot and not old.name.startswith(".building-"):
                shutil.rmtree(old, ignore_errors=True)
    return snapshot


def _build(folder: Path, settings: Settings, out: Path) -> None:
    """Read, check and sum the client's files into `out`. Heavy imports only here: an opened notebook needs none."""
    from kamnb.intake.reading import read_tables
    from kamnb.ledger import build_panels

    identity = settings.engagement
    intake = read_tables(folder, settings.tables, scale=scale_of(identity.currency), as_of=identity.as_of)
    (out / "tables").mkdir()
    for name, table in intake.tables.items():
        table.to_parquet(out / "tables" / f"{name}.parquet", index=False)
    for name in ("controls", "findings", "files"):
        getattr(intake, name).to_parquet(out / f"{name}.parquet", index=False)
    (out / "panels").mkdir()
    build_panels(intake.tables, out=out / "panels")
    (out / "ready.json").write_text(json.dumps({"version": __version__}))
