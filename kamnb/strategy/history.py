"""How trade with the account went: months, years, against its channel, and which categories moved it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Timestamp

from kamnb.calendar import add_years, last_complete_month, year_end
from kamnb.methods.growth import measure_growth, total_years
from kamnb.methods.series import spread_months
from kamnb.money import growth, ratio

YEAR = 12
LEVEL = 0.02  # a difference in yearly growth below two points is not worth a sentence


def mark_months(panel: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """Every month from the first to the last: month, gross_sales, returns, net_sales, `mean`, `partial`.

    `panel`: account, month, gross_sales, returns, net_sales of one account (minor units).  A month without lines is
    a month without sales.  `mean`: monthly net sales over the last twelve complete months, NaN before there are
    twelve.  `partial`: the month had not ended on `as_of`.
    """
    columns = ["gross_sales", "returns", "net_sales"]
    if panel.empty:
        return panel[["month", *columns]].assign(mean=np.nan, partial=False)
    last = max(panel["month"].max(), last_complete_month(as_of))
    months = pd.date_range(panel["month"].min(), last, freq="MS", name="month")
    filled = panel.groupby("month")[columns].sum().reindex(months, fill_value=0).reset_index()
    filled["partial"] = filled["month"] > last_complete_month(as_of)
    filled["mean"] = filled["net_sales"].where(~filled["partial"]).rolling(YEAR).mean()
    return filled


def sum_years(months: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """Complete twelve-month windows: year, gross_sales, returns, `return_rate`, net_sales, change, growth, case.

    `months`: from `mark_months`.  Oldest year first; its change is unknown.  Source: faults.md d.3, d.7.
    """
    rows = add_years(months, as_of=as_of).groupby("year")[["gross_sales", "returns", "net_sales"]].sum().reset_index()
    sales = rows["net_sales"].astype(float)
    grown = growth(sales.shift(), sales)
    return rows.assign(
        return_rate=ratio(-rows["returns"].astype(float), rows["gross_sales"].astype(float)),
        change=grown["change"].astype("Int64"),
        growth=grown["rate"],
        case=grown["case"],
    )[["year", "gross_sales", "returns", "return_rate", "net_sales", "change", "growth", "case"]]


def summarise_history(years: DataFrame) -> dict[str, object]:
    """The latest twelve months in numbers: net_sales, year, growth, change, cagr, since, return_rate; {} without two.

    `years`: from `sum_years`.  `cagr`: growth a year since the first one (`since`), NaN unless both are positive.
    """
    if len(years) < 2:
        return {}
    last, first = years.iloc[-1], years.iloc[0]
    both = first["net_sales"] > 0 and last["net_sales"] > 0
    spans = len(years) - 1
    cagr = (last["net_sales"] / first["net_sales"]) ** (1 / spans) - 1 if both else np.nan
    return {
        "year": last["year"],
        "net_sales": int(last["net_sales"]),
        "growth": last["growth"],
        "change": int(last["change"]),
        "cagr": float(cagr),
        "since": first["year"],
        "return_rate": last["return_rate"],
    }


def compare_with_channel(panel: DataFrame, accounts: DataFrame, *, account: str, as_of: Timestamp) -> DataFrame:
    """Sales of the account and of the rest of its channel over twelve months, month after month, as indices.

    `panel`: account, month, net_sales of all accounts; `accounts`: account, channel.  Returns month (from the
    account's twelfth on), `own_index`, `channel_index` (first month = 100); no rows where the channel has no other
    account or either starts at zero.
    """
    empty = DataFrame({"month": [], "own_index": [], "channel_index": []}).astype(
        {"month": "datetime64[us]", "own_index": float, "channel_index": float}
    )
    channel = accounts.set_index("account")["channel"]
    mates = panel[panel["account"].map(channel) == channel[account]]
    start, last = mates.loc[mates["account"] == account, "month"].min(), last_complete_month(as_of)
    wide = spread_months(mates[mates["month"].between(start, last)], until=last)
    if account not in wide.index or len(wide) < 2 or wide.shape[1] < YEAR:
        return empty
    sums = DataFrame({"own_index": wide.loc[account], "channel_index": wide.drop(index=account).sum()})
    rolled = sums.rolling(YEAR).sum().dropna()
    if (rolled.iloc[0] <= 0).any():
        return empty
    return (100 * rolled / rolled.iloc[0]).rename_axis("month").reset_index()


def summarise_trend(trend: DataFrame) -> dict[str, object]:
    """Growth of account and channel over the time shown: own, channel, ahead (difference), since; {} without rows.

    `trend`: from `compare_with_channel`.  `verdict`: outgrows, lags or keeps (less than two points a year apart).
    """
    if len(trend) <= YEAR:
        return {}
    own, channel = (trend[name].iloc[-1] / 100 - 1 for name in ("own_index", "channel_index"))
    spans = (len(trend) - 1) / YEAR
    yearly = (max(own + 1, 0)) ** (1 / spans) - (max(channel + 1, 0)) ** (1 / spans)
    verdict = "outgrows" if yearly > LEVEL else "lags" if yearly < -LEVEL else "keeps"
    return {"own": own, "channel": channel, "ahead": own - channel, "since": trend["month"].iloc[0], "verdict": verdict}


def split_by_category(sales: DataFrame, products: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """What each category bought in the last twelve months and the twelve before, largest change first.

    `sales`: account, product, month, net_sales of one account; `products`: product, category.  Returns category,
    previous_sales, net_sales, change (minor units), growth, case, `share` (of the latest year; NaN if any category is
    negative).  Changes sum to the change of the account.  No rows without products or before two years are full.
    """
    columns = ["category", "previous_sales", "net_sales", "change", "growth", "case", "share"]
    named = sales.merge(products[["product", "category"]], on="product")
    before, now = (year_end(back, as_of=as_of) for back in (1, 0))
    rows = add_years(named, as_of=as_of)
    if (
        named.empty
        or named["month"].min() > (before.to_period("M") - 11).start_time
        or not rows["year"].isin([before, now]).any()
    ):
        return DataFrame({name: [] for name in columns}).astype({"category": "str"})
    yearly = total_years(rows[rows["year"].isin([before, now])], by="category").reindex(
        columns=[before, now], fill_value=0
    )
    grown = measure_growth(yearly).reset_index()
    total = float(grown["current"].sum()) if (grown["current"] >= 0).all() else 0.0
    table = grown.rename(columns={"base": "previous_sales", "current": "net_sales", "rate": "growth"})
    table["share"] = table["net_sales"].astype(float) / total if total > 0 else np.nan
    order = table["change"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order, columns].reset_index(drop=True)


def summarise_categories(categories: DataFrame) -> dict[str, object]:
    """The category that moved most and how many grew: category, change, grew, categories, total; {} without rows."""
    if categories.empty:
        return {}
    first = categories.iloc[0]
    return {
        "category": first["category"],
        "change": int(first["change"]),
        "grew": int((categories["change"] > 0).sum()),
        "categories": len(categories),
        "total": int(categories["change"].sum()),
    }
