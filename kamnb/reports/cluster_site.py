"""A cluster worker's side of a run: what the run has frozen, unpacked once, and one warm worker that does the jobs here."""

from __future__ import annotations

import asyncio
import json
import logging
import platform
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from threading import Lock, Thread

from kamnb import __version__
from kamnb.engagement import open_engagement
from kamnb.reports import skip_grammar
from kamnb.reports.cluster_place import DELIVERY, GIVEN, MADE, Place, pack_delivery, take_folder
from kamnb.reports.jobs import Job
from kamnb.reports.journal import hash_file
from kamnb.reports.keys import key_parts
from kamnb.reports.limits import Limits
from kamnb.reports.turns import Turns

LOSSES = 3
IDLE_SECONDS, LOOK = 900, 30
TRAVELLING = {"job", "as_of", "settings"}
"""Parts of a job's key that come with it; the others come with the machine (kamnb.reports.keys)."""
LIBRARIES = ("numpy", "pandas", "scipy", "matplotlib", "seaborn", "pillow", "papermill", "XlsxWriter")


@dataclass(frozen=True)
class Errand:
    """A job on its way to a worker: its order without places, and by their hashes the files it needs from the shared place.

    Nothing of the client's goes through the scheduler but account codes.  `parts`: what must be the same on both sides.
    """

    name: str
    order: dict
    place: str
    run: str
    files: dict[str, str]
    parts: dict[str, str]
    limits: dict[str, float]

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))


class SkewError(Exception):
    """This worker has another kamnb than the supervisor."""


@cache
def machine_parts() -> dict[str, str]:
    """Versions of what computes and draws on this machine."""
    versions = {name: metadata.version(name) for name in LIBRARIES}
    return {"kamnb": __version__, "python": ".".join(platform.python_version_tuple()[:2]), **versions}


def check_parts(wanted: dict[str, str], mine: dict[str, str]) -> None:
    """Raise SkewError naming each part of `mine` that is not as `wanted`."""
    wrong = [f"{part} {value} (the supervisor: {wanted.get(part, 'none')})" for part, value in mine.items() if wanted.get(part) != value]
    if wrong:
        raise SkewError(f"it has another kamnb: {', '.join(wrong)}")


@contextmanager
def without_grammar() -> Iterator[None]:
    """Imports within take no grammar of web addresses (`skip_grammar`); the worker's other users find things as they were."""
    absent = "rfc3987_syntax" not in sys.modules
    skip_grammar()
    try:
        yield
    finally:
        if absent:
            del sys.modules["rfc3987_syntax"]


class Site:
    """One run at this worker: its files in a private folder and the processes that do its jobs."""

    def __init__(self, errand: Errand, *, folder: Path):
        with without_grammar():
            from kamnb.reports.freezing import freeze
            from kamnb.reports.workers import Workers, best_engine

        self.place, self.folder = Place(errand.place), folder
        self.turns, self.at_work, self.used = Turns(), set(), time.monotonic()
        take_folder(self.place, errand.run, out=folder / "home")
        self.frozen = freeze(open_engagement(folder / "home"), out=folder)
        self.engine = errand.order["engine"] if errand.order["engine"] == "kernel" else best_engine()
        self.workers = Workers(self.frozen, out=folder, engine=self.engine, limits=Limits(**errand.limits))

    def do(self, errand: Errand, *, worker: str) -> dict:
        """Where the delivery of `errand` lies and its hash, or the workers that were lost over it."""
        job = Job(**{**errand.order["job"], "formats": tuple(errand.order["job"]["formats"])})
        mine = {part: value for part, value in key_parts(job, self.frozen.engagement).items() if part not in TRAVELLING}
        check_parts(errand.parts, mine)
        made = f"{MADE}/{errand.name}"
        begun = [name for name in self.place.names(made) if name.endswith(".begun")]
        if len(begun) >= LOSSES:
            lost = sorted(self.place.read(f"{made}/{name}").decode() for name in begun)
            return {"lost": lost, "why": f"{len(lost)} workers were lost while they ran it: {', '.join(lost)}"}
        mark = f"{made}/{uuid.uuid4().hex}"
        with self._turn(mark, alone=bool(begun)):
            self.place.write(f"{mark}.begun", worker.encode())
            try:
                return self._deliver(errand, f"{mark}.zip")
            except BaseException:
                self.place.remove(f"{mark}.begun")
                raise

    @contextmanager
    def _turn(self, mark: str, *, alone: bool) -> Iterator[None]:
        """A turn to work; a job that has lost workers before goes alone, so that it takes no others down with it."""
        self.at_work.add(mark)
        try:
            with self.turns.alone() if alone else self.turns.beside():
                yield
        finally:
            self.used = time.monotonic()
            self.at_work.discard(mark)

    def idle(self) -> float:
        """Seconds since it last had work."""
        return 0.0 if self.at_work else time.monotonic() - self.used

    def _deliver(self, errand: Errand, name: str) -> dict:
        self._fetch(errand)
        scratch = Path(tempfile.mkdtemp(dir=self.folder, prefix="job-"))
        try:
            here = {"frozen": str(self.frozen.folder), "home": str(self.frozen.engagement.path), "scratch": str(scratch)}
            made = self.workers.run(json.dumps({**errand.order, **here, "engine": self.engine}), scratch)
            made = self.workers.add_pdf(made, scratch)
            if self.workers.ended or not self.place.has(f"{GIVEN}/{errand.run}"):
                raise RuntimeError("the run has ended")
            digest = pack_delivery(made, scratch, file=scratch / DELIVERY)
            self.place.put(scratch / DELIVERY, name)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return {"delivery": name, "digest": digest}

    def _fetch(self, errand: Errand) -> None:
        """Bring the notebook and the decisions that `errand` may read up to date, and remove decisions that are no more."""
        places = {"notebooks": self.frozen.folder, "decisions": self.frozen.engagement.path}
        for name, digest in errand.files.items():
            file = places[Path(name).parts[0]] / name
            if digest and hash_file(file) != digest:
                self.place.fetch(f"{GIVEN}/{digest}", file, digest=digest)
            elif not digest:
                file.unlink(missing_ok=True)

    def end(self) -> None:
        """End its processes and, when the last job has left, remove its folder."""
        self.workers.end()
        with self.turns.alone():
            shutil.rmtree(self.folder, ignore_errors=True)


SITES: dict[str, Site] = {}
_LOCK, _ENDING = Lock(), set()


def _site(errand: Errand, worker: object) -> Site:
    """The site of the run of `errand` at `worker`, made if it is the first of it here."""
    with _LOCK:
        if worker.address not in _ENDING:
            _end_with(worker)
            _ENDING.add(worker.address)
        if errand.place not in SITES:
            folder = Path(tempfile.mkdtemp(dir=worker.local_directory, prefix="kamnb-"))
            try:
                SITES[errand.place] = Site(errand, folder=folder)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            if len(SITES) == 1:
                Thread(target=_end_idle, daemon=True).start()
        return SITES[errand.place]


def _end_site(place: str) -> None:
    with _LOCK:
        site = SITES.pop(place, None)
    if site:
        site.end()


def _end_idle() -> None:
    """End sites that nothing was asked of for long: their supervisor was killed."""
    while SITES:
        time.sleep(LOOK)
        for place, site in list(SITES.items()):
            if site.idle() > IDLE_SECONDS:
                _end_site(place)


def _end_with(worker: object) -> None:
    """Let `worker` end every site when it closes."""
    from distributed import WorkerPlugin

    class Ender(WorkerPlugin):
        async def teardown(self, worker: object) -> None:  # noqa: ARG002
            await asyncio.gather(*(forget(place) for place in list(SITES)))

    worker.loop.add_callback(worker.plugin_add, plugin=Ender(), name="kamnb")


def perform(line: str) -> str:
    """What became of the errand in `line`, as JSON: a delivery, the loss of too many workers, or why this worker refuses it."""
    from distributed import get_worker

    told, worker = json.loads(line), get_worker()
    try:
        check_parts(told["parts"], machine_parts())
        errand = Errand(**told)
        answer = _site(errand, worker).do(errand, worker=worker.address)
    except Exception as error:  # whatever keeps this worker from the job, another one may do it
        logging.getLogger(__name__).exception("refused: %s", told["order"]["job"])
        answer = {"refused": "version" if isinstance(error, SkewError) else "trouble", "why": f"{type(error).__name__}: {error}"}
    return json.dumps({**answer, "worker": worker.address})


async def forget(place: str) -> None:
    """End the run at `place` on this worker; back when nothing is left of it."""
    with suppress(OSError):
        await asyncio.to_thread(_end_site, place)
