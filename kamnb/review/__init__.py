"""Stage review: did the plans work, where shall we land, and what must change?"""

from kamnb.review.causes import (
    build_bridge,
    choose_items,
    explain_change,
    find_mix_falls,
    pick_movers,
    summarise_change,
    summarise_mix,
)
from kamnb.review.kpis import compare_kpis, summarise_kpis
from kamnb.review.landing import (
    compare_landing,
    forecast_units,
    pick_ranges,
    summarise_backtest,
    summarise_landing,
    trace_year,
)
from kamnb.review.payment import (
    find_late_payers,
    list_debtors,
    list_late_invoices,
    measure_payments,
    pick_debtors,
    summarise_payments,
)
from kamnb.review.plan import (
    compare_accounts,
    compare_units,
    cut_plan,
    list_gaps,
    spread_plan,
    summarise_accounts,
    summarise_plan,
)
from kamnb.review.promotions import find_moved, judge_promotions, pick_recent, pool_mechanics, summarise_promotions
from kamnb.review.proposal import conclude_cause, conclude_landing, list_findings, propose_changes, summarise_changes
from kamnb.review.risk import (
    compare_rules,
    find_risks,
    list_signs,
    mark_rerouted,
    summarise_risks,
    summarise_rules,
    trace_risks,
)
from kamnb.review.routing import find_reroutings, summarise_reroutings
from kamnb.review.scope import (
    Scope,
    choose_accounts,
    name_accounts,
    place_sales,
    set_scope,
    sum_categories,
    summarise_scope,
)

__all__ = [
    "Scope", "build_bridge", "choose_accounts", "choose_items", "compare_accounts", "compare_kpis", "compare_landing",
    "compare_rules", "compare_units", "conclude_cause", "conclude_landing", "cut_plan", "explain_change",
    "find_late_payers", "find_mix_falls", "find_moved", "find_reroutings", "find_risks", "forecast_units",
    "judge_promotions", "list_debtors", "list_findings", "list_gaps", "list_late_invoices", "list_signs",
    "mark_rerouted", "measure_payments", "name_accounts", "pick_debtors", "pick_movers", "pick_ranges", "pick_recent",
    "place_sales", "pool_mechanics", "propose_changes", "set_scope", "spread_plan", "sum_categories",
    "summarise_accounts", "summarise_backtest", "summarise_change", "summarise_changes", "summarise_kpis",
    "summarise_landing", "summarise_mix", "summarise_payments", "summarise_plan", "summarise_promotions",
    "summarise_reroutings", "summarise_risks", "summarise_rules", "summarise_scope", "trace_risks", "trace_year",
]

SALES = ("sales", "accounts")
PLAN = (*SALES, "plan")
NEEDS: dict[str, tuple[str, ...]] = {
    "review.units": PLAN, "review.gaps": PLAN, "review.bridge": SALES, "review.movers": SALES,
    "review.path": SALES, "review.ranges": SALES, "review.landing": SALES,
    "review.leaving": SALES, "review.risks": SALES,
    "review.payers": ("ar", *SALES), "review.payments": ("ar", *SALES), "review.invoices": ("ar", *SALES),
    "review.mechanics": ("promos", *SALES), "review.promotions": ("promos", *SALES),
    "review.kpis": ("kpis", "kpi_actuals"),
    "review.key_figures": SALES, "review.decision": SALES,
}
