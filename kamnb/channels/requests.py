"""What we know and what we lack: the inventory of information, and what to ask the client for first."""

from __future__ import annotations

from collections.abc import Mapping

from pandas import DataFrame

from kamnb.channels.structure import sum_latest
from kamnb.engagement import Engagement
from kamnb.methods.inventory import SUBJECTS, rank_requests, take_inventory

INVENTORY = {"table": "asked_table", "state": "info_state", "covered": "known_share"}
NAMES = {name for names in SUBJECTS.values() for name in names}


def list_requests(engagement: Engagement, *, months: DataFrame, needs: Mapping[str, tuple[str, ...]]) -> DataFrame:
    """What to ask the client for, the table that opens most first.

    `engagement`: whose tables are looked at; `months`: from `place_months`; `needs`: tables behind every view.  Returns
    subject, asked_table, info_state (missing, old, partial), newest, known_share (of our sales it says something about),
    views_opened and views_needed (that appear at once, and that rest on it).  Source: method.md A04.
    """
    sales = sum_latest(months).set_index("account")["net_sales"]
    given = {name: engagement.table(name) for name in sorted(NAMES - {"sales"})}
    given["sales"] = months.rename(columns={"month": "date"})
    stock = take_inventory(given, sales=sales, as_of=engagement.as_of)
    ranked = rank_requests(stock, needs=needs).merge(stock[["table", "newest", "covered"]], on="table")
    used = ranked[(ranked["needed"] > 0) | (ranked["state"] != "missing")]
    named = used.rename(columns={**INVENTORY, "needed": "views_needed", "opens": "views_opened"})
    return named[["subject", "asked_table", "info_state", "newest", "known_share", "views_opened", "views_needed"]].reset_index(
        drop=True)
