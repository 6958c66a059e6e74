import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series, Timestamp

from kamnb.methods.harmonisation import harmonise_terms, sum_exposure
from kamnb.methods.pricing import PriceRules

RULES = PriceRules()
MONTHS = pd.date_range("2024-04-01", periods=12, freq="MS")


def sales_of(**amounts):
    """Twelve equal months of net sales a year; the list price is known to the ledger where a pair (net, list) is given."""
    rows = []
    for account, given_ in amounts.items():
        net, listed = given_ if isinstance(given_, tuple) else (given_, None)
        rows += [(account, Timestamp("2025-03-31"), month, net // 12, None if listed is None else listed // 12) for month in MONTHS]
    frame = DataFrame(rows, columns=["account", "year", "month", "net_sales", "list_sales"])
    return frame.assign(list_sales=frame["list_sales"].astype("Int64"), cost=Series(pd.NA, index=frame.index, dtype="Int64"),
                        category="tea")


def terms_of(*rows):
    """account, kind, basis, value[, category] of each term."""
    table = DataFrame([(f"T{n}", *row, *([None] if len(row) == 4 else [])) for n, row in enumerate(rows)],
                      columns=["term", "account", "kind", "basis", "value", "category"])
    return table.assign(starts=pd.NaT, ends=pd.NaT, threshold=Series(pd.NA, index=table.index, dtype="Int64"), probability=np.nan,
                        document=None).astype({"starts": "datetime64[us]", "ends": "datetime64[us]", "category": "str"})


def claims(sales, terms, **members):
    found = harmonise_terms(sales, terms, Series(members or {"a": "m", "b": "m"}), rules=RULES)
    return found.set_index(["kind", "category", "account"])


def test_shared_rebate_rises_to_the_better_rate():
    terms = terms_of(("a", "fixed_rebate", "share_of_invoice", 0.05), ("b", "fixed_rebate", "share_of_invoice", 0.02))
    found = claims(sales_of(a=12_000, b=24_000), terms)
    row = found.loc[("fixed_rebate", "-", "b")]
    assert row[["base", "best_of", "low", "high"]].tolist() == [24_000, "a", 720, 720]
    assert row[["own_rate", "best_rate"]].tolist() == pytest.approx([0.02, 0.05])
    assert found.loc[("fixed_rebate", "-", "a"), ["low", "high"]].tolist() == [0, 0]


def test_term_that_only_one_has_is_in_the_high_end_only():
    found = claims(sales_of(a=12_000, b=24_000), terms_of(("a", "centre_fee", "share_of_invoice", 0.04)))
    assert found.loc[("centre_fee", "-", "b"), ["own_rate", "low", "high"]].tolist() == [0, 0, 960]


def test_amount_a_year_may_be_claimed_as_such_or_by_share():
    terms = terms_of(("a", "listing_fee", "amount_a_year", 1200), ("b", "listing_fee", "amount_a_year", 600))
    found = claims(sales_of(a=12_000, b=24_000), terms)
    assert found.loc[("listing_fee", "-", "b"), ["low", "high"]].tolist() == [600, 1800]  # as much as a, or 10 % too
    assert found.loc[("listing_fee", "-", "a"), ["low", "high"]].tolist() == [0, 0]


def test_on_invoice_discount_counts_on_the_list_price():
    found = claims(sales_of(a=(9000, 12_000), b=(21_600, 24_000)), terms_of(("a", "fixed_rebate", "share_of_invoice", 0.0)))
    assert found.loc[("on_invoice", "-", "b"), ["base", "low"]].tolist() == [24_000, 3600]  # 25 % instead of 10 %
    agreed = terms_of(("a", "on_invoice", "share_of_list", 0.25), ("b", "on_invoice", "share_of_list", 0.1))
    implied = claims(sales_of(a=9000, b=21_600), agreed)
    assert implied.loc[("on_invoice", "-", "b"), "low"] == 3600


def test_unknown_list_price_leaves_the_claim_unknown():
    terms = terms_of(("a", "on_invoice", "share_of_list", 0.25))
    found = claims(sales_of(a=9000, b=21_600), terms)
    assert pd.isna(found.loc[("on_invoice", "-", "b"), "high"])
    assert sum_exposure(found.reset_index(), Series({"a": 9000, "b": 21_600}))["unknown"].tolist() == [1]


def test_term_of_a_category_counts_on_that_category():
    sales = pd.concat([sales_of(a=12_000, b=12_000), sales_of(b=6000).assign(category="water")])
    terms = terms_of(("a", "fixed_rebate", "share_of_invoice", 0.10, "tea"), ("b", "fixed_rebate", "share_of_invoice", 0.05, "tea"))
    found = claims(sales, terms)
    assert found.loc[("fixed_rebate", "tea", "b"), ["base", "low"]].tolist() == [12_000, 600]
    water = terms_of(("b", "fixed_rebate", "share_of_invoice", 0.10, "water"))
    assert claims(sales, water).loc[("fixed_rebate", "water", "a"), ["base", "high"]].tolist() == [0, 0]


def test_longer_payment_is_claimed_in_money():
    terms = terms_of(("a", "payment_days", "days", 90), ("b", "payment_days", "days", 60))
    found = claims(sales_of(a=120_000, b=1_200_000), terms)
    assert found.loc[("payment_days", "-", "b"), "low"] == round(1_200_000 * 0.015 * 30 / 365)


def test_groups_do_not_mix_and_equal_terms_cost_nothing():
    rates = {"a": 0.05, "b": 0.05, "c": 0.10, "d": 0.02}
    terms = terms_of(*((name, "fixed_rebate", "share_of_invoice", rate) for name, rate in rates.items()))
    members = Series({"a": "m", "b": "m", "c": "n", "d": "n"})
    found = harmonise_terms(sales_of(a=1200, b=1200, c=1200, d=1200), terms, members, rules=RULES)
    bill = sum_exposure(found, Series({"a": 1200, "b": 1200, "c": 1200, "d": 1200})).set_index("group")
    assert bill.loc["m", ["members", "sales", "high"]].tolist() == [2, 2400, 0]
    assert bill.loc["n", ["low", "high", "dearest"]].tolist() == [96, 96, "fixed_rebate"]
    assert bill.loc["n", "share_high"] == pytest.approx(0.04)


@settings(max_examples=8)
@given(st.lists(st.tuples(st.integers(1, 9), st.floats(0, 0.2)), min_size=2, max_size=4), st.integers(1, 50))
def test_range_is_a_range_and_grows_with_the_unit_of_money(rows, factor):
    names = [f"a{n}" for n in range(len(rows))]
    terms = terms_of(*((name, "fixed_rebate", "share_of_invoice", rate) for name, (_, rate) in zip(names, rows, strict=True)))
    members = Series("m", index=names)
    once, other = (harmonise_terms(sales_of(**{name: size * 120_000 * by for name, (size, _) in zip(names, rows, strict=True)}), terms,
                                   members, rules=RULES) for by in (1, factor))
    assert (once["low"] <= once["high"]).all() and (once["low"] >= 0).all()
    assert (other["high"] - once["high"] * factor).abs().max() <= factor
    assert once["own_rate"].tolist() == pytest.approx(other["own_rate"].tolist())


def test_account_that_pays_the_best_pays_nothing_more():
    terms = terms_of(("a", "fixed_rebate", "share_of_invoice", 0.05), ("b", "fixed_rebate", "share_of_invoice", 0.02))
    found = harmonise_terms(sales_of(a=1200, b=2400), terms, Series({"a": "m", "b": "m"}), rules=RULES)
    assert (found.loc[found["account"] == found["best_of"], "high"] == 0).all()


def test_no_terms_and_nobody_merges():
    none = terms_of(("a", "fixed_rebate", "share_of_invoice", 0.05)).iloc[:0]
    assert harmonise_terms(sales_of(a=1200), none, Series({"a": "m"}), rules=RULES).empty
    nobody = harmonise_terms(sales_of(a=1200), none, Series(dtype="str"), rules=RULES)
    assert nobody.empty and sum_exposure(nobody, Series(dtype="int64")).empty
