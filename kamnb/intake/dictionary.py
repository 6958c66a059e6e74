"""The data dictionary: every table and column the workbook can use, parsed from tables.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
from pandas import DataFrame

from kamnb.errors import InputError, nearest

FILE = Path(__file__).with_name("tables.toml")
TEXT = Path(__file__).resolve().parents[2] / "text"
REQUIRED = ("sales", "accounts")
LANGUAGES = ("en", "ja", "zh")
KINDS = ("id", "text", "date", "month", "amount", "number", "int", "share", "rate", "score", "bool", "choice")
DTYPES = {"id": "str", "text": "str", "choice": "str", "date": "datetime64[us]", "month": "datetime64[us]",
          "amount": "Int64", "int": "Int64", "bool": "boolean"}


@dataclass(frozen=True)
class Column:
    """One column: its kind, whether every row must have it, the table its codes must exist in, its allowed words."""

    name: str
    kind: str
    required: bool
    about: str
    refers: str = ""
    choices: tuple[str, ...] = ()

    @property
    def dtype(self) -> str:
        """Type of the accepted column: whole numbers that are always there need no room for unknown."""
        loose = DTYPES.get(self.kind, "float64")
        return {"Int64": "int64", "boolean": "bool"}.get(loose, loose) if self.required else loose


@dataclass(frozen=True)
class Table:
    """One table: what it holds, its key (empty when rows have none) and its columns."""

    name: str
    about: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        """The column `name`; a text column also answers to its translated twins.  Raises KeyError."""
        found = {column.name: column for column in self.columns}
        base, _, language = name.rpartition("_")
        if name not in found and language in LANGUAGES and base in found and found[base].kind == "text":
            return Column(name, "text", False, f"{found[base].about} ({language})")
        return found[name]

    def knows(self, name: str) -> bool:
        """Whether `name` is a column or the translated twin of one."""
        try:
            return bool(self.column(name))
        except KeyError:
            return False

    def twins(self) -> list[str]:
        """Names that translated twins of the text columns may have."""
        return [f"{c.name}_{language}" for c in self.columns if c.kind == "text" for language in LANGUAGES]


def _column(name: str, text: str) -> Column:
    word, _, about = text.partition(" ")
    required, word = word.endswith("!"), word.removesuffix("!")
    kind, _, refers = word.partition(">")
    choices = tuple(kind.split("|")) if "|" in kind else ()
    column = Column(name, "choice" if choices else kind, required, about, refers, choices)
    if column.kind not in KINDS:
        raise ValueError(f"tables.toml: {name} has the unknown kind {kind!r}")
    return column


@cache
def dictionary() -> dict[str, Table]:
    """Every table of the dictionary by name, in the order of tables.toml."""
    parsed = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: _table(name, entry) for name, entry in parsed.items()}


def _table(name: str, entry: dict) -> Table:
    columns = {column: text for column, text in entry.items() if column not in ("about", "key")}
    return Table(name, entry["about"], tuple(entry.get("key", ())), tuple(_column(*item) for item in columns.items()))


def empty_table(name: str) -> DataFrame:
    """Table `name` with all its typed columns and no rows.  Raises InputError for one the dictionary does not know."""
    if name not in dictionary():
        raise InputError(f"there is no table {name!r}", "data dictionary", nearest(name, dictionary()))
    return DataFrame({c.name: pd.Series(dtype=c.dtype) for c in dictionary()[name].columns})


def describe_dictionary(language: str = "en") -> str:
    """The dictionary as Markdown for data/README.md, head and kinds in `language`."""
    words = tomllib.loads((TEXT / language / "dictionary.toml").read_text(encoding="utf-8"))
    kinds = [f"| {kind} | {words['kinds'][kind]} |" for kind in KINDS]
    head = [f"# {words['title']}", "", words["intro"].strip(), "", f"| {words['kind']} | {words['meaning']} |",
            "| --- | --- |", *kinds]
    return "\n".join([*head, *(line for table in dictionary().values() for line in _describe(table, words))]) + "\n"


def _describe(table: Table, words: dict) -> list[str]:
    """Lines of one table: its name, what it holds, its key and one row per column."""
    must = words["required_table"] if table.name in REQUIRED else words["optional_table"]
    key = f" {words['key'].format(key=', '.join(f'`{k}`' for k in table.key))}" if table.key else ""
    rows = [f"| `{c.name}` | {_kind_of(c)} | {words['yes'] if c.required else ''} | {c.about} |" for c in table.columns]
    return ["", f"## {table.name}", "", f"{table.about} {must}{key}", "",
            f"| {words['column']} | {words['kind']} | {words['must']} | {words['meaning']} |",
            "| --- | --- | --- | --- |", *rows]


def _kind_of(column: Column) -> str:
    """Kind as the reader sees it: allowed words, or the kind with the table its codes must exist in."""
    if column.choices:
        return ", ".join(f"`{choice}`" for choice in column.choices)
    return f"{column.kind} → `{column.refers}`" if column.refers else column.kind


if __name__ == "__main__":
    print(describe_dictionary(), end="")
