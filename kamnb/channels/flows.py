"""Sell-in against sell-out: what customers who report stock bought from us, sold on, and put into store."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Timestamp

from kamnb.calendar import add_years
from kamnb.methods.pipeline import check_reports, flag_filling, lay_pipeline, split_sell_in, value_surplus

FLOWS = ["account", "name", "channel_name", "growth_in", "growth_out", "pipeline_points", "stock_months", "usual_months",
         "surplus_sales", "reported_share", "stock_flag"]


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
