"""One consulting project: its settings, its checked tables and panels, and the decisions people saved."""

from __future__ import annotations

import csv
import hashlib
import os
import tempfile
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb import choices
from kamnb.errors import InputError
from kamnb.intake.dictionary import dictionary, empty_table
from kamnb.money import scale_of
from kamnb.settings import Settings, read_settings
from kamnb.snapshots import account_hash, file_hash, hash_bytes, prepare, record_hash

SNAPSHOT = "snapshot"
LEDGER = "sales"
POINTER = "snapshot.txt"
LANGUAGES = ("en", "ja", "zh")
CODES = ("account", "channel", "group", "category", "product", "owner", "decided_by", "decided_on")
READS: set[tuple[str, str, str]] = set()
"""What this process has read of an engagement, as (kind, name, account): a report depends on nothing else."""
TEXTS = ("mode.string_storage", "python")
"""How an analysis keeps texts: notebook 1 on the sample costs a fifth less than with pyarrow, which the intake of large files keeps."""
HELD: dict[str, DataFrame] = {}
"""Frames by file name that a process has loaded ahead, for the processes forked from it."""


@dataclass(frozen=True)
class Engagement:
    """An opened engagement. Tables and panels are read from its snapshot when asked for."""

    path: Path
    settings: Settings
    snapshot: Path
    language: str

    @property
    def as_of(self) -> Timestamp:
        """The day that drives every date of the engagement."""
        return Timestamp(self.settings.engagement.as_of)

    @property
    def scale(self) -> int:
        """Decimals of the currency: amounts are integers in 10**-scale of it."""
        return scale_of(self.settings.engagement.currency)

    @property
    def start(self) -> int:
        """First month of the fiscal year."""
        return self.settings.engagement.fiscal_start

    @property
    def client(self) -> str:
        """The client's name in the engagement's language."""
        identity = self.settings.engagement
        return getattr(identity, f"client_{self.language}") or identity.client

    def has(self, table: str) -> bool:
        """Whether the client has given `table`."""
        READS.add(("given", table, ""))
        return self._given(table)

    def _given(self, table: str) -> bool:
        return (self.snapshot / "tables" / f"{table}.parquet").exists()

    def table(self, name: str, *, account: str | None = None) -> DataFrame:
        """The accepted rows of table `name`, text in the engagement's language; typed but empty where it was not given.

        `account`: only the rows of that account.
        """
        READS.add(("table", name, account or ""))
        return _in_language(self.raw_table(name, account=account), self.language)

    def raw_table(self, name: str, *, account: str | None = None) -> DataFrame:
        """Table `name` as it was accepted, with the texts of every language."""
        return _read(self.snapshot / "tables" / f"{name}.parquet", account) if self._given(name) else empty_table(name)

    def panel(self, name: str, *, account: str | None = None) -> DataFrame:
        """Panel `name` of the ledger (account_month, account_category_month, account_product_month, channel_month)."""
        file = self.snapshot / "panels" / f"{name}.parquet"
        if not file.exists():
            valid = sorted(path.stem for path in file.parent.glob("*.parquet"))
            raise InputError(f"there is no panel {name!r}", str(self.path), f"Use one of {', '.join(valid)}.")
        READS.add(("panel", name, account or ""))
        rows = _read(file, account)
        return rows.assign(category=self._translate(rows["category"])) if "category" in rows else rows

    def _translate(self, categories: Series) -> Series:
        """Categories of the ledger in the engagement's language, as the product master has them."""
        products, twin = self.raw_table("products"), f"category_{self.language}"
        if twin not in products:
            return categories
        named = products.dropna(subset=[twin]).drop_duplicates("category").set_index("category")[twin]
        return categories.map(named).fillna(categories).astype("str")

    def record(self, name: str) -> DataFrame:
        """What intake noted of every table: `controls`, `findings` or `files`."""
        return _read(self.snapshot / f"{name}.parquet", None)

    def own_record(self, name: str) -> DataFrame:
        """Rows of record `name` (controls or files) on the tables that this process has read, the ledger always."""
        tables = {LEDGER, *(table for kind, table, _ in READS if kind == "table" and self._given(table))}
        READS.update((name, table, "") for table in tables)
        rows = self.record(name)
        return rows[rows["table"].isin(tables)].reset_index(drop=True)

    def missing(self) -> list[str]:
        """Tables of the dictionary that the client has not given."""
        return [table for table in dictionary() if not self.has(table)]

    def state(self, kind: str, name: str, account: str = "") -> str:
        """Hash of what a read of (`kind`, `name`, `account`) gives now; a proposal of one's own stage counts as nothing."""
        if kind in {"decision", "own"}:
            file = self.decision_file(name, account or None)
            text = file.read_text(encoding="utf-8-sig") if file.exists() else ""
            decided = decided_by_people(text)
            return hash_bytes(text.encode() if decided or kind == "decision" else b"")
        if kind in {"controls", "files"}:
            return record_hash(self.snapshot / f"{kind}.parquet", name)
        if kind == "given":
            return kind if self._given(name) else "absent"
        file = self.snapshot / f"{kind}s" / f"{name}.parquet"
        if not file.exists():
            return "absent"
        return account_hash(file, account) if account else file_hash(file)

    def decision(self, stage: str, *, account: str | None = None) -> DataFrame:
        """What was decided in `stage`: saved rows with `decided_by` (empty = proposed, nobody has confirmed), or no rows."""
        READS.add(("decision", stage, account or ""))
        return self._saved(stage, account)

    def _saved(self, stage: str, account: str | None) -> DataFrame:
        file = self.decision_file(stage, account)
        if not file.exists():
            return DataFrame({"decided_by": pd.Series(dtype="str")})
        texts = dict.fromkeys(CODES, "str")
        rows = pd.read_csv(file, encoding="utf-8-sig", dtype=texts, keep_default_na=False, na_values=[""])
        return rows.assign(decided_by=lambda rows: rows["decided_by"].fillna(""))

    def decide(self, stage: str, rows: DataFrame, *, account: str | None = None, by: str = "") -> DataFrame:
        """The decision that stands after offering `rows`: a person's saved decision is only replaced by a person's (`by`).

        Columns of names are not saved: codes hold in every language.
        """
        READS.add(("own", stage, account or ""))
        standing = self._saved(stage, account)
        if not by and (standing["decided_by"] != "").any():
            return standing
        file = self.decision_file(stage, account)
        file.parent.mkdir(parents=True, exist_ok=True)
        names = [c for c in rows.columns if c == "name" or c.endswith("_name")]
        text = rows.drop(columns=names).assign(decided_by=by, decided_on=self.as_of.date().isoformat() if by else "").to_csv(index=False)
        replace_file(file, text.encode("utf-8-sig"))
        return self._saved(stage, account)

    def choose(self, values: dict[str, object], *, by: str) -> Engagement:
        """The engagement with `values` (dotted setting -> value) chosen by a person, saved for every later run.

        Raises InputError when nobody is named, or a value is not one that the setting takes (nothing is saved then).
        """
        if not by.strip():
            raise InputError("nobody is named", "Save", "Write who decides.")
        file = self.path / choices.FILE
        before = choices.read_choices(self.path)
        after = {**before, **{name: (value, by.strip(), self.as_of.date().isoformat()) for name, value in values.items()}}
        file.parent.mkdir(exist_ok=True)
        replace_file(file, choices.choices_file(after))
        try:
            return replace(self, settings=read_settings(self.path))
        except InputError:
            replace_file(file, choices.choices_file(before))
            raise

    def chosen(self, prefix: str) -> list[str]:
        """Who chose settings that start with `prefix`, each once."""
        return sorted({who for name, (_, who, _) in choices.read_choices(self.path).items() if name.startswith(prefix)})

    def decision_file(self, stage: str, account: str | None = None) -> Path:
        """Where the decision of `stage` (for `account`) is saved."""
        folder = self.path / "decisions"
        return folder / f"{stage}.csv" if account is None else folder / stage / f"{safe_name(account)}.csv"


def decided_by_people(text: str) -> bool:
    """Whether a saved decision (`text` of its file) was made by somebody; else it is our own proposal.

    Raises csv.Error where `text` is no table.
    """
    rows = list(csv.DictReader(StringIO(text, newline=""), strict=True))
    return any(row.get("decided_by") for row in rows)


def safe_name(text: str) -> str:
    """`text` as a file name that is safe on every system; unlike texts stay unlike (faults.md F18-F21)."""
    plain = "".join(c if c.isalnum() or c in "-_" else "_" for c in text).strip("_")[:40]
    reserved = plain.upper() in {"CON", "PRN", "AUX", "NUL"} or plain[:3].upper() in {"COM", "LPT"}
    same = plain == text and text.isascii() and not reserved
    mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return plain if same else f"{plain or 'x'}-{mark}"


def replace_file(file: Path, content: bytes) -> None:
    """Write `content` aside and rename it into place, so that `file` is always old or new, never half."""
    if file.exists() and file.read_bytes() == content:
        return
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.stem}-", suffix=".part", delete=False) as part:
        part.write(content)
        part.flush()
        os.fsync(part.fileno())
    Path(part.name).replace(file)


def _read(file: Path, account: str | None) -> DataFrame:
    held = HELD.get(str(file))
    rows = pd.read_parquet(file) if held is None else held.copy(deep=False)
    if not account or "account" not in rows:
        return rows
    return rows[rows["account"] == account].reset_index(drop=True)


def _in_language(rows: DataFrame, language: str) -> DataFrame:
    """`rows` with each text column replaced by its twin in `language` where that is filled in; twins dropped."""
    twins = [c for c in rows.columns if c[-3:] in {f"_{code}" for code in LANGUAGES} and c[:-3] in rows.columns]
    if not twins:
        return rows
    mine = [c for c in twins if c.endswith(f"_{language}")]
    return rows.drop(columns=twins).assign(**{c[:-3]: rows[c].fillna(rows[c[:-3]]) for c in mine})


def open_engagement(path: str | Path, *, language: str | None = None) -> Engagement:
    """The engagement in folder `path`, checked and ready, its texts in `language` (default: the engagement's own).

    A folder that already holds a `snapshot`, or a file that points to one (what jobs get), is opened as it is.  Raises InputError for
    anything in engagement.toml or the client's files that must be mended first.
    """
    folder = Path(path).resolve()
    settings = read_settings(folder)
    spoken = language or settings.engagement.language
    if spoken not in LANGUAGES:
        raise InputError(f"language {spoken!r} is not known", "", f"Use one of {', '.join(LANGUAGES)}.")
    fixed, pointer = folder / SNAPSHOT, folder / POINTER
    if pointer.is_file():
        fixed = Path(pointer.read_text(encoding="utf-8"))
    return Engagement(folder, settings, fixed if fixed.is_dir() else prepare(folder, settings), spoken)
