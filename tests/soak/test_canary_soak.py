"""The canary test at length: ten engagements of five accounts, sixteen reports at a time, five rounds (faults.md T1)."""

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.reports.canaries import check_leaks, lay_engagement, list_formats

KAMNB = str(Path(sys.executable).with_name("kamnb"))
ENGAGEMENTS, ACCOUNTS, TOGETHER, EACH = 10, 5, 2, 8
ROUNDS = int(os.environ.get("SOAK_ROUNDS", "5"))


def make(folder, out, language):
    """One engagement's strategies and plans for its accounts, both editions, as a user makes them."""
    formats = [part for form in list_formats() for part in ("--to", form)]
    codes = [line[:16] for line in (folder / "accounts.csv").read_text(encoding="utf-8").splitlines()[1:]]
    accounts = [part for code in codes for part in ("--account", code)]
    command = [KAMNB, "report", str(folder), "--edition", "joint", "--stage", "strategy", "--stage", "actions", "--lang", language,
               "--jobs", str(EACH), "--out", str(out), *formats, *accounts]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr[-3000:]


def test_fifty_accounts_of_ten_engagements_five_times(tmp_path):
    found = {f"E{n}": lay_engagement(tmp_path / f"E{n}", accounts=ACCOUNTS, seed=n) for n in range(ENGAGEMENTS)}
    every = set().union(*(canaries.all() for canaries in found.values()))
    assert len(every) == ENGAGEMENTS * (2 * ACCOUNTS + 2)
    searched = 0
    for number in range(ROUNDS):
        since, out, language = time.monotonic(), tmp_path / "out", ("en", "ja", "zh")[number % 3]
        with ThreadPoolExecutor(TOGETHER) as pool:
            list(pool.map(partial(make, out=out, language=language), [tmp_path / name for name in found]))
        for name, canaries in found.items():
            searched += check_leaks(out / name / "2024-03-31", canaries, every - canaries.all())
        shutil.rmtree(out)
        print(f"round {number + 1}: {searched} joint reports searched, {time.monotonic() - since:.0f} s")
    assert searched == ROUNDS * ENGAGEMENTS * ACCOUNTS * 2 * len(list_formats())
