"""Receivables: the planted late payer, ages that add up, and the chosen way of counting days."""

from dataclasses import replace

import pandas as pd
import pytest

from kamnb import review


def test_the_planted_late_payer_is_found(payments, scope, truth):
    late = review.find_late_payers(payments, scope=scope)
    assert late["account"].tolist() == [truth["T08"]["account"]]
    assert late["overdue"].iloc[0] == truth["T08"]["overdue"]
    assert late["days_late"].iloc[0] == pytest.approx(truth["T08"]["days_late"], abs=0.15)


def test_ages_add_up_to_what_is_overdue(payments):
    ages = payments[["days_1_30", "days_31_60", "days_61_90", "days_90"]].sum(axis=1)
    assert (ages == payments["overdue"]).all() and (payments["overdue"] <= payments["open"]).all()


def test_late_invoices_are_those_beyond_the_limit(sample, accounts, scope):
    late = review.list_late_invoices(sample.table("ar"), accounts=accounts, scope=scope)
    assert len(late) and (late["overdue_days"] > scope.rules.overdue_days).all()
    assert late["overdue_days"].is_monotonic_decreasing


def test_the_whole_is_the_sum_of_the_accounts(payments, sample, panel, scope):
    facts = review.summarise_payments(payments, sample.table("ar"), panel=panel, scope=scope)
    assert facts["open"] == payments["open"].sum() and facts["overdue"] == payments["overdue"].sum()
    assert facts["key"] == "review.payment_found.late" and facts["dso"] > 30


def test_tax_in_receivables_is_taken_out_of_the_days(sample, panel, accounts, scope):
    terms = accounts.merge(sample.table("accounts")[["account", "payment_days"]])
    simple = replace(scope, dso="simple")
    taxed = replace(simple, rules=scope.rules.model_copy(update={"receivables_tax": 0.1}))
    both = [review.measure_payments(sample.table("ar"), panel, accounts=terms, scope=rules)
            for rules in (simple, taxed)]
    before, after = (payments.set_index("account")["dso"] for payments in both)
    assert (after / before).dropna().tolist() == pytest.approx([1 / 1.1] * after.notna().sum(), rel=1e-6)


def test_nothing_overdue_is_said_so(panel, scope):
    ar = pd.DataFrame({"invoice": ["1"], "account": ["A001"], "issued": [pd.Timestamp("2025-12-01")],
                       "due": [pd.Timestamp("2026-01-31")], "amount": [100], "paid_on": [pd.NaT],
                       "paid": pd.Series([pd.NA], dtype="Int64")}).astype({"paid_on": "datetime64[us]"})
    terms = pd.DataFrame({"account": ["A001"], "name": ["a"], "channel_name": ["c"], "payment_days": [60]})
    payments = review.measure_payments(ar, panel, accounts=terms, scope=scope)
    facts = review.summarise_payments(payments, ar, panel=panel, scope=scope)
    assert facts["key"] == "review.payment_found.fine" and facts["overdue"] == 0
    assert review.list_debtors(payments).empty and review.pick_debtors(payments).empty
