"""Stage 1: the weights of the nine-box."""

from __future__ import annotations

from collections.abc import Mapping

import ipywidgets as w
from pandas import DataFrame

from kamnb.channels import decide_channels, place_channels, weigh_doubt
from kamnb.engagement import Engagement
from kamnb.errors import InputError
from kamnb.settings import ChannelSettings
from kamnb.widgets.controls import bars_html, make_panel, make_sliders, mark_move, say_nothing, weight_limits
from kamnb.widgets.saving import check_name, save_choices, save_rows, say_saved, say_standing
from kamnb.words import name_code, say_value, words

AXES = ("attractiveness", "strength")
Weights = Mapping[tuple[str, str], float]


def channel_weights(engagement: Engagement, ratings: DataFrame) -> w.Widget:
    """Sliders for the weights of both axes, and the channels ranked by them; Save makes them the engagement's.

    `ratings`: from channels.rate_channels.  Save also writes the channels' decision that these weights give.
    """
    settings = engagement.settings.channels
    weights = {(axis, name): float(value) for axis in AXES for name, value in getattr(settings, axis).items()
               if ratings[name].notna().any()}
    if not weights:
        return say_nothing("widgets.nothing_rated")
    doubt = weigh_doubt(ratings, settings=settings)
    before = rank_channels(ratings, weights, settings=settings, doubt=doubt)
    limits, form = weight_limits(weights)
    labels = {key: words(f"widgets.{key[0]}", criterion=words(f"channels.criteria.{key[1]}")) for key in weights}

    def answer(values: Weights) -> str:
        return _show(rank_channels(ratings, values, settings=settings, doubt=doubt), before)

    def save(values: Weights, by: str) -> str:
        name = check_name(by)
        chosen = save_choices(engagement, name_settings(settings, values), by=name).settings.channels
        rows = rank_channels(ratings, values, settings=chosen, doubt=weigh_doubt(ratings, settings=chosen))
        return say_saved(name, save_rows(engagement, ("channels", None), rows, by=name))

    sliders = make_sliders(weights, labels=labels, limits=limits, form=form)
    return make_panel(sliders, answer, save, standing=say_standing(engagement, "channels."))


def rank_channels(ratings: DataFrame, weights: Weights, *, settings: ChannelSettings, doubt: DataFrame) -> DataFrame:
    """The decision that `weights` (by axis and criterion) give, best channel first: channels.decide_channels.

    Raises InputError in the reader's language when an axis has no weight left.
    """
    by_axis = {axis: {name: value for (a, name), value in weights.items() if a == axis} for axis in AXES}
    if any(values and not sum(values.values()) > 0 for values in by_axis.values()):
        raise InputError(words("widgets.no_weight"))
    placed = place_channels(ratings, **by_axis, cuts=settings.cuts)
    return decide_channels(placed, ratings=ratings, doubt=doubt, settings=settings)


def name_settings(settings: ChannelSettings, weights: Weights) -> dict[str, float]:
    """Weights of both axes as dotted settings, those of criteria without ratings as they were."""
    standing = {(axis, name): value for axis in AXES for name, value in getattr(settings, axis).items()}
    return {f"channels.{axis}.{name}": float(value) for (axis, name), value in {**standing, **weights}.items()}


def _show(ranked: DataFrame, before: DataFrame) -> str:
    priority = ranked["decision"] == "priority"
    was = ranked["channel"].isin(before.loc[before["decision"] == "priority", "channel"])
    note = [mark_move(now, now != then) for now, then in zip(priority, was, strict=True)]
    rows = DataFrame({"name": ranked["channel_name"], "value": ((ranked["score"] - 1) / 4).fillna(0.0), "note": note,
                      "text": [say_value(score, "score") for score in ranked["score"]], "chosen": priority})
    seats, foot = int(priority.sum()), words("widgets.channels_foot", role=name_code("harvest"))
    return bars_html(rows, head=words("widgets.channels_head", n=seats), foot=foot)
