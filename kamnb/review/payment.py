"""Do they pay: days sales outstanding, the age of what is open, and what is overdue."""

from __future__ import annotations

from pandas import DataFrame

from kamnb.methods.receivables import BUCKETS, add_tax, age_receivables, list_overdue, measure_dso, measure_payment
from kamnb.review.scope import Scope

AGES = dict(zip(BUCKETS[1:], ("days_1_30", "days_31_60", "days_61_90", "days_90"), strict=True))
PAYMENTS = ["account", "name", "channel_name", "open", "overdue", *AGES.values(), "dso", "agreed", "days_to_pay",
            "days_late"]


def measure_payments(ar: DataFrame, panel: DataFrame, *, accounts: DataFrame, scope: Scope) -> DataFrame:
    """What every account owes, how old it is and how long it takes to pay, largest overdue amount first.

    `ar`: the ar table; `panel`: account, month, net_sales; `accounts`: account, name, channel_name, payment_days.  Days
    sales outstanding are counted as [choices] dso says; [review] receivables_tax is the rate of tax that is in the
    receivables but not in the sales.  Returns account, name, channel_name, open, overdue and its age in four
    columns (minor units), `dso`, `agreed` days, `days_to_pay` and `days_late` (means of paid invoices, weighted by
    amount; NaN where unknown).  Source: method.md 2.2 AR, 2.3 choice 7, E13.
    """
    if ar.empty:
        return DataFrame(columns=PAYMENTS)
    table = _measure_days(ar, panel, scope=scope)
    aged = age_receivables(ar, as_of=scope.as_of).set_index("account").rename(columns=AGES)
    known = accounts.set_index("account")[["name", "channel_name", "payment_days"]]
    paid = measure_payment(ar, as_of=scope.as_of)[["days_to_pay", "days_late"]]
    both = table.join(aged[list(AGES.values())]).join(known).join(paid).rename(columns={"payment_days": "agreed"})
    ordered = both.reset_index(names="account").sort_values(["overdue", "open", "account"],
                                                            ascending=[False, False, True])
    return ordered[PAYMENTS].reset_index(drop=True)


def _measure_days(ar: DataFrame, panel: DataFrame, *, scope: Scope) -> DataFrame:
    """open, overdue and dso by account, DSO counted the chosen way on sales with the tax of the receivables."""
    tax = scope.rules.receivables_tax
    days = measure_dso(ar, add_tax(panel, rate=tax) if tax else panel, as_of=scope.as_of)
    return days[["open", "overdue"]].assign(dso=days["count_back" if scope.dso == "count_back" else "dso"])


def list_late_invoices(ar: DataFrame, *, accounts: DataFrame, scope: Scope) -> DataFrame:
    """Open invoices further past due than [review] overdue_days, longest first: invoice, account, name, issued, due,
    amount (minor units) and overdue_days."""
    items = list_overdue(ar, as_of=scope.as_of)
    late = items[items["overdue_days"] > scope.rules.overdue_days].rename(columns={"open": "amount"})
    named = late.merge(accounts[["account", "name"]], on="account", how="left")
    return named[["invoice", "account", "name", "issued", "due", "amount", "overdue_days"]]


def find_late_payers(payments: DataFrame, *, scope: Scope) -> DataFrame:
    """Accounts that as a rule pay later than [review] overdue_days after the due date and owe overdue money."""
    late = payments[(payments["days_late"] > scope.rules.overdue_days) & (payments["overdue"] > 0)]
    return late.sort_values(["days_late", "account"], ascending=[False, True], ignore_index=True)


def list_debtors(payments: DataFrame) -> DataFrame:
    """The accounts of `payments` that owe overdue money, as they are shown: account, name, open, overdue, its age (only
    ages that occur), dso, agreed, days_late."""
    owing = payments[payments["overdue"] > 0]
    ages = [age for age in AGES.values() if (owing[age] > 0).any()]
    return owing[["account", "name", "open", "overdue", *ages, "dso", "agreed", "days_late"]].reset_index(drop=True)


def pick_debtors(payments: DataFrame, *, limit: int = 8) -> DataFrame:
    """The `limit` accounts of `payments` with the largest overdue amounts whose agreed and usual days are known."""
    known = payments[(payments["overdue"] > 0) & payments["agreed"].notna() & payments["days_to_pay"].notna()]
    return known.head(limit).reset_index(drop=True)


def summarise_payments(payments: DataFrame, ar: DataFrame, *, panel: DataFrame, scope: Scope) -> dict[str, object]:
    """The facts of the payment sentence: what is open and overdue, DSO of all accounts together, and who is latest.

    `payments`: from `measure_payments`, the others as there.  The key tells whether anything is overdue.
    """
    if payments.empty:
        return {"key": "review.payment_found.none"}
    whole = _measure_days(ar.assign(account="total"), panel.assign(account="total"), scope=scope).iloc[0]
    overdue = payments[payments["overdue"] > 0]
    late = payments.sort_values(["days_late", "account"], ascending=[False, True]).iloc[0]
    invoices = list_overdue(ar, as_of=scope.as_of)["overdue_days"] > scope.rules.overdue_days
    return {"key": "review.payment_found." + ("late" if len(overdue) else "fine"), "open": int(whole["open"]),
            "overdue": int(whole["overdue"]), "share": float(whole["overdue"] / whole["open"]),
            "dso": float(whole["dso"]), "accounts": len(overdue), "invoices": int(invoices.sum()),
            "limit": scope.rules.overdue_days, "latest": late["name"], "days_late": float(late["days_late"]),
            "latest_overdue": int(late["overdue"])}
