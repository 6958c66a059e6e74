"""The deck: native charts and tables that agree with the page, nothing left over, nothing live, the same bytes twice."""

import hashlib
import io
import os
import pickle
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import datetime

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import pytest
from PIL import Image
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.oxml.ns import qn
from python_calamine import CalamineWorkbook

from kamnb import style
from kamnb.drawn import chart_spec
from kamnb.reports.html import page
from kamnb.reports.pptx import is_whole, write_pptx
from kamnb.reports.pptx_frames import nice_scale
from kamnb.reports.reading import Note, Picture, Prose, Report, Section, Sentence, Table
from kamnb.shown import cell_text
from kamnb.words import speak, words

EVIL = "<script>alert(1)</script>=1+1\x00\u202e"
SOURCE = "Source: Sales ledger; as of 31 Dec 2025."
HEAD = {"engagement": "x", "client": "Maker & Co", "as_of": "2025-12-31", "language": "en", "edition": "internal", "account": "A1",
        "account_name": "Shop A", "currency": "JPY", "firm": "Good Advice Ltd"}
TALES = {"en": "A **bold** finding.", "ja": "**重点チャネル**は3つです。", "zh": "**重点渠道**有三个。"}


def column(name, kind="text", **more):
    return {"name": name, "kind": kind, "label": name.capitalize(), "unit": "", "divisor": 1, "digits": 0, **more}


MONEY = {"kind": "money", "unit": "¥ million", "divisor": 1e6, "digits": 1}
COLUMNS = [column("code", "id"), column("name"), column("sales", **MONEY), column("growth", "rate"), column("since", "date"),
           column("key", "bool")]


def rows(count):
    return [[f"A{n:03}", f"Name {n}", 1_234_567 * n, 0.01 * n, "2024-04-01", n % 2 == 0] for n in range(count)]


def table(name, count=3, columns=COLUMNS, cells=None):
    return Table(name, f"Title of {name}", SOURCE, columns, cells or rows(count))


def png(wide=640, high=320):
    stream = io.BytesIO()
    Image.new("RGB", (wide, high), "white").save(stream, format="PNG")
    return stream.getvalue()


def lying_bars():
    ax = style.canvas(None)
    values = [0.96, 0.31, -0.08]
    ax.barh(range(3), values, color=[style.ACCENT, style.LIGHT, style.LIGHT])
    for row, value in enumerate(values):
        ax.text(value + 0.01, row, f"{value:.0%}".replace("-", "−"), va="center")
    ax.set_yticks(range(3), ["first", EVIL, "third"])
    ax.set_ylim(2.6, -0.6)
    style.hide_axis(ax.xaxis)
    return ax, values


def waterfall():
    ax = style.canvas(None)
    ax.bar(range(4), [5e9, 2e9, -9e9, -2e9], bottom=[0, 5e9, 7e9, 0])
    for place, (top, text) in enumerate(zip([5e9, 7e9, 7e9, 0], ["5.0", "+2.0", "−9.0", "−2.0"], strict=True)):
        ax.annotate(text, (place, top), (0, 4), textcoords="offset points", ha="center")
    ax.set_xticks(range(4), ["before", "price", "volume", "after"])
    style.money_axis(ax.yaxis, 7e9)
    return ax, [5e9, 7e9, -2e9, -2e9]


def dots():
    ax = style.canvas(None)
    ax.scatter([0.1, 0.2, 0.3], [3.0, 1.0, 2.0], s=[100, 100, 400], color=[style.ACCENT, style.LIGHT, style.LIGHT])
    ax.annotate("here", (0.1, 3.0), (8, 0), textcoords="offset points", va="center")
    style.percent_axis(ax.xaxis)
    return ax, [0.1, 0.2, 0.3]


def picture(name, drawn=None, title="A message"):
    spec = None
    if drawn:
        spec = chart_spec(drawn()[0])
        plt.close("all")
        assert spec is not None
    return Picture(name, f"{title} of {name}", "Net sales, ¥ million", SOURCE, png(), spec)


def make_report(language="en", **head):
    speak(language, currency="JPY", start=4)
    said = TALES[language]
    wide = [column("name"), *[column(f"measure {n}", **MONEY) for n in range(25)]]
    sections = [
        Section("What happened?", "s1", [Prose("How to **read** this.\n\n- first\n- second"), picture("channels.bars", lying_bars),
                                         Sentence("a", said)]),
        Section("Why?", "s2", [Sentence("b", "Said before."), picture("channels.way", waterfall), table("channels.way", 5),
                               Sentence("c", "Said after."), picture("channels.map", dots), picture("channels.photo")]),
        Section("Who?", "s3", [table("channels.long", 61), table("channels.evil", cells=[["A1", EVIL, None, None, None, None]]),
                               table("channels.wide", columns=wide, cells=[["x", *[n * 1e6 for n in range(25)]]])]),
        Section("In words only?", "s4", [Prose("Nothing to draw."), Sentence("d", "Only this.")]),
        Section("Nothing?", "s5", [Note("channels.gone", "Not shown: the market.", "the market", ("market",))]),
    ]
    files = Table("appendix.sources", "Sources", SOURCE, [column("table"), column("file")], [["Sales", "s.csv"]])
    figures = [["Net sales", "¥54.5 billion", "+1.8%"], ["Share", "6.4%", "less"], ["Left", "21.4%", ""], ["Buyers", "27%", None]]
    return Report({**HEAD, "language": language, **head}, "Where does the business come from?", "For the sales director.", figures,
                  ["Choose **eight**.", "Leave the rest."], sections, [files])


@pytest.fixture(scope="module")
def report():
    return make_report()


@pytest.fixture(scope="module")
def file(report, tmp_path_factory):
    target = tmp_path_factory.mktemp("deck") / "r.pptx"
    write_pptx(report, target)
    return target


@pytest.fixture(scope="module")
def deck(file):
    return Presentation(file)


def shapes_of(slide):
    for shape in slide.shapes:
        yield shape
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            yield from shape.shapes


def texts_of(slide):
    found = []
    for shape in shapes_of(slide):
        if shape.has_text_frame:
            found.append(shape.text_frame.text)
        elif getattr(shape, "has_table", False) and shape.has_table:
            found += [cell.text for row in shape.table.rows for cell in row.cells]
    return found


def titles(deck):
    return [slide.shapes.title.text for slide in deck.slides]


def slide_of(deck, title):
    return next(slide for slide in deck.slides if slide.shapes.title.text.startswith(title))


def chart_of(deck, title):
    return next(shape.chart for shape in shapes_of(slide_of(deck, title)) if getattr(shape, "has_chart", False) and shape.has_chart)


def test_slides_are_the_answer_the_agenda_then_one_chart_or_table_each(deck):
    told = titles(deck)
    assert told[:3] == ["Where does the business come from?"] * 2 + ["Contents"]
    assert told[3:9] == ["A message of channels.bars", "A message of channels.way", "Title of channels.way", "A message of channels.map",
                         "A message of channels.photo", "Title of channels.long (1\u00a0of\u00a02)"]
    assert told[-3:] == ["In words only?", "Sources", words("reports.deck.missing")]
    assert (deck.slide_width, deck.slide_height) == (12_191_695, 6_858_000)


def test_agenda_names_the_slide_on_which_each_section_begins(deck):
    agenda = next(shape.table for shape in deck.slides[2].shapes if shape.has_table)
    entries = {row.cells[1].text: row.cells[2].text for row in agenda.rows}
    assert entries["What happened?"] == "4" and entries["Why?"] == "5"
    assert titles(deck)[int(entries["Who?"]) - 1].startswith("Title of channels.long")


def test_answer_has_key_figures_and_conclusions(deck):
    told = "\n".join(texts_of(deck.slides[1]))
    for text in ("Net sales", "¥54.5 billion", "+1.8%", "Choose eight.", "Leave the rest."):
        assert text in told


@pytest.mark.parametrize(("title", "drawn"), [("A message of channels.bars", lying_bars), ("A message of channels.map", dots)])
def test_native_charts_hold_the_values_that_were_drawn(deck, title, drawn):
    chart = chart_of(deck, title)
    told = [value for series in chart.plots[0].series for value in (
        [float(pt.text) for pt in series._element.findall(f".//{qn('c:xVal')}//{qn('c:v')}")] or series.values)]
    assert told == pytest.approx(drawn()[1])


def test_waterfall_adds_up_to_what_was_drawn(deck):
    base, above, below = ([value or 0 for value in series.values] for series in chart_of(deck, "A message of channels.way").plots[0].series)
    tops = [max(b, b + up) for b, up in zip(base, above, strict=True)]
    feet = [min(b, b + down) for b, down in zip(base, below, strict=True)]
    assert tops == pytest.approx([5000, 7000, 7000, 0]) and feet == pytest.approx([0, 5000, -2000, -2000])


def test_the_accent_survives_as_the_colour_of_the_theme(deck):
    series = chart_of(deck, "A message of channels.bars").plots[0].series[0]
    colours = [point.get("val") for point in series._element.iter(qn("a:schemeClr"))]
    assert "accent1" in colours and "accent4" in colours


def test_chart_data_can_be_edited_and_are_text_where_they_are_text(deck):
    book = chart_of(deck, "A message of channels.bars").part.chart_workbook.xlsx_part.blob
    cells = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in cells[1:]] == pytest.approx([0.96, 0.31, -0.08])
    assert cells[2][0] == "<script>alert(1)</script>=1+1"
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_every_figure_of_the_page_stands_in_the_deck(deck, report):
    shown = {text for slide in deck.slides for text in texts_of(slide)}
    for each in [*report.tables(), *report.appendix]:
        for row in each.rows[:20]:
            for value, head in zip(row, each.columns, strict=True):
                if head["kind"] != "id":
                    assert cell_text(value, head).replace("\x00", "").replace("\u202e", "") in shown
    cells = re.findall(r"<td[^>]*>([^<&]*)</td>", page(report))
    assert len(cells) > 100 and set(cells) <= shown


def test_long_tables_go_on_and_say_how_much_is_left(deck):
    pages = [slide for slide in deck.slides if slide.shapes.title.text.startswith("Title of channels.long")]
    told = [texts_of(slide) for slide in pages]
    assert len(pages) == 2 and all(any("20 of 61 rows" in text for text in texts) for texts in told)
    assert "Name 9" in told[0] and "Name 10" in told[1] and "Name 20" not in told[1]


def test_folded_tables_stand_in_the_appendix_alone(report, tmp_path):
    who = replace(report.sections[2], blocks=[replace(block, folded=block.name == "channels.long") for block in report.sections[2].blocks])
    write_pptx(replace(report, sections=[*report.sections[:2], who, *report.sections[3:]]), tmp_path / "f.pptx")
    slides = list(Presentation(tmp_path / "f.pptx").slides)
    titles = [slide.shapes.title.text if slide.shapes.title else "" for slide in slides]
    first = next(n for n, title in enumerate(titles) if "channels.long" in title)
    assert first > max(n for n, title in enumerate(titles) if "channels.wide" in title)
    assert words("reports.appendix") in texts_of(slides[first])


def test_wide_tables_repeat_their_first_column(deck):
    pages = [slide for slide in deck.slides if slide.shapes.title.text.startswith("Title of channels.wide")]
    tables = [shape.table for slide in pages for shape in slide.shapes if shape.has_table]
    assert len(tables) > 1 and all(each.cell(0, 0).text.startswith("Name") for each in tables)
    assert sum(len(each.columns) - 1 for each in tables) == 25
    sizes = {run.font.size.pt for each in tables for row in list(each.rows)[1:] for cell in row.cells
             for run in cell.text_frame.paragraphs[0].runs}
    assert min(sizes) >= 9


def test_what_was_said_stands_beside_what_it_is_about(deck):
    assert "A bold finding." in texts_of(slide_of(deck, "A message of channels.bars"))
    way = "\n".join(texts_of(slide_of(deck, "A message of channels.way")))
    assert "Said before." in way and "Said after." in way
    assert not any("Said" in text for text in texts_of(slide_of(deck, "Title of channels.way")))


def test_notes_tell_source_lineage_and_how_to_read(deck):
    notes = slide_of(deck, "A message of channels.bars").notes_slide.notes_text_frame.text
    assert SOURCE in notes and "channels.bars" in notes and "How to read this." in notes and "**" not in notes


def test_source_footer_and_number_stand_on_every_slide_with_a_message(deck):
    for number, slide in enumerate(deck.slides, 1):
        if number > 1:
            texts = texts_of(slide)
            assert str(number) in texts and any(text.startswith("Good Advice Ltd · Maker & Co · Shop A") for text in texts)
    assert SOURCE in texts_of(slide_of(deck, "A message of channels.map"))


def test_no_placeholder_is_empty_and_nothing_leaves_the_slide(deck):
    for slide in deck.slides:
        assert all(shape.text_frame.text.strip() for shape in slide.placeholders)
        for shape in shapes_of(slide):
            assert shape.left >= 0 and shape.top >= 0, (slide.shapes.title.text, shape.name)
            assert shape.left + shape.width <= deck.slide_width + 20_000, (slide.shapes.title.text, shape.name)
            assert shape.top + shape.height <= deck.slide_height, (slide.shapes.title.text, shape.name)


def test_pictures_keep_their_shape_and_say_what_they_show(deck):
    shown = [shape for slide in deck.slides for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    assert len(shown) == 1 and shown[0].width / shown[0].height == pytest.approx(2, rel=0.01)
    told = [element.get("descr") for slide in deck.slides for element in slide._element.iter(qn("p:cNvPr")) if element.get("descr")]
    assert any("channels.photo" in text for text in told) and any("channels.bars" in text for text in told)


def test_properties_are_those_of_the_firm_and_the_data(deck, file):
    told = deck.core_properties
    assert (told.author, told.last_modified_by, told.title) == ("Good Advice Ltd", "Good Advice Ltd", "Where does the business come from?")
    assert told.created == told.modified == datetime(2025, 12, 31)
    with zipfile.ZipFile(file) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels")))
        assert b"<Company>Good Advice Ltd</Company>" in archive.read("docProps/app.xml")
    assert not re.search(rb"Steve Canny|python-pptx|2013|Macintosh|Click to edit", everything)


def test_text_from_data_is_inert(file):
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist() if name.endswith((".xml", ".rels"))}
    for name, text in parts.items():
        assert "<script>" not in text and "\u202e" not in text and "\x00" not in text, name
        assert "hlinkClick" not in text and "hlinkMouseOver" not in text and 'TargetMode="External"' not in text, name
        assert not re.search(r"vbaProject|oleObject|ActiveX", text, flags=re.I), name


def test_a_whole_deck_is_told_from_a_broken_one(file, report, tmp_path):
    assert is_whole(file, report)
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(tmp_path / "less.pptx", "w") as less:
        for name in archive.namelist():
            if not re.fullmatch(r"ppt/slides/slide[4-9]\.xml", name):
                less.writestr(name, archive.read(name))
    assert not is_whole(tmp_path / "less.pptx", report)


def test_same_report_same_bytes_whatever_the_hash_seed(report, file, tmp_path):
    (tmp_path / "report.pickle").write_bytes(pickle.dumps(report))
    program = ("import pickle, sys; from pathlib import Path; from kamnb.words import speak; speak('en', currency='JPY', start=4);"
               "from kamnb.reports.pptx import write_pptx; write_pptx(pickle.loads(Path(sys.argv[1]).read_bytes()), Path(sys.argv[2]))")
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    subprocess.run([sys.executable, "-c", program, tmp_path / "report.pickle", tmp_path / "other.pptx"], check=True,
                   env={**os.environ, "PYTHONHASHSEED": seed})
    write_pptx(report, tmp_path / "again.pptx")
    hashes = {hashlib.sha256(each.read_bytes()).hexdigest() for each in (tmp_path / "other.pptx", tmp_path / "again.pptx", file)}
    assert len(hashes) == 1


@pytest.mark.parametrize(("language", "font", "tongue"), [("ja", "Yu Gothic", "ja-JP"), ("zh", "Microsoft YaHei", "zh-CN")])
def test_each_language_has_its_fonts(language, font, tongue, tmp_path):
    write_pptx(make_report(language), tmp_path / "r.pptx")
    with zipfile.ZipFile(tmp_path / "r.pptx") as archive:
        assert f'<a:ea typeface="{font}"/>' in archive.read("ppt/theme/theme1.xml").decode()
        assert f'lang="{tongue}"' in archive.read("ppt/slides/slide2.xml").decode()
    assert titles(Presentation(tmp_path / "r.pptx"))[2] == words("reports.contents")


def test_the_joint_edition_says_so_and_shows_the_report_alone(report, tmp_path):
    joint = replace(report, head={**report.head, "edition": "joint"})
    write_pptx(joint, tmp_path / "j.pptx")
    told = Presentation(tmp_path / "j.pptx")
    assert words("reports.joint") in "\n".join(texts_of(told.slides[0])) and all(
        any(words("reports.joint") in text for text in texts_of(slide)) for slide in list(told.slides)[1:])


def test_sections_of_the_report_are_sections_of_the_deck(file):
    with zipfile.ZipFile(file) as archive:
        text = archive.read("ppt/presentation.xml").decode()
    assert re.findall(r'<p14:section name="([^"]+)"', text) == [
        "Contents", "What happened?", "Why?", "Who?", "In words only?", words("reports.appendix"), words("reports.deck.missing")]


@pytest.mark.parametrize(("least", "low"), [(0.0, 0.0), (-0.03, 0.0), (-0.2, -0.25), (0.1, 0.0)])
def test_native_scales_begin_at_a_tick_below_every_mark(least, low):
    scale = {"min": least, "max": 1.1, "log": False, "shown": True, "ticks": [0.0, 0.25, 0.5, 0.75, 1.0]}
    assert nice_scale(scale, [0.0, 0.9], cut=False)["low"] == pytest.approx(low)


@pytest.mark.parametrize("title", ["A" * 200, "国" * 120, "x"])
def test_titles_of_any_length_leave_the_chart_its_place(report, title, tmp_path):
    section = Section("Q", "s1", [replace(report.sections[0].blocks[1], title=title)])
    write_pptx(replace(report, sections=[section]), tmp_path / "t.pptx")
    slide = Presentation(tmp_path / "t.pptx").slides[3]
    chart = next(shape for shape in shapes_of(slide) if getattr(shape, "has_chart", False) and shape.has_chart)
    measured = next(shape for shape in slide.placeholders if shape.placeholder_format.idx == 12)
    assert measured.top + measured.height <= chart.top and chart.top + chart.height <= 6.75 * 914_400
