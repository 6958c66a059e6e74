"""The terms book of the sample: discounts, rebates, fees, funds and payment days by account."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.training.pricing import discount_steps
from kamnb.training.world import AS_OF, World, recipe, stream, twins

OPEN_END = "2026-03-31"
FIRST_DAY = "2021-01-01"


def write_terms(world: World, slips: DataFrame) -> DataFrame:
    """The terms book, one row per term: term, account, kind, basis, value, category, starts, ends, threshold, ..."""
    year = slips[slips["date"] > AS_OF - np.timedelta64(366, "D")].groupby("account")["net_sales"].sum()
    sales = year.reindex(world.accounts.index).fillna(0)
    rng = stream(world.seed, "terms")
    rows = [*_on_invoice(world)]
    for account, channel in world.accounts["channel"].items():
        rows += _off_invoice(account, _rates(account, channel, rng), float(sales[account]))
    rows += _extra(world, sales)
    book = DataFrame(rows).sort_values(["account", "kind", "starts"], kind="stable", ignore_index=True)
    book["term"] = "T" + Series(range(1, len(book) + 1)).astype(str).str.zfill(4)
    document = recipe("trade")["document"]
    year_of = book["starts"].str[:4].astype(int).clip(upper=2025)
    book[["starts", "ends"]] = book[["starts", "ends"]].apply(pd.to_datetime)
    for language, column in (("ja", "document"), ("en", "document_en"), ("zh", "document_zh")):
        book[column] = year_of.map(lambda y, text=document[language]: text.format(year=y))
    return book


def payment_days(world: World) -> Series:
    """Agreed days from invoice to cash, by account."""
    trade = recipe("trade")
    days = world.accounts["channel"].map({channel: rates["days"] for channel, rates in trade["terms"].items()})
    return days.where(~days.index.isin(trade["special"]), Series({a: r["days"] for a, r in trade["special"].items()}))


def _on_invoice(world: World) -> list[dict]:
    """On-invoice discounts: one open term, or one term after the other where the discount changed."""
    steps: dict[str, list] = {}
    for account, start, rate in discount_steps(world):
        steps.setdefault(account, []).append((start, rate))
    rows = []
    for account, discount in world.accounts["discount"].items():
        rates = {FIRST_DAY: discount} | dict(steps.get(account, []))
        changes = sorted(rates)
        for start, following in zip(changes, [*changes[1:], None], strict=True):
            rows.append({"account": account, "kind": "on_invoice", "basis": "share_of_list",
                         "value": round(rates[start], 6), "starts": start,
                         "ends": _day_before(following) if following else OPEN_END})
    return rows


def _day_before(day: str) -> str:
    """The ISO day before `day`."""
    return str(np.datetime64(day) - 1)


def _rates(account: str, channel: str, rng: np.random.Generator) -> dict:
    """The term rates of an account: its own where it has some, else those of its channel with a little bargaining."""
    trade = recipe("trade")
    drawn = rng.lognormal(0, 0.22, 4)
    if account in trade["special"]:
        return trade["special"][account]
    usual = trade["terms"][channel]
    names = ("fixed", "achievement", "centre", "promotion")
    return usual | {name: round(usual[name] * float(factor), 4) for name, factor in zip(names, drawn, strict=True)}


def _extra(world: World, sales: Series) -> list[dict]:
    """Rebates on one category, and the progressive rebates of some wholesalers."""
    trade, lasting = recipe("trade"), {"starts": FIRST_DAY, "ends": OPEN_END, "basis": "share_of_invoice"}
    rows = []
    for account, (category, rate) in trade["category_terms"].items():
        names = world.categories.loc[category, ["ja", "en", "zh"]].tolist()
        rows.append(lasting | {"account": account, "kind": "fixed_rebate", "value": rate} | twins("category", names))
    for account, steps in trade["progressive"].items():
        rows += [lasting | {"account": account, "kind": "progressive_rebate", "value": rate, "probability": chance,
                            "threshold": int(round(float(sales[account]) * part, -6))} for part, rate, chance in steps]
    return rows


def _off_invoice(account: str, rates: dict, sales: float) -> list[dict]:
    """The terms of an account that do not stand on the invoice; a rate of zero means no such term."""
    lasting = {"account": account, "starts": FIRST_DAY, "ends": OPEN_END}
    funds = {"promotion_funding": rates["promotion"], "listing_fee": rates["listing"]}
    rows = [lasting | {"kind": kind, "basis": "share_of_invoice", "value": rates[name]}
            for kind, name in (("fixed_rebate", "fixed"), ("centre_fee", "centre")) if rates[name] > 0]
    rows += [lasting | {"kind": kind, "basis": "amount_a_year", "value": round(sales * rate, -5 if sales > 1e8 else -4)}
             for kind, rate in funds.items() if sales * rate >= 5000]
    rows.append(lasting | {"kind": "achievement_rebate", "basis": "share_of_invoice", "value": rates["achievement"],
                           "threshold": int(round(sales * 0.97, -6)), "probability": 0.8})
    rows.append(lasting | {"kind": "payment_days", "basis": "days", "value": rates["days"]})
    return rows
