"""Stage 1: where the business comes from, and which channels deserve resources."""

from kamnb.channels.dependence import (
    list_mergers,
    rank_buyers,
    summarise_concentration,
    trace_concentration,
    trace_lorenz,
)
from kamnb.channels.history import compare_growth, drop_unknown, place_months, summarise_growth, trace_channels
from kamnb.channels.hypotheses import list_hypotheses
from kamnb.channels.inside import (
    classify_accounts,
    compare_rules,
    cross_classes,
    profile_channels,
    summarise_fields,
)
from kamnb.channels.market import (
    compare_market,
    estimate_headroom,
    race_market,
    summarise_headroom,
    summarise_race,
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
    list_losses,
    sum_profit,
    summarise_losses,
    summarise_profit,
    trace_earnings,
)
from kamnb.channels.sentences import (
    tell_decision,
    tell_fields,
    tell_losses,
    tell_market,
    tell_mergers,
    tell_profit,
    tell_profit_lesson,
    tell_rules,
    tell_standing,
)
from kamnb.methods.pricing import price_rules

__all__ = [
    "NEEDS", "classify_accounts", "compare_growth", "compare_market", "compare_rules", "count_seats", "cross_classes",
    "decide_channels", "drop_unknown", "estimate_headroom", "find_lines", "list_hypotheses", "list_losses",
    "list_mergers", "measure_criteria", "name_standing", "place_channels", "place_months", "price_rules", "profile_channels",
    "race_market", "rank_buyers", "rate_channels", "sum_profit", "summarise_concentration", "summarise_decision",
    "summarise_fields", "summarise_growth", "summarise_headroom", "summarise_losses", "summarise_profit",
    "summarise_race", "tell_decision", "tell_fields", "tell_losses", "tell_market", "tell_mergers", "tell_profit",
    "tell_profit_lesson", "tell_rules", "tell_standing", "trace_channels", "trace_concentration", "trace_earnings",
    "trace_lorenz", "weigh_doubt",
]

SALES = ("sales", "accounts")
MARKET = (*SALES, "market")
EARNINGS = (*SALES, "terms", "cost_drivers")
BEHIND = {
    SALES: ("history", "growth_found", "concentration", "concentration_found", "mergers", "lorenz",
            "rules", "rules_found.months", "fields", "fields_found.steady", "classes", "inside"),
    MARKET: ("race", "race_found", "headroom", "headroom_found", "conclusion_market.held"),
    EARNINGS: ("profit", "profit_found.margin", "losses", "losses_found.margin", "buyers", "conclusion_profit.sound"),
    (*MARKET, "terms", "cost_drivers"): ("criteria", "ninebox", "doubt", "decided", "decision_found.contested",
                                         "key_figures"),
    ("hypotheses",): ("hypotheses",),
}
NEEDS: dict[str, tuple[str, ...]] = {f"channels.{name}": tables for tables, names in BEHIND.items() for name in names}
