"""A report as one self-contained HTML page: no code, no script, nothing loaded from outside, printable on A4."""

from __future__ import annotations

import base64
from dataclasses import asdict
from functools import cache
from pathlib import Path

import mistune
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kamnb import __version__
from kamnb.reports.pptx_measure import clean
from kamnb.reports.reading import Block, Note, Picture, Prose, Report, Sentence
from kamnb.shown import sentence_html, table_html
from kamnb.words import words

TEMPLATE = Path(__file__).parent / "template"


def write_html(report: Report, file: Path) -> None:
    """Write `report` as a page. The spoken language (words.speak) must be the report's."""
    file.write_text(page(report), encoding="utf-8")


def page(report: Report) -> str:
    """The whole HTML page of `report`."""
    head = report.head
    as_of = words("reports.as_of", as_of=head["as_of"])
    subject = head["account_name"] or words("general.all_accounts")
    texts = {key: words(f"reports.{key}") for key in ("contents", "appendix", "answer", "joint")}
    footer = words("reports.footer", firm=head["firm"] or "kamnb", version=__version__, as_of=head["as_of"])
    return clean(_template().render(report=report, head=head, subject=subject, as_of=as_of, t=texts, footer=footer,
                                    lang={"zh": "zh-Hans"}.get(head["language"], head["language"]),
                                    css=Markup((TEMPLATE / "report.css").read_text(encoding="utf-8"))))


@cache
def _template():
    """The page template: everything is escaped unless a filter below made it."""
    loader = Environment(loader=FileSystemLoader(TEMPLATE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    loader.filters.update(prose=prose_html, block=block_html, sentence=lambda text: Markup(sentence_html(text)))
    return loader.get_template("report.html.j2")


class _Inert(mistune.HTMLRenderer):
    """Markdown whose links and pictures are text: a report leads nowhere and loads nothing."""

    def link(self, text: str, url: str, **_attributes: object) -> str:
        return text if url in text else f"{text} ({mistune.escape(url)})"

    def image(self, text: str, **_attributes: object) -> str:
        return text


def prose_html(text: str) -> Markup:
    """Markdown as HTML; raw HTML in it stays text, links and pictures become text."""
    return Markup(mistune.create_markdown(renderer=_Inert(escape=True), plugins=["table"])(text))


def block_html(block: Block) -> Markup:
    """One block of a section as HTML."""
    if isinstance(block, Prose):
        return Markup('<div class="prose">{}</div>').format(prose_html(block.text))
    if isinstance(block, Sentence):
        return Markup('<p class="said">{}</p>').format(Markup(sentence_html(block.text)))
    if isinstance(block, Note):
        return Markup('<p class="{}">{}</p>').format("note" if block.tables else "nothing", block.text)
    return picture_html(block) if isinstance(block, Picture) else Markup(table_html(asdict(block)))


def picture_html(picture: Picture) -> Markup:
    """A chart with its message above and its source below."""
    data = base64.b64encode(picture.png).decode()
    width = int.from_bytes(picture.png[16:20], "big") * 100 // 160
    return Markup('<figure><figcaption><b>{}</b><span>{}</span></figcaption><img alt="{}" width="{}" src="data:image/png;base64,{}">'
                  '<p class="source">{}</p></figure>').format(picture.title, picture.measured, picture.title, width, data, picture.source)
