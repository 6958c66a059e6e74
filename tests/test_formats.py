"""How numbers are written in three languages, and the one rounding rule."""

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamnb.formats import Speech, format_value, money_unit
from kamnb.money import growth, round_half_away, to_minor


@pytest.mark.parametrize(("value", "digits", "expected"), [(0.5, 0, "1"), (2.5, 0, "3"), (-2.5, 0, "-3"), (2.675, 2, "2.68"),
                                                           (1.005, 2, "1.01"), (-0.4, 0, "0")])
def test_rounding_is_half_away_from_zero(value, digits, expected):
    assert round_half_away(value, digits) == Decimal(expected)


@given(st.decimals(min_value=-10**9, max_value=10**9, places=6))
def test_minor_units_and_their_difference_give_the_amount_back(amount):
    minor, difference = to_minor(amount, 2)
    assert Decimal(minor).scaleb(-2) + difference == amount
    assert abs(difference) <= Decimal("0.005")


@pytest.mark.parametrize(("value", "language", "currency", "expected"), [
    (1_234_567_890, "ja", "JPY", "12.3億円"), (1_234_567_890, "en", "JPY", "¥1.23 billion"), (1_234_567_890, "zh", "JPY", "12.3亿日元"),
    (12_345_678, "ja", "JPY", "1,235万円"), (-98_765_432, "en", "JPY", "−¥98.8 million"), (8_045_059_698, "en", "USD", "$80.5 million")])
def test_money_is_written_as_the_language_says_it(value, language, currency, expected):
    assert format_value(value, "money", speech=Speech(language, currency)) == expected


def test_years_are_fiscal_years_or_twelve_months():
    assert format_value(pd.Timestamp("2025-03-31"), "year", speech=Speech("ja")) == "2024年度"
    assert format_value(pd.Timestamp("2025-12-31"), "year", speech=Speech("en")) == "12 months to Dec 2025"
    assert format_value(pd.Timestamp("2023-12-31"), "year", speech=Speech("en", start=1)) == "FY2023"


def test_unknown_is_a_dash_and_growth_is_capped():
    assert format_value(float("nan"), "rate", speech=Speech("en")) == "–"
    assert format_value(pd.NA, "money", speech=Speech("en")) == "–"
    assert format_value(12.0, "rate", speech=Speech("en")) == ">+999%"


def test_unit_of_a_table_follows_its_largest_amount():
    assert money_unit(53_456_789_012, language="ja", currency="JPY") == (1e8, 1, "億円")
    assert money_unit(5_345_678, language="en", currency="USD")[2] == "$ thousand"


def test_growth_follows_the_table_of_cases():
    base = pd.Series([100, 0, 0, 0, -10, -10, 100, None])
    current = pd.Series([110, 0, 5, -5, 5, -5, -1, 3])
    found = growth(base, current)
    assert found["case"].tolist() == ["grew", "none", "new", "unclear", "turned_positive", "still_negative", "turned_negative", "unknown"]
    assert found["rate"].dropna().round(4).tolist() == [0.1]
