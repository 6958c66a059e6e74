"""A table that the client has not given is an empty frame: every method takes it and gives back its own columns."""

import pandas as pd
import pytest
from pandas import DataFrame, Series, Timestamp

from kamnb.methods import (
    acceptability,
    concentration,
    corridor,
    forecast,
    growth,
    lapse,
    pricing,
    promotion,
    receivables,
    scoring,
    segmentation,
    series,
    serving,
    targets,
    variance,
    whitespace,
)

AS_OF = Timestamp("2025-03-31")
KINDS = {"month": "datetime64[us]", "year": "datetime64[us]", "net_sales": "int64", "list_sales": "Int64",
         "cost": "Int64", "quantity": "int64", "starts": "datetime64[us]", "ends": "datetime64[us]", "spend": "Int64",
         "issued": "datetime64[us]", "due": "datetime64[us]", "paid_on": "datetime64[us]", "amount": "Int64",
         "paid": "Int64", "value": float, "probability": float, "threshold": "Int64", "size": float, "rate": float,
         "volume": float, "unit_minutes": float, "cost_per_minute": float, "base": "Int64", "current": "Int64",
         "market_base": "Int64", "market_current": "Int64", "x": float, "y": float}


def empty(columns: str) -> DataFrame:
    return DataFrame({name: Series([], dtype=KINDS.get(name, "str")) for name in columns.split()})


PANEL = empty("account channel month year category product quantity net_sales list_sales cost")
TERMS = empty("term account kind basis value category starts ends threshold probability document")
AR = empty("invoice account issued due amount paid_on paid")
PROMOS = empty("promo account category product name mechanic starts ends spend")
DRIVERS = empty("account activity volume unit_minutes cost_per_minute")
PRICES = empty("account channel size rate")
RATINGS = empty("x y")
AMOUNTS = Series([], dtype="int64")
ITEMS = variance.pair_periods(PANEL, PANEL, keys=["channel", "account"])
PEERS = whitespace.benchmark_peers(PANEL, PRICES)
YEARS = growth.total_years(PANEL)
UPLIFT = promotion.measure_uplift(promotion.lay_baseline(PANEL, PROMOS))

CALLS = {
    "hhi cr4": lambda: concentration.measure_concentration(AMOUNTS),
    "rank sales": lambda: concentration.lorenz_points(AMOUNTS),
    "share flag": lambda: concentration.flag_dependence(AMOUNTS.astype(float)),
    "value abc": lambda: segmentation.classify_abc(AMOUNTS),
    "cv xyz": lambda: segmentation.classify_xyz(series.deseasonalise(PANEL, of="channel"), by="quarter"),
    "active xyz": lambda: segmentation.classify_frequency(PANEL),
    "period advised": lambda: segmentation.advise_period(PANEL),
    "abc xyz sales": lambda: segmentation.cross_abc_xyz(segmentation.classify_abc(AMOUNTS),
                                                        segmentation.classify_xyz(PANEL)),
    "base rate cagr": lambda: growth.measure_growth(YEARS),
    "account year rate": lambda: growth.list_growth(YEARS),
    "growth shrunken": lambda: growth.shrink_growth(PANEL),
    "change market_effect": lambda: growth.split_growth(empty("base current market_base market_current")),
    "score rated rank": lambda: scoring.score_accounts(RATINGS, weights=Series({"x": 1, "y": 1})),
    "x y": lambda: acceptability.accept_ranks(RATINGS).weights,
    "invoice pocket net": lambda: pricing.build_waterfall(PANEL, TERMS, rules=pricing.PriceRules()),
    "bar start end": lambda: pricing.list_bars(pricing.build_waterfall(PANEL, TERMS, rules=pricing.PriceRules())),
    "term amount": lambda: pricing.value_terms(pricing.imply_list(PANEL, TERMS), TERMS, rules=pricing.PriceRules()),
    "index flag": lambda: corridor.flag_price_outliers(PRICES),
    "activity cost": lambda: serving.list_activities(DRIVERS),
    "minutes cost_to_serve": lambda: serving.total_cost_to_serve(DRIVERS),
    "price volume mix total": lambda: variance.decompose_variance(ITEMS),
    "volume mix_account mix_item": lambda: variance.nest_variance(ITEMS, levels=["channel", "account"]),
    "channel total": lambda: variance.total_variance(variance.decompose_variance(ITEMS), by=["channel"]),
    "open bucket": lambda: receivables.list_open_items(AR, as_of=AS_OF),
    "invoice open": lambda: receivables.list_overdue(AR, as_of=AS_OF),
    "account 90+ overdue_share": lambda: receivables.age_receivables(AR, as_of=AS_OF),
    "dso count_back": lambda: receivables.measure_dso(AR, PANEL, as_of=AS_OF),
    "days_late": lambda: receivables.measure_payment(AR, as_of=AS_OF),
    "peers gap_high": lambda: PEERS,
    "headroom_high capped": lambda: whitespace.sum_headroom(PEERS, Series(dtype="Int64")),
    "breadth": lambda: whitespace.measure_breadth(PEERS),
    "month kind": lambda: forecast.project_months(PANEL, year=2024, as_of=AS_OF),
    "p10 p50 p90": lambda: forecast.forecast_landing(PANEL, year=2024, as_of=AS_OF),
    "change_3 reasons": lambda: lapse.signal_decline(PANEL, PANEL, as_of=AS_OF),
    "promo baseline": lambda: promotion.lay_baseline(PANEL, PROMOS),
    "gross dip net": lambda: UPLIFT,
    "roi verdict": lambda: promotion.appraise_promotions(UPLIFT.assign(unit_margin=1.0, spend=1)),
    "h1 h2": lambda: sum_of_nothing(),
}


def sum_of_nothing() -> DataFrame:
    profile = targets.profile_months(PANEL, as_of=AS_OF)
    return targets.sum_halves(targets.split_targets(AMOUNTS, profile))


@pytest.mark.parametrize("columns", CALLS)
def test_nothing_in_nothing_out(columns):
    table = CALLS[columns]()
    assert len(table) == 0
    assert set(columns.split()) <= set(map(str, table.columns))


def test_season_of_nothing_is_flat():
    assert series.seasonal_index(Series([], index=pd.DatetimeIndex([]), dtype=float)).eq(1).all()
    assert scoring.scale_to_scores(AMOUNTS.astype(float)).empty
