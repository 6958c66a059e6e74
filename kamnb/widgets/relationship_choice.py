"""Stage 3: the relationship that is wanted with an account."""

from __future__ import annotations

from collections.abc import Mapping

import ipywidgets as w
from pandas import DataFrame

from kamnb.choices import setting_name
from kamnb.engagement import Engagement
from kamnb.strategy import charts, judge_relationship, list_steps
from kamnb.strategy.relationship import TYPES
from kamnb.widgets.controls import make_panel, rows_html
from kamnb.widgets.saving import check_name, save_choices, save_rows, say_saved, say_standing
from kamnb.words import label, words


def relationship_choice(engagement: Engagement, account: str, signs: DataFrame,
                        verdict: Mapping[str, object] | None = None) -> w.Widget:
    """A choice of the wanted type, and what would have to change for it; Save makes it the engagement's.

    `signs`: from strategy.assess_signs; `verdict`: from strategy.judge_relationship, what is proposed (by default: what
    was decided, or what the signs alone speak for).
    """
    proposed = verdict or judge_relationship(signs, wanted=_read_wanted(engagement, account))
    place = setting_name("strategy", "wanted_types", account)
    choice = w.ToggleButtons(options=[(words(f"strategy.types.{name}"), name) for name in TYPES],
                             value=proposed.get("wanted", TYPES[0]), style={"button_width": "11em"})

    def answer(values: dict) -> str:
        wanted = judge_relationship(signs, wanted=values["wanted"])
        steps = charts.word_steps(list_steps(signs, wanted))
        return rows_html(steps, head=_say_gap(wanted), labels={c: label(c) for c in steps.columns})

    def save(values: dict, by: str) -> str:
        name = check_name(by)
        save_choices(engagement, {place: values["wanted"]}, by=name)
        return say_saved(name, _save_wanted(engagement, account, values["wanted"], by=name))

    standing = say_standing(engagement, place)
    return make_panel({"wanted": choice}, answer, save, standing=standing)


def _say_gap(verdict: Mapping[str, object]) -> str:
    """The type today, the one chosen, and how many signs lie between; or that too few signs are known."""
    if not verdict:
        return charts.word_relationship(verdict)["text"]
    names = {key: words(f"strategy.types.{verdict[key]}") for key in ("now", "wanted")}
    return words("widgets.gap", **names, short=verdict["short"], known=verdict["known"])


def _read_wanted(engagement: Engagement, account: str) -> str | None:
    """The wanted type that was chosen, or else proposed and saved; None where neither was."""
    saved = engagement.decision("strategy", account=account)
    proposed = saved["relationship_wanted"].iloc[0] if len(saved) and "relationship_wanted" in saved else None
    return engagement.settings.strategy.wanted_types.get(account) or (proposed if proposed in TYPES else None)


def _save_wanted(engagement: Engagement, account: str, wanted: str, *, by: str) -> str:
    """Put `wanted` into the saved strategy of `account`, if there is one: the pillars stay with whom they belong to."""
    rows = engagement.decision("strategy", account=account)
    if rows.empty:
        return ""
    people = sorted(set(rows["decided_by"]) - {""})
    names = ", ".join(dict.fromkeys([*people, by])) if people else ""
    return save_rows(engagement, ("strategy", account), rows.assign(relationship_wanted=wanted), by=names)
