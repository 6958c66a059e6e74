"""The decision: who takes a seat, as what, and why; and why the large ones left out were not chosen."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.selection.robustness import CERTAIN
from kamnb.selection.seating import choose_best
from kamnb.settings import SelectionSettings

SAVED = ["account", "rank", "decision", "tier", "kind", "roles", "score", "in_top", "reason"]
WARNED = 2  # warning signs from which an account counts as leaving


def take_seats(board: DataFrame, *, seats: int, settings: SelectionSettings) -> DataFrame:
    """`board` plus `decision` (key, candidate, not_key) and `tier` (1 certain, 2 contested, 3 waiting, "-").

    Who sits is the best set under all limits (`seating.choose_best`).  A candidate is contested, or not rated
    enough but no worse than the last one seated.  Source: method.md A19, B06.
    """
    hours = settings.team_hours or seats * settings.hours_per_account
    key = board["account"].isin(choose_best(board, seats=seats, hours=hours, settings=settings))
    bar = board.loc[key, "score"].min()
    argued = (board["gate"] == "") & (board["standing"] == "contested")
    waits = argued | (board["gate"] == "unrated") & (board["score"] >= bar)
    decision = Series("not_key", index=board.index, dtype="str").mask(waits, "candidate").mask(key, "key")
    tier = Series("-", index=board.index, dtype="str").mask(decision == "candidate", "tier_3").mask(key, "tier_2")
    return board.assign(decision=decision, tier=tier.mask(key & (board["in_top"] >= CERTAIN), "tier_1"))


def name_kinds(board: DataFrame, judged: DataFrame) -> DataFrame:
    """`board` plus `kind`, `roles`, `reach`, `knock` and `three_p`.

    Kind: existing (class A: hold and protect) or new (to be built).  The others come from the rules (`judge_accounts`): roles
    are the types that fit, separated by spaces.  Source: method.md B11, D04-D08.
    """
    told = judged.set_index("account").rename(columns={"types": "roles"})[["roles", "reach", "knock", "three_p"]]
    kind = (board["class_abc"] == "A").map({True: "existing", False: "new"})
    return board.assign(kind=kind.astype("str")).join(told, on="account")


def mark_priority(board: DataFrame, channels: DataFrame) -> DataFrame:
    """`board` plus `priority`: whether the account's channel is a priority channel (unknown before stage 1 decided)."""
    if channels.empty:
        return board.assign(priority=Series(pd.NA, index=board.index, dtype="boolean"))
    chosen = channels.loc[channels["decision"] == "priority", "channel"]
    return board.assign(priority=board["channel"].isin(chosen).astype("boolean"))


def explain_decisions(board: DataFrame, ratings: DataFrame, *, weights: Series) -> DataFrame:
    """`board` plus `reason`: codes, separated by spaces, that hold in every language.

    First what bars or warns (never, unrated, too_small, leaving, losing), then the two criteria that count most:
    "+growth" lifts a key account above its rivals for a seat, "-fit" keeps an account below the key accounts.
    """
    rated = ratings.reindex(columns=weights.index)
    keys = board.loc[board["decision"] == "key", "account"]
    rivals = board.loc[board["gate"] == "", "account"]
    above = (rated - rated.reindex(rivals).mean()) * weights
    below = (rated - rated.reindex(keys).mean()) * weights
    lifts, lacks = (_name_two(effects.reindex(board["account"]), sign=sign) for effects, sign in ((above, "+"), (-below, "-")))
    reasons = [" ".join([*_list_flags(row), *(lifts if row["decision"] == "key" else lacks)[place]])
               for place, row in enumerate(board.to_dict("records"))]
    return board.assign(reason=Series(reasons, index=board.index, dtype="str"))


def _list_flags(row: dict) -> list[str]:
    """Codes of what bars or warns."""
    signs = row["signals"]
    loses = pd.notna(row["contribution"]) and row["contribution"] < 0
    flags = [(row["gate"], bool(row["gate"])), ("leaving", pd.notna(signs) and signs >= WARNED), ("losing", loses)]
    return [code for code, holds in flags if holds]


def _name_two(effects: DataFrame, *, sign: str) -> list[list[str]]:
    """For each row of `effects` (columns: criteria) the two with the largest effect above 0, as "+criterion" or "-criterion"."""
    ordered = effects.sort_index(axis=1)
    names, values = ordered.columns.to_numpy(), ordered.to_numpy()
    largest = np.argsort(-values, axis=1, kind="stable")[:, :2]
    return [[f"{sign}{names[place]}" for place in places if row[place] > 0] for row, places in zip(values, largest, strict=True)]


def list_proposal(board: DataFrame) -> DataFrame:
    """What is saved as the decision: one row per account in words of no language, key accounts first."""
    place = board["decision"].map({"key": 0, "candidate": 1, "not_key": 2})
    board = board.assign(place=place)
    ordered = board.sort_values(["place", "rank", "score", "account"], ascending=[True, True, False, True])
    return ordered[SAVED].round({"score": 4, "in_top": 4}).reset_index(drop=True)


def adopt_decision(board: DataFrame, decided: DataFrame) -> DataFrame:
    """`board` with the decision that stands, maybe edited by a person, in place of the proposal.

    What `decided` leaves empty stays as proposed; an account it does not name is not key.
    """
    standing = decided.set_index("account")
    kept = [column for column in ("decision", "tier", "kind", "roles", "reason") if column in standing]
    said = {column: board["account"].map(standing[column]) for column in kept}
    adopted = board.assign(**{column: told.astype("str").where(told.notna(), board[column]) for column, told in said.items()})
    return adopted.assign(decision=adopted["decision"].where(adopted["account"].isin(standing.index), "not_key"))


def list_decided(board: DataFrame, *, decision: str) -> DataFrame:
    """Accounts decided as `decision` (key, candidate, not_key), best first."""
    rows = board[board["decision"] == decision]
    return rows.sort_values(["rank", "score", "account"], ascending=[True, False, True], ignore_index=True)


def list_rivals(board: DataFrame) -> list[str]:
    """Codes of the accounts that have a seat or wait for one."""
    return board.loc[board["decision"].isin(["key", "candidate"]), "account"].tolist()


def list_left_out(board: DataFrame, *, largest: int = 10) -> DataFrame:
    """The largest accounts that are not key, largest first."""
    others = board[board["decision"] != "key"]
    return others.sort_values(["net_sales", "account"], ascending=[False, True]).head(largest).reset_index(drop=True)


def summarise_verdict(board: DataFrame) -> dict[str, object]:
    """Numbers of the decision: `keys`, `accounts`, `names`, `share` (of sales), `existing`, `new`, `certain`,
    `contested` (names of contested seats), `candidates`; {} without key accounts."""
    keys = list_decided(board, decision="key")
    if keys.empty:
        return {}
    shaky = keys[keys["standing"] != "certain_in"].sort_values(["in_top", "account"])
    return {"keys": len(keys), "accounts": len(board), "names": keys["name"].tolist(),
            "candidates": int((board["decision"] == "candidate").sum()), "share": float(keys["share"].sum()),
            "existing": int((keys["kind"] == "existing").sum()), "new": int((keys["kind"] == "new").sum()),
            "certain": int((keys["standing"] == "certain_in").sum()), "contested": shaky["name"].tolist()}


def name_doubt(board: DataFrame) -> str:
    """"firm" if no weighting could take a seat away, "open" if some could take any, otherwise "contested"."""
    certain = board.loc[board["decision"] == "key", "standing"] == "certain_in"
    return "firm" if certain.all() else "contested" if certain.any() else "open"


def name_confirmation(decided: DataFrame) -> str:
    """"confirmed" once a person has saved the decision, otherwise "unconfirmed"."""
    return "confirmed" if (decided["decided_by"] != "").any() else "unconfirmed"


def describe_confirmation(decided: DataFrame) -> dict[str, object]:
    """Who saved the decision: `by`; {} while nobody has."""
    people = sorted(set(decided["decided_by"]) - {""})
    return {"by": ", ".join(people)} if people else {}


def summarise_priority(board: DataFrame) -> dict[str, object]:
    """How the key accounts lie to the priority channels: `keys`, `inside`, `outside` (names); {} before stage 1."""
    keys = board[board["decision"] == "key"]
    if keys.empty or keys["priority"].isna().any():
        return {}
    inside = keys["priority"].astype(bool)
    return {"keys": len(keys), "inside": int(inside.sum()), "outside": keys.loc[~inside, "name"].tolist()}
