"""The shared place: a folder or an object store that the supervisor and every worker of a cluster reach, through fsspec."""

from __future__ import annotations

import hashlib
import json
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kamnb.reports.journal import hash_file
from kamnb.reports.marks import LOG

GIVEN, MADE = "given", "made"
DELIVERY, RESULT, OUTPUTS, DECIDED = "delivery.zip", "made.json", "outputs", "engagement"


class PlaceError(Exception):
    """The shared place did not give or take a file, or gave another than it was given."""


class Place:
    """Files below one address, by relative name.

    Nothing is renamed or appended to there, for object stores can do neither: a file counts only once its hash was told.
    """

    def __init__(self, address: str):
        from fsspec.core import url_to_fs

        with self._in_words(address):
            self.files, self.root = url_to_fs(address)
        self.address = address if "::" in address else self.files.unstrip_protocol(self.root)

    @contextmanager
    def _in_words(self, name: str) -> Iterator[None]:
        try:
            yield
        except PlaceError:
            raise
        except Exception as error:  # every store has exceptions of its own
            raise PlaceError(f"{name}: {type(error).__name__}: {error}") from error

    def _at(self, name: str) -> str:
        return f"{self.root}/{name}".rstrip("/")

    def below(self, name: str) -> Place:
        """The place `name` below this one; in a folder nobody else may look into it."""
        place = Place(f"{self.address.rstrip('/')}/{name}")
        with self._in_words(place.address):
            place.files.makedirs(place.root, exist_ok=True)
            if "file" in _protocols(place.files):
                Path(place.root).chmod(0o700)
        return place

    def write(self, name: str, content: bytes) -> None:
        """Put `content` at `name`."""
        with self._in_words(f"{self.address}/{name}"):
            self.files.makedirs(self._at(name).rpartition("/")[0], exist_ok=True)
            self.files.pipe_file(self._at(name), content)

    def read(self, name: str) -> bytes:
        """What lies at `name`."""
        with self._in_words(f"{self.address}/{name}"):
            return self.files.cat_file(self._at(name))

    def put(self, file: Path, name: str) -> None:
        """Copy `file` to `name`."""
        with self._in_words(f"{self.address}/{name}"):
            self.files.makedirs(self._at(name).rpartition("/")[0], exist_ok=True)
            self.files.put_file(str(file), self._at(name))

    def give(self, content: bytes) -> str:
        """Put `content` under its hash; returns the hash."""
        digest = hashlib.sha256(content).hexdigest()
        self.write(f"{GIVEN}/{digest}", content)
        return digest

    def fetch(self, name: str, file: Path, *, digest: str) -> None:
        """Bring what lies at `name` to `file`, whole.  Raises PlaceError unless its SHA-256 is `digest`."""
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f".{uuid.uuid4().hex}.part")
        try:
            with self._in_words(f"{self.address}/{name}"):
                self.files.get_file(self._at(name), str(part))
            if hash_file(part) != digest:
                raise PlaceError(f"{self.address}/{name} is not what was put there")
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)

    def has(self, name: str) -> bool:
        """Whether something lies at `name`."""
        with self._in_words(f"{self.address}/{name}"):
            self.files.invalidate_cache()
            return bool(self.files.exists(self._at(name)))

    def names(self, name: str) -> list[str]:
        """Names of what lies directly below `name`, sorted; none when nothing does."""
        with self._in_words(f"{self.address}/{name}"):
            self.files.invalidate_cache()
            try:
                found = self.files.ls(self._at(name), detail=False)
            except FileNotFoundError:
                return []
            return sorted(str(path).rstrip("/").rpartition("/")[2] for path in found)

    def remove(self, name: str = "") -> None:
        """Remove `name` and all below it, if it is there."""
        with self._in_words(f"{self.address}/{name}"):
            self.files.invalidate_cache()
            if self.files.exists(self._at(name)):
                self.files.rm(self._at(name), recursive=True)


def _protocols(files: object) -> tuple[str, ...]:
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)


def give_folder(folder: Path, place: Place, *, names: Iterable[str]) -> str:
    """Put the files `names` of `folder` under their hashes; returns the hash of the list of them, which lies there too."""
    listed = {}
    for name in sorted(names):
        listed[name] = str(hash_file(folder / name))
        place.put(folder / name, f"{GIVEN}/{listed[name]}")
    return place.give(json.dumps(listed).encode())


def take_folder(place: Place, listed: str, *, out: Path) -> None:
    """Fetch the files of the list whose hash is `listed` into the new folder `out`, each verified."""
    out.mkdir(mode=0o700)
    place.fetch(f"{GIVEN}/{listed}", out / "list.json", digest=listed)
    for name, digest in json.loads((out / "list.json").read_text(encoding="utf-8")).items():
        place.fetch(f"{GIVEN}/{digest}", out / name, digest=digest)
    (out / "list.json").unlink()


def pack_delivery(made: dict, scratch: Path, *, file: Path) -> str:
    """Write `file`, which holds the result `made` of a job and what it left in `scratch`; returns its hash."""
    names = [f"{OUTPUTS}/{name}" for name in made.get("outputs", {})]
    names += [f"{DECIDED}/{Path(name).as_posix()}" for name in made.get("decided", [])]
    names += [LOG] if made["status"] != "done" and (scratch / LOG).exists() else []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr(RESULT, json.dumps(made))
        for name in names:
            packed.write(scratch / name, name)
    return str(hash_file(file))


def unpack_delivery(file: Path, scratch: Path, *, outputs: Iterable[str], decisions: Iterable[str]) -> dict:
    """The result that `file` delivers, its files laid into `scratch`.

    Raises PlaceError when it brings other files than the job's own `outputs` and `decisions`, or a file that is not as told.
    """
    with zipfile.ZipFile(file) as packed:
        made = json.loads(packed.read(RESULT))
        told = made.get("outputs", {})
        if made["status"] == "done" and (set(told) != set(outputs) or not set(made["decided"]) <= set(decisions)):
            raise PlaceError(f"a worker delivered {sorted(told)} and {made['decided']}, not what was ordered")
        log = {LOG} & set(packed.namelist())
        for name in [*log, *(f"{OUTPUTS}/{name}" for name in told), *(f"{DECIDED}/{name}" for name in made.get("decided", []))]:
            packed.extract(name, scratch)
    wrong = [name for name, digest in told.items() if hash_file(scratch / OUTPUTS / name) != digest]
    if wrong:
        raise PlaceError(f"{wrong[0]} was delivered damaged")
    return made
