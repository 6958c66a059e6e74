"""What happens when large buyers leave: sales, contribution, fixed cost, and how long it takes to replace them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb import money
from kamnb.methods.concentration import flag_dependence
from kamnb.methods.series import round_amounts

STEPS = {"removed": "int64", "account": "str", "net_sales": "int64", "lost_share": float, "contribution": "Int64",
         "known": float, "lost": "Int64", "result": "Int64", "cover": float}
APPRAISED = ["net_sales", "share", "at_risk", "risk_share", "flag", "months", "shortfall"]
LONG = 120  # months: what takes more than ten years is not replaced
FLAGS = ("unknown", "ordinary", "key", "dependent", "mono")


def lose_contribution(buyers: DataFrame, *, avoidable: float = 0.0) -> Series:
    """What we would earn less without each buyer: pocket margin less the cost to serve that would truly fall away.

    `buyers`: pocket_margin and cost_to_serve (minor units, positive cost; <NA> = unknown).  `avoidable`: share of the
    cost to serve that ends with the account (0 in the first months: people and vans stay).  Int64.
    """
    saved = round_amounts(buyers["cost_to_serve"].astype("Float64").astype(float) * avoidable)
    return (buyers["pocket_margin"].astype("Int64") - saved).rename("at_risk")


def appraise_losses(buyers: DataFrame, *, growth: float, avoidable: float = 0.0) -> DataFrame:
    """Every buyer as if it left alone: what is at risk, how much hangs on it, and how long replacing it would take.

    `buyers`: account, net_sales, pocket_margin, cost_to_serve (one year; sum groups before, they leave together);
    `growth`: growth a year of the others' contribution that can be put against it (fraction, an assumption).  Returns, by
    account, largest sales first: `net_sales`, `share` (of sales), `at_risk`, `risk_share` (of what is earned with all
    buyers that earn), `flag` (the graver of `flag_dependence` of the two), `months` until the others have grown by as
    much (NaN: growth is not positive, or more than ten years) and `shortfall` (contribution missed until then).
    Source: method.md D02, D29, E22, section 5 feature 12, oracle O33.
    """
    found = buyers.set_index("account")[["net_sales"]].assign(at_risk=lose_contribution(
        buyers, avoidable=avoidable).to_numpy())
    found["at_risk"] = found["at_risk"].astype("Int64")
    sales, risk = found["net_sales"].astype(float), found["at_risk"].astype("Float64").astype(float)
    found["share"] = sales / (sales.clip(lower=0).sum() if sales.clip(lower=0).sum() > 0 else np.nan)
    found["risk_share"] = risk / (risk.clip(lower=0).sum() if risk.clip(lower=0).sum() > 0 else np.nan)
    grave = [flag_dependence(found[part])["flag"].map(FLAGS.index) for part in ("share", "risk_share")]
    found["flag"] = pd.concat(grave, axis=1).max(axis=1).map(dict(enumerate(FLAGS))).astype("str")
    found = found.join(time_recovery(risk, risk.sum() - risk, growth=growth))
    return found.sort_index().sort_values("net_sales", ascending=False, kind="stable")[APPRAISED]


def time_recovery(lost: Series, rest: Series, *, growth: float) -> DataFrame:
    """Until the growth of the `rest` has made good what was `lost` (both a year's contribution, minor units).

    Returns `months` (t with rest x ((1 + growth)^(t/12) - 1) = lost; 0 where nothing is lost, NaN where it never comes or
    takes more than ten years) and `shortfall`: what is missed month by month until then (Int64; of ten years where it
    takes longer, <NA> where lost or rest is unknown).
    """
    lost, rest = lost.astype(float), rest.astype(float)
    rising = (rest > 0) & (growth > 0)
    need = np.log1p((lost / rest).where(rising).clip(lower=0)) / (np.log1p(growth) if growth > 0 else np.nan)
    months = (need * 12).where(lost > 0, 0.0).where(lost.notna() & rest.notna())
    steps = np.arange(LONG)
    regrown = rest.clip(lower=0).to_numpy()[:, None] * ((1 + max(growth, 0.0)) ** (steps / 12) - 1)
    missed = np.clip(lost.to_numpy()[:, None] - regrown, 0, None).sum(axis=1) / 12
    return DataFrame({"months": months.where(months <= LONG), "shortfall": round_amounts(Series(missed, index=lost.index))})


def remove_largest(buyers: DataFrame, *, most: int = 10, fixed_cost: int | None = None, avoidable: float = 0.0) -> DataFrame:
    """What is left when the largest buyers leave one after the other, row 0 = all stay.

    `buyers`: as in `appraise_losses`; `fixed_cost`: what must be paid whoever buys (a year, minor units; None =
    unknown), beyond the cost to serve.  Returns `removed` (how many), `account` (the last to go), `net_sales`,
    `lost_share` (of sales), `contribution` (pocket margin less cost to serve that stays), `known` (share of the sales
    left of which it is known), `lost` (contribution missed against row 0), `result` (contribution - fixed cost) and
    `cover` (contribution / fixed cost).  A scenario, no forecast.  Source: method.md D29, section 5 feature 12.
    """
    ordered = buyers.sort_values(["net_sales", "account"], ascending=[False, True], ignore_index=True)
    if ordered.empty:
        return DataFrame(columns=list(STEPS)).astype(STEPS)
    sales, risk = ordered["net_sales"], lose_contribution(ordered, avoidable=avoidable)
    earned = lose_contribution(ordered, avoidable=1.0)
    gone = np.arange(min(most, len(ordered) - 1) + 1)
    cut = [np.concatenate([[0], values.to_numpy(dtype=float, na_value=0).cumsum()])[gone] for values in (sales, risk)]
    covered = sales.where(earned.notna(), 0)
    left = sales.sum() - cut[0].astype("int64")
    seen = covered.sum() - np.concatenate([[0], covered.cumsum()])[gone]
    contribution = Series(earned.sum() - cut[1].astype("int64") if earned.notna().any() else pd.NA, index=gone, dtype="Int64")
    fixed = pd.NA if fixed_cost is None else int(fixed_cost)
    steps = DataFrame({"removed": gone, "account": ["", *ordered["account"]][: len(gone)], "net_sales": left,
                       "lost_share": 1 - left / sales.sum() if sales.sum() > 0 else np.nan, "contribution": contribution,
                       "known": money.ratio(Series(seen, dtype=float), Series(left, dtype=float)),
                       "lost": contribution.iloc[0] - contribution, "result": contribution - fixed})
    steps["cover"] = contribution.astype("Float64").astype(float) / (float(fixed_cost) if fixed_cost else np.nan)
    return steps.astype(STEPS)[list(STEPS)]


def find_breaking_point(steps: DataFrame) -> int | None:
    """How many of the largest buyers must leave for the result to turn negative; None where it never does or is unknown."""
    broken = steps.loc[(steps["result"] < 0).fillna(False).astype(bool), "removed"]
    return int(broken.iloc[0]) if len(broken) else None
