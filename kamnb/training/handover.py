"""Writes the sample's tables in the client's own formats, and the engagement file that maps them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import xlsxwriter
from pandas import DataFrame, Timestamp

from kamnb.training.world import recipe

PRINTED = Timestamp("2026-01-09").to_pydatetime()     # creation date of every workbook
FOLDER = "tables"


def hand_over(tables: dict[str, DataFrame], out: Path) -> dict[str, dict]:
    """Writes `tables` under `out`/tables as handover.toml says; returns the [tables.*] sections that read them back."""
    specs = recipe("handover")
    sections, sheets = {}, {}
    for name, frame in tables.items():
        spec, theirs = specs[name], frame.rename(columns=specs[name].get("headers", {}))
        if "sheet" in spec:
            sheets.setdefault(spec["path"], {})[spec["sheet"]] = theirs
        else:
            _write_file(theirs, spec, out / FOLDER)
        sections[name] = _section(spec)
    for path, pages in sheets.items():
        _write_workbook(pages, out / FOLDER / path)
    return sections


def _write_file(frame: DataFrame, spec: dict, folder: Path) -> None:
    """One table as parquet (whole or by fiscal year) or CSV (whole or split over two files)."""
    folder.mkdir(parents=True, exist_ok=True)
    if "by_year" in spec:
        _write_years(frame, spec, folder / spec["folder"])
    elif spec["path"].endswith(".parquet"):
        frame.to_parquet(folder / spec["path"], compression="zstd", compression_level=12, index=False)
    else:
        _write_csv(frame, spec, folder)


def _write_years(frame: DataFrame, spec: dict, folder: Path) -> None:
    """A ledger as one parquet file for each fiscal year (April to March)."""
    folder.mkdir(parents=True, exist_ok=True)
    date = frame[spec["headers"]["date"]]
    for year, part in frame.groupby(date.dt.year - (date.dt.month < 4)):
        part.reset_index(drop=True).to_parquet(folder / spec["by_year"].format(year=year), compression="zstd",
                                               compression_level=12, index=False)


def _write_csv(frame: DataFrame, spec: dict, folder: Path) -> None:
    """A CSV file in the table's encoding; columns of `split` go to a second file beside the key."""
    split = spec.get("split", {})
    second = split.get("columns", [])
    dates = spec.get("date_format", "%Y-%m-%d")
    text = frame.drop(columns=second)
    text = text.assign(**{c: text[c].dt.strftime(dates) for c in text.select_dtypes("datetime")})
    text.to_csv(folder / spec["path"], index=False, encoding=spec["encoding"], lineterminator="\r\n")
    if split:
        key = spec["headers"][split["key"]]
        frame[[key, *second]].to_csv(folder / split["path"], index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _write_workbook(pages: dict[str, DataFrame], path: Path) -> None:
    """A workbook with one sheet per table: header in the first row, texts as texts, dates as dates."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        book.set_properties({"created": PRINTED})
        day = book.add_format({"num_format": "yyyy/mm/dd"})
        for title, frame in pages.items():
            sheet = book.add_worksheet(title)
            sheet.write_row(0, 0, list(frame.columns))
            for place, name in enumerate(frame.columns):
                _write_column(sheet, place, frame[name], day)


def _write_column(sheet, place: int, values: pd.Series, day) -> None:
    """One column below its header; a missing value leaves its cell empty."""
    for row, value in enumerate(values, start=1):
        if pd.isna(value):
            continue
        if isinstance(value, Timestamp):
            sheet.write_datetime(row, place, value.to_pydatetime(), day)
        else:
            sheet.write(row, place, value.item() if hasattr(value, "item") else value)


def _section(spec: dict) -> dict:
    """The [tables.<name>] section that reads a table back."""
    path = f"{spec['folder']}/{spec['by_year'].format(year='*')}" if "by_year" in spec else spec["path"]
    section = {"path": f"{FOLDER}/{path}"}
    section |= {key: spec[key] for key in ("sheet", "encoding", "date_format", "unit") if key in spec}
    if "headers" in spec:
        section["columns"] = spec["headers"]
    if "split" in spec:
        key = spec["headers"][spec["split"]["key"]]
        section["join"] = [{"path": f"{FOLDER}/{spec['split']['path']}", "on": {key: key}, "encoding": "utf-8-sig"}]
    return section


def toml_value(value: object) -> str:
    """`value` as TOML: texts and dates, numbers, lists and inline tables."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_toml_key(k)} = {toml_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


def _toml_key(key: str) -> str:
    """A TOML key, quoted where it is not a plain word."""
    return key if key.isascii() and key.replace("_", "").isalnum() else toml_value(key)


def toml_section(title: str, values: dict) -> str:
    """A TOML table under `title`, one line per value."""
    return "\n".join([f"[{title}]", *(f"{_toml_key(k)} = {toml_value(v)}" for k, v in values.items())]) + "\n"
