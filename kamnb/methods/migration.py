"""Classes side by side and over the years: which rule says what, and who moved from class to class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.methods.growth import total_years
from kamnb.methods.segmentation import Period, classify_abc, classify_frequency, classify_xyz
from kamnb.methods.series import deseasonalise

NONE = "none"  # the class of an account that bought nothing in the year
ORDER = {"A": 0, "B": 1, "C": 2, "X": 0, "Y": 1, "Z": 2, "-": 3, NONE: 4}
CLASSES = {"account": "str", "year": "datetime64[us]", "value": "int64", "rank": "int64", "share": float, "abc": "str",
           "xyz": "str", "cell": "str"}
MOVES = {"from": "str", "to": "str", "accounts": "int64", "value_base": "int64", "value": "int64", "change": "int64",
         "row_share": float}
MOVERS = {"account": "str", "from": "str", "to": "str", "value_base": "int64", "value": "int64", "change": "int64",
          "move": "str"}
RULES = ["by_month", "by_season", "by_quarter", "by_frequency", "agree"]


@dataclass(frozen=True)
class ClassRules:
    """Choices behind ABC and XYZ (method.md 2.3, choices 1 and 2)."""

    cuts: tuple[float, float] = (0.8, 0.95)
    crossing: Literal["included", "excluded"] = "included"
    xyz_cuts: tuple[float, float] = (0.10, 0.25)
    by: Period = "month"
    sd: Literal["population", "sample"] = "population"


USUAL = ClassRules()


def compare_crossings(values: Series, *, cuts: tuple[float, float] = (0.8, 0.95)) -> DataFrame:
    """The accounts whose ABC class depends on whether the one that crosses a cut still counts as better.

    Returns, by account: `value`, `cumulative`, `included`, `excluded` (the two classes); no row where both agree.
    Source: method.md 2.3 choice 2.
    """
    one, other = (classify_abc(values, cuts=cuts, crossing=rule) for rule in ("included", "excluded"))
    found = one[["value", "cumulative"]].assign(included=one["abc"], excluded=other["abc"])
    return found[found["included"] != found["excluded"]]


def compare_steadiness(panel: DataFrame, *, rules: ClassRules = USUAL) -> DataFrame:
    """Every account's steadiness by the four XYZ rules side by side.

    `panel`: account, month, net_sales.  Returns, by account: `by_month` (variation of the months as they are),
    `by_season` (months with the common season taken out), `by_quarter` (quarters, season taken out), `by_frequency`
    (how often and how regularly it buys) and `agree` (number of the rules that say what most of them say).
    Source: method.md D16, 2.2 ABC-XYZ.
    """
    smooth = deseasonalise(panel)
    named = {"sd": rules.sd, "cuts": rules.xyz_cuts}
    found = DataFrame({"by_month": classify_xyz(panel, **named)["xyz"], "by_season": classify_xyz(smooth, **named)["xyz"],
                       "by_quarter": classify_xyz(smooth, by="quarter", **named)["xyz"],
                       "by_frequency": classify_frequency(panel)["xyz"]})
    codes = found.to_numpy(dtype=object)
    votes = np.stack([(codes == name).sum(axis=1) for name in ("X", "Y", "Z", "-")], axis=1)
    return found.assign(agree=votes.max(axis=1) if len(found) else Series(dtype="int64"))[RULES]


def trace_classes(panel: DataFrame, *, rules: ClassRules = USUAL) -> DataFrame:
    """The class of every account in every year, by size of that year's sales and steadiness of its months.

    `panel`: account, month, year, net_sales (calendar.add_years).  Returns account, year, `value`, `rank`, `share`,
    `abc`, `xyz` (of that year, the common season taken out) and `cell` ("AX"); an account that bought nothing in a year
    has the class "none" there.  By account and year.  Source: method.md D15-D17.
    """
    yearly, smooth, parts = total_years(panel), deseasonalise(panel), []
    for year in yearly.columns:
        sizes = classify_abc(yearly[year], cuts=rules.cuts, crossing=rules.crossing)
        months = smooth[(smooth["year"] == year).to_numpy()]
        steady = classify_xyz(months, by=rules.by, sd=rules.sd, cuts=rules.xyz_cuts)["xyz"].reindex(sizes.index)
        bought = sizes["value"] != 0
        part = sizes[["value", "rank", "share"]].assign(year=year, abc=sizes["abc"].where(bought, NONE),
                                                        xyz=steady.where(steady.notna(), "-").where(bought, NONE))
        parts.append(part.reset_index())
    table = pd.concat(parts, ignore_index=True) if parts else DataFrame(columns=list(CLASSES))
    whole = table["abc"].isin(list("ABC")) & table["xyz"].isin(list("XYZ"))
    cell = (table["abc"].astype("str") + table["xyz"].astype("str")).where(whole, "-").where(table["abc"] != NONE, NONE)
    return table.assign(cell=cell).sort_values(["account", "year"], ignore_index=True).astype(CLASSES)[list(CLASSES)]


def cross_migration(classes: DataFrame, *, of: Literal["abc", "xyz", "cell"] = "abc") -> DataFrame:
    """From which class to which class accounts moved between the last two years, with their money.

    `classes`: from `trace_classes`.  Returns `from`, `to`, `accounts`, `value_base`, `value`, `change` (minor units)
    and `row_share` (of the accounts of that class a year before).  "none" = bought nothing: new and lost accounts; all
    fields of A, B, C (X, Y, Z) and none come back, for `cell` those that occur.  Values of both years tie to the totals.
    Source: method.md D15 (class migration matrix).
    """
    movers = list_movers(classes, of=of)
    cells = movers.groupby(["from", "to"])[["value_base", "value", "change"]].sum()
    cells.insert(0, "accounts", movers.groupby(["from", "to"]).size())
    if of != "cell" and len(movers):
        names = [*("ABC" if of == "abc" else "XYZ"), *(["-"] if (movers[["from", "to"]] == "-").any(axis=None) else []), NONE]
        fields = pd.MultiIndex.from_product([names, names], names=["from", "to"])
        cells = cells.reindex(fields[:-1], fill_value=0)
    table = cells.reset_index()
    whole = table.groupby("from")["accounts"].transform("sum")
    table["row_share"] = table["accounts"] / whole.where(whole > 0)
    return table.astype(MOVES)[list(MOVES)]


def list_movers(classes: DataFrame, *, of: Literal["abc", "xyz", "cell"] = "abc") -> DataFrame:
    """Every account with its class in the last two years, largest change of sales first.

    Returns account, `from`, `to`, `value_base`, `value`, `change` and `move`: up, down, same, sideways (of `cell`: up in
    one, down in the other), new, lost or unclear (a class that cannot be told).  Accounts without sales in both years
    are left out.
    """
    years = sorted(classes["year"].unique())[-2:] if classes["year"].nunique() > 1 else [pd.NaT, pd.NaT]
    base, now = (classes[classes["year"] == year].set_index("account")[["value", of]] for year in years)
    both = base.rename(columns={"value": "value_base", of: "from"}).join(now.rename(columns={of: "to"}), how="outer")
    both = both[~((both["from"] == NONE) & (both["to"] == NONE))]
    both = both.assign(change=both["value"] - both["value_base"], move=_name_moves(both["from"], both["to"]))
    return both.rename_axis("account").reset_index().sort_values(
        ["change", "account"], key=lambda column: -column.abs() if column.name == "change" else column,
        ignore_index=True).astype(MOVERS)[list(MOVERS)]


def _name_moves(before: Series, after: Series) -> Series:
    """The direction of each move, letter by letter."""
    steps = DataFrame({place: after.str[place].map(ORDER).astype(float) - before.str[place].map(ORDER).astype(float)
                       for place in (0, 1)})
    known = ~before.isin(["-", NONE]) & ~after.isin(["-", NONE])
    better, worse = (steps < 0).any(axis=1), (steps > 0).any(axis=1)
    rules = [before == NONE, after == NONE, ~known, better & worse, better, worse]
    names = ["new", "lost", "unclear", "sideways", "up", "down"]
    return Series(np.select([rule.to_numpy(dtype=bool) for rule in rules], names, "same"), index=before.index, dtype="str")


def measure_mobility(movers: DataFrame) -> DataFrame:
    """How much moved, by kind of move: `accounts`, `value_base`, `value`, `change` and `share` (of all accounts).

    `movers`: from `list_movers`; by `move` (index), all kinds in fixed order.
    """
    kinds = pd.Index(["up", "same", "sideways", "down", "new", "lost", "unclear"], name="move", dtype="str")
    found = movers.groupby("move")[["value_base", "value", "change"]].sum()
    found.insert(0, "accounts", movers.groupby("move").size())
    found = found.reindex(kinds if len(movers) else kinds[:0], fill_value=0)
    return found.assign(share=found["accounts"] / max(len(movers), 1))
