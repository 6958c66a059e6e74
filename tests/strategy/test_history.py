"""Trade history: complete grids, partial months, exact sums, and the account against its channel."""

import pandas as pd
from pandas import Timestamp
from pandas.testing import assert_frame_equal

from kamnb import strategy
from tests.strategy.conftest import AS_OF, fill, months_of


def test_months_without_lines_are_months_without_sales():
    panel = months_of("A1", [100] * 36).drop(index=[30, 31])
    months = strategy.mark_months(panel, as_of=AS_OF)
    assert len(months) == 36 and months["net_sales"].sum() == panel["net_sales"].sum()


def test_month_that_has_not_ended_is_partial_and_not_in_the_mean():
    months = strategy.mark_months(months_of("A1", [100] * 23 + [7]), as_of=Timestamp("2025-12-20"))
    assert months["partial"].tolist() == [False] * 23 + [True]
    assert pd.isna(months["mean"].iloc[-1]) and months["mean"].iloc[-2] == 100


def test_years_sum_to_the_months_and_count_returns_apart():
    panel = months_of("A1", [100] * 24)
    panel.loc[20, ["returns", "net_sales"]] = [-30, 70]
    years = strategy.sum_years(strategy.mark_months(panel, as_of=AS_OF), as_of=AS_OF)
    assert years["net_sales"].tolist() == [1200, 1170]
    assert years["return_rate"].tolist() == [0.0, 30 / 1200]


def test_account_that_stopped_has_years_of_zero():
    years = strategy.sum_years(strategy.mark_months(months_of("A1", [50] * 30, until="2024-06-01"), as_of=AS_OF), as_of=AS_OF)
    assert years["net_sales"].tolist()[-1] == 0
    assert strategy.summarise_history(years)["growth"] == -1


def test_one_year_alone_tells_no_growth():
    years = strategy.sum_years(strategy.mark_months(months_of("A1", [10] * 12), as_of=AS_OF), as_of=AS_OF)
    assert len(years) == 1 and strategy.summarise_history(years) == {}


def test_growth_a_year_is_compounded():
    years = strategy.sum_years(strategy.mark_months(months_of("A1", [100] * 12 + [110] * 12 + [121] * 12), as_of=AS_OF), as_of=AS_OF)
    assert round(strategy.summarise_history(years)["cagr"], 9) == 0.1


def test_account_that_moves_with_its_channel_keeps(accounts):
    rise = [100 + n for n in range(36)]
    panel = pd.concat([months_of("A1", rise), months_of("A2", [3 * x for x in rise])])
    trend = strategy.compare_with_channel(panel, accounts, account="A1", as_of=AS_OF)
    assert (trend["own_index"] - trend["channel_index"]).abs().max() < 1e-9
    assert strategy.summarise_trend(trend)["verdict"] == "keeps"


def test_own_sales_are_not_part_of_the_rest(accounts):
    panel = pd.concat([months_of("A1", [100] * 12 + [200] * 24), months_of("A2", [100] * 36)])
    found = strategy.summarise_trend(strategy.compare_with_channel(panel, accounts, account="A1", as_of=AS_OF))
    assert found["verdict"] == "outgrows" and found["channel"] == 0 and found["own"] == 1


def test_currency_unit_does_not_change_the_indices(accounts):
    panel = pd.concat([months_of("A1", [5 * n + 7 for n in range(30)]), months_of("A2", [9] * 30)])
    scaled = panel.assign(net_sales=panel["net_sales"] * 1000)
    assert_frame_equal(*(strategy.compare_with_channel(p, accounts, account="A1", as_of=AS_OF) for p in (panel, scaled)))


def test_alone_in_its_channel_there_is_nothing_to_compare(accounts):
    assert strategy.compare_with_channel(months_of("B1", [5] * 30), accounts, account="B1", as_of=AS_OF).empty


def category_rows():
    panel = pd.concat(
        [months_of("A1", [10] * 12 + [25] * 12).assign(product="P1"), months_of("A1", [30] * 12 + [20] * 12).assign(product="P2")]
    )
    return panel, fill("products", [{"product": "P1", "category": "Tea"}, {"product": "P2", "category": "Water"}])


def test_category_changes_sum_to_the_change_of_the_account():
    panel, products = category_rows()
    table = strategy.split_by_category(panel, products, as_of=AS_OF)
    assert table["category"].tolist() == ["Tea", "Water"] and table["change"].tolist() == [180, -120]
    assert strategy.summarise_categories(table) == {"category": "Tea", "change": 180, "grew": 1, "categories": 2, "total": 60}
    assert table["share"].sum() == 1


def test_categories_need_two_full_years_and_products():
    panel, products = category_rows()
    late = panel[panel["month"] >= "2024-03-01"]
    assert strategy.split_by_category(late, products, as_of=AS_OF).empty
    assert strategy.split_by_category(panel, fill("products", []), as_of=AS_OF).empty
