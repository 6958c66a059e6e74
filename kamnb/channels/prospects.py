"""What the profit of every channel may be worth over the years to come, under assumptions that are printed."""

from __future__ import annotations

from pandas import DataFrame

from kamnb.channels.evidence import weigh_channels
from kamnb.channels.history import no_rows
from kamnb.channels.profit import deepest_level
from kamnb.methods.longterm import measure_retention, project_profit, state_scenarios, value_levers, value_profit
from kamnb.settings import ChannelSettings

PROSPECTS = {"channel": "str", "channel_name": "str", "profit_now": "Int64", "retention": float, "growth_low": float,
             "growth": float, "growth_high": float, "worth_low": "Int64", "worth": "Int64", "worth_high": "Int64",
             "point_retention": "Int64", "point_growth": "Int64"}


def project_channels(profit: DataFrame, *, months: DataFrame, restated: DataFrame, settings: ChannelSettings) -> DataFrame:
    """Every channel's profit of the next years at today's value, in three scenarios, largest first.

    Channels that earn nothing today are left out: a loss carried on is no prospect.  `profit`: from `sum_profit`; `months`,
    `restated`: from `place_months`, `restate_months`; settings: horizon and discount.  Returns channel, channel_name,
    profit_now (deepest known level), retention (share of accounts that bought again), growth_low, growth, growth_high (a
    year), worth_low, worth, worth_high, and what one more point of retention or of growth adds in the middle scenario (minor
    units).  Scenarios, no forecast.  Source: method.md A08, A10.
    """
    level = deepest_level(profit)
    now = profit.set_index("channel")[level]
    now = now[(now > 0).fillna(False).astype(bool)]
    retention = measure_retention(months[["account", "channel", "year", "net_sales"]])
    growth = weigh_channels(restated).dropna()
    if now.dropna().empty or retention.empty or growth.empty:
        return no_rows(PROSPECTS)
    scenarios = state_scenarios(retention, growth, discount=settings.discount)
    worth = value_profit(project_profit(now, scenarios, years=settings.horizon))
    levers = value_levers(now, scenarios, years=settings.horizon)
    found = worth.rename(columns={"low": "worth_low", "middle": "worth", "high": "worth_high"})
    found = found.join(levers.add_prefix("point_")).join(retention["retention"]).join(
        growth.rename(columns={"low": "growth_low", "high": "growth_high"}))
    names = profit.set_index("channel")["channel_name"]
    named = found.rename_axis("channel").assign(profit_now=now, channel_name=names.reindex(found.index))
    return named.reset_index().sort_values(["worth", "channel"], ascending=[False, True], ignore_index=True).astype(
        PROSPECTS)[list(PROSPECTS)]


def summarise_prospects(prospects: DataFrame, *, settings: ChannelSettings) -> dict[str, object]:
    """The facts of the long-term sentence: the channel worth most, the widest range, and the better of the two levers."""
    if prospects.empty:
        return {}
    first = prospects.iloc[0]
    wide = prospects.loc[((prospects["worth_high"] - prospects["worth_low"]).abs()).astype(float).idxmax()]
    return {"years": settings.horizon, "discount": settings.discount, "first": first["channel_name"], "worth": int(first["worth"]),
            "wide": wide["channel_name"], "low": int(min(wide["worth_low"], wide["worth_high"])),
            "high": int(max(wide["worth_low"], wide["worth_high"])), "total": int(prospects["worth"].sum()),
            "retention": int(prospects["point_retention"].sum()), "growth": int(prospects["point_growth"].sum())}
