"""An executed notebook read as a report: the answer first, then sections of prose, tables, pictures and sentences."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from nbformat import NotebookNode

from kamnb.shown import CHART, HEAD, MISSING, SAID, TABLE
from kamnb.words import say_value, words


class UnfinishedError(Exception):
    """The notebook did not run to its end: a cell failed, was never run, or the appendix is not there."""


@dataclass(frozen=True)
class Prose:
    """Markdown of a notebook cell."""

    text: str


@dataclass(frozen=True)
class Sentence:
    """A computed sentence."""

    key: str
    text: str


@dataclass(frozen=True)
class Table:
    """A shown table: name, title, source, columns (name, kind, label, unit, divisor, digits) and typed rows.

    A folded one only backs what its section says.
    """

    name: str
    title: str
    source: str
    columns: list[dict]
    rows: list[list]
    folded: bool = False


@dataclass(frozen=True)
class Picture:
    """A drawn chart: name, message, what is measured, source, PNG, and its data where they are known (drawn.chart_spec)."""

    name: str
    title: str
    measured: str
    source: str
    png: bytes
    spec: dict | None = None


@dataclass(frozen=True)
class Note:
    """What is not shown, why, and which tables would show it."""

    name: str
    text: str
    would: str = ""
    tables: tuple[str, ...] = ()


Block = Prose | Sentence | Table | Picture | Note


@dataclass
class Section:
    """A heading and what stands under it."""

    title: str
    anchor: str
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True)
class Report:
    """All that an executed notebook showed. `figures`: rows of label, value, comment; `answers`: conclusion sentences."""

    head: dict
    title: str
    lead: str
    figures: list[list]
    answers: list[str]
    sections: list[Section]
    appendix: list[Table | Note]

    def tables(self) -> list[Table]:
        """Every shown table in order, key figures and appendix apart."""
        return [block for section in self.sections for block in section.blocks if isinstance(block, Table)]


def check_finished(notebook: NotebookNode) -> None:
    """Raise UnfinishedError unless every code cell ran without error and the appendix was shown (faults.md 0.2, 0.3)."""
    ended = False
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        if cell.execution_count is None:
            raise UnfinishedError(f"cell {number} ({cell.get('id', '')}) was never run")
        for output in cell.outputs:
            if output.output_type == "error":
                raise UnfinishedError(f"cell {number} ({cell.get('id', '')}) failed: {output.ename}: {output.evalue}")
            ended = ended or output.get("data", {}).get(TABLE, {}).get("name") == "appendix.sources"
    if not ended:
        raise UnfinishedError("the notebook has no appendix: it did not run to its end")


def read_report(notebook: NotebookNode) -> Report:
    """The report that the executed `notebook` shows; its language must be spoken (words.speak).

    Raises UnfinishedError for one that did not run to its end.
    """
    check_finished(notebook)
    head: dict = {}
    figures: list[list] = []
    answers: list[str] = []
    opening = Section("", "top")
    sections: list[Section] = []
    appendix: list[Table | Note] = []
    for cell in notebook.cells:
        here = sections[-1] if sections else opening
        if cell.cell_type == "markdown":
            _read_prose(cell.source, opening, sections)
            continue
        for block in _read_outputs(cell, head):
            if _is_appendix(block):
                appendix.append(block)
            elif isinstance(block, Table) and block.name.endswith(".key_figures"):
                figures = block.rows
            elif isinstance(block, Sentence) and "conclusion" in cell.metadata.get("tags", []):
                answers.append(block.text)
            else:
                here.blocks.append(block)
    kept = [section for section in sections if any(not isinstance(b, Prose) for b in section.blocks)]
    for section in kept:
        section.blocks = _merge_notes(section.blocks)
    lead = "\n\n".join(block.text for block in opening.blocks if isinstance(block, Prose))
    return Report(head, opening.title, lead, figures, answers, kept, appendix)


def _merge_notes(blocks: list[Block]) -> list[Block]:
    """`blocks` with one note for all that waits for the same tables, at the place of the first."""
    waiting: dict[tuple[str, ...], list[Note]] = {}
    for note in (b for b in blocks if isinstance(b, Note) and b.tables):
        waiting.setdefault(note.tables, []).append(note)
    merged = []
    for block in blocks:
        alike = waiting.get(block.tables, []) if isinstance(block, Note) else []
        if not alike or block is alike[0]:
            merged.append(_joined(alike) if len(alike) > 1 else block)
    return merged


def _joined(notes: list[Note]) -> Note:
    first, would = notes[0], list(dict.fromkeys(note.would for note in notes if note.would))
    asked = [words(f"tables.{table}.title") for table in first.tables]
    joined = say_value(would, "list")
    return Note(first.name, words("general.missing", would=joined, tables=asked), joined, first.tables)


def _is_appendix(block: Block) -> bool:
    return isinstance(block, (Table, Note)) and block.name.startswith("appendix.")


def _read_prose(source: str, opening: Section, sections: list[Section]) -> None:
    """Split a markdown cell at its headings: `#` is the report's title, `##` opens a section."""
    for part in _split_at_headings(source):
        line, _, rest = part.partition("\n")
        here = sections[-1] if sections else opening
        if line.startswith("# "):
            opening.title, part = line[2:].strip(), rest
        elif line.startswith("## "):
            here = Section(line[3:].strip(), f"s{len(sections) + 1}")
            sections.append(here)
            part = rest
        if part.strip():
            here.blocks.append(Prose(part.strip()))


def _split_at_headings(source: str) -> list[str]:
    parts: list[str] = [""]
    for line in source.splitlines():
        if line.startswith(("# ", "## ")):
            parts.append("")
        parts[-1] += line + "\n"
    return [part for part in parts if part.strip()]


def _read_outputs(cell: NotebookNode, head: dict) -> list[Block]:
    blocks: list[Block] = []
    for output in cell.outputs:
        data = output.get("data", {})
        if HEAD in data:
            head.update(data[HEAD])
        elif TABLE in data:
            blocks.append(Table(**data[TABLE]))
        elif CHART in data:
            blocks.append(Picture(**data[CHART], png=base64.b64decode(data["image/png"])))
        elif SAID in data:
            blocks.append(Sentence(**data[SAID]))
        elif MISSING in data:
            blocks.append(Note(**{**data[MISSING], "tables": tuple(data[MISSING]["tables"])}))
    return blocks
