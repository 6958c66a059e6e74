"""Two hundred kills of a supervisor, five hundred starts, four hundred reports in one worker (faults.md X08, X12, X20)."""

import os
import time

import psutil
import pytest

from kamnb.reports.jobs import Job
from tests.reports.killing import Killer
from tests.reports.planted import Planted, nothing_left, plant

KILLS, STARTS = int(os.environ.get("SOAK_KILLS", "200")), int(os.environ.get("SOAK_STARTS", "500"))
EVERY = 5


def test_x08_two_hundred_kills(tmp_path):
    killer = Killer(tmp_path, seed=4711)
    try:
        since = time.monotonic()
        killer.finish()
        longest, before = time.monotonic() - since, killer.contents()
        for number in range(1, KILLS + 1):
            killer.make_work()
            killer.kill_once(longest)
            if number % EVERY == 0:
                killer.check_finish()
                assert killer.contents() == before
                print(f"{number} moments, {killer.kills} kills, {killer.runs} runs, {time.monotonic() - since:.0f} s", flush=True)
    finally:
        killer.close()


def test_x08_kills_while_kernels_run(tmp_path):
    killer = Killer(tmp_path, seed=12, engine="kernel")
    try:
        since = time.monotonic()
        killer.finish()
        longest, before = time.monotonic() - since, killer.contents()
        for _ in range(KILLS // 20):
            killer.make_work()
            killer.kill_once(longest)
        killer.check_finish()
        assert killer.contents() == before
        print(f"{killer.kills} kills with kernels, {time.monotonic() - since:.0f} s", flush=True)
    finally:
        killer.close()


@pytest.mark.parametrize("engine", ["warm", "kernel"])
def test_x12_five_hundred_starts_sixteen_at_a_time(tmp_path, make_small, engine):
    run = Planted(make_small(tmp_path), tmp_path / "out", engine=engine)
    jobs = [Job("strategy", "en", account=f"N{n}", formats=("html",)) for n in range(STARTS)]
    plant(run.frozen, jobs[0], "say('reports.joint')")
    since, sizes, told = time.monotonic(), [], []
    try:
        for begin in range(0, STARTS, 50):
            told += run.run_all(jobs[begin:begin + 50], abreast=16)
            sizes.append(weigh(run))
            done = sum(r.status == "done" for r in told)
            print(f"{engine}: {done} of {len(told)} done, {time.monotonic() - since:.0f} s, {sizes[-1]}", flush=True)
            if begin == 0:
                still = nothing_left(run.out)
                still.__enter__()
        still.__exit__(None, None, None)
    finally:
        run.close()
    assert [r.detail for r in told if r.status != "done"] == []
    assert sizes[-1]["files"] == sizes[1]["files"] and sizes[-1]["worker files"] == sizes[1]["worker files"]
    assert sizes[-1]["worker MB"] - sizes[1]["worker MB"] < 2 and sizes[-1]["MB"] - sizes[1]["MB"] < 25


def weigh(run):
    """Memory and open files of this process and of the worker, if there is one."""
    mine = psutil.Process()
    found = {"MB": round(mine.memory_info().rss / 1e6, 1), "files": mine.num_fds(), "worker MB": 0, "worker files": 0}
    if run.workers._worker:
        (worker,) = psutil.Process(run.workers._worker.process.pid).children()
        found |= {"worker MB": round(worker.memory_info().rss / 1e6, 1), "worker files": worker.num_fds()}
    return found
