"""What notebook 2 computes, against the way one would write it without this package: ratios of the same run."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Timestamp
from scipy.optimize import Bounds, LinearConstraint, milp, minimize
from scipy.special import betaln, gammaln

from benchmarks.timing import compare, seconds
from kamnb.methods.acceptability import accept_seats
from kamnb.methods.buying_models import fit_buying
from kamnb.methods.choice import SetRules, choose_set
from kamnb.methods.pauses import measure_pauses
from kamnb.methods.solver import _hush
from kamnb.methods.uncertainty import ScoreRange, widen_ratings
from kamnb.methods.weighting import WeightRules

DRAWS, SEATS, HOURS = 1_000, 8, 4_000.0
AS_OF = Timestamp("2025-03-31")


def make_ratings(rng: np.random.Generator) -> DataFrame:
    """Five thousand accounts by eight criteria, a fifth of the ratings missing."""
    ratings = DataFrame(rng.integers(1, 6, (5_000, 8)).astype(float), index=[f"A{n:04}" for n in range(5_000)], columns=list("abcdefgh"))
    return ratings.mask(rng.random(ratings.shape) < 0.2)


def seat_in_a_loop(ranges: ScoreRange, seats: int) -> np.ndarray:
    """Share of the draws among the best, one draw of weights and ratings at a time."""
    rng, low, span = np.random.default_rng(1), ranges.low.to_numpy(), (ranges.high - ranges.low).to_numpy()
    counts, doubt = np.zeros(len(low)), span.any()
    for weights in rng.dirichlet(np.ones(low.shape[1]), DRAWS):
        scores = (low + span * rng.random(low.shape) if doubt else low) @ weights
        counts[np.argsort(-scores)[:seats]] += 1
    return counts / DRAWS


def make_customers(rng: np.random.Generator) -> DataFrame:
    """Ten thousand customers of a year who buy at random and leave unseen: x, t_x, T in weeks."""
    x = rng.poisson(rng.gamma(0.5, 4, 10_000))
    return DataFrame({"x": x, "t_x": np.round(np.where(x > 0, 52 * rng.random(10_000) ** (1 / np.maximum(x, 1)), 0), 1), "T": 52.0})


def fit_each_customer(people: DataFrame) -> np.ndarray:
    """BG/NBD over all customers one by one, by the usual simplex search."""
    x, t_x, span = (people[name].to_numpy(dtype=float) for name in ("x", "t_x", "T"))

    def loss(logs: np.ndarray) -> float:
        r, alpha, a, b = np.exp(logs)
        alive = -(r + x) * np.log(alpha + span)
        gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
        mixed = np.where(x > 0, np.logaddexp(alive, gone), alive)
        return -(gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b) + mixed).sum()

    return minimize(loss, np.zeros(4), method="Nelder-Mead", options={"maxiter": 2_000, "xatol": 1e-6, "fatol": 1e-6}).x


def make_long_list(rng: np.random.Generator) -> DataFrame:
    """A thousand accounts with a value and hours."""
    return DataFrame({"account": [f"A{n:04}" for n in range(1_000)], "value": rng.lognormal(0, 1, 1_000),
                      "hours": rng.integers(100, 900, 1_000).astype(float)})


def choose_among_all(accounts: DataFrame) -> np.ndarray:
    """The best set by the solver alone, all accounts at once."""
    rows = np.vstack([accounts["hours"], np.ones(len(accounts))])
    with _hush():
        return milp(-accounts["value"].to_numpy(), integrality=np.ones(len(accounts)), bounds=Bounds(0, 1),
                    constraints=[LinearConstraint(rows, -np.inf, [HOURS, SEATS])], options={"mip_rel_gap": 1e-7}).x


def make_slips(rng: np.random.Generator) -> DataFrame:
    """Thirty thousand slip lines of forty accounts and fifty products over three years."""
    days = pd.Timestamp("2022-04-01") + pd.to_timedelta(rng.integers(0, 1_090, 30_000), unit="D")
    return DataFrame({"account": rng.choice([f"A{n:03}" for n in range(40)], 30_000), "date": days,
                      "product": rng.choice([f"P{n:03}" for n in range(50)], 30_000), "net_sales": rng.integers(100, 9_999, 30_000)})


def pause_group_by_group(slips: DataFrame) -> DataFrame:
    """Limit and pause of every account and product, one group at a time."""
    def judge(rows: DataFrame) -> pd.Series:
        days = rows["date"].drop_duplicates().sort_values()
        return pd.Series({"limit": days.diff().dt.days.quantile(0.95), "pause": (AS_OF - days.max()).days})

    return slips.groupby(["account", "product"])[["date"]].apply(judge)


def compare_selection() -> dict[str, dict[str, float] | float]:
    """Seconds of the usual way and of ours, and their ratio, for each of the methods of notebook 2 that take time.

    `seats_10000_draws`: seconds of ours alone, for 5,000 accounts and 8 criteria.
    """
    rng = np.random.default_rng(7)
    ranges, people, accounts, slips = widen_ratings(make_ratings(rng)), make_customers(rng), make_long_list(rng), make_slips(rng)
    rules, sure = WeightRules(draws=DRAWS, seed=1), ScoreRange(ranges.low, ranges.low)
    return {
        "seats_vs_loop": compare(lambda: seat_in_a_loop(sure, SEATS), lambda: accept_seats(sure, seats=SEATS, rules=rules)),
        "seats_under_doubt_vs_loop": compare(lambda: seat_in_a_loop(ranges, SEATS), lambda: accept_seats(ranges, seats=SEATS, rules=rules)),
        "bgnbd_vs_each_customer": compare(lambda: fit_each_customer(people), lambda: fit_buying(people)),
        "best_set_vs_solver_alone": compare(lambda: choose_among_all(accounts),
                                            lambda: choose_set(accounts, rules=SetRules(hours=HOURS, seats=SEATS))),
        "pauses_vs_groups": compare(lambda: pause_group_by_group(slips),
                                    lambda: measure_pauses(slips, keys=["account", "product"], as_of=AS_OF)),
        "seats_10000_draws": min(seconds(lambda: accept_seats(sure, seats=SEATS, rules=WeightRules(draws=10_000, seed=1)))
                                 for _ in range(3)),
    }
