"""What a plan is asked for: the account, the year, the growth, and how much of each source is counted."""

from __future__ import annotations

from dataclasses import dataclass

from pandas import Series, Timestamp

from kamnb.calendar import fiscal_year, last_complete_month, year_months
from kamnb.errors import InputError
from kamnb.settings import AccountTarget, Settings


@dataclass(frozen=True)
class PlanRules:
    """The account and fiscal year to plan, and the choices of the engagement that shape the plan."""

    account: str
    as_of: Timestamp
    year: int
    start: int = 4
    growth: float = 0.05
    capture: float = 0.25
    price_change: float = 0.0
    quantile: float = 0.5
    least: int = 5
    parallel: int = 6

    @property
    def months(self) -> tuple[Timestamp, ...]:
        """First days of the twelve months of the year to plan."""
        return tuple(year_months(self.year, start=self.start))

    @property
    def last(self) -> Timestamp:
        """First day of the last complete month."""
        return last_complete_month(self.as_of)


def set_rules(settings: Settings, *, account: str) -> PlanRules:
    """The rules that `settings` give for `account`: the year to plan is the fiscal year that starts after as_of.

    Raises InputError where [actions] plan_year names a year that is over.
    """
    identity, chosen = settings.engagement, settings.actions
    as_of, start = Timestamp(identity.as_of), identity.fiscal_start
    running = int(fiscal_year(Series([as_of]), start=start).iloc[0])
    year = running + 1 if chosen.plan_year is None else chosen.plan_year
    if year < running:
        raise InputError(f"plan_year {year} is over on {as_of.date()}", "engagement.toml, [actions]",
                         f"Name {running + 1} or a later year, or remove the line.")
    own = chosen.accounts.get(account, AccountTarget())
    return PlanRules(account=account, as_of=as_of, year=year, start=start,
                     growth=chosen.growth_target if own.growth_target is None else own.growth_target,
                     capture=chosen.capture if own.capture is None else own.capture,
                     price_change=chosen.price_change, parallel=chosen.parallel,
                     quantile=settings.strategy.peer_quantile, least=settings.strategy.peer_minimum)
