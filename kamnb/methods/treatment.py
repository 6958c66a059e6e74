"""What each field of the ABC-XYZ grid asks for: how accounts of a size and a steadiness are looked after."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame, Series

from kamnb import money

FIELDS = [f"{size}{steady}" for size in "ABC" for steady in "XYZ"]
TREATMENTS = {"AX": ("plan_together", "key_manager", 12), "AY": ("smooth_orders", "key_manager", 12),
              "AZ": ("find_cause", "key_manager", 12), "BX": ("develop", "account_manager", 4),
              "BY": ("develop_selected", "account_manager", 4), "BZ": ("ask_why", "account_manager", 4),
              "CX": ("serve_lean", "inside_sales", 1), "CY": ("standard_terms", "inside_sales", 1),
              "CZ": ("hand_over", "wholesaler", 1)}  # field: treatment, who looks after it, reviews a year
GRID = {"abc": "str", "xyz": "str", "accounts": "int64", "sales": "int64", "share": float, "profit": "Int64",
        "profit_known": float, "names": "str", "treatment": "str", "cover": "str", "reviews": "int64"}
SHOWN = 3  # names in a field; the rest is in the list of accounts


def list_treatments() -> DataFrame:
    """The treatment of each of the nine fields, as a table to argue about: abc, xyz, `treatment` (code), `cover` (code:
    who looks after it) and `reviews` (a year).  Conventions of the trade, to be set with the client.
    Source: method.md D17.
    """
    rows = [(*field, *TREATMENTS[field]) for field in FIELDS]
    return DataFrame(rows, columns=["abc", "xyz", "treatment", "cover", "reviews"])


def describe_grid(accounts: DataFrame, *, treatments: DataFrame | None = None) -> DataFrame:
    """The nine fields with numbers, sales, profit, the largest names and the treatment.

    `accounts`: name, abc, xyz, sales, profit (minor units; <NA> = unknown); `treatments`: as `list_treatments` returns
    it, in case the client has changed it.  Returns abc, xyz, `accounts`, `sales`, `share` (of all sales), `profit` (sum
    of the known; <NA> if none), `profit_known` (share of the field's sales of which it is known), `names` (the three
    largest), `treatment`, `cover`, `reviews`.  Accounts without a class are left out.  Source: method.md D17.
    """
    chosen = list_treatments() if treatments is None else treatments
    ordered = accounts.sort_values(["sales", "name"], ascending=[False, True])
    ordered = ordered.assign(covered=ordered["sales"].where(ordered["profit"].notna(), 0))
    groups = ordered.groupby(["abc", "xyz"], observed=True)
    found = groups.agg(accounts=("name", "size"), sales=("sales", "sum"), covered=("covered", "sum"),
                       names=("name", lambda names: " / ".join(names.head(SHOWN))))
    found["profit"] = groups["profit"].sum(min_count=1).astype("Int64")
    found["profit_known"] = money.ratio(found["covered"].astype(float), found["sales"].astype(float))
    grid = chosen.set_index(["abc", "xyz"]).join(found, how="left").reset_index().iloc[: len(chosen) if len(found) else 0]
    grid = grid.assign(**{name: grid[name].fillna(0) for name in ("accounts", "sales")}, names=grid["names"].fillna(""))
    total = accounts["sales"].clip(lower=0).sum()
    return grid.assign(share=grid["sales"] / (total if total > 0 else np.nan)).astype(GRID)[list(GRID)]


def count_load(grid: DataFrame) -> Series:
    """Reviews a year the treatments ask for, by `cover` (accounts x reviews): whether the plan can be kept at all."""
    return (grid["accounts"] * grid["reviews"]).groupby(grid["cover"]).sum().rename("reviews")
