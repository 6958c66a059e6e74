"""Stage 1: the weights of the nine-box, its cut-offs, and the year it is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ipywidgets as w
from pandas import DataFrame, Timestamp

from kamnb.channels import Priority, decide_channels, place_channels, weigh_doubt
from kamnb.engagement import Engagement
from kamnb.errors import InputError
from kamnb.settings import ChannelSettings
from kamnb.widgets.controls import LABEL, SLIDER, bars_html, make_panel, make_sliders, mark_move, say_nothing, weight_limits
from kamnb.widgets.saving import check_name, save_choices, save_rows, say_saved, say_standing
from kamnb.words import name_code, say_value, words

AXES = ("attractiveness", "strength")
CUTS, YEAR = "cuts", "year"
Weights = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class Question:
    """What the panel asks: the weights of both axes, the cut-offs, and the ratings of the year that is looked at."""

    weights: Weights
    settings: ChannelSettings
    ratings: DataFrame


def channel_weights(engagement: Engagement, priority: Priority) -> w.Widget:
    """Sliders for the weights of both axes, the cut-offs and the year, and the channels ranked by them; Save keeps them.

    `priority`: from channels.study_priority.  Save makes weights and cut-offs the engagement's and writes the decision
    that they give today, whatever year is looked at.
    """
    settings, ratings = engagement.settings.channels, priority.ratings
    weights = {(axis, name): float(value) for axis in AXES for name, value in getattr(settings, axis).items()
               if ratings[name].notna().any()}
    if not weights:
        return say_nothing("widgets.nothing_rated")
    before = rank_channels(Question(weights, settings, ratings), doubt=priority.doubt)
    limits, form = weight_limits(weights)
    labels = {key: words(f"widgets.{key[0]}", criterion=words(f"channels.criteria.{key[1]}")) for key in weights}
    latest = max(priority.past, default=None)

    def answer(values: Mapping[object, object]) -> str:
        year = values.get(YEAR, latest)
        return _show(rank_channels(_ask(values, settings, priority.past.get(year, ratings)), doubt=priority.doubt), before)

    def save(values: Mapping[object, object], by: str) -> str:
        name = check_name(by)
        asked = _ask(values, settings, ratings)
        chosen = save_choices(engagement, name_settings(asked), by=name).settings.channels
        rows = rank_channels(Question(asked.weights, chosen, ratings), doubt=weigh_doubt(ratings, settings=chosen))
        return say_saved(name, save_rows(engagement, ("channels", None), rows, by=name))

    controls = {**make_sliders(weights, labels=labels, limits=limits, form=form), **_make_choices(settings, list(priority.past))}
    return make_panel(controls, answer, save, standing=say_standing(engagement, "channels."))


def _make_choices(settings: ChannelSettings, years: list[str]) -> dict[object, w.Widget]:
    """The cut-offs as buttons, and the year as a list where there is more than one."""
    look = {"style": {"description_width": LABEL}, "layout": w.Layout(width=SLIDER)}
    cuts = w.ToggleButtons(options=[(words(f"widgets.cuts_{name}"), name) for name in ("thirds", "quantiles")],
                           value=settings.cuts, description=words("widgets.cuts"),
                           style={"description_width": LABEL, "button_width": "13em"})
    if len(years) < 2:
        return {CUTS: cuts}
    options = [(say_value(Timestamp(year), "year"), year) for year in years]
    return {CUTS: cuts, YEAR: w.Dropdown(options=options, value=years[-1], description=words("widgets.year"), **look)}


def _ask(values: Mapping[object, object], settings: ChannelSettings, ratings: DataFrame) -> Question:
    """What the controls ask: weights are the pairs among the keys of `values`."""
    weights = {key: float(value) for key, value in values.items() if isinstance(key, tuple)}
    return Question(weights, settings.model_copy(update={"cuts": values.get(CUTS, settings.cuts)}), ratings)


def rank_channels(asked: Question, *, doubt: DataFrame) -> DataFrame:
    """The decision that the weights and cut-offs give, best channel first: channels.decide_channels.

    Raises InputError in the reader's language when an axis has no weight left.
    """
    by_axis = {axis: {name: value for (a, name), value in asked.weights.items() if a == axis} for axis in AXES}
    if any(values and not sum(values.values()) > 0 for values in by_axis.values()):
        raise InputError(words("widgets.no_weight"))
    placed = place_channels(asked.ratings, **by_axis, cuts=asked.settings.cuts)
    return decide_channels(placed, ratings=asked.ratings, doubt=doubt, settings=asked.settings)


def name_settings(asked: Question) -> dict[str, object]:
    """Weights of both axes and the cut-offs as dotted settings, the weights of criteria without ratings as they were."""
    standing = {(axis, name): value for axis in AXES for name, value in getattr(asked.settings, axis).items()}
    weights = {f"channels.{axis}.{name}": float(value) for (axis, name), value in {**standing, **asked.weights}.items()}
    return {**weights, "channels.cuts": asked.settings.cuts}


def _show(ranked: DataFrame, before: DataFrame) -> str:
    priority = ranked["decision"] == "priority"
    was = ranked["channel"].isin(before.loc[before["decision"] == "priority", "channel"])
    note = [mark_move(now, now != then) for now, then in zip(priority, was, strict=True)]
    roles = [words("widgets.role_note", role=name_code(role), note=more) for role, more in zip(ranked["role"], note, strict=True)]
    rows = DataFrame({"name": ranked["channel_name"], "value": ((ranked["score"] - 1) / 4).fillna(0.0), "note": roles,
                      "text": [say_value(score, "score") for score in ranked["score"]], "chosen": priority})
    seats, foot = int(priority.sum()), words("widgets.channels_foot", role=name_code("harvest"))
    return bars_html(rows, head=words("widgets.channels_head", n=seats), foot=foot)
