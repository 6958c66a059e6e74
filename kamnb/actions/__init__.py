"""Stage actions: what we will do with an account next year, month by month, and who does it."""

from kamnb.actions.activities import (
    PlanTables,
    balance_purposes,
    list_activities,
    list_shared,
    measure_load,
    read_stances,
    summarise_activities,
    summarise_balance,
)
from kamnb.actions.baseline import list_years, spread_baseline, summarise_baseline
from kamnb.actions.blocks import (
    appraise_bank,
    benchmark_account,
    join_blocks,
    measure_margin,
    name_categories,
    pick_account,
    value_price,
    value_promotions,
    value_routing,
    value_whitespace,
)
from kamnb.actions.bridge import build_bridge, summarise_bridge, weigh_budget
from kamnb.actions.rules import PlanRules, set_rules
from kamnb.actions.soundness import check_plan, count_defects
from kamnb.actions.targets import list_months, propose_targets, read_targets, sum_halves, summarise_targets

__all__ = [
    "PlanRules", "PlanTables", "appraise_bank", "balance_purposes", "benchmark_account", "build_bridge", "check_plan",
    "count_defects", "join_blocks", "list_activities", "list_months", "list_shared", "list_years", "measure_load",
    "measure_margin", "name_categories", "pick_account", "propose_targets", "read_stances", "read_targets",
    "set_rules", "spread_baseline", "sum_halves", "summarise_activities", "summarise_balance", "summarise_baseline",
    "summarise_bridge", "summarise_targets", "value_price", "value_promotions", "value_routing", "value_whitespace",
    "weigh_budget",
]

_PLAN = ("goals", "actions", "kpis", "team")

NEEDS: dict[str, tuple[str, ...]] = {
    "actions.years": ("sales",),
    "actions.years.found": ("sales",),
    "actions.bridge": ("sales", "accounts", "promos", "sellthru"),
    "actions.bridge.found": ("sales", "accounts"),
    "actions.blocks": ("sales", "accounts", "promos", "sellthru"),
    "actions.months": ("sales",),
    "actions.months.found": ("sales",),
    "actions.halves": ("sales",),
    "actions.standing.found": ("sales",),
    "actions.stances": ("strategy",),
    "actions.stances.relationship": ("sales", "people"),
    "actions.timeline": _PLAN,
    "actions.activities": _PLAN,
    "actions.activities.found": _PLAN,
    "actions.balance": ("actions",),
    "actions.budget.found": ("actions",),
    "actions.defects": _PLAN,
    "actions.defects.found": _PLAN,
    "actions.owners": ("actions", "team"),
    "actions.key_figures": ("sales", "actions"),
    "actions.shared.key_figures": ("sales", "actions"),
    "actions.conclusion.target": ("sales",),
    "actions.conclusion.activities": ("actions",),
    "actions.conclusion.gap": ("sales", "accounts"),
    "actions.conclusion.check": ("goals", "actions", "kpis"),
}
