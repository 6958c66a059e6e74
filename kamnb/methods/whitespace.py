"""What accounts could buy, measured by what their peers buy."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.methods.series import round_amounts

COLUMNS = ["account", "channel", "category", "size", "sales", "per_size", "peers", "q_low", "q_high",
           "potential_low", "potential_high", "gap_low", "gap_high"]


def benchmark_peers(sales: DataFrame, accounts: DataFrame, *, quantiles: tuple[float, float] = (0.5, 0.75),
                    least: int = 5) -> DataFrame:
    """Potential of every account in every category by the sales per unit of size of its channel's buyers.

    `sales`: account, category, net_sales of one year (minor units); `accounts`: account, channel, size (positive,
    any unit).  Returns, for all pairs of an account with a size and a category, account, channel, category, `size`,
    `sales` (0 = buys nothing), `per_size`, `peers` (other accounts of the channel that buy the category),
    `q_low`, `q_high` (their quantiles of sales per size), `potential_low/high`, `gap_low/high` (potential - sales,
    never below 0; Int64).  With fewer than `least` peers all that rests on them is unknown.
    Source: method.md 2.2 whitespace.
    """
    sized = accounts.loc[accounts["size"].astype(float) > 0, ["account", "channel", "size"]]
    sold = sales.groupby(["account", "category"], observed=True)["net_sales"].sum()
    categories = DataFrame({"category": sorted(sales["category"].unique())}, dtype="str")
    grid = sized.astype({"size": float}).merge(categories, how="cross")
    grid = grid.sort_values(["account", "category"], ignore_index=True)
    pairs = pd.MultiIndex.from_frame(grid[["account", "category"]])
    grid["sales"] = sold.reindex(pairs, fill_value=0).to_numpy(dtype="int64")
    grid["per_size"] = grid["sales"] / grid["size"]
    return _add_potential(grid.join(_peer_quantiles(grid, quantiles=quantiles, least=least)))[COLUMNS]


def _peer_quantiles(grid: DataFrame, *, quantiles: tuple[float, float], least: int) -> DataFrame:
    """`peers`, `q_low`, `q_high` of each row: the other buyers of its category in its channel."""
    rates, buys = grid["per_size"].to_numpy(), grid["sales"].to_numpy() > 0
    found = {"peers": np.zeros(len(grid), dtype="int64")} | {name: np.full(len(grid), np.nan) for name in ("q_low", "q_high")}
    for rows in grid.groupby(["channel", "category"], observed=True).indices.values():
        buyers = rows[buys[rows]]
        order = np.argsort(rates[buyers], kind="stable")
        place = np.full(len(rows), len(buyers))
        place[np.flatnonzero(buys[rows])[order]] = np.arange(len(buyers))
        others = len(buyers) - buys[rows].astype(int)
        found["peers"][rows] = others
        for name, share in zip(("q_low", "q_high"), quantiles, strict=True):
            values = _quantile_without(rates[buyers][order], place, share)
            found[name][rows] = np.where(others >= least, values, np.nan)
    return DataFrame(found, index=grid.index)


def _quantile_without(ordered: np.ndarray, places: np.ndarray, share: float) -> np.ndarray:
    """Quantile of `ordered` without the element at each of `places` (a place past the end leaves nothing out)."""
    count = len(ordered) - (places < len(ordered))
    if not len(ordered):
        return np.full(len(places), np.nan)
    exact = share * np.maximum(count - 1, 0)
    below = np.floor(exact).astype(int)
    above = np.minimum(below + 1, np.maximum(count - 1, 0))
    low, high = (ordered[np.minimum(step + (step >= places), len(ordered) - 1)] for step in (below, above))
    return low + (high - low) * (exact - below)


def _add_potential(grid: DataFrame) -> DataFrame:
    """`grid` with potentials and gaps in minor units."""
    for end in ("low", "high"):
        grid[f"potential_{end}"] = round_amounts(grid[f"q_{end}"] * grid["size"])
        gap = grid[f"potential_{end}"] - grid["sales"]
        grid[f"gap_{end}"] = gap.where(gap.isna() | (gap > 0), 0)
    return grid


def sum_headroom(whitespace: DataFrame, purchases: Series, *, cap: float = 0.5) -> DataFrame:
    """Headroom of each account over its categories, with its range.

    `whitespace`: from `benchmark_peers`; `purchases`: what an account buys a year from all makers (by account; may be
    empty or have gaps).  Returns, by account: `sales`, `headroom_low`, `headroom_high` (minor units, <NA> when no
    category has enough peers), `cells` (categories with a benchmark), `open_cells` (of them not bought at all) and
    `capped`: our sales can hardly exceed `cap` of the purchases (a rule of thumb), so neither can the headroom.
    """
    known = whitespace[whitespace["gap_high"].notna()]
    groups = known.groupby("account", observed=True)
    sums = DataFrame({"sales": whitespace.groupby("account", observed=True)["sales"].sum()})
    room = groups[["gap_low", "gap_high"]].sum().reindex(sums.index)
    limit = round_amounts(purchases.astype("Float64").reindex(sums.index) * cap) - sums["sales"]
    limit = limit.where(limit.isna() | (limit > 0), 0)
    for end in ("low", "high"):
        gap = room[f"gap_{end}"].astype("Int64")
        sums[f"headroom_{end}"] = gap.where(limit.isna() | gap.isna() | (gap <= limit), limit)
    sums["cells"] = groups.size().reindex(sums.index, fill_value=0)
    sums["open_cells"] = (known["sales"] <= 0).groupby(known["account"]).sum().reindex(sums.index, fill_value=0)
    sums["capped"] = (room["gap_high"].astype("Int64") > limit).fillna(False).astype(bool)
    return sums


def measure_breadth(whitespace: DataFrame, *, least: int = 1) -> DataFrame:
    """How many of the categories each account buys: by account `bought`, `categories`, `breadth` (0-1)."""
    groups = (whitespace["sales"] >= least).groupby(whitespace["account"], observed=True)
    table = pd.concat([groups.sum().astype("int64").rename("bought"), groups.size().rename("categories")], axis=1)
    return table.assign(breadth=table["bought"] / table["categories"])
