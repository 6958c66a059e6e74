"""Every Save is what a later run uses: the same ranking, the same target, the same list as on the screen."""

import pandas as pd
import pytest

from kamnb.actions import propose_targets, set_rules
from kamnb.engagement import open_engagement
from kamnb.selection.scorecard import list_criteria
from kamnb.selection.verdict import list_proposal
from kamnb.settings import FACTORS
from kamnb.widgets.account_weights import name_settings
from kamnb.widgets.alert_thresholds import SIGNALS
from kamnb.widgets.controls import plain_text
from kamnb.words import say_value, words
from tests.widgets.conftest import chosen, controls_of, run_cells, save, saved_choices


def test_channels_start_as_the_notebook_has_them_and_a_later_run_has_what_was_saved(build, at_control, copied):
    panel = build("1_channels")
    names = vars(at_control("1_channels")["priority"])
    proposed = names["decided"].merge(names["ratings"][["channel"]].assign(name=names["ratings"]["channel_name"]))
    assert chosen(panel) == set(proposed.loc[proposed["decision"] == "priority", "name"])
    controls = [control for control in controls_of(panel).values() if hasattr(control, "max")]
    for slider in controls[1:]:
        slider.value = 0.2
    controls[-1].value = controls[-1].max
    seen = chosen(panel)
    assert seen != set(proposed.loc[proposed["decision"] == "priority", "name"])
    save(panel, "Sato")
    later = run_cells("1_channels", copied)
    decided = later["e"].decision("channels").drop(columns="channel_name", errors="ignore").merge(
        names["ratings"][["channel", "channel_name"]])
    assert set(decided.loc[decided["decision"] == "priority", "channel_name"]) == seen
    assert set(decided["decided_by"]) == {"Sato"}
    proposal = later["priority"].decided
    assert set(proposal.loc[proposal["decision"] == "priority", "channel"]) == set(
        decided.loc[decided["decision"] == "priority", "channel"])


def test_accounts_start_as_the_notebook_has_them_and_a_later_run_ranks_as_was_saved(build, at_control, copied):
    panel, board = build("2_selection"), at_control("2_selection")["seated"].board
    assert chosen(panel) == set(board.loc[board["decision"] == "key", "name"])
    favour(panel, "Growth potential")
    seen = chosen(panel)
    assert seen != set(board.loc[board["decision"] == "key", "name"])
    save(panel, "Sato")
    assert not (copied / "decisions" / "selection.csv").exists()
    later = run_cells("2_selection", copied)
    assert set(later["seated"].board.query("decision == 'key'")["name"]) == seen
    assert set(later["decided"]["decided_by"]) == {""}


def favour(panel, label):
    """All weight but a little on one criterion."""
    limits = {words(f"widgets.{name}") for name in ("spread", "seats", "eyes", "why")}
    for name, slider in controls_of(panel).items():
        if name not in limits:
            slider.value = slider.max if name == label else 1.0


def test_a_list_that_stands_becomes_the_list_on_the_screen(build, engagement, at_control, copied):
    names = at_control("2_selection")
    board = names["seated"].board.assign(kind="existing", roles="image", reason="+growth")
    engagement.decide("selection", list_proposal(board))
    panel = build("2_selection")
    favour(panel, "Growth potential")
    save(panel, "Sato")
    saved = engagement.decision("selection").merge(board[["account", "name"]])
    assert set(saved.loc[saved["decision"] == "key", "name"]) == chosen(panel)
    assert set(saved["decided_by"]) == {"Sato"} and set(saved["kind"]) == {"existing"} and saved["reason"].isna().all()
    later = run_cells("2_selection", copied)["ended"].final
    assert set(later.loc[later["decision"] == "key", "name"]) == chosen(panel)


def test_factors_that_the_client_does_not_weigh_get_no_weight(engagement):
    table = engagement.table("criteria").head(3)
    whole = list_criteria(table, settings=engagement.settings.selection).set_index("criterion")["weight"]
    named = name_settings(whole, {whole.index[0]: 5.0})
    assert len(named) == len(FACTORS)
    assert {key for key, value in named.items() if value} == {f"selection.weights.{c}" for c in whole.index}


def test_the_wanted_relationship_is_the_one_of_a_later_run(build, engagement, at_control, copied):
    account = at_control("3_strategy")["account"]
    panel = build("3_strategy")
    controls_of(panel)[""].value = "alliance"
    assert "Strategic alliance" in panel.answer.value
    save(panel, "Sato")
    later = run_cells("3_strategy", copied)
    assert (later["verdict"]["wanted"], later["verdict"]["why"]) == ("alliance", "set")
    saved = engagement.decision("strategy", account=account)
    assert set(saved["relationship_wanted"]) == {"alliance"} and set(saved["decided_by"]) == {""}


@pytest.mark.parametrize(("by", "after"), [("", {""}), ("Ito", {"Ito, Sato"})])
def test_pillars_stay_with_whom_they_belong_to(build, engagement, at_control, by, after):
    account = at_control("3_strategy")["account"]
    rows = pd.DataFrame({"pillar": ["price"], "stance": ["hold_price"], "relationship_now": ["preferred"],
                         "relationship_wanted": ["partner"]})
    engagement.decide("strategy", rows, account=account, by=by)
    panel = build("3_strategy")
    assert controls_of(panel)[""].value == "partner"
    controls_of(panel)[""].value = "alliance"
    save(panel, "Sato")
    saved = engagement.decision("strategy", account=account)
    assert saved[["pillar", "stance", "relationship_wanted"]].values.tolist() == [["price", "hold_price", "alliance"]]
    assert set(saved["decided_by"]) == after


def test_the_target_on_the_screen_is_the_target_of_a_later_run(build, at_control, copied):
    account, panel = at_control("4_actions")["account"], build("4_actions")
    values = dict(zip(controls_of(panel), (0.12, 0.6), strict=True))
    for label, slider in controls_of(panel).items():
        slider.value = values[label]
    months = propose_targets(at_control("4_actions")["months"], growth_target=0.12, capture=0.6)
    assert say_value(int(months["target"].sum()), "money") in plain_text(panel.answer.value).splitlines()[0]
    save(panel, "Sato")
    rules = set_rules(open_engagement(copied).settings, account=account)
    assert (rules.growth, rules.capture) == (0.12, 0.6)
    later = run_cells("4_actions", copied)
    assert later["goal"]["target"].tolist() == months["target"].tolist()
    assert set(later["decided"]["decided_by"]) == {"Sato"}


@pytest.mark.parametrize(("growth", "key"), [(-0.2, "target_none"), (0.5, "target_open")])
def test_what_is_left_without_a_source_is_said(build, growth, key):
    panel = build("4_actions")
    next(iter(controls_of(panel).values())).value = growth
    ending = words(f"widgets.{key}", left=0).split(". ")[-1].split("¥0")[-1]
    assert ending in plain_text(panel.answer.value)


def test_thresholds_give_the_list_of_a_later_run(build, copied):
    panel = build("5_review")
    values = dict(zip(controls_of(panel), (0.01, 0.05, 5.0), strict=True))
    before = chosen(panel)
    for label, slider in controls_of(panel).items():
        slider.value = values[label]
    seen = chosen(panel)
    assert seen > before
    save(panel, "Sato")
    assert saved_choices(copied)["value"].astype(float).to_dict() == {
        "review.tolerance": 0.01, "review.decline": 0.05, "review.overdue_days": 5.0}
    findings = run_cells("5_review", copied)["findings"]
    listed = findings.loc[findings["signal"].isin(SIGNALS), "name"].drop_duplicates()
    more = len(listed) - len(seen)
    assert seen <= set(listed) and (more == 0 or words("widgets.talks_more", n=more) in plain_text(panel.answer.value))
