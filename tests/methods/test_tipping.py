import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.errors import InputError
from kamnb.methods.scoring import score_accounts
from kamnb.methods.tipping import TIPPING, find_tipping


def test_weight_at_which_a_seat_changes_hands():
    ratings = DataFrame({"size": [5.0, 1.0], "logo": [2.0, 4.0]}, index=["big", "famous"])
    found = find_tipping(ratings, weights=Series({"size": 1.0, "logo": 1.0}), seats=1).set_index(["account", "criterion"])
    # 5 s + 2 (1 - s) = s + 4 (1 - s) at s = 1 / 3
    assert found.loc[("famous", "logo"), "tips_at"] == pytest.approx(2 / 3, abs=0.006)
    assert found.loc[("big", "size"), ["seated", "weight"]].tolist() == [True, 0.5]
    assert found.loc[("big", "size"), "tips_at"] == pytest.approx(1 / 3, abs=0.006)
    assert found["distance"].tolist() == pytest.approx([1 / 6] * 4, abs=0.006)


def test_who_is_better_throughout_cannot_be_unseated():
    ratings = DataFrame({"x": [5, 3, 1], "y": [5, 3, 2], "z": [5, 4, 1]}, index=list("abc"))
    assert find_tipping(ratings, weights=Series({"x": 1, "y": 1, "z": 1}), seats=1).empty


@settings(max_examples=15)
@given(st.lists(st.integers(1, 5), min_size=18, max_size=18), st.integers(1, 4))
def test_seats_do_change_at_the_tipping_weight(values, seats):
    noise = np.random.default_rng(1).normal(0, 1e-3, 18)  # no equals: who sits is then plain
    ratings = DataFrame(np.reshape(np.array(values) + noise, (6, 3)), index=list("abcdef"), columns=list("xyz"))
    weights = Series({"x": 0.5, "y": 0.3, "z": 0.2})
    for row in find_tipping(ratings, weights=weights, seats=seats).to_dict("records"):
        rest = weights.drop(row["criterion"])
        moved = (rest / rest.sum() * (1 - row["tips_at"])).reindex(weights.index).fillna(row["tips_at"])
        score = ratings @ moved
        edge = score.sort_values(ascending=False).iloc[[seats - 1, seats]].mean()
        if abs(score[row["account"]] - edge) > 1e-3:
            assert (score[row["account"]] > edge) != row["seated"]


def test_scale_of_weights_does_not_matter_and_missing_is_left_out():
    ratings = DataFrame({"x": [5, 4, 1], "y": [np.nan, 4, 5]}, index=list("abc"))
    once, other = (find_tipping(ratings, weights=Series({"x": 3.0, "y": 1.0}) * by, seats=1) for by in (1, 50))
    assert once.equals(other)
    best = score_accounts(ratings, weights=Series({"x": 3.0, "y": 1.0})).index[0]
    assert set(once.loc[once["seated"], "account"]) <= {best}


def test_one_criterion_has_nothing_to_tip_and_nobody_neither():
    assert find_tipping(DataFrame({"x": [1, 2]}, index=["a", "b"]), weights=Series({"x": 1}), seats=1).empty
    none = DataFrame({"x": Series([], dtype=float), "y": Series([], dtype=float)})
    assert find_tipping(none, weights=Series({"x": 1, "y": 1}), seats=1).columns.tolist() == list(TIPPING)
    with pytest.raises(InputError, match="no weight"):
        find_tipping(DataFrame({"x": [1], "z": [2]}), weights=Series({"x": 1, "y": 1}), seats=1)
