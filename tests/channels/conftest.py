"""A business small enough to reckon by hand: three channels, twelve accounts, two years; and the sample's frames."""

import pandas as pd
import pytest
from pandas import DataFrame

from kamnb import channels
from kamnb.intake.dictionary import empty_table

AS_OF = pd.Timestamp("2024-03-31")
MONTHS = pd.date_range("2022-04-01", "2024-03-01", freq="MS")
SALES = {  # account: channel, a month's sales in the first and in the second year
    "a1": ("A", 1000, 1100), "a2": ("A", 500, 500), "a3": ("A", 300, 200), "a4": ("A", 100, 100), "a5": ("A", 60, 60),
    "a6": ("A", 40, 40), "b1": ("B", 400, 800), "b2": ("B", 200, 200), "b3": ("B", 100, 100), "c1": ("C", 300, 150),
    "c2": ("C", 100, 50), "c3": ("C", 0, 0),
}
MARKET = {"A": (20_000, 24_000), "B": (10_000, 10_000), "C": (4_000, 3_000)}  # a month, first and second year


@pytest.fixture
def panel():
    """Panel account_category_month: cost is 60 % of sales, list price 125 % of them."""
    rows = [(account, "tea", month, first if month < MONTHS[12] else second)
            for account, (_, first, second) in SALES.items() for month in MONTHS]
    frame = DataFrame(rows, columns=["account", "category", "month", "net_sales"])
    return frame.assign(cost=(frame["net_sales"] * 3 // 5).astype("Int64"),
                        list_sales=(frame["net_sales"] * 5 // 4).astype("Int64"))


@pytest.fixture
def accounts():
    """The accounts table: a2 joined a1 in the second year."""
    named = empty_table("accounts").reindex(range(len(SALES)))
    named["account"] = list(SALES)
    named["name"] = [f"Account {account}" for account in SALES]
    named["channel"] = [channel for channel, _, _ in SALES.values()]
    named.loc[named["account"].isin(["a1", "a2"]), "group"] = "a1"
    named.loc[named["account"] == "a2", "group_from"] = pd.Timestamp("2023-06-01")
    return named


@pytest.fixture
def names():
    """The channels table, without a name for channel C."""
    return empty_table("channels").reindex(range(2)).assign(channel=["A", "B"], name=["Chains", "Online"])


@pytest.fixture
def market():
    """The market table by month."""
    rows = [(month, channel, first if month < MONTHS[12] else second)
            for channel, (first, second) in MARKET.items() for month in MONTHS]
    return DataFrame(rows, columns=["month", "channel", "sales"])


@pytest.fixture
def terms():
    """The terms table: a1 gets 10 % of the invoice and 2,400 a year."""
    rows = empty_table("terms").reindex(range(2))
    return rows.assign(term=["t1", "t2"], account="a1", kind=["fixed_rebate", "promotion_funding"],
                       basis=["share_of_invoice", "amount_a_year"], value=[0.10, 2400.0])


@pytest.fixture
def drivers():
    """The cost_drivers table: every account costs 120 a year, a6 far more than it earns."""
    return DataFrame({"account": list(SALES), "activity": "visit", "volume": 12.0, "unit_minutes": 10.0,
                      "cost_per_minute": [1.0 if account != "a6" else 5.0 for account in SALES]})


@pytest.fixture
def months(panel, accounts, names):
    return channels.place_months(panel, accounts=accounts, channels=names, as_of=AS_OF)


@pytest.fixture
def history(months):
    return channels.trace_channels(months)


@pytest.fixture
def position(history, market):
    return channels.compare_market(history, market=market, as_of=AS_OF)


@pytest.fixture
def earnings(months, terms, drivers):
    return channels.trace_earnings(months, terms=terms, drivers=drivers, rules=channels.price_rules(choices(), scale=0))


def choices(**changed):
    """The engagement's choices, defaults but for `changed`."""
    from kamnb.settings import Choices

    return Choices(**changed)
