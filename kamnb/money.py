"""Money in integer minor units, the one rounding rule, and growth where a base may be zero or negative."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from pandas import DataFrame, Series

from kamnb.errors import InputError

SCALES = {"JPY": 0, "KRW": 0, "VND": 0, "USD": 2, "EUR": 2, "GBP": 2, "CNY": 2, "TWD": 2, "BRL": 2, "KWD": 3}
SYMBOLS = {"JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "CNY": "CN¥"}
LIMIT = 9_000_000_000_000_000


def scale_of(currency: str) -> int:
    """Number of decimals of `currency` (ISO 4217): 0 for yen, 2 for dollars."""
    if currency not in SCALES:
        raise InputError(f"currency {currency!r} is not known", "engagement.toml, [engagement]",
                         f"Use one of {', '.join(SCALES)}.")
    return SCALES[currency]


def round_half_away(value: float | Decimal, digits: int = 0) -> Decimal:
    """`value` rounded once, half away from zero, as Excel's ROUND does (faults.md d.2)."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def to_minor(value: Decimal, scale: int) -> tuple[int, Decimal]:
    """`value` in minor units, and what rounding to them took away or added (value - rounded)."""
    rounded = round_half_away(value, scale)
    return int(rounded.scaleb(scale)), value - rounded


def growth(base: Series, current: Series) -> DataFrame:
    """Growth by the rules of faults.md d.3.

    `base`, `current`: amounts on one index.  Returns `rate` (fraction; NaN where no percentage is honest),
    `change` (amount) and `case`: grew, none (both zero), new (base zero), turned_positive, turned_negative,
    still_negative, unclear (base zero, current negative) or unknown (one is missing).
    """
    before, now = (amounts.to_numpy(dtype=float, na_value=np.nan) for amounts in (base, current))
    cases = [
        (np.isnan(before) | np.isnan(now), "unknown"),
        ((before == 0) & (now == 0), "none"),
        ((before == 0) & (now > 0), "new"),
        ((before == 0) & (now < 0), "unclear"),
        ((before < 0) & (now >= 0), "turned_positive"),
        ((before < 0) & (now < 0), "still_negative"),
        (now < 0, "turned_negative"),
    ]
    case = np.select([found for found, _ in cases], [name for _, name in cases], "grew")
    rate = (now - before) / np.where(case == "grew", before, np.nan)
    return DataFrame({"rate": rate, "change": current - base, "case": Series(case, index=base.index, dtype="str")}, index=base.index)


def ratio(part: Series, whole: Series) -> Series:
    """`part / whole`, NaN where the whole is not positive: a share of nothing is unknown, not zero."""
    return part / whole.where(whole > 0)
