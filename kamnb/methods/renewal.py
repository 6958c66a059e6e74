"""Installed base of long-life goods: how old what an account has bought is, and when it will be replaced."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Timestamp
from scipy.special import ndtr

DUE = {"account": "str", "year": "int64", "installed": float, "age": float, "due": float, "due_share": float, "window_from": float,
       "window_to": float}


def place_replacements(purchases: DataFrame, lives: DataFrame, *, as_of: Timestamp, years: int = 3) -> DataFrame:
    """Units every account is likely to replace in each of the `years` to come.

    `purchases`: account, product, month, quantity (returns negative); `lives`: product (index), life and life_spread
    (years in use and their standard deviation; products without a life, such as consumables, are left out).  The age at
    which a unit is replaced is taken as normal around its life.  Returns account, `year` (1 = the next twelve months),
    `installed` (units still in use today) and their mean `age`, `due` (units), `due_share` (of those installed), and
    `window_from`, `window_to` (years from today between which the middle four fifths of the installed units fall due).
    Source: method.md C22.
    """
    life = purchases["product"].map(lives["life"].astype(float)).astype(float)
    spread = purchases["product"].map(lives["life_spread"].astype(float)).astype(float).clip(lower=1e-6)
    known = life.notna() & spread.notna() & (purchases["month"] <= as_of)
    rows = purchases[known].assign(life=life[known], spread=spread[known])
    rows["age"] = (as_of - rows["month"]).dt.days / 365.25
    reached = {step: ndtr((rows["age"] + step - rows["life"]) / rows["spread"]) for step in range(years + 1)}
    rows["installed"] = rows["quantity"].astype(float) * (1 - reached[0])
    rows["aged"] = rows["installed"] * rows["age"]
    for end, z in (("window_from", -1.2816), ("window_to", 1.2816)):
        left = (rows["life"] + z * rows["spread"] - rows["age"]).clip(lower=0)
        rows[end] = left * rows["installed"]
    for step in range(1, years + 1):
        rows[f"due_{step}"] = rows["quantity"].astype(float) * (reached[step] - reached[step - 1])
    return _sum_accounts(rows, years=years)


def _sum_accounts(rows: DataFrame, *, years: int) -> DataFrame:
    """By account and year, ages and windows weighted by the units installed."""
    sums = rows.groupby("account", observed=True)[
        ["installed", "aged", "window_from", "window_to", *(f"due_{step}" for step in range(1, years + 1))]].sum()
    sums = sums[sums["installed"] > 0.5]  # less than half a unit is nobody's installed base
    whole = sums["installed"]
    parts = [DataFrame({"year": step, "installed": whole, "age": sums["aged"] / whole, "due": sums[f"due_{step}"],
                        "due_share": sums[f"due_{step}"] / whole, "window_from": sums["window_from"] / whole,
                        "window_to": sums["window_to"] / whole}) for step in range(1, years + 1)]
    table = pd.concat(parts).rename_axis("account").reset_index().astype(DUE)
    return table.sort_values(["account", "year"], ignore_index=True)[list(DUE)].replace([np.inf, -np.inf], np.nan)
