"""Stage 4: how much growth is asked of an account, and how much of its headroom the plan counts on."""

from __future__ import annotations

from dataclasses import replace

import ipywidgets as w
import pandas as pd
from pandas import DataFrame

from kamnb.actions import PlanRules, benchmark_account, name_categories, propose_targets, set_rules, value_whitespace
from kamnb.choices import setting_name
from kamnb.engagement import Engagement
from kamnb.widgets.controls import bars_html, make_panel, make_sliders, say_nothing
from kamnb.widgets.saving import check_name, save_choices, save_rows, say_saved, say_standing
from kamnb.words import say_value, words

STEPS = {"growth_target": (-0.2, 0.5, 0.01), "capture": (0.0, 1.0, 0.05)}


def growth_target(engagement: Engagement, account: str, baseline: DataFrame) -> w.Widget:
    """Sliders for growth and capture, and what they ask of the year; Save makes them the account's.

    `baseline`: from actions.spread_baseline.  Save also writes the account's targets by month.
    """
    if baseline.empty:
        return say_nothing("widgets.no_history")
    rules, place = set_rules(engagement.settings, account=account), setting_name("actions", "accounts", account)
    sold = name_categories(engagement.panel("account_product_month"), engagement.table("products"))
    gaps = benchmark_account(sold, engagement.table("accounts"), rules=rules)
    master = engagement.table("accounts", account=account)

    def answer(values: dict) -> str:
        room = value_whitespace(gaps, master, rules=replace(rules, capture=values["capture"]))["amount"].iloc[0]
        return _show(baseline, propose_targets(baseline, **values), room)

    def save(values: dict, by: str) -> str:
        name = check_name(by)
        save_choices(engagement, {f"{place}.{key}": value for key, value in values.items()}, by=name)
        targets = propose_targets(baseline, **values)
        return say_saved(name, save_rows(engagement, ("actions", account), targets, by=name))

    return make_panel(_make_sliders(rules), answer, save, standing=say_standing(engagement, f"{place}."))


def _make_sliders(rules: PlanRules) -> dict[str, w.FloatSlider]:
    values = {"growth_target": rules.growth, "capture": rules.capture}
    sliders = [make_sliders({key: values[key]}, labels={key: words(f"widgets.{key}")}, limits=limits, form=".0%")
               for key, limits in STEPS.items()]
    return {key: slider for part in sliders for key, slider in part.items()}


def _show(baseline: DataFrame, targets: DataFrame, room: object) -> str:
    """The year before, the baseline, what whitespace adds to it, and the target; what is asked, what is still open."""
    sums = {"previous": int(baseline["previous_sales"].sum()), "baseline": int(baseline["baseline"].sum())}
    target, known = int(targets["target"].sum()), pd.notna(room)
    if known:
        sums["whitespace"] = sums["baseline"] + int(room)
    sums["target"] = target
    top = max(1, *sums.values())
    adds = {"whitespace": words("widgets.adds", more=int(room))} if known else {}
    rows = DataFrame([{"name": words(f"widgets.year_{key}"), "value": amount / top, "text": say_value(amount, "money"),
                       "chosen": key == "target", "note": adds.get(key, "")} for key, amount in sums.items()])
    return bars_html(rows, head=words("widgets.target_head", more=target - sums["baseline"], target=target),
                     foot=_say_source(target - sums["baseline"], int(room) if known else None))


def _say_source(asked: int, room: int | None) -> str:
    """Where what is asked over the baseline comes from, as far as headroom tells (`room`: None = not known)."""
    left = asked if room is None else max(0, asked - room)
    form = "none" if asked <= 0 else "unknown" if room is None else "open" if left else "covered"
    return words(f"widgets.target_{form}", left=left)
