"""What a run leaves behind so that runs can be compared: what each report showed, whose rows it had, and the state before it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from pandas import DataFrame

from kamnb.engagement import Engagement, decided_by_people, replace_file
from kamnb.errors import InputError
from kamnb.intake.dictionary import dictionary
from kamnb.reports.jobs import Job
from kamnb.reports.journal import JOURNAL, SHOWN, WORK, hash_file, read_entries, shown_file
from kamnb.reports.keys import describe_parts, hash_text, run_parts
from kamnb.reports.reading import Report, Sentence
from kamnb.snapshots import account_hash, file_hash
from kamnb.words import column_kinds

BEFORE, STATE, PARTS = "before", "state.json.gz", "parts"
LEDGER, LEDGER_PANEL = "sales", "account_product_month"


@dataclass(frozen=True)
class State:
    """A folder of reports at one moment.  By job: what it showed and its journal entry; `marks`: hashes of every table's rows
    by account; `parts`: what stands behind the hashes of settings and texts."""

    folder: Path
    shown: dict[str, dict]
    entries: dict[str, dict]
    marks: dict
    parts: dict[str, dict]

    @cached_property
    def deciders(self) -> dict[tuple[str, str], str]:
        """Who has confirmed what each internal report decided, by stage and account: nobody is ""."""
        internal = [shown for shown in self.shown.values() if shown["job"]["edition"] == "internal"]
        return {(shown["job"]["stage"], shown["job"]["account"]): _confirmed_by(shown["decided"]) for shown in internal}


def _confirmed_by(decided: dict) -> str:
    place = [column["name"] for column in decided["columns"]].index("decided_by")
    return ", ".join(sorted({str(row[place]) for row in decided["rows"] if row[place]}))


def pack_shown(report: Report, job: Job, *, decided: DataFrame, start: int) -> str:
    """All that `report` showed and the rows that `decided` holds, typed, as text that JSON can carry; same report, same text.

    `start`: first month of the fiscal year.
    """
    said = [[block.key, block.text] for section in report.sections for block in section.blocks if isinstance(block, Sentence)]
    shown = {"job": {"stage": job.stage, "language": job.language, "edition": job.edition, "account": job.account or ""},
             "title": report.title, "head": report.head, "start": start, "figures": report.figures, "answers": report.answers, "said": said,
             "tables": [asdict(table) for table in report.tables()], "decided": _typed(decided)}
    content = json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(gzip.compress(content, 6, mtime=0)).decode()


def _typed(decided: DataFrame) -> dict:
    """Saved rows in the form of a shown table; a column that no table shows is text."""
    kinds = column_kinds()
    columns = [{"name": name, "kind": kinds.get(name, "text")} for name in decided.columns]
    rows = [[None if value != value else value for value in row] for row in decided.astype(object).to_numpy().tolist()]
    return {"columns": columns, "rows": rows}


def keep_shown(packed: str, ident: str, *, out: Path) -> str:
    """Keep what pack_shown has packed; returns the SHA-256 of the file."""
    content, file = base64.b64decode(packed), out / shown_file(ident)
    file.parent.mkdir(exist_ok=True)
    replace_file(file, content)
    return hashlib.sha256(content).hexdigest()


def remember_state(engagement: Engagement, *, out: Path) -> None:
    """Note what a run on `engagement` works on; when that is not what the last run worked on, what it left becomes the state before."""
    work = out / WORK
    (work / PARTS).mkdir(exist_ok=True)
    for digest, detail in describe_parts(engagement).items():
        replace_file(work / PARTS / f"{digest}.json", json.dumps(detail, ensure_ascii=False).encode())
    state = {"parts": run_parts(engagement), "decided": _hash_decided(engagement), "marks": mark_tables(engagement)}
    content = gzip.compress(json.dumps(state, ensure_ascii=False, sort_keys=True).encode(), 6, mtime=0)
    file = work / STATE
    if file.exists() and file.read_bytes() == content:
        return
    if file.exists():
        _keep_before(work)
    replace_file(file, content)


def mark_tables(engagement: Engagement) -> dict[str, dict]:
    """By table: hash of it `whole`, of each account's rows (`accounts`), and its `files` with their rows.

    The ledger is marked by what its finest panel sums: no report reads more of it.
    """
    codes = sorted(engagement.raw_table("accounts")["account"].astype(str))
    marks = {}
    for file in sorted((engagement.snapshot / "tables").glob("*.parquet")):
        source = engagement.snapshot / "panels" / f"{LEDGER_PANEL}.parquet" if file.stem == LEDGER else file
        own = file.stem not in dictionary() or "account" in dictionary()[file.stem].names()
        hashes = {code: account_hash(source, code)[:8] for code in codes} if own else {}
        marks[file.stem] = {"whole": file_hash(source), "accounts": {a: h for a, h in hashes.items() if h != "none"}, "files": []}
    files = engagement.record("files")
    for table, name, digest, rows in files.loc[files["table"].isin(marks), ["table", "file", "sha256", "rows"]].itertuples(index=False):
        marks[table]["files"].append([str(name), str(digest), int(rows)])
    return marks


def _hash_decided(engagement: Engagement) -> str:
    """Hash of the decisions that people have saved; proposals follow from the rest."""
    files = sorted((engagement.path / "decisions").rglob("*.csv"))
    return hash_text("".join(f"{file.name}:{text}" for file in files if decided_by_people(text := file.read_text(encoding="utf-8-sig"))))


def _keep_before(work: Path) -> None:
    """What lies in `work` now becomes the state before; the files are never written again, so links do."""
    shutil.rmtree(work / BEFORE, ignore_errors=True)
    (work / BEFORE / SHOWN).mkdir(parents=True)
    for file in sorted((work / SHOWN).glob("*.json.gz")):
        _link(file, work / BEFORE / SHOWN / file.name)
    for name in (STATE, JOURNAL):
        if (work / name).exists():
            shutil.copyfile(work / name, work / BEFORE / name)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def read_state(folder: Path, *, before: bool = False) -> State:
    """What the reports in `folder` show, or with `before` what they showed before anything that they depend on last changed.

    Only what the journal proves counts.  Raises InputError for a folder without reports or without figures to compare.
    """
    work = folder / WORK / BEFORE if before else folder / WORK
    if not (folder / WORK).is_dir():
        raise InputError("no reports of a run are here", str(folder), _near_runs(folder))
    entries, shown = {}, {}
    proved = {(entry["ident"], entry.get("shown")): entry for entry in read_entries(work / JOURNAL) if entry.get("status") == "done"}
    for ident in dict.fromkeys(ident for ident, _ in proved):
        file = work / SHOWN / Path(shown_file(ident)).name
        if (ident, digest := hash_file(file)) in proved:
            shown[ident], entries[ident] = json.loads(gzip.decompress(file.read_bytes())), proved[ident, digest]
    if not shown and before:
        raise InputError("there is no state before to compare with", str(folder), "Name two folders: kamnb diff RUN_A RUN_B.")
    if not shown:
        raise InputError("the reports here have left no figures", str(folder), "Make them again with kamnb report.")
    return State(folder, shown, entries, read_marks(work), read_parts(folder))


def read_marks(work: Path) -> dict:
    """What mark_tables has noted for the run whose files lie in `work`; nothing where no run has noted any."""
    return json.loads(gzip.decompress((work / STATE).read_bytes()))["marks"] if (work / STATE).exists() else {}


def read_parts(folder: Path) -> dict[str, dict]:
    """What stands behind the hashes of settings and texts that any run in `folder` has used."""
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted((folder / WORK / PARTS).glob("*.json"))}


def _near_runs(folder: Path) -> str:
    """How to mend a wrong folder: the runs below it, if any."""
    below = sorted(str(work.parent) for depth in ("*", "*/*") for work in folder.glob(f"{depth}/{WORK}"))
    return f"Name one of {', '.join(below)}." if below else "Name a folder that kamnb report has made: reports/ENGAGEMENT/AS-OF."
