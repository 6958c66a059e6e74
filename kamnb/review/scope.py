"""What the review covers: the months of the running fiscal year, the accounts with their names, the key accounts."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from pandas import DataFrame, DatetimeIndex, Series, Timestamp

from kamnb import calendar
from kamnb.settings import ReviewSettings, Settings

LARGEST = 10
NAMES = ["account", "name", "channel", "channel_name", "level"]


@dataclass(frozen=True)
class Scope:
    """What is reviewed and how strictly.

    `year`: fiscal year under review, with its complete months (`done`) and the same months a year before (`before`);
    `landing`: fiscal year that still runs; the thresholds of [review] and the way of counting DSO.
    """

    year: int
    landing: int
    done: DatetimeIndex
    before: DatetimeIndex
    as_of: Timestamp
    start: int
    rules: ReviewSettings
    dso: str

    @property
    def last(self) -> Timestamp:
        """First day of the last complete month."""
        return self.done[-1]


    @property
    def landing_months(self) -> DatetimeIndex:
        """The twelve months of the fiscal year that still runs."""
        return calendar.year_months(self.landing, start=self.start)


def set_scope(settings: Settings) -> Scope:
    """The fiscal year of the last complete month before the as-of day, its complete months, and the thresholds.

    `landing` is the next fiscal year when the reviewed one is complete.
    """
    start, as_of = settings.engagement.fiscal_start, Timestamp(settings.engagement.as_of)
    last = calendar.last_complete_month(as_of)
    year, landing = calendar.fiscal_year(Series([last, last + pd.DateOffset(months=1)]), start=start)
    months = calendar.year_months(int(year), start=start)
    done = months[months <= last]
    return Scope(int(year), int(landing), done, done - pd.DateOffset(years=1), as_of, start, settings.review,
                 settings.choices.dso)


def name_accounts(accounts: DataFrame, *, channels: DataFrame) -> DataFrame:
    """Accounts with the names of themselves and their channel: account, name, channel, channel_name, level.

    A channel without a name goes by its code.  Sorted by account.
    """
    names = channels.set_index("channel")["name"]
    named = accounts.assign(channel_name=accounts["channel"].map(names).where(
        accounts["channel"].isin(names.index), accounts["channel"]))
    return named[NAMES].sort_values("account", ignore_index=True)


def sum_categories(panel: DataFrame, products: DataFrame) -> DataFrame:
    """Sales by account, category (in the language of `products`) and month: quantity, net_sales, cost.

    `panel`: account, product, month, quantity, net_sales, cost; a product without a category goes under "-".  cost is
    <NA> where it is unknown for a part.
    """
    categories = panel["product"].map(products.set_index("product")["category"])
    rows = panel.assign(category=categories.astype("str").where(categories.notna(), "-"))
    sums = rows.groupby(["account", "category", "month"])[["quantity", "net_sales"]].sum()
    return sums.assign(cost=rows.groupby(["account", "category", "month"])["cost"].sum(skipna=False)).reset_index()


def place_sales(panel: DataFrame, accounts: DataFrame, *, scope: Scope) -> DataFrame:
    """Rows of `panel` in the months under review, with the names of `accounts` and `period`.

    `panel`: account, month, net_sales and more; `accounts`: from `name_accounts`.  `period` is current (complete
    months of the running year) or base (the same months a year before); other months are left out.
    """
    rows = panel[panel["month"].isin(scope.done.union(scope.before))]
    current = rows["month"].isin(scope.done)
    placed = rows.assign(period=current.map({True: "current", False: "base"}).astype("str"))
    return placed.merge(accounts, on="account", how="left", validate="many_to_one")


def choose_accounts(decision: DataFrame, panel: DataFrame, *, accounts: DataFrame, scope: Scope) -> DataFrame:
    """The key accounts as stage 2 left them, or the largest of the last twelve months where nothing was selected.

    `decision`: saved rows of the selection (account, decision); `panel`: account, month, net_sales; `accounts`: from
    `name_accounts`.  Returns account, name, `net_sales` (last twelve complete months, minor units) and `basis`
    (selected or largest), largest first.
    """
    recent = panel[panel["month"].between(scope.last - pd.DateOffset(months=11), scope.last)]
    sales = recent.groupby("account")["net_sales"].sum()
    table = accounts[["account", "name"]].assign(net_sales=accounts["account"].map(sales).fillna(0).astype("int64"))
    ordered = table.sort_values(["net_sales", "account"], ascending=[False, True])
    chosen = set(decision.loc[decision["decision"] == "key", "account"]) if "decision" in decision else set()
    if chosen & set(table["account"]):
        return ordered[ordered["account"].isin(chosen)].assign(basis="selected").reset_index(drop=True)
    return ordered.head(LARGEST).assign(basis="largest").reset_index(drop=True)


def summarise_scope(keys: DataFrame, *, scope: Scope) -> dict[str, object]:
    """Which months and which key accounts the review speaks of, and the sentence that says so."""
    basis = "selected" if (keys["basis"] == "selected").all() else "largest"
    return {"key": f"review.scope.{basis}", "year": year_end(scope.year, start=scope.start), "months": len(scope.done),
            "first": scope.done[0], "last": scope.last, "accounts": len(keys)}


def year_end(year: int, *, start: int) -> Timestamp:
    """Last day of fiscal year `year` (what names the year in words)."""
    return calendar.year_months(year, start=start)[-1] + pd.offsets.MonthEnd(0)
