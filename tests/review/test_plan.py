"""Plan against actual: exact spreading, only what is due, tolerance, and the planted accounts."""

import pytest

from kamnb import review

from .conftest import monthly, plan_rows, scope_at, two_accounts

YEAR = {f"2024-{month:02d}-01": 100 * month for month in range(4, 13)}
YEAR |= {f"2025-{month:02d}-01": 100 for month in (1, 2, 3)}


def compare(rows, sales, *, day="2025-06-30", categories="x", **rules):
    scope = scope_at(day, **rules)
    panel = monthly(sales)
    due = review.cut_plan(review.spread_plan(plan_rows(rows), panel, accounts=two_accounts(), scope=scope), scope=scope)
    placed = review.place_sales(panel.assign(category=categories), two_accounts(), scope=scope)
    return due, review.compare_units(due, placed, scope=scope)


def test_a_monthly_plan_stays_as_it_is():
    rows = [{"month": f"2025-{month:02d}-01", "account": "A", "net_sales": 50} for month in (4, 5, 6, 7)]
    due, units = compare(rows, {"A": {"2025-04-01": 60, "2025-05-01": 40}})
    assert not due["spread"].any()
    assert units[["unit", "plan", "actual", "difference"]].values.tolist() == [["R", 150, 100, -50]]


def test_a_yearly_plan_is_spread_like_last_year_to_the_last_yen():
    scope = scope_at("2025-06-30")
    plan = review.spread_plan(plan_rows([{"month": "2025-04-01", "channel": "R", "net_sales": 1_000_003}]),
                              monthly({"A": YEAR}), accounts=two_accounts(), scope=scope)
    assert len(plan) == 12 and plan["net_sales"].sum() == 1_000_003 and plan["spread"].all()
    by_month = plan.set_index("month")["net_sales"]
    assert by_month["2025-05-01"] / by_month["2025-04-01"] == pytest.approx(5 / 4, rel=1e-4)


def test_a_quarterly_plan_stands_for_its_own_three_months():
    rows = [{"month": month, "channel": "R", "net_sales": amount}
            for month, amount in (("2025-04-01", 300), ("2025-07-01", 600), ("2025-10-01", 900))]
    due, units = compare(rows, {"A": {"2025-04-01": 1}}, day="2025-08-31")
    sums = due.groupby(due["month"] >= "2025-07-01")["net_sales"].sum()
    assert sums[False] == 300 and sums[True] == 400
    facts = review.summarise_plan(units, due, scope=scope_at("2025-08-31"))
    assert facts["key"] == "review.plan_found.one_spread"


@pytest.mark.parametrize(("actual", "status"), [(96, "behind"), (98, "on_plan"), (102, "on_plan"), (104, "ahead")])
def test_tolerance_decides_who_is_behind(actual, status):
    rows = [{"month": month, "account": "A", "net_sales": 100} for month in ("2025-04-01", "2025-05-01")]
    _, units = compare(rows, {"A": {"2025-04-01": actual}}, day="2025-04-30", tolerance=0.03)
    assert units["status"].tolist() == [status]


def test_a_plan_by_category_is_compared_by_category():
    rows = [{"month": "2025-04-01", "category": name, "net_sales": 10} for name in ("x", "y")]
    rows += [{"month": "2025-05-01", "category": name, "net_sales": 10} for name in ("x", "y")]
    sales = {"A": {"2025-04-01": 5}, "B": {"2025-04-01": 20}}
    _, units = compare(rows, sales, day="2025-04-30", categories=["x", "y"])
    assert units[["unit", "difference"]].values.tolist() == [["x", -5], ["y", 10]]


def test_a_plan_whose_parts_the_ledger_does_not_know_is_compared_as_a_whole():
    rows = [{"month": month, "category": "unheard of", "net_sales": 10} for month in ("2025-04-01", "2025-05-01")]
    _, units = compare(rows, {"A": {"2025-04-01": 5}, "B": {"2025-04-01": 20}}, day="2025-04-30")
    assert units[["unit", "plan", "actual"]].values.tolist() == [["", 10, 25]]


def test_what_is_not_planned_is_unknown_and_outside_the_total():
    rows = [{"month": month, "channel": "R", "net_sales": 10} for month in ("2025-04-01", "2025-05-01")]
    due, units = compare(rows, {"A": {"2025-04-01": 9}, "B": {"2025-04-01": 20}}, day="2025-04-30")
    beside = units.set_index("unit").loc["W"]
    assert beside["status"] == "unplanned" and beside.isna()["plan"] and beside["actual"] == 20
    facts = review.summarise_plan(units, due, scope=scope_at("2025-04-30"))
    assert (facts["plan"], facts["actual"], facts["units"]) == (10, 9, 1)


def test_the_planted_accounts_are_behind_and_ahead(gaps, truth):
    reached = gaps.set_index("account")["attainment"]
    assert reached[truth["T09"]["behind"]] == pytest.approx(truth["T09"]["behind_reached"], abs=0.001)
    assert reached[truth["T09"]["ahead"]] == pytest.approx(truth["T09"]["ahead_reached"], abs=0.001)
    status = gaps.set_index("account")["status"]
    assert status[truth["T09"]["behind"]] == "behind" and status[truth["T09"]["ahead"]] == "ahead"
    facts = review.summarise_accounts(gaps)
    assert facts["behind"] == (gaps["status"] == "behind").sum() and facts["short"] > 0


def test_channels_of_the_sample_add_up(sample, panel, categories, accounts, scope):
    plan = review.spread_plan(sample.table("plan"), panel, accounts=accounts, scope=scope)
    due = review.cut_plan(plan, scope=scope)
    units = review.compare_units(due, review.place_sales(categories, accounts, scope=scope), scope=scope)
    assert units["actual"].sum() == panel.loc[panel["month"].isin(scope.done), "net_sales"].sum()
    assert units["plan"].sum() == due["net_sales"].sum()
    assert set(units.loc[units["status"] == "behind", "unit"]) == {"RSM", "WHL"}
