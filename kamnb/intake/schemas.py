"""The dictionary as pandera schemas: types, allowed words, ranges, unique keys, and what every row must have."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandera.pandas as pa
from pandas import DataFrame, StringDtype

from kamnb.intake.dictionary import DTYPES, Column, Table, dictionary
from kamnb.intake.marks import QUAR, STOP, WARN, Mark

RANGES = {"share": (0, 1), "score": (1, 5)}
TEXT = StringDtype("pyarrow", na_value=np.nan)
"""What "str" is during intake; pandera takes the bare word for what it meant when pandera was imported."""


@cache
def cell_schema(name: str) -> pa.DataFrameSchema:
    """What every cell of table `name` must be. Further columns (translated twins) are let through."""
    return pa.DataFrameSchema({c.name: _column(c) for c in dictionary()[name].columns}, name=name)


@cache
def key_schema(name: str) -> pa.DataFrameSchema:
    """What the keys of table `name` must be together: each there once."""
    key = list(dictionary()[name].key)
    return pa.DataFrameSchema({part: pa.Column(TEXT) for part in key}, unique=key, report_duplicates="all", name=name)


def _column(column: Column) -> pa.Column:
    checks = [pa.Check.in_range(*RANGES[column.kind])] if column.kind in RANGES else []
    checks += [pa.Check.isin(column.choices)] if column.choices else []
    dtype = DTYPES.get(column.kind, "float64")
    return pa.Column(TEXT if dtype == "str" else dtype, checks, nullable=not column.required)


def _failures(schema: pa.DataFrameSchema, frame: DataFrame) -> DataFrame:
    """Cells of `frame` that fail: column, check, failure_case (the value) and index (the row)."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        if errors.failure_cases["index"].isna().any():
            raise TypeError(f"{schema.name}: {errors.failure_cases.to_string()}") from errors
        return errors.failure_cases.astype({"index": "int64"}).sort_values(["column", "check", "index"])
    return DataFrame()


def check_cells(frame: DataFrame, table: Table) -> list[Mark]:
    """Marks for cells that break the schema (their `column` is ours): K03 a blank code, N08 another blank,
    N22 a number out of range, N23 a word that is not allowed. In a master's details they cost only the cell."""
    failures = _failures(cell_schema(table.name), frame)
    if failures.empty:
        return []
    return [_cell_mark(group, table.column(name), soft=bool(table.key))
            for (name, _), group in failures.groupby(["column", "check"], sort=True)]


def _cell_mark(group: DataFrame, column: Column, *, soft: bool) -> Mark:
    blank = group["check"].iloc[0] == "not_nullable"
    code = ("K03" if column.kind == "id" else "N08") if blank else "N23" if column.choices else "N22"
    low, high = RANGES.get(column.kind, ("", ""))
    facts = {"ours": column.name, "choices": ", ".join(column.choices), "low": low, "high": high}
    values = [""] * len(group) if blank else group["failure_case"].astype("str").tolist()
    return Mark(code, WARN if soft and not column.required else QUAR, column.name,
                at=group["index"].to_numpy(), values=values, facts=facts)


def check_keys(frame: DataFrame, table: Table) -> list[Mark]:
    """K01 for the rows of `frame` whose key another row has too."""
    failures = _failures(key_schema(table.name), frame) if table.key else DataFrame()
    if failures.empty:
        return []
    first = failures[failures["column"] == table.key[0]]
    return [Mark("K01", STOP, table.key[0], at=first["index"].to_numpy(),
                 values=first["failure_case"].astype("str").tolist(), facts={"ours": table.key[0]})]
