"""The tables of the stage in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd
from pandas import DataFrame, Series

from kamnb.methods.raters import WHOLE
from kamnb.selection.scorecard_charts import name_criteria
from kamnb.selection.sheet import list_agreed
from kamnb.selection.study import Scorecard, Seating
from kamnb.selection.verdict import list_decided
from kamnb.words import has_words, name_code, say_value, words

LISTS = {
    "long_list": ["account", "name", "channel_name", "class_abc", "class_xyz", "net_sales", "share", "growth_shrunken", "growth_low",
                  "growth_high", "headroom", "contribution_rate"],
    "long_list_ties": ["account", "name", "roles", "reach", "rank", "score", "in_top", "tenure", "cost_to_serve", "coverage_share",
                       "theirs", "balance", "case"],
    "beliefs": ["account", "name", "standing", "in_top", "any_top", "beats", "belief"],
    "dependence": ["group", "group_name", "accounts", "net_sales", "share", "profit_share", "flag"],
    "prices": ["account", "name", "chosen", "score", "net_sales", "headroom", "loss", "instead"],
    "hurdles": ["account", "name", "decision", "rule_name", "met", "evidence_found", "asked_for"],
    "raters": ["rater", "cells", "kappa", "bias", "leans_on", "correlation", "verdict"],
    "dissent": ["account", "name", "criterion_name", "rater", "rating", "others_rating"],
    "leavers": ["account", "name", "decision", "net_sales", "signs", "items", "items_lapsed", "at_stake"],
    "mergers": ["group", "group_name", "members", "net_sales", "claim_low", "claim_high", "claim_share", "dearest"],
    "key_accounts": ["account", "name", "tier", "kind", "roles", "net_sales", "headroom", "in_top", "reason",
                     "change_of_mind"],
    "waiting": ["account", "name", "channel_name", "kind", "net_sales", "score", "rated", "in_top", "reason", "change_of_mind"],
    "left_out": ["account", "name", "channel_name", "net_sales", "growth", "contribution_rate", "score", "any_top", "decision",
                 "reason"],
    "segments": ["class_abc", "class_xyz", "accounts", "net_sales", "share"],
    "gaps": ["column_name", "known", "known_share", "ask_whom"],
}
GAPS = ("growth_shrunken", "headroom", "contribution_rate", "tenure", "cost_to_serve", "coverage", "theirs", "class_xyz")


def lay_out(rows: DataFrame, table: str) -> DataFrame:
    """The columns of `rows` that the shown table `table` has, in their order."""
    return rows[LISTS[table]]


def word_reasons(reasons: Iterable[str], criteria: DataFrame) -> list[str]:
    """Reasons as a reader says them: the flags, then what lifts or what is missing."""
    names = name_criteria(criteria)
    return [_word_reason(str(reason).split(), names) for reason in reasons]


def _word_reason(codes: list[str], names: Series) -> str:
    flags = [words(f"selection.flags.{code}") for code in codes if code[0] not in "+-"]
    lifts, lacks = ([str(names.get(c[1:], c[1:])) for c in codes if c[0] == sign] for sign in "+-")
    parts = [*flags, *([words("selection.lifts", criteria=lifts)] if lifts else []),
             *([words("selection.lacks", criteria=lacks)] if lacks else [])]
    return words("selection.join").join(parts)


def word_codes(codes: Iterable[str]) -> list[str]:
    """Codes with spaces between them, as names with a separator."""
    return [words("selection.join").join(name_code(code) for code in str(told).split()) for told in codes]


def word_board(rows: DataFrame, *, criteria: DataFrame, beliefs: DataFrame | None = None) -> DataFrame:
    """`rows` with `reason` and `roles` in words and, given `beliefs`, `change_of_mind`: under which weights we would say
    otherwise."""
    told = rows.assign(reason=word_reasons(rows["reason"].fillna(""), criteria), roles=word_codes(rows["roles"].fillna("")))
    if beliefs is None:
        return told
    known = word_beliefs(beliefs, criteria=criteria).set_index("account")["belief"]
    other = ["always" if row["decision"] == "key" else "unlikely" for row in rows.to_dict("records")]
    words_for = {code: words(f"selection.belief.{code}") for code in ("always", "unlikely")}
    return told.assign(change_of_mind=told["account"].map(known).fillna(Series([words_for[o] for o in other], index=told.index)))


def word_list_of(board: DataFrame, decision: str, *, scored: Scorecard, seated: Seating) -> DataFrame:
    """Accounts decided as `decision` in words, best first, with what would change our mind."""
    return word_board(list_decided(board, decision=decision), criteria=scored.criteria, beliefs=seated.believed)


def word_beliefs(beliefs: DataFrame, *, criteria: DataFrame) -> DataFrame:
    """`beliefs` (from `list_beliefs`) with what one must believe in words."""
    names = name_criteria(criteria)
    told = [words(f"selection.belief.{row['belief']}", criterion=names.get(row["criterion"], row["criterion"]), then=row["weight_then"],
                  all=row["weight_all"]) for row in beliefs.to_dict("records")]
    return beliefs.assign(belief=Series(told, index=beliefs.index, dtype="str"))


def key_figures(verdict: dict, size: dict, dependence: dict) -> DataFrame:
    """The four figures on top of the report: figure, value, comment; none without key accounts."""
    if not verdict:
        return DataFrame({"figure": [], "value": [], "comment": []}, dtype="str")
    facts = {**verdict, **dependence, "differ": 0, "large": [], **size}
    facts |= {name: facts[name][:3] for name in ("contested", "large")}
    rows = [("keys", "keys"), ("share", f"share_{dependence['judgement']}"),
            ("certain", "certain" if verdict["contested"] else "certain_all"), ("size", "size" if size else "size_same")]
    return DataFrame([{"figure": words(f"selection.figures.{name}"), "value": words(f"selection.figures.{name}_value", **facts),
                       "comment": words(f"selection.figures.{comment}_comment", **facts)} for name, comment in rows])


def name_rated(unrated: list[str]) -> str:
    """unrated where nobody could be rated on some criterion, otherwise raters_found: how those who rate agree."""
    return "unrated" if unrated else "raters_found"


def word_rated(agreed: dict, unrated: list[str], *, criteria: DataFrame) -> dict[str, object]:
    """What is said of the ratings: `names` of the criteria in `unrated` or, where all are rated, `agreed` (from `summarise_raters`)
    with the criterion named."""
    names = name_criteria(criteria)
    return {"names": [names[c] for c in unrated]} if unrated else word_agreement(agreed, criteria=criteria)


def word_hurdles(hurdles: DataFrame) -> DataFrame:
    """`hurdles` (from `list_hurdles`) in words: `rule_name`, `met`, `evidence_found`, `asked_for`."""
    rows = hurdles.to_dict("records")
    columns = {"rule_name": [_name_rule(row["label"]) for row in rows],
               "met": [words(f"selection.gate.{row['met']}") for row in rows],
               "evidence_found": [_say_fact(row) for row in rows],
               "asked_for": [_say_asked(row) for row in rows]}
    return hurdles.assign(**{name: Series(told, index=hurdles.index, dtype="str") for name, told in columns.items()})


def _name_rule(label: str) -> str:
    key = f"selection.gate.rule_{label}"
    return words(key) if has_words(key) else label


def _say_fact(row: Mapping[str, object]) -> str:
    key, fact = f"selection.gate.fact_{row['column']}", _name_fact(row["column"])
    if row["met"] == "unknown":
        return words("selection.gate.nobody_knows", fact=fact)
    return words(key, value=row["found"]) if has_words(key) else f"{fact}: {say_value(row['found'], 'number')}"


def _name_fact(column: str) -> str:
    key = f"selection.gate.name_{column}"
    return words(key) if has_words(key) else column


def _say_asked(row: Mapping[str, object]) -> str:
    key = f"selection.gate.asked_{row['column']}"
    return words(key, value=row["wanted"]) if has_words(key) else f"{row['op']} {row['wanted']}"


def word_raters(raters: DataFrame, *, criteria: DataFrame) -> DataFrame:
    """`raters` (from `describe_raters`) in words."""
    names = name_criteria(criteria)
    rows = raters.to_dict("records")
    lean = [words(f"selection.raters.{'milder' if row['leans'] > 0 else 'stricter'}", criterion=names.get(row["leans_on"], ""),
                  by=abs(row["leans"])) for row in rows]
    said = [words(f"selection.raters.{row['verdict']}") for row in rows]
    return raters.assign(leans_on=Series(lean, index=raters.index, dtype="str"), verdict=Series(said, index=raters.index, dtype="str"))


def word_agreement(facts: dict, *, criteria: DataFrame) -> dict[str, object]:
    """`facts` (from `summarise_raters`) with the criterion named."""
    if not facts:
        return {}
    weak = words("selection.raters.all") if facts["weak"] == WHOLE else name_criteria(criteria).get(facts["weak"], facts["weak"])
    return {**facts, "weak": weak, "agreement": words(f"selection.raters.{facts['agreement']}")}


def word_dissents(dissent: DataFrame, board: DataFrame, *, criteria: DataFrame) -> DataFrame:
    """`dissent` (from `list_dissents`) with the names of accounts and criteria."""
    names = board.set_index("account")["name"]
    return dissent.assign(name=dissent["account"].map(names), criterion_name=dissent["criterion"].map(name_criteria(criteria)),
                          rating=dissent["score"], others_rating=dissent["others"])


def word_leavers(leavers: DataFrame) -> DataFrame:
    """`leavers` with their warning signs in words."""
    codes = [str(signs).split() or ["items"] for signs in leavers["signs"]]
    told = [words("selection.join").join(words(f"selection.signs.{code}") for code in row) for row in codes]
    return leavers.assign(signs=Series(told, index=leavers.index, dtype="str"))


def word_mergers(claims: DataFrame) -> DataFrame:
    """`claims` (from `expose_mergers`) under the names of the shown columns, the kind of term in words."""
    kinds = [words(f"selection.terms.{kind}") if has_words(f"selection.terms.{kind}") else str(kind) for kind in claims["dearest"]]
    return claims.rename(columns={"sales": "net_sales", "low": "claim_low", "high": "claim_high", "share_high": "claim_share"}).assign(
        dearest=Series(kinds, index=claims.index, dtype="str"))


def word_questions(facts: dict, agreements: DataFrame) -> DataFrame:
    """The three leadership questions: question, what_is_known, open_point.  `facts`: from `answer_leaders`."""
    if not facts:
        return DataFrame({"question": [], "what_is_known": [], "open_point": []}, dtype="str")
    topics = [t for t in agreements["topic"].dropna().unique() if words("selection.leaders.topic").lower() in str(t).lower()]
    stands = list_agreed(agreements, topic=topics[-1]) if topics else Series(dtype=object)
    people = {stance: list(stands.get(stance, [])) for stance in ("agreed", "reserved", "objected")}
    will = "will_known" if topics else "will_unknown"
    room = "grow_known" if facts["known"] else "grow_unknown"
    need = "need_unknown" if pd.isna(facts["given"]) else "need_short" if facts["short"] > 0 else "need_enough"
    doubt = "will_doubt" if people["reserved"] or people["objected"] else "will_clear" if topics else "will_ask"
    told = {**facts, **people, "doubters": people["reserved"] + people["objected"]}
    cells = [("grow", room, "grow_open"), ("need", need, "need_open" if facts["unowned"] else "need_owned"), ("will", will, doubt)]
    return DataFrame([{"question": words(f"selection.leaders.{q}"), "what_is_known": words(f"selection.leaders.{a}", **told),
                       "open_point": words(f"selection.leaders.{o}", **told)} for q, a, o in cells])


def list_gaps(board: DataFrame) -> DataFrame:
    """What is not known of the long list, and who could tell us: `column_name`, `known` (accounts), `known_share` (of sales),
    `ask_whom`; columns that are known of everybody have no row."""
    sales = board["net_sales"].astype(float)
    rows = []
    for name in GAPS:
        known = board[name].notna() & (board[name].astype("str") != "-")
        if not known.all():
            rows.append({"column_name": words(f"selection.gaps.name_{name}"), "known": int(known.sum()),
                         "known_share": float(sales[known].sum() / sales.sum()), "ask_whom": words(f"selection.gaps.ask_{name}")})
    return DataFrame(rows, columns=["column_name", "known", "known_share", "ask_whom"])


def word_new(facts: dict, *, criteria: DataFrame) -> dict[str, object]:
    """`facts` (from `summarise_new`) with the criteria named."""
    names = name_criteria(criteria)
    return {**facts, "dropped": [names.get(c, c) for c in facts["dropped"]]} if facts and facts["dropped"] else {}


def word_list(board: DataFrame) -> DataFrame:
    """The long list in words, largest first: types, and the share of influence that we reach."""
    rows = board.sort_values(["net_sales", "account"], ascending=[False, True], ignore_index=True)
    return rows.assign(roles=word_codes(rows["roles"].fillna("")), coverage_share=rows["coverage"].astype(float))
