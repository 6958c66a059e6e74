import pandas as pd
import pytest

from kamnb.actions import list_years, set_rules, spread_baseline, summarise_baseline
from kamnb.errors import InputError
from kamnb.methods.forecast import forecast_landing
from kamnb.settings import Settings

SMALL = {"name": "x", "client": "x", "as_of": "2025-12-31"}


def settings(**actions):
    return Settings.model_validate({"engagement": SMALL, "tables": {}, "actions": actions})


def test_the_year_to_plan_starts_after_as_of():
    assert set_rules(settings(), account="A1").year == 2026
    on_the_last_day = Settings.model_validate({"engagement": {**SMALL, "as_of": "2026-03-31"}, "tables": {}})
    assert set_rules(on_the_last_day, account="A1").months[0] == pd.Timestamp("2026-04-01")


def test_a_year_that_is_over_cannot_be_planned():
    with pytest.raises(InputError, match="is over"):
        set_rules(settings(plan_year=2024), account="A1")


def test_what_was_chosen_for_one_account_goes_before_the_rest():
    chosen = settings(growth_target=0.05, accounts={"A1": {"growth_target": 0.12}})
    assert (set_rules(chosen, account="A1").growth, set_rules(chosen, account="A2").growth) == (0.12, 0.05)


def test_years_are_fiscal_and_end_with_the_one_to_plan(history, rules):
    years = list_years(history, rules=rules)
    assert years["kind"].tolist() == ["actual"] * 4 + ["landing", "baseline"]
    assert years["year"].iloc[-1] == pd.Timestamp("2027-03-31")
    first = history[history["month"] < "2022-04-01"]["net_sales"].sum()
    assert years["net_sales"].iloc[0] == first


def test_the_landing_holds_what_is_already_sold(history, rules):
    landing = list_years(history, rules=rules).iloc[-2]
    assert landing["actual"] == history[history["month"] >= "2025-04-01"]["net_sales"].sum() < landing["net_sales"]


def test_the_planned_year_is_the_forecast_with_its_range(history, rules):
    row, found = (
        list_years(history, rules=rules).iloc[-1],
        forecast_landing(history, year=2026, as_of=rules.as_of).iloc[0],
    )
    assert (row["net_sales"], row["low"], row["high"]) == (found["p50"], found["p10"], found["p90"])


def test_a_first_year_that_began_before_the_account_is_left_out(history, rules):
    late = history[history["month"] >= "2022-07-01"]
    assert list_years(late, rules=rules)["year"].min() == pd.Timestamp("2024-03-31")


def test_a_partial_month_does_not_count(history, rules):
    partial = pd.DataFrame({"account": ["A1"], "month": [pd.Timestamp("2026-01-01")], "net_sales": [1]})
    pd.testing.assert_frame_equal(
        list_years(pd.concat([history, partial]), rules=rules), list_years(history, rules=rules)
    )


def test_months_sum_to_the_year_and_follow_the_season(history, rules):
    years = list_years(history, rules=rules)
    months = spread_baseline(history, years, rules=rules)
    assert months["baseline"].sum() == years["net_sales"].iloc[-1]
    assert set(months.nlargest(2, "baseline")["month"].dt.month) == {7, 8}
    assert months["half"].tolist() == [1] * 6 + [2] * 6


def test_the_year_before_is_actual_as_far_as_it_is_known(history, rules):
    months = spread_baseline(history, list_years(history, rules=rules), rules=rules)
    assert months["previous_kind"].tolist() == ["actual"] * 9 + ["forecast"] * 3
    assert months["previous_sales"].iloc[0] == history.set_index("month")["net_sales"]["2025-04-01"]


def test_an_account_that_began_last_year_had_no_sales_before(history, rules):
    young = history[history["month"] >= "2025-09-01"]
    months = spread_baseline(young, list_years(young, rules=rules), rules=rules)
    assert months["previous_sales"].iloc[:5].tolist() == [0] * 5 and len(months) == 12


def test_nothing_is_summarised_without_two_years(history, rules):
    assert summarise_baseline(list_years(history.iloc[:0], rules=rules)) == {}
