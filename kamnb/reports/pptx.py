"""A report as a PowerPoint deck that a consultant can edit: native charts and tables on a master of our own."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path

from lxml import etree

from kamnb.reports.pptx_package import build_deck
from kamnb.reports.pptx_pages import firm
from kamnb.reports.pptx_story import footer, tell_slides
from kamnb.reports.reading import Picture, Report
from kamnb.words import words

TEXT_LIMIT = 3_000


def write_pptx(report: Report, file: Path) -> None:
    """Write `report` as a deck. The spoken language (words.speak) must be the report's; the same report gives the same bytes."""
    report = _short(report)
    head = report.head
    subject = f'{head["client"]} · {head["account_name"] or words("general.all_accounts")}'
    properties = {"title": report.title, "subject": subject, "firm": firm(report)}
    file.write_bytes(build_deck(tell_slides(report), footer=footer(report), properties=properties, as_of=date.fromisoformat(head["as_of"])))


def _short(value: object) -> object:
    """`value` with every text cut that no slide has room for; the workbook has it whole."""
    if is_dataclass(value):
        return replace(value, **{field.name: _short(getattr(value, field.name)) for field in fields(value)})
    if isinstance(value, dict):
        return {key: _short(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_short(each) for each in value)
    return f"{value[:TEXT_LIMIT]}…" if isinstance(value, str) and len(value) > TEXT_LIMIT else value


def is_whole(file: Path, report: Report) -> bool:
    """Whether the deck in `file` can be read again, no part that another names is missing, and every chart and table has a slide."""
    pictures = sum(isinstance(block, Picture) for section in report.sections for block in section.blocks)
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        read = {name: etree.fromstring(archive.read(name)) for name in names if name.endswith((".xml", ".rels"))}
        sound = archive.testzip() is None and all(_targets(name, tree) <= names for name, tree in read.items() if name.endswith(".rels"))
    slides = sum(name.startswith("ppt/slides/slide") for name in names)
    return sound and slides > pictures + len(report.tables())


def _targets(name: str, relations: etree._Element) -> set[str]:
    """The parts that the relationships in part `name` point to."""
    folder = posixpath.dirname(posixpath.dirname(name))
    return {posixpath.normpath(posixpath.join("/", folder, link.get("Target"))).lstrip("/") for link in relations}
