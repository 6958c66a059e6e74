"""Stage 3, strategy: what one account is worth to us, and what relationship we want with it."""

from kamnb.methods.pricing import price_rules
from kamnb.strategy.dossier import (
    collect_facts,
    describe_account,
    describe_contacts,
    describe_trade,
    find_standing,
    measure_completeness,
)
from kamnb.strategy.history import (
    compare_with_channel,
    mark_months,
    split_by_category,
    sum_years,
    summarise_categories,
    summarise_history,
    summarise_trend,
)
from kamnb.strategy.people import map_people, measure_influence, pick_gaps
from kamnb.strategy.pillars import decide_strategy, pair_texts, propose_pillars, share_pillars
from kamnb.strategy.pocket import (
    build_waterfalls,
    compare_terms,
    draw_bars,
    place_in_corridor,
    price_latest,
    summarise_corridor,
    summarise_terms,
    summarise_worth,
)
from kamnb.strategy.potential import benchmark_account, sum_latest, summarise_space
from kamnb.strategy.promotions import appraise_account, measure_funding, summarise_funding, summarise_promotions
from kamnb.strategy.relationship import (
    assess_signs,
    count_joint_work,
    judge_relationship,
    list_steps,
    measure_tenure,
    measure_ties,
    measure_wallet,
)
from kamnb.strategy.stores import compare_stores, measure_stores, summarise_stores
from kamnb.strategy.swot import join_factors, rank_rivals, suggest_factors, summarise_rivals

__all__ = [
    "appraise_account",
    "assess_signs",
    "benchmark_account",
    "build_waterfalls",
    "collect_facts",
    "compare_stores",
    "compare_terms",
    "compare_with_channel",
    "count_joint_work",
    "decide_strategy",
    "describe_account",
    "describe_contacts",
    "describe_trade",
    "draw_bars",
    "find_standing",
    "join_factors",
    "judge_relationship",
    "list_steps",
    "map_people",
    "mark_months",
    "measure_completeness",
    "measure_funding",
    "measure_influence",
    "measure_stores",
    "measure_tenure",
    "measure_ties",
    "measure_wallet",
    "pair_texts",
    "pick_gaps",
    "place_in_corridor",
    "price_latest",
    "price_rules",
    "propose_pillars",
    "rank_rivals",
    "share_pillars",
    "split_by_category",
    "suggest_factors",
    "sum_latest",
    "sum_years",
    "summarise_categories",
    "summarise_corridor",
    "summarise_funding",
    "summarise_history",
    "summarise_promotions",
    "summarise_rivals",
    "summarise_space",
    "summarise_stores",
    "summarise_terms",
    "summarise_trend",
    "summarise_worth",
]

TRADE = ("sales",)
SPACE = ("sales", "accounts", "products")
STORES = ("stores", "store_checks")
TERMS = ("sales", "accounts", "terms")
WORTH = ("sales", "terms", "cost_drivers")
PROMOTIONS = ("sales", "products", "promos")
PEOPLE = ("people", "team")
FACTORS = ("swot", "sales", "people")
SIGNS = ("sales", "accounts", "products", "people", "contacts_log", "promos")

NEEDS: dict[str, tuple[str, ...]] = {
    "strategy.known": ("accounts", "channels", "team"),
    "strategy.open": ("accounts", "contacts_log", "people"),
    "strategy.completeness_found": ("accounts",),
    "strategy.standing_found": TRADE,
    "strategy.history": TRADE,
    "strategy.years": TRADE,
    "strategy.history_found": TRADE,
    "strategy.trend": ("sales", "accounts"),
    "strategy.trend_found": ("sales", "accounts"),
    "strategy.categories": ("sales", "products"),
    "strategy.whitespace": SPACE,
    "strategy.space_found": SPACE,
    "strategy.stores": STORES,
    "strategy.waterfall": WORTH,
    "strategy.worth_found": WORTH,
    "strategy.terms": TERMS,
    "strategy.corridor": TERMS,
    "strategy.promotions": PROMOTIONS,
    "strategy.people": PEOPLE,
    "strategy.people_gaps": PEOPLE,
    "strategy.people_found": PEOPLE,
    "strategy.swot": FACTORS,
    "strategy.rivals": ("competitors",),
    "strategy.ladder": SIGNS,
    "strategy.steps": SIGNS,
    "strategy.relationship_found": SIGNS,
    "strategy.pillars": SIGNS,
    "strategy.shared": TRADE,
    "strategy.shared.key_figures": TRADE,
    "strategy.key_figures": WORTH,
    "strategy.conclusion_shared": TRADE,
    "strategy.conclusion_worth": WORTH,
    "strategy.conclusion_space": SPACE,
    "strategy.conclusion_relationship": SIGNS,
    "strategy.decision_stands": TRADE,
}
