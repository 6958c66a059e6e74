"""With nothing but sales and accounts, and even without sales, every step gives empty frames and no warning."""

from kamnb import actions
from kamnb.actions import activity_charts, charts
from kamnb.intake.dictionary import empty_table


def test_a_plan_without_plan_tables(rules):
    plan = actions.PlanTables(*(empty_table(name) for name in ("goals", "actions", "kpis", "team")))
    doings = actions.list_activities(plan, rules=rules)
    assert doings.empty and actions.list_shared(doings).empty and actions.balance_purposes(doings).empty
    assert (
        actions.summarise_activities(doings, rules=rules)
        == {}
        == actions.summarise_balance(actions.balance_purposes(doings))
    )
    defects = actions.check_plan(plan, rules=rules, money={})
    assert defects.empty and activity_charts.explain_defects(defects).empty
    assert actions.count_defects(defects, plan, rules=rules) == {} == activity_charts.word_check({}, defects)
    load = actions.measure_load(plan, rules=rules)
    assert load.empty and activity_charts.word_load(load, rules) == {}


def test_an_account_without_sales(history, rules):
    nothing = history.iloc[:0]
    years = actions.list_years(nothing, rules=rules)
    months = actions.spread_baseline(nothing, years, rules=rules)
    proposed = actions.propose_targets(months, growth_target=0.05, capture=0.25)
    goal = actions.read_targets(proposed, months)
    halves = actions.sum_halves(goal)
    assert years.empty and months.empty and proposed.empty and goal.empty and halves.empty
    assert (
        actions.summarise_baseline(years) == {} == actions.summarise_targets(halves, goal) == charts.word_baseline({})
    )


def test_sources_without_any_table_are_unknown(history, rules):
    nothing = history.iloc[:0]
    years = actions.list_years(nothing, rules=rules)
    sold = actions.name_categories(
        nothing.assign(product="", quantity=0, list_sales=0, cost=0).iloc[:0], empty_table("products")
    )
    accounts = empty_table("accounts")
    bank = actions.appraise_bank(sold, empty_table("promos"), rules=rules)
    gaps = actions.benchmark_account(sold, accounts, rules=rules)
    sources = actions.join_blocks(
        actions.value_price(sold, years, rules=rules),
        actions.value_whitespace(gaps, accounts, rules=rules),
        actions.value_promotions(bank, rules=rules),
        actions.value_routing(empty_table("sellthru"), sold, years, rules=rules),
    )
    assert sources["amount"].isna().all() and len(sources) == 4
    assert charts.explain_blocks(sources, accounts)["basis"].str.startswith("Not valued").all()
    steps = actions.build_bridge(
        actions.read_targets(accounts, actions.spread_baseline(nothing, years, rules=rules)), sources
    )
    assert steps.empty and actions.summarise_bridge(steps, years) == {} == charts.word_bridge({})
