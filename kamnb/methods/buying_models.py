"""Models of customers who buy at random and leave unseen: BG/NBD and its relatives, gamma-gamma.  For long tails only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from pandas import DataFrame, Series, Timestamp
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

from kamnb.errors import InputError

Family = Literal["bgnbd", "mbgnbd", "paretonbd"]
NAMES = {"bgnbd": ("r", "alpha", "a", "b"), "mbgnbd": ("r", "alpha", "a", "b"), "paretonbd": ("r", "alpha", "s", "beta"),
         "gamma_gamma": ("p", "q", "gamma")}
LEAST = 30  # with fewer customers four parameters are a guess
PURCHASES = {"x": "int64", "t_x": float, "T": float, "mean_value": float, "interval_cv": float}


def summarise_purchases(lines: DataFrame, *, until: Timestamp, unit_days: float = 7.0) -> DataFrame:
    """What the models need of each account, by account.

    `lines`: account, date, net_sales; a purchase is a day with positive sales; days after `until` do not count.  Returns `x`
    (purchases after the first), `t_x` (from the first to the last), `T` (from the first to `until`, both in units of
    `unit_days`), `mean_value` (of the purchases after the first, minor units; NaN without any), `interval_cv` (of the time
    between purchases: about 1 when they come at random, near 0 when by the clock; NaN with fewer than three intervals).
    """
    days = lines[lines["date"] <= until].assign(date=lambda rows: rows["date"].dt.normalize())
    days = days.groupby(["account", "date"], as_index=False)["net_sales"].sum()
    days = days[days["net_sales"] > 0].sort_values(["account", "date"], ignore_index=True)
    days["interval"] = days.groupby("account")["date"].diff().dt.days
    groups, repeat = days.groupby("account"), days[days["interval"].notna()]
    first, last = groups["date"].min(), groups["date"].max()
    gaps = repeat.groupby("account")["interval"]
    cv = (gaps.std(ddof=0) / gaps.mean()).where(gaps.size() >= 3)
    return DataFrame({"x": groups.size() - 1, "t_x": (last - first).dt.days / unit_days,
                      "T": (until.normalize() - first).dt.days / unit_days,
                      "mean_value": repeat.groupby("account")["net_sales"].mean(), "interval_cv": cv},
                     index=first.index).astype(PURCHASES)


def fit_buying(purchases: DataFrame, *, family: Family = "bgnbd") -> Series:
    """Maximum-likelihood parameters of a buying model: r, alpha, a, b (or r, alpha, s, beta), and `log_likelihood`.

    `purchases`: x, t_x, T (`summarise_purchases`).  Raises InputError for fewer than 30 customers or no repeat purchase.
    Source: method.md 2.2 CLV, oracles O1, O4.
    """
    if len(purchases) < LEAST or not (purchases["x"] > 0).any():
        raise InputError(f"{len(purchases)} customers, {int((purchases['x'] > 0).sum())} of them bought again",
                         "buying model", f"The model needs {LEAST} customers and repeat purchases; use the lapse list instead.")
    rows, counts = np.unique(purchases[["x", "t_x", "T"]].to_numpy(dtype=float), axis=0, return_counts=True)
    x, t_x, span = rows.T
    rate = max(float(np.average(x, weights=counts) / max(np.average(span, weights=counts), 1e-9)), 1e-9)
    start = np.log([1.0, 1.0 / rate, 1.0, 1.0 / rate if family == "paretonbd" else 2.0])
    return _fit(lambda p: (counts * LIKELIHOODS[family](p, x, t_x, span)).sum(), start, NAMES[family])


def _fit(likelihood: Callable[[np.ndarray], float], start: np.ndarray, names: tuple[str, ...]) -> Series:
    """Parameters (all positive) with the largest likelihood."""
    def loss(logs: np.ndarray) -> float:
        with np.errstate(all="ignore"):  # far from the truth numbers run over; such a point is simply not taken
            value = likelihood(np.exp(logs))
        return -value if np.isfinite(value) else 1e300

    rough = minimize(loss, start, method="Nelder-Mead", options={"maxiter": 400, "xatol": 1e-3, "fatol": 1e-3})
    found = minimize(loss, rough.x, method="L-BFGS-B", bounds=[(-12, 12)] * len(start), options={"ftol": 1e-13, "gtol": 1e-6})
    best = found if found.fun <= rough.fun else rough
    return Series([*np.exp(best.x), -best.fun], index=[*names, "log_likelihood"])


def _bgnbd(p: np.ndarray, x: np.ndarray, t_x: np.ndarray, span: np.ndarray) -> np.ndarray:
    """Log-likelihood of BG/NBD (Fader, Hardie, Lee 2005), by customer."""
    r, alpha, a, b = p
    alive = -(r + x) * np.log(alpha + span)
    gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    mixed = np.where(x > 0, np.logaddexp(alive, np.where(x > 0, gone, -np.inf)), alive)
    return gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b) + mixed


def _mbgnbd(p: np.ndarray, x: np.ndarray, t_x: np.ndarray, span: np.ndarray) -> np.ndarray:
    """Log-likelihood of MBG/NBD (a customer may leave after the first purchase too), by customer."""
    r, alpha, a, b = p
    alive = betaln(a, b + x + 1) - (r + x) * np.log(alpha + span)
    gone = betaln(a + 1, b + x) - (r + x) * np.log(alpha + t_x)
    return gammaln(r + x) - gammaln(r) + r * np.log(alpha) - betaln(a, b) + np.logaddexp(alive, gone)


def _paretonbd(p: np.ndarray, x: np.ndarray, t_x: np.ndarray, span: np.ndarray) -> np.ndarray:
    """Log-likelihood of Pareto/NBD (Schmittlein, Morrison, Colombo 1987), by customer."""
    r, alpha, s, beta = p
    far, second, total = max(alpha, beta), (s + 1 if alpha >= beta else r + x), r + s + x
    parts = [hyp2f1(total, second, total + 1, abs(alpha - beta) / (far + t)) * np.exp(-total * (np.log(far + t) - np.log(far)))
             for t in (t_x, span)]
    alive = np.exp(-(r + x) * np.log(alpha + span) - s * np.log(beta + span) + total * np.log(far))
    mixed = np.log(alive + s / total * (parts[0] - parts[1])) - total * np.log(far)
    return gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + mixed


LIKELIHOODS = {"bgnbd": _bgnbd, "mbgnbd": _mbgnbd, "paretonbd": _paretonbd}


def expect_purchases(model: Series, spans: np.ndarray) -> np.ndarray:
    """Purchases that a new customer of a BG/NBD `model` makes within each of `spans`.  Source: O3."""
    r, alpha, a, b = _parameters(model)
    t = np.asarray(spans, dtype=float)
    return (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1, t / (alpha + t)))


def foresee_purchases(model: Series, purchases: DataFrame, *, span: float) -> DataFrame:
    """What a BG/NBD `model` says of each customer: `alive` (probability) and `expected` (purchases in the next `span`).

    `purchases`: x, t_x, T in the unit of the model.  Same index.  Source: method.md 2.2 CLV, oracle O2.
    """
    r, alpha, a, b = _parameters(model)
    x, t_x, seen = (purchases[name].to_numpy(dtype=float) for name in ("x", "t_x", "T"))
    with np.errstate(over="ignore"):
        odds = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + seen) / (alpha + t_x)) ** (r + x), 0.0)
    rest = ((alpha + seen) / (alpha + seen + span)) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, span / (alpha + seen + span))
    expected = (a + b + x - 1) / (a - 1) * (1 - rest) / (1 + odds)
    return DataFrame({"alive": 1 / (1 + odds), "expected": expected}, index=purchases.index)


def _parameters(model: Series) -> tuple[float, ...]:
    """Parameters of a BG/NBD model, a hair off where the formulas divide nought by nought (a = 1, a + b = 1)."""
    r, alpha, a, b = (float(model[name]) for name in NAMES["bgnbd"])
    a = a + 1e-7 if abs(a - 1) < 1e-7 else a
    return r, alpha, a, b + 1e-7 if abs(a + b - 1) < 1e-7 else b


def fit_spending(purchases: DataFrame) -> Series:
    """Maximum-likelihood parameters of the gamma-gamma model of what a purchase is worth: p, q, gamma, `log_likelihood`.

    `purchases`: x and mean_value of customers; only those who bought again, at a positive mean, count.  The model takes
    for granted that how much and how often are unrelated: look at their correlation.  Raises InputError for fewer than
    30 of them.  Source: method.md 2.2 CLV, oracle O5.
    """
    again = purchases[(purchases["x"] > 0) & (purchases["mean_value"] > 0)]
    if len(again) < LEAST:
        raise InputError(f"{len(again)} customers bought again", "spending model", f"The model needs {LEAST}.")
    x, z = again["x"].to_numpy(dtype=float), again["mean_value"].to_numpy(dtype=float)
    unit = float(np.median(z))
    model = _fit(lambda p: _gamma_gamma(p, x, z / unit).sum(), np.log([3.0, 3.0, 2.0]), NAMES["gamma_gamma"])
    return model * Series({"p": 1.0, "q": 1.0, "gamma": unit, "log_likelihood": 1.0}) - Series(
        {"p": 0.0, "q": 0.0, "gamma": 0.0, "log_likelihood": len(again) * np.log(unit)})


def _gamma_gamma(p: np.ndarray, x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Log-likelihood of the gamma-gamma model (Fader, Hardie 2013), by customer."""
    shape, q, gamma = p
    every = shape * x
    return (gammaln(every + q) - gammaln(every) - gammaln(q) + q * np.log(gamma) + (every - 1) * np.log(z)
            + every * np.log(x) - (every + q) * np.log(gamma + x * z))


def expect_spending(model: Series, purchases: DataFrame) -> Series:
    """What a purchase of each customer is worth on average by a gamma-gamma `model`, in the unit of mean_value.

    A customer without repeat purchases is worth the mean of all (NaN where q is 1 or less: the model has no mean).
    """
    p, q, gamma = (float(model[name]) for name in NAMES["gamma_gamma"])
    x = purchases["x"].astype(float)
    below = p * x + q - 1
    spent = p * (gamma + (x * purchases["mean_value"]).where(x > 0, 0.0)) / below.where(below > 0)
    return spent.rename("mean_value")


def compare_repeats(model: Series, purchases: DataFrame, *, most: int = 7) -> DataFrame:
    """How many customers bought 0, 1, 2 ... times again, counted and by a BG/NBD `model`: repeats, customers, `expected`.

    The last row counts `most` and more.  A model that cannot repeat the past shall not tell the future.
    """
    r, alpha, a, b = _parameters(model)
    span = purchases["T"].to_numpy(dtype=float)
    times, chance, rest = np.arange(most), [], 0.0
    for n in times:
        log = gammaln(r + n) - gammaln(r) - gammaln(n + 1) + r * np.log(alpha / (alpha + span)) + n * np.log(span / (alpha + span))
        alive = np.exp(betaln(a, b + n) - betaln(a, b) + log)
        left = np.exp(betaln(a + 1, b + n - 1) - betaln(a, b)) * (1 - rest) if n else 0.0
        chance.append((alive + left).sum())
        rest = rest + np.exp(log)
    counted = purchases["x"].clip(upper=most).value_counts().reindex(range(most + 1), fill_value=0)
    return DataFrame({"repeats": range(most + 1), "customers": counted.to_numpy(dtype="int64"),
                      "expected": [*chance, len(purchases) - sum(chance)]})
