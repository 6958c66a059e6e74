"""Stage 1: where the business comes from, and which channels deserve resources."""

from kamnb.channels.cards import count_renewals, lay_cards, pick_talks, summarise_cards
from kamnb.channels.coverage import measure_fair_share, summarise_fair_share
from kamnb.channels.dependence import rank_buyers, summarise_concentration, trace_lorenz
from kamnb.channels.direction import (
    compare_cuts,
    find_first,
    list_strategies,
    state_goals,
    summarise_cuts,
    summarise_first,
)
from kamnb.channels.evidence import summarise_proof, weigh_growth
from kamnb.channels.flows import compare_flows, summarise_shoppers, trace_shoppers
from kamnb.channels.hands import list_hands, list_split_groups, summarise_hands
from kamnb.channels.history import compare_growth, drop_unknown, place_months, summarise_growth, trace_channels
from kamnb.channels.hypotheses import list_consent, list_hypotheses, summarise_consent, summarise_hypotheses
from kamnb.channels.inside import classify_accounts, compare_rules
from kamnb.channels.market import compare_market, estimate_headroom, race_market, summarise_headroom, summarise_race
from kamnb.channels.migration import lay_grid, summarise_grid, summarise_moves, trace_moves
from kamnb.channels.practice import (
    compare_hours,
    compare_rivals,
    list_department_views,
    list_gaps,
    measure_time,
    rate_maturity,
    summarise_hours,
    summarise_maturity,
    summarise_rivals,
    summarise_time,
)
from kamnb.channels.priority import (
    count_seats,
    decide_channels,
    find_lines,
    measure_criteria,
    name_standing,
    place_channels,
    rate_channels,
    summarise_decision,
    weigh_doubt,
)
from kamnb.channels.profit import (
    compare_ladders,
    list_idle,
    list_losses,
    rate_work,
    stack_ladder,
    sum_profit,
    summarise_idle,
    summarise_losses,
    summarise_profit,
    summarise_whale,
    trace_earnings,
    trace_whale,
)
from kamnb.channels.prospects import project_channels, summarise_prospects
from kamnb.channels.requests import list_requests
from kamnb.channels.routes import compare_routes, restate_months, summarise_routes
from kamnb.channels.sentences import (
    tell_decision,
    tell_first,
    tell_losses,
    tell_market,
    tell_mergers,
    tell_profit,
    tell_profit_lesson,
    tell_proof,
    tell_rivals,
    tell_routing,
    tell_rules,
    tell_shoppers,
    tell_standing,
    tell_structure,
    tell_time,
)
from kamnb.channels.stress import stress_buyers, sum_members, summarise_stress
from kamnb.channels.structure import (
    compare_trade,
    judge_slogan,
    list_groups,
    list_mergers,
    summarise_structure,
    trace_concentration,
)
from kamnb.channels.studies import (
    Priority,
    draw_conclusions,
    study_accounts,
    study_dependence,
    study_growth,
    study_practice,
    study_priority,
    study_trade,
)
from kamnb.methods.pricing import price_rules

__all__ = [
    "NEEDS", "Priority", "classify_accounts", "compare_cuts", "compare_flows", "compare_growth", "compare_hours",
    "compare_ladders", "compare_market", "compare_rivals", "compare_routes", "compare_rules", "compare_trade",
    "count_renewals", "count_seats", "decide_channels", "draw_conclusions", "drop_unknown", "estimate_headroom",
    "find_first", "find_lines", "judge_slogan", "lay_cards", "lay_grid", "list_consent", "list_department_views",
    "list_gaps", "list_groups", "list_hands", "list_hypotheses", "list_idle", "list_losses", "list_mergers",
    "list_requests", "list_split_groups", "list_strategies", "measure_criteria", "measure_fair_share", "measure_time",
    "name_standing", "pick_talks", "place_channels", "place_months", "price_rules", "project_channels", "race_market",
    "rank_buyers", "rate_channels", "rate_maturity", "rate_work", "restate_months", "stack_ladder", "state_goals",
    "stress_buyers", "study_accounts", "study_dependence", "study_growth", "study_practice", "study_priority",
    "study_trade", "sum_members", "sum_profit", "summarise_cards", "summarise_concentration", "summarise_consent",
    "summarise_cuts", "summarise_decision", "summarise_fair_share", "summarise_first", "summarise_grid",
    "summarise_growth", "summarise_hands", "summarise_headroom", "summarise_hours", "summarise_hypotheses",
    "summarise_idle", "summarise_losses", "summarise_maturity", "summarise_moves", "summarise_profit",
    "summarise_proof", "summarise_prospects", "summarise_race", "summarise_rivals", "summarise_routes",
    "summarise_shoppers", "summarise_stress", "summarise_structure", "summarise_time", "summarise_whale",
    "tell_decision", "tell_first", "tell_losses", "tell_market", "tell_mergers", "tell_profit", "tell_profit_lesson",
    "tell_proof", "tell_rivals", "tell_routing", "tell_rules", "tell_shoppers", "tell_standing", "tell_structure",
    "tell_time", "trace_channels", "trace_concentration", "trace_earnings", "trace_lorenz", "trace_moves", "trace_shoppers",
    "trace_whale", "weigh_doubt", "weigh_growth",
]

SALES = ("sales", "accounts")
MARKET = (*SALES, "market")
EARNINGS = (*SALES, "terms", "cost_drivers")
BEHIND = {
    SALES: ("history", "growth_found", "concentration", "lorenz", "rules_found.months", "moves",
            "moves_found", "grid", "grid_found", "fields", "proof_found.both", "migration"),
    ("accounts",): ("groups",),
    MARKET: ("race", "race_found", "headroom", "headroom_found", "conclusion_market.held", "structure", "structure_found",
             "structure_alone", "first", "first_found.moving", "first_found.still"),
    (*SALES, "sellthru"): ("routing_found", "routing_none"),
    (*SALES, "stores"): ("fair", "fair_found"),
    (*SALES, "sellthru", "stock"): ("flows",),
    ("accounts", "pos"): ("shoppers_found.rising",),
    EARNINGS: ("profit", "profit_found.margin", "ladder", "ladders", "losses", "losses_found.margin", "whale",
               "prospects", "prospects_found", "stress", "stress_found", "talks", "cards", "cards_found",
               "conclusion_profit.sound"),
    (*SALES, "cost_drivers", "capacity"): ("idle", "idle_found"),
    ("surveys",): ("rivals", "rivals_found.behind", "views", "maturity", "maturity_found.disputed", "time",
                   "time_found.facing"),
    (*SALES, "visits"): ("effort", "hours_found"),
    (*SALES, "visits", "stores"): ("hands", "hands_found"),
    (*MARKET, "terms", "cost_drivers"): ("criteria", "ninebox", "doubt", "cuts", "cuts_found", "decided", "strategies",
                                         "decision_found.contested", "key_figures"),
    (): ("claims",),
    ("hypotheses",): ("hypotheses", "hypotheses_found"),
    ("agreements",): ("consent", "consent_found"),
}
NEEDS: dict[str, tuple[str, ...]] = {f"channels.{name}": tables for tables, names in BEHIND.items() for name in names}
