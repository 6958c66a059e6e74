import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.methods.portfolio import compare_rankings, compare_rivals, find_pareto, summarise_front


def test_position_is_relative_to_the_best_competitor():
    rivals = DataFrame({"account": list("aaaab"), "competitor": ["X", "X", "Y", "Z", "X"], "category": "tea",
                        "share": [0.3, 0.1, 0.4, np.nan, 0.2], "strength": [5.0, 4.0, 3.0, 4.6, np.nan]})
    own = DataFrame({"share": [0.2, np.nan, 0.5], "strength": [4.0, 3.0, 2.0]}, index=["a", "b", "c"])
    found = compare_rivals(rivals, own)
    assert found.loc["a", ["rivals", "rival", "strongest"]].tolist() == [3, "Y", "Z"]
    assert found.loc["a", ["relative_share", "relative_strength", "score"]].tolist() == pytest.approx([0.5, -0.6, 2.4])
    assert np.isnan(found.loc["b", "relative_share"]) and np.isnan(found.loc["b", "score"])
    assert found.loc["c", "rivals"] == 0 and np.isnan(found.loc["c", "score"])  # unknown rivals do not make us strong


def test_nobody_beats_the_front():
    points = DataFrame({"size": [5, 4, 1, 4, np.nan], "value": [1, 4, 5, 3, 9]}, index=list("abcde"))
    found = find_pareto(points)
    assert found["front"].fillna(False).tolist() == [True, True, True, False, False]
    assert found.loc["d", "beaten_by"] == 1 and pd.isna(found.loc["e", "front"])
    told = summarise_front(found, Series([True, False, True, True, True], index=list("abcde")))
    assert told == {"front": 3, "chosen": 4, "inside": 2, "dominated": ["d"], "passed_over": ["b"]}


def test_equal_points_do_not_beat_one_another():
    assert find_pareto(DataFrame({"x": [1, 1], "y": [2, 2]}))["front"].all()


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=25), st.randoms())
def test_front_is_that_of_pairwise_comparison(rows, random):
    points = DataFrame(rows, columns=list("xyz"))
    found = find_pareto(points)
    for place, row in enumerate(rows):
        beaten = sum(all(o >= m for o, m in zip(other, row, strict=True)) and other != row for other in rows)
        assert found.loc[place, "beaten_by"] == beaten
    order = random.sample(range(len(rows)), len(rows))
    turned = find_pareto(points.iloc[order] * 7 + 3).sort_index()
    pd.testing.assert_frame_equal(turned, found)
    assert found["front"].any()


def test_five_thousand_points_in_blocks():
    points = DataFrame(np.random.default_rng(1).random((1200, 2)), columns=["size", "value"])
    found = find_pareto(points)
    best = points.sort_values("size", ascending=False)
    assert sorted(found.index[found["front"]]) == sorted(best.index[best["value"] >= best["value"].cummax()])


def test_rankings_by_share_alone_and_by_everything():
    found = compare_rankings(Series({"a": 0.4, "b": 0.3, "c": 0.2, "d": 0.1, "e": 0.9}),
                             Series({"a": 1.0, "b": 3.0, "c": 2.0, "d": 4.0, "f": 5.0}), seats=2)
    assert found["moved"].to_dict() == {"a": -3, "d": 3, "b": 0, "c": 0}
    assert found["seat"].to_dict() == {"a": "first", "d": "second", "b": "both", "c": "neither"}
    assert found["moved"].sum() == 0
    assert compare_rankings(Series(dtype=float), Series(dtype=float), seats=2).empty


def test_no_accounts_no_front():
    none = DataFrame({"size": Series([], dtype=float), "value": Series([], dtype=float)})
    assert find_pareto(none).empty
    assert summarise_front(find_pareto(none), Series(dtype=bool)) == {}
    rivals = DataFrame({name: Series([], dtype=kind) for name, kind in {"account": "str", "competitor": "str", "category": "str",
                                                                       "share": float, "strength": float}.items()})
    assert compare_rivals(rivals, DataFrame({"share": [], "strength": []}, index=pd.Index([], dtype="str"))).empty
