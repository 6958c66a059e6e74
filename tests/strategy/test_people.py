"""The decision map: indices by hand, unknown apart from neutral, gaps by weight."""

import pandas as pd
import pytest
from pandas import Timestamp

from kamnb import strategy
from tests.strategy.conftest import AS_OF, fill

TEAM = fill("team", [{"member": "M1", "name": "One"}, {"member": "M2", "name": "Two"}])


def person(number, influence, **more):
    plain = {"attitude": 0, "coverage": 2, "contact": "M1", "checked": Timestamp("2025-06-01")}
    return {"person": f"P{number}", "account": "A1", "post": f"Post {number}", "role": "user", "influence": influence, **plain, **more}


def map_of(*rows):
    return strategy.map_people(fill("people", list(rows)), TEAM, as_of=AS_OF)


def test_indices_weigh_by_influence():
    people = map_of(
        person(1, 8, attitude=2, contact="M1"), person(2, 2, attitude=-2, contact="M2"), person(3, 10, coverage=1, attitude=None)
    )
    found = strategy.measure_influence(people)
    assert found["reach"] == 0.5 and found["judged"] == 0.5
    assert found["support"] == pytest.approx((8 * 2 - 2 * 2) / 10)
    assert (found["single_thread"], found["thread"]) == (0.8, "One")


def test_unknown_attitude_is_not_neutral():
    known = strategy.measure_influence(map_of(person(1, 5, attitude=2)))["support"]
    beside = strategy.measure_influence(map_of(person(1, 5, attitude=2), person(2, 5, attitude=None)))["support"]
    assert known == beside == 2


def test_nobody_judged_and_nobody_covered_stay_unknown():
    found = strategy.measure_influence(map_of(person(1, 5, attitude=None, coverage=None)))
    assert pd.isna(found["support"]) and pd.isna(found["single_thread"]) and found["thread"] is None


@pytest.mark.parametrize(
    ("facts", "gap"),
    [
        ({"coverage": 1}, "uncovered"),
        ({"attitude": -1}, "against"),
        ({"attitude": None}, "unknown_attitude"),
        ({"contact": None}, "no_contact"),
        ({"checked": Timestamp("2024-06-01")}, "stale"),
        ({}, ""),
    ],
)
def test_each_gap_is_named(facts, gap):
    assert map_of(person(1, 8, **facts)).at[0, "gap"] == gap


def test_light_persons_make_no_gap_but_a_stale_one():
    people = map_of(person(1, 3, coverage=0, attitude=-2), person(2, 3, checked=None))
    assert people["gap"].tolist() == ["", "stale"]
    assert strategy.pick_gaps(people)["post"].tolist() == ["Post 2"]


def test_no_people_no_map():
    people = strategy.map_people(fill("people", []), fill("team", []), as_of=AS_OF)
    assert people.empty and strategy.measure_influence(people) == {} and strategy.pick_gaps(people).empty
