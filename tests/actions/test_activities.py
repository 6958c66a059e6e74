from dataclasses import replace

import pandas as pd
import pytest
from pandas import DataFrame, Timestamp

from kamnb.actions import (
    balance_purposes,
    list_activities,
    list_shared,
    measure_load,
    read_stances,
    summarise_activities,
    summarise_balance,
)


def more_actions(plan, count, **changes):
    """`plan` with `count` more activities of another account like the first one."""
    rows = pd.concat([plan.actions.iloc[[0]]] * count, ignore_index=True).assign(account="A2", goal=None, **changes)
    rows["action"] = [f"Z{n}" for n in range(count)]
    return replace(
        plan, actions=pd.concat([plan.actions, rows.astype(plan.actions.dtypes.to_dict())], ignore_index=True)
    )


def test_names_stand_in_place_of_codes(plan, rules):
    row = list_activities(plan, rules=rules).iloc[0]
    assert (row["goal_name"], row["activity"], row["owner"], row["kpi_name"]) == (
        "Sell more",
        "Propose",
        "Manager A",
        "Facings",
    )


def test_an_owner_keeps_his_code_without_the_team(plan, rules):
    alone = replace(plan, team=plan.team.iloc[:0])
    assert list_activities(alone, rules=rules)["owner"].tolist() == ["M1", "M2"]


def test_old_and_dropped_activities_are_not_part_of_the_plan(plan, rules):
    old = plan.actions.assign(status=["done", "dropped"], due=[Timestamp("2025-06-30"), Timestamp("2026-06-30")])
    assert list_activities(replace(plan, actions=old), rules=rules).empty


def test_the_account_does_not_read_what_defends(plan, rules):
    assert list_activities(plan, rules=rules, joint=True)["activity"].tolist() == ["Propose"]


def test_a_kpi_column_without_any_kpi_is_not_shown(plan, rules):
    bare = replace(plan, kpis=plan.kpis.iloc[:0])
    assert "kpi_name" in list_shared(list_activities(plan, rules=rules))
    assert "kpi_name" not in list_shared(list_activities(bare, rules=rules))


def test_due_dates_are_counted_by_half(plan, rules):
    told = summarise_activities(list_activities(plan, rules=rules), rules=rules)
    assert (told["before"], told["first"], told["second"], told["undated"]) == (0, 1, 1, 0)
    assert told["next_due"] == Timestamp("2026-08-31")


def test_all_three_purposes_are_listed(plan, rules):
    balance = balance_purposes(list_activities(plan, rules=rules)).set_index("purpose")
    assert balance["activities"].to_dict() == {"penetrate": 0, "expand": 1, "defend": 1}
    assert pd.isna(balance.loc["penetrate", "budget"]) and balance.loc["expand", "budget_share"] == 0.5
    assert summarise_balance(balance.reset_index())["defend"] == 1


def test_load_counts_all_accounts_at_the_same_time(plan, rules):
    load = measure_load(more_actions(plan, 6), rules=rules).set_index("owner")
    assert load.loc["Manager A", ["here", "elsewhere", "peak"]].tolist() == [1, 6, 7]
    assert load["over"].to_dict() == {"Manager A": True, "Manager B": False}


def test_load_looks_at_overlap_not_at_numbers(plan, rules):
    later = more_actions(plan, 6, starts=Timestamp("2026-09-01"), due=Timestamp("2026-12-31"))
    assert measure_load(later, rules=rules).set_index("owner").loc["Manager A", "peak_month"] == Timestamp("2026-09-01")


@pytest.mark.parametrize("stance", ["fill_gap", "Own words of the client"])
def test_stances_of_stage_three_come_with_their_category(stance):
    decision = DataFrame({"pillar": ["product"], "stance": [stance], "category": ["茶"]})
    nothing = DataFrame({"pillar": [], "stance": []}, dtype="str")
    assert read_stances(decision, nothing).to_dict("records") == [
        {"pillar": "product", "stance": stance, "category": "茶"}
    ]


def test_the_clients_text_is_read_in_the_readers_language():
    decision = DataFrame({"pillar": ["price"], "stance": ["現行を維持"]})
    saved = DataFrame({"pillar": ["price"], "stance": ["Keep prices"]})
    assert read_stances(decision, saved)["stance"].tolist() == ["Keep prices"]


def test_no_decision_of_stage_three_gives_no_rows():
    assert read_stances(DataFrame({"decided_by": []}), DataFrame({"pillar": [], "stance": []})).empty
