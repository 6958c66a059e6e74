from pathlib import Path

import pandas as pd
import pytest

from kamnb import actions
from kamnb.actions import activity_charts, blocks, charts
from kamnb.actions.soundness import RULES
from kamnb.style import title_parts
from kamnb.words import speak, word_list


@pytest.fixture
def outlook(history, rules):
    return actions.list_years(history, rules=rules)


@pytest.fixture
def goal(history, outlook, rules):
    months = actions.spread_baseline(history, outlook, rules=rules)
    return actions.read_targets(actions.propose_targets(months, growth_target=0.2, capture=0.25), months)


def told(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def sources(*amounts):
    return pd.DataFrame({"block": ["price", "whitespace"][: len(amounts)], "amount": pd.array(amounts, dtype="Int64")})


def test_years_say_what_comes_by_itself(outlook):
    ax = charts.years(outlook)
    message, measured = title_parts(ax)
    assert message.startswith("Without new activity FY2026 would bring ¥") and "hatched" in measured
    assert len(told(ax)) == len(outlook) and ax.get_xticklabels()[-1].get_text() == "FY2026\nbaseline"


def test_years_without_a_range_say_so(outlook):
    unknown = outlook.assign(low=pd.NA, high=pd.NA).astype({"low": "Int64", "high": "Int64"})
    assert "too short" in title_parts(charts.years(unknown))[1]


def test_bridge_names_every_step_and_its_gap(goal, outlook):
    steps = actions.build_bridge(goal, sources(100_000, 50_000))
    ax = charts.bridge(steps, outlook=outlook)
    assert [label.get_text() for label in ax.get_xticklabels()] == [
        "Baseline",
        "Price",
        "Whitespace",
        "No source yet",
        "Target",
    ]
    assert "has no source yet" in title_parts(ax)[0] and len(told(ax)) == 5


def test_bridge_says_when_its_axis_is_cut(goal, outlook):
    cut = charts.bridge(actions.build_bridge(goal, sources(1000)), outlook=outlook)
    assert cut.get_ylim()[0] > 0 and "does not start at zero" in title_parts(cut)[1]
    small = goal.assign(baseline=goal["baseline"] // 10)
    whole = charts.bridge(actions.build_bridge(small, sources(1000)), outlook=outlook)
    assert whole.get_ylim()[0] == 0 and "zero" not in title_parts(whole)[1]


def test_months_draw_targets_and_mark_forecasts_of_the_year_before(goal):
    ax = charts.months(goal)
    bars = [patch.get_height() for patch in ax.patches[:12]]
    assert bars == goal["target"].astype(float).tolist()
    hollow = [
        line for line in ax.lines if line.get_markerfacecolor() == "white" and line.get_markeredgecolor() != "white"
    ]
    assert [len(line.get_xdata()) for line in hollow] == [3]
    assert told(ax)[0].startswith("First half ¥") and "must bring the most" in title_parts(ax)[0]


def test_timeline_has_a_bar_for_each_dated_activity(plan, rules):
    ax = activity_charts.timeline(actions.list_activities(plan, rules=rules), rules=rules)
    assert title_parts(ax)[0] == "Of 2 activities 0 end before the year begins, 1 in its first half, 1 in its second"
    assert {"Sell more", "Propose", "Answer the rival", "Manager A", "Manager B"} <= set(told(ax))


def test_timeline_says_what_is_not_known(plan, rules):
    rows = actions.list_activities(plan, rules=rules)
    rows.loc[0, ["starts", "due"]] = pd.NaT
    rows.loc[0, ["owner", "goal", "goal_name"]] = None
    ax = activity_charts.timeline(rows, rules=rules)
    assert "have no due date" in title_parts(ax)[0]
    assert {"no owner · no date", "No goal named"} <= set(told(ax))


@pytest.mark.parametrize("language", ["ja", "zh"])
def test_the_other_languages_draw_too(language, goal, outlook, plan, rules):
    speak(language)
    assert "2026" in title_parts(charts.years(outlook))[0]
    assert "%" in title_parts(charts.bridge(actions.build_bridge(goal, sources(300_000, 900_000)), outlook=outlook))[0]
    assert "8" in title_parts(charts.months(goal))[0]
    assert "2" in title_parts(activity_charts.timeline(actions.list_activities(plan, rules=rules), rules=rules))[0]


def test_defects_are_worded_with_place_and_mend(plan, rules):
    found = actions.check_plan(plan, rules=rules, money={"budget": 9, "margin": 5.0, "named": 10})
    worded = activity_charts.explain_defects(found)
    assert worded.iloc[0].to_dict() == {
        "defect": "The budgets exceed what the building blocks can earn",
        "name": "The plan as a whole",
        "table": "Activities",
        "row": "A1",
        "mend": "Cut the budget, or name what else it brings",
    }
    checked = actions.count_defects(found, plan, rules=rules)
    assert "Mend first: The plan as a whole" in activity_charts.word_check(checked, found)["verdict"]


def test_every_rule_and_every_basis_has_words():
    known = word_list("en")
    assert all(f"actions.rules.{rule}.{part}" in known for rule in RULES for part in ("defect", "mend"))
    source = Path(blocks.__file__).read_text(encoding="utf-8")
    assert [key for key in known if key.startswith("actions.basis.") and f'"{key.split(".")[-1]}"' not in source] == []


def test_key_figures_are_four_with_or_without_a_plan(goal, outlook):
    halves = actions.sum_halves(goal)
    assert len(charts.figures(outlook, halves, activities={})) == 4
    none = charts.figures(outlook.iloc[:0], halves.iloc[:0], activities={})
    assert none["value"].tolist() == ["–", "–", "– / –", "–"]
    assert len(charts.inner_figures({}, checked={}, budget={})) == 4
