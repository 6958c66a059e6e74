"""What the long tail of small, irregular accounts will still buy: a model for the many, never for a key account."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.methods.buying_models import LEAST, fit_buying, fit_spending, foresee_purchases, summarise_purchases
from kamnb.methods.tail_value import ValueRules, check_buying, label_tail, value_tail

WEEKS = 365.25 / 7  # of the year that is kept back to test the model
BEYOND = 1e4  # a parameter that has run off: nobody ever leaves, or all buy alike, and the formulas have no answer there
RULES = ValueRules(margin=1.0)  # what they will buy, not what is left of it


def value_long_tail(lines: DataFrame, sales: Series, *, as_of: Timestamp) -> dict[str, object]:
    """Numbers of the long tail by BG/NBD and gamma-gamma: `accounts` in it, `alive` (how many still buy, expected), `value`
    (sales of the next `months`, discounted, minor units), and how the model foresaw the last twelve months when it did not
    know them: `expected`, `actual` purchases and `beats` ("as many as so far").

    `lines`: account, date, net_sales; `sales`: amount of the year by account.  {} where fewer than 30 such accounts bought
    again: then there is nothing to fit.  Source: method.md 2.2 CLV, kill list of section 5.
    """
    bought = summarise_purchases(lines[["account", "date", "net_sales"]], until=as_of)
    labels = label_tail(bought, sales)
    tail = bought[labels == "tail"]
    before = summarise_purchases(lines[lines["account"].isin(tail.index)], until=as_of - pd.DateOffset(years=1))
    if min((tail["x"] > 0).sum(), (before["x"] > 0).sum()) < LEAST:
        return {}
    model, model_before = fit_buying(tail), fit_buying(before)
    with np.errstate(invalid="ignore", over="ignore"):
        ahead = foresee_purchases(model, tail, span=RULES.months / 12 * WEEKS)
        foreseen = foresee_purchases(model_before, before, span=WEEKS)
    sound = all(np.isfinite(table).all(axis=None) for table in (ahead, foreseen))
    if not sound or max(model[:4].max(), model_before[:4].max()) > BEYOND:
        return {"accounts": len(tail), "beats": False}
    known = value_tail(tail, labels, models=(model, fit_spending(tail)), rules=RULES)
    checked = check_buying(lines[lines["account"].isin(before.index)], before, foreseen, span=(as_of - pd.DateOffset(years=1), as_of))
    return {"accounts": len(known), "alive": float(known["alive"].sum()), "value": int(known["value"].fillna(0).sum()),
            "months": RULES.months, **checked}


def name_tail(facts: dict[str, object]) -> str:
    """shown if the model beat the plain guess in the year kept back, hidden if not, none without a long tail."""
    return "none" if not facts else "shown" if facts["beats"] else "hidden"
