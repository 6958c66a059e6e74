"""The letters that a printed page carries are those of its text, in the typeface of its language."""

import base64
import io
import re

import pytest
from fontTools.ttLib import TTFont

from kamnb import typefaces
from kamnb.reports import letters
from kamnb.reports.letters import carry_letters, letters_css
from kamnb.typefaces import find_faces, packaged_font

PAGE = "<head><meta content=\"default-src 'none'; img-src data:\"></head><p>髙田屋&amp;&#x4e2d;<img src=\"data:image/png;base64,Qz9\">"


@pytest.fixture(autouse=True)
def packaged(monkeypatch):
    """The packaged typeface in both weights, whatever this machine has."""
    monkeypatch.setattr(letters, "find_faces", lambda *_: dict.fromkeys(("regular", "bold"), (str(packaged_font()), 0)))


@pytest.fixture
def system(monkeypatch):
    """A system whose fontconfig answers what the test says."""
    find_faces.cache_clear()
    told = {}
    monkeypatch.setattr(typefaces.shutil, "which", lambda name: told.get(name, name))
    monkeypatch.setattr(typefaces, "_ask", lambda program, pattern, _: told.get((program, pattern), [""]))
    yield told
    find_faces.cache_clear()


def faces(css):
    """Weight, typeface and letters of every face in `css`."""
    found = re.findall(r'font-family:"([^"]+)";font-weight:([^;]+);src:url\(data:font/otf;base64,([^)]+)\)', css)
    return [(family, weight, set(map(chr, TTFont(io.BytesIO(base64.b64decode(data))).getBestCmap()))) for family, weight, data in found]


def test_a_page_carries_the_letters_of_its_text_and_no_others():
    found = faces(letters_css("<p>髙田屋&amp;&#x4e2d;<img src=\"data:image/png;base64,Qz9\">", "ja"))
    assert [face[:2] for face in found] == [("Noto Sans CJK JP", "100 500"), ("Noto Sans CJK JP", "600 900")]
    for _, _, held in found:
        assert held == set("<p>髙田屋&中<img >")


def test_chinese_pages_have_chinese_shapes_and_unknown_letters_are_left_to_the_browser():
    assert {face[0] for face in faces(letters_css("户", "zh"))} == {"Noto Sans CJK SC"}
    assert {letter for _, _, held in faces(letters_css("a\U0010fffd\ud800", "en")) for letter in held} == {"a"}


def test_the_page_may_load_its_letters_and_nothing_more():
    carried = carry_letters(PAGE, "ja")
    assert "default-src 'none'; font-src data:; img-src data:" in carried
    assert carried.count("@font-face") == 2 and carried.index("@font-face") < carried.index("</head>")
    assert re.sub(r"<style>.*?</style>", "", carried).replace("; font-src data:", "") == PAGE


def test_the_faces_of_the_system_are_found_by_name(system):
    system["fc-match", "Noto Sans CJK SC:regular"] = ["Noto Sans CJK SC", "/fonts/r.ttc", "2"]
    system["fc-match", "Noto Sans CJK SC:bold"] = ["Noto Sans CJK SC", "/fonts/b.ttc", str(7 << 16 | 2)]
    assert find_faces("Noto Sans CJK SC", "zh-cn") == {"regular": ("/fonts/r.ttc", 2), "bold": ("/fonts/b.ttc", 2)}


def test_another_typeface_of_the_system_is_left_to_the_browser(system):
    system["fc-match", "Noto Sans CJK JP:regular"] = ["IPAexGothic", "/fonts/i.ttf", "0"]
    system["fc-list", ":lang=ja"] = ["/fonts/i.ttf"]
    assert find_faces("Noto Sans CJK JP", "ja") == {}


def test_a_system_without_such_letters_gets_the_packaged_ones(system):
    system["fc-match", "Noto Sans CJK JP:regular"] = ["DejaVu Sans", "/fonts/d.ttf", "0"]
    assert find_faces("Noto Sans CJK JP", "ja") == {"regular": (str(packaged_font()), 0)}


def test_a_system_without_any_typeface_gets_the_packaged_ones(system):
    assert system == {}
    assert find_faces("Noto Sans CJK SC", "zh-cn") == {"regular": (str(packaged_font()), 0)}


def test_one_weight_alone_is_left_to_the_browser(system):
    system["fc-match", "Noto Sans CJK JP:regular"] = ["Noto Sans CJK JP", "/fonts/r.ttc", "0"]
    system["fc-list", ":lang=ja"] = ["/fonts/r.ttc"]
    assert find_faces("Noto Sans CJK JP", "ja") == {}


def test_without_fontconfig_the_browser_finds_its_own(system):
    system["fc-match"] = None
    assert find_faces("Noto Sans CJK JP", "ja") == {}


def test_fontconfig_is_asked_as_it_wants_to_be():
    if not typefaces.shutil.which("fc-match"):
        pytest.skip("no fontconfig on this machine")
    name, file, place = typefaces._ask("fc-match", "sans:regular", "%{family[0]}\t%{file}\t%{index}")
    assert name and file.startswith("/") and place.isdecimal()
    assert typefaces._ask("fc-list", ":lang=xx-nobody", "%{file}\n") == [""]
