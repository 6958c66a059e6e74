import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame, Series

from kamnb.methods.relations import STAGES, compare_views, measure_their_view, measure_ties, rate_ties


@pytest.fixture
def people():
    return DataFrame({"account": list("aaab"), "influence": [8, 4, 4, 5], "coverage": Series([3, 0, 2, None], dtype="Int64"),
                      "attitude": Series([2, None, -1, None], dtype="Int64"), "contact": ["M1", None, "M2", None]})


def test_ties_are_weighted_by_influence(people):
    ties = measure_ties(people)
    assert ties.loc["a"].tolist() == pytest.approx([3, 12 / 16, (16 - 4) / 12, 12 / 16, 8 / 12])
    assert ties.loc["b", ["coverage", "judged"]].tolist() == [0, 0]
    assert ties.loc["b", ["support", "single_thread"]].isna().all()


def test_strength_needs_both_coverage_and_support(people):
    strength = rate_ties(measure_ties(people))
    assert strength["a"] == pytest.approx(1 + 4 * (0.75 + 0.75) / 2)
    assert np.isnan(strength["b"])


def test_unit_of_influence_does_not_matter(people):
    doubled = measure_ties(people.assign(influence=people["influence"] * 2))
    pd.testing.assert_frame_equal(doubled, measure_ties(people))


def test_their_view_is_weighted_by_what_matters_to_them():
    answers = DataFrame({"account": list("aaab"), "respondent": ["p", "p", "q", "r"], "importance": [5, 1, np.nan, 3],
                         "score": [4.0, 1.0, np.nan, 3.0], "competitor_score": [3.0, np.nan, 5.0, np.nan]})
    found = measure_their_view(answers)
    assert found.loc["a", ["respondents", "answers", "score", "rival", "lead"]].tolist() == pytest.approx([1, 2, 21 / 6, 3, 1])
    assert found.loc["b", "score"] == 3
    assert found.loc["b", ["rival", "lead"]].isna().all()


def test_both_views_have_their_stage_and_the_gap_is_named():
    ours = Series({"a": 4.5, "b": 2.0, "c": 3.0, "d": 1.0})
    found = compare_views(ours, Series({"a": 2.0, "b": 3.5, "c": 3.1, "e": 5.0}))
    assert found["verdict"].to_dict() == {"a": "we_overrate", "b": "we_underrate", "c": "agreed", "d": "one_sided", "e": "one_sided"}
    assert found.loc["a", ["stage_ours", "stage_theirs", "steps"]].tolist() == ["integrated", "basic", 3]
    assert found.loc["d", ["stage_ours", "stage_theirs"]].tolist() == ["exploratory", "-"]
    assert found.loc["e", "stage_theirs"] == STAGES[-1]


def test_nobody_known_no_relation(people):
    none = people.iloc[:0]
    assert measure_ties(none).empty and rate_ties(measure_ties(none)).empty
    blank = Series(dtype=float)
    assert compare_views(blank, blank).empty
    answers = DataFrame({name: Series([], dtype=kind) for name, kind in {"account": "str", "respondent": "str", "importance": float,
                                                                        "score": float, "competitor_score": float}.items()})
    assert measure_their_view(answers).columns.tolist() == ["respondents", "answers", "score", "rival", "lead"]
