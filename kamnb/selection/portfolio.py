"""The portfolio: what an account is worth to us against how we stand there beside the best competitor."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame, Series

from kamnb.methods.dependence import measure_dependence
from kamnb.methods.portfolio import compare_rivals, find_pareto, summarise_front
from kamnb.methods.scoring import score_accounts

ATTRACTS = ("revenue", "growth", "entry", "effort", "logo", "profit")  # what the account has to offer
OURS = ("fit", "relationship")  # how strong we are there, on the scale of the competitors' strength
MIDDLE = 3.0
HUNGER = 4  # measures on which accounts are compared all at once


def place_portfolio(board: DataFrame, ratings: DataFrame, competitors: DataFrame, *, weights: Series) -> DataFrame:
    """Accounts of which a competitor is known: account, name, net_sales, decision, `attractiveness` (1 to 5: the weighted
    ratings of what the account offers), `strength` (1 to 5; 3 = level with the best competitor), `strongest`, `box` (invest,
    win, maintain, leave).  Source: method.md 2.2 selection matrix (axis 2 relative to the best competitor).
    """
    own = weights[[c for c in weights.index if c in ATTRACTS]]
    ours = ratings[[c for c in OURS if c in ratings]].mean(axis=1)
    wallet = board.set_index("account")["wallet"]
    rivals = compare_rivals(competitors[competitors["account"].isin(board["account"])],
                            DataFrame({"share": wallet, "strength": ours.reindex(wallet.index)}))
    attract = score_accounts(ratings[list(own.index)], weights=own)["score"] if len(own) and own.sum() > 0 else Series(dtype=float)
    table = board.assign(attractiveness=board["account"].map(attract).astype(float),
                         strength=board["account"].map(rivals["score"]).astype(float),
                         strongest=board["account"].map(rivals["strongest"]).astype("str"))
    known = table[table["attractiveness"].notna() & table["strength"].notna()]
    names = [("invest" if s >= MIDDLE else "win") if a >= MIDDLE else ("maintain" if s >= MIDDLE else "leave")
             for a, s in zip(known["attractiveness"], known["strength"], strict=True)]
    columns = ["account", "name", "net_sales", "decision", "attractiveness", "strength", "strongest", "box"]
    return known.assign(box=Series(names, index=known.index, dtype="str"))[columns].sort_values(
        ["net_sales", "account"], ascending=[False, True], ignore_index=True)


def summarise_portfolio(places: DataFrame, board: DataFrame) -> dict[str, object]:
    """Numbers of the matrix: `known` accounts, `keys`, `keys_known`, `weaker` (names of key accounts where the best
    competitor is stronger than we are), `win` (attractive, but he is stronger); {} without competitors."""
    if places.empty:
        return {}
    keys = places[places["decision"] == "key"]
    return {"known": len(places), "keys": int((board["decision"] == "key").sum()), "keys_known": len(keys),
            "weaker": keys.loc[keys["strength"] < MIDDLE, "name"].tolist(), "win": int((places["box"] == "win").sum())}


def check_front(board: DataFrame) -> dict[str, object]:
    """How the choice lies to the accounts that nobody beats on sales, growth, headroom and profit together: `front`, `chosen`,
    `inside`, `beaten` (names of key accounts that another beats on all four), `passed` (names of the largest three on the
    front that are not key); {} where one of the four is unknown for everybody."""
    rows = board.set_index("account")
    measures = DataFrame({"sales": rows["net_sales"], "growth": rows["growth_shrunken"], "headroom": rows["headroom"],
                          "profit": rows["contribution"]}).astype("Float64").astype(float)
    if rows.empty or measures.isna().all().any():
        return {}
    facts = summarise_front(find_pareto(measures), rows["decision"] == "key")
    if not facts:
        return {}
    names, sizes = rows["name"], rows["net_sales"].astype(float)
    passed = sizes.reindex(facts["passed_over"]).sort_values(ascending=False).index[:3]
    return {"front": facts["front"], "chosen": facts["chosen"], "inside": facts["inside"],
            "beaten": names.reindex(facts["dominated"]).tolist(), "passed": names.reindex(passed).tolist()}


def join_balance(board: DataFrame, accounts: DataFrame) -> DataFrame:
    """`board` plus dependence both ways: `theirs` (share of its purchases that hangs on us) and `balance` (mutual, we_depend,
    they_depend, loose, unknown); and `owner`, who is responsible for it.  Source: method.md E24."""
    rows = board.set_index("account")
    bought = accounts.set_index("account")["category_purchases"].reindex(rows.index)
    needs = measure_dependence(rows["net_sales"], bought)
    return board.assign(theirs=board["account"].map(needs["theirs"]).astype(float),
                        balance=board["account"].map(needs["balance"]).astype("str"),
                        owner=board["account"].map(accounts.set_index("account")["owner"]))


def summarise_balance(board: DataFrame) -> dict[str, object]:
    """Names of key accounts on which we depend and which do not depend on us (`we_depend`), and the number of the others by
    kind (`mutual`, `they_depend`, `loose`, `unknown`); {} without key accounts."""
    keys = board[board["decision"] == "key"]
    counts = keys["balance"].value_counts()
    return {} if keys.empty else {"we_depend": keys.loc[keys["balance"] == "we_depend", "name"].tolist(), "keys": len(keys),
                                  **{code: int(counts.get(code, 0)) for code in ("mutual", "they_depend", "loose", "unknown")}}


def frame_strength(places: DataFrame) -> tuple[float, float]:
    """Range of the strength axis: the scale, or what is there and a little around it."""
    return (min(0.8, float(np.floor(places["strength"].min()) - 0.2)), max(5.2, float(places["strength"].max()) + 0.2))
