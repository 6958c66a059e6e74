"""Purchases that moved between invoices: a chain that changes its wholesaler, or buys directly, has not grown."""

from __future__ import annotations

from pandas import DataFrame

from kamnb.methods.routing import SHIFT, find_rerouted, restate_panel

__all__ = ["SHIFT", "find_rerouted", "mark_rerouted", "restate_panel", "summarise_rerouted"]


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
