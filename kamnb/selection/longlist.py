"""The long list: who the accounts are, how large and how steady."""

from __future__ import annotations

from typing import Literal

import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.calendar import add_years, last_complete_month, year_end
from kamnb.methods.growth import measure_growth, total_years
from kamnb.methods.segmentation import advise_period, classify_abc, classify_xyz, cross_abc_xyz
from kamnb.methods.series import deseasonalise
from kamnb.money import ratio
from kamnb.settings import Choices

BLIND = 0.9  # share of Z accounts from which the classes no longer tell accounts apart
COLUMNS = ["account", "name", "channel", "channel_name", "group", "net_sales", "previous_sales", "change", "growth",
           "case", "share", "tenure", "margin", "margin_rate"]
STEADY_MONTHS = 24  # older months tell of growth, not of unrest


def list_accounts(panel: DataFrame, accounts: DataFrame, channels: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """Accounts that bought in the last twelve complete months and have not closed, largest first.

    `panel`: account_month; `accounts`, `channels`: the masters.  Returns account, name, channel, channel_name, group
    (the account itself outside groups), `net_sales`, `previous_sales`, `change` (minor units), `growth` (fraction),
    `case`, `share` (of these sales), `tenure` (years since the first trade known), `margin`, `margin_rate` (sales less
    cost; unknown where a cost is).  An account whose first purchase lies after the year before has begun has no growth
    (case "new"): its first year is a start, not a year.  Source: method.md D15, faults.md d.3.
    """
    yearly = add_years(panel, as_of=as_of)
    if yearly.empty:
        return _type_list(DataFrame(columns=COLUMNS))
    grown = measure_growth(total_years(yearly)).rename(columns={"current": "net_sales", "base": "previous_sales",
                                                                "rate": "growth"})
    table = grown.join(accounts.set_index("account")[["name", "channel", "group", "opened", "closed"]])
    table = table[(table["net_sales"] > 0) & ~(table["closed"] <= as_of)]
    table = table.join(_first_months(panel)).join(_margins(yearly))
    table["begun"] = table[["opened", "first_month"]].min(axis=1)
    fresh = (table["begun"] > year_end(2, as_of=as_of) + pd.Timedelta(days=1)) & (table["begun"] > panel["month"].min())
    table["case"] = table["case"].mask(fresh & (table["case"] == "grew"), "new")
    table["growth"] = table["growth"].mask(fresh)
    table["share"] = ratio(table["net_sales"].astype(float), Series(float(table["net_sales"].sum()), table.index))
    table["tenure"] = (as_of - table["begun"]).dt.days / 365.25
    table["group"] = table["group"].where(table["group"].notna(), table.index)
    table["margin_rate"] = ratio(table["margin"].astype(float), table["net_sales"].astype(float))
    return _type_list(_name_channels(table.rename_axis("account").reset_index(), channels))


def _first_months(panel: DataFrame) -> Series:
    return panel[panel["net_sales"] > 0].groupby("account")["month"].min().rename("first_month")


def _margins(yearly: DataFrame) -> Series:
    """Sales less cost of the latest year by account; unknown where any cost is unknown."""
    latest = yearly[yearly["year"] == yearly["year"].max()]
    sums = latest.astype({"cost": "Int64"}).groupby("account")[["net_sales", "cost"]].sum(skipna=False)
    return (sums["net_sales"] - sums["cost"]).astype("Int64").rename("margin")


def _name_channels(table: DataFrame, channels: DataFrame) -> DataFrame:
    names = channels.set_index("channel")["name"]
    named = table["channel"].map(names)
    ordered = table.assign(channel_name=named.where(named.notna(), table["channel"]))
    return ordered.sort_values(["net_sales", "account"], ascending=[False, True], ignore_index=True)


def _type_list(table: DataFrame) -> DataFrame:
    kinds = dict.fromkeys(["net_sales", "previous_sales", "change", "margin"], "Int64")
    return table[COLUMNS].astype(kinds | dict.fromkeys(["growth", "share", "tenure", "margin_rate"], float))


def level_seasons(panel: DataFrame, accounts: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """The last 24 complete months of `panel` (account, channel, month, net_sales) without the season of the channel.

    The season is left in when a channel has months without any sales: a series with gaps has no honest season.
    Source: method.md 2.2 ABC-XYZ.
    """
    last = last_complete_month(as_of)
    channel = panel["account"].map(accounts.set_index("account")["channel"])
    kept = panel.loc[panel["month"] <= last, ["account", "month", "net_sales"]].assign(channel=channel)
    months = kept.groupby("channel")["month"].agg(["nunique", "min"])
    span = (last.year - months["min"].dt.year) * 12 + last.month - months["min"].dt.month + 1
    level = deseasonalise(kept, of="channel") if (months["nunique"] >= span).all() else kept
    return level[level["month"] > last - pd.DateOffset(months=STEADY_MONTHS)].reset_index(drop=True)


def try_periods(steady: DataFrame, *, choices: Choices) -> DataFrame:
    """Whether steadiness (XYZ) tells accounts apart by month and by quarter: `segmentation.advise_period` under `choices`.

    `steady`: from `level_seasons`.
    """
    return advise_period(steady, sd=choices.xyz_sd, cuts=choices.xyz_cuts)


def choose_period(advice: DataFrame, *, choices: Choices) -> Literal["month", "quarter"]:
    """Period by which steadiness is judged: the engagement's choice or, on "auto", what tells accounts apart.  `advice`: from
    `try_periods`."""
    if choices.xyz_period != "auto":
        return choices.xyz_period
    return "quarter" if (advice.loc[advice["advised"], "period"] == "quarter").any() else "month"


def name_advice(advice: DataFrame, *, choices: Choices) -> Literal["month", "quarter", "neither"]:
    """Which period tells steady accounts from unsteady ones; neither when nearly all are unsteady by quarter too."""
    blind = advice["share_z"].min() > BLIND if len(advice) else False
    return "neither" if blind else choose_period(advice, choices=choices)


def summarise_period(steady: DataFrame, advice: DataFrame) -> dict[str, object]:
    """Share of Z accounts by month and by quarter: `z_months`, `z_quarters`, and `accounts`; {} without sales."""
    if advice.empty:
        return {}
    share = advice.set_index("period")["share_z"]
    return {"z_months": share["month"], "z_quarters": share["quarter"], "accounts": int(steady["account"].nunique())}


def segment_accounts(listed: DataFrame, steady: DataFrame, *, period: Literal["month", "quarter"], choices: Choices
                     ) -> DataFrame:
    """`listed` with its classes: `class_abc` by sales of the year, `class_xyz` by steadiness per `period`.

    `steady`: from `level_seasons`.  Source: method.md D15-D17, 2.3 choices 1 and 2.
    """
    abc = classify_abc(listed.set_index("account")["net_sales"], cuts=choices.abc_cuts, crossing=choices.abc_crossing)
    xyz = classify_xyz(steady, by=period, sd=choices.xyz_sd, cuts=choices.xyz_cuts)["xyz"]
    return listed.assign(class_abc=listed["account"].map(abc["abc"]).astype("str"),
                         class_xyz=listed["account"].map(xyz).astype("str").fillna("-"))


def cross_segments(segments: DataFrame) -> DataFrame:
    """The fields of ABC by XYZ: `class_abc`, `class_xyz`, `accounts`, `net_sales`, `share`; none without accounts."""
    keyed = segments.set_index("account").rename(columns={"class_abc": "abc", "class_xyz": "xyz", "net_sales": "value"})
    grid = cross_abc_xyz(keyed[["value", "abc"]], keyed[["xyz"]])
    return grid.rename(columns={"abc": "class_abc", "xyz": "class_xyz", "sales": "net_sales"})


def summarise_list(segments: DataFrame, panel: DataFrame) -> dict[str, object]:
    """Numbers of the long list: `accounts`, `asleep` (bought before, not in the last year), `a_accounts`, `a_share`,
    `steady` (class AX and AY accounts), `largest` (name), `largest_share`; {} without accounts."""
    if segments.empty:
        return {}
    a_class = segments[segments["class_abc"] == "A"]
    return {"accounts": len(segments), "asleep": panel["account"].nunique() - len(segments), "a_accounts": len(a_class),
            "a_share": a_class["share"].sum(), "steady": int(a_class["class_xyz"].isin(["X", "Y"]).sum()),
            "largest": segments["name"].iloc[0], "largest_share": segments["share"].iloc[0]}
