"""How much of the sales hangs on few accounts."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame, Series

MEASURES = {"accounts": "int64", "sales": "int64", "cr4": float, "cr10": float, "hhi": float, "gini": float,
            "for_80": "int64", "share_for_80": float, "top_20": float,
            "negative_accounts": "int64", "negative_sales": "int64"}


def measure_concentration(sales: Series) -> DataFrame:
    """Concentration of `sales` over accounts, in one row.

    `sales`: one amount per account (minor units).  Returns `accounts`, `sales` (number and sum of the accounts that
    are not negative), `cr4`, `cr10` (share of the largest 4 and 10, 0-1), `hhi` (0-10000), `gini` (0-1), `for_80`
    (how many of the largest make 80 %), `share_for_80` (the same as a share of the accounts), `top_20` (share of
    sales of the largest fifth, rounded up), and apart from all that `negative_accounts`, `negative_sales`.
    No row for no sales.  Source: faults.md d.3, oracle O31.
    """
    known = sales.dropna()
    parts = known[known >= 0].sort_values(ascending=False, kind="stable").to_numpy(dtype="int64")
    if not parts.sum():
        return DataFrame(columns=list(MEASURES)).astype(MEASURES)
    shares, count = parts / parts.sum(), len(parts)
    cumulative = shares.cumsum()
    for_80 = int((cumulative < 0.8 - 1e-12).sum()) + 1
    row = {
        "accounts": count, "sales": parts.sum(), "cr4": shares[:4].sum(), "cr10": shares[:10].sum(),
        "hhi": (shares**2).sum() * 10_000, "gini": (2 * cumulative.sum() - 1) / count - 1,
        "for_80": for_80, "share_for_80": for_80 / count, "top_20": shares[:-(-count // 5)].sum(),
        "negative_accounts": int((known < 0).sum()), "negative_sales": known[known < 0].sum(),
    }
    return DataFrame([row]).astype(MEASURES)


def lorenz_points(sales: Series) -> DataFrame:
    """The concentration curve, largest account first, from (0, 0) to (1, 1).

    `sales`: one amount per account.  Returns `rank` (0 = the origin), `accounts` and `sales` (cumulative shares,
    0-1); negative and unknown amounts are left out; no rows for no sales.
    """
    known = sales.dropna()
    parts = known[known >= 0].sort_values(ascending=False).to_numpy(dtype="int64")
    if not parts.sum():
        return DataFrame({"rank": [], "accounts": [], "sales": []}).astype({"rank": "int64"})
    ranks = np.arange(len(parts) + 1)
    cumulative = np.concatenate([[0], parts.cumsum()])
    return DataFrame({"rank": ranks, "accounts": ranks / len(parts), "sales": cumulative / parts.sum()})


def flag_dependence(shares: Series, *, key: float = 0.10, dependent: float = 0.20, mono: float = 0.50) -> DataFrame:
    """How much we depend on each account: `share` and `flag` (ordinary, key, dependent, mono, unknown).

    `shares`: share of sales or of profit per account (0-1).  A threshold belongs to the flag it opens.
    Rules of thumb of the trade press.  Source: method.md 2.2 concentration, oracle O33.
    """
    known = shares.astype(float)
    steps = [known.isna(), known >= mono, known >= dependent, known >= key]
    flags = np.select([s.to_numpy() for s in steps], ["unknown", "mono", "dependent", "key"], "ordinary")
    return DataFrame({"share": known, "flag": Series(flags, index=shares.index, dtype="str")})


def judge_key_share(share: float, *, low: float = 0.30, high: float = 0.55, mono: float = 0.75) -> str:
    """What the share of all key accounts in sales means: below, normal, above, mono_dependence or unknown.

    A rule of thumb, never a norm.  Source: method.md 2.2 concentration, oracle O33.
    """
    if np.isnan(share):
        return "unknown"
    if share >= mono:
        return "mono_dependence"
    return "below" if share < low else "normal" if share <= high else "above"
