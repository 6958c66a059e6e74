from dataclasses import replace

import pandas as pd
import pytest

from kamnb.actions import check_plan, count_defects

FREE: dict = {}


def broken(plan, table, row, **changes):
    """`plan` with one cell or more of a row of `table` changed."""
    rows = getattr(plan, table).copy()
    for column, value in changes.items():
        rows.loc[rows.index[row], column] = value
    return replace(plan, **{table: rows})


def rules_found(plan, rules, money=FREE):
    return check_plan(plan, rules=rules, money=money)["rule"].tolist()


def test_a_sound_plan_has_no_defect(plan, rules):
    assert rules_found(plan, rules) == []
    assert count_defects(check_plan(plan, rules=rules, money={}), plan, rules=rules) == {
        "defects": 0,
        "rows": 0,
        "chain": 0,
        "checked": 4,
    }


@pytest.mark.parametrize(
    ("table", "changes", "rule"),
    [
        ("actions", {"goal": None}, "activity_without_goal"),
        ("actions", {"owner": None}, "activity_without_owner"),
        ("actions", {"kpi": None}, "activity_without_kpi"),
        ("actions", {"purpose": None}, "activity_without_purpose"),
        ("actions", {"budget": None}, "activity_without_budget"),
        ("actions", {"due": pd.Timestamp("2026-03-01")}, "due_before_start"),
        ("actions", {"due": pd.Timestamp("2027-05-01")}, "due_after_goal"),
        ("actions", {"starts": pd.Timestamp("2025-10-01"), "due": pd.Timestamp("2025-12-01")}, "overdue"),
        ("goals", {"baseline": None}, "goal_without_baseline"),
        ("kpis", {"baseline": None}, "kpi_without_baseline"),
        ("kpis", {"source": None}, "kpi_without_source"),
        ("kpis", {"direction": "down"}, "kpi_wrong_way"),
    ],
)
def test_each_defect_is_found_in_its_row(plan, rules, table, changes, rule):
    found = check_plan(broken(plan, table, 0, **changes), rules=rules, money={})
    row = found[found["rule"] == rule].iloc[0]
    assert row["table"] == table and row["row"] == getattr(plan, table).iloc[0, 0]


def test_missing_dates_are_two_defects(plan, rules):
    found = rules_found(broken(plan, "actions", 0, starts=pd.NaT, due=pd.NaT), rules)
    assert {"activity_without_start", "activity_without_due"} <= set(found)


def test_a_goal_whose_only_activities_were_dropped_has_none(plan, rules):
    dropped = replace(plan, actions=plan.actions.assign(status="dropped"))
    assert "goal_without_activity" in rules_found(dropped, rules)


def test_what_is_done_is_not_checked_any_more(plan, rules):
    done = broken(plan, "actions", 0, status="done", owner=None, kpi=None)
    assert "activity_without_owner" not in rules_found(done, rules)


def test_an_empty_half_and_nothing_that_defends(plan, rules):
    one = replace(plan, actions=plan.actions.iloc[:1])
    assert rules_found(one, rules) == ["half_without_activity", "nothing_defends"]


def test_budgets_beyond_the_margin_or_else_the_sales(plan, rules):
    assert "budget_over_blocks" in rules_found(plan, rules, {"budget": 2000, "margin": 1500.0, "named": 5000})
    assert "budget_over_blocks" not in rules_found(plan, rules, {"budget": 2000, "margin": float("nan"), "named": 5000})
    assert "budget_over_blocks" not in rules_found(plan, rules, {"budget": 2000, "margin": 0.0, "named": 0})


def test_columns_the_client_does_not_use_are_no_defect(plan, rules):
    bare = replace(plan, actions=plan.actions.assign(budget=pd.array([None, None], dtype="Int64")))
    assert "activity_without_budget" not in rules_found(bare, rules)


def test_an_account_without_rows_has_no_goal(plan, rules):
    other = type(rules)(**{**rules.__dict__, "account": "A9"})
    assert rules_found(plan, other) == ["no_goal"]


def test_the_chain_comes_first(plan, rules):
    several = broken(broken(plan, "kpis", 0, source=None), "actions", 0, owner=None, kpi=None)
    found = check_plan(several, rules=rules, money={})
    assert found["rule"].tolist() == ["activity_without_owner", "activity_without_kpi", "kpi_without_source"]
    assert count_defects(found, several, rules=rules)["chain"] == 1


def test_kpis_of_another_account_are_not_ours(plan, rules):
    foreign = plan.kpis.assign(kpi="K2", account="A9", source=None)
    both = replace(plan, kpis=pd.concat([plan.kpis, foreign], ignore_index=True))
    assert rules_found(both, rules) == []
