"""Sales lines summed to panels: account, channel, category and product by month. The only module that uses ibis."""

from __future__ import annotations

from pathlib import Path

import ibis
import pandas as pd
import pyarrow as pa
from ibis.expr.types import Column, Table
from pandas import DataFrame

from kamnb.errors import InputError
from kamnb.intake.dictionary import empty_table
from kamnb.intake.exact import whole_sum
from kamnb.money import LIMIT

NO_CATEGORY = "-"
KEYS = {
    "account_month": ("account", "month"),
    "account_category_month": ("account", "category", "month"),
    "account_product_month": ("account", "product", "month"),
    "channel_month": ("channel", "month"),
}
TYPES = {pa.int64(): pd.Int64Dtype()}
FINEST_QUANTITY = "decimal(38, 6)"


def build_panels(tables: dict[str, DataFrame], *, out: Path) -> None:
    """Write one parquet file per panel into `out`, sorted by its keys.

    `tables`: accepted tables of the intake; sales and accounts are needed, products give the categories ("-" without).
    Each panel has its keys (KEYS), `lines`, `quantity`, `gross_sales`, `returns` (lines that are returns or credit
    notes, by their line_type or, where they have none, their sign), `net_sales` = gross_sales + returns, `cost` and
    `list_sales` (Int64, missing where a line lacks it), all in minor units; channel_month also `accounts`, those with a
    line in the month.  Raises InputError if amounts are too large to be summed exactly or a panel misses some sales.
    """
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET preserve_insertion_order = false")
    try:
        lines = _lines(tables)
        expected = _summable(tables["sales"])
        for name, keys in KEYS.items():
            panel = connection.to_pyarrow(_panel(lines, keys)).to_pandas(types_mapper=TYPES.get)
            panel = panel.astype(dict.fromkeys(["lines", "gross_sales", "returns", "net_sales"], "int64"))
            _check_total(panel, expected, name=name)
            panel.to_parquet(out / f"{name}.parquet", index=False, compression="zstd")
    finally:
        connection.disconnect()


def _lines(tables: dict[str, DataFrame]) -> Table:
    """Sales lines with month, channel and category."""
    given = {"products": empty_table("products"), **tables}
    needed = {
        "sales": ["account", "product", "date", "quantity", "net_sales", "list_sales", "cost", "margin", "line_type"],
        "accounts": ["account", "channel"],
        "products": ["product", "category"],
    }
    stored = (pa.Table.from_pandas(given[name][columns], preserve_index=False) for name, columns in needed.items())
    sales, accounts, products = map(ibis.memtable, stored)
    lines = sales.left_join(accounts, "account").drop("account_right").left_join(products, "product")
    untyped = lines.line_type.isnull() & (lines.net_sales < 0)
    back = (lines.line_type.isin(["return", "credit"]) | untyped).fill_null(False)
    return lines.mutate(
        cost=lines.cost.fill_null(lines.net_sales - lines.margin),
        month=lines.date.truncate("M").cast("timestamp(6)"), back=back, category=lines.category.fill_null(NO_CATEGORY)
    )


def _panel(lines: Table, keys: tuple[str, ...]) -> Table:
    """`lines` summed by `keys`, sorted by them."""
    measures = {
        "lines": lines.count(),
        "quantity": lines.quantity.cast(FINEST_QUANTITY).sum().cast("float64"),
        "gross_sales": _sum(lines.back.ifelse(0, lines.net_sales)),
        "returns": _sum(lines.back.ifelse(lines.net_sales, 0)),
        "net_sales": _sum(lines.net_sales),
        "cost": _sum_if_complete(lines.cost),
        "list_sales": _sum_if_complete(lines.list_sales),
    }
    if "account" not in keys:
        measures["accounts"] = lines.account.nunique()
    return lines.group_by(list(keys)).aggregate(**measures).order_by(list(keys))


def _sum(column: Column) -> Column:
    """Exact sum; a sum beyond 64 bits fails instead of wrapping around."""
    return column.cast("int64").sum().cast("int64")


def _sum_if_complete(column: Column) -> Column:
    """Sum of `column`, missing where it is unknown in any line."""
    return ibis.ifelse(column.count() == ibis._.count(), _sum(column), ibis.null("int64"))


def _summable(sales: DataFrame) -> int:
    """Accepted net sales in minor units.  Raises InputError where amounts are beyond the range of exact sums."""
    for name in ("net_sales", "cost", "margin", "list_sales"):
        if (reach := whole_sum(sales[name].dropna().abs().to_numpy(dtype="int64"))) > LIMIT:
            raise InputError(
                f"amounts of {reach} minor units in all are too large to be summed exactly",
                f"sales, {name}",
                "Check the unit of the amounts.",
            )
    return whole_sum(sales["net_sales"].to_numpy(dtype="int64"))


def _check_total(panel: DataFrame, expected: int, *, name: str) -> None:
    found = whole_sum(panel["net_sales"].to_numpy())
    if found != expected:
        raise InputError(
            f"panel {name} sums to {found} minor units, the accepted sales to {expected}",
            "sales",
            "This is a fault of the workbook: report it with the engagement's control totals.",
        )
