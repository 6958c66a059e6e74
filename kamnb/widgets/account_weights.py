"""Stage 2: the weights of the scorecard, the room they may move in, the seats, the eyes of one rater; and who takes a seat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import ipywidgets as w
import pandas as pd
from pandas import DataFrame, Index, Series

from kamnb.engagement import Engagement
from kamnb.errors import InputError
from kamnb.methods.acceptability import accept_seats
from kamnb.methods.uncertainty import Ratings
from kamnb.selection.capacity import count_seats
from kamnb.selection.longlist import list_accounts
from kamnb.selection.rating import name_raters, pick_rater
from kamnb.selection.robustness import board_rules, keep_eligible, vary_weights
from kamnb.selection.scorecard import average_raters, list_criteria, name_unrated, rank_accounts, screen_accounts
from kamnb.selection.scorecard_charts import name_criteria
from kamnb.selection.verdict import list_proposal, take_seats
from kamnb.settings import FACTORS, SelectionSettings
from kamnb.widgets.controls import BARS, bars_html, make_panel, make_sliders, mark_move, say_nothing, weight_limits
from kamnb.widgets.saving import check_name, save_choices, save_rows, say_saved, say_standing
from kamnb.words import say_value, words

Weights = Mapping[str, float]
SPREAD, SEATS, EYES, WHY = ("spread",), ("seats",), ("eyes",), ("why",)  # no criterion has such a name
GLANCE, NEAR = 120, 300  # draws of an answer that must be there at once, and accounts near enough to a seat to be drawn


@dataclass(frozen=True)
class Field:
    """What does not change with the weights: the accounts, their ratings (also as ranges, and as each rater sees them), the
    number of seats, the settings, and the accounts that are barred."""

    accounts: DataFrame
    ratings: DataFrame
    seats: int
    settings: SelectionSettings
    barred: Index
    doubt: Ratings
    views: dict[str, DataFrame]


def account_weights(engagement: Engagement, ratings: DataFrame, *, barred: Index | None = None, doubt: Ratings | None = None
                    ) -> w.Widget:
    """Sliders for the weights of the scorecard, the room the board leaves them and the seats, a choice of whose ratings count,
    and the accounts ranked by them; Save makes weights, room and seats the engagement's, with name and reason.

    `ratings`: from selection.scorecard.merge_ratings; `barred`: from selection.gatekeeping.bar_accounts; `doubt`: from
    selection.robustness.doubt_ratings.  Save also writes who is key, once the notebook has proposed a list.
    """
    settings = engagement.settings.selection
    criteria = list_criteria(engagement.table("criteria"), settings=settings)
    whole = criteria.set_index("criterion")["weight"].astype(float)
    weights = whole.drop(name_unrated(criteria, ratings.reindex(columns=whole.index))).to_dict()
    if not weights:
        return say_nothing("widgets.nothing_rated")
    field = _mark_field(engagement, ratings, criteria=criteria, barred=barred)
    field = replace(field, doubt=ratings if doubt is None else doubt)
    before = seat_accounts(field, weights)
    limits, form = weight_limits(weights)

    def save(values: Mapping[object, object], by: str) -> str:
        name = check_name(by)
        if values.get(EYES, ""):
            raise InputError(words("widgets.one_view"))
        moved, asked = _move_field(field, values), _weights_of(values)
        seated = seat_accounts(moved, asked)
        save_choices(engagement, name_settings(whole, asked) | _name_limits(values, field), by=name)
        return say_saved(name, _save_list(engagement, moved, (seated, asked), by=name))

    controls = {**make_sliders(weights, labels=name_criteria(criteria).to_dict(), limits=limits, form=form), **_make_limits(field)}
    return make_panel(controls, lambda values: _answer(field, values, before), save,
                      standing=say_standing(engagement, "selection.weights."))


def _mark_field(engagement: Engagement, ratings: DataFrame, *, criteria: DataFrame, barred: Index | None) -> Field:
    settings, scores = engagement.settings.selection, engagement.table("scores")
    listed = list_accounts(engagement.panel("account_month"), engagement.table("accounts"),
                           engagement.table("channels"), as_of=engagement.as_of)
    seats = count_seats(engagement.table("team"), settings=settings).number
    people = criteria.loc[criteria["source"] == "rating", "criterion"]
    views = {"": ratings}
    for rater in name_raters(scores):
        said = average_raters(pick_rater(scores, rater), criteria)
        views[rater] = ratings.assign(**{c: said[c].reindex(ratings.index).fillna(ratings[c]) for c in people if c in said})
    return Field(listed[["account", "name", "net_sales"]], ratings, seats, settings, Index([]) if barred is None else barred,
                 ratings, views)


def _make_limits(field: Field) -> dict[object, w.Widget]:
    """The controls beside the weights: room, seats, whose eyes (where two or more rate), and why."""
    look = {"style": {"description_width": "16em"}, "layout": w.Layout(width="32em")}
    controls = {SPREAD: w.FloatSlider(value=field.settings.weight_spread, min=0.0, max=1.0, step=0.05, readout_format=".0%",
                                      description=words("widgets.spread"), **look),
                SEATS: w.IntSlider(value=field.seats, min=1, max=max(20, field.seats), description=words("widgets.seats"), **look)}
    if len(field.views) > 2:
        options = [(name or words("widgets.all_raters"), name) for name in field.views]
        controls[EYES] = w.Dropdown(options=options, value="", description=words("widgets.eyes"), **look)
    return controls | {WHY: w.Text(placeholder=words("widgets.why_hint"), description=words("widgets.why"), **look)}


def _weights_of(values: Mapping[object, object]) -> dict[str, float]:
    """The weights among the values of all controls."""
    return {name: value for name, value in values.items() if name not in (SPREAD, SEATS, EYES, WHY)}


def _move_field(field: Field, values: Mapping[object, object]) -> Field:
    """`field` with the seats, the room and the eyes that are set."""
    view = str(values.get(EYES, ""))
    settings = field.settings.model_copy(update={"weight_spread": float(values.get(SPREAD, field.settings.weight_spread))})
    return replace(field, seats=int(values.get(SEATS, field.seats)), settings=settings, ratings=field.views[view],
                   doubt=field.views[view] if view else field.doubt)


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


def glance_seats(field: Field, board: DataFrame, weights: Weights) -> Series:
    """How often each account has a seat within the room the weights have, by account: a first look with few draws, at those
    with the best scores."""
    near = board[board["gate"] == ""].head(NEAR)
    known, shares = _keep_weighed(keep_eligible(near, _keep_rows(field.doubt, near["account"])), weights)
    if len(shares) < 2:
        return Series(dtype=float)
    settings = field.settings.model_copy(update={"draws": GLANCE})
    return accept_seats(known, seats=field.seats, rules=board_rules(shares, settings=settings))["in_top"]


def _keep_rows(ratings: Ratings, accounts: Series) -> Ratings:
    """`ratings` of `accounts`."""
    names = Index(accounts)
    return ratings.reindex(names) if isinstance(ratings, DataFrame) else replace(
        ratings, low=ratings.low.reindex(names), high=ratings.high.reindex(names))


def _keep_weighed(ratings: Ratings, weights: Weights) -> tuple[Ratings, Series]:
    """`ratings` on the criteria that have a weight, and these weights as shares of 1."""
    columns = (ratings if isinstance(ratings, DataFrame) else ratings.low).columns
    shares = Series({name: value for name, value in weights.items() if value > 0 and name in columns}, dtype=float)
    kept = ratings[shares.index] if isinstance(ratings, DataFrame) else replace(
        ratings, low=ratings.low[shares.index], high=ratings.high[shares.index])
    return kept, shares / shares.sum()


def name_settings(whole: Series, weights: Weights) -> dict[str, float]:
    """All weights as dotted settings: the sliders', those of unrated criteria as they were, and no weight for
    factors that the client's own criteria leave out (a factor that nobody weighs would count as 1)."""
    full = {**dict.fromkeys(FACTORS, 0.0), **whole.to_dict(), **weights}
    return {f"selection.weights.{criterion}": float(value) for criterion, value in full.items()}


def _name_limits(values: Mapping[object, object], field: Field) -> dict[str, object]:
    """Room and seats as dotted settings where they were moved, and the reason where one is given."""
    spread, seats, why = values[SPREAD], values[SEATS], str(values[WHY]).strip()
    return {**({"selection.weight_spread": float(spread)} if spread != field.settings.weight_spread else {}),
            **({"selection.seats": int(seats)} if seats != field.seats else {}), **({"selection.why": why} if why else {})}


def _save_list(engagement: Engagement, field: Field, choice: tuple[DataFrame, Weights], *, by: str) -> str:
    """Save the key accounts of `choice` (board, weights) in place of the list that stands; "" before the notebook has proposed one."""
    standing = engagement.decision("selection")
    if standing.empty:
        return ""
    seated, weights = choice
    seated = seated.drop(columns=["in_top", "standing", "decision", "tier"])
    known, shares = _keep_weighed(field.doubt, weights)
    drawn = vary_weights(seated, known, seats=field.seats, rules=board_rules(shares, settings=field.settings))
    board = take_seats(drawn, seats=field.seats, settings=field.settings)
    rows = standing.set_index("account").reindex(board["account"])
    kept = {name: rows[name].to_numpy() if name in rows else pd.NA for name in ("kind", "roles")}
    return save_rows(engagement, ("selection", None), list_proposal(board.assign(**kept, reason=pd.NA)), by=by)


def _answer(field: Field, values: Mapping[object, object], before: DataFrame) -> str:
    """The answer to where all controls stand."""
    moved, weights = _move_field(field, values), _weights_of(values)
    board = seat_accounts(moved, weights)
    return _show(board.assign(in_top=board["account"].map(glance_seats(moved, board, weights)).astype(float)), before)


def _show(board: DataFrame, before: DataFrame) -> str:
    """The seated, those who fell out, and the next in the queue."""
    keys, were = (set(b.loc[b["decision"] == "key", "account"]) for b in (board, before))
    open_to = board[(board["gate"] == "") | board["account"].isin(keys | were)].sort_values(["rank", "account"])
    key, fallen = open_to["account"].isin(keys), open_to["account"].isin(were - keys)
    queue = open_to[~key & ~fallen].head(max(2, BARS - int((key | fallen).sum())))
    shown = pd.concat([open_to[key], open_to[fallen], queue]).head(max(BARS, len(keys | were)))
    note = [mark_move(a in keys, (a in keys) != (a in were)) for a in shown["account"]]
    text = [words("widgets.score_share", score=row["score"], share=row["in_top"]) if pd.notna(row["in_top"]) else
            say_value(row["score"], "score") for row in shown.to_dict("records")]
    rows = DataFrame({"name": shown["name"], "value": (shown["score"] - 1) / 4, "chosen": shown["account"].isin(keys),
                      "text": text, "note": note})
    return bars_html(rows, head=words("widgets.accounts_head", n=len(keys)),
                     foot=words("widgets.accounts_foot", moved=len(keys - were)))
