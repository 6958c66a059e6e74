"""The workers of a cluster: the way to their scheduler, who is there, who is left out, and who has gone silent."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from pkgutil import resolve_name
from threading import Lock

from kamnb.errors import InputError
from kamnb.reports.cluster_place import MADE, Place
from kamnb.reports.cluster_site import Errand, forget

CONNECT_SECONDS, LOOK, ENDING_SECONDS = 5, 20, 20
RETURN_SECONDS, PATIENCE_SECONDS = 60, 600
"""How long a scheduler may be out of reach, and a cluster without workers (one that grows by need takes minutes)."""
SILENCE_SECONDS, ASK_SECONDS = 600, 60
"""How much longer than a job may take its worker may stay silent, and how often somebody looks which worker has begun it."""
TROUBLES = 3


def connect(address: str) -> object:
    """A client of the scheduler at `address`.  Raises InputError as reach does."""
    reach(address)
    from distributed import Client

    return Client(address, timeout=RETURN_SECONDS, set_as_default=False)


def reach(address: str) -> None:
    """Raise InputError when dask is not installed, or nothing at `address` answers as a scheduler does within some seconds."""
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise InputError("dask and fsspec are not installed", "--dask", "pip install 'kamnb[cluster]'") from error
    try:
        with ThreadPoolExecutor(1) as alone:  # a notebook's thread has a loop of its own
            alone.submit(asyncio.run, asyncio.wait_for(_knock(address), CONNECT_SECONDS)).result()
    except Exception as error:  # what is not a scheduler may answer anything
        raise InputError(f"no dask scheduler answers at {address} ({type(error).__name__}: {error})", "--dask",
                         "Start one with `dask scheduler`, or give the address that it prints, such as tcp://host:8786.") from error


async def _knock(address: str) -> None:
    """Ask the scheduler who it is; a client that fails to start would hang on to its connection."""
    from distributed.comm import connect as connect_comm
    from distributed.security import Security

    comm = await connect_comm(address, timeout=CONNECT_SECONDS, **Security().get_connection_args("client"))
    try:
        await comm.write({"op": "identity", "reply": True})
        if (await comm.read())["type"] != "Scheduler":
            raise ValueError("it is another part of a cluster")
    finally:
        await comm.close()


def forget_everywhere(client: object, place: str) -> None:
    """End the run at `place` on every worker that answers in time."""
    with suppress(OSError, TimeoutError, CancelledError):
        client.run(forget, place, on_error="ignore", callback_timeout=ENDING_SECONDS)


class Crew:
    """The workers of a cluster: who is there, and who is left out because it cannot do this run."""

    def __init__(self, client: object, address: str):
        self.client, self.address = client, address
        self._lock, self._threads, self._troubles = Lock(), {}, Counter()
        self._asked, self._met = float("-inf"), time.monotonic()

    def present(self) -> dict[str, int]:
        """Threads of each worker, some seconds old at most."""
        with self._lock:
            if time.monotonic() - self._asked > LOOK:
                self._asked = time.monotonic()
                with suppress(OSError):
                    self._threads = {worker: seen["nthreads"] for worker, seen in self.client.scheduler_info()["workers"].items()}
            if self._threads:
                self._met = time.monotonic()
            return self._threads

    def permitted(self, avoided: set[str]) -> list[str] | None:
        """Workers to send a job to that `avoided` have refused; None means any."""
        out = {worker for worker, count in self._troubles.items() if count >= TROUBLES}
        if not out | avoided:
            return None
        fit = set(self.present()) - out
        return sorted(fit - avoided or fit)

    def judge(self, worker: str, *, refused: str, why: str) -> None:
        """Remember how `worker` took a job; one that refuses again and again, or has another kamnb, is left out and named."""
        if not refused:
            self._troubles.pop(worker, None)
            return
        with self._lock:
            before = self._troubles[worker]
            self._troubles[worker] += TROUBLES if refused == "version" else 1
        if before < TROUBLES <= self._troubles[worker]:
            logging.getLogger(__name__).warning("%s is left out: %s", worker, why)

    def leave_out_strangers(self) -> None:
        """Leave out every worker that has no kamnb."""
        with suppress(OSError, TimeoutError, CancelledError):
            versions = self.client.run(resolve_name, "kamnb:__version__", on_error="return", callback_timeout=ENDING_SECONDS)
            for worker in (worker for worker, version in versions.items() if not isinstance(version, str)):
                self.judge(worker, refused="version", why="it has no kamnb")

    def check(self, permitted: list[str] | None) -> bool:
        """Whether any of `permitted` can still come to a job.  Raises InputError when the cluster stays empty or out of reach."""
        present = self.present()
        if time.monotonic() - self._met > PATIENCE_SECONDS:
            raise InputError(f"{self.address} has had no workers for {PATIENCE_SECONDS // 60} minutes", "--dask",
                             f"Start workers (dask worker {self.address}), then run the same command again: what is made stays.")
        return permitted is None or not present or bool(set(permitted) & set(present))

    def wait_for_scheduler(self, ended: Callable[[], bool]) -> None:
        """Wait until the scheduler can be reached again.  Raises InputError when it stays away."""
        while self.client.status != "running" and not ended():
            if self.client.status == "closed":
                raise InputError(f"the scheduler at {self.address} is gone", "--dask",
                                 "Start it, then run the same command again: what is made stays.")
            time.sleep(0.2)


class Watch:
    """Looks from outside after a job: a worker may hang where no timeout of its own reaches (faults.md 0.5)."""

    def __init__(self, place: Place, errand: Errand):
        self.place, self.errand = place, errand
        self._begun, self._since, self._looked = [], time.monotonic(), time.monotonic()

    def look(self) -> dict:
        """A refusal in the name of the worker that has begun the job and stays silent; else nothing."""
        now, mine = time.monotonic(), f"{MADE}/{self.errand.name}"
        if now - self._looked < ASK_SECONDS:
            return {}
        begun, self._looked = [name for name in self.place.names(mine) if name.endswith(".begun")], now
        if begun != self._begun:
            self._begun, self._since = begun, now
        if not begun or now - self._since < self.errand.limits["job_seconds"] + SILENCE_SECONDS:
            return {}
        return {"refused": "trouble", "worker": self.place.read(f"{mine}/{begun[-1]}").decode(), "why": "its worker has gone silent"}
