"""Supervisors killed at random moments, and the laws that hold after each kill (faults.md X08)."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from kamnb.reports.journal import WORK
from kamnb.reports.workers import socket_home, socket_prefix
from tests.reports.planted import marked, published

ACCOUNTS = 4
ENDING = 10


def lay_home(home: Path) -> Path:
    """A folder with a small ledger of ACCOUNTS accounts."""
    home.mkdir(parents=True)
    codes = [f"A{n}" for n in range(ACCOUNTS)]
    lines = ["date,account,product,quantity,net_sales", *(f"2024-0{m}-10,{code},P1,1,{100 + m}" for code in codes for m in (1, 2, 3))]
    (home / "sales.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    names = ["account,name,channel", *(f"{code},Store {code},C1" for code in codes)]
    (home / "accounts.csv").write_text("\n".join(names) + "\n", encoding="utf-8")
    toml = ['[engagement]\nname = "k"\nclient = "K"\nas_of = 2024-03-31\nlanguage = "en"', '[tables.sales]\npath = "sales.csv"',
            '[tables.accounts]\npath = "accounts.csv"']
    (home / "engagement.toml").write_text("\n".join(toml) + "\n", encoding="utf-8")
    return home


class Killer:
    """Starts runs below `folder`, kills some of them, and checks what is left."""

    def __init__(self, folder: Path, *, seed: int, engine: str = "warm"):
        self.home, self.out = lay_home(folder / "home"), folder / "out"
        self.out.mkdir()
        self.chance = random.Random(seed)
        self.server = subprocess.Popen([sys.executable, "-m", "tests.reports.supervised", str(self.home), str(self.out), engine],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).resolve().parents[2])
        self.kills = self.runs = 0

    def start(self) -> int:
        """Process id of a new supervisor."""
        self.server.stdin.write("go\n")
        self.server.stdin.flush()
        self.runs += 1
        return int(self.server.stdout.readline())

    def ended(self) -> int:
        """Exit status of the supervisor."""
        return int(self.server.stdout.readline())

    def finish(self) -> dict[str, str]:
        """What became of each job in a run that nobody kills."""
        self.start()
        status = self.ended()
        told = json.loads(self.out.with_suffix(".json").read_text(encoding="utf-8"))
        assert status == 0, told
        return {ident: status for ident, (status, _) in told.items()}

    def kill_once(self, longest: float) -> None:
        """Start a run and kill its supervisor at a random moment: of its whole life, or soon after it has noted something."""
        pid = self.start()
        if self.chance.random() < 0.4:
            time.sleep(self.chance.uniform(0, longest))
        else:
            self._wait_for_lines(pid, self.chance.randint(1, 2 * ACCOUNTS), longest)
            time.sleep(self.chance.uniform(0, 0.1))
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.kills += self.ended() == -signal.SIGKILL
        self.check()

    def _wait_for_lines(self, pid: int, more: int, longest: float) -> None:
        journal = self.out / WORK / "journal.jsonl"
        before, until = _size(journal), time.monotonic() + longest
        while time.monotonic() < until and Path(f"/proc/{pid}/stat").exists() and _size(journal) < before + 300 * more:
            time.sleep(0.005)

    def check(self) -> None:
        """No process outlives its supervisor by ENDING seconds; what is published is whole and known; the journal can be read."""
        until = time.monotonic() + ENDING
        while (left := marked(str(self.out / WORK))) and time.monotonic() < until:
            time.sleep(0.05)
        assert not left, f"{len(left)} processes are left"
        known = {digest for entry in self.entries() for digest in entry.get("outputs", {}).values()}
        for name, data in published(self.out).items():
            if name.endswith((".html", ".xlsx")) and name != "index.html":
                assert hashlib.sha256(data).hexdigest() in known, f"{name} was not noted, or is not whole"
        for entry in self.last().values():
            for name in entry["outputs"] if entry["status"] == "done" else ():
                assert (self.out / name).exists() or name in self.removed, f"{name} is gone"

    removed: frozenset[str] = frozenset()

    def entries(self) -> list[dict]:
        """Every line of the journal; a kill may have cut lines short, which the next run leaves alone."""
        journal = self.out / WORK / "journal.jsonl"
        found = []
        for line in journal.read_text(encoding="utf-8").splitlines() if journal.exists() else []:
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return found

    def last(self) -> dict[str, dict]:
        """The entry that counts, by job."""
        return {entry["ident"]: entry for entry in self.entries()}

    def make_work(self) -> None:
        """Let something be missing: a few reports, or now and then everything."""
        if self.chance.random() < 0.25:
            shutil.rmtree(self.out)
            self.out.mkdir()
            shutil.rmtree(self.home / "decisions", ignore_errors=True)
        files = [name for name in published(self.out) if name.endswith((".html", ".xlsx")) and name != "index.html"]
        still = {name for name in self.removed if not (self.out / name).exists()}
        chosen = self.chance.sample(files, min(4, len(files)))
        for name in chosen:
            (self.out / name).unlink()
        self.removed = frozenset({*still, *chosen})

    def check_finish(self) -> None:
        """A run that nobody kills makes exactly what is missing, leaves no scratch, and the same files as any other."""
        whole = {ident for ident, entry in self.last().items()
                 if entry["status"] == "done" and all((self.out / name).exists() for name in entry["outputs"])}
        told = self.finish()
        self.removed = frozenset()
        same = {ident for ident, status in told.items() if status == "same"}
        assert same == whole, (same - whole, whole - same)
        assert len(told) == 3 + 2 * ACCOUNTS
        work = self.out / WORK
        assert not [*work.glob("job-*"), *self.out.rglob(".*.part"), *self.home.rglob(".*.part")]
        assert not list(socket_home().glob(f"{socket_prefix(self.out)}*"))
        assert set(self.finish().values()) == {"same"}
        self.check()

    def contents(self) -> dict[str, bytes]:
        """Reports and decisions as they are now."""
        decisions = {str(p.relative_to(self.home)): p.read_bytes() for p in sorted((self.home / "decisions").rglob("*.csv"))}
        return {**{k: v for k, v in published(self.out).items() if k.endswith((".html", ".xlsx")) and k != "index.html"}, **decisions}

    def close(self) -> None:
        """End the server."""
        self.server.stdin.close()
        self.server.wait()
        self.server.stdout.close()


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
