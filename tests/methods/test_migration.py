import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame, Series

from kamnb.methods.migration import (
    compare_crossings,
    compare_steadiness,
    cross_migration,
    list_movers,
    measure_mobility,
    trace_classes,
)
from kamnb.methods.treatment import TREATMENTS, count_load, describe_grid, list_treatments


def test_only_accounts_on_which_the_rules_differ_are_listed():
    found = compare_crossings(Series([85, 11, 4], index=list("abc")))
    assert found[["included", "excluded"]].to_numpy().tolist() == [["A", "B"], ["B", "C"]]
    assert compare_crossings(Series([50, 30, 15, 5])).empty


def test_four_rules_stand_side_by_side(panel):
    found = compare_steadiness(panel)
    assert found.columns.tolist() == ["by_month", "by_season", "by_quarter", "by_frequency", "agree"]
    assert len(found) == 40
    assert found["agree"].between(1, 4).all()
    # a strong common season makes every account irregular until it is taken out; all of them buy every month
    assert (found["by_month"] == "Z").mean() > (found["by_season"] == "Z").mean()
    assert set(found["by_frequency"]) == {"X"}


@pytest.fixture
def two_years():
    """Class A stays, B falls to C, C rises to B, one comes and one goes; steady months throughout."""
    sales = {"a": (8000, 8000), "b": (1500, 300), "c": (400, 1500), "new": (0, 200), "gone": (100, 0), "never": (0, 0)}
    months = pd.date_range("2023-01-01", periods=24, freq="MS")
    rows = [(name, month, values[month.year - 2023] // 12 * 12 // 12) for name, values in sales.items() for month in months]
    panel = DataFrame(rows, columns=["account", "month", "net_sales"])
    return panel.assign(year=pd.to_datetime(panel["month"].dt.year.astype(str) + "-12-31"))


def test_classes_follow_the_years(two_years):
    found = trace_classes(two_years).pivot(index="account", columns="year", values="abc")
    assert found.to_numpy().tolist() == [["A", "A"], ["B", "C"], ["C", "B"], ["C", "none"], ["none", "none"], ["none", "C"]]


def test_matrix_shows_every_field_and_ties_to_both_totals(two_years):
    matrix = cross_migration(trace_classes(two_years))
    assert len(matrix) == 15  # four by four without none to none
    sums = two_years.groupby("year")["net_sales"].sum()
    assert matrix[["value_base", "value"]].sum().tolist() == sums.tolist()
    assert matrix["accounts"].sum() == 5
    fields = matrix.set_index(["from", "to"])
    assert fields.loc[("C", "none"), ["accounts", "value"]].tolist() == [1, 0]
    assert fields.loc[("none", "C"), "value_base"] == 0
    assert fields.loc[("C", "B"), "row_share"] == 0.5


def test_moves_have_directions(two_years):
    classes = trace_classes(two_years)
    moves = list_movers(classes).set_index("account")["move"].to_dict()
    assert moves == {"a": "same", "b": "down", "c": "up", "new": "new", "gone": "lost"}
    assert measure_mobility(list_movers(classes))["accounts"].to_dict() == {
        "up": 1, "same": 1, "sideways": 0, "down": 1, "new": 1, "lost": 1, "unclear": 0}


def test_a_field_can_rise_on_one_side_and_fall_on_the_other():
    classes = DataFrame({"account": "a", "year": pd.to_datetime(["2023-12-31", "2024-12-31"]), "value": [10, 20],
                         "cell": ["BX", "AZ"]})
    assert list_movers(classes, of="cell")["move"].tolist() == ["sideways"]


def test_cells_and_steadiness_can_be_crossed_too(yearly):
    classes = trace_classes(yearly)
    for of in ("xyz", "cell"):
        matrix = cross_migration(classes, of=of)
        last = sorted(yearly["year"].unique())[-2:]
        assert matrix["value"].sum() == yearly.loc[yearly["year"] == last[1], "net_sales"].sum()
        assert matrix["value_base"].sum() == yearly.loc[yearly["year"] == last[0], "net_sales"].sum()
        assert matrix.groupby("from")["row_share"].sum().replace(0, 1).tolist() == pytest.approx([1] * matrix["from"].nunique())


def test_names_and_order_of_accounts_do_not_matter(yearly):
    once = cross_migration(trace_classes(yearly))
    renamed = yearly.assign(account="Z" + yearly["account"].str[::-1]).sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(cross_migration(trace_classes(renamed)), once)


def test_a_single_year_has_no_moves(yearly):
    single = yearly[yearly["year"] == yearly["year"].max()]
    assert list_movers(trace_classes(single)).empty


def grid_rows():
    return DataFrame({"name": list("pqrst"), "abc": list("AABCC"), "xyz": ["X", "X", "Z", "Z", "-"], "sales": [50, 30, 10, 6, 4],
                      "profit": Series([5, pd.NA, -2, 1, 1], dtype="Int64")})


def test_every_field_has_a_treatment():
    treatments = list_treatments()
    assert len(treatments) == 9 == len(TREATMENTS) and treatments["treatment"].is_unique
    assert treatments["reviews"].is_monotonic_decreasing


def test_grid_shows_money_names_and_what_is_not_known():
    grid = describe_grid(grid_rows()).set_index(["abc", "xyz"])
    assert len(grid) == 9
    assert grid.loc[("A", "X"), ["accounts", "sales", "profit", "names"]].tolist() == [2, 80, 5, "p / q"]
    assert grid.loc[("A", "X"), "profit_known"] == pytest.approx(50 / 80)
    assert grid.loc[("A", "X"), "share"] == pytest.approx(0.8)
    assert grid.loc[("B", "X"), ["accounts", "sales", "names"]].tolist() == [0, 0, ""]
    assert grid.loc[("B", "X"), "profit"] is pd.NA
    assert np.isnan(grid.loc[("B", "X"), "profit_known"])


def test_load_of_the_treatments_is_counted():
    load = count_load(describe_grid(grid_rows()))
    assert load.to_dict() == {"account_manager": 4, "inside_sales": 0, "key_manager": 24, "wholesaler": 1}


def test_a_client_may_have_treatments_of_its_own():
    own = list_treatments().assign(treatment="visit", reviews=2)
    assert set(describe_grid(grid_rows(), treatments=own)["treatment"]) == {"visit"}
