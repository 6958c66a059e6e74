import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from kamnb.methods.ninebox import compare_placements, name_levels, place_boxes, state_cuts


@pytest.fixture
def scores():
    return DataFrame({"attractiveness": [4.5, 3.6, 3.5, 1.2, np.nan], "strength": [2.0, 4.0, 3.7, 2.4, 3.0]},
                     index=["drug", "web", "gms", "vending", "new"]).rename_axis("channel")


def test_thirds_of_the_scale_and_of_the_field_place_differently(scores):
    placed = place_boxes(scores, cuts=state_cuts(scores)).set_index(["convention", "channel"])
    assert placed.loc[("thirds", "web"), "box"] == "medium_high"
    assert placed.loc[("quantiles", "web"), "box"] == "high_high"
    assert placed.loc[("thirds", "new"), ["attractive", "strong"]].tolist() == ["", "medium"]


def test_given_cuts_come_last_and_count_from_the_cut_on(scores):
    cuts = state_cuts(scores, given={"attractiveness": (2.0, 3.5), "strength": (2.0, 4.0)})
    assert cuts["convention"].unique().tolist() == ["thirds", "quantiles", "given"]
    placed = place_boxes(scores, cuts=cuts).set_index(["convention", "channel"])
    assert placed.loc[("given", "gms"), ["attractive", "strong", "margin"]].tolist() == ["high", "medium", 0]
    assert placed.loc[("given", "web"), "strong"] == "high"


def test_who_depends_on_the_convention_is_named(scores):
    found = compare_placements(place_boxes(scores, cuts=state_cuts(scores)))
    assert not found.loc["web", "agrees"] and found.loc["web", "boxes"] == 2
    assert found.loc["drug", "agrees"]
    assert found.loc["gms", "close"] == (found.loc["gms", "margin"] < 0.15)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(1, 5), st.floats(1, 5)), min_size=1, max_size=20))
def test_every_rated_channel_has_one_box_under_each_convention(rows):
    scores = DataFrame(rows, columns=["attractiveness", "strength"]).rename_axis("channel")
    placed = place_boxes(scores, cuts=state_cuts(scores))
    assert len(placed) == 2 * len(rows)
    assert set(placed["attractive"]) | set(placed["strong"]) <= {"low", "medium", "high"}
    assert placed["margin"].ge(0).all()


def test_levels_rise_with_the_score():
    levels = name_levels(DataFrame({"x": [1.0, 2.0, 2.1, 3.0, np.nan]})["x"], low=2.0, high=3.0)
    assert levels.tolist() == ["low", "medium", "medium", "high", ""]
