"""The words of a report in its language: labels, titles and sentences with named placeholders."""

from __future__ import annotations

import string
import tomllib
from functools import cache
from pathlib import Path

from kamnb.errors import InputError, nearest
from kamnb.formats import Speech, format_value

TEXT = Path(__file__).resolve().parents[1] / "text"
LANGUAGES = ("en", "ja", "zh")
WIDE = "\u2e80-\uffef"  # letters as wide as they are high, between which a line may break
_speech = [Speech()]


def speak(language: str, *, currency: str = "JPY", start: int = 4) -> None:
    """Set the language, currency and fiscal start of all words from now on (one engagement per process)."""
    if language not in LANGUAGES:
        raise InputError(f"language {language!r} is not known", "", nearest(language, LANGUAGES))
    _speech[:] = [Speech(language, currency, start)]


def spoken() -> str:
    """The language that is spoken now."""
    return _speech[0].language


def currency() -> str:
    """The currency that is spoken of now."""
    return _speech[0].currency


@cache
def word_list(language: str) -> dict[str, str]:
    """Every key of text/<language>/*.toml, dotted, with the file's name first ("channels.position.title")."""
    flat: dict[str, str] = {}
    for file in sorted((TEXT / language).glob("*.toml")):
        _flatten(tomllib.loads(file.read_text(encoding="utf-8")), file.stem, flat)
    return flat


def _flatten(tree: dict, prefix: str, flat: dict[str, str]) -> None:
    for key, value in tree.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}.{key}", flat)
        else:
            flat[f"{prefix}.{key}"] = value


def has_words(key: str) -> bool:
    """Whether the word lists know `key`."""
    return key in word_list(spoken())


def words(key: str, **values: object) -> str:
    """The text of `key` in the spoken language, placeholders filled in.

    A placeholder names its value and its kind: "{sales:money} in {n:count} accounts" (kinds: formats.py).
    Raises KeyError with the nearest key for an unknown one, and for a placeholder without a value.
    """
    known = word_list(spoken())
    if key not in known:
        raise KeyError(f"no words for {key!r} in {spoken()}; {nearest(key, known)}")
    return _Filler().vformat(known[key], (), values) if values or "{" in known[key] else known[key]


def placeholders(text: str) -> set[str]:
    """Names of the placeholders in `text`."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


class _Filler(string.Formatter):
    """str.format whose format specifications are our kinds of numbers, so that each language writes its own."""

    def format_field(self, value: object, format_spec: str) -> str:
        return format_value(value, format_spec or "text", speech=_speech[0])

    def get_field(self, field_name: str, _: tuple, kwargs: dict) -> tuple[object, str]:
        if field_name not in kwargs:
            raise KeyError(f"the sentence needs {field_name!r}; given are {', '.join(sorted(kwargs)) or 'none'}")
        return kwargs[field_name], field_name


def say_value(value: object, kind: str) -> str:
    """`value` written as `kind` in the spoken language."""
    return _Filler().format_field(value, kind)


def label(column: str) -> str:
    """Heading of `column` in the spoken language."""
    return words(f"columns.{column}")


def name_code(code: str) -> str:
    """Wording of a coded value such as 'grew' or 'achievement_rebate' in the spoken language."""
    return words(f"codes.{code}")


@cache
def column_kinds() -> dict[str, str]:
    """Kind of every column that a table may show (text/columns.toml)."""
    return tomllib.loads((TEXT / "columns.toml").read_text(encoding="utf-8"))


def kind_of(column: str) -> str:
    """Kind of `column`: money, share, rate, points, count, number, score, days, date, month, year, code, text ...

    Raises KeyError with the nearest known column.
    """
    kinds = column_kinds()
    if column not in kinds:
        raise KeyError(f"text/columns.toml does not know the column {column!r}; {nearest(column, kinds)}")
    return kinds[column]
