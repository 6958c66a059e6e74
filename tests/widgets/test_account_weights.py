"""Stage 2's control beside the weights: the room they may move in, the seats, the eyes of one rater, and the reason."""

import time

import numpy as np
import pandas as pd
import pytest

from kamnb.methods.uncertainty import widen_ratings
from kamnb.settings import FACTORS, SelectionSettings
from kamnb.widgets.account_weights import Field, glance_seats, seat_accounts
from kamnb.words import words
from tests.widgets.conftest import chosen, controls_of, foot_of, run_cells, save, saved_choices


def control(panel, name):
    return controls_of(panel)[words(f"widgets.{name}")]


def test_fewer_seats_choose_fewer_and_the_next_run_has_as_many(build, copied):
    panel = build("2_selection")
    control(panel, "seats").value = 5
    control(panel, "why").value = "Two people are on leave"
    seen = chosen(panel)
    assert len(seen) == 5
    save(panel, "Sato")
    saved = saved_choices(copied)
    assert saved.at["selection.seats", "value"] == "5" and "leave" in saved.at["selection.why", "value"]
    later = run_cells("2_selection", copied)["ended"].final
    assert set(later.loc[later["decision"] == "key", "name"]) == seen


def test_the_room_moves_the_shares_and_not_the_seats(build):
    panel = build("2_selection")
    before, seated = panel.answer.value, chosen(panel)
    control(panel, "spread").value = 1.0
    assert chosen(panel) == seated and panel.answer.value != before


def test_one_rater_may_be_looked_through_but_not_saved(build, copied):
    panel = build("2_selection")
    eyes = control(panel, "eyes")
    assert len(eyes.options) == 4
    before = panel.answer.value
    eyes.value = eyes.options[1][1]
    assert panel.answer.value != before
    assert words("widgets.one_view") in save(panel, "Sato") and not (copied / "decisions").exists()
    foot_of(panel)[2].click()
    assert eyes.value == "" and panel.answer.value == before


@pytest.fixture(scope="module")
def many():
    """Five thousand accounts, eight criteria, nothing missing."""
    rng, names = np.random.default_rng(5), [f"A{n:04}" for n in range(5000)]
    ratings = pd.DataFrame(rng.uniform(1, 5, (5000, 8)), index=pd.Index(names, name="account", dtype="str"), columns=list(FACTORS))
    accounts = pd.DataFrame({"account": names, "name": names, "net_sales": rng.integers(1, 10**9, 5000)}).astype(
        {"account": "str", "name": "str", "net_sales": "Int64"})
    return Field(accounts, ratings, 8, SelectionSettings(), pd.Index([]), widen_ratings(ratings), {"": ratings})


def test_five_thousand_accounts_are_answered_in_a_tenth_of_a_second(many):
    took = []
    for step in range(6):
        weights = {**dict.fromkeys(FACTORS, 1.0), "growth": 1.0 + step}
        started = time.process_time()
        board = seat_accounts(many, weights)
        shares = glance_seats(many, board, weights)
        took.append(time.process_time() - started)
        assert (board["decision"] == "key").sum() == 8 and shares.sum() == pytest.approx(8, abs=1e-6)
    assert min(took) < 0.1, took
