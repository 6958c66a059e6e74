"""Stage 5: from when on a deviation is worth a talk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import ipywidgets as w
import pandas as pd
from pandas import DataFrame, Series

from kamnb import review
from kamnb.engagement import Engagement
from kamnb.review.plan import judge_attainment
from kamnb.widgets.controls import BARS, bars_html, make_panel, make_sliders, mark_move
from kamnb.widgets.saving import check_name, save_choices, say_saved, say_standing
from kamnb.words import say_value, words

Thresholds = Mapping[str, float]
STEPS = {"tolerance": (0.0, 0.2, 0.01), "decline": (0.05, 0.6, 0.01), "overdue_days": (0.0, 120.0, 5.0)}
PRODUCT_MONTHS = 18  # the last half-year and the same half a year before: what a lost product is told from
SIGNALS = ("behind", "ahead", "leaving", "late")


@dataclass(frozen=True)
class Watched:
    """What the thresholds judge: sales against plan, payments, goods that changed route, and the ledger of all accounts
    that show any sign of decline, with their `shares` of all sales."""

    scope: review.Scope
    accounts: DataFrame
    gaps: DataFrame
    payments: DataFrame
    reroutings: DataFrame
    panel: DataFrame
    products: DataFrame
    shares: Series


def alert_thresholds(engagement: Engagement, risks: DataFrame) -> w.Widget:
    """Sliders for the thresholds, and the accounts that would be worth a talk; Save makes them the engagement's.

    `risks`: from review.mark_rerouted, the accounts that show signs at the thresholds that stand.  A threshold whose
    table the client has not given has no slider.
    """
    rules = engagement.settings.review
    watched = watch_accounts(engagement, least=min(STEPS["decline"][0], rules.decline))
    idle = {"tolerance": watched.gaps.empty, "overdue_days": watched.payments.empty}
    values = {name: float(getattr(rules, name)) for name in STEPS if not idle.get(name)}
    before = list_talks(watched, values, leaving=risks)

    @cache
    def leaving(decline: float) -> DataFrame:
        return judge_risks(watched, decline)

    def answer(chosen: Thresholds) -> str:
        return _show(list_talks(watched, chosen, leaving=leaving(chosen["decline"])), before)

    def save(chosen: Thresholds, by: str) -> str:
        name = check_name(by)
        exact = {key: int(value) if key == "overdue_days" else value for key, value in chosen.items()}
        save_choices(engagement, {f"review.{key}": value for key, value in exact.items()}, by=name)
        return say_saved(name)

    return make_panel(_make_sliders(values), answer, save, standing=say_standing(engagement, "review."))


def watch_accounts(engagement: Engagement, *, least: float) -> Watched:
    """What the thresholds judge, computed once; `least`: the most sensitive threshold of decline."""
    scope, panel = review.set_scope(engagement.settings), engagement.panel("account_month")
    accounts = review.name_accounts(engagement.table("accounts"), channels=engagement.table("channels"))
    plan = review.spread_plan(engagement.table("plan"), panel, accounts=accounts, scope=scope)
    sales = review.place_sales(engagement.panel("account_category_month"), accounts, scope=scope)
    keys = review.choose_accounts(engagement.decision("selection"), panel, accounts=accounts, scope=scope)
    terms = accounts.merge(engagement.table("accounts")[["account", "payment_days"]])
    products = engagement.panel("account_product_month")
    due = review.cut_plan(plan, scope=scope)
    whole = Watched(scope, accounts, review.compare_accounts(due, sales, keys=keys, scope=scope),
                    review.measure_payments(engagement.table("ar"), panel, accounts=terms, scope=scope),
                    review.find_reroutings(panel, products, accounts=accounts, scope=scope), panel, products,
                    Series(dtype=float))
    return _keep_signs(whole, least)


def _keep_signs(watched: Watched, least: float) -> Watched:
    """`watched` with the ledger of those accounts alone that show a sign at `least`: what is left follows a slider."""
    signs = _find_risks(watched, least).set_index("account")["share"]
    recent = watched.products["month"] > watched.scope.last - pd.DateOffset(months=PRODUCT_MONTHS)
    columns = ["account", "month", "net_sales"]
    panel, products = (rows["account"].isin(signs.index) for rows in (watched.panel, watched.products))
    return replace(watched, shares=signs, panel=watched.panel.loc[panel, columns],
                   products=watched.products.loc[recent & products, [*columns, "product"]])


def judge_risks(watched: Watched, decline: float) -> DataFrame:
    """The accounts that show signs at the threshold `decline`: review.find_risks and review.mark_rerouted."""
    risks = _find_risks(watched, decline)
    return review.mark_rerouted(risks.assign(share=risks["account"].map(watched.shares)), watched.reroutings)


def _find_risks(watched: Watched, decline: float) -> DataFrame:
    scope = replace(watched.scope, rules=watched.scope.rules.model_copy(update={"decline": decline}))
    return review.find_risks(watched.panel, watched.products, accounts=watched.accounts, scope=scope)


def list_talks(watched: Watched, thresholds: Thresholds, *, leaving: DataFrame) -> DataFrame:
    """Accounts that are worth a talk at `thresholds`, the largest first: account, name, signals (codes), at_stake.

    `leaving`: from review.mark_rerouted.  The review's own list of findings, without those that have no threshold.
    """
    rules = watched.scope.rules.model_copy(update=dict(thresholds))
    status = judge_attainment(watched.gaps["attainment"], tolerance=rules.tolerance)
    late = review.find_late_payers(watched.payments, scope=replace(watched.scope, rules=rules))
    none = DataFrame({name: Series(dtype="str") for name in ("account", "name", "verdict", "mix", "spend")})
    findings = review.list_findings({"gaps": watched.gaps.assign(status=status), "risks": leaving, "payments": late,
                                     "reroutings": watched.reroutings, "mix": none, "promotions": none})
    talks: dict[str, tuple] = {}
    for account, name, signal, amount in findings[findings["signal"].isin(SIGNALS)].itertuples(index=False):
        _, signals, most = talks.get(account, (name, (), 0))
        talks[account] = (name, (*signals, signal), max(most, amount))
    rows = [(account, name, " ".join(signals), most) for account, (name, signals, most) in talks.items()]
    ordered = sorted(rows, key=lambda row: (-row[3], row[0]))
    return DataFrame(ordered, columns=["account", "name", "signals", "at_stake"])


def _make_sliders(values: Thresholds) -> dict[str, w.FloatSlider]:
    forms = {"overdue_days": ".0f"}
    sliders = [make_sliders({key: value}, labels={key: words(f"widgets.{key}")}, limits=STEPS[key],
                            form=forms.get(key, ".0%")) for key, value in values.items()]
    return {key: slider for part in sliders for key, slider in part.items()}


def _show(talks: DataFrame, before: DataFrame) -> str:
    """The accounts on the list, those that left it, and how many the list holds."""
    gone = before[~before["account"].isin(talks["account"])].assign(chosen=False)
    listed = pd.concat([talks.assign(chosen=True).head(BARS - min(len(gone), BARS // 4)), gone], ignore_index=True)
    new = ~listed["account"].isin(before["account"])
    notes = [" · ".join(part for part in (mark_move(inside, fresh or not inside), _word_signals(codes)) if part)
             for inside, fresh, codes in zip(listed["chosen"], new, listed["signals"], strict=True)]
    top = max(1, int(listed["at_stake"].max())) if len(listed) else 1
    rows = DataFrame({"name": listed["name"], "value": listed["at_stake"] / top, "chosen": listed["chosen"],
                      "note": notes, "text": [say_value(amount, "money") for amount in listed["at_stake"]]})
    more = len(talks) - int(listed["chosen"].sum())
    return bars_html(rows, head=words("widgets.talks_head", n=len(talks), now=len(before)),
                     foot=words("widgets.talks_more", n=more) if more > 0 else words("widgets.talks_foot"))


def _word_signals(codes: str) -> str:
    return say_value([words(f"review.findings.{code}") for code in codes.split()], "list")
