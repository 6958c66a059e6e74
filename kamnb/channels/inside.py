"""What lies inside the channels: accounts by size (ABC) and by steadiness of their purchases (XYZ)."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame

from kamnb.methods.segmentation import (
    advise_period,
    classify_abc,
    classify_frequency,
    classify_xyz,
    measure_rhythm,
)
from kamnb.methods.series import deseasonalise
from kamnb.settings import Choices

RULES = ["rule", "x_accounts", "y_accounts", "z_accounts", "too_short", "share_z", "used"]
CLASSES = ["account", "name", "channel", "channel_name", "net_sales", "share", "class_abc", "class_xyz", "variation",
           "active_share"]
FIELDS = ["class_abc", "class_xyz", "accounts", "net_sales", "share"]
INSIDE = ["channel", "channel_name", "accounts", "net_sales", "a_accounts", "a_share", "largest_share", "steady_share"]
BLURRED = 0.9  # above this share of Z the classes tell accounts apart no longer (method.md 2.2, rule of thumb)


def recent_months(months: DataFrame) -> DataFrame:
    """The last two years of `months` without the season all accounts share: what steadiness is judged on."""
    years = sorted(months["year"].unique())[-2:]
    return deseasonalise(months[months["year"].isin(years)])


def compare_rules(months: DataFrame, *, choices: Choices) -> DataFrame:
    """How many accounts each XYZ rule puts in which class, and which rule is used.

    `months`: from `place_months`.  Returns `rule` (by_month, by_quarter: variation of sales by that period;
    by_frequency: how often they buy), x_accounts, y_accounts, z_accounts, too_short (accounts), share_z (of the
    classified) and `used`: by choices.xyz_period, which on auto takes quarters when more than nine in ten accounts are
    Z by month.
    Source: method.md D16, 2.2 ABC-XYZ, 2.3 choice 1.
    """
    recent = recent_months(months)
    advice = advise_period(recent, sd=choices.xyz_sd, cuts=choices.xyz_cuts, limit=BLURRED)
    counts = advice.rename(columns={"X": "x_accounts", "Y": "y_accounts", "Z": "z_accounts", "short": "too_short"})
    auto = choices.xyz_period == "auto"
    counts["used"] = counts["advised"] if auto else counts["period"] == choices.xyz_period
    counts["rule"] = "by_" + counts["period"]
    if counts.empty:
        return counts.reindex(columns=RULES)
    found = classify_frequency(recent)["xyz"].value_counts().reindex(["X", "Y", "Z", "-"], fill_value=0)
    judged = found[["X", "Y", "Z"]].sum()
    often = {"rule": "by_frequency", "x_accounts": found["X"], "y_accounts": found["Y"], "z_accounts": found["Z"],
             "too_short": found["-"], "share_z": found["Z"] / judged if judged else float("nan"), "used": False}
    return pd.concat([counts[RULES], DataFrame([often])], ignore_index=True)


def used_period(rules: DataFrame) -> str:
    """The period (month, quarter) of the rule that `compare_rules` marked as used."""
    used = rules.loc[rules["used"].astype(bool), "rule"]
    return used.iloc[0].removeprefix("by_") if len(used) else "month"


def classify_accounts(months: DataFrame, *, rules: DataFrame, choices: Choices) -> DataFrame:
    """Every account that bought in the latest year with its ABC and XYZ class, largest first.

    `months`: from `place_months`; `rules`: from `compare_rules`.  Returns account, name, channel, channel_name,
    net_sales (latest year, minor units), share (of all that are not negative), class_abc, class_xyz ("-" = none),
    `variation` (sd / mean by the used period, season taken out, two years) and `active_share` (share of months with
    purchases).  Source: method.md D15-D17, oracle O30.
    """
    latest = months[months["year"] == months["year"].max()]
    names = latest.drop_duplicates("account").set_index("account")[["name", "channel", "channel_name"]]
    sales = latest.groupby("account")["net_sales"].sum()
    sizes = classify_abc(sales, cuts=choices.abc_cuts, crossing=choices.abc_crossing)
    recent = recent_months(months)
    steady = classify_xyz(recent, by=used_period(rules), sd=choices.xyz_sd, cuts=choices.xyz_cuts)
    joined = sizes.join(names).join(steady[["xyz", "cv"]]).join(measure_rhythm(recent)["active"])
    named = {"value": "net_sales", "abc": "class_abc", "xyz": "class_xyz", "cv": "variation", "active": "active_share"}
    return joined.rename(columns=named).reset_index()[CLASSES]
