"""A supervisor that is killed at any moment loses nothing; workers start without failure and grow with nothing. At length: tests/soak."""

import time

import psutil

from kamnb.reports.jobs import Job
from tests.reports.killing import Killer
from tests.reports.planted import Planted, nothing_left, plant

MOMENTS, STARTS = 5, 40


def test_x08_a_supervisor_killed_at_random_moments_loses_nothing(tmp_path):
    killer = Killer(tmp_path, seed=8)
    try:
        since = time.monotonic()
        assert set(killer.finish().values()) == {"done"}
        longest, before = time.monotonic() - since, killer.contents()
        for _ in range(MOMENTS):
            killer.make_work()
            killer.kill_once(longest)
        killer.check_finish()
        assert killer.contents() == before
    finally:
        killer.close()


def test_x12_x20_many_starts_fail_never_and_leave_nothing_that_grows(tmp_path, make_small):
    run = Planted(make_small(tmp_path), tmp_path / "out")
    jobs = [Job("strategy", "en", account=f"N{n}", formats=("html",)) for n in range(STARTS)]
    plant(run.frozen, jobs[0], "say('reports.joint')")
    try:
        assert {r.status for r in run.run_all(jobs[:8], abreast=8)} == {"done"}
        worker = psutil.Process(run.workers._worker.process.pid).children()[0]
        before = weigh(worker)
        with nothing_left(run.out):
            assert {r.status for r in run.run_all(jobs, abreast=16)} == {"done"}
        after = weigh(worker)
    finally:
        run.close()
    assert after["files"] <= before["files"] and after["worker files"] <= before["worker files"]
    assert after["worker bytes"] - before["worker bytes"] < 3_000_000
    assert after["bytes"] - before["bytes"] < 30_000_000


def weigh(worker):
    """Memory and open files of this process and of the worker, once both are at rest."""
    time.sleep(0.5)
    mine = psutil.Process()
    return {"bytes": mine.memory_info().rss, "files": mine.num_fds(),
            "worker bytes": worker.memory_info().rss, "worker files": worker.num_fds()}
