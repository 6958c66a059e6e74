"""Who is about to leave: signs of decline with reasons, the sales at stake, and whether the signs are worth it."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb import money
from kamnb.methods.lapse import LapseRules, signal_decline
from kamnb.methods.series import spread_months
from kamnb.review.scope import Scope

AGREED = 2  # signs that must agree before an account counts as at risk
HALF = 6  # months of a half-year
MARGIN = 0.25  # a half-year must be worse than the worst one before by this part of it
RISKS = ["account", "name", "channel_name", "alarm", "sales", "recent_6", "before_6", "change_3", "change_6",
         "worst_before", "products", "products_before", "silence", "decline_3", "decline_6", "products_lost", "silent",
         "signals", "at_stake", "share"]
SHOWN = ["account", "name", "key", "alarm", "change_3", "change_6", "worst_before", "products_before", "products",
         "silence", "at_stake"]
TRACE = ["account", "name", "change_6", "at_stake", "back", "month", "net_sales", "previous_sales"]
SIGNS = ["decline_3", "decline_6", "products_lost", "silent"]


def set_rules(scope: Scope) -> LapseRules:
    """The rules of decline with the client's own threshold for sales; all are rules of thumb."""
    return LapseRules(decline_3=-scope.rules.decline, decline_6=-scope.rules.decline)


def find_risks(panel: DataFrame, products: DataFrame, *, accounts: DataFrame, scope: Scope) -> DataFrame:
    """Accounts that show signs of leaving, most urgent first.

    `panel`: account, month, net_sales; `products`: account, product, month, net_sales; `accounts`: from
    `name_accounts`.  Returns account, name, channel_name, the measures of methods.lapse.signal_decline with one column
    of booleans per sign, `worst_before` (its own worst half-year against the year before, until a year ago) and
    `alarm`: leaving (two signs agree, and it has clearly never been as bad before), watch (some sign), gone (no sales
    in twelve months).  `at_stake` = sales of the last twelve months (minor units); for gone ones what they bought in
    the twelve months before; `share` of it in all sales of twelve months.  Source: method.md D31, feature 13.
    """
    table = _judge_accounts(panel, products, last=scope.last, rules=set_rules(scope))
    table = table.join(accounts.set_index("account")[["name", "channel_name"]])
    found = table[table["signals"] > 0].rename_axis("account").reset_index()
    order = found["alarm"].map({"leaving": 0, "watch": 1, "gone": 2})
    ranked = found.assign(order=order).sort_values(["order", "at_stake", "account"], ascending=[True, False, True])
    return ranked[RISKS].reset_index(drop=True)


def _judge_accounts(panel: DataFrame, products: DataFrame, *, last: Timestamp, rules: LapseRules) -> DataFrame:
    """The signs of every account as they were at the end of month `last`, its alarm and what is at stake."""
    known, goods = panel[panel["month"] <= last], products[products["month"] <= last]
    signs = signal_decline(known, goods, as_of=last + pd.offsets.MonthEnd(0), rules=rules)
    found = signs["reasons"].str.split()
    flags = DataFrame({sign: [sign in codes for codes in found] for sign in SIGNS}, index=signs.index, dtype=bool)
    table = signs.join(flags).join(_trace_halves(known, last=last))
    beyond = table["change_6"] < table["worst_before"] - MARGIN * table["worst_before"].abs()
    leaving = (table["signals"] >= AGREED) & beyond
    alarm = Series("watch", index=table.index, dtype="str").where(~leaving, "leaving")
    table["alarm"] = alarm.where(table["sales"] != 0, "gone")
    table["at_stake"] = table["sales"].where(table["alarm"] != "gone", table["year_before"]).astype("int64")
    whole = int(table["sales"].sum())
    return table.assign(share=table["at_stake"] / whole if whole > 0 else float("nan"))


def _trace_halves(panel: DataFrame, *, last: Timestamp) -> DataFrame:
    """By account: its worst change of six months against a year before, until a year ago; sales of the year before."""
    wide = spread_months(panel, until=last)
    halves = wide.T.rolling(HALF).sum().T
    base = halves.shift(12, axis=1)
    change = (halves / base.where(base > 0) - 1).iloc[:, :-12]
    return DataFrame({"worst_before": change.min(axis=1), "year_before": wide.iloc[:, -24:-12].sum(axis=1)})


def list_signs(risks: DataFrame, *, keys: DataFrame) -> DataFrame:
    """`risks` as it is shown: account, name, key, alarm, the measures behind the signs, at_stake."""
    return risks.assign(key=risks["account"].isin(keys["account"]))[SHOWN]


def mark_rerouted(risks: DataFrame, reroutings: DataFrame) -> DataFrame:
    """`risks` with the wholesalers that only lost goods to a change of route moved to the alarm rerouted, at the end.

    `reroutings`: from `find_reroutings`.
    """
    moved = risks["account"].isin(reroutings["wholesaler"])
    marked = risks.assign(alarm=risks["alarm"].where(~moved, "rerouted").astype("str"))
    return pd.concat([marked[~moved], marked[moved]], ignore_index=True)


def trace_risks(risks: DataFrame, panel: DataFrame, *, scope: Scope, limit: int = 6) -> DataFrame:
    """Monthly sales of the accounts that are leaving, this year and the year before, ready to draw.

    Returns account, name, change_6, at_stake, `back` (months before the last one: 11 to 0), month, `net_sales` and
    `previous_sales` (the same month a year before; minor units), in the order of `risks`.
    """
    worst = risks[risks["alarm"] == "leaving"].head(limit)
    mine = panel[panel["account"].isin(worst["account"]) & (panel["month"] <= scope.last)]
    wide = spread_months(mine, until=scope.last)
    if worst.empty or wide.shape[1] < 24:
        return DataFrame(columns=TRACE)
    now, then = wide.iloc[:, -12:], wide.iloc[:, -24:-12].set_axis(wide.columns[-12:], axis=1)
    long = DataFrame({"net_sales": now.stack(), "previous_sales": then.stack()}).reset_index()
    long["back"] = 11 - long.groupby("account").cumcount()
    return worst[["account", "name", "change_6", "at_stake"]].merge(long, on="account", how="left")[TRACE]


def compare_rules(panel: DataFrame, products: DataFrame, *, scope: Scope) -> DataFrame:
    """How our signs and the simple rule "down by so much in six months" would have done in earlier years.

    At each year's end before the last one, who was warned is compared with who then lost, in the following twelve
    months, at least the threshold against the twelve before.  Returns rule (signs or simple), `cases` (accounts at all
    those ends), `warned`, `right` (warned and lost), `lost`, `precision` and `recall` (NaN without cases); no rows
    without a whole year on both sides.
    """
    columns = ["rule", "cases", "warned", "right", "lost", "precision", "recall"]
    wide = spread_months(panel[panel["month"] <= scope.last], until=scope.last)
    ends = [wide.columns[place] for place in range(23, wide.shape[1] - 12, 12)] if wide.shape[1] >= 36 else []
    past = [_recall_warnings(panel, products, end=end, rules=set_rules(scope)) for end in ends]
    if not past:
        return DataFrame(columns=columns)
    cases = pd.concat(past)
    rows = [{"rule": rule, "cases": len(cases), "warned": int(cases[rule].sum()), "lost": int(cases["lost"].sum()),
             "right": int((cases[rule] & cases["lost"]).sum())} for rule in ("signs", "simple")]
    table = DataFrame(rows)
    table["precision"] = money.ratio(table["right"], table["warned"])
    table["recall"] = money.ratio(table["right"], table["lost"])
    return table[columns]


def _recall_warnings(panel: DataFrame, products: DataFrame, *, end: Timestamp, rules: LapseRules) -> DataFrame:
    """By account, as it was at the end of month `end`: warned by our signs, by the simple rule, and lost afterwards."""
    signs = _judge_accounts(panel, products, last=end, rules=rules)
    signs = signs[signs["sales"] > 0]
    coming = panel[(panel["month"] > end) & (panel["month"] <= end + pd.DateOffset(years=1))]
    following = coming.groupby("account")["net_sales"].sum().reindex(signs.index, fill_value=0)
    return DataFrame({"signs": signs["alarm"] == "leaving", "simple": signs["change_6"] <= rules.decline_6,
                      "lost": following <= (1 + rules.decline_6) * signs["sales"]})


def summarise_risks(risks: DataFrame) -> dict[str, object]:
    """The facts of the risk sentence: who is leaving, with which sales. The key tells none, one and several."""
    leaving = risks[risks["alarm"] == "leaving"]
    if leaving.empty:
        return {"key": "review.risk_found.none", "watch": int((risks["alarm"] == "watch").sum())}
    first = leaving.iloc[0]
    form = "one" if len(leaving) == 1 else "several"
    return {"key": f"review.risk_found.{form}", "n": len(leaving), "at_stake": int(leaving["at_stake"].sum()),
            "account": first["name"], "largest": int(first["at_stake"]), "change": float(first["change_6"]),
            "products": int(first["products"]), "products_before": int(first["products_before"]),
            "watch": int((risks["alarm"] == "watch").sum())}


def summarise_rules(rules: DataFrame, *, scope: Scope) -> dict[str, object]:
    """The facts of the sentence that compares the rules; the key says which was better, or that nobody can tell."""
    if rules.empty:
        return {"key": "review.rules_found.untested"}
    ours, simple = rules.set_index("rule").loc["signs"], rules.set_index("rule").loc["simple"]
    few = min(int(ours["lost"]), int(ours["warned"])) < 5
    better = ours["precision"] > simple["precision"]
    form = "few" if few else "better" if better else "no_better"
    return {"key": f"review.rules_found.{form}", "decline": scope.rules.decline, "lost": int(ours["lost"]),
            "warned": int(ours["warned"]), "right": int(ours["right"]), "precision": float(ours["precision"]),
            "simple_warned": int(simple["warned"]), "simple_right": int(simple["right"]),
            "simple_precision": float(simple["precision"])}
