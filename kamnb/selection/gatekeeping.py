"""What kind of account each one is, how far it reaches, and whether anything speaks against a seat: rules that are data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pandas import DataFrame, Index, Series, Timestamp

from kamnb.methods import rulebook
from kamnb.methods.gates import class_accounts, judge_gate, label_accounts
from kamnb.methods.reach import measure_authority, measure_reach
from kamnb.methods.receivables import age_receivables, measure_payment
from kamnb.methods.rules import Rule, explain_rules, read_rules
from kamnb.methods.segmentation import classify_abc
from kamnb.settings import SelectionSettings

JUDGED = ["account", "types", "reach", "knock", "knock_failed", "three_p", "failed", "open"]


@dataclass(frozen=True)
class RuleBook:
    """The four sets of rules in force: the engagement's own, or ours."""

    types: tuple[Rule, ...]
    reach: tuple[Rule, ...]
    three_p: tuple[Rule, ...]
    knock_outs: tuple[Rule, ...]


def read_book(settings: SelectionSettings) -> RuleBook:
    """The rules in force.  Raises InputError with every fault of rules in the engagement file."""
    ours = {"types": rulebook.TYPES, "reach": rulebook.REACH, "three_p": rulebook.THREE_P, "knock_outs": rulebook.KNOCK_OUTS}
    given = {name: getattr(settings, name) for name in ours}
    return RuleBook(**{name: read_rules(ours[name] if given[name] is None else given[name],
                                        where=f"engagement.toml, selection.{name}") for name in ours})


def join_masters(measures: DataFrame, accounts: DataFrame, *, ratings: DataFrame) -> DataFrame:
    """`measures` with what rules ask of masters and ratings: profit_share, budget_class, logo, expertise, need, and the reach
    (regions, stores, international, region_share, channel_share).  Empty = unknown."""
    table = measures.set_index("account")
    known = accounts[accounts["account"].isin(table.index)]
    left = table["contribution"].astype("Float64").astype(float)
    whole = left.clip(lower=0).sum()
    purchases = known.set_index("account")["category_purchases"].reindex(table.index)
    budget = classify_abc(purchases.dropna())["abc"] if purchases.notna().any() else Series(dtype="str")
    told = {name: ratings[name] if name in ratings else Series(dtype=float) for name in ("logo", "expertise", "need")}
    table = table.assign(profit_share=left / whole if whole > 0 else np.nan, budget_class=budget.reindex(table.index),
                         **{name: values.reindex(table.index).astype(float) for name, values in told.items()})
    return table.join(measure_reach(known, table["net_sales"])).reset_index()


def join_conduct(facts: DataFrame, tables: dict[str, DataFrame], *, as_of: Timestamp) -> DataFrame:
    """`facts` with what rules ask of conduct: overdue_share, days_late (`tables["ar"]`), decider_reached ("people"),
    rival_share ("competitors"), silent_months ("panel": account_month).

    An account without open items owes nothing overdue, where receivables are given at all.
    """
    table = facts.set_index("account")
    owed = age_receivables(tables["ar"], as_of=as_of).set_index("account")["overdue_share"].astype(float)
    paid = measure_payment(tables["ar"], as_of=as_of)["days_late"].astype(float)
    overdue = owed.reindex(table.index).where(table.index.isin(paid.index) | table.index.isin(owed.index))
    overdue = overdue.mask(overdue.isna() & table.index.isin(paid.index), 0.0)
    rivals = tables["competitors"].astype({"share": float}).groupby(["account", "competitor"])["share"].mean()
    bought = tables["panel"]
    last = bought[(bought["net_sales"] > 0) & (bought["month"] <= as_of)].groupby("account")["month"].max()
    months = (as_of.year - last.dt.year) * 12 + as_of.month - last.dt.month
    reached = measure_authority(tables["people"])["decider_reached"]
    return table.assign(overdue_share=overdue, days_late=paid.reindex(table.index),
                        rival_share=rivals.groupby("account").max().reindex(table.index).astype(float),
                        silent_months=months.reindex(table.index).astype(float),
                        decider_reached=reached.reindex(table.index).astype("boolean")).reset_index()


def judge_accounts(facts: DataFrame, book: RuleBook) -> DataFrame:
    """What the rules make of each account: account, `types` (codes), `reach` (gka, nka, lka, lka_store, unknown, "-"),
    `knock` and `three_p` (pass, hold, fail), `knock_failed`, `failed`, `open` (rules, codes with spaces).

    Source: method.md D04-D08, E29-E34, D19, B24.
    """
    if facts.empty:
        return DataFrame({name: Series([], dtype="str") for name in JUDGED})
    knock, three = judge_gate(facts, book.knock_outs, stop=True), judge_gate(facts, book.three_p)
    wide = class_accounts(facts, book.reach)["label"]
    return DataFrame({"types": label_accounts(facts, book.types)["labels"], "reach": wide, "knock": knock["verdict"],
                      "knock_failed": knock["failed"], "three_p": three["verdict"], "failed": three["failed"],
                      "open": three["open"]}).rename_axis("account").reset_index()[JUDGED]


def bar_accounts(judged: DataFrame, *, settings: SelectionSettings) -> Index:
    """Codes of accounts that a knock-out bars from a seat: none where the engagement only wants to be warned."""
    barred = judged.loc[judged["knock"] == "fail", "account"] if settings.gates == "bar" else judged["account"].iloc[:0]
    return Index(barred.tolist(), dtype="str")


def list_hurdles(board: DataFrame, facts: DataFrame, *, book: RuleBook) -> DataFrame:
    """What must be settled before a seat is given: one row per rule that a seated or waiting account, or one of the ten
    largest, breaks or leaves open.

    What nobody knows of any account at all is left out: its table is missing.  Returns account, name, decision, label
    (rule), `met` (no, unknown), column, `found` (number as it stands, unknown where nobody knows) and `wanted`; broken
    rules first.  Source: method.md D19, B24.
    """
    sizes = board["net_sales"].astype(float).rank(ascending=False, method="first")
    asked = board[board["decision"].isin(["key", "candidate"]) | (sizes <= 10) & (board["gate"] == "")]
    told = explain_rules(facts[facts["account"].isin(asked["account"])], [*book.knock_outs, *book.three_p])
    told = told[(told["verdict"] != "yes") & (told["met"] != "yes")]
    told = told[told["column"].isin([c for c in facts.columns if facts[c].notna().any()])]
    table = told.merge(asked[["account", "name", "decision", "rank"]], on="account")
    table = table.assign(broken=table["verdict"] == "no").sort_values(
        ["broken", "decision", "rank", "account", "label", "column"], ascending=[False, False, True, True, True, True])
    return table[["account", "name", "decision", "label", "verdict", "met", "column", "op", "found", "wanted"]].drop_duplicates(
        ["account", "label", "column"]).reset_index(drop=True)


def count_kinds(judged: DataFrame, *, column: str) -> DataFrame:
    """How many accounts there are of each type or reach: code, `accounts`; an account may be of several types."""
    labels = judged[column].str.split().explode().dropna()
    return labels.value_counts().rename_axis("code").rename("accounts").reset_index()


def summarise_gates(board: DataFrame, judged: DataFrame) -> dict[str, object]:
    """Numbers of types and gates: `breadwinner`, `prospect`, `image`, `expert`, `gka`, `nka`, `lka` (accounts), `seated`,
    `passed` (seated that pass the three P), `failed`, `held` (names of seated that break or leave open one), `knocked`
    (names of seated or the ten largest that a knock-out stops); {} without accounts, or where nothing is known of any."""
    if judged.empty or ((judged["three_p"] == "hold") & (judged["types"] == "")).all():
        return {}
    types = count_kinds(judged, column="types").set_index("code")["accounts"]
    wide = judged["reach"].replace({"lka_store": "lka"}).value_counts()
    rows = board[["account", "name", "decision", "net_sales"]].merge(judged, on="account")
    keys = rows[rows["decision"] == "key"]
    large = rows["net_sales"].astype(float).rank(ascending=False, method="first") <= 10
    knocked = rows[(rows["knock"] == "fail") & ((rows["decision"] == "key") | large)]
    return {**{code: int(types.get(code, 0)) for code in ("breadwinner", "prospect", "image", "expert")},
            **{code: int(wide.get(code, 0)) for code in ("gka", "nka", "lka")}, "seated": len(keys),
            "passed": int((keys["three_p"] == "pass").sum()), "failed": keys.loc[keys["three_p"] == "fail", "name"].tolist(),
            "held": keys.loc[keys["three_p"] == "hold", "name"].tolist(), "knocked": knocked["name"].tolist()}


def name_reach_known(judged: DataFrame) -> bool:
    """Whether the account master says enough of anybody's reach."""
    return bool((~judged["reach"].isin(["-", "unknown"])).any())


def rate_new(weights: Series, *, settings: SelectionSettings) -> Series:
    """`weights` for accounts that are still to be built: those of `new_weights` go first.  Source: method.md B11."""
    own = weights.copy()
    for criterion, weight in settings.new_weights.items():
        if criterion in own.index:
            own[criterion] = weight
    return own / own.sum() if own.sum() > 0 else weights


def summarise_new(board: DataFrame, scores: DataFrame, *, weights: Series) -> dict[str, object]:
    """Who leads among the accounts still to be built by the weights for new ones: `new` (how many may take a seat),
    `names` (the best three), `seated` (of these with a seat), `dropped` (criteria codes without weight); {} without any.

    `scores`: ranking of all accounts under the new weights (`scorecard.rank_accounts`).
    """
    new = board[(board["kind"] == "new") & (board["gate"] == "")]
    if new.empty or scores.empty:
        return {}
    best = new.assign(own=new["account"].map(scores["score"])).sort_values(["own", "account"], ascending=[False, True]).head(3)
    return {"new": len(new), "names": best["name"].tolist(), "seated": best.loc[best["decision"] == "key", "name"].tolist(),
            "dropped": [c for c in weights.index if weights[c] == 0]}
