"""The sample taken through the stage once, in the order of the notebook, and small hand-made frames."""

from types import SimpleNamespace

import pandas as pd
import pytest

from kamnb.selection import factors, routing, strategic, study


def choose(e):
    """Every frame of the stage for engagement `e`, by the steps of 2_selection.ipynb."""
    long = study.draw_up_list(e)
    scored = study.rate_accounts(e, long)
    seated = study.seat_accounts(e, scored)
    moved = routing.find_rerouted(e.panel("account_month"), e.table("sellthru"), as_of=e.as_of)
    effort = factors.measure_effort(long.segments, e.table("cost_drivers"), e.table("visits"), scale=e.scale)
    pocket = factors.measure_pocket(e.panel("account_category_month"), e.table("terms"), as_of=e.as_of, rules=scored.prices)
    final = strategic.compare_size(seated.board, scored.ratings, weights=scored.weights, seats=seated.seats.number)
    return SimpleNamespace(**{**vars(long), **vars(scored), **vars(seated)} | {
        "long": long, "scored": scored, "seated": seated, "moved": moved, "listed": long.segments, "effort": effort, "pocket": pocket,
        "final": final, "settings": e.settings.selection})


@pytest.fixture(scope="session")
def chosen(sample):
    """The stage on the sample, in English."""
    return choose(sample)


def months(first, count):
    return pd.date_range(first, periods=count, freq="MS").astype("datetime64[us]")


@pytest.fixture
def ledger():
    """account_month of three accounts over 36 months to March 2024: steady A, growing B, C that began a year ago."""
    rows = [{"account": account, "month": month, "net_sales": sales(number), "cost": 60, "quantity": 1.0}
            for account, sales in (("A", lambda _: 1000), ("B", lambda n: 100 + 10 * n), ("C", lambda _: 50))
            for number, month in enumerate(months("2021-04-01", 36)) if account != "C" or number >= 20]
    return pd.DataFrame(rows).astype({"account": "str", "cost": "Int64"})
