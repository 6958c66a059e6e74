"""What is planted in the sample client and can be seen from a plan."""

import tomllib
from pathlib import Path

import pytest

from kamnb import actions

TRUTH = tomllib.loads((Path(__file__).parents[2] / "data" / "sample" / "truth.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def plan(sample):
    return actions.PlanTables(*(sample.table(name) for name in ("goals", "actions", "kpis", "team")))


@pytest.fixture(scope="module")
def sold(sample):
    return actions.name_categories(sample.panel("account_product_month"), sample.table("products"))


def look_at(sample, account):
    """Rules, outlook and months of one account."""
    scope = actions.set_rules(sample.settings, account=account)
    history = sample.panel("account_month", account=account)
    outlook = actions.list_years(history, rules=scope)
    return scope, outlook, actions.spread_baseline(history, outlook, rules=scope)


def test_coffee_that_every_peer_buys_is_the_largest_gap(sample, sold):
    scope, _, _ = look_at(sample, TRUTH["T10"]["account"])
    gaps = actions.benchmark_account(sold, sample.table("accounts"), rules=scope)
    assert gaps["category"].iloc[0] == TRUTH["T10"]["category_en"] and gaps["sales"].iloc[0] == 0
    block = actions.value_whitespace(gaps, sample.table("accounts", account=scope.account), rules=scope).iloc[0]
    assert block["items"][0] == TRUTH["T10"]["category_en"] and block["amount"] > 0


def test_the_promotion_that_pulled_sales_forward_is_to_go(sample, sold):
    scope, _, _ = look_at(sample, TRUTH["T06"]["forward_account"])
    bank = actions.appraise_bank(sold, sample.table("promos"), rules=scope)
    assert bank.set_index("promo").loc[TRUTH["T06"]["forward_promo"], "verdict"] == "moved"
    assert bank.set_index("promo").loc[TRUTH["T06"]["added_promo"], "verdict"] == "earned"
    block = actions.value_promotions(bank, rules=scope).iloc[0]
    assert block["amount"] > 0 and len(block["items"]) >= 1


def test_the_changed_routing_is_seen_and_not_counted_twice(sample, sold):
    scope, outlook, _ = look_at(sample, TRUTH["T12"]["account"])
    block = actions.value_routing(
        sample.table("sellthru"), actions.pick_account(sold, rules=scope), outlook, rules=scope
    ).iloc[0]
    assert block["items"] == (TRUTH["T12"]["wholesaler"],)
    naive = actions.value_routing(
        sample.table("sellthru"), actions.pick_account(sold, rules=scope), outlook.assign(model="naive"), rules=scope
    ).iloc[0]
    assert naive["amount"] > 0 and (block["amount"] <= naive["amount"])


def test_the_account_about_to_leave_shows_in_its_baseline(sample):
    _, outlook, _ = look_at(sample, TRUTH["T04"]["account"])
    assert outlook["growth"].iloc[-2] < -0.3 and outlook["growth"].iloc[-1] < 0


def test_the_small_chain_that_grows_needs_no_push(sample):
    scope, _, months = look_at(sample, TRUTH["T02"]["account"])
    proposed = actions.propose_targets(months, growth_target=scope.growth, capture=scope.capture)
    assert proposed["target"].sum() == months["baseline"].sum() > (1 + scope.growth) * months["previous_sales"].sum()


def test_every_key_account_has_a_target_that_sums(sample, plan):
    for account in plan.goals["account"].unique():
        scope, outlook, months = look_at(sample, account)
        goal = actions.read_targets(
            actions.propose_targets(months, growth_target=scope.growth, capture=scope.capture), months
        )
        assert goal["target"].sum() == actions.sum_halves(goal)["target"].iloc[-1]
        assert months["baseline"].sum() == outlook["net_sales"].iloc[-1]


def test_planted_gaps_of_the_plans_are_found(sample, plan):
    from kamnb.training.world import recipe

    gaps = recipe("accountplans")["gaps"]
    idle, blind = gaps["goal_without_action"], gaps["action_without_kpi"]
    found = actions.check_plan(plan, rules=look_at(sample, idle["account"])[0], money={})
    assert "goal_without_activity" in found["rule"].tolist()
    found = actions.check_plan(plan, rules=look_at(sample, blind["account"])[0], money={})
    assert "activity_without_kpi" in found["rule"].tolist()
