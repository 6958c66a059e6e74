"""Tables of stage 3 in words, as a reader of the report sees them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from pandas import DataFrame

from kamnb.words import has_words, say_value, words

Facts = Mapping[str, object]


def word_code(area: str, code: object) -> str:
    """The wording of `code` in `area` of the word list, or the text itself where a person wrote it."""
    if code is None or pd.isna(code):
        return ""
    return words(f"strategy.{area}.{code}") if has_words(f"strategy.{area}.{code}") else str(code)


def _or_dash(value: object, kind: str) -> str:
    return say_value(None if pd.isna(value) else value, kind)


def word_known(facts: DataFrame) -> DataFrame:
    """The facts that are known: fact, value, comment (what to notice).  `facts`: from `collect_facts`."""
    known = facts[facts["known"].notna()]
    return DataFrame(
        {
            "fact": [word_code("facts", fact) for fact in known["fact"]],
            "value": [
                word_code("values", row.known) if row.kind == "code" else say_value(row.known, row.kind)
                for row in known.itertuples()
            ],
            "comment": [word_code("notes", note) for note in known["note"]],
        },
        dtype="str",
    )


def word_open(facts: DataFrame) -> DataFrame:
    """The facts that nobody knows yet, and who could tell: fact, ask.  `facts`: from `collect_facts`."""
    gaps = facts[facts["known"].isna()]
    return DataFrame(
        {
            "fact": [word_code("facts", fact) for fact in gaps["fact"]],
            "ask": [word_code("asks", ask) for ask in gaps["ask"]],
        },
        dtype="str",
    )


def word_stores(measures: DataFrame) -> DataFrame:
    """Store measures: store_measure, value, peer_value, peers.  `measures`: from `compare_stores`."""
    return DataFrame(
        {
            "store_measure": [word_code("store_measures", name) for name in measures["store_measure"]],
            "value": [_or_dash(row.own, row.kind) for row in measures.itertuples()],
            "peer_value": [_or_dash(row.peer, row.kind) for row in measures.itertuples()],
            "peers": measures["peers"].to_numpy(),
        }
    )


def word_terms(comparison: DataFrame) -> DataFrame:
    """Price steps beside peers: step, amount, list_share, peer_share, list_gap, gap_amount.

    `comparison`: from `compare_terms`.
    """
    named = comparison.assign(step=[word_code("bars", bar) for bar in comparison["bar"]])
    return named.rename(columns={"share": "list_share", "gap": "list_gap"})[
        ["step", "amount", "list_share", "peer_share", "list_gap", "gap_amount"]
    ]


def word_promotions(appraised: DataFrame) -> DataFrame:
    """Promotions with their verdict in words.  `appraised`: from `appraise_account`."""
    named = appraised.assign(verdict=[word_code("verdicts", verdict) for verdict in appraised["verdict"]])
    return named[["month", "promotion", "spend", "uplift", "dip", "net_uplift", "earned_margin", "roi", "verdict"]]


def word_gaps(people: DataFrame) -> DataFrame:
    """Gaps of the decision map in words: post, role, influence, attitude, coverage, contact_name, gap, evidence."""
    attitudes = [
        words("strategy.people.unknown") if pd.isna(a) else word_code("attitudes", int(a) + 2)
        for a in people["attitude"]
    ]
    coverages = [
        words("strategy.people.unknown") if pd.isna(c) else word_code("coverages", int(c)) for c in people["coverage"]
    ]
    return people.assign(
        role=[word_code("roles", role) for role in people["role"]],
        attitude=attitudes,
        coverage=coverages,
        gap=[word_code("gaps", gap) for gap in people["gap"]],
    )


def word_factors(factors: DataFrame, known: Facts) -> DataFrame:
    """SWOT factors and their evidence as text ("" = none): side, factor, evidence.

    `factors`: from `join_factors`; `known`: facts that the wording of suggested factors quotes.
    """
    named = {name: known.get(name) for name in ("category", "rival", "rival_category", "thread")}
    texts = [
        words(f"strategy.factors.{row.factor}", **named) if row.origin == "data" else row.factor
        for row in factors.itertuples()
    ]
    proofs = [
        words(f"strategy.evidence.{row.factor}", fact=row.fact, **named)
        if row.origin == "data"
        else ""
        if pd.isna(row.evidence)
        else row.evidence
        for row in factors.itertuples()
    ]
    return DataFrame({"side": factors["side"], "factor": texts, "evidence": proofs}).astype("str")


def word_steps(steps: DataFrame) -> DataFrame:
    """What to do about each sign that falls short: sign, value, needed, move.  `steps`: from `list_steps`."""
    return DataFrame(
        {
            "sign": [word_code("signs", sign) for sign in steps["sign"]],
            "value": [_or_dash(row.value, row.kind) for row in steps.itertuples()],
            "needed": [_or_dash(row.needed, row.kind) for row in steps.itertuples()],
            "move": [word_code("moves", "find_out" if pd.isna(row.value) else row.sign) for row in steps.itertuples()],
        },
        dtype="str",
    )


def word_pillars(pillars: DataFrame) -> DataFrame:
    """The five Ps with what speaks for them: pillar, stance, reason, finding, origin.

    `pillars`: from `propose_pillars`.
    """
    coded = [has_words(f"strategy.stances.{stance}") for stance in pillars["stance"]]
    return DataFrame(
        {
            "pillar": pillars["pillar"],
            "stance": [_stance(row, "stances") for row in pillars.itertuples()],
            "reason": pillars["reason"].where(pillars["reason"].notna(), ""),
            "finding": [_finding(row) for row in pillars.itertuples()],
            "origin": [words(f"strategy.pillars.{'computed' if code else 'saved'}") for code in coded],
        },
        dtype="str",
    )


def word_shared(shared: DataFrame) -> DataFrame:
    """The five Ps as the account may read them: pillar, stance.  `shared`: from `share_pillars`."""
    stances = [_stance(row, "shared_stances") for row in shared.itertuples()]
    return DataFrame({"pillar": shared["pillar"], "stance": stances}, dtype="str")


def _stance(row: object, area: str) -> str:
    if not has_words(f"strategy.{area}.{row.stance}"):
        return str(row.stance)
    category = words("strategy.pillars.open_categories") if pd.isna(row.category) else row.category
    return words(f"strategy.{area}.{row.stance}", category=category)


def _finding(row: object) -> str:
    """What the figures say, with the figures; which term is dear stands behind the colon of its code."""
    code, _, bar = row.finding.partition(":")
    figures = {"amount": row.amount, "rate": row.rate, "number": row.number, "category": row.category}
    return words(f"strategy.findings.{code}", bar=word_code("bars", bar), **figures)
