"""Whatever a client's text holds, it is text: in every field of a report, in every format (faults.md R01, R02, T6, T7)."""

import re
import shutil
import zipfile
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from kamnb.reports.html import page
from kamnb.reports.index import index_page
from kamnb.reports.jobs import Job
from kamnb.reports.pptx import is_whole, write_pptx
from kamnb.reports.pptx_measure import STRANGE, clean
from kamnb.reports.xlsx import write_xlsx
from tests.reports.handmade import Client, failed, figures_of, made, report_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LIVE = {
    "script": "<script>alert(1)</script>", "end of script": "</script><script>alert(1)</script>",
    "end of style": "</style><script>alert(1)</script>", "end of title": "</title><svg onload=alert(1)>",
    "onerror": "<img src=x onerror=alert(1)>", "attribute": "\" autofocus onfocus=alert(1) x=\"",
    "other attribute": "' onmouseover='alert(1)", "javascript": "[x](javascript:alert(1)) <javascript:alert(1)>",
    "data": "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "picture": "![x](http://example.invalid/x.png) <img src=http://example.invalid/y.png>",
    "frame": "<iframe src=//example.invalid></iframe>", "refresh": "<meta http-equiv=refresh content='0;url=http://example.invalid'>",
    "entity": "&lt;script&gt;&#60;script&#62;&#x202e;", "template": "{{ 7*7 }}{% raw %}${7*7}", "link": "http://example.invalid/ file:///etc/passwd",
}
SHEET = {
    "command": "=cmd|' /C calc'!A0", "plus": "+1+1", "minus": "-1+1", "at": "@SUM(1+1)", "tab": "\t=1+1", "return": "\r=1+1",
    "array": "{=1+1}", "outside": "=HYPERLINK(\"http://example.invalid\")", "place": "internal:'x'!A1",
    "mail": "mailto:a@example.invalid", "escape": "_x0041_",
}
STRANGE_TEXTS = {
    "controls": "a\x00b\x01\x08\x0b\x0c\x1f\x7f\x85c", "turned": "a\u202egnp.exe\u202c \u2066x\u2069 b",
    "surrogate": "a\ud800b\udfff", "long": "x" * 40_000, "emoji": "👩‍👩‍👧‍👦 🏬" * 20,
    "right to left": "مرحبا بالعالم שלום", "not letters": "a\ufffe\uffff\u2028\u2029",
}
TEXTS = {**LIVE, **SHEET, **STRANGE_TEXTS}
DECKS = {"live": " ".join(LIVE.values()), **STRANGE_TEXTS,
         **{name: SHEET[name] for name in ("command", "tab", "array", "outside", "escape")}}
TAGS = {"html", "head", "meta", "title", "style", "body", "nav", "p", "ol", "ul", "li", "a", "main", "header", "h1", "h2", "dl", "dt", "dd",
        "div", "section", "span", "table", "caption", "thead", "tbody", "tr", "th", "td", "small", "figure", "figcaption", "b", "img",
        "footer", "strong"}
PROSE_TAGS = {"blockquote", "br", "code", "em", "h3", "hr", "pre"}
INDEX_TAGS = {"input", "select", "option", "script", "colgroup", "col", "h3"}
ATTRIBUTES = {"lang", "charset", "name", "content", "http-equiv", "class", "style", "id", "href", "alt", "width", "src", "aria-label"}
INDEX_ATTRIBUTES = {"hidden", "role", "type", "placeholder", "autocomplete", "value", "hreflang", "data-row", "data-group", "data-head",
                    "data-status", "data-language"}


class Parts(HTMLParser):
    """Elements with their attributes, and the text, of a page."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)


def squeezed(text):
    """`text` without spaces and line ends, which formats write in their own ways."""
    return re.sub(r"\s+|_x000D_", "", clean(text))


def index_of(*texts):
    """An index in which names, firm, figures, reasons and even file names are `texts`."""
    results = [made(Job("strategy", "en", account="A2"), name="x", figures=figures_of("x", texts[0]))]
    for text in texts:
        code, figures = clean(text), [[text] * 3] * 4
        result = made(Job("strategy", "en", account=code), name=text, figures=figures)
        result.entry["outputs"] = {f"{code}.html": "hash"}
        results += [made(Job("channels", "en"), figures=figures), result, failed(Job("actions", "en", account=code), text)]
    names, whole = [(clean(text), clean(text)) for text in texts], " ".join(texts)
    return index_page(Client((*names, ("A2", "x")), client=whole, firm=whole), results, totals={"accepted": 1, "a": 1}, language="en")


def report_of_all(texts):
    """A report with the sections of a report of each of `texts`; what stands there once is all of them."""
    reports = [report_of(text) for text in texts]
    return replace(report_of(" ".join(texts)), sections=[section for report in reports for section in report.sections],
                   figures=[row for report in reports for row in report.figures[:1]], answers=[report.answers[0] for report in reports],
                   appendix=[block for report in reports for block in report.appendix])


@pytest.fixture(params=list(TEXTS), scope="module")
def text(request):
    return TEXTS[request.param]


def check_page(made_page, *, tags, attributes):
    made_page.encode("utf-8")
    parts = Parts(made_page)
    assert {tag for tag, _ in parts.elements} <= tags
    assert {name for _, attrs in parts.elements for name in attrs} <= attributes
    styles = {attrs["style"] for _, attrs in parts.elements if "style" in attrs}
    assert all(re.fullmatch(r"[a-z0-9:;.\- ]+", style) for style in styles)
    assert sum(attrs.get("http-equiv") is not None for _, attrs in parts.elements) == 1
    return parts


def test_a_page_has_no_element_and_no_attribute_but_its_own(text):
    parts = check_page(page(report_of(text)), tags=TAGS | PROSE_TAGS, attributes=ATTRIBUTES)
    assert all(attrs["href"].startswith("#") for _, attrs in parts.elements if "href" in attrs)
    assert all(attrs["src"].startswith("data:image/png;base64,") for _, attrs in parts.elements if "src" in attrs)
    assert squeezed("".join(parts.texts)).count(squeezed(text)) >= 15


@pytest.mark.parametrize("texts", [LIVE, SHEET, STRANGE_TEXTS], ids=["live", "sheet", "strange"])
def test_the_index_has_no_element_and_no_attribute_but_its_own(texts):
    parts = check_page(index_of(*texts.values()), tags=TAGS | INDEX_TAGS, attributes=ATTRIBUTES | INDEX_ATTRIBUTES)
    assert not [attrs for _, attrs in parts.elements if re.match(r"\s*[a-z]+:|//|/", attrs.get("href", ""), flags=re.I)]
    assert sum(tag == "script" for tag, _ in parts.elements) == 1
    told = squeezed("".join(parts.texts))
    assert all(told.count(squeezed(text)) >= 4 for text in texts.values())


def members(file):
    """Parts of an Office file, parsed; every one must be well formed."""
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        return {name: etree.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith((".xml", ".rels"))}


def check_office(parts):
    """No way out of the file, nothing that runs, no letter that is none."""
    for name, tree in parts.items():
        assert not re.search(r"externalLink|vba|activeX|oleObject|comments|ddeLink", name, flags=re.I), name
        for element in tree.iter():
            kind = etree.QName(element).localname
            assert kind not in {"f", "hlinkClick", "hlinkHover", "hlinkMouseOver", "oleObj", "ddeLink"} or "charts/" in name, (name, kind)
            assert element.get("TargetMode") != "External", name
            assert kind != "hyperlink" or {etree.QName(key).localname for key in element.attrib} <= {"ref", "location", "display"}, name
            assert not STRANGE.search(element.text or ""), name


def test_a_workbook_holds_text_and_no_formula(text, tmp_path):
    write_xlsx(report_of(text), tmp_path / "r.xlsx")
    check_office(members(tmp_path / "r.xlsx"))
    with CalamineWorkbook.from_path(tmp_path / "r.xlsx") as book:
        sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    cells = [squeezed(str(cell)) for sheet in sheets for row in sheet for cell in row]
    assert sum(cell.startswith(squeezed(text)[:15_000]) for cell in cells) >= 20


@pytest.mark.parametrize("name", DECKS)
def test_a_deck_holds_text_and_nothing_that_leads_out(name, tmp_path):
    text = DECKS[name]
    report = report_of(text)
    write_pptx(report, tmp_path / "r.pptx")
    assert is_whole(tmp_path / "r.pptx", report)
    parts = members(tmp_path / "r.pptx")
    check_office(parts)
    told = ["".join(tree.itertext()) for name, tree in parts.items() if name.startswith("ppt/slides/slide")]
    assert sum(squeezed(text)[:30] in squeezed(each) for each in told) >= 3
    with zipfile.ZipFile(tmp_path / "r.pptx") as deck:
        for name in (name for name in deck.namelist() if name.endswith(".xlsx")):
            with deck.open(name) as book:
                check_office(members(book))


def test_what_is_not_a_letter_is_left_out_and_the_rest_stays():
    told = page(report_of(STRANGE_TEXTS["controls"] + STRANGE_TEXTS["turned"] + STRANGE_TEXTS["surrogate"]))
    assert "abcagnp.exe x bab" in told and not STRANGE.search(told)


def test_a_report_forbids_itself_to_run_or_load_anything():
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', page(report_of("x")))
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'") and "script-src" not in policy


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_browser_opens_no_dialog_and_asks_for_nothing(tmp_path):
    from playwright.sync_api import sync_playwright

    asked, dialogs, ran, opened = [], [], [], []
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
        tab = browser.new_context(offline=True).new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        tab.add_init_script("window.alert = text => { document.documentElement.dataset.ran = text }")
        for name, made_page in (("report", page(report_of_all(LIVE.values()))), ("index", index_of(*LIVE.values()))):
            file = tmp_path / f"{name}.html"
            unguarded = re.sub('<meta http-equiv="Content.*?>', "", made_page, count=1)  # the text is inert without its guard too
            file.write_text(unguarded, encoding="utf-8")
            opened.append(file.as_uri())
            tab.goto(file.as_uri(), wait_until="load")
            ran.append(tab.evaluate("[...document.querySelectorAll('a')].forEach(e => e.focus()), document.documentElement.dataset.ran"))
    assert asked == opened and dialogs == [] and ran == [None, None]
