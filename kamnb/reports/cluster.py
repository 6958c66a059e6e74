"""Jobs sent to a dask.distributed cluster: the same orders and results as here, carried through a shared place.

The supervisor alone publishes and keeps the journal, so a job that runs twice because a worker was lost counts once.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError
from contextlib import ExitStack, suppress
from dataclasses import asdict
from importlib import import_module
from operator import methodcaller
from pathlib import Path
from threading import Event, Lock

from kamnb import choices
from kamnb.engagement import SNAPSHOT
from kamnb.errors import InputError
from kamnb.reports.cluster_crew import ENDING_SECONDS, LOOK, Crew, Watch, connect, forget_everywhere
from kamnb.reports.cluster_place import DELIVERY, Place, PlaceError, give_folder, unpack_delivery
from kamnb.reports.cluster_site import TRAVELLING, Errand, machine_parts
from kamnb.reports.freezing import Frozen
from kamnb.reports.interrupting import interruptible
from kamnb.reports.jobs import NOTEBOOKS, Job, Order, Request
from kamnb.reports.journal import WORK
from kamnb.reports.keys import key_parts
from kamnb.reports.runner import Result
from kamnb.reports.workers import INTERRUPTED
from kamnb.settings import FILE

TRIES = 6
SITE = "kamnb.reports.cluster_site"
ABREAST = (64, 1024)
NOTE = "cluster.txt"
GIVEN_PARTS = {FILE, choices.FILE.parts[0], SNAPSHOT}
SHARED_MEND = "Name a folder or an address such as s3://bucket/folder that you and every worker can read and write."


def clear_place(client: object, note: Path) -> None:
    """Remove what the run that left `note` has left in its shared place and at the workers: it was killed."""
    if note.exists():
        address = note.read_text(encoding="utf-8")
        with suppress(PlaceError):
            Place(address).remove()
        forget_everywhere(client, address)
        note.unlink()


def find_place(shared: str, out: Path) -> Place:
    """A place of its own for a run: below `shared`, or in the run's folder, which the workers must then see under the same path."""
    name = uuid.uuid4().hex[:12]
    return Place(shared).below(f"kamnb-{name}") if shared else Place(str(out / WORK)).below(f"job-cluster-{name}")


def give_run(frozen: Frozen, place: Place) -> str:
    """Put the frozen data and settings into `place`; returns the hash of the list of them.  Notebooks and decisions go with each job."""
    files = [file.relative_to(frozen.folder) for file in frozen.folder.rglob("*") if file.is_file()]
    return give_folder(frozen.folder, place, names=[file.as_posix() for file in files if file.parts[0] in GIVEN_PARTS])


class ClusterWorkers:
    """Runs orders on the cluster of `request`; what Workers is for this machine.

    Workers see the frozen run and belong to the engagement's own team: a joint edition's rows are cut there, before its notebook starts.
    """

    def __init__(self, frozen: Frozen, request: Request, *, out: Path):
        self.frozen, self.engine, self._note = frozen, request.engine, out / WORK / NOTE
        self._given, self._lying, self._lock = {}, set(), Lock()
        self._futures, self._ended, self._lost = set(), Event(), None
        self._stack, self.limits, self._machine = ExitStack(), request.limits, machine_parts()
        self.client = connect(request.dask)
        try:
            self.crew = Crew(self.client, request.dask)
            clear_place(self.client, self._note)
            self.place = find_place(request.shared, out)
            self._note.write_text(self.place.address, encoding="utf-8")
            self._run = give_run(frozen, self.place)
        except PlaceError as error:
            self.client.close()
            raise InputError(f"the shared place cannot be used: {error}", "--shared", SHARED_MEND) from error
        except BaseException:
            self.client.close()
            raise

    def __enter__(self) -> ClusterWorkers:
        self._stack.enter_context(interruptible(lambda: None))
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()
        self._stack.close()

    def heeding(self, tell: Callable[[Result], None]) -> Callable[[Result], None]:
        """`tell`, which after that raises InputError once the cluster can do no more: the run would fail job by job."""

        def tell_and_check(result: Result) -> None:
            tell(result)
            if self._lost:
                raise self._lost

        return tell_and_check

    @property
    def abreast(self) -> int:
        """Jobs to send at a time: enough to keep every thread of the cluster busy."""
        return min(max(2 * sum(self.crew.present().values()), ABREAST[0]), ABREAST[1])

    def end(self) -> None:
        """Cancel what runs, end the run's processes on every worker and leave nothing in the shared place."""
        if self._ended.is_set():
            return
        self._ended.set()
        with self._lock:
            futures = list(self._futures)
        with suppress(PlaceError):
            self.place.remove()
        if self.client.status == "running":
            with suppress(OSError, TimeoutError, CancelledError):
                self.client.cancel(futures, force=True)
            forget_everywhere(self.client, self.place.address)
        with suppress(PlaceError):
            self.place.remove()
            self._note.unlink(missing_ok=True)
        with suppress(OSError, TimeoutError):
            self.client.close(ENDING_SECONDS)

    def run(self, line: str, scratch: Path) -> dict:
        """What became of the order in `line`: its result, its files in `scratch`; or the reason if it failed."""
        try:
            return self._try(Order.from_json(line), scratch)
        except InputError as error:
            self._lost = self._lost or error
            return INTERRUPTED

    def add_pdf(self, made: dict, _scratch: Path) -> dict:
        """`made` as it is: the cluster has printed it."""
        return made

    def _try(self, order: Order, scratch: Path) -> dict:
        name, avoided, why = uuid.uuid4().hex, set(), ""
        for _ in range(TRIES):
            if self._ended.is_set() or self._lost:
                return INTERRUPTED
            try:
                answer = self._ask(self._pack(name, order), self._permitted(avoided, why))
                if "delivery" in answer:
                    return self._take(answer, order.job, scratch=scratch)
                why = answer["why"]
            except PlaceError as error:
                answer, why, name = {}, str(error), uuid.uuid4().hex
            if "lost" in answer:
                break
            if "refused" in answer:
                avoided.add(answer["worker"])
                self.crew.judge(answer["worker"], refused=answer["refused"], why=why)
        return INTERRUPTED if self._ended.is_set() else {"status": "failed", "why": why, "detail": why}

    def _permitted(self, avoided: set[str], why: str) -> list[str] | None:
        permitted = self.crew.permitted(avoided)
        if permitted == [] and self.crew.present():
            raise InputError(f"no worker at {self.crew.address} can do this run: {why}", "--dask",
                             "Install the same kamnb and lock file on every machine, then restart the workers.")
        return permitted or None

    def _pack(self, name: str, order: Order) -> Errand:
        """The errand `name` for `order`; what it may read lies in the shared place afterwards."""
        notebook = self.frozen.notebook(order.job)
        files = {f"notebooks/{notebook.name}": self._give(notebook)}
        files.update({name: self._give(self.frozen.engagement.path / name) for name in self._decisions(order.job, NOTEBOOKS)})
        kept = {key: value for key, value in asdict(order).items() if key not in {"frozen", "home", "scratch", "sockets"}}
        shipped = {part: value for part, value in key_parts(order.job, self.frozen.engagement).items() if part not in TRAVELLING}
        return Errand(name, kept, self.place.address, self._run, files, self._machine | shipped, asdict(self.limits))

    def _decisions(self, job: Job, stages: Iterable[str]) -> list[str]:
        """Decision files of `stages` (relative) that concern every account or the account of `job`."""
        home = self.frozen.engagement
        files = {home.decision_file(stage, account) for stage in stages for account in (None, job.account)}
        return sorted(file.relative_to(home.path).as_posix() for file in files)

    def _give(self, file: Path) -> str:
        """Hash of the content of `file`, which then lies in the shared place; nothing when there is no such file."""
        if not file.exists():
            return ""
        content = file.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        with self._lock:
            turn = self._given.setdefault(digest, Lock())
        with turn:
            if digest not in self._lying:
                self.place.give(content)
                self._lying.add(digest)
        return digest

    def _ask(self, errand: Errand, permitted: list[str] | None) -> dict:
        """What a worker answers to `errand`, or why no answer came.

        What is sent names our function, so that a scheduler or a worker without kamnb takes no harm.
        """
        from distributed import KilledWorker

        self.crew.wait_for_scheduler(self._ended.is_set)
        key, task = f"kamnb-{uuid.uuid4().hex}", (methodcaller("perform", errand.to_json()), (import_module, SITE))
        future = self.client.get({key: task}, key, sync=False, workers=permitted)
        with self._lock:
            self._futures.add(future)
        try:
            return self._wait(future, errand, permitted)
        except KilledWorker as error:
            return {"why": f"its workers were lost: {error.last_worker.address} the last"}
        except CancelledError:
            return {"why": "the scheduler lost it"}
        except ImportError as error:
            self.crew.leave_out_strangers()
            return {"why": f"a worker cannot import kamnb: {error}"}
        finally:
            with self._lock:
                self._futures.discard(future)

    def _wait(self, future: object, errand: Errand, permitted: list[str] | None) -> dict:
        watch = Watch(self.place, errand)
        while True:
            try:
                return json.loads(future.result(LOOK))
            except TimeoutError:
                gone = {} if self.crew.check(permitted) else {"why": "the workers that could do it have left"}
                answer = gone or watch.look()
                if answer:
                    future.cancel()
                    return answer

    def _take(self, answer: dict, job: Job, *, scratch: Path) -> dict:
        """The result that was delivered, verified, with its files in `scratch`."""
        self.place.fetch(answer["delivery"], scratch / DELIVERY, digest=answer["digest"])
        made = unpack_delivery(scratch / DELIVERY, scratch, outputs=job.outputs().values(), decisions=self._decisions(job, [job.stage]))
        self.crew.judge(answer["worker"], refused="", why="")
        with suppress(PlaceError):
            self.place.remove(answer["delivery"].rpartition("/")[0])
        return made
