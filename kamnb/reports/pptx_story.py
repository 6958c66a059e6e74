"""A report told as slides: the answer, the agenda, one chart or table a slide, the appendix, what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kamnb.reports.pptx_pages import (
    Slide,
    Words,
    agenda_slide,
    answer_slide,
    firm,
    picture_slide,
    plain_prose,
    table_slides,
    text_slides,
    title_slide,
)
from kamnb.reports.reading import Block, Note, Picture, Prose, Report, Section, Sentence, Table
from kamnb.words import words

Shown = Picture | Table


def tell_slides(report: Report) -> list[Slide]:
    """The slides of `report` in order. The spoken language (words.speak) must be the report's."""
    opening = [title_slide(report), *([answer_slide(report)] if report.figures or report.answers else [])]
    told: list[tuple[str, list[Slide]]] = []
    for section in report.sections:
        slides = _section_slides(section, len(told) + 1, report)
        if slides:
            told.append((section.title, slides))
    told += [(title, slides) for title, slides in (_appendix(report), _missing(report)) if slides]
    entries, page = [], len(opening) + 2
    for title, slides in told:
        entries.append((title, page))
        page += len(slides)
    front = [*opening, *([agenda_slide(entries)] if entries else [])]
    return [*[replace(slide, section=words("reports.contents")) for slide in front],
            *[replace(slide, section=title) for title, slides in told for slide in slides]]


def footer(report: Report) -> str:
    """The line at the foot of every slide: firm, client, account and as-of date."""
    head = report.head
    parts = [firm(report), head["client"], head["account_name"], words("reports.as_of", as_of=head["as_of"]),
             words("reports.joint") if head["edition"] == "joint" else ""]
    return " · ".join(part for part in parts if part)


def _section_slides(section: Section, number: int, report: Report) -> list[Slide]:
    """One slide or more for each chart and table; sentences alone make a slide of text."""
    blocks = [block for block in section.blocks if not _is_folded(block)]
    shown = [block for block in blocks if isinstance(block, (Picture, Table))]
    sentences = [block for block in section.blocks if isinstance(block, Sentence)]
    eyebrow = f"{number}   {section.title}"
    how = [plain_prose(block.text) for block in section.blocks if isinstance(block, Prose)]
    if not shown:
        slides = text_slides([s.text for s in sentences], Words("", section.title)) if sentences else []
        return [replace(_without_eyebrow(slide), notes=how) for slide in slides]
    owned = _owners(blocks)
    return [replace(slide, notes=[*slide.notes, *_lineage(block, report), *how]) for place, block in enumerate(shown)
            for slide in _shown_slides(block, Words(eyebrow, block.title, getattr(block, "measured", ""), block.source, owned[place]))]


def _is_folded(block: Block) -> bool:
    return isinstance(block, Table) and block.folded


def _without_eyebrow(slide: Slide) -> Slide:
    return replace(slide, shapes=[shape for shape in slide.shapes if shape.get("idx") != 11])


def _shown_slides(block: Shown, told: Words) -> list[Slide]:
    return [picture_slide(block, told)] if isinstance(block, Picture) else table_slides(block, told)


def _owners(blocks: Iterable[Block]) -> list[tuple[str, ...]]:
    """The sentences of each chart and table: those that follow it, up to the next one; the first also has those before it.

    A sentence after a table that only backs the chart before it (same name) belongs to the chart.
    """
    names: list[str] = []
    said: list[list[str]] = []
    before: list[str] = []
    for block in blocks:
        if isinstance(block, (Picture, Table)):
            names.append(block.name)
            said.append(before if not said else [])
        elif isinstance(block, Sentence) and not said:
            before.append(block.text)
        elif isinstance(block, Sentence):
            backing = len(names) > 1 and names[-1] == names[-2]
            said[-2 if backing else -1].append(block.text)
    return [tuple(texts) for texts in said]


def _lineage(block: Shown, report: Report) -> list[str]:
    """Where a slide comes from: source, name of the output, notebook and as-of date."""
    head = report.head
    told = words("reports.deck.lineage", name=block.name, notebook=report.title, as_of=head["as_of"])
    return [block.source, told]


def _appendix(report: Report) -> tuple[str, list[Slide]]:
    """The folded tables, then choices made, control totals, what is not given, sources."""
    title = words("reports.appendix")
    tables = [*[table for table in report.tables() if table.folded], *[block for block in report.appendix if isinstance(block, Table)]]
    slides = [replace(slide, notes=_lineage(block, report)) for block in tables
              for slide in table_slides(block, Words(title, block.title, source=block.source))]
    return title, slides


def _missing(report: Report) -> tuple[str, list[Slide]]:
    """What the report could not show, collected."""
    blocks = [*[block for section in report.sections for block in section.blocks], *report.appendix]
    texts = list(dict.fromkeys(block.text for block in blocks if isinstance(block, Note)))
    title = words("reports.deck.missing")
    return title, [_without_eyebrow(slide) for slide in text_slides(texts, Words("", title))] if texts else []
