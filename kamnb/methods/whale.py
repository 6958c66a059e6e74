"""The whale curve: profit added up over the accounts, best first, and what the loss makers take away again."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame, Series

MEASURES = {"accounts": "int64", "profit": "int64", "peak": "int64", "peak_share": float, "peak_accounts": "int64",
            "losers": "int64", "lost": "int64", "lost_share": float, "top_20": float, "bottom_20": float}


def _best_first(profit: Series) -> Series:
    """The known profits as int64, best first; equal ones in the order of their codes."""
    known = profit.dropna().astype("int64")
    return known.sort_index().sort_values(ascending=False, kind="stable")


def whale_points(profit: Series) -> DataFrame:
    """The whale curve from (0, 0): `rank`, `account` ("" = the origin), `profit`, `accounts` (cumulative share of the
    accounts), `cumulative` (minor units) and `share` (of the total profit; NaN where the total is not positive).

    `profit`: one amount per account (minor units); unknown ones are left out, no rows for none.
    Source: method.md 2.2 cost-to-serve; section 5 feature 18.
    """
    best = _best_first(profit)
    steps = np.arange(len(best) + 1) if len(best) else np.arange(0)
    sums = np.concatenate([[0], best.to_numpy().cumsum()])[: len(steps)]
    total = sums[-1] if len(best) else 0
    return DataFrame({"rank": steps, "account": Series([*[""][: len(steps)], *best.index], dtype="str"),
                      "profit": np.concatenate([[0], best.to_numpy()])[: len(steps)],
                      "accounts": steps / max(len(best), 1), "cumulative": sums,
                      "share": sums / total if total > 0 else np.full(len(steps), np.nan)})


def measure_whale(profit: Series) -> DataFrame:
    """The whale curve in numbers, one row.

    Returns `accounts`, `profit` (the total), `peak` (what all accounts that earn anything bring) and `peak_share` (of
    the total: 1.4 = 140 %), `peak_accounts`, `losers` (number), `lost` (what they take away, <= 0), `lost_share` (of
    the peak), `top_20` and `bottom_20` (share of the total that the best and the worst fifth bring; fifths rounded
    up).  Shares of a total that is not positive are NaN.  No row for no known profit.  Source: method.md 2.2, S90.
    """
    best = _best_first(profit)
    if best.empty:
        return DataFrame(columns=list(MEASURES)).astype(MEASURES)
    total, peak, fifth = best.sum(), best.clip(lower=0).sum(), -(-len(best) // 5)
    whole = total if total > 0 else np.nan
    row = {"accounts": len(best), "profit": total, "peak": peak, "peak_share": peak / whole,
           "peak_accounts": int((best > 0).sum()), "losers": int((best < 0).sum()), "lost": total - peak,
           "lost_share": (peak - total) / peak if peak > 0 else np.nan, "top_20": best.head(fifth).sum() / whole,
           "bottom_20": best.tail(fifth).sum() / whole}
    return DataFrame([row]).astype(MEASURES)
