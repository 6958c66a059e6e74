"""The intake: every file of an engagement read, mapped, checked, set aside where faulty, and reconciled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd
from pandas import DataFrame

from kamnb.errors import InputError
from kamnb.intake.configured import check_sources
from kamnb.intake.controls import control_frame
from kamnb.intake.dictionary import REQUIRED, Table, dictionary
from kamnb.intake.files import Opened, Shelf, open_files
from kamnb.intake.findings import draft_findings, empty_quarantine, file_finding, finding_frame, quarantine_frame
from kamnb.intake.finishing import Finished, finish
from kamnb.intake.grid import View
from kamnb.intake.headers import wanted_headers
from kamnb.intake.joins import joined, open_join
from kamnb.intake.mapping import Part, Rules, map_file
from kamnb.intake.marks import STOP, WARN, Mark, stops
from kamnb.intake.messages import fault
from kamnb.intake.references import settle_references
from kamnb.intake.returns import Slips, open_slips
from kamnb.intake.schemas import TEXT
from kamnb.intake.source import Source
from kamnb.intake.tables import Draft, assemble, check_rows_left, check_table

FILE_COLUMNS = ["table", "file", "sha256", "bytes", "encoding", "rows"]


@dataclass(frozen=True)
class Intake:
    """What came over the border.

    `tables`: accepted rows by table, typed, every column of the dictionary there; a table without rows is left out.
    `findings`: code, severity (STOP, HOLD, QUAR, WARN, FIX), table, file, sheet, row (as Excel shows it), column (the
    file's header), value, count, facts.  `quarantine`: table, file, sheet, row, code, original.  `controls`: table,
    file, measure (rows, amount), in_files, accepted, quarantined, excluded, added, rounding, difference (0), unread;
    exact, in the currency's main unit.  `files`: table, file, sha256, bytes, encoding, rows.
    """

    tables: dict[str, DataFrame]
    findings: DataFrame
    quarantine: DataFrame
    controls: DataFrame
    files: DataFrame


@dataclass(frozen=True)
class Reading:
    """One table as far as it could be read: its draft, the files it came from and what was found about them."""

    table: Table
    draft: Draft | None
    files: list[Opened] = field(default_factory=list)
    findings: list[dict[str, object]] = field(default_factory=list)
    slips: Slips | None = None


@pd.option_context("mode.string_storage", TEXT.storage)
def read_tables(folder: Path, sources: Mapping[str, Source], *, scale: int, as_of: date) -> Intake:
    """Every table of `sources`, read from files under `folder`.

    `scale`: decimals of the currency; `as_of`: day after which no sale can lie.  Raises InputError with all faults of
    all files if one of them stops the intake; its `findings` hold the same as a table, in no language yet.
    """
    findings = [file_finding(mark, table=name, file="engagement.toml") for name, mark in check_sources(sources)]
    shelf = Shelf(folder)
    readings = [_read_table(dictionary()[name], source, shelf=shelf, scale=scale)
                for name, source in sources.items() if name in dictionary()]
    drafts = {reading.table.name: check_table(reading.draft, as_of=as_of) for reading in readings if reading.draft}
    settled = {name: check_rows_left(draft) for name, draft in settle_references(drafts).items()}
    findings += [finding for reading in readings for finding in reading.findings]
    findings += [finding for draft in settled.values() for finding in draft_findings(draft)]
    _stop_if_faulty(findings, folder)
    slips = {reading.table.name: reading.slips for reading in readings}
    finished = {name: finish(draft, slips=slips[name], scale=scale) for name, draft in settled.items()}
    findings += [finding for table in finished.values() for finding in table.findings]
    return _intake(finished, settled, findings=findings, files=_file_frame(readings))


def _intake(finished: Mapping[str, Finished], drafts: Mapping[str, Draft], *, findings: list,
            files: DataFrame) -> Intake:
    aside = [quarantine_frame(draft) for draft in drafts.values() if draft.quarantined().any()]
    return Intake(tables={name: table.rows for name, table in finished.items() if len(table.rows)},
                  findings=finding_frame(findings),
                  quarantine=pd.concat(aside, ignore_index=True) if aside else empty_quarantine(),
                  controls=control_frame([line for table in finished.values() for line in table.controls]), files=files)


def _stop_if_faulty(findings: list[dict[str, object]], folder: Path) -> None:
    """Raise every stopping fault at once."""
    if any(finding["severity"] == STOP for finding in findings):
        every = finding_frame(findings)
        stopping = every[every["severity"] == STOP].to_dict("records")
        error = InputError.several([fault(finding, "en") for finding in stopping], what=folder.name)
        error.findings = every
        raise error


def _read_table(table: Table, source: Source, *, shelf: Shelf, scale: int) -> Reading:
    """All files of one table opened, joined and mapped; without a draft where one of them could not be."""
    names = frozenset(wanted_headers(table, source).values()) | {name for join in source.join for name in join.on}
    view = View(source.sheet, source.encoding, source.delimiter, source.header_row, expected=names)
    own = list(open_files(shelf, source.own_patterns(), view=view))
    others = {join.path: open_join(shelf, join) for join in source.join}
    slips = open_slips(shelf, source.returned) if source.returned else None
    files = [*own, *others.values(), *([slips.opened] if slips else [])]
    found = [(opened.name, mark) for opened in files for mark in opened.marks]
    found += [(opened.name, mark) for opened, mark in _checked(own, table)]
    parts = []
    for opened in own:
        part, marks = _map(opened, others, table=table, rules=Rules(source, scale))
        parts += [part] if part else []
        found += marks
    whole = len(parts) == len(own) and not any(stops(opened.marks) for opened in files)
    findings = [file_finding(mark, table=table.name, file=name) for name, mark in found]
    return Reading(table, assemble(parts, table=table, source=source) if whole else None, files, findings, slips)


def _map(opened: Opened, others: Mapping[str, Opened], *, table: Table, rules: Rules) -> tuple[Part | None, list]:
    """One file mapped, or none; and marks with the file that each is about."""
    if opened.grid is None:
        return None, []
    grid, here, elsewhere = joined(opened.grid, others, joins=rules.source.join)
    part, marks = map_file(opened, grid, table=table, rules=rules) if not stops(here) else (None, [])
    return part, [*((opened.name, mark) for mark in [*here, *marks]), *elsewhere]


def _checked(files: list[Opened], table: Table) -> list[tuple[Opened, Mark]]:
    """F03: files with a header and nothing else; F15: files with the same content as another one."""
    seen: dict[str, str] = {}
    marks = []
    for opened in files:
        if opened.grid is not None and not len(opened.grid.rows):
            marks.append((opened, Mark("F03", STOP if table.name in REQUIRED else WARN)))
        if opened.file is not None and opened.file.sha256 in seen:
            marks.append((opened, Mark("F15", STOP, facts={"other": seen[opened.file.sha256]})))
        elif opened.file is not None:
            seen[opened.file.sha256] = opened.name
    return marks


def _file_frame(readings: list[Reading]) -> DataFrame:
    """Every file that was read: table, file, sha256, bytes, encoding, rows."""
    lines = [(reading.table.name, opened.name, opened.file.sha256, len(opened.file.data), opened.grid.encoding,
              len(opened.grid.rows)) for reading in readings for opened in reading.files]
    frame = DataFrame(lines, columns=FILE_COLUMNS)
    return frame.astype(dict.fromkeys(["table", "file", "sha256", "encoding"], "str"))
