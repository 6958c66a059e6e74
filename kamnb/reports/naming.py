"""What a report depends on, and what a report is called, in words."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from itertools import zip_longest
from types import MappingProxyType

from kamnb.formats import width_of
from kamnb.reports.differing_causes import Cause
from kamnb.reports.jobs import NOTEBOOKS
from kamnb.shown import RIGHT, cell_text
from kamnb.words import has_words, say_value, words

STAGE_OF = {name: stage for stage, name in NOTEBOOKS.items()}
WIDTH, GAP, LEAST, MOST = 110, 2, 24, 40
OPENING, CLOSING = set("（「『［〔“"), set("、。，．：；・？！）」』］〕”ー")


def name_part(what: str, names: Mapping[tuple[str, str], str] = MappingProxyType({})) -> str:
    """In words, what a code such as "table terms", "setting selection.seats", "decision strategy/A031" or "code" stands for.

    `names`: what accounts are called, by ("account", code).
    """
    kind, _, name = what.partition(" ")
    if kind == "table" and has_words(f"tables.{name}.title"):
        return words(f"tables.{name}.title")
    if kind == "setting":
        return words("reports.parts.setting", name=name)
    if kind == "decision":
        stage, _, account = name.partition("/")
        subject = [words(f"reports.stages.{stage}"), names.get(("account", account), account)]
        return words("reports.parts.decision", stage=" · ".join(filter(None, subject)))
    if kind in {"text", "file"} and name:
        return words("reports.parts.text_file", file=name.rpartition("/")[2]) if kind == "text" else words("reports.parts.file", file=name)
    return words(f"reports.parts.{kind}")


def name_cause(cause: Cause, names: Mapping[tuple[str, str], str]) -> str:
    """A cause in words, a setting with its values, a decision with who took it."""
    name = name_part(cause.what, names)
    if cause.what.startswith("decision ") and cause.after:
        return words("reports.diff.by", what=name, who=cause.after)
    if not cause.what.startswith("setting") or not cause.before or not cause.after:
        return name
    return f"{name} {words('reports.diff.arrow', before=cause.before, after=cause.after)}"


def say_code(value: object) -> str:
    """A coded value in words; one that no word list knows as it is."""
    return cell_text(value, {"kind": "code"}) if value is None or has_words(f"codes.{value}") else str(value)


def name_subject(subject: tuple[str, str, str], names: Mapping[tuple[str, str], str]) -> str:
    """The report of `subject` (stage, edition, account) in words."""
    stage, edition, account = subject
    told = [words(f"reports.stages.{stage}"), names.get(("account", account), account)]
    return " · ".join([*filter(None, told), *([words("reports.joint")] if edition == "joint" else [])])


def some(names: list[str], *, most: int, more: str = "accounts") -> str:
    """`names` joined, the first `most` of them where there are more `more`: accounts, or parts of whatever kind."""
    if len(names) <= most:
        return say_value(names, "list")
    return words(f"reports.more_{more}", names=names[:most], n=len(names) - most)


def width_of_terminal() -> int:
    """Columns that a line may take."""
    return shutil.get_terminal_size((WIDTH, 40)).columns - 3


def text_table(columns: list[dict], rows: list[list]) -> list[str]:
    """Lines of a plain table for the terminal: numbers right, long texts wrapped, the last column into what is left of the line."""
    shown = [i for i, column in enumerate(columns) if column["kind"] != "id"]
    units = [columns[i]["unit"] for i in shown]
    heads = [[columns[i]["label"] for i in shown], *([units] if any(units) else [])]
    cells = [*heads, *[[cell_text(row[i], columns[i]) for i in shown] for row in rows]]
    widths = [min(MOST, max(width_of(line[place]) for line in cells)) for place in range(len(shown))]
    left = sum(widths[:-1]) + GAP * (len(shown) - 1)
    widths[-1] = max(LEAST, width_of_terminal() - left)
    rights = [columns[i]["kind"] in RIGHT for i in shown]
    lines = [[text for line in part for text in _lines(line, widths, rights)] for part in (heads, cells[len(heads):])]
    return [*lines[0], "─" * max(width_of(line) for part in lines for line in part), *lines[1]]


def _lines(cells: list[str], widths: list[int], rights: list[bool]) -> list[str]:
    """One row as lines: as many as its longest cell takes."""
    wrapped = [wrap(text, width) for text, width in zip(cells, widths, strict=True)]
    lines = zip_longest(*wrapped, fillvalue="")
    return [(" " * GAP).join(_pad(text, width, right) for text, width, right in zip(line, widths, rights, strict=True)).rstrip()
            for line in lines]


def _pad(text: str, width: int, right: bool) -> str:
    room = " " * (width - width_of(text))
    return room + text if right else text + room


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns, broken at spaces or between wide letters."""
    lines, line = [], ""
    for word in _words(text):
        if line and width_of(line + word.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += word
    return [*lines, line.rstrip()]


def _words(text: str) -> list[str]:
    """The pieces of `text` that a line break may stand between: never before a closing mark or after an opening one."""
    pieces = [""]
    for letter, following in zip(text, f"{text[1:]} ", strict=False):
        pieces[-1] += letter
        if (letter == " " or width_of(letter) == 2) and letter not in OPENING and following not in CLOSING:
            pieces.append("")
    return [piece for piece in pieces if piece]
