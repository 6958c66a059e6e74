"""Purchases that moved between invoices: a chain that changes its wholesaler, or buys directly, has not grown."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Timestamp

from kamnb.calendar import add_years, year_end
from kamnb.money import ratio

SHIFT = 0.10  # change of the share that comes through wholesalers from which growth is restated (rule of thumb)
KEYS = ["account", "wholesaler"]


def find_rerouted(panel: DataFrame, sellthru: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """Accounts that now buy much more, or much less, through a wholesaler than the year before.

    `panel`: account_month; `sellthru`: what wholesalers delivered to accounts.  Returns account, wholesaler,
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
    direct = add_years(panel, as_of=as_of).groupby(["account", "year"])["net_sales"].sum().unstack(fill_value=0)
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
    own = panel[["account", "month", "net_sales"]]
    flows = sellthru.merge(rerouted[KEYS], on=KEYS)[[*KEYS, "month", "sales"]]
    flows = flows.rename(columns={"sales": "net_sales"})
    gained = flows[["account", "month", "net_sales"]]
    lost = flows[["wholesaler", "month", "net_sales"]].rename(columns={"wholesaler": "account"})
    parts = [own, gained, lost.assign(net_sales=-lost["net_sales"])]
    joined = pd.concat(parts if len(flows) else parts[:1], ignore_index=True)
    return joined.groupby(["account", "month"], as_index=False)["net_sales"].sum()


def mark_rerouted(listed: DataFrame, rerouted: DataFrame) -> DataFrame:
    """`listed` with `case` "rerouted" and unknown `growth` for accounts and wholesalers whose invoices moved."""
    moved = listed["account"].isin([*rerouted["account"], *rerouted["wholesaler"]])
    return listed.assign(case=listed["case"].mask(moved, "rerouted"), growth=listed["growth"].mask(moved))


def summarise_rerouted(listed: DataFrame, rerouted: DataFrame) -> dict[str, object]:
    """Names of the accounts and wholesalers whose invoices moved: `accounts`, `wholesalers`, `moved`; {} for none."""
    names = listed.set_index("account")["name"]
    known = rerouted[rerouted["account"].isin(names.index)]
    if known.empty:
        return {}
    return {"accounts": sorted(names[known["account"].unique()]), "moved": int(known["moved"].abs().sum()),
            "wholesalers": sorted(names.reindex(known["wholesaler"].unique()).dropna())}
