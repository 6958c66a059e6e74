"""What information there is, how fresh it is, and what to ask the client for first."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

SUBJECTS = {
    "market": ("market",), "channel": ("channels", "sellthru", "stock"),
    "account": ("sales", "accounts", "terms", "ar", "people", "links", "contacts_log", "stores", "store_checks", "shelf",
                "promos", "deals", "answers", "plan"),
    "competitor": ("competitors",), "shopper": ("pos",),
    "own": ("products", "cost_drivers", "capacity", "team", "skills", "visits", "surveys", "hypotheses", "agreements")}
DATED = {"sales": "date", "sellthru": "month", "pos": "month", "stock": "month", "market": "month", "promos": "starts",
         "ar": "issued", "people": "checked", "contacts_log": "date", "answers": "date", "deals": "opened", "visits": "date",
         "store_checks": "date", "shelf": "date", "hypotheses": "agreed_on", "agreements": "date", "surveys": "date"}
INVENTORY = {"subject": "str", "table": "str", "rows": "int64", "newest": "datetime64[us]", "age": float, "covered": float,
             "state": "str"}
REQUESTS = ["subject", "table", "state", "needed", "opens"]


def take_inventory(tables: Mapping[str, DataFrame], *, sales: Series, as_of: Timestamp, old: float = 365) -> DataFrame:
    """Every kind of information with how much of it there is: on market, channel, account, competitor, shopper and us.

    `tables`: frames by name of the data dictionary, empty or absent where the client gave none; `sales`: one year by
    account.  Returns subject, table, `rows`, `newest` (day of the latest entry; NaT where entries have no day), `age`
    (days from it to `as_of`), `covered` (share of our sales that belongs to accounts the table says something about;
    NaN for tables that are not about accounts) and `state`: missing, old (older than `old` days), partial (covers less
    than half of our sales), good.  Source: method.md A04.
    """
    rows, bought = [], sales[sales > 0]
    for subject, name in ((subject, name) for subject, names in SUBJECTS.items() for name in names):
        frame = tables.get(name, DataFrame())
        days = frame[DATED[name]] if name in DATED and len(frame) else Series(dtype="datetime64[us]")
        newest = days[days <= as_of].max()
        rows.append({"subject": subject, "table": name, "rows": len(frame), "newest": newest,
                     "age": (as_of - newest).days if pd.notna(newest) else np.nan, "covered": _cover(frame, bought)})
    table = DataFrame(rows)
    steps = [table["rows"] == 0, table["age"] > old, table["covered"] < 0.5]
    states = np.select([step.to_numpy() for step in steps], ["missing", "old", "partial"], "good")
    return table.assign(state=states).astype(INVENTORY)[list(INVENTORY)]


def _cover(frame: DataFrame, bought: Series) -> float:
    """Share of `bought` (positive sales, by account) with accounts that occur in the frame."""
    if "account" not in frame or frame.empty or bought.empty:
        return float("nan")
    return float(bought[bought.index.isin(frame["account"].dropna().unique())].sum() / bought.sum())


def rank_requests(inventory: DataFrame, *, needs: Mapping[str, tuple[str, ...]]) -> DataFrame:
    """What to ask the client for, the table that opens most first.

    `inventory`: from `take_inventory`; `needs`: tables behind every view (view -> tables).  Returns subject, table,
    `state` (missing, old, partial), `needed` (views that rest on it) and `opens` (of them, those that lack nothing
    else: they appear as soon as it is given; 0 for tables that are there but poor).  Source: method.md A04.
    """
    given = set(inventory.loc[inventory["state"] != "missing", "table"])
    poor = inventory[inventory["state"] != "good"]
    needed = {name: sum(name in tables for tables in needs.values()) for name in poor["table"]}
    opens = {name: sum(name in tables and set(tables) - given == {name} for tables in needs.values()) for name in poor["table"]}
    table = poor.assign(needed=poor["table"].map(needed).astype("int64"), opens=poor["table"].map(opens).astype("int64"))
    order = table["state"].map({"missing": 0, "partial": 1, "old": 2}).astype(float)
    return table.assign(order=order).sort_values(["opens", "needed", "order", "table"], ascending=[False, False, True, True],
                                                 ignore_index=True)[REQUESTS]
