"""Wholesaler sell-through of the sample: which chains a wholesaler supplied from its own purchases."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame

from kamnb.training.pricing import list_prices
from kamnb.training.world import MONTHS, World, recipe, stream

REPORTED = 24           # months of sell-through that wholesalers report
MARGIN = 0.07           # what the wholesaler adds to our net price
CHAINS_EACH = 6


def report_sellthru(world: World, pairs: DataFrame, cases: np.ndarray, *, moved: np.ndarray) -> DataFrame:
    """Sell-through: month, wholesaler, account, product, quantity, sales (yen).

    The routed account is reported with every product (`moved`, by pair); other chains with the leading product of
    each category, together never more than the wholesaler bought.
    """
    story = recipe("stories")["T12"]
    routed = _cells(pairs, moved, range(len(MONTHS) - REPORTED, len(MONTHS)))
    routed = routed.assign(wholesaler=story["wholesaler"], account=story["account"])
    rng = stream(world.seed, "sellthru")
    left = cases - _taken(pairs, moved, story)
    others = [_supply(world, (pairs, left), house=house, rng=rng) for house in recipe("field")["houses"]["codes"]]
    flows = pd.concat([routed, *others], ignore_index=True)
    flows["sales"] = _value(world, flows)
    flows["month"] = MONTHS[flows["month"]]
    columns = ["month", "wholesaler", "account", "product", "quantity", "sales"]
    return flows[columns].sort_values(columns[:4], ignore_index=True)


def _cells(pairs: DataFrame, table: np.ndarray, months: range) -> DataFrame:
    """The cells of a pair x month table that are not zero, as rows: product, month (place in MONTHS), quantity."""
    row, month = np.nonzero(table)
    kept = np.isin(month, list(months))
    return DataFrame({"product": pairs["product"].to_numpy()[row[kept]], "month": month[kept],
                      "quantity": table[row[kept], month[kept]]})


def _taken(pairs: DataFrame, moved: np.ndarray, story: dict) -> np.ndarray:
    """The moved cases seen from the wholesaler's own pairs."""
    taken = np.zeros_like(moved)
    theirs = pairs.index[pairs["account"] == story["wholesaler"]]
    by_product = DataFrame(moved).groupby(pairs["product"].to_numpy()).sum()
    taken[theirs] = by_product.loc[pairs.loc[theirs, "product"]].to_numpy()
    return taken


def _supply(world: World, trade: tuple[DataFrame, np.ndarray], *, house: str, rng: np.random.Generator) -> DataFrame:
    """What a house sold to its smaller chains of the leading product of each category. `trade`: pairs, cases left by pair."""
    pairs, left = trade
    mine = pairs[pairs["account"] == house]
    leading = mine.index[mine["weight"] == mine.groupby("category")["weight"].transform("max")]
    chains = sorted(rng.choice(_small_chains(world), CHAINS_EACH, replace=False))
    parts = rng.dirichlet(np.full(CHAINS_EACH, 3.0)) * 0.72
    flows = []
    for chain, part in zip(chains, parts, strict=True):
        swing = rng.uniform(0.85, 1.0, (len(leading), len(MONTHS)))
        cells = np.floor(left[leading] * part * swing).astype("int64")
        rows = _cells(pairs.loc[leading].reset_index(drop=True), cells, range(len(MONTHS) - REPORTED, len(MONTHS)))
        flows.append(rows.assign(wholesaler=house, account=chain))
    return pd.concat(flows, ignore_index=True)


def _small_chains(world: World) -> list[str]:
    """Regional chains that a wholesaler may supply: small, with a steady life and no story of their own."""
    stories = recipe("stories")
    apart = {*stories["trade"]["opened"], *stories["trade"]["closed"], *stories["key"]["accounts"]}
    small = world.accounts[(world.accounts["channel"] == "RSM") & (world.accounts["sales"] < 150)]
    return [account for account in small.index if account not in apart]


def _value(world: World, flows: DataFrame) -> np.ndarray:
    """Yen at the wholesaler's selling price: our list price less its discount, plus its margin."""
    listed = list_prices(world).to_numpy()[world.products.index.get_indexer(flows["product"]), flows["month"]]
    paid = 1 - world.accounts["discount"].loc[flows["wholesaler"]].to_numpy()
    return np.rint(flows["quantity"] * listed * paid * (1 + MARGIN)).astype("int64")
