"""Charts of the people, the SWOT grid, and the relationship ladder."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from pandas import DataFrame

from kamnb.strategy.relationship import TYPES
from kamnb.strategy.swot import SIDES
from kamnb.style import ACCENT, GREY, GRID, INK, LIGHT, SOFT, canvas, hide_axis, shorten, title, wrap
from kamnb.words import say_value, words

LINE = 45  # columns of text that fit into a quarter of the SWOT grid

COLUMNS = (10.5, 13.9, 16.6)  # where the texts beside the bars of the decision map begin (a bar is at most 10 long)


def decision_map(people: DataFrame, *, account: str, facts: dict, ax: Axes | None = None) -> Axes:
    """The persons by influence: length is influence, colour is whether we reach them, the column says their attitude.

    `people`: from `map_people`; `facts`: from `measure_influence`.
    """
    ax = canvas(ax, height=0.36 * len(people) + 1.25)
    places = range(len(people))
    ax.barh(
        places, people["influence"].astype(float), color=[ACCENT if c else LIGHT for c in people["covered"]], height=0.6
    )
    ax.set_yticks(places, [shorten(post, 30) for post in people["post"]])
    for place, row in zip(places, people.itertuples(), strict=True):
        texts = (words(f"strategy.roles.{row.role}"), _attitude(row.attitude), _plain(row.contact_name))
        for x, text in zip(COLUMNS, texts, strict=True):
            known = text != words("strategy.people.unknown")
            ax.text(x, place, shorten(text, 30), va="center", fontsize=9, color=INK if known else GREY)
    for x, head in zip(COLUMNS, ("role", "attitude", "contact"), strict=True):
        ax.text(x, -0.75, words(f"strategy.people.{head}"), fontsize=8.5, color=GREY, va="bottom")
    ax.set_xlim(0, 22)
    ax.set_ylim(len(people) - 0.4, -0.7)
    ax.tick_params(length=0)
    hide_axis(ax.xaxis)
    key = "strategy.people.message" if people["covered"].any() else "strategy.people.nobody"
    return title(ax, words(key, account=account, reach=facts["reach"]), words("strategy.people.measured"))


def _attitude(value: object) -> str:
    return words("strategy.people.unknown") if pd.isna(value) else words(f"strategy.attitudes.{int(value) + 2}")


def _plain(value: object) -> str:
    return words("strategy.people.unknown") if pd.isna(value) else str(value)


def swot_grid(factors: DataFrame, *, account: str, ax: Axes | None = None) -> Axes:
    """Strengths and weaknesses above, opportunities and threats below, each factor with its evidence in grey.

    `factors`: worded by `word_factors`.  A factor without evidence has an open mark.
    """
    blocks = {side: _lay_factors(factors[factors["side"] == side]) for side in SIDES}
    upper, lower = (max(_height(blocks[a]), _height(blocks[b])) for a, b in (SIDES[:2], SIDES[2:]))
    ax = canvas(ax, height=0.2 * (upper + lower) + 1.1)
    for place, side in enumerate(SIDES):
        left, top = (place % 2) * 50, upper + lower if place < 2 else lower
        tall = upper if place < 2 else lower
        ax.add_patch(Rectangle((left, top - tall), 49, tall - 0.4, facecolor=GRID, edgecolor="none", alpha=0.55))
        ax.text(left + 1.5, top - 0.85, words(f"strategy.swot.{side}"), color=ACCENT, fontsize=10.5, va="top")
        _write_factors(ax, blocks[side], left + 1.5, top - 2.4)
    ax.set_xlim(0, 99)
    ax.set_ylim(0, upper + lower)
    hide_axis(ax.xaxis)
    hide_axis(ax.yaxis)
    bare = int((factors["evidence"] == "").sum())
    key = "strategy.swot.message_bare" if bare else "strategy.swot.message"
    return title(ax, words(key, account=account, factors=len(factors), bare=bare), words("strategy.swot.measured"))


def _lay_factors(factors: DataFrame) -> list[tuple[str, str, bool]]:
    """Factor and evidence of each row, broken into lines, and whether there is evidence."""
    return [
        (wrap(row.factor, LINE), wrap(row.evidence, LINE + 4) if row.evidence else "", bool(row.evidence))
        for row in factors.itertuples()
    ]


def _height(block: list[tuple[str, str, bool]]) -> float:
    """Height that a quarter needs, with head and margins, in lines of text."""
    return max(sum(_lines(factor) + _lines(evidence) + 0.45 for factor, evidence, _ in block), 1.5) + 2.6


def _lines(text: str) -> float:
    """Height of broken text in lines; a first line takes a little more than the following ones."""
    return 1.0 + 0.8 * text.count("\n") if text else 0.0


def _write_factors(ax: Axes, block: list[tuple[str, str, bool]], left: float, top: float) -> None:
    """The factors of one quarter, each with its mark."""
    if not block:
        ax.text(left, top, words("strategy.swot.nothing"), color=GREY, fontsize=9, va="top")
    for factor, evidence, supported in block:
        ax.text(left, top - 0.12, "●" if supported else "○", color=ACCENT if supported else GREY, fontsize=7, va="top")
        ax.text(left + 2, top, factor, color=INK, fontsize=9, va="top", linespacing=1.2)
        ax.text(left + 2, top - _lines(factor), evidence, color=GREY, fontsize=8, va="top", linespacing=1.25)
        top -= _lines(factor) + _lines(evidence) + 0.45


def ladder(signs: DataFrame, *, account: str, verdict: dict, ax: Axes | None = None) -> Axes:
    """Each sign's level on the ladder of four types; the column of the wanted type is tinted, today's is framed.

    `signs`: from `assess_signs`; `verdict`: from `judge_relationship`.
    """
    ax = canvas(ax, height=0.38 * len(signs) + 1.5)
    for key, style in (
        ("wanted", {"facecolor": SOFT, "alpha": 0.3}),
        ("now", {"facecolor": "none", "edgecolor": GREY, "linewidth": 1.1}),
    ):
        if verdict:
            ax.add_patch(Rectangle((TYPES.index(verdict[key]) + 0.55, -0.6), 0.9, len(signs) + 0.2, **style))
    for place, row in enumerate(signs.itertuples()):
        ax.plot([1, 4], [place, place], color=GRID, linewidth=1.2, zorder=0)
        text = words("strategy.people.unknown") if pd.isna(row.level) else say_value(row.value, row.kind)
        if not pd.isna(row.level):
            short = bool(verdict) and row.level < TYPES.index(verdict["wanted"]) + 1
            ax.plot(int(row.level), place, "o", markersize=11, color=ACCENT if short else INK)
        ax.text(4.75, place, text, va="center", ha="left", fontsize=9, color=GREY if pd.isna(row.level) else INK)
    ax.set_yticks(range(len(signs)), [words(f"strategy.signs.{sign}") for sign in signs["sign"]])
    for place, name in enumerate(TYPES, start=1):
        ax.text(place, -0.8, wrap(words(f"strategy.types.{name}"), 16), ha="center", va="bottom", fontsize=9, color=INK)
    ax.set_xlim(0.4, 5.6)
    ax.set_ylim(len(signs) - 0.3, -0.75)
    ax.tick_params(length=0)
    hide_axis(ax.xaxis)
    return title(ax, _ladder_message(account, verdict), words("strategy.ladder.measured"))


def _ladder_message(account: str, verdict: dict) -> str:
    if not verdict:
        return words("strategy.ladder.untold", account=account)
    key = "strategy.ladder.message" if verdict["now"] != verdict["wanted"] else "strategy.ladder.stay"
    return words(
        key,
        account=account,
        now=words(f"strategy.types.{verdict['now']}"),
        wanted=words(f"strategy.types.{verdict['wanted']}"),
        short=verdict["short"],
        known=verdict["known"],
    )
