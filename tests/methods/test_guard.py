from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame, Index, Series

from kamnb.methods.guard import GuardRules, guard_list, trace_list


def moves(standing, seats, rules=None, **shares):
    table = guard_list(Index(standing), Series(shares, dtype=float), rules=replace(rules or GuardRules(), seats=seats))
    return {row["account"]: (row["move"], row["reason"], row["in_place_of"]) for row in table.to_dict("records")}


def test_between_the_doors_nothing_moves():
    found = moves(["a", "b"], 2, a=0.9, b=0.35, c=0.5)
    assert found == {"a": ("stays", "above_leave", ""), "b": ("stays", "above_leave", "")}


def test_who_falls_below_the_lower_door_leaves_and_a_strong_one_takes_the_seat():
    found = moves(["a", "b"], 2, a=0.9, b=0.2, c=0.7, d=0.65)
    assert found["b"] == ("leaves", "below_leave", "")
    assert found["c"] == ("enters", "above_enter", "")
    assert found["d"] == ("waits", "no_seat", "")


def test_one_in_one_out_only_with_a_clear_lead():
    assert moves(["a", "b"], 2, a=0.9, b=0.45, c=0.6)["c"] == ("waits", "no_seat", "")
    found = moves(["a", "b"], 2, a=0.9, b=0.45, c=0.7)
    assert found["c"] == ("enters", "stronger", "b") and found["b"] == ("leaves", "stronger", "c")


def test_list_longer_than_its_seats_loses_its_weakest():
    found = moves(["a", "b", "c"], 2, a=0.9, b=0.4, c=0.5)
    assert found["b"] == ("leaves", "over_seats", "")
    assert [name for name, (move, _, _) in found.items() if move == "stays"] == ["a", "c"]


def test_must_comes_in_and_stays():
    rules = GuardRules(must=("z", "a"))
    found = moves(["a", "b"], 2, rules, a=0.0, b=0.5, z=0.1)
    assert found["a"] == ("stays", "must", "")
    assert found["z"] == ("enters", "must", "b")


def test_account_nobody_rates_any_more_stays_for_somebody_to_look():
    found = moves(["a", "b"], 1, a=0.9, b=np.nan)
    assert found["b"] == ("stays", "unknown", "") and found["a"][0] == "leaves"


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 1), min_size=3), st.sets(st.sampled_from("abcdefgh")), st.integers(1, 5))
def test_list_never_outgrows_its_seats(shares, standing, seats):
    table = guard_list(Index(sorted(standing)), Series(shares, dtype=float), rules=GuardRules(seats=seats))
    inside = table["move"].isin(["stays", "enters"])
    known = ~table.loc[inside, "in_top"].isna()
    assert known.sum() <= seats
    assert set(table.loc[table["before"], "account"]) == standing
    assert not table["account"].duplicated().any()
    assert table["in_place_of"].ne("").sum() % 2 == 0


def test_second_round_moves_nothing():
    shares = Series({"a": 0.9, "b": 0.45, "c": 0.7, "d": 0.1})
    first = guard_list(Index(["a", "b"]), shares, rules=GuardRules(seats=2))
    again = guard_list(Index(first.loc[first["move"].isin(["stays", "enters"]), "account"]), shares, rules=GuardRules(seats=2))
    assert again["move"].tolist() == ["stays", "stays"]


def test_growth_of_the_list_is_logged():
    history = DataFrame({"date": pd.to_datetime(["2023-04-01"] * 2 + ["2024-04-01"] * 3), "account": ["a", "b", "b", "c", "d"]})
    table = trace_list(history, seats=2)
    assert table[["listed", "entered", "left", "net", "over"]].to_numpy().tolist() == [[2, 2, 0, 2, 0], [3, 2, 1, 1, 1]]
    assert trace_list(history)["over"].isna().all()
    assert trace_list(history.iloc[:0], seats=2).empty


def test_empty_list_fills_up():
    assert moves([], 1, a=0.7, b=0.8) == {"b": ("enters", "above_enter", ""), "a": ("waits", "no_seat", "")}
    assert guard_list(Index([]), Series(dtype=float), rules=GuardRules(seats=3)).empty


@pytest.mark.parametrize("rules", [GuardRules(enter=0.95), GuardRules(leave=0.95)])
def test_doors_are_settings(rules):
    assert moves(["a"], 2, rules, a=0.9, b=0.9).get("b", ("",))[0] == ("enters" if rules.enter < 0.9 else "")
