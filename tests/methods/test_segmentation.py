import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.methods import segmentation as seg
from kamnb.methods.series import deseasonalise

amounts = st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any)


def panel_of(**accounts):
    parts = [DataFrame({"account": name, "month": pd.date_range("2024-01-01", periods=len(values), freq="MS"),
                        "net_sales": values}) for name, values in accounts.items()]
    return pd.concat(parts, ignore_index=True)


@pytest.mark.oracle("O30")
def test_published_variation_classes():
    cv = Series([7.5 / 70.5, 3.4 / 63.7])
    assert cv.round(3).tolist() == [0.106, 0.053]
    assert seg.class_of_variation(cv).tolist() == ["Y", "X"]


@pytest.mark.oracle("O30")
def test_a_series_with_the_published_mean_and_deviation_is_y():
    panel = panel_of(A=[63.0, 78.0] * 6, B=[63.7 - 3.4, 63.7 + 3.4] * 6)
    classes = seg.classify_xyz(panel)
    assert classes.loc["A", ["centre", "spread"]].tolist() == pytest.approx([70.5, 7.5])
    assert classes["xyz"].tolist() == ["Y", "X"]


def test_population_and_sample_deviation_differ():
    panel = panel_of(A=[63, 78] * 6)
    population, sample = (seg.measure_variation(panel, sd=sd).loc["A", "spread"] for sd in ("population", "sample"))
    assert sample / population == pytest.approx(np.sqrt(12 / 11))


def test_returns_make_the_rule_robust_and_say_so():
    classes = seg.classify_xyz(panel_of(A=[100] * 11 + [-500], B=[100] * 12))
    assert classes["robust"].tolist() == [True, False]
    assert classes.loc["A", ["centre", "cv"]].tolist() == [100, 0]


def test_an_account_that_mostly_returns_is_irregular_without_a_variation():
    classes = seg.classify_xyz(panel_of(A=[10] + [0] * 10 + [-5]))
    assert classes["cv"].isna().all()
    assert classes["xyz"].tolist() == ["Z"]


def test_history_starts_with_the_first_purchase():
    classes = seg.classify_xyz(panel_of(A=[0] * 6 + [100] * 6, B=[0] * 9 + [100] * 3, C=[0] * 12))
    assert classes["xyz"].tolist() == ["X", "-", "-"]
    assert classes["periods"].tolist() == [6, 3, 0]


def test_season_is_no_unsteadiness():
    panel = panel_of(A=[100, 200, 300, 200, 100, 50] * 4, B=[10, 20, 30, 20, 10, 5] * 4)
    assert seg.classify_xyz(panel)["xyz"].tolist() == ["Z", "Z"]
    assert seg.classify_xyz(deseasonalise(panel))["xyz"].tolist() == ["X", "X"]


def test_frequency_tells_often_from_regular_from_irregular():
    panel = panel_of(often=[5] * 24, regular=[5, 0, 0] * 8, irregular=[5, 5] + [0] * 13 + [5] * 3 + [0] * 6)
    classes = seg.classify_frequency(panel)
    assert classes["xyz"].to_dict() == {"often": "X", "regular": "Y", "irregular": "Z"}
    assert classes.loc["regular", ["active", "interval", "interval_cv"]].tolist() == pytest.approx([8 / 24, 3, 0])


def test_quarters_are_advised_when_every_account_is_z_by_month():
    advice = seg.advise_period(panel_of(A=[9, 0, 0] * 8, B=[0, 7, 0] * 8, C=[0, 0, 5] * 8)).set_index("period")
    assert advice["advised"].to_dict() == {"month": False, "quarter": True}
    assert advice.loc["month", ["X", "Y", "Z"]].tolist() == [0, 0, 3]
    assert advice.loc["quarter", ["X", "Y", "Z"]].tolist() == [3, 0, 0]


def test_months_stay_when_they_tell_accounts_apart(panel):
    advice = seg.advise_period(panel, cuts=(0.25, 0.4)).set_index("period")
    assert advice["advised"].to_dict() == {"month": True, "quarter": False}


@pytest.mark.parametrize(("crossing", "classes"), [("included", "ABC"), ("excluded", "BCC")])
def test_account_that_crosses_a_cut(crossing, classes):
    # cumulative 85, 96, 100: the first crosses 80 %, the second 95 %
    assert "".join(seg.classify_abc(Series([85, 11, 4]), crossing=crossing)["abc"]) == classes


@pytest.mark.parametrize("crossing", ["included", "excluded"])
def test_account_that_ends_exactly_on_a_cut_belongs_to_the_better_class(crossing):
    values = Series([50, 30, 15, 5])
    assert seg.classify_abc(values, crossing=crossing)["abc"].tolist() == ["A", "A", "B", "C"]


def test_negative_and_unknown_values_have_no_class():
    classes = seg.classify_abc(Series({"a": 90.0, "b": -5.0, "c": np.nan, "d": 0.0}))["abc"]
    assert classes.to_dict() == {"a": "A", "d": "C", "b": "-", "c": "-"}


@given(amounts, st.randoms())
def test_shares_sum_to_one_and_names_and_order_do_not_matter(values, random):
    named = Series(values, index=[f"A{n:02}" for n in range(len(values))])
    classes = seg.classify_abc(named)
    assert classes["share"].sum() == pytest.approx(1)
    assert classes["abc"].is_monotonic_increasing
    shuffled = named.sample(frac=1, random_state=random.randrange(1000))
    pd.testing.assert_frame_equal(seg.classify_abc(shuffled * 1000)[["share", "abc"]], classes[["share", "abc"]])


def test_grid_ties_to_the_total_and_shows_empty_fields():
    abc = seg.classify_abc(Series({"a": 80, "b": 15, "c": 5, "d": -7}).rename_axis("account"))
    xyz = DataFrame({"xyz": ["X", "Z", "Z", "Z"]}, index=list("abcd"))
    grid = seg.cross_abc_xyz(abc, xyz)
    assert len(grid) == 10
    assert grid["sales"].sum() == 93
    assert grid["accounts"].sum() == 4
    assert grid.set_index(["abc", "xyz"]).loc[("A", "X"), "sales"] == 80
