"""What one must believe about the weights for an account to have a seat, or to lose it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.methods.pairwise import compare_pairs, explain_seats
from kamnb.methods.uncertainty import Ratings
from kamnb.selection.robustness import LARGE, free_rules, keep_eligible
from kamnb.settings import SelectionSettings

MOST = 12  # rows that a reader takes in
FEW = 0.002  # share of the weightings below which what they have in common is chance
TOLD = {"account": "str", "criterion": "str", "weight_all": float, "weight_then": float, "belief": "str"}
COLUMNS = ["account", "name", "standing", "in_top", "any_top", "beats", "belief", "criterion", "weight_then", "weight_all"]


def pick_argued(board: DataFrame) -> list[str]:
    """Codes of accounts worth a word about weights: those with a seat that some weighting takes away, those without one that
    some weighting would give (the likeliest first), and those of the ten largest that no weighting seats; by rank."""
    eligible = board[board["gate"] == ""].sort_values("rank")
    if eligible.empty:
        return []
    eligible = eligible.assign(size=board["net_sales"].astype(float).rank(ascending=False, method="first"))
    key = eligible["decision"] == "key"
    shaky = eligible[key & (eligible["any_top"] < 1)].sort_values("any_top")["account"].head(MOST // 2).tolist()
    hopeful = eligible[~key & (eligible["any_top"] >= FEW)].sort_values("any_top", ascending=False)["account"]
    never = eligible[~key & (eligible["size"] <= LARGE) & (eligible["any_top"] < FEW)].sort_values("size")["account"]
    rest = MOST - len(shaky) - min(len(never), 3)
    chosen = {*shaky, *hopeful.head(rest), *never.head(3)}
    return eligible.loc[eligible["account"].isin(chosen), "account"].tolist()


def list_beliefs(board: DataFrame, ratings: Ratings, *, seats: int, settings: SelectionSettings) -> DataFrame:
    """What one must believe, one row per argued account: account, name, standing, `in_top`, `any_top`, `beats`, `belief`,
    `criterion`, `weight_then`, `weight_all`.

    belief: gets (has no seat: it gets one where `criterion` weighs `weight_then` on average rather than `weight_all`), loses
    (has one, and loses it there), never (no weighting seats it), always.  `beats`: share of all weightings in which it scores
    above the first account without a seat (if it has one) or above the last with one.  Source: feature 2, 2.2 SMAA-2.
    """
    argued = pick_argued(board)
    if not argued:
        return DataFrame(columns=COLUMNS)
    known, rules = keep_eligible(board, ratings), free_rules(settings)
    told = explain_seats(known, argued, seats=seats, rules=rules)
    rows = DataFrame([_tell(account, part, board) for account, part in told.groupby("account", sort=False)])
    table = board[board["account"].isin(argued)].sort_values("rank").merge(rows.astype(TOLD), on="account")
    return table.assign(beats=table["account"].map(_beat_rivals(board, known, argued, settings)))[COLUMNS]


def _tell(account: str, part: DataFrame, board: DataFrame) -> dict[str, object]:
    """The criterion that makes most difference to the seat of one account."""
    seated = bool((board.loc[board["account"] == account, "decision"] == "key").any())
    share = float(part["in_top"].iloc[0])
    rare = (1 - share) if seated else share
    if rare < FEW:
        return {"account": account, "criterion": "", "weight_all": np.nan, "weight_then": np.nan,
                "belief": "always" if seated else "never"}
    then = part["weight_out" if seated else "weight_in"]
    best = part.loc[(then - part["weight_all"]).astype(float).idxmax()]
    return {"account": account, "criterion": best["criterion"], "weight_all": best["weight_all"],
            "weight_then": best["weight_out" if seated else "weight_in"], "belief": "loses" if seated else "gets"}


def _beat_rivals(board: DataFrame, known: Ratings, argued: list[str], settings: SelectionSettings) -> Series:
    """Share of weightings in which each account beats its rival for the last seat, by account."""
    queue = board[board["gate"] == ""].sort_values("rank")
    keys, others = (queue.loc[(queue["decision"] == "key") == side, "account"] for side in (True, False))
    if keys.empty or others.empty:
        return Series(np.nan, index=argued)
    last, first = keys.iloc[-1], others.iloc[0]
    wins = compare_pairs(known, list(dict.fromkeys([*argued, last, first])), rules=free_rules(settings))
    seated = set(keys)
    return Series({account: wins.at[account, first if account in seated else last] for account in argued})


def summarise_beliefs(beliefs: DataFrame, names: Series) -> dict[str, object]:
    """The clearest case: `name` of the likeliest account without a seat, `criterion_name`, `weight_then`, `weight_all`,
    `any_top`; {} where no weighting seats anybody else.  `names`: criterion name by code."""
    hopeful = beliefs[beliefs["belief"] == "gets"]
    if hopeful.empty:
        return {}
    top = hopeful.sort_values(["any_top", "account"], ascending=[False, True]).iloc[0]
    return {"name": top["name"], "criterion_name": names.get(top["criterion"], top["criterion"]), "any_top": top["any_top"],
            "weight_then": top["weight_then"], "weight_all": top["weight_all"]}


def explain_change(beliefs: DataFrame) -> DataFrame:
    """belief, criterion and weights by account, for the decision sheet (what would change our mind)."""
    return beliefs.set_index("account")[["belief", "criterion", "weight_then", "weight_all"]] if len(beliefs) else DataFrame(
        {name: pd.Series([], dtype=kind) for name, kind in TOLD.items() if name != "account"})
