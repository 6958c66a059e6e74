"""Purchases that moved between invoices: who changed from a wholesaler to us, or back, has not grown."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Timestamp

from kamnb.calendar import add_years, year_end
from kamnb.methods.series import round_amounts
from kamnb.money import ratio

SHIFT = 0.10  # change of the share that comes through wholesalers from which growth is restated (rule of thumb)
KEYS = ["account", "wholesaler"]


def find_rerouted(panel: DataFrame, sellthru: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """Accounts that now buy much more, or much less, through a wholesaler than the year before.

    `panel`: account, month, net_sales; `sellthru`: what wholesalers delivered to accounts.  Returns account, wholesaler,
    `via_before`, `via_now` (share of the account's purchases that came through it, fractions) and `moved` (amount
    that left the wholesaler's invoices, minor units; negative = went to them).  No rows unless the wholesalers
    report both years.  Source: method.md 2.3 choice 8 (growth base when routing changed).
    """
    base, current = year_end(1, as_of=as_of), year_end(0, as_of=as_of)
    begins = (year_end(2, as_of=as_of) + pd.Timedelta(days=1)).normalize()
    if sellthru.empty or sellthru["month"].min() > begins:
        return DataFrame(columns=[*KEYS, "via_before", "via_now", "moved"])
    flows = sellthru.assign(year=sellthru["month"].le(base).map({True: base, False: current}))
    flows = flows[flows["month"].between(begins, current)]
    via = flows.groupby([*KEYS, "year"])["sales"].sum().unstack(fill_value=0)
    via = via.reindex(columns=[base, current], fill_value=0)
    theirs = panel[panel["account"].isin(flows["account"].unique()) | (panel["month"] == panel["month"].min())]
    direct = add_years(theirs, as_of=as_of).groupby(["account", "year"])["net_sales"].sum().unstack(fill_value=0)
    bought = direct.reindex(columns=[base, current], fill_value=0).add(via.groupby("account").sum(), fill_value=0)
    shares = {year: ratio(via[year].astype(float), bought[year].reindex(via.index, level="account").astype(float))
              for year in (base, current)}
    table = DataFrame({"via_before": shares[base], "via_now": shares[current], "moved": via[base] - via[current]})
    shifted = table[(table["via_now"] - table["via_before"]).abs() >= SHIFT].reset_index()
    return shifted.sort_values(KEYS, ignore_index=True)


def restate_panel(panel: DataFrame, sellthru: DataFrame, rerouted: DataFrame) -> DataFrame:
    """`panel` (account, month, net_sales) as if the accounts in `rerouted` had always been invoiced directly.

    What a wholesaler delivered to such an account counts for the account and no longer for the wholesaler, at the
    value the wholesaler reports.
    """
    flows = sellthru.merge(rerouted[KEYS], on=KEYS)[[*KEYS, "month", "sales"]]
    return _move_sales(panel, flows.rename(columns={"sales": "net_sales"}))


def hold_routing(panel: DataFrame, sellthru: DataFrame, rerouted: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """`panel` (account, month, net_sales) with the latest year as if its routing were still that of the year before.

    Every account of `rerouted` (from `find_rerouted`) buys the same, but the share that came through its wholesaler before comes through
    it again, so that a row of several years compares like with like.  The sum of all accounts stays as it is.
    """
    latest = year_end(1, as_of=as_of)
    flows = sellthru.merge(rerouted, on=KEYS)
    via = flows[flows["month"] > latest].groupby([*KEYS, "month"])["sales"].sum().rename("via")
    own = panel[panel["month"] > latest].merge(rerouted, on="account")
    months = own.groupby([*KEYS, "month"])[["net_sales"]].sum().join(via, how="outer").fillna(0.0)
    months = months.reset_index().merge(rerouted[[*KEYS, "via_before"]], on=KEYS)
    bought = months["net_sales"].astype(float) + months["via"].astype(float)
    back = round_amounts(bought * months["via_before"].astype(float)) - months["via"].astype("int64")
    return _move_sales(panel, months[[*KEYS, "month"]].assign(net_sales=-back.astype("int64")))


def _move_sales(panel: DataFrame, flows: DataFrame) -> DataFrame:
    """`panel` with the amounts of `flows` (account, wholesaler, month, net_sales) taken from wholesaler to account."""
    own = panel[["account", "month", "net_sales"]]
    gained = flows[["account", "month", "net_sales"]]
    lost = flows[["wholesaler", "month", "net_sales"]].rename(columns={"wholesaler": "account"})
    parts = [own, gained, lost.assign(net_sales=-lost["net_sales"])]
    joined = pd.concat(parts if len(flows) else parts[:1], ignore_index=True)
    return joined.groupby(["account", "month"], as_index=False)["net_sales"].sum()
