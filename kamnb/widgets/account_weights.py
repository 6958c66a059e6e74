"""Stage 2: the weights of the scorecard, and who takes a seat under them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ipywidgets as w
import pandas as pd
from pandas import DataFrame, Index, Series

from kamnb.engagement import Engagement
from kamnb.errors import InputError
from kamnb.selection.capacity import count_seats
from kamnb.selection.longlist import list_accounts
from kamnb.selection.robustness import board_rules, vary_weights
from kamnb.selection.scorecard import list_criteria, name_unrated, rank_accounts, screen_accounts
from kamnb.selection.scorecard_charts import name_criteria
from kamnb.selection.verdict import list_proposal, take_seats
from kamnb.settings import FACTORS, SelectionSettings
from kamnb.widgets.controls import BARS, bars_html, make_panel, make_sliders, mark_move, say_nothing, weight_limits
from kamnb.widgets.saving import check_name, save_choices, save_rows, say_saved, say_standing
from kamnb.words import say_value, words

Weights = Mapping[str, float]


@dataclass(frozen=True)
class Field:
    """What does not change with the weights: the accounts, their ratings, the number of seats, the settings."""

    accounts: DataFrame
    ratings: DataFrame
    seats: int
    settings: SelectionSettings
    barred: Index


def account_weights(engagement: Engagement, ratings: DataFrame, *, barred: Index | None = None) -> w.Widget:
    """Sliders for the weights of the scorecard, and the accounts ranked by them; Save makes them the engagement's.

    `ratings`: from selection.scorecard.merge_ratings; `barred`: from selection.gatekeeping.bar_accounts.  Save also writes who is key under these weights, once the
    notebook has proposed a list.
    """
    settings = engagement.settings.selection
    criteria = list_criteria(engagement.table("criteria"), settings=settings)
    whole = criteria.set_index("criterion")["weight"].astype(float)
    weights = whole.drop(name_unrated(criteria, ratings.reindex(columns=whole.index))).to_dict()
    if not weights:
        return say_nothing("widgets.nothing_rated")
    field = _mark_field(engagement, ratings, barred)
    before = seat_accounts(field, weights)
    limits, form = weight_limits(weights)

    def save(values: Weights, by: str) -> str:
        name = check_name(by)
        seated = seat_accounts(field, values)
        save_choices(engagement, name_settings(whole, values), by=name)
        return say_saved(name, _save_list(engagement, field, seated, by=name))

    sliders = make_sliders(weights, labels=name_criteria(criteria).to_dict(), limits=limits, form=form)
    return make_panel(sliders, lambda values: _show(seat_accounts(field, values), before), save,
                      standing=say_standing(engagement, "selection.weights."))


def _mark_field(engagement: Engagement, ratings: DataFrame, barred: Index | None) -> Field:
    settings = engagement.settings.selection
    listed = list_accounts(engagement.panel("account_month"), engagement.table("accounts"),
                           engagement.table("channels"), as_of=engagement.as_of)
    seats = count_seats(engagement.table("team"), settings=settings).number
    return Field(listed[["account", "name", "net_sales"]], ratings, seats, settings, Index([]) if barred is None else barred)


def seat_accounts(field: Field, weights: Weights) -> DataFrame:
    """The board under `weights`, best score first: score, gate, rank and decision (key for those who take a seat).

    The stage's own functions, without its draws of random weights: these say how firm a seat is, not who has it.
    Raises InputError in the reader's language when no weight is left.
    """
    if not sum(weights.values()) > 0:
        raise InputError(words("widgets.no_weight"))
    ranking = rank_accounts(field.ratings, weights=Series(weights, dtype=float))
    board = screen_accounts(field.accounts, ranking, settings=field.settings, barred=field.barred)
    undrawn = board.assign(in_top=float("nan"), standing=Series("-", index=board.index, dtype="str"))
    return take_seats(undrawn, seats=field.seats, settings=field.settings)


def name_settings(whole: Series, weights: Weights) -> dict[str, float]:
    """All weights as dotted settings: the sliders', those of unrated criteria as they were, and no weight for
    factors that the client's own criteria leave out (a factor that nobody weighs would count as 1)."""
    full = {**dict.fromkeys(FACTORS, 0.0), **whole.to_dict(), **weights}
    return {f"selection.weights.{criterion}": float(value) for criterion, value in full.items()}


def _save_list(engagement: Engagement, field: Field, seated: DataFrame, *, by: str) -> str:
    """Save the key accounts of `seated` in place of the list that stands; "" before the notebook has proposed one."""
    standing = engagement.decision("selection")
    if standing.empty:
        return ""
    drawn = vary_weights(seated.drop(columns=["in_top", "standing", "decision", "tier"]), field.ratings,
                         seats=field.seats, settings=field.settings)
    board = take_seats(drawn, seats=field.seats, settings=field.settings)
    known = standing.set_index("account").reindex(board["account"])
    kept = {name: known[name].to_numpy() if name in known else pd.NA for name in ("kind", "roles")}
    return save_rows(engagement, ("selection", None), list_proposal(board.assign(**kept, reason=pd.NA)), by=by)


def _show(board: DataFrame, before: DataFrame) -> str:
    """The seated, those who fell out, and the next in the queue."""
    keys, were = (set(b.loc[b["decision"] == "key", "account"]) for b in (board, before))
    open_to = board[(board["gate"] == "") | board["account"].isin(keys | were)].sort_values(["rank", "account"])
    key, fallen = open_to["account"].isin(keys), open_to["account"].isin(were - keys)
    queue = open_to[~key & ~fallen].head(max(2, BARS - int((key | fallen).sum())))
    shown = pd.concat([open_to[key], open_to[fallen], queue]).head(max(BARS, len(keys | were)))
    note = [mark_move(a in keys, (a in keys) != (a in were)) for a in shown["account"]]
    rows = DataFrame({"name": shown["name"], "value": (shown["score"] - 1) / 4, "chosen": shown["account"].isin(keys),
                      "text": [say_value(score, "score") for score in shown["score"]], "note": note})
    return bars_html(rows, head=words("widgets.accounts_head", n=len(keys)),
                     foot=words("widgets.accounts_foot", moved=len(keys - were)))
