"""The sell-in ledger of the sample: slip lines with list, net and cost amounts, and the returns."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, offsets

from kamnb.training.pricing import PPM, discounts, list_prices, unit_costs
from kamnb.training.world import MONTHS, World, recipe, stream

COLUMNS = ["date", "account", "product", "quantity", "net_sales", "list_sales", "cost", "doc", "line_type",
           "wholesaler"]
RETURN_RATE = 0.006      # share of slip lines that come back in part


def write_slips(world: World, pairs: DataFrame, cases: np.ndarray) -> DataFrame:
    """The ledger, one row per slip line: date, account, product, quantity, net_sales, list_sales, cost (yen), doc, ...

    `pairs`: account, product; `cases`: pairs x months.  Returns are negative rows of the month after.
    """
    row, month = np.nonzero(cases)
    lines = DataFrame({"pair": row, "month": month, "quantity": cases[row, month], "line_type": "sale"})
    lines = pd.concat([lines, _returns(world, pairs, lines)], ignore_index=True)
    lines["account"] = pairs["account"].to_numpy()[lines["pair"]]
    lines["product"] = pairs["product"].to_numpy()[lines["pair"]]
    order = ["month", "account", "line_type", "product"]
    lines = _amounts(world, lines).sort_values(order, ascending=[True, True, False, True])
    lines["date"] = _posting_days(lines)
    lines["doc"] = _slip_numbers(lines)
    lines["wholesaler"] = lines["account"].map(carriers(world))
    return lines[COLUMNS].reset_index(drop=True)


def _returns(world: World, pairs: DataFrame, lines: DataFrame) -> DataFrame:
    """Some lines come back in part in the following month; the account of the pure mix story never returns."""
    rng = stream(world.seed, "returns")
    fixed = pairs["account"].to_numpy()[lines["pair"]] == recipe("stories")["T13"]["account"]
    chance = np.where(lines["quantity"] > 20, RETURN_RATE, 0.0) * ~fixed
    back = lines[(rng.random(len(lines)) < chance) & (lines["month"] < len(MONTHS) - 1)]
    part = rng.uniform(0.02, 0.10, len(back))
    quantity = -np.maximum(np.rint(back["quantity"] * part), 1).astype("int64")
    return back.assign(month=back["month"] + 1, quantity=quantity, line_type="return")


def _amounts(world: World, lines: DataFrame) -> DataFrame:
    """Adds list_sales, net_sales (rounded half away from zero, once per line) and cost, in whole yen."""
    product = world.products.index.get_indexer(lines["product"])
    account = world.accounts.index.get_indexer(lines["account"])
    month = lines["month"].to_numpy()
    units = lines["quantity"].abs().to_numpy()
    sign = np.sign(lines["quantity"].to_numpy())
    listed = units * list_prices(world).to_numpy()[product, month]
    paid = PPM - discounts(world).to_numpy()[account, month]
    net = (listed * paid * 2 + PPM) // (2 * PPM)
    cost = units * unit_costs(world).to_numpy()[product, month]
    return lines.assign(list_sales=sign * listed, net_sales=sign * net, cost=sign * cost)


def _posting_days(lines: DataFrame) -> Series:
    """Month end for most accounts, the twentieth for every fourth one."""
    start = Series(MONTHS[lines["month"]], index=lines.index)
    twentieth = lines["account"].str[1:].astype(int) % 4 == 3
    return (start + offsets.MonthEnd(0)).where(~twentieth, start + pd.Timedelta(days=19))


def _slip_numbers(lines: DataFrame) -> Series:
    """One slip per account, month and kind, numbered through the month, with its leading zeros."""
    months = Series(MONTHS[lines["month"]].strftime("%y%m"), index=lines.index)
    numbers = lines.groupby(["month", "account", "line_type"], sort=False).ngroup()
    first = numbers.groupby(lines["month"]).transform("min")
    return "0" + months + (numbers - first + 1).astype(str).str.zfill(4)


def carriers(world: World) -> Series:
    """The wholesaler that carries the goods of an account (choai), by account; missing where we deliver ourselves."""
    rng = stream(world.seed, "carriers")
    accounts = world.accounts
    houses = accounts.index[accounts["channel"] == "WHL"][:6]
    carried = accounts["channel"].isin(["RSM", "FDS"]) & (rng.random(len(accounts)) < 0.6)
    carried &= ~accounts.index.isin([recipe("stories")["T12"]["account"], *recipe("stories")["key"]["accounts"]])
    chosen = rng.choice(houses, len(accounts), p=[0.32, 0.22, 0.16, 0.12, 0.10, 0.08])
    return Series(chosen, index=accounts.index).where(carried)
