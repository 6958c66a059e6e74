"""PDFs from one browser: running lines, properties, fonts, the same bytes twice; a missing or dying browser; nothing left behind."""

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pikepdf
import psutil
import pytest

from kamnb.errors import InputError
from kamnb.reports import pdf
from kamnb.reports.html import write_html
from kamnb.reports.pdf import Printer, check_pdf, find_browser, normalise, running_lines
from kamnb.reports.reading import Prose, Report, Section, Sentence, UnfinishedError
from kamnb.words import speak
from tests.reports.handmade import HEAD, report_of

try:
    find_browser()
    MISSING = ""
except InputError as error:
    MISSING = str(error)
needs_browser = pytest.mark.skipif(bool(MISSING), reason=f"no browser on this machine: {MISSING}")
TALES = {"en": "Defend eight accounts.", "ja": "重点8先を守ります。", "zh": "守住8家重点客户。"}
HEADS = {**HEAD, "client": "Maker & Co <b>", "account_name": "髙田屋", "account": "A1", "firm": "Good Advice Ltd"}


def report(language="en", paragraphs=60):
    """A report of several pages."""
    speak(language, currency="JPY", start=4)
    blocks = [Prose(f"Paragraph {number}. " + "All that matters. " * 20) for number in range(paragraphs)]
    return Report({**HEADS, "language": language}, "Which accounts?", "", [["Sales", "¥1", "up"]], [TALES[language]],
                  [Section("Why?", "s1", [*blocks, Sentence("k", TALES[language])])], [])


def head_of(made):
    """What the printer is told of the report."""
    return {**made.head, "lines": running_lines(made.head)}


def printed(printer, made, folder, name="r"):
    """The PDF that `made` was printed to."""
    page, file = folder / "page.html", folder / f"{name}.pdf"
    write_html(made, page)
    printer.print(page, file, head_of(made))
    check_pdf(file)
    return file


def text_of(file):
    return subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True).stdout


def homes():
    return set(Path(tempfile.gettempdir()).glob("kamnb-print-*"))


def family(printer):
    """The commands of the printer's processes, by process."""
    top, told = psutil.Process(printer._process.pid), {}
    for process in (top, *top.children(recursive=True)):
        with contextlib.suppress(psutil.Error):  # gone meanwhile
            told[process] = " ".join(process.cmdline())
    return told


@pytest.fixture
def own_place(monkeypatch, tmp_path):  # noqa: ARG001 - pytest makes its own folder first
    """Temporary files of this test alone, as others may print at the same time; a short path, since browsers put sockets there."""
    with tempfile.TemporaryDirectory(prefix="k-") as place:
        monkeypatch.setattr(tempfile, "tempdir", place)
        yield


@pytest.fixture(scope="module")
def printer():
    with Printer() as started:
        yield started


@pytest.fixture(scope="module")
def file(printer, tmp_path_factory):
    return printed(printer, report(), tmp_path_factory.mktemp("pdf"))


@needs_browser
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext reads the text back")
def test_every_page_says_whose_it_is_and_which_it_is(file):
    pages = text_of(file).rstrip("\f").split("\f")
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert re.search("^Maker & Co <b> · +髙田屋 +as of 31 Dec 2025\n", page) and re.search("\nGood Advice Ltd +[0-9]", page)
        assert re.search(rf"\b{number} ?/ ?{len(pages)}\b", page)


@pytest.mark.parametrize(("language", "day", "everybody"), [
    ("en", "as of 31 Dec 2025", "all accounts"), ("ja", "2025年12月31日時点", "全得意先"), ("zh", "截至2025年12月31日", "全部客户")])
def test_running_lines_are_in_the_language_of_the_report(language, day, everybody):
    speak(language, currency="JPY", start=4)
    lines = running_lines({**HEADS, "language": language, "account_name": ""})
    assert lines["right"] == day and lines["above"].endswith(everybody)


@needs_browser
def test_pages_are_a4_and_the_document_tells_its_language(file):
    with pikepdf.open(file) as document:
        for page in document.pages:
            assert [float(edge) for edge in page.MediaBox] == pytest.approx([0, 0, 595.3, 841.9], abs=1.1)
        assert str(document.Root.Lang) == "en" and "/StructTreeRoot" in document.Root


@needs_browser
def test_properties_are_those_of_the_firm_and_the_data(file):
    with pikepdf.open(file) as document:
        told = {key: str(value) for key, value in document.docinfo.items()}
        assert "/Metadata" not in document.Root
    assert told == {"/Title": "Which accounts? – 髙田屋", **dict.fromkeys(("/Author", "/Creator", "/Producer"), "Good Advice Ltd"),
                    **dict.fromkeys(("/CreationDate", "/ModDate"), "D:20251231000000Z")}


@needs_browser
def test_no_path_no_address_and_nothing_that_runs_is_inside(file, tmp_path):
    with pikepdf.open(file) as document:
        document.save(tmp_path / "plain.pdf", compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
                      object_stream_mode=pikepdf.ObjectStreamMode.disable)
    content = (tmp_path / "plain.pdf").read_bytes()
    assert not re.search(rb"file:/|/tmp/|page\.html|HeadlessChrome|Skia|/JavaScript|/Launch|/URI|/EmbeddedFile", content)


@needs_browser
@pytest.mark.skipif(not shutil.which("pdffonts"), reason="pdffonts lists the fonts")
@pytest.mark.parametrize("language", ["ja", "zh"])
def test_fonts_travel_with_the_document(printer, language, tmp_path):
    made = printed(printer, report(language, paragraphs=1), tmp_path)
    lines = subprocess.run(["pdffonts", made], check=True, capture_output=True, text=True).stdout.splitlines()[2:]
    assert lines and all(re.search(r"\s(yes)\s+(yes|no)\s+(yes|no)\s+\d+\s+\d+$", line) for line in lines)
    assert TALES[language] in re.sub(r"\s", "", text_of(made))


@needs_browser
def test_the_same_page_gives_the_same_bytes(printer, file, tmp_path):
    assert printed(printer, report(), tmp_path, "again").read_bytes() == file.read_bytes()


@needs_browser
def test_what_the_browser_has_printed_before_leaves_no_trace(printer, tmp_path):
    table = report_of("高い Sales")
    printed(printer, table, tmp_path, "first")
    printed(printer, report(paragraphs=3), tmp_path, "between")
    printed(printer, table, tmp_path, "again")
    with Printer() as fresh:
        printed(fresh, table, tmp_path, "fresh")
    assert len({file.read_bytes() for file in tmp_path.glob("*.pdf") if file.stem != "between"}) == 1


@needs_browser
def test_text_from_data_is_inert_in_running_lines_and_properties(printer, tmp_path):
    evil = "<script>document.title=1</script><img src=x onerror=alert(1)>\ud800\u202e\x00" + "x" * 5_000
    made = report(paragraphs=1)
    made = replace(made, head={**made.head, "client": evil, "account_name": evil, "firm": evil}, title=evil)
    with pikepdf.open(printed(printer, made, tmp_path)) as document:
        firm = str(document.docinfo["/Author"])
        assert firm.startswith("<script>document.title=1</script>") and len(firm) <= 255
        assert str(document.docinfo["/Title"]).startswith("<script>document.title=1")


@needs_browser
@pytest.mark.usefixtures("own_place")
def test_a_killed_browser_is_started_again_and_nothing_stays_behind(tmp_path):
    made = report(paragraphs=1)
    with Printer() as printer:
        printed(printer, made, tmp_path, "first")
        seen = family(printer)
        chromium = next(process for process, command in seen.items() if "--headless" in command and "--type=" not in command)
        chromium.kill()
        chromium.wait(10)
        printed(printer, made, tmp_path, "second")
        seen |= family(printer)
        assert len(homes()) == 1 and len(seen) > 5
    _, alive = psutil.wait_procs(list(seen), timeout=10)
    assert alive == [] and homes() == set()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["first.pdf", "page.html", "second.pdf"]


@needs_browser
def test_a_page_that_is_not_there_is_an_error_and_the_next_is_printed(printer, tmp_path):
    with pytest.raises(InputError, match="gone.html"):
        printer.print(tmp_path / "gone.html", tmp_path / "r.pdf", head_of(report()))
    assert list(tmp_path.iterdir()) == []
    assert printed(printer, report(paragraphs=1), tmp_path).stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("own_place")
def test_without_a_browser_the_user_is_told_how_to_get_one(monkeypatch, tmp_path):
    monkeypatch.delenv(pdf.BROWSER, raising=False)
    monkeypatch.setattr(pdf, "NAMES", ())
    monkeypatch.setattr(pdf, "PLACES", ())
    with Printer() as printer, pytest.raises(InputError, match="no browser") as told:
        printer.print(tmp_path / "page.html", tmp_path / "r.pdf", head_of(report()))
    assert "Chromium, Chrome or Edge" in str(told.value) and "KAMNB_BROWSER" in str(told.value)
    assert homes() == set() and list(tmp_path.iterdir()) == []


def test_a_browser_that_is_named_and_not_there_is_named_in_the_error(monkeypatch):
    monkeypatch.setenv(pdf.BROWSER, "nosuchbrowser")
    with pytest.raises(InputError, match="nosuchbrowser"):
        find_browser()


@pytest.mark.usefixtures("own_place")
def test_a_program_that_is_no_browser_is_an_error_and_not_a_wait(monkeypatch, tmp_path):
    monkeypatch.setenv(pdf.BROWSER, sys.executable)
    with Printer() as printer, pytest.raises(InputError, match="did not print"):
        printer.print(tmp_path / "page.html", tmp_path / "r.pdf", head_of(report()))
    assert homes() == set()


def test_a_part_of_a_pdf_is_no_pdf(tmp_path):
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(tmp_path / "blank.pdf")
    whole = (tmp_path / "blank.pdf").read_bytes()
    (tmp_path / "half.pdf").write_bytes(whole[: len(whole) // 3])
    (tmp_path / "empty.pdf").write_bytes(b"")
    for name in ("blank", "half", "empty"):
        with pytest.raises(UnfinishedError, match=name):
            check_pdf(tmp_path / f"{name}.pdf")


def test_a_report_of_unlike_text_has_unlike_identity(tmp_path):
    identities = []
    for width in (100, 200):
        with pikepdf.new() as document:
            document.add_blank_page(page_size=(width, 100))
            document.save(tmp_path / "raw.pdf")
        normalise(tmp_path / "raw.pdf", tmp_path / "r.pdf", report_of("x").head)
        with pikepdf.open(tmp_path / "r.pdf") as document:
            identities.append(bytes(document.trailer.ID[1]))
    assert identities[0] != identities[1]
