"""Stock of the sample's wholesalers and sales at the till of some chains, in step with what the ledger says they bought."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.training.pricing import list_prices
from kamnb.training.world import MONTHS, World, recipe, stream

COUNTED = 25            # month ends of which stock is known: two years and the stock they began with
SHELF_PRICE = 1.22      # price at the till over our list price
SPAN = 3


def count_stock(world: World, slips: DataFrame, sellthru: DataFrame) -> DataFrame:
    """Stock of the reporting wholesalers at month ends: month, account, product, quantity (units of the ledger).

    `slips`: the ledger; `sellthru`: what they reported.  Opening stock + purchases - closing stock is never less than
    what they reported to have sold on.
    """
    rng, parts = stream(world.seed, "stock"), []
    for house in recipe("field")["houses"]["codes"]:
        bought = _by_product(slips[slips["account"] == house].assign(month=_month(slips)))
        told = _by_product(sellthru[sellthru["wholesaler"] == house]).reindex_like(bought).fillna(0)
        wanted = bought.T.rolling(SPAN, min_periods=1).mean().T.clip(lower=0) * _cover(house, rng)
        wanted *= rng.lognormal(0, 0.05, wanted.shape)
        held = _hold(bought.to_numpy(), wanted=wanted.to_numpy(), told=told.to_numpy())
        kept = DataFrame(held, index=bought.index, columns=MONTHS).iloc[:, -COUNTED:]
        rows = kept.rename_axis(columns="month").stack().rename("quantity").reset_index()
        parts.append(rows[rows["quantity"] > 0].assign(account=house))
    columns = ["month", "account", "product", "quantity"]
    return pd.concat(parts, ignore_index=True)[columns].sort_values(columns[:3], ignore_index=True)


def _month(rows: DataFrame) -> Series:
    return rows["date"].dt.to_period("M").dt.start_time.astype("datetime64[us]")


def _by_product(rows: DataFrame) -> DataFrame:
    """Units by product and month, 0 where there were none."""
    wide = rows.groupby(["product", "month"])["quantity"].sum().unstack(fill_value=0)
    return wide.reindex(columns=MONTHS, fill_value=0)


def _cover(house: str, rng: np.random.Generator) -> np.ndarray:
    """Months of sales a house wants in stock; the one of the story takes more and more from a month on."""
    story = recipe("stories")["T15"]
    cover = story["usual"] * rng.lognormal(0, 0.03, len(MONTHS))
    late = np.arange(len(MONTHS)) - MONTHS.get_loc(pd.Timestamp(story["from"])) + 1
    return cover + (story["monthly"] * np.clip(late, 0, None) if house == story["account"] else 0)


def _hold(bought: np.ndarray, *, wanted: np.ndarray, told: np.ndarray) -> np.ndarray:
    """Whole units in stock at each month end: as wanted, but never more than is left after what was reported sold."""
    held = np.zeros_like(bought)
    before = np.rint(wanted[:, 0]).astype("int64")
    for month in range(bought.shape[1]):
        most = before + bought[:, month] - np.maximum(told[:, month], 0)
        before = np.clip(np.rint(wanted[:, month]).astype("int64"), 0, np.maximum(most.astype("int64"), 0))
        held[:, month] = before
    return held


def ring_up(world: World, slips: DataFrame, *, stores: Series) -> DataFrame:
    """Sales at the till of the chains that share them: month, account, product, quantity, sales (yen), shoppers.

    What a chain buys is sold within weeks; shoppers are those of all its stores.  `stores`: number of stores by account.
    """
    rng, parts = stream(world.seed, "tills"), []
    for account, chain in recipe("field")["tills"].items():
        bought = _by_product(slips[slips["account"] == account].assign(month=_month(slips)))
        stock = np.rint(bought.T.rolling(SPAN, min_periods=1).mean().T.clip(lower=0).to_numpy() * chain["cover"]
                        * rng.lognormal(0, 0.05, bought.shape)).astype("int64")
        sold = (bought.to_numpy() - np.diff(stock, axis=1, prepend=stock[:, :1])).clip(min=0)
        years = (np.arange(len(MONTHS)) - len(MONTHS) + 1) / 12
        shoppers = stores[account] * chain["shoppers"] * (1 + chain["growth"]) ** years * rng.lognormal(0, 0.01, len(MONTHS))
        rows = DataFrame(sold, index=bought.index, columns=MONTHS).iloc[:, -COUNTED + 1:].rename_axis(columns="month")
        rows = rows.stack().rename("quantity").reset_index().assign(account=account)
        parts.append(rows.assign(shoppers=rows["month"].map(Series(np.rint(shoppers), index=MONTHS)).astype("int64")))
    flows = pd.concat(parts, ignore_index=True)
    flows = flows[flows["quantity"] > 0]
    listed = list_prices(world).to_numpy()[world.products.index.get_indexer(flows["product"]), MONTHS.get_indexer(flows["month"])]
    columns = ["month", "account", "product", "quantity", "sales", "shoppers"]
    flows = flows.assign(sales=np.rint(flows["quantity"] * listed * SHELF_PRICE).astype("int64"))
    return flows[columns].sort_values(columns[:3], ignore_index=True)
