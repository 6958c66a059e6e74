"""Goods that moved from a wholesaler's invoices to the account's own: a change of route that only looks like growth."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.methods.series import spread_months
from kamnb.review.scope import Scope

AFTER = 3  # months that the new route must have lasted
SURE = 3.0  # a step must stand out by so many standard errors from what came before and after
LEAST = 0.2  # ... and be this share of the account's sales before it
OVERLAP = 0.6  # this share of what the account gained must be the same goods that the wholesaler lost
COLUMNS = ["account", "name", "wholesaler", "wholesaler_name", "month", "moved", "change", "change_both"]


def find_reroutings(panel: DataFrame, products: DataFrame, *, accounts: DataFrame, scope: Scope) -> DataFrame:
    """Accounts that probably buy directly since a month what a wholesaler used to buy for them.

    `panel`: account, month, net_sales; `products`: account, product, month, quantity, net_sales; `accounts`: from
    `name_accounts`, with the level that tells wholesalers.  Returns account, name, wholesaler, wholesaler_name, `month`
    (first of the new route), `moved` (sales of the goods that changed route, since then within the reviewed months),
    `change` of the account and `change_both` of the two together against the year before (minor units), largest first.
    A suspicion to be confirmed with the sales office.  Source: method.md 2.3 choice 8, 4.2 structure breaks.
    """
    carriers = set(accounts.loc[accounts["level"] == "wholesaler", "account"])
    steps = _find_steps(panel, scope=scope) if carriers else DataFrame(columns=["account", "month", "step", "before"])
    gains = steps[(steps["step"] > LEAST * steps["before"]) & ~steps["account"].isin(carriers)]
    losses = steps[(steps["step"] < 0) & steps["account"].isin(carriers)]
    pairs = gains.merge(losses, on="month", suffixes=("", "_lost"))
    pairs = pairs[(-pairs["step_lost"] / pairs["step"]).between(0.5, 2)]
    names = accounts.set_index("account")["name"]
    rows = [_match_goods(pair, products, scope=scope) for pair in pairs.to_dict("records")]
    found = DataFrame([row for row in rows if row["overlap"] >= OVERLAP], columns=[
        "account", "wholesaler", "month", "moved", "change", "change_both", "overlap"])
    named = found.assign(name=found["account"].map(names), wholesaler_name=found["wholesaler"].map(names))
    ordered = named.sort_values(["overlap", "account"], ascending=[False, True]).drop_duplicates("account")
    return ordered.sort_values(["moved", "account"], ascending=[False, True], ignore_index=True)[COLUMNS]


def _find_steps(panel: DataFrame, *, scope: Scope) -> DataFrame:
    """The clearest step of each account's change over the year before: account, month, step, before (sales a month)."""
    wide = spread_months(panel[panel["month"] <= scope.last], until=scope.last)
    if wide.shape[1] < 12 + 12 + AFTER:
        return DataFrame(columns=["account", "month", "step", "before"])
    change = wide.diff(12, axis=1).iloc[:, -18:]
    candidates = [_measure_step(change, place) for place in range(6, change.shape[1] - AFTER + 1)]
    both = pd.concat(candidates).sort_values(["account", "sureness", "month"], ascending=[True, False, True])
    clear = both[both["sureness"] >= SURE].drop_duplicates("account")
    before = wide.iloc[:, -30:-18].mean(axis=1) if wide.shape[1] >= 30 else wide.iloc[:, :12].mean(axis=1)
    return clear.assign(before=clear["account"].map(before))[["account", "month", "step", "before"]]


def _measure_step(change: DataFrame, place: int) -> DataFrame:
    """How far the changes from `place` on lie from the six months before, and in how many standard errors."""
    old, new = change.iloc[:, place - 6:place], change.iloc[:, place:]
    step = new.mean(axis=1) - old.mean(axis=1)
    error = np.sqrt(old.var(axis=1) / old.shape[1] + new.var(axis=1) / new.shape[1])
    return DataFrame({"account": change.index, "month": change.columns[place], "step": step.to_numpy(),
                      "sureness": (step.abs() / error.where(error > 0)).to_numpy()})


def _match_goods(pair: dict, products: DataFrame, *, scope: Scope) -> dict[str, object]:
    """The goods that the account gained and the wholesaler lost since the step, by product."""
    months = scope.done[scope.done >= pair["month"]]
    gained, lost = (_change_goods(products[products["account"] == pair[who]], months=months)
                    for who in ("account", "account_lost"))
    both = gained.join(lost[["quantity"]].add_suffix("_lost"), how="left")
    units = np.minimum(both["quantity"].clip(lower=0), (-both["quantity_lost"]).clip(lower=0).fillna(0))
    up = both["quantity"].clip(lower=0)
    moved = (units * both["price"]).sum()
    value = (up * both["price"]).sum()
    change, other = int(gained["net_sales"].sum()), int(lost["net_sales"].sum())
    return {"account": pair["account"], "wholesaler": pair["account_lost"], "month": pair["month"],
            "moved": round(moved), "change": change, "change_both": change + other,
            "overlap": moved / value if value > 0 else 0.0}


def _change_goods(rows: DataFrame, *, months: pd.DatetimeIndex) -> DataFrame:
    """Change of units and sales of each product in `months` against a year before, and its present price."""
    now, then = (rows[rows["month"].isin(span)].groupby("product")[["quantity", "net_sales"]].sum()
                 for span in (months, months - pd.DateOffset(years=1)))
    change = now.sub(then, fill_value=0)
    sold = now["quantity"].reindex(change.index)
    return change.assign(price=(now["net_sales"].reindex(change.index) / sold.where(sold > 0)).fillna(0.0))


def summarise_reroutings(found: DataFrame) -> dict[str, object]:
    """The facts of the sentence on the largest change of route, or that there is none."""
    if found.empty:
        return {"key": "review.routing_found.none"}
    first: Series = found.iloc[0]
    return {"key": "review.routing_found.found", "account": first["name"], "wholesaler": first["wholesaler_name"],
            "month": first["month"], "moved": int(first["moved"]), "both": int(first["change_both"])}
