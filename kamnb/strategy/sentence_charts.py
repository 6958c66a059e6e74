"""Sentences and key figures of stage 3: each picks the wording that the facts allow."""

from __future__ import annotations

from collections.abc import Mapping

from pandas import DataFrame

from kamnb.strategy.history import summarise_categories
from kamnb.strategy.table_charts import word_code
from kamnb.words import say_value, words

Facts = Mapping[str, object]


def word_standing(standing: Facts) -> dict[str, str]:
    """What the stages before decided, as a sentence; {} without a selection.  `standing`: from `find_standing`."""
    if not standing:
        return {}
    values = {name: word_code("standing", standing[name]) for name in ("kind", "channel")}
    return {"text": words(f"strategy.standing.{standing['decision']}", rank=standing["rank"], **values)}


def word_relationship(verdict: Facts) -> dict[str, str]:
    """The type of relationship now and wanted, as a sentence.  `verdict`: from `judge_relationship`."""
    if not verdict:
        return {"text": words("strategy.sentences.type_unknown")}
    key = {"step": "type_step", "set": "type_set"}.get(str(verdict["why"]), "type_stay")
    return {
        "text": words(
            f"strategy.sentences.{key}",
            now=word_code("types", verdict["now"]),
            wanted=word_code("types", verdict["wanted"]),
        )
    }


def word_worth(known: Facts, *, account: str) -> dict[str, str]:
    """What the account leaves us, as far as it is known, as a sentence.  `known`: from `summarise_worth`."""
    level = worth_level(known)
    if level == "worth":
        return {"text": words(f"strategy.sentences.worth_{'idle' if 'idle' in known else 'unknown'}", account=account)}
    loses = level == "net" and known["net"] < 0
    key = {"pocket_margin": "worth_pocket", "margin": "worth_margin"}.get(
        level, "worth_loses" if loses else "worth_earns"
    )
    return {
        "text": words(
            f"strategy.sentences.{key}",
            account=account,
            amount=abs(known[level]) if loses else known[level],
            rate=known.get(f"{level}_rate"),
        )
    }


def worth_level(known: Facts) -> str:
    """The most complete profit that is known: net (contribution), pocket_margin, margin (gross), or worth (none)."""
    return next((name for name in ("net", "pocket_margin", "margin") if name in known), "worth")


def word_terms_found(found: Facts) -> dict[str, str]:
    """Which term stands out, as a title; {} where no terms are known.  `found`: from `summarise_terms`."""
    if not found:
        return {}
    named = {**found, "bar": word_code("bars", found.get("bar"))}
    return {"text": words(f"strategy.sentences.{'terms_gap' if 'bar' in found else 'terms_fine'}", **named)}


def word_space(facts: Facts) -> dict[str, str]:
    """Room to grow as a sentence.  `facts`: from `summarise_space`."""
    key = "space_unknown" if not facts else "space_none" if facts["category"] is None else "space_open"
    numbers = (
        {"low": facts["headroom_low"], "high": facts["headroom_high"], "category": facts["category"]} if facts else {}
    )
    return {"text": words(f"strategy.sentences.{key}", **numbers)}


def word_decision(decided: DataFrame) -> dict[str, str]:
    """Whether somebody has confirmed the decision that stands, as a sentence."""
    people = sorted({by for by in decided["decided_by"] if by})
    return {
        "text": words("strategy.sentences.stands_confirmed", by=say_value(people, "list"))
        if people
        else words("strategy.sentences.stands_open")
    }


def shared_figures(history: Facts, categories: DataFrame) -> DataFrame:
    """Four figures that both sides know: figure, value, comment.

    `history`: from `summarise_history`; `categories`: from `split_by_category`.
    """
    prefix, moved = "strategy.shared.key_figures", summarise_categories(categories)
    rows = [
        (
            words(f"{prefix}.net_sales", year=history.get("year")),
            say_value(history.get("net_sales"), "money"),
            _growth(history),
        ),
        (
            words(f"{prefix}.growth"),
            say_value(history.get("cagr"), "rate"),
            words(f"{prefix}.growth_comment", **history) if history else "",
        ),
        (
            words(f"{prefix}.categories"),
            words(f"{prefix}.categories_value", **moved) if moved else say_value(None, "text"),
            words(f"{prefix}.categories_comment", **moved) if moved else "",
        ),
        (
            words(f"{prefix}.returns"),
            say_value(history.get("return_rate"), "share1"),
            words(f"{prefix}.returns_comment"),
        ),
    ]
    return DataFrame(rows, columns=["figure", "value", "comment"])


def _growth(history: Facts) -> str:
    return (
        words("strategy.key_figures.net_sales_comment", **history)
        if history
        else words("strategy.key_figures.first_year")
    )


def key_figures(history: Facts, known: Facts, verdict: Facts) -> DataFrame:
    """Four figures of what the account is worth to us: figure, value, comment.

    `history`: from `summarise_history`; `known`: facts on worth and headroom; `verdict`: from `judge_relationship`.
    """
    prefix, level = "strategy.key_figures", worth_level(known)
    rows = [
        (
            words(f"{prefix}.net_sales", year=history.get("year")),
            say_value(history.get("net_sales"), "money"),
            _growth(history),
        ),
        (
            words(f"{prefix}.{level}"),
            say_value(known.get(level), "money"),
            words(f"{prefix}.{level}_comment", rate=known.get(f"{level}_rate")),
        ),
        _headroom(known),
        _relationship(verdict),
    ]
    return DataFrame(rows, columns=["figure", "value", "comment"])


def _headroom(known: Facts) -> tuple[str, str, str]:
    prefix = "strategy.key_figures.headroom"
    if "headroom_low" not in known:
        return words(prefix), say_value(None, "text"), words(f"{prefix}_unknown")
    comment = words(f"{prefix}_comment", category=known["category"]) if known["category"] else words(f"{prefix}_none")
    return words(prefix), words(f"{prefix}_value", low=known["headroom_low"], high=known["headroom_high"]), comment


def _relationship(verdict: Facts) -> tuple[str, str, str]:
    prefix = "strategy.key_figures.relationship"
    if not verdict:
        return words(prefix), word_code("values", "not_judged"), words(f"{prefix}_unknown")
    names = {key: word_code("types", verdict[key]) for key in ("now", "wanted")}
    value = names["now"] if verdict["now"] == verdict["wanted"] else words(f"{prefix}_value", **names)
    return words(prefix), value, words(f"{prefix}_comment", known=verdict["known"], signs=verdict["signs"])
