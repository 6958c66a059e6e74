"""Slides put together into a file: parts and relationships, properties, and a zip that is the same every time."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby

from lxml import etree
from pptx import Presentation
from pptx.opc.constants import CONTENT_TYPE as CT
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.opc.package import OpcPackage, Part
from pptx.opc.packuri import PackURI
from pptx.presentation import Presentation as Deck

from kamnb.reports.pptx_master import content_types, empty_deck, render
from kamnb.reports.pptx_measure import clean, paragraph
from kamnb.reports.pptx_pages import Slide
from kamnb.words import spoken

LAYOUTS = ("title", "message")
EPOCH = (1980, 1, 1, 0, 0, 0)
LIMIT = 255  # letters of a property


def build_deck(slides: list[Slide], *, footer: str, properties: dict[str, str], as_of: date) -> bytes:
    """The file of `slides`.  properties: title, subject, firm.  The same slides give the same bytes."""
    deck = Presentation(io.BytesIO(empty_deck(spoken())))
    for number, slide in enumerate(slides, 1):
        shapes = [*slide.shapes, *(_feet(footer, number) if slide.layout == "message" else [])]
        _add_slide(deck, Slide(slide.layout, shapes, slide.notes, slide.section), as_of)
    _name_sections(deck, slides)
    _set_properties(deck, properties, as_of)
    return _zip(deck.part.package)


def _feet(footer: str, number: int) -> list[dict]:
    counted = paragraph(str(number))
    counted["runs"][0]["field"] = "slidenum"
    return [{"kind": "holder", "name": "Footer", "type": "ftr", "idx": 14, "quarter": True, "lines": [paragraph(footer)]},
            {"kind": "holder", "name": "Number", "type": "sldNum", "idx": 15, "quarter": True, "lines": [counted]}]


def _add_slide(deck: Deck, slide: Slide, as_of: date) -> None:
    """Append `slide` with its pictures, charts and notes."""
    package, number = deck.part.package, len(deck.slides._sldIdLst) + 1
    part = Part(PackURI(f"/ppt/slides/slide{number}.xml"), CT.PML_SLIDE, package)
    part.relate_to(deck.slide_layouts[LAYOUTS.index(slide.layout)].part, RT.SLIDE_LAYOUT)
    for count, shape in enumerate(_flat(slide.shapes)):
        shape["id"] = count + 2
        shape.setdefault("alt", "")
        if shape["kind"] == "picture":
            media = Part(PackURI(f"/ppt/media/image{number}.png"), "image/png", package, shape["png"])
            shape["rel"] = part.relate_to(media, RT.IMAGE)
        elif shape["kind"] == "chart":
            shape["rel"] = part.relate_to(_chart_part(package, shape, number, as_of), RT.CHART)
    part.blob = render("slide", shapes=slide.shapes)
    deck.slides._sldIdLst.add_sldId(deck.part.relate_to(part, RT.SLIDE))
    if any(slide.notes):
        _add_notes(deck, part, slide.notes, number)


def _flat(shapes: list[dict]) -> Iterator[dict]:
    """Every shape, those in groups too."""
    for shape in shapes:
        yield shape
        yield from _flat(shape.get("shapes", []))


def _chart_part(package: OpcPackage, shape: dict, number: int, as_of: date) -> Part:
    """A chart with the workbook behind it."""
    part = Part(PackURI(f"/ppt/charts/chart{number}.xml"), CT.DML_CHART, package)
    book = Part(PackURI(f"/ppt/embeddings/Microsoft_Excel_Sheet{number}.xlsx"), CT.SML_SHEET, package, shape["sheet"].to_bytes(as_of))
    part.relate_to(book, RT.PACKAGE)
    part.blob = render("chart", **shape["context"])
    return part


def _add_notes(deck: Deck, slide: Part, texts: list[str], number: int) -> None:
    """What the speaker reads below the slide."""
    notes = Part(PackURI(f"/ppt/notesSlides/notesSlide{number}.xml"), CT.PML_NOTES_SLIDE, slide.package)
    notes.relate_to(deck.notes_master.part, RT.NOTES_MASTER)
    notes.relate_to(slide, RT.SLIDE)
    notes.blob = render("notes", lines=[paragraph(line) for text in texts for line in text.split("\n") if line.strip()])
    slide.relate_to(notes, RT.NOTES_SLIDE)


def _name_sections(deck: Deck, slides: list[Slide]) -> None:
    """Group the slides by section, as PowerPoint shows them at the left."""
    ids = iter([entry.get("id") for entry in deck.slides._sldIdLst])
    found = [(name, [next(ids) for _ in group]) for name, group in groupby(slides, key=lambda slide: slide.section)]
    sections = [{"name": name, "id": "{" + str(uuid.uuid5(uuid.NAMESPACE_OID, f"{place} {clean(name)}")).upper() + "}", "slides": numbers}
                for place, (name, numbers) in enumerate(found)]
    deck.part._element.append(etree.fromstring(render("sections", sections=sections)))


def _set_properties(deck: Deck, properties: dict[str, str], as_of: date) -> None:
    """Author and firm, title and dates; nothing of the tools."""
    properties = {name: clean(text)[:LIMIT] for name, text in properties.items()}
    told, day = deck.core_properties, datetime(as_of.year, as_of.month, as_of.day)
    told.author = told.last_modified_by = properties["firm"]
    told.title, told.subject, told.language = properties["title"], properties["subject"], spoken()
    told.created = told.modified = day
    told.revision, told.comments, told.keywords, told.category = 1, "", "", ""
    extended = next(rel.target_part for rel in deck.part.package.iter_rels() if rel.reltype == RT.EXTENDED_PROPERTIES)
    extended.blob = render("app", slides=len(deck.slides._sldIdLst), company=properties["firm"])


def _zip(package: OpcPackage) -> bytes:
    """The parts of `package` in the order of their names, without the time of the day."""
    parts = list(package.iter_parts())
    listed = {str(part.partname): part.content_type for part in parts if part.partname.ext not in ("png", "xlsx")}
    members = {"[Content_Types].xml": content_types(listed), "_rels/.rels": package._rels.xml}
    for part in parts:
        members[part.partname.membername] = part.blob
        if len(part.rels):
            members[part.partname.rels_uri.membername] = part.rels.xml
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name in sorted(members):
            kind = zipfile.ZIP_STORED if name.endswith((".png", ".xlsx")) else zipfile.ZIP_DEFLATED
            file.writestr(zipfile.ZipInfo(name, EPOCH), members[name], compress_type=kind, compresslevel=6)
    return stream.getvalue()
