"""How much of the sales hangs on few accounts."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame, Series

MEASURES = {"accounts": "int64", "sales": "int64", "cr4": float, "cr10": float, "hhi": float, "gini": float,
            "for_80": "int64", "share_for_80": float, "top_20": float,
            "negative_accounts": "int64", "negative_sales": "int64"}
STRUCTURE = {"channel": "str", "buyers": "int64", "sales": "int64", "cr4_ours": float, "hhi_ours": float, "known": float,
             "cr4_trade": float, "hhi_trade_low": float, "hhi_trade_high": float}


def measure_concentration(sales: Series) -> DataFrame:
    """Concentration of `sales` over accounts, in one row.

    `sales`: one amount per account (minor units).  Returns `accounts`, `sales` (number and sum of the accounts that
    are not negative), `cr4`, `cr10` (share of the largest 4 and 10, 0-1), `hhi` (0-10000), `gini` (0-1), `for_80`
    (how many of the largest make 80 %), `share_for_80` (the same as a share of the accounts), `top_20` (share of
    sales of the largest fifth, rounded up), and apart from all that `negative_accounts`, `negative_sales`.
    No row for no sales.  Source: faults.md d.3, oracle O31.
    """
    row = describe_amounts(sales.dropna().to_numpy(dtype="int64"))
    return DataFrame([row] if row else [], columns=list(MEASURES)).astype(MEASURES)


def describe_amounts(amounts: np.ndarray) -> dict[str, float]:
    """The measures of `measure_concentration` of whole, known amounts; empty where nothing was sold."""
    parts = -np.sort(-amounts[amounts >= 0])
    if not parts.sum():
        return {}
    shares, count = parts / parts.sum(), len(parts)
    cumulative = shares.cumsum()
    for_80 = int((cumulative < 0.8 - 1e-12).sum()) + 1
    return {
        "accounts": count, "sales": parts.sum(), "cr4": shares[:4].sum(), "cr10": shares[:10].sum(),
        "hhi": (shares**2).sum() * 10_000, "gini": (2 * cumulative.sum() - 1) / count - 1,
        "for_80": for_80, "share_for_80": for_80 / count, "top_20": shares[:-(-count // 5)].sum(),
        "negative_accounts": int((amounts < 0).sum()), "negative_sales": amounts[amounts < 0].sum(),
    }


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


def check_slogan(sales: Series, *, accounts: float = 0.20, share: float = 0.80, tolerance: float = 0.05) -> DataFrame:
    """Whether "20 % of the accounts make 80 %" is true of `sales`, in one row.

    Returns `top_share` (what the largest `accounts` of them make; exact, a part of an account counts as a part),
    `accounts_needed` (share of the accounts that makes `share`), `balance_accounts` and `balance_sales` (the point of
    the curve at which the two add up to 1: 0.27 and 0.73 say that 27 % make 73 %), `ratio` (top_share / share) and
    `holds` (top_share within `tolerance` of `share`).  No row for no sales.  A slogan is tested on the data each time,
    never assumed.  Source: method.md E01, section 8.
    """
    points = lorenz_points(sales)
    names = {"top_share": float, "accounts_needed": float, "balance_accounts": float, "balance_sales": float,
             "ratio": float, "holds": bool}
    if points.empty:
        return DataFrame(columns=list(names)).astype(names)
    x, y = points["accounts"].to_numpy(), points["sales"].to_numpy()
    top = float(np.interp(accounts, x, y))
    rises = y > np.concatenate([[-1.0], y[:-1]])  # accounts without sales add nothing: the first place that reaches it
    balance = float(np.interp(1.0, x + y, x))
    row = {"top_share": top, "accounts_needed": float(np.interp(share, y[rises], x[rises])),
           "balance_accounts": balance, "balance_sales": 1 - balance, "ratio": top / share,
           "holds": abs(top - share) <= tolerance}
    return DataFrame([row]).astype(names)


def bound_hhi(shares: Series) -> tuple[float, float]:
    """Lowest and highest HHI (0-10000) when only some buyers' shares of a market are known.

    `shares`: known shares (0-1; NaN left out).  The rest of the market is taken to be spread over countless small
    buyers (low) or over buyers as large as the smallest known one (high): nobody unknown is larger than that.
    Shares that sum to more than 1 are scaled to 1.  NaN for no shares.
    """
    known = shares.dropna()
    known = known[known > 0] / max(known[known > 0].sum(), 1.0)
    if known.empty:
        return float("nan"), float("nan")
    low = float((known**2).sum())
    return low * 10_000, (low + max(1 - known.sum(), 0.0) * known.min()) * 10_000


def compare_structure(buyers: DataFrame, *, market: Series) -> DataFrame:
    """How concentrated the buyers of each channel are in our sales and in the trade itself, largest sales first.

    `buyers`: account, channel, net_sales (ours, one year) and purchases (what it buys a year from all makers; <NA> =
    unknown); `market`: what each channel buys from all makers (by channel, same basis; may be empty or have gaps).
    Returns channel, `buyers` (with sales), `sales`, `cr4_ours`, `hhi_ours`, `known` (share of the channel's purchases
    that the buyers with known purchases make), `cr4_trade`, `hhi_trade_low`, `hhi_trade_high` (see `bound_hhi`).  Our
    sales more concentrated than the trade = we depend on few buyers by choice.  Source: method.md A01.
    """
    rows = []
    for channel, part in buyers.groupby("channel", observed=True):
        ours = measure_concentration(part["net_sales"][part["net_sales"] != 0])
        bought = part["purchases"].astype("Float64").astype(float).dropna()
        whole = max(float(market.get(channel, 0) or 0), bought.sum())
        shares = bought / whole if whole > 0 else bought[:0]
        low, high = bound_hhi(shares)
        first = ours.iloc[0] if len(ours) else Series(np.nan, index=list(MEASURES))
        rows.append({"channel": channel, "buyers": int((part["net_sales"] > 0).sum()), "sales": part["net_sales"].sum(),
                     "cr4_ours": first["cr4"], "hhi_ours": first["hhi"],
                     "known": shares.sum() if len(shares) else np.nan,
                     "cr4_trade": shares.nlargest(4).sum() if len(shares) >= 4 else np.nan,
                     "hhi_trade_low": low, "hhi_trade_high": high})
    table = DataFrame(rows, columns=list(STRUCTURE)).astype(STRUCTURE)
    return table.sort_values(["sales", "channel"], ascending=[False, True], ignore_index=True)


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
