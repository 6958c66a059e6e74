"""Numbers come through exactly whatever they are stored as, and the control totals tie on any ledger."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from kamnb import money
from kamnb.intake.exact import decimal_of, exact_of, join_exact, take_exact, times, to_minor, total, whole_sum
from kamnb.intake.numbers import read_number, without_dust
from kamnb.intake.numeric import convert_amount, read_exact
from kamnb.intake.reading import read_tables
from kamnb.intake.rounding import round_to_total
from kamnb.intake.source import Source

SOME = settings(max_examples=40, deadline=None)
DECIMALS = st.decimals(-(10 ** 9), 10 ** 9, places=4)
MIXED = st.lists(st.one_of(DECIMALS, st.decimals(-1, 1, places=14), st.integers(-(10 ** 14), 10 ** 14).map(Decimal)),
                 max_size=8)


def values_of(column):
    return [decimal_of(int(unit), column.places) if known else None
            for unit, known in zip(column.units, column.known, strict=True)]


@given(MIXED)
@SOME
def test_decimals_survive_as_text_decimal_and_sum(numbers):
    texts, marks = read_exact(pa.array([format(number, "f") for number in numbers], pa.string()))
    assert not marks
    assert values_of(texts) == numbers
    assert values_of(exact_of(numbers)) == numbers
    assert Fraction(total(texts)) == sum(map(Fraction, numbers))


@given(st.lists(st.decimals(-(10 ** 8), 10 ** 8, places=5), max_size=8))
@SOME
def test_floats_mean_the_decimal_they_were_written_from(numbers):
    column, marks = read_exact(pa.array([float(number) for number in numbers], pa.float64()))
    assert not marks
    assert values_of(column) == numbers


@given(st.lists(st.decimals(-(10 ** 25), 10 ** 25, places=4) | st.none(), max_size=8), st.integers(0, 3))
@SOME
def test_stored_decimals_keep_every_digit(numbers, offset):
    column, marks = read_exact(pa.array([None] * offset + numbers, pa.decimal128(38, 4)).slice(offset))
    assert not marks
    assert values_of(column) == numbers


@given(st.lists(st.integers(-(2 ** 63), 2 ** 63 - 1), max_size=20))
@SOME
def test_sums_of_integers_never_wrap(numbers):
    assert whole_sum(np.array(numbers, dtype=np.int64)) == sum(numbers)


@given(st.lists(DECIMALS, max_size=8), st.integers(0, 3))
@SOME
def test_minor_units_are_rounded_half_away_from_zero(numbers, scale):
    minor, finer = to_minor(exact_of(numbers), scale)
    rounded = [number.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP) for number in numbers]
    assert minor.tolist() == [int(value.scaleb(scale)) for value in rounded]
    assert finer.tolist() == [value != number for value, number in zip(rounded, numbers, strict=True)]


@given(st.lists(st.decimals(-(10 ** 12), 10 ** 12, places=2), max_size=5),
       st.sampled_from(["1000", "0.01", "1E+3", "1.5"]))
@SOME
def test_units_multiply_exactly(numbers, unit):
    assert values_of(times(exact_of(numbers), Decimal(unit))) == [number * Decimal(unit) for number in numbers]


def test_columns_of_unlike_precision_join():
    parts = [exact_of([Decimal("1.5")]), exact_of([None, Decimal("0.123456789012")]), exact_of([Decimal(10 ** 15)])]
    assert values_of(join_exact(parts)) == [Decimal("1.5"), None, Decimal("0.123456789012"), Decimal(10 ** 15)]


@pytest.mark.parametrize(("dusty", "meant"), [("3419.999999999999", "3420"), ("5125.499999999998", "5125.5"),
                                             ("18944.000000000004", "18944"), ("0.30000000000000004", "0.3"),
                                             ("-4237.799999999999", "-4237.8"),
                                             ("12345678.12345678", "12345678.12345678"),
                                             ("1234567890123.4567", "1234567890123.4567")])
def test_binary_dust_is_taken_off_and_digits_are_not(dusty, meant):
    assert without_dust(Decimal(dusty))[0] == Decimal(meant)
    assert read_number(dusty).value == Decimal(meant)


def test_dust_in_stored_floats():
    column, marks = read_exact(pa.array([0.1 + 0.2, 3419.999999999999, 1e-7, 1234567.891]))
    assert values_of(column) == [Decimal("0.3"), Decimal(3420), Decimal("1E-7"), Decimal("1234567.891")]
    assert [(mark.code, mark.at.tolist()) for mark in marks] == [("N21", [0, 1])]


def test_range_of_amounts():
    column = exact_of([Decimal(9 * 10 ** 15), Decimal(-9 * 10 ** 15)])
    assert not convert_amount(column, scale=0, rounds=False)[1]
    assert convert_amount(column, scale=2, rounds=False)[1][0].code == "N09"


@given(st.lists(st.tuples(st.sampled_from("abc"), DECIMALS), max_size=20), st.integers(0, 99))
@SOME
def test_rounding_carried_along_keeps_lines_accounts_and_total_within_one_unit(lines, seed):
    column = exact_of([value for _, value in lines])
    rows = DataFrame({"account": [account for account, _ in lines], "exact": column.units})
    minor = round_to_total(column, rows, scale=2)
    assert int(minor.sum()) == int(money.round_half_away(total(column), 2).scaleb(2))
    left = [Fraction(int(unit), 100) - Fraction(value) for unit, value in zip(minor, values_of(column), strict=True)]
    assert all(abs(rest) < Fraction(1, 100) for rest in left)
    for account in "abc":
        mine = [rest for rest, (name, _) in zip(left, lines, strict=True) if name == account]
        assert abs(sum(mine)) <= Fraction(1, 100)
    mixed = np.random.default_rng(seed).permutation(len(lines))
    again = round_to_total(take_exact(column, mixed), rows.iloc[mixed], scale=2)
    assert sorted(zip(rows["account"].iloc[mixed], column.units[mixed], again, strict=True)) == sorted(
        zip(rows["account"], column.units, minor, strict=True))


CELLS = st.one_of(st.integers(-(10 ** 9), 10 ** 9).map(str), st.decimals(-(10 ** 6), 10 ** 6, places=3).map(str),
                  st.sampled_from(["", "x", "△1,234", "(5)", "¥7", "1,23", "0.30000000000000004"]))
ROWS = st.lists(st.tuples(st.sampled_from(["A1", "A2", "A9", "", "ZZ"]), st.sampled_from(["S1", "S2", "S3"]), CELLS),
                max_size=25)


def write_ledger(folder: Path, rows: list, *, split: bool = False) -> None:
    lines = [f'2024-04-01,{account},P1,1,"{cell}",{doc}' for account, doc, cell in rows]
    head, tail = "date,account,product,quantity,net_sales,doc\n", "2024-04-02,A1,P1,1,1,S4\n"
    half = len(lines) // 2 if split else len(lines)
    (folder / "s1.csv").write_text(head + tail + "\n".join(lines[:half]) + "\n", encoding="utf-8")
    if split:
        second = head + tail.replace("S4", "S5") + "\n".join(lines[half:]) + "\n"
        (folder / "s2.csv").write_text(second, encoding="utf-8")
    (folder / "accounts.csv").write_text("account,name,channel\nA1,A,c\nA2,B,c\n", encoding="utf-8")
    (folder / "returns.csv").write_text("doc\nS2\nS8\n", encoding="utf-8")


@given(rows=ROWS, rounding=st.sampled_from([True, "total"]), split=st.booleans())
@settings(max_examples=10, deadline=None)
def test_control_totals_tie_on_any_ledger(rows, rounding, split):
    sources = {"sales": Source(path="s*.csv", round_lines=rounding, ignore={"account": ["ZZ"]},
                               returned={"path": "returns.csv", "doc": "doc"}),
               "accounts": Source(path="accounts.csv")}
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_ledger(folder, rows, split=split)
        intake = read_tables(folder, sources, scale=0, as_of=date(2025, 3, 31))
    lines = intake.controls.query("table == 'sales'").groupby("measure").sum(numeric_only=False)
    readable = [read_number(cell).value for _, _, cell in rows]
    assert lines.loc["rows", "in_files"] == len(rows) + 1 + split
    assert lines.loc["rows", "accepted"] == len(intake.tables["sales"])
    assert lines.loc["amount", "in_files"] == sum(filter(None, readable)) + 1 + split
    assert lines.loc["amount", "accepted"] == int(intake.tables["sales"]["net_sales"].sum())
    assert not intake.controls["difference"].any()
    unread = [value for (account, _, _), value in zip(rows, readable, strict=True) if account != "ZZ" and value is None]
    assert lines.loc["amount", "unread"] == len(unread)
