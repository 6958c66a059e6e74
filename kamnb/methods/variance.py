"""Why sales changed: price, volume and mix, with new and lost items apart; every split sums exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.methods.series import round_amounts

NUMBERS = ["quantity_base", "sales_base", "quantity", "sales"]
BARS = ["price", "volume", "mix", "new", "delisted", "other", "total"]


def pair_periods(base: DataFrame, current: DataFrame, *, keys: Sequence[str]) -> DataFrame:
    """Two periods side by side: `keys`, quantity_base, sales_base, quantity, sales (minor units), sorted by keys.

    `base`, `current`: panel rows of the two periods with `keys`, quantity, net_sales.  What was not sold is 0.
    """
    old, now = (part.groupby(list(keys), observed=True)[["quantity", "net_sales"]].sum() for part in (base, current))
    every = old.index.union(now.index)
    both = pd.concat([part.reindex(every, fill_value=0) for part in (old, now)], axis=1).set_axis(NUMBERS, axis=1)
    return both.astype(dict(zip(NUMBERS, [float, "int64"] * 2, strict=True))).rename_axis(list(keys)).reset_index()


def decompose_variance(items: DataFrame, *, mix: Literal["own", "average"] = "own") -> DataFrame:
    """The change in sales of every item as price, volume and mix, exactly.

    `items`: quantity_base, sales_base, quantity, sales (minor units), and any keys, from `pair_periods`.  Returns
    the keys and, in minor units, `price`, `volume`, `mix`, `new` (no base quantity), `delisted` (no quantity now),
    `other` (sales without a positive quantity, so without a price) and `total` = sales - sales_base = their sum.
    `mix`: volume valued at the item's own base price or at the average base price; the column totals are the same.
    Source: method.md 2.2 PVM, 2.3 choice 4, oracle O13.
    """
    kind = _kind_of_item(items)
    kept = kind == "kept"
    base, sales_base, quantity, _ = (items[name].astype(float).where(kept, 0.0) for name in NUMBERS)
    old_price = sales_base / base.where(base > 0)
    if mix == "own":
        volume = (quantity.sum() - base.sum()) * sales_base / (base.sum() or np.nan)
    else:
        volume = (quantity - base) * (sales_base.sum() / (base.sum() or np.nan))
    return _fill_bars(items, kind=kind, scopes={"volume": volume, "mix": (quantity - base) * old_price})


def nest_variance(items: DataFrame, *, levels: Sequence[str]) -> DataFrame:
    """The change in sales of every item with the mix told apart by level, exactly.

    `items`: as `decompose_variance`, with the key columns `levels` from the outermost in, for example ["channel",
    "account"].  Returns the keys, `price`, `volume` (of the whole), one `mix_<level>` per level (shift between the
    members of that level), `mix_item` (shift between items inside the innermost), `new`, `delisted`, `other`,
    `total`.  Rows may be summed to any level; all columns but total always sum to total.
    """
    kind = _kind_of_item(items)
    kept = kind == "kept"
    base, sales_base, quantity, _ = (items[name].astype(float).where(kept, 0.0) for name in NUMBERS)
    scopes = {"volume": (quantity.sum() - base.sum()) * sales_base / (base.sum() or np.nan)}
    for depth, level in enumerate(levels, start=1):
        keys = [items[name] for name in levels[:depth]]
        old, now = (part.groupby(keys).transform("sum") for part in (base, quantity))
        scopes[f"mix_{level}"] = (now - old) * sales_base / old.where(old > 0)
    scopes["mix_item"] = (quantity - base) * sales_base / base.where(base > 0)
    return _fill_bars(items, kind=kind, scopes=scopes)


def _kind_of_item(items: DataFrame) -> Series:
    """kept (a price in both periods), new, delisted or other, per row."""
    before, after = items["quantity_base"] > 0, items["quantity"] > 0
    idle_before = (items["quantity_base"] == 0) & (items["sales_base"] == 0)
    idle_after = (items["quantity"] == 0) & (items["sales"] == 0)
    steps = [before & after, idle_before & after, before & idle_after]
    return Series(np.select([step.to_numpy(dtype=bool) for step in steps], ["kept", "new", "delisted"], "other"),
                  index=items.index, dtype="str")


def _fill_bars(items: DataFrame, *, kind: Series, scopes: dict[str, Series]) -> DataFrame:
    """Bars of minor units: `scopes` are the cumulated quantity effects, each rounded once, from wide to narrow."""
    total = items["sales"].astype("int64") - items["sales_base"].astype("int64")
    kept = kind == "kept"
    rounded = DataFrame({name: round_amounts(effect.where(kept, 0.0)) for name, effect in scopes.items()})
    rounded = rounded.astype("int64")
    bars = rounded.diff(axis=1).fillna(rounded).astype("int64")
    price = (total - rounded.iloc[:, -1]).where(kept, 0)
    apart = {name: total.where(kind == name, 0) for name in ("new", "delisted", "other")}
    keys = items.drop(columns=NUMBERS)
    return pd.concat([keys, price.rename("price"), bars, DataFrame(apart), total.rename("total")], axis=1)


def total_variance(variance: DataFrame, *, by: Sequence[str]) -> DataFrame:
    """Bars of `decompose_variance` or `nest_variance` summed to `by` (columns of it), sorted by `by`."""
    bars = [name for name in variance.columns if name in BARS or name.startswith("mix_")]
    return variance.groupby(list(by), observed=True)[bars].sum().reset_index()
