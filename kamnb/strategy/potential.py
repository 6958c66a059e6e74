"""What the account could buy: its categories against those of its peers."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.calendar import add_years, year_end
from kamnb.methods.whitespace import benchmark_peers, sum_headroom
from kamnb.settings import StrategySettings

BASES = ("category_purchases", "size", "stores")
ENOUGH = 0.5  # share of the channel's accounts whose size must be known before it can carry a benchmark
COMMON = 0.5  # share of the channel's buyers that must buy a category before it is a measure for the others
STRETCH = 0.25  # the upper end of the range lies this much above the quantile that is set
NOTABLE = 0.01  # headroom below this share of the account's sales is not worth a strategy
SPACE = ["category", "sales", "potential_low", "potential_high", "gap_low", "gap_high", "peers", "basis"]


def sum_latest(panel: DataFrame, products: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """Sales of the last twelve complete months by account and category, no rows without products.

    `panel`: account, product, month, net_sales of all accounts; `products`: product, category.  Returns account,
    category, net_sales (minor units).
    """
    rows = add_years(panel.merge(products[["product", "category"]], on="product"), as_of=as_of)
    latest = rows[rows["year"] == year_end(0, as_of=as_of)]
    return latest.groupby(["account", "category"], observed=True)["net_sales"].sum().reset_index()


def choose_sizes(accounts: DataFrame, sales: DataFrame, *, account: str) -> DataFrame:
    """A comparable size of every account, from the best column that enough of the channel has filled in.

    `accounts`: the table; `sales`: account, net_sales.  Returns account, channel, `size` and `basis`:
    category_purchases, size or stores where the account itself and half of its channel have them, else `mix`:
    the account's own sales, so that only the mix of categories is compared.
    """
    mates = accounts[accounts["channel"].isin(accounts.loc[accounts["account"] == account, "channel"])]
    own = sales.groupby("account")["net_sales"].sum()
    for basis in BASES:
        known = mates[basis].astype(float) > 0
        if known[mates["account"] == account].all() and known.mean() >= ENOUGH:
            return accounts[["account", "channel"]].assign(size=accounts[basis].astype(float), basis=basis)
    return accounts[["account", "channel"]].assign(size=accounts["account"].map(own).astype(float), basis="mix")


def benchmark_account(sales: DataFrame, accounts: DataFrame, *, account: str, rules: StrategySettings) -> DataFrame:
    """What the account buys in each category against its channel's buyers, widest gap first.

    `sales`: from `sum_latest`; `accounts`: the table; `rules`: peer_quantile (low end; the high end lies a quarter
    above) and peer_minimum.  Returns category, `sales`, `potential_low/high`, `gap_low/high` (minor units, <NA> where
    too few peers, or less than half of them, buy the category), `peers` and `basis` (what sizes are compared by).
    Source: method.md 2.2 whitespace, A07, A20.
    """
    if sales.empty:
        return DataFrame({name: Series(dtype="str" if name in {"category", "basis"} else "Int64") for name in SPACE})
    sizes = choose_sizes(accounts, sales, account=account)
    reach = (rules.peer_quantile, min(rules.peer_quantile + STRETCH, 0.95))
    cells = benchmark_peers(sales, sizes, quantiles=reach, least=rules.peer_minimum)
    mine = _keep_common(cells, account=account).assign(basis=sizes["basis"].iloc[0])
    return mine.sort_values(["gap_low", "gap_high", "category"], ascending=[False, False, True])[SPACE].reset_index(
        drop=True
    )


def _keep_common(cells: DataFrame, *, account: str) -> DataFrame:
    """The account's cells; what rests on a category that less than half of its channel buys is unknown.

    Those who buy a rare category are no measure for those who do not.
    """
    mine = cells[cells["account"] == account].copy()
    active = cells.groupby("account", observed=True)["sales"].sum() > 0
    mates = cells.loc[cells["account"].map(active) & cells["channel"].isin(mine["channel"]), "account"].nunique() - 1
    rare = mine["peers"] < COMMON * mates
    mine.loc[rare, ["potential_low", "potential_high", "gap_low", "gap_high"]] = pd.NA
    return mine


def summarise_space(space: DataFrame, profile: DataFrame) -> dict[str, object]:
    """Headroom of the account with its range and the category that holds most of it; {} without a benchmark.

    `space`: from `benchmark_account`; `profile`: category_purchases of the account.  Keys: headroom_low,
    headroom_high (capped by what the account buys at all), category, gap_low, gap_high, category_sales, peers, basis,
    bought, categories; category is None where the headroom is below one percent of sales.
    """
    if not space["gap_high"].notna().any():
        return {}
    cells = space.assign(account=profile["account"].iloc[0])
    total = sum_headroom(cells, profile.set_index("account")["category_purchases"]).iloc[0]
    widest = (
        space.dropna(subset="gap_high")
        .sort_values(["gap_low", "gap_high", "category"], ascending=[False, False, True])
        .iloc[0]
    )
    found = {
        "headroom_low": int(total["headroom_low"]),
        "headroom_high": int(total["headroom_high"]),
        "basis": widest["basis"],
        "bought": int((space["sales"] > 0).sum()),
        "categories": len(space),
    }
    if total["headroom_high"] < NOTABLE * space["sales"].sum():
        return found | {"category": None}
    return found | {
        "category": widest["category"],
        "gap_low": int(widest["gap_low"]),
        "gap_high": int(widest["gap_high"]),
        "category_sales": int(widest["sales"]),
        "peers": int(widest["peers"]),
    }
