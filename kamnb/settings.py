"""engagement.toml as frozen, typed settings: unknown keys refused with the nearest name, all problems in one message."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from kamnb.choices import apply_choices, read_choices
from kamnb.errors import Fault, InputError, nearest
from kamnb.intake.source import Source
from kamnb.money import SCALES

FILE = "engagement.toml"
FACTORS = ("revenue", "growth", "continuity", "entry", "effort", "relationship", "fit", "logo")


class Strict(BaseModel):
    """Frozen settings that know no other keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _with_defaults(cls: type[BaseModel], given: dict[str, float], info: ValidationInfo) -> dict[str, float]:
    """Weights as given, those that are not named at their default."""
    return {**cls.model_fields[info.field_name].default, **given} if isinstance(given, dict) else given


class Identity(Strict):
    """Who the engagement is for, and as of when."""

    name: str
    client: str
    client_en: str = ""
    client_ja: str = ""
    client_zh: str = ""
    as_of: date
    currency: str = "JPY"
    fiscal_start: int = Field(4, ge=1, le=12)
    language: Literal["en", "ja", "zh"] = "ja"
    confidential: bool = True
    firm: str = ""
    tax: Literal["excluded", "included"] = "excluded"

    @field_validator("currency")
    @classmethod
    def known_currency(cls, value: str) -> str:
        """The ISO code, if its number of decimals is known."""
        if value not in SCALES:
            raise ValueError(f"currency {value!r} is not known; use one of {', '.join(SCALES)}")
        return value


class Choices(Strict):
    """Where textbooks disagree (method.md 2.3); printed in every report."""

    abc_crossing: Literal["included", "excluded"] = "included"
    abc_cuts: tuple[float, float] = (0.80, 0.95)
    xyz_sd: Literal["population", "sample"] = "population"
    xyz_cuts: tuple[float, float] = (0.10, 0.25)
    xyz_period: Literal["auto", "month", "quarter"] = "auto"
    pocket_boundary: Literal["after_logistics", "before_logistics"] = "after_logistics"
    capital_rate: float = Field(0.015, ge=0, le=1)
    rebate_accrual: Literal["expected", "most_likely"] = "expected"
    dso: Literal["simple", "count_back"] = "count_back"


class ChannelSettings(Strict):
    """[channels]: weights of the nine-box, how many channels get priority, the peers of the headroom, and assumptions.

    horizon, discount: years and rate of the long-term scenario; avoidable: part of the cost to serve that ends when a buyer
    leaves; replacement: growth a year of the others that may be set against a loss; fixed_cost: what must be paid whoever
    buys (minor units a year); capture: part of the headroom that a channel to grow is to win in a year.  Rules of thumb, all.
    """

    attractiveness: dict[Literal["market_size", "market_growth", "headroom", "margin"], Annotated[float, Field(ge=0)]] = {
        "market_size": 1,
        "market_growth": 1,
        "headroom": 1,
        "margin": 1,
    }
    strength: dict[Literal["share", "share_change", "our_growth"], Annotated[float, Field(ge=0)]] = {
        "share": 1,
        "share_change": 1,
        "our_growth": 1,
    }
    cuts: Literal["thirds", "quantiles"] = "thirds"
    priorities: int = Field(3, ge=1)
    peer_quantiles: tuple[float, float] = (0.5, 0.75)
    draws: int = Field(10_000, ge=100)
    seed: int = 20_250_402
    horizon: int = Field(5, ge=1, le=20)
    discount: float = Field(0.08, ge=0, lt=1)
    avoidable: float = Field(0.5, ge=0, le=1)
    replacement: float = Field(0.03, ge=0, lt=1)
    fixed_cost: int | None = Field(None, ge=0)
    capture: float = Field(0.2, ge=0, le=1)


class SelectionSettings(Strict):
    """[selection]: weights of the eight factors (method.md B12-B19), how many accounts can be served, and who may be one.

    key_share: part of the team's hours kept for key accounts; least_rated: part of the weight an account must be rated
    on; least_size: quantile of sales it must reach for a seat to pay.  weight_spread: how far the board could move each
    weight, as a part of itself (bounds and orders of single weights, as shares of 1, go before it); new_weights: weights
    that differ for accounts still to be built.  budget, account_cost (minor units a year), account_hours: what limits the
    list beside the hours; conflicts, together: pairs that exclude each other, groups that come as one.  types, reach,
    three_p, knock_outs: rules as data (None = ours); gates: whether a broken rule warns or bars.  enter, leave, margin:
    doors of the list.  why: the reason of those who set the weights.  All numbers are rules of thumb.
    """

    weights: dict[str, float] = dict.fromkeys(FACTORS, 1.0)
    weight_spread: float = Field(0.5, ge=0, le=1)
    weight_bounds: dict[str, tuple[float, float]] = {}
    weight_orders: tuple[tuple[str, str], ...] = ()
    new_weights: dict[str, Annotated[float, Field(ge=0)]] = {"revenue": 0.0, "continuity": 0.0}
    team_hours: float | None = Field(None, gt=0)
    hours_per_account: float = Field(400, gt=0)
    key_share: float = Field(0.2, gt=0, le=1)
    seats: int | None = Field(None, ge=1)
    least_rated: float = Field(0.75, ge=0, le=1)
    least_size: float = Field(0.5, ge=0, lt=1)
    must_have: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    budget: int | None = Field(None, gt=0)
    account_hours: dict[str, Annotated[float, Field(ge=0)]] = {}
    account_cost: dict[str, Annotated[int, Field(ge=0)]] = {}
    conflicts: tuple[tuple[str, str], ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    types: tuple[dict, ...] | None = None
    reach: tuple[dict, ...] | None = None
    three_p: tuple[dict, ...] | None = None
    knock_outs: tuple[dict, ...] | None = None
    gates: Literal["warn", "bar"] = "warn"
    enter: float = Field(0.6, gt=0, le=1)
    leave: float = Field(0.3, ge=0, lt=1)
    margin: float = Field(0.2, ge=0, le=1)
    draws: int = Field(10_000, ge=100)
    seed: int = 20_250_401
    why: str = ""

    _rest = field_validator("weights", mode="before")(_with_defaults)


class StrategySettings(Strict):
    """[strategy]: peers and relationship types."""

    peer_quantile: float = Field(0.5, gt=0, lt=1)
    peer_minimum: int = Field(5, ge=3)
    wanted_types: dict[str, str] = {}


class AccountTarget(Strict):
    """[actions.accounts.<account>]: what was chosen for one account."""

    growth_target: float | None = Field(None, gt=-1)
    capture: float | None = Field(None, ge=0, le=1)


class ActionSettings(Strict):
    """[actions]: growth asked of a key account, what counts towards it (capture: share of the headroom; price_change: net
    price rise decided for the year), activities one person can run at a time (parallel), and accounts that differ."""

    accounts: dict[str, AccountTarget] = {}

    growth_target: float = Field(0.05, gt=-1)
    capture: float = Field(0.25, ge=0, le=1)
    price_change: float = Field(0.0, gt=-1)
    parallel: int = Field(6, ge=1)
    plan_year: int | None = None


class ReviewSettings(Strict):
    """[review]: when a deviation is worth a talk (rules of thumb, to be set by the client)."""

    tolerance: float = Field(0.03, ge=0)
    decline: float = Field(0.20, gt=0)
    overdue_days: int = Field(30, ge=0)
    receivables_tax: float = Field(0.0, ge=0, lt=1)


class Settings(Strict):
    """The whole engagement.toml."""

    engagement: Identity
    tables: dict[str, Source] = {}
    choices: Choices = Choices()
    channels: ChannelSettings = ChannelSettings()
    selection: SelectionSettings = SelectionSettings()
    strategy: StrategySettings = StrategySettings()
    actions: ActionSettings = ActionSettings()
    review: ReviewSettings = ReviewSettings()


def _valid_keys(path: tuple) -> list[str]:
    """Keys that the settings know at the parent of `path`."""
    model: type[BaseModel] = Settings
    for step in path[:-1]:
        kind = model.model_fields[str(step)].annotation if str(step) in model.model_fields else None
        model = kind if hasattr(kind, "model_fields") else Source
    return list(model.model_fields)


def _fault(error: dict, file: Path) -> Fault:
    """One pydantic error as a fault in our words."""
    path = tuple(error["loc"])
    where = f"{file.name}, {'.'.join(map(str, path))}"
    if error["type"] == "extra_forbidden":
        return Fault(
            f"{path[-1]!r} is not a setting", where, f"Rename or remove it; {nearest(str(path[-1]), _valid_keys(path))}."
        )
    if error["type"] == "missing":
        return Fault(f"{path[-1]!r} is missing", where, f"Add a line: {path[-1]} = ...")
    return Fault(f"{error['input']!r}: {error['msg']}", where, "Correct the value.")


def read_settings(folder: Path) -> Settings:
    """The settings of the engagement in `folder`, with what people chose in notebooks above what engagement.toml says.

    Raises InputError with every problem of engagement.toml: no such file, not TOML, unknown or missing keys,
    wrong values.  Source: design.md 5.
    """
    file = folder / FILE
    if not file.is_file():
        raise InputError(f"there is no {FILE}", str(folder), "Name an engagement folder, or make one: kamnb new NAME.")
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
        return Settings.model_validate(apply_choices(raw, read_choices(folder)))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not valid TOML: {error}", FILE, "Correct the line that is named.") from error
    except ValidationError as error:
        faults = [_fault(problem, file) for problem in error.errors()]
        raise InputError.several(faults, what=file.name) from error
