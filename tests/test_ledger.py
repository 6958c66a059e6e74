"""Panels against a second implementation in SQLite on random ledgers, and the laws that any summing must obey."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas import DataFrame
from pandas.testing import assert_frame_equal

from kamnb.errors import InputError
from kamnb.intake.dictionary import dictionary, empty_table
from kamnb.ledger import KEYS, build_panels

MEASURES = ["lines", "quantity", "gross_sales", "returns", "net_sales", "cost", "list_sales"]
FEW = settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MONEY = st.integers(-(10 ** 10), 10 ** 10)
LINES = st.lists(st.fixed_dictionaries({
    "date": st.dates(date(2023, 12, 1), date(2024, 3, 31)), "account": st.sampled_from(["A1", "A2", "００7", "得意先"]),
    "product": st.sampled_from(["P1", "P2", "P9"]), "quantity": st.decimals(-1000, 1000, places=3).map(float),
    "net_sales": MONEY, "list_sales": MONEY | st.none(), "cost": MONEY | st.none(),
    "line_type": st.sampled_from([None, "sale", "return", "credit"])}), min_size=20, max_size=60)
ACCOUNTS = DataFrame({"account": ["A1", "A2", "００7", "得意先"], "channel": ["drug", "store", "drug", "卸"]})
PRODUCTS = DataFrame({"product": ["P1", "P2"], "category": ["tea", "water"]})


def typed(name: str, rows: DataFrame) -> DataFrame:
    """`rows` as the intake would give them."""
    types = {column.name: column.dtype for column in dictionary()[name].columns}
    return rows.reindex(columns=list(types)).astype(types)


def sales_of(lines: list[dict]) -> DataFrame:
    return typed("sales", DataFrame(lines, columns=["date", "account", "product", "quantity", "net_sales", "list_sales",
                                                    "cost", "margin", "line_type"]))


def tables_of(lines: list[dict] | DataFrame) -> dict[str, DataFrame]:
    sales = lines if isinstance(lines, DataFrame) else sales_of(lines)
    return {"sales": sales, "accounts": typed("accounts", ACCOUNTS.assign(name="x")),
            "products": typed("products", PRODUCTS)}


def panels(tables: dict[str, DataFrame], folder: Path) -> dict[str, DataFrame]:
    build_panels(tables, out=folder)
    return {name: pd.read_parquet(folder / f"{name}.parquet") for name in KEYS}


def reference(lines: list[dict], keys: tuple[str, ...]) -> Iterator[dict]:
    """The panel by `keys` from SQLite, quantities as whole thousandths."""
    database = sqlite3.connect(":memory:")
    database.execute("create table s (month, account, product, quantity, net, list, cost, type)")
    database.executemany("insert into s values (?, ?, ?, ?, ?, ?, ?, ?)", [
        (line["date"].replace(day=1).isoformat(), line["account"], line["product"], round(line["quantity"] * 1000),
         line["net_sales"], line["list_sales"], line["cost"], line["line_type"]) for line in lines])
    database.execute("create table a (account, channel)")
    database.executemany("insert into a values (?, ?)", ACCOUNTS.itertuples(index=False))
    database.execute("create table p (product, category)")
    database.executemany("insert into p values (?, ?)", PRODUCTS.itertuples(index=False))
    named = ", ".join({"account": "s.account account", "product": "s.product product", "channel": "channel",
                       "month": "month", "category": "coalesce(category, '-') category"}[key] for key in keys)
    back = "(type in ('return', 'credit') or type is null and net < 0)"
    rows = database.execute(f"""
        select {named}, count(*) lines, sum(quantity) quantity, sum(iif({back}, 0, net)) gross_sales,
               sum(iif({back}, net, 0)) returns, sum(net) net_sales, iif(count(cost) = count(*), sum(cost), null) cost,
               iif(count(list) = count(*), sum(list), null) list_sales, count(distinct s.account) accounts
        from s left join a on a.account = s.account left join p on p.product = s.product
        group by {', '.join(str(n + 1) for n in range(len(keys)))} order by {', '.join(keys)}""")
    names = [column[0] for column in rows.description]
    yield from (dict(zip(names, row, strict=True)) for row in rows)
    database.close()


@given(lines=LINES)
@FEW
def test_panels_equal_a_second_implementation(lines, tmp_path):
    found = panels(tables_of(lines), tmp_path)
    for name, keys in KEYS.items():
        expected = list(reference(lines, keys))
        panel = found[name].assign(month=found[name]["month"].dt.strftime("%Y-%m-%d"),
                                   quantity=(found[name]["quantity"] * 1000).round().astype("int64"))
        columns = [*keys, *MEASURES, *(["accounts"] if name == "channel_month" else [])]
        rows = panel[columns].astype(object).where(panel[columns].notna(), None).to_dict("records")
        assert rows == [{column: row[column] for column in columns} for row in expected]
        assert panel["net_sales"].sum() == sum(line["net_sales"] for line in lines)
        assert (panel["gross_sales"] + panel["returns"]).equals(panel["net_sales"])


@given(lines=LINES, seed=st.integers(0, 1000))
@FEW
def test_order_of_rows_does_not_matter(lines, seed, tmp_path):
    sales = sales_of(lines)
    straight = panels(tables_of(sales), tmp_path)
    mixed = panels(tables_of(sales.sample(frac=1, random_state=seed)), tmp_path)
    for name in KEYS:
        assert_frame_equal(straight[name], mixed[name])


LINE = {"date": date(2024, 1, 5), "account": "A1", "product": "P1", "quantity": 1.0, "net_sales": 100,
        "list_sales": 120, "cost": 60, "line_type": None}


def test_negative_lines_without_a_type_are_returns(tmp_path):
    [row] = panels(tables_of([LINE, LINE | {"net_sales": -30}]), tmp_path)["account_month"].to_dict("records")
    assert (row["gross_sales"], row["returns"], row["net_sales"]) == (100, -30, 70)


def test_negative_sale_and_typed_returns_follow_their_type(tmp_path):
    lines = [LINE | {"net_sales": -30, "line_type": "sale"}, LINE | {"net_sales": -5, "line_type": "credit"}]
    [row] = panels(tables_of(lines), tmp_path)["account_month"].to_dict("records")
    assert (row["gross_sales"], row["returns"]) == (-30, -5)


def test_cost_is_missing_where_one_line_lacks_it(tmp_path):
    panel = panels(tables_of([LINE, LINE | {"cost": None}, LINE | {"account": "A2"}]), tmp_path)["account_month"]
    assert panel["cost"].isna().tolist() == [True, False]
    assert panel["list_sales"].tolist() == [240, 120]
    assert str(panel["cost"].dtype) == "Int64"


def test_margin_stands_in_for_the_cost(tmp_path):
    lines = [LINE | {"cost": None, "margin": 35}, LINE | {"net_sales": -100, "cost": None, "margin": -35}, LINE]
    panel = panels(tables_of(lines), tmp_path)["account_month"]
    assert panel["cost"].tolist() == [65 - 65 + 60]


def test_product_without_a_category_is_kept(tmp_path):
    panel = panels(tables_of([LINE, LINE | {"product": "P9"}]), tmp_path)["account_category_month"]
    assert panel["category"].tolist() == ["-", "tea"]


def test_categories_without_a_product_master(tmp_path):
    tables = tables_of([LINE])
    del tables["products"]
    assert panels(tables, tmp_path)["account_category_month"]["category"].tolist() == ["-"]


def test_empty_ledger_gives_empty_typed_panels(tmp_path):
    full, empty = panels(tables_of([LINE]), tmp_path), panels(tables_of(empty_table("sales")), tmp_path)
    for name in KEYS:
        assert len(empty[name]) == 0
        assert empty[name].dtypes.equals(full[name].dtypes)


def test_sums_beyond_the_exact_range_are_refused(tmp_path):
    with pytest.raises(InputError, match="too large"):
        build_panels(tables_of([LINE | {"net_sales": n * 9 * 10 ** 15} for n in (1, -1)]), out=tmp_path)


def test_same_ledger_gives_the_same_bytes(tmp_path):
    content = []
    for _ in range(2):
        build_panels(tables_of([LINE, LINE | {"account": "A2"}]), out=tmp_path)
        content.append([(tmp_path / f"{name}.parquet").read_bytes() for name in KEYS])
    assert content[0] == content[1]
