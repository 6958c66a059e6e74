"""Two published ledgers, mapped without code: their totals tie exactly, with every rounding difference in sight."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from kamnb.intake.reading import read_tables
from kamnb.intake.source import Source
from kamnb.ledger import KEYS, build_panels

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
BICYCLES, STORE = DATA / "adventureworks_reseller", DATA / "jp_superstore"

BICYCLE_MAPPING = """
[sales]
path = "fact_reseller_sales.parquet"
round_lines = "total"
columns = { date = "OrderDate", account = "ResellerKey", product = "ProductKey", quantity = "OrderQuantity", \
net_sales = "SalesAmount", list_sales = "ExtendedAmount", cost = "TotalProductCost", doc = "SalesOrderNumber" }
[accounts]
path = "dim_reseller.csv"
columns = { account = "ResellerKey", name = "ResellerName", channel = "BusinessType", \
region = "EnglishCountryRegionName", size = "NumberEmployees" }
join = [{ path = "dim_geography.csv", on = { GeographyKey = "GeographyKey" } }]
[products]
path = "dim_product.csv"
round_lines = true
columns = { product = "ProductKey", name = "EnglishProductName", category = "EnglishProductCategoryName", \
list_price = "ListPrice", cost = "StandardCost" }
ignore = { category = [""] }
join = [{ path = "dim_product_subcategory.csv", on = { ProductSubcategoryKey = "ProductSubcategoryKey" } }, \
{ path = "dim_product_category.csv", on = { ProductCategoryKey = "ProductCategoryKey" } }]
"""
STORE_MAPPING = """
[sales]
path = "注文_cp932.csv"
round_lines = "total"
columns = { date = "オーダー日", account = "顧客 ID", product = "製品 ID", quantity = "数量", \
net_sales = "売上", doc = "オーダー ID" }
returned = { path = "返品.csv", doc = "オーダー ID" }
[accounts]
path = "注文_cp932.csv"
distinct = true
columns = { account = "顧客 ID", name = "顧客名", channel = "顧客区分" }
[products]
path = "注文_cp932.csv"
distinct = true
columns = { product = "製品 ID", name = "製品名", category = "カテゴリ" }
"""


def sources(mapping: str, **sales: object) -> dict[str, Source]:
    parsed = tomllib.loads(mapping)
    return {name: Source(**(entry | sales if name == "sales" else entry)) for name, entry in parsed.items()}


def line(intake, measure: str = "amount") -> dict:
    return intake.controls.set_index(["table", "measure"]).loc[[("sales", measure)]].iloc[0].to_dict()


@pytest.fixture(scope="module")
def bicycles():
    if not BICYCLES.exists():
        pytest.skip("the published ledgers are not beside this checkout")
    return read_tables(BICYCLES, sources(BICYCLE_MAPPING), scale=2, as_of=date(2013, 11, 30))


@pytest.fixture(scope="module")
def store():
    if not STORE.exists():
        pytest.skip("the published ledgers are not beside this checkout")
    return read_tables(STORE, sources(STORE_MAPPING), scale=0, as_of=date(2023, 12, 31))


def test_bicycle_ledger_ties_to_the_cent(bicycles):
    total = line(bicycles)
    assert (total["in_files"], total["accepted"], total["rounding"]) == tuple(
        map(Decimal, ("80450596.9823", "80450596.98", "0.0023")))
    assert line(bicycles, "rows")["accepted"] == 60_855
    assert bicycles.tables["sales"]["net_sales"].sum() == 8_045_059_698
    assert not bicycles.controls["difference"].any()
    assert bicycles.quarantine.empty


def test_bicycle_ledger_rounded_line_by_line_shows_its_difference():
    if not BICYCLES.exists():
        pytest.skip("the published ledgers are not beside this checkout")
    intake = read_tables(BICYCLES, sources(BICYCLE_MAPPING, round_lines=True), scale=2, as_of=date(2013, 11, 30))
    total = line(intake)
    assert (total["accepted"], total["rounding"]) == (Decimal("80450596.11"), Decimal("0.8723"))


def test_bicycle_channels_and_categories(bicycles, tmp_path):
    build_panels(bicycles.tables, out=tmp_path)
    panels = {name: pd.read_parquet(tmp_path / f"{name}.parquet") for name in KEYS}
    assert {name: panel["net_sales"].sum() for name, panel in panels.items()} == dict.fromkeys(KEYS, 8_045_059_698)
    channels = panels["channel_month"].groupby("channel")["net_sales"].sum() / 100
    published = {"Specialty Bike Shop": 6_756_166.18, "Value Added Reseller": 34_967_517.33, "Warehouse": 38_726_913.48}
    assert channels.to_dict() == pytest.approx(published, abs=0.10)
    assert bicycles.tables["accounts"].shape[0] == 701
    assert panels["account_month"]["account"].nunique() == 635
    assert set(panels["account_category_month"]["category"]) == {"Accessories", "Bikes", "Clothing", "Components"}
    assert panels["account_month"]["month"].nunique() == 33


def test_store_ledger_ties_to_the_yen_before_returns(store):
    total = line(store)
    assert (total["in_files"], total["rounding"]) == (Decimal("227176841.5"), Decimal("-0.5"))
    assert total["accepted"] - total["added"] == 227_176_842
    sales = store.tables["sales"]
    assert sales.loc[sales["line_type"] != "return", "net_sales"].sum() == 227_176_842
    assert (line(store, "rows")["in_files"], line(store, "rows")["added"]) == (10_000, 1_257)
    assert not store.controls["difference"].any()


def test_store_masters_and_findings(store):
    assert len(store.tables["accounts"]) == 794
    assert store.tables["accounts"]["channel"].nunique() == 3
    assert set(store.files["encoding"]) == {"cp932", "utf-8"}
    found = {(f["code"], f["table"]): f for f in store.findings.to_dict("records")}
    assert found["K08", "sales"]["value"] == "JP-2019-1432057"
    assert found["K01", "products"]["facts"]["columns"] == "name"
    assert found["N21", "sales"]["severity"] == "FIX"
    assert set(store.findings["severity"]) == {"WARN", "FIX"}


def test_store_panels_keep_gross_and_returns_apart(store, tmp_path):
    build_panels(store.tables, out=tmp_path)
    panel = pd.read_parquet(tmp_path / "account_month.parquet")
    assert panel["gross_sales"].sum() == 227_176_842
    assert panel["returns"].sum() == line(store)["added"]
    assert (panel["returns"] <= 0).all()
    assert panel["month"].nunique() == 48
