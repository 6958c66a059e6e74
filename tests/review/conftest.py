"""The sample engagement with its truths, and small frames made by hand."""

import tomllib
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from pandas import DataFrame

from kamnb import review
from kamnb.engagement import open_engagement
from kamnb.intake.dictionary import empty_table
from kamnb.settings import Identity, Settings

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"


@pytest.fixture(scope="session")
def sample():
    return open_engagement(SAMPLE, language="en")


@pytest.fixture(scope="session")
def truth():
    return tomllib.loads((SAMPLE / "truth.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def scope(sample):
    return review.set_scope(sample.settings)


@pytest.fixture(scope="session")
def accounts(sample):
    return review.name_accounts(sample.table("accounts"), channels=sample.table("channels"))


@pytest.fixture(scope="session")
def panel(sample):
    return sample.panel("account_month")


@pytest.fixture(scope="session")
def products(sample):
    return sample.panel("account_product_month")


@pytest.fixture(scope="session")
def categories(sample, products):
    return review.sum_categories(products, sample.table("products"))


@pytest.fixture(scope="session")
def keys(panel, accounts, scope):
    chosen = DataFrame({"account": ["A011", "A088", "A080"], "decision": ["key", "key", "key"]})
    return review.choose_accounts(chosen, panel, accounts=accounts, scope=scope)


@pytest.fixture(scope="session")
def causes(products, categories, accounts, scope):
    items = review.choose_items(*(review.place_sales(rows, accounts, scope=scope) for rows in (products, categories)))
    return review.explain_change(items)


@pytest.fixture(scope="session")
def routes(panel, products, accounts, scope):
    return review.find_reroutings(panel, products, accounts=accounts, scope=scope)


@pytest.fixture(scope="session")
def risks(panel, products, accounts, scope, routes):
    return review.mark_rerouted(review.find_risks(panel, products, accounts=accounts, scope=scope), routes)


@pytest.fixture(scope="session")
def payments(sample, panel, accounts, scope):
    terms = accounts.merge(sample.table("accounts")[["account", "payment_days"]])
    return review.measure_payments(sample.table("ar"), panel, accounts=terms, scope=scope)


@pytest.fixture(scope="session")
def promotions(sample, categories, accounts, scope):
    return review.judge_promotions(categories, sample.table("promos"), accounts=accounts, scope=scope)


@pytest.fixture(scope="session")
def gaps(sample, panel, categories, accounts, keys, scope):
    plan = review.spread_plan(sample.table("plan"), panel, accounts=accounts, scope=scope)
    sales = review.place_sales(categories, accounts, scope=scope)
    return review.compare_accounts(review.cut_plan(plan, scope=scope), sales, keys=keys, scope=scope)


def scope_at(day: str, *, start: int = 4, **rules) -> review.Scope:
    """The scope of an engagement as of `day`."""
    identity = Identity(name="x", client="x", as_of=date.fromisoformat(day), fiscal_start=start)
    return review.set_scope(Settings(engagement=identity, review=rules))


def two_accounts() -> DataFrame:
    """Accounts A and B in channels R and W, as name_accounts gives them."""
    rows = [("A", "Alpha", "R", "Retail", "chain"), ("B", "Beta", "W", "Wholesale", "wholesaler")]
    return DataFrame(rows, columns=["account", "name", "channel", "channel_name", "level"])


def monthly(sales: dict[str, dict[str, int]]) -> DataFrame:
    """account, month, net_sales from {account: {month: sales}}."""
    rows = [(account, pd.Timestamp(month), amount)
            for account, months in sales.items() for month, amount in months.items()]
    return DataFrame(rows, columns=["account", "month", "net_sales"])


def plan_rows(rows: list[dict]) -> DataFrame:
    """The plan table with `rows`, typed as intake does."""
    table = empty_table("plan")
    typed = DataFrame(rows, columns=table.columns).assign(month=lambda t: pd.to_datetime(t["month"]))
    return typed.astype(table.dtypes)
