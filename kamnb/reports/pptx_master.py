"""The empty deck that every report starts from: our own theme, master and layouts in the fonts of its language."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kamnb.reports.pptx_measure import SLIDE, Box, clean, paragraph
from kamnb.style import ACCENT, FONTS, GREY, INK, LIGHT, SOFT
from kamnb.words import spoken, words

TONGUES = {"en": "en-US", "ja": "ja-JP", "zh": "zh-CN"}
PALETTE = {"dk1": INK, "lt1": "#FFFFFF", "dk2": "#45525E", "lt2": "#F3F6F7", "accent1": ACCENT, "accent2": SOFT, "accent3": GREY,
           "accent4": LIGHT, "accent5": "#5E9EA3", "accent6": "#A8B1BA", "hlink": ACCENT, "folHlink": "#45525E"}
SCHEME = {value.upper(): {"dk1": "tx1", "lt1": "bg1", "dk2": "tx2", "lt2": "bg2"}.get(name, name) for name, value in PALETTE.items()
          if not name.lower().endswith("link")}
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
LEFT, WIDTH, BAND = 0.6, SLIDE[0] - 1.2, 1.0
PARTS = {  # part: (kind of its content, part it hangs on, kind of relationship)
    "ppt/presentation.xml": ("officedocument.presentationml.presentation.main", "", "officeDocument"),
    "docProps/app.xml": ("officedocument.extended-properties", "", "extended-properties"),
    "ppt/slideMasters/slideMaster1.xml": ("officedocument.presentationml.slideMaster", "ppt/presentation.xml", "slideMaster"),
    "ppt/notesMasters/notesMaster1.xml": ("officedocument.presentationml.notesMaster", "ppt/presentation.xml", "notesMaster"),
    "ppt/theme/theme1.xml": ("officedocument.theme", "ppt/presentation.xml", "theme"),
    "ppt/tableStyles.xml": ("officedocument.presentationml.tableStyles", "ppt/presentation.xml", "tableStyles"),
    "ppt/slideLayouts/slideLayout1.xml": ("officedocument.presentationml.slideLayout", "ppt/slideMasters/slideMaster1.xml", "slideLayout"),
    "ppt/slideLayouts/slideLayout2.xml": ("officedocument.presentationml.slideLayout", "ppt/slideMasters/slideMaster1.xml", "slideLayout"),
    "ppt/theme/theme2.xml": ("officedocument.theme", "ppt/notesMasters/notesMaster1.xml", "theme"),
}


class _Absent(StrictUndefined):
    """What a shape does not say: no in a question, an error in the output."""

    def __bool__(self) -> bool:
        return False


@cache
def _templates() -> Environment:
    """The templates: every text is escaped and freed of control characters and of marks that turn the direction of writing."""
    loader = FileSystemLoader(Path(__file__).parent / "template")
    made = Environment(loader=loader, autoescape=True, undefined=_Absent, finalize=_clean, trim_blocks=False)
    made.filters.update(emu=lambda inches: round(inches * 914_400), colour=_colour, fill=_fill, look=_look, edges=_edges)
    return made


def _clean(value: object) -> object:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _colour(value: str) -> Markup:
    """A colour as the theme's where it is one, so that a change of theme changes the deck."""
    named = SCHEME.get(value.upper())
    return Markup('<a:schemeClr val="{}"/>').format(named) if named else Markup('<a:srgbClr val="{}"/>').format(value.lstrip("#").upper())


@cache
def _fill(value: str | None) -> Markup:
    """A plain fill, or none."""
    return Markup("<a:solidFill>{}</a:solidFill>").format(_colour(value)) if value else Markup("<a:noFill/>")


def _look(run: dict, tag: str = "a:rPr") -> Markup:
    """Language, size, weight and colour of a run of text."""
    return _look_of(tag, spoken(), run.get("size"), run.get("bold"), run.get("colour"))


@cache
def _look_of(tag: str, language: str, *how: object) -> Markup:
    size, bold, colour = how
    other = "" if language == "en" else ' altLang="en-US"'
    large, heavy = f' sz="{round(size * 100)}"' if size else "", "" if bold is None else f' b="{int(bool(bold))}"'
    return Markup(f'<{tag} lang="{TONGUES[language]}"{other}{large}{heavy} dirty="0">{_fill(colour) if colour else ""}</{tag}>')


def _edges(cell: dict) -> Markup:
    """The lines around a cell of a table: none but the one below."""
    return _edges_of(cell.get("below"), cell.get("weight", 0.5), cell.get("fill"))


@cache
def _edges_of(below: str | None, weight: float, fill: str | None) -> Markup:
    bare = "".join(f'<a:ln{side} w="0"><a:noFill/></a:ln{side}>' for side in "LRT")
    width = round(weight * 12_700) if below else 0
    return Markup(f'{bare}<a:lnB w="{width}">{_fill(below)}</a:lnB>{_fill(fill)}')


def render(template: str, **values: object) -> bytes:
    """The XML of `template` (deck_<template>.xml.j2) in the spoken language."""
    return _templates().get_template(f"deck_{template}.xml.j2").render(tongue=TONGUES[spoken()], **values).encode()


def _holder(name: str, type_: str, idx: int, box: Box, **look: object) -> dict:
    told = words(f"reports.deck.holders.{name}")
    return {"id": 2 + idx, "name": told, "type": type_, "idx": idx, "box": box, "defines": True, "alt": "", "lines": [paragraph(told)],
            **look}


def _feet() -> list[dict]:
    """Footer and slide number."""
    look = {"size": 8, "ink": "accent3", "quarter": True}
    number = _holder("number", "sldNum", 15, Box(LEFT + WIDTH - 1, 7.07, 1, 0.22), align="r", **look)
    number["lines"] = [{"runs": [{"text": "‹#›", "field": "slidenum"}]}]
    return [_holder("footer", "ftr", 14, Box(LEFT, 7.07, 10.5, 0.22), **look), number]


def _master_holders() -> list[dict]:
    return [_holder("title", "title", 0, Box(LEFT, 0.68, WIDTH, 0.9), size=22, bold=True),
            _holder("body", "body", 1, Box(LEFT, 2.0, WIDTH, 4.6), size=14), *_feet()]


def _rect(name: str, id_: int, box: Box, fill: str) -> dict:
    return {"id": id_, "name": name, "alt": "", "box": box, "fill": fill, "edge": None, "width": 0}


def _layouts() -> list[dict]:
    """What the two layouts hold: the opening slide, and a slide with a message."""
    hairline = _rect("Line", 90, Box(LEFT, 7.0, WIDTH, 0.01), LIGHT)
    opening = [_holder("title", "ctrTitle", 0, Box(1.25, 1.7, 10.9, 2.3), size=34, bold=True, anchor="b"),
               _holder("subject", "subTitle", 1, Box(1.25, 4.25, 10.9, 0.5), size=20, ink="accent1"),
               _holder("date", "body", 10, Box(1.25, 5.0, 10.9, 1.2), size=14, ink="accent3")]
    message = [_holder("title", "title", 0, Box(LEFT, 0.68, WIDTH, 0.9), size=22, bold=True),
               _holder("section", "body", 11, Box(LEFT, 0.38, WIDTH, 0.24), size=10, ink="accent1"),
               _holder("measured", "body", 12, Box(LEFT, 1.6, WIDTH, 0.26), size=11, ink="accent3"),
               _holder("source", "body", 13, Box(LEFT, 6.76, WIDTH, 0.2), size=8, ink="accent3"), *_feet()]
    return [{"name": words("reports.deck.layouts.opening"), "kind": "title", "holders": opening,
             "decoration": [_rect("Accent", 90, Box(0, 0, 0.42, SLIDE[1]), ACCENT), _rect("Line", 91, Box(1.25, 4.12, 1.2, 0.03), ACCENT)]},
            {"name": words("reports.deck.layouts.message"), "kind": "", "holders": message, "decoration": [hairline]}]


@cache
def empty_deck(language: str) -> bytes:
    """A presentation without slides in the fonts of `language`, which is spoken."""
    theme = render("theme", palette=[(name, value.lstrip("#")) for name, value in PALETTE.items()], fonts=FONTS[language])
    layouts = _layouts()
    contents = {
        "[Content_Types].xml": content_types({f"/{name}": kind for name, (kind, _, _) in PARTS.items()}),
        "docProps/app.xml": render("app", slides=0, company=""),
        "ppt/presentation.xml": render("presentation", wide=SLIDE[0], high=SLIDE[1]),
        "ppt/slideMasters/slideMaster1.xml": render("master", holders=_master_holders(), layouts=len(layouts)),
        "ppt/notesMasters/notesMaster1.xml": render("notes_master"),
        "ppt/theme/theme1.xml": theme, "ppt/theme/theme2.xml": theme, "ppt/tableStyles.xml": render("table_styles"),
        **{f"ppt/slideLayouts/slideLayout{n}.xml": render("layout", **layout) for n, layout in enumerate(layouts, 1)},
        **_relations(),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, content in contents.items():
            file.writestr(name, content)
    return stream.getvalue()


def content_types(kinds: dict[str, str]) -> bytes:
    """The list of what each part of a package is; `kinds`: by part, in full or without the common beginning and end."""
    full = {name: kind if "/" in kind else f"application/vnd.openxmlformats-{kind}+xml" for name, kind in kinds.items()}
    return render("types", parts=sorted(full.items()))


def _relations() -> dict[str, bytes]:
    """The relationships of each part of the empty deck."""
    links: dict[str, list[tuple[str, str]]] = {"": []}
    for name, (_, owner, kind) in PARTS.items():
        links.setdefault(owner, []).append((kind, name))
    links["ppt/slideMasters/slideMaster1.xml"].append(("theme", "ppt/theme/theme1.xml"))
    for number in (1, 2):
        links[f"ppt/slideLayouts/slideLayout{number}.xml"] = [("slideMaster", "ppt/slideMasters/slideMaster1.xml")]
    return {_rels_name(owner): render("rels", links=[(f"rId{n}", RELATIONS + kind, f"/{name}") for n, (kind, name) in enumerate(found, 1)])
            for owner, found in links.items()}


def _rels_name(owner: str) -> str:
    folder, _, name = owner.rpartition("/")
    return f"{folder}/_rels/{name}.rels" if owner else "_rels/.rels"
