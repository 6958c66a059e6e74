"""What was made, and why something must be made again: an append-only journal in the run's folder."""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from kamnb.engagement import Engagement, safe_name
from kamnb.reports.jobs import Job
from kamnb.reports.keys import key_parts

WORK, JOURNAL, SHOWN = ".kamnb", "journal.jsonl", "shown"


class Journal:
    """Append-only record of what was made; the last line of a job counts."""

    def __init__(self, folder: Path):
        self.file = folder / WORK / JOURNAL
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()
        self._whole = not self.file.exists() or self.file.read_bytes()[-1:] in {b"", b"\n"}
        lines = read_entries(self.file)
        self.entries = {entry["ident"]: entry for entry in lines}
        self._known: dict[str, set[str]] = defaultdict(set)
        self._reads: dict[tuple, list] = {}
        for entry in lines:
            self._note(entry)

    def _note(self, entry: dict) -> None:
        """Remember the hashes of `entry`, and let it hold its reads in common with others: a run of thousands has few unlike ones."""
        if "reads" in entry:
            entry["reads"] = [self._reads.setdefault(tuple(read), read) for read in entry["reads"]]
        for name, digest in entry.get("outputs", {}).items():
            self._known[name].add(digest)

    def known_hashes(self, outputs: Iterable[str]) -> dict[str, set[str]]:
        """Hashes that any run has given each of `outputs`: a file with another one was edited by hand."""
        return {name: set(self._known[name]) for name in outputs}

    def write(self, entry: dict) -> None:
        """Add `entry` and make sure that it is on disk."""
        with self._lock, self.file.open("a", encoding="utf-8") as stream:
            stream.write(("" if self._whole else "\n") + json.dumps(entry, ensure_ascii=False) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
            self._whole = True
            self.entries[entry["ident"]] = entry
            self._note(entry)


def read_entries(file: Path) -> list[dict]:
    """Every whole line of the journal `file`, oldest first; none where there is no journal."""
    text = file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
    return [entry for entry in map(_parse, text.splitlines()) if entry]


def _parse(line: str) -> dict:
    """A journal line; a line that a crash cut short counts as nothing."""
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) and "ident" in entry else {}


def list_reasons(job: Job, engagement: Engagement, *, entry: dict | None, out: Path) -> list[str]:
    """Why `job` must be made again: nothing when `entry` proves that all is as it was.

    Reasons: "new", "failed", a part of the key ("settings", "text" ...), a read whose content changed
    ("panel account_month"), an output that is gone or was edited ("gone FILE", "edited FILE").
    """
    if not entry:
        return ["new"]
    if entry.get("status") != "done":
        return ["failed"]
    then, now = entry.get("parts", {}), key_parts(job, engagement)
    reasons = [part for part, value in now.items() if then.get(part) != value]
    reasons += [f"{kind} {name}" for kind, name, account, state in entry["reads"] if engagement.state(kind, name, account) != state]
    for name, digest in {**entry["outputs"], shown_file(job.ident): entry.get("shown")}.items():
        found = hash_file(out / name)
        reasons += [f"gone {name}"] if found is None else [f"edited {name}"] if found != digest else []
    return list(dict.fromkeys(reasons))


def shown_file(ident: str) -> str:
    """Where the figures that the job `ident` showed are kept, below the run's folder."""
    return f"{WORK}/{SHOWN}/{safe_name(ident)}.json.gz"


def hash_file(file: Path) -> str | None:
    """SHA-256 of `file`, or None when it is not there."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return None
