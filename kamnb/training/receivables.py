"""Receivables of the sample: one invoice per account and month, paid early, late or not at all."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, offsets

from kamnb.training.terms import payment_days
from kamnb.training.world import AS_OF, World, recipe, stream

FIRST_MONTH = "2024-04-01"
SLOW = 0.06             # share of accounts that pay a little late as a habit


def bill_accounts(world: World, slips: DataFrame) -> DataFrame:
    """Invoices in yen without tax: invoice, account, issued, due, amount, paid_on (missing = open), paid."""
    month = slips["date"].dt.to_period("M").dt.start_time.rename("month")
    billed = slips.groupby(["account", month])["net_sales"].sum().rename("amount").reset_index()
    billed = billed[(billed["month"] >= FIRST_MONTH) & (billed["amount"] > 0)]
    billed = billed.sort_values(["month", "account"], ignore_index=True)
    issued = billed["month"] + offsets.MonthEnd(0)
    due = issued + pd.to_timedelta(billed["account"].map(payment_days(world)), unit="D")
    paid_on = due + pd.to_timedelta(billed["account"].map(_habits(world)) + _slips_of_the_pen(world, billed), unit="D")
    done = paid_on <= AS_OF
    number = billed["month"].dt.strftime("%y%m") + (billed.groupby("month").cumcount() + 1).astype(str).str.zfill(3)
    return DataFrame({"invoice": "B" + number, "account": billed["account"], "issued": issued, "due": due,
                      "amount": billed["amount"], "paid_on": paid_on.where(done),
                      "paid": billed["amount"].where(done, 0)})


def _habits(world: World) -> Series:
    """Days after the due date at which each account usually pays; the story's late payer far beyond."""
    rng, index = stream(world.seed, "habits"), world.accounts.index
    days = Series(np.where(rng.random(len(index)) < SLOW, rng.integers(4, 10, len(index)), 0), index=index)
    story = recipe("stories")["T08"]
    days.loc[story["account"]] = story["days_late"]
    return days


def _slips_of_the_pen(world: World, billed: DataFrame) -> np.ndarray:
    """A few days earlier or later, by chance; most invoices are paid on the day."""
    rng = stream(world.seed, "payments")
    return np.where(rng.random(len(billed)) < 0.12, rng.integers(-2, 5, len(billed)), 0)
