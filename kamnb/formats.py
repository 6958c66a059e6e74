"""How numbers, money and dates are written, by kind and language. Rounding happens here and only here."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
from pandas import Timestamp

from kamnb.calendar import is_fiscal_end
from kamnb.money import SYMBOLS, round_half_away, scale_of

NONE = "–"


@dataclass(frozen=True)
class Speech:
    """The manner of writing: language, currency, and the first month of fiscal years."""

    language: str = "en"
    currency: str = "JPY"
    start: int = 4


# Unit of money by size of the largest amount, per language: (at least, divisor, form).
UNITS = {
    "en": [(1e9, 1e9, "{symbol}{n} billion"), (1e6, 1e6, "{symbol}{n} million"),
           (0, 1, "{symbol}{n}")],
    "ja": [(1e8, 1e8, "{n}億{name}"), (1e4, 1e4, "{n}万{name}"),
           (0, 1, "{n}{name}")],
    "zh": [(1e8, 1e8, "{n}亿{name}"), (1e4, 1e4, "{n}万{name}"), (0, 1, "{n}{name}")],
}
NAMES = {
    "ja": {"JPY": "円", "USD": "ドル", "EUR": "ユーロ", "CNY": "元", "GBP": "ポンド"},
    "zh": {"JPY": "日元", "USD": "美元", "EUR": "欧元", "CNY": "元", "GBP": "英镑"},
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DATES = {"en": "{d} {month} {y}", "ja": "{y}年{m}月{d}日", "zh": "{y}年{m}月{d}日"}
MONTH_FORMS = {"en": "{month} {y}", "ja": "{y}年{m}月", "zh": "{y}年{m}月"}
FISCAL = {"en": "FY{y}", "ja": "{y}年度", "zh": "{y}财年"}
ROLLING = {"en": "12 months to {month} {y}", "ja": "{y}年{m}月までの12か月", "zh": "截至{y}年{m}月的12个月"}
DIGITS = {"count": 0, "int": 0, "number": 1, "score": 1, "index": 0, "days": 0, "times": 2}
SUFFIX = {"days": {"en": " days", "ja": "日", "zh": "天"}}
LIST = {"en": ", ", "ja": "、", "zh": "、"}


def format_value(value: object, kind: str, *, speech: Speech) -> str:
    """`value` as text of `kind` in the language of `speech`.

    Kinds: money (minor units), money_change (signed), share and share1 (fraction -> %, 0 or 1 decimal), rate (signed %),
    points (signed percentage points), count, int, number, score, index, days, times, exact (all decimals), date, month, year (last day of a
    twelve-month window), list (joined names), text.  Unknown values are a dash.  Source: faults.md d.2, d.3.
    """
    if kind == "list":
        return LIST[speech.language].join(str(item) for item in value) or NONE
    if value is None or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)) or value is pd.NA:
        return NONE
    if kind in {"money", "money_change"}:
        return money_text(value, language=speech.language, currency=speech.currency, signed=kind == "money_change")
    if kind in {"date", "month", "year"}:
        return date_text(Timestamp(value), kind, language=speech.language, start=speech.start)
    if kind in {"share", "share1", "rate", "points"}:
        return percent_text(float(value), kind)
    if kind in DIGITS:
        return grouped(value, DIGITS[kind]) + SUFFIX.get(kind, {}).get(speech.language, "")
    if kind == "exact":
        exact = Decimal(str(value)).normalize()
        return grouped(exact, max(0, -exact.as_tuple().exponent))
    if kind in {"text", "id", "code"}:
        return str(value)
    raise ValueError(f"{kind!r} is not a kind of number")


def grouped(value: object, digits: int, *, signed: bool = False) -> str:
    """`value` rounded half away from zero, with thousands separators and a true minus sign."""
    rounded = round_half_away(value if isinstance(value, Decimal) else float(value), digits)
    text = f"{abs(rounded):,.{digits}f}"
    sign = "−" if rounded < 0 else "+" if signed and rounded > 0 else ""
    return sign + text


def percent_text(value: float, kind: str) -> str:
    """A fraction as a percentage: shares plain, rates signed and capped at >999 %, points as pt."""
    if kind == "rate" and value > 9.99:
        return ">+999%"
    digits = 0 if kind == "share" else 1
    signed = kind in {"rate", "points"}
    return grouped(Decimal(repr(value)) * 100, digits, signed=signed) + (" pt" if kind == "points" else "%")


def money_text(value: object, *, language: str, currency: str, signed: bool = False) -> str:
    """An amount in minor units as a reader says it: 12.3億円, ¥1.23 billion."""
    major = Decimal(int(value)).scaleb(-scale_of(currency)) if float(value).is_integer() else (
        Decimal(repr(float(value))).scaleb(-scale_of(currency)))
    _, divisor, form = next(unit for unit in UNITS[language] if abs(major) >= unit[0])
    scaled = major / Decimal(divisor)
    digits = 0 if abs(scaled) >= 1000 or divisor == 1 else 1 if abs(scaled) >= 10 else 2
    text = form.format(n=grouped(abs(scaled), digits), **money_names(language, currency))
    sign = "−" if major < 0 else "+" if signed and major > 0 else ""
    return sign + text


def money_names(language: str, currency: str) -> dict[str, str]:
    """Symbol and name of `currency` in `language`."""
    return {"symbol": SYMBOLS.get(currency, f"{currency} "), "name": NAMES.get(language, {}).get(currency, currency)}


def money_unit(largest: float, *, language: str, currency: str) -> tuple[float, int, str]:
    """Unit for a table or axis whose largest amount is `largest` minor units: divisor, decimals, and its wording."""
    major = abs(largest) / 10 ** scale_of(currency)
    steps = {"en": ((1e10, 1e9, "{symbol} billion"), (1e6, 1e6, "{symbol} million"), (1e4, 1e3, "{symbol} thousand")),
             "ja": ((1e10, 1e8, "億{name}"), (1e7, 1e6, "百万{name}"), (1e4, 1e3, "千{name}")),
             "zh": ((1e10, 1e8, "亿{name}"), (1e6, 1e4, "万{name}"))}[language]
    for least, divisor, form in steps:
        if major >= least:
            digits = 0 if major / divisor >= 1000 else 1
            return divisor * 10 ** scale_of(currency), digits, form.format(**money_names(language, currency))
    plain = {"en": "{symbol}", "ja": "{name}", "zh": "{name}"}[language]
    return 10.0 ** scale_of(currency), 0, plain.format(**money_names(language, currency))


def date_text(day: Timestamp, kind: str, *, language: str, start: int) -> str:
    """A day, a month, or the twelve-month window that ends on `day` (a fiscal year by its start year)."""
    parts = {"y": day.year, "m": day.month, "d": day.day, "month": MONTHS[day.month - 1]}
    if kind == "date":
        return DATES[language].format(**parts)
    if kind == "month":
        return MONTH_FORMS[language].format(**parts)
    if is_fiscal_end(day, start=start):
        return FISCAL[language].format(y=(day - pd.DateOffset(months=12) + pd.Timedelta(days=1)).year)
    return ROLLING[language].format(**parts)


def width_of(text: str) -> int:
    """Columns that `text` takes: East Asian wide letters count two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
