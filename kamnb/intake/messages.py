"""Findings as sentences (code, place, problem, mend; faults.md B) from text/<language>/faults.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache

import pandas as pd

from kamnb.errors import Fault
from kamnb.intake.dictionary import LANGUAGES, TEXT
from kamnb.intake.marks import FIX, WARN

LETTERS = {FIX: "F", WARN: "W"}


@cache
def fault_texts(language: str) -> dict:
    """The texts of every code, and the `form` and `sheet` words, in `language`."""
    if language not in LANGUAGES:
        raise KeyError(f"no fault texts in {language!r}; there are {', '.join(LANGUAGES)}")
    return tomllib.loads((TEXT / language / "faults.toml").read_text(encoding="utf-8"))


def message(finding: Mapping[str, object], language: str) -> str:
    """`finding` (a row of Intake.findings) as one line: code, file, sheet, row, column, problem and mend."""
    said = fault(finding, language)
    form = fault_texts(language)["form"]
    mend = form["mend"].format(mend=said.mend) if said.mend else ""
    return form["line"].format(place=said.where, problem=said.problem, mend=mend).strip()


def fault(finding: Mapping[str, object], language: str) -> Fault:
    """`finding` as a fault: its problem, where it is and how to mend it, in `language`."""
    form = fault_texts(language)["form"]
    entry, facts = _entry(finding, language), _facts(finding)
    if facts.get("more"):
        return Fault(form["rest"].format_map(facts), _place(finding, form))
    if finding["severity"] == FIX:
        return Fault(entry["fix"].format_map(facts), _place(finding, form))
    rows = form["rows"].format_map(facts) if finding["count"] > 1 and not pd.isna(finding["row"]) else ""
    return Fault(entry["problem"].format_map(facts) + rows, _place(finding, form), entry["mend"].format_map(facts))


def _entry(finding: Mapping[str, object], language: str) -> Mapping[str, str]:
    """The texts of the finding's code, those of its case where it has one."""
    texts = fault_texts(language)[finding["code"]]
    case = finding["facts"].get("case")
    return texts[case] if case else texts


def _facts(finding: Mapping[str, object]) -> dict[str, object]:
    """What the placeholders of a text may name."""
    own = {name: finding[name] for name in ("table", "file", "sheet", "row", "column", "value")}
    return {**own, **finding["facts"], "count": f"{finding['count']:,}"}


def _place(finding: Mapping[str, object], form: Mapping[str, str]) -> str:
    """Code and place: file, sheet, row and column as far as they are known."""
    several = finding["severity"] == FIX and finding["count"] > 1
    row = "" if several or pd.isna(finding["row"]) else form["row"].format(row=finding["row"])
    column = form["column"].format(column=finding["column"]) if finding["column"] else ""
    steps = [step for step in (finding["file"], finding["sheet"], row, column) if step]
    return f"{LETTERS.get(finding['severity'], 'E')}-{finding['code']} {form['step'].join(steps)}"
