"""Every method of notebook 1 takes a table that the client has not given, and gives back its own columns."""

import pandas as pd
import pytest
from pandas import DataFrame, Series, Timestamp

from kamnb.methods import (
    concentration,
    distribution,
    fairshare,
    groups,
    inventory,
    longterm,
    migration,
    ninebox,
    ownership,
    pipeline,
    renewal,
    serving,
    smallsample,
    standing,
    stress,
    surveys,
    treatment,
    verdicts,
    whale,
)
from tests.methods.test_empty import AMOUNTS, PANEL, empty

AS_OF = Timestamp("2025-03-31")
FLOW = empty("account month").assign(quantity=Series([], dtype=float))
ACCOUNTS = empty("account group owner").assign(group_from=pd.to_datetime([]), group_until=pd.to_datetime([]))
ANSWERS = empty("item topic respondent department").assign(
    **dict.fromkeys(("importance", "score", "competitor_score", "target"), Series([], dtype=float)), date=pd.to_datetime([]))
DRIVERS = empty("account activity volume unit_minutes cost_per_minute resource")
CAPACITY = empty("resource name cost").assign(practical_minutes=Series([], dtype=float))
BUYERS = empty("account net_sales").assign(pocket_margin=Series([], dtype="Int64"), cost_to_serve=Series([], dtype="Int64"))
HYPOTHESES = empty("hypothesis verdict replaces").assign(
    **dict.fromkeys(("measured", "confirmed_from", "refuted_from"), Series([], dtype=float)), asked=AMOUNTS, said_yes=AMOUNTS,
    test_on=pd.to_datetime([]))
POSITIONS = empty("group rival_sales sales_base rival_base").assign(
    **dict.fromkeys(("sales", "market", "handled"), Series([], dtype=float)))
SCORES = DataFrame({"attractiveness": Series([], dtype=float), "strength": Series([], dtype=float)}).rename_axis("channel")
SALES = empty("account net_sales list_sales")
RATES = DataFrame({name: Series([], dtype=float) for name in ("retention", "growth", "low", "high")})
STORES = empty("store account region").assign(handles=Series([], dtype="boolean"), category_sales=AMOUNTS, all_sales=AMOUNTS)
SCENARIOS = longterm.state_scenarios(RATES, RATES, discount=0.08)
LAID = pipeline.lay_pipeline(FLOW, sell_out=FLOW, stock=FLOW)
CLASSES = migration.trace_classes(PANEL)
LISTED = distribution.measure_distribution(empty("store item"), STORES)
SHARES = fairshare.decompose_share(POSITIONS)

CALLS = {
    "top_share holds": lambda: concentration.check_slogan(AMOUNTS),
    "channel hhi_trade_low": lambda: concentration.compare_structure(
        empty("account channel net_sales").assign(purchases=Series([], dtype="Int64")), market=Series(dtype=float)),
    "account state since": lambda: groups.list_memberships(ACCOUNTS, day=AS_OF),
    "year groups hhi": lambda: groups.trace_concentration(PANEL, accounts=ACCOUNTS),
    "date delta_hhi": lambda: groups.appraise_mergers(AMOUNTS, accounts=ACCOUNTS, since=AS_OF),
    "numeric pcv": lambda: LISTED,
    "per_point per_store": lambda: distribution.measure_depth(LISTED, Series(dtype=float)),
    "coverage tilt": lambda: distribution.cover_stores(STORES),
    "in_store_share fair_share": lambda: SHARES,
    "by_coverage by_in_store": lambda: fairshare.split_share_change(SHARES, SHARES),
    "headroom_low by_both_high": lambda: fairshare.estimate_levers(POSITIONS),
    "off_take cover": lambda: LAID,
    "usual surplus flag": lambda: pipeline.flag_filling(LAID),
    "surplus_sales": lambda: pipeline.value_surplus(pipeline.flag_filling(LAID), Series(dtype=float)),
    "growth_out pipeline_points": lambda: pipeline.split_sell_in(LAID.assign(year=LAID["month"])),
    "reported coverage": lambda: pipeline.check_reports(LAID),
    "cost_per_minute": lambda: serving.rate_drivers(DRIVERS, CAPACITY),
    "unused_cost state": lambda: serving.measure_capacity(DRIVERS, CAPACITY),
    "rank cumulative": lambda: whale.whale_points(AMOUNTS),
    "peak lost_share": lambda: whale.measure_whale(AMOUNTS),
    "retention sales_kept": lambda: longterm.measure_retention(PANEL),
    "key scenario": lambda: SCENARIOS,
    "year present": lambda: longterm.project_profit(AMOUNTS, SCENARIOS),
    "low middle high": lambda: longterm.value_profit(longterm.project_profit(AMOUNTS, SCENARIOS)),
    "retention growth": lambda: longterm.value_levers(AMOUNTS, SCENARIOS),
    "chance verdict needed": lambda: smallsample.judge_interviews(DataFrame({"yes": AMOUNTS, "asked": AMOUNTS})),
    "included excluded": lambda: migration.compare_crossings(AMOUNTS),
    "by_quarter agree": lambda: migration.compare_steadiness(PANEL),
    "abc cell": lambda: CLASSES,
    "from to row_share": lambda: migration.cross_migration(CLASSES),
    "account move": lambda: migration.list_movers(CLASSES),
    "accounts share change": lambda: migration.measure_mobility(migration.list_movers(CLASSES)),
    "names treatment": lambda: treatment.describe_grid(
        empty("name abc xyz").assign(sales=AMOUNTS, profit=Series([], dtype="Int64"))),
    "at_risk flag months": lambda: stress.appraise_losses(BUYERS, growth=0.05),
    "removed result cover": lambda: stress.remove_largest(BUYERS),
    "quadrant urgency": lambda: surveys.compare_competitor(ANSWERS),
    "mean gap": lambda: surveys.rate_items(ANSWERS),
    "previous change": lambda: surveys.score_maturity(ANSWERS),
    "department from_mean": lambda: surveys.list_views(ANSWERS),
    "their_mean differs": lambda: surveys.measure_disagreement(ANSWERS),
    "people share": lambda: surveys.measure_time_use(ANSWERS),
    "hours index": lambda: surveys.compare_effort(empty("tier hours net_sales").astype({"hours": float})),
    "lead split": lambda: ownership.measure_split(empty("account staff").assign(hours=Series([], dtype=float))),
    "owners levelling": lambda: ownership.compare_owners(ACCOUNTS, sales=SALES, day=AS_OF),
    "region orphans": lambda: ownership.map_territories(STORES, empty("store staff").assign(hours=Series([], dtype=float))),
    "rule contradicts": lambda: verdicts.judge_hypotheses(HYPOTHESES, as_of=AS_OF),
    "first version": lambda: verdicts.trace_revisions(HYPOTHESES),
    "topic closed": lambda: verdicts.count_consent(empty("topic department stance reservation").assign(date=pd.to_datetime([]))),
    "stance reservation": lambda: verdicts.list_objections(
        empty("topic department stance reservation").assign(date=pd.to_datetime([]))),
    "box margin": lambda: ninebox.place_boxes(SCORES, cuts=ninebox.state_cuts(SCORES)),
    "boxes agrees": lambda: ninebox.compare_placements(ninebox.place_boxes(SCORES, cuts=ninebox.state_cuts(SCORES))),
    "channel_rank rank_gap": lambda: standing.place_accounts(PANEL, profit=AMOUNTS, purchases=AMOUNTS),
    "years_to_first verdict": lambda: standing.gap_to_first(POSITIONS),
    "due window_to": lambda: renewal.place_replacements(
        empty("account product month quantity"), DataFrame({"life": [5.0], "life_spread": [1.0]}, index=["p"]), as_of=AS_OF),
}


@pytest.mark.parametrize("columns", CALLS)
def test_nothing_in_nothing_out(columns):
    table = CALLS[columns]()
    assert len(table) == 0
    assert set(columns.split()) <= set(map(str, table.columns))


def test_summaries_of_nothing_are_empty():
    assert distribution.sum_points(LISTED) == {}
    assert standing.sum_standing(standing.gap_to_first(POSITIONS), AMOUNTS) == {}
    assert stress.find_breaking_point(stress.remove_largest(BUYERS)) is None
    assert ownership.sum_orphans(ownership.map_territories(
        STORES, empty("store staff").assign(hours=Series([], dtype=float)))).empty
    assert treatment.count_load(treatment.describe_grid(
        empty("name abc xyz").assign(sales=AMOUNTS, profit=Series([], dtype="Int64")))).sum() == 0


def test_with_no_table_at_all_every_information_is_missing():
    found = inventory.take_inventory({}, sales=AMOUNTS, as_of=AS_OF)
    assert set(found["state"]) == {"missing"}
    assert len(inventory.rank_requests(found, needs={})) == len(found)
