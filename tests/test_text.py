"""The words of three languages: same keys, same placeholders, no lost or stale prose, every shown column known."""

import tomllib
from pathlib import Path

import nbformat
import pytest

from kamnb import formats, words
from kamnb.editions.translated import find_prose_faults

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
OTHERS = ("ja", "zh")


@pytest.mark.parametrize("language", OTHERS)
def test_languages_have_the_same_keys(language):
    english, other = words.word_list("en"), words.word_list(language)
    assert sorted(set(english) ^ set(other)) == []


@pytest.mark.parametrize("language", OTHERS)
def test_languages_have_the_same_placeholders(language):
    english, other = words.word_list("en"), words.word_list(language)
    differing = [key for key in english if words.placeholders(english[key]) != words.placeholders(other[key])]
    assert differing == []


@pytest.mark.parametrize("language", ("en", *OTHERS))
def test_placeholders_name_known_kinds(language):
    import string

    known = {"", "money", "money_change", "share", "share1", "rate", "points", "date", "month", "year", "list", "text", *formats.DIGITS}
    for key, text in words.word_list(language).items():
        kinds = {spec for _, name, spec, _ in string.Formatter().parse(text) if name}
        assert kinds <= known, f"{key}: {kinds - known}"


def test_every_column_has_a_kind_and_a_heading():
    headings = tomllib.loads((ROOT / "text" / "en" / "columns.toml").read_text(encoding="utf-8"))
    assert sorted(set(words.column_kinds()) ^ set(headings)) == []


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda f: f.stem)
def test_prose_is_translated_and_up_to_date(file, language):
    faults = find_prose_faults(nbformat.read(file, as_version=4), file.stem, language)
    assert [str(fault) for fault in faults] == []


@pytest.mark.parametrize("language", OTHERS)
def test_translations_are_not_left_in_english(language):
    english, other = words.word_list("en"), words.word_list(language)
    sentences = [key for key, text in english.items() if len(text.split()) >= 4 and "{" in text]
    assert [key for key in sentences if english[key] == other[key]] == []


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda f: f.stem)
def test_bold_words_come_out_bold(file, language):
    from kamnb.editions.translated import read_prose
    from kamnb.reports.html import prose_html

    left = [ident for ident, (text, _) in read_prose(file.stem, language).items() if "**" in prose_html(text)]
    assert left == [], "put the closing ** before the bracket or full stop, or a space after it"
