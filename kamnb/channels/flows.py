"""Sell-in against sell-out: what customers bought from us, sold on and put into store, and how often shoppers buy us."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Timestamp

from kamnb.calendar import add_years
from kamnb.channels.history import no_rows
from kamnb.methods.distribution import index_purchases
from kamnb.methods.pipeline import check_reports, flag_filling, lay_pipeline, split_sell_in, value_surplus

FLOWS = ["account", "name", "channel_name", "growth_in", "growth_out", "pipeline_points", "stock_months", "usual_months",
         "surplus_sales", "reported_share", "stock_flag"]

SHOPPED = ["account", "name", "index_before", "index_now", "index_growth"]


def compare_flows(products: DataFrame, *, reports: tuple[DataFrame, DataFrame, DataFrame], months: DataFrame,
                  as_of: Timestamp) -> DataFrame:
    """Growth of sell-in and of off-take of everyone who reports stock, and what now lies in stock beyond the usual.

    `products`: panel account_product_month (quantity, net_sales); `reports`: the tables sellthru, pos and stock; `months`:
    from `place_months`.  Only the goods that are in an account's stock reports count.  Returns account, name, channel_name,
    growth_in, growth_out (of the latest year), pipeline_points (the part of sell-in's growth that is only stock),
    stock_months, usual_months, surplus_sales (minor units at our price: sales booked that shoppers have not bought),
    reported_share (reported / actual off-take) and stock_flag (filled, drained, normal, unknown); largest surplus first.
    Source: section 5 feature 10.
    """
    sellthru, pos, stock = reports
    keys = stock[["account", "product"]].drop_duplicates()
    named = [sellthru.drop(columns="account").rename(columns={"wholesaler": "account"}), pos]
    out = pd.concat([rows[["account", "product", "month", "quantity"]] for rows in named], ignore_index=True)
    ours, sold = (rows.merge(keys, on=["account", "product"]) for rows in (products, out))
    flows = lay_pipeline(ours[["account", "month", "quantity"]], sell_out=sold, stock=stock)
    flows = flows.merge(stock[["account"]].drop_duplicates(), on="account")
    latest = ours[ours["month"] > as_of - pd.DateOffset(years=1)].groupby("account", observed=True)
    price = latest["net_sales"].sum().astype(float) / latest["quantity"].sum().astype(float)
    surplus = value_surplus(flag_filling(flows), price)
    found = surplus.join(split_sell_in(add_years(flows, as_of=as_of))).join(check_reports(flows)["coverage"])
    names = months.drop_duplicates("account").set_index("account")[["name", "channel_name"]]
    found = found.join(names, how="inner").rename_axis("account").rename(columns={
        "cover": "stock_months", "usual": "usual_months", "flag": "stock_flag", "coverage": "reported_share"})
    return found.reset_index()[FLOWS]


def trace_shoppers(pos: DataFrame, *, accounts: DataFrame, as_of: Timestamp) -> DataFrame:
    """How many of our units the shoppers of every chain buy, a thousand of them, in the latest year and the one before.

    `pos`, `accounts`: the tables; only chains that count their shoppers in both years.  Returns account, name, index_before,
    index_now (units per thousand shoppers) and index_growth, largest growth first.  Source: oracle O16.
    """
    years = add_years(pos, as_of=as_of)
    rows = years[years["year"].isin(sorted(years["year"].unique())[-2:])]
    counted, by = rows.drop_duplicates(["account", "month"]), ["account", "year"]
    index = index_purchases(rows.groupby(by)["quantity"].sum(), counted.groupby(by)["shoppers"].sum(skipna=False).astype("Float64"))
    wide = index.unstack("year").astype(float).reindex(columns=sorted(rows["year"].unique())).dropna()
    if wide.shape[1] < 2 or wide.empty:
        return no_rows({"account": "str", "name": "str", "index_before": float, "index_now": float, "index_growth": float})
    found = wide.set_axis(["index_before", "index_now"], axis=1).rename_axis("account").reset_index()
    found = found.assign(name=found["account"].map(accounts.set_index("account")["name"]),
                         index_growth=found["index_now"] / found["index_before"] - 1)
    return found.sort_values(["index_growth", "account"], ascending=[False, True], ignore_index=True)[SHOPPED]


def summarise_shoppers(shopped: DataFrame) -> dict[str, object]:
    """The facts of the sentence on shoppers: at how many chains they buy us more often, and where most of all."""
    if shopped.empty:
        return {}
    first = shopped.iloc[0]
    return {"accounts": len(shopped), "risen": int((shopped["index_growth"] > 0).sum()), "name": first["name"],
            "before": float(first["index_before"]), "after": float(first["index_now"]), "growth": float(first["index_growth"])}
