"""Those who rate: whether they have seen the same accounts, who dissents where, and whether they like whom they know."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series

from kamnb.methods.familiarity import check_familiarity
from kamnb.methods.raters import WHOLE, agree_raters, average_by_rater, compare_raters, list_dissent, measure_leaning

ROWS = ["rater", "cells", "kappa", "bias", "leans_on", "leans", "correlation", "verdict"]
SHOWN = 8


def measure_familiarity(people: DataFrame, visits: DataFrame, ratings: DataFrame) -> DataFrame:
    """How well we know each account: account, `familiarity` (hours of visits a year or, without visits, persons we know),
    and `merit` (mean of the ratings from data), so that a good account that is well known does not count as a bias."""
    logged = visits.groupby("account")["hours"].sum().astype(float)
    known = logged if len(logged) else people.groupby("account").size().astype(float)
    merit = ratings.mean(axis=1)
    return DataFrame({"familiarity": known, "merit": merit.reindex(known.index)}).rename_axis("account").reset_index()


def describe_raters(scores: DataFrame, familiarity: DataFrame) -> DataFrame:
    """One row per rater: rater, `cells` (ratings given), `kappa` (mean weighted kappa with the others), `bias` (milder than
    the others, points), `leans_on` (criterion on which it stands furthest apart from them) and `leans` (by how much),
    `correlation` of liking with knowing, `verdict` (biased, reverse, no_sign, too_few).

    Source: method.md C14, feature 2.
    """
    known = scores[scores["score"].notna()]
    if known["rater"].nunique() < 2:
        return DataFrame(columns=ROWS)
    pairs, leaning = compare_raters(scores), measure_leaning(scores)
    both = pd.concat([pairs[["rater", "kappa"]], pairs[["other", "kappa"]].set_axis(["rater", "kappa"], axis=1)])
    told = check_familiarity(average_by_rater(scores), familiarity).set_index("rater")
    first = leaning.iloc[leaning["bias"].abs().argsort(kind="stable")[::-1]].drop_duplicates("rater").set_index("rater")
    weighed = (leaning["bias"] * leaning["cells"]).groupby(leaning["rater"]).sum() / leaning.groupby("rater")["cells"].sum()
    table = DataFrame({"cells": known.groupby("rater").size(), "kappa": both.groupby("rater")["kappa"].mean(), "bias": weighed,
                       "leans_on": first["criterion"], "leans": first["bias"], "correlation": told["correlation"],
                       "verdict": told["verdict"]}).drop(index=WHOLE, errors="ignore")
    return table.rename_axis("rater").reset_index()[ROWS]


def list_agreement(scores: DataFrame) -> DataFrame:
    """Kendall's W by criterion, weakest first, and over all ("all"): `agree_raters`."""
    table = agree_raters(scores)
    order = table.assign(last=table["criterion"] == WHOLE).sort_values(["last", "w", "criterion"], ignore_index=True)
    return order.drop(columns="last")


def summarise_raters(agreement: DataFrame, raters: DataFrame) -> dict[str, object]:
    """Numbers of the raters: `raters`, `accounts` (rated by all), `w` over all, `agreement` (weak, moderate, strong), `weak`
    (criterion with the least W) and `weak_w`, `kappa` (least of the pairs' means), `biased` (names of raters who like
    whom they know); {} where agreement cannot be told."""
    whole = agreement[agreement["criterion"] == WHOLE]
    if whole.empty or whole["agreement"].iloc[0] == "unknown" or raters.empty:
        return {}
    last = agreement[(agreement["criterion"] != WHOLE) & agreement["w"].notna()].iloc[0]
    return {"raters": int(whole["raters"].iloc[0]), "accounts": int(whole["accounts"].iloc[0]), "w": whole["w"].iloc[0],
            "agreement": whole["agreement"].iloc[0], "weak": last["criterion"], "weak_w": last["w"], "kappa": raters["kappa"].min(),
            "biased": raters.loc[raters["verdict"] == "biased", "rater"].tolist()}


def list_dissents(scores: DataFrame, *, accounts: list[str]) -> DataFrame:
    """The widest dissents on `accounts`: account, criterion, rater, score, others, difference; at most eight."""
    return list_dissent(scores[scores["account"].isin(accounts)]).head(SHOWN)


def pick_rater(scores: DataFrame, rater: str) -> DataFrame:
    """The scores of one rater alone ("" = of all)."""
    return scores[scores["rater"] == rater] if rater else scores


def name_raters(scores: DataFrame) -> Series:
    """Names of those who rated, in order."""
    return Series(sorted(scores.loc[scores["score"].notna(), "rater"].unique()), dtype="str")
