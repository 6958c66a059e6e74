"""What the account's promotions cost and brought."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Timestamp

from kamnb.calendar import last_complete_month
from kamnb.methods.promotion import appraise_promotions, lay_baseline, measure_uplift
from kamnb.methods.series import round_amounts
from kamnb.money import ratio

LEAST = 5  # accounts of the channel that make a median


def measure_funding(promos: DataFrame, sales: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """Promotions of the last twelve months by account: `promotions`, `spend` (minor units), `spend_rate` (of sales).

    `promos`: the table; `sales`: account, net_sales of a year (minor units).  An account whose promotions are older
    had none; of an account without any row nothing is known.
    """
    recent = promos["ends"] > as_of - pd.DateOffset(years=1)
    spend = promos["spend"].astype("Int64").where(recent, 0)
    table = DataFrame(
        {
            "promotions": recent.astype("int64").groupby(promos["account"]).sum(),
            "spend": spend.groupby(promos["account"]).sum(),
        }
    )
    yearly = sales.groupby("account")["net_sales"].sum().reindex(table.index).astype(float)
    return table.assign(spend_rate=ratio(table["spend"].astype(float), yearly))


def summarise_funding(funding: DataFrame, accounts: DataFrame, *, account: str) -> dict[str, object]:
    """The account's promotions, spend, spend_rate, and peer_rate: the median of its channel's others (five or more)."""
    if account not in funding.index:
        return {}
    channel = accounts.set_index("account")["channel"]
    mates = funding.loc[funding.index.map(channel) == channel[account], "spend_rate"].drop(account)
    peer = {"peer_rate": float(mates.median())} if mates.notna().sum() >= LEAST else {}
    return funding.loc[account].to_dict() | peer


def appraise_account(panel: DataFrame, products: DataFrame, promos: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """What each promotion of the account added after the dip that followed, latest first.

    `panel`: account, product, month, net_sales, cost of the account; `products`: product, category; `promos`: the
    table for the account.  Returns promo, `promotion` (what was done), `month`, `uplift` (of the event), `dip`,
    `net_uplift` (minor units), `spend`, `earned_margin` (net uplift at the account's gross margin rate of the
    category; unknown without cost), `roi` and `verdict` (earned, lost, moved, unknown).  Only promotions whose two
    months after are complete; measured on shipments, not at the till.  Source: method.md A23, 2.2 promotion ROI.
    """
    last = last_complete_month(as_of)
    done = promos[promos["ends"] + pd.DateOffset(months=2) < last + pd.DateOffset(months=1)]
    sold = panel[panel["month"] <= last].merge(products[["product", "category"]], on="product", how="left")
    uplift = measure_uplift(lay_baseline(sold, done, measure="net_sales"))
    facts = done.set_index("promo").reindex(uplift.index)
    rates = facts["category"].map(_margin_rates(sold))
    found = appraise_promotions(uplift.assign(unit_margin=rates, spend=facts["spend"]))
    table = DataFrame(
        {
            "promotion": facts["name"].where(facts["name"].notna(), facts["mechanic"]),
            "month": facts["starts"],
            "uplift": round_amounts(uplift["gross"]),
            "dip": round_amounts(uplift["dip"]),
            "net_uplift": round_amounts(uplift["net"]),
            "spend": facts["spend"],
            "earned_margin": round_amounts(found["margin"]),
            "roi": found["roi"],
            "verdict": found["verdict"],
        }
    )
    return (
        table.rename_axis("promo")
        .reset_index()
        .sort_values(["month", "promo"], ascending=[False, True], ignore_index=True)
    )


def _margin_rates(sold: DataFrame) -> dict[str, float]:
    """Gross margin rate of each category, left out where any cost is unknown."""
    sums = sold.assign(cost=sold["cost"].astype("Float64")).groupby("category")[["net_sales", "cost"]].sum(skipna=False)
    sales = sums["net_sales"].astype(float)
    rates = 1 - ratio(sums["cost"].astype("Float64").astype(float), sales)
    return rates.dropna().to_dict()


def summarise_promotions(appraised: DataFrame) -> dict[str, object]:
    """How many promotions were measured and what became of them: measured, earned, moved, lost."""
    measured = appraised[appraised["verdict"] != "unknown"]
    counts = measured["verdict"].value_counts()
    return {"measured": len(measured)} | {name: int(counts.get(name, 0)) for name in ("earned", "moved", "lost")}
