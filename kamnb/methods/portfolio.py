"""The portfolio: our strength against the best competitor, and accounts that no other beats on every measure."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame, Series

from kamnb.money import ratio

RIVALS = ["rivals", "rival", "own_share", "rival_share", "relative_share", "strongest", "own_strength", "rival_strength",
          "relative_strength", "score"]
BLOCK = 500  # rows compared with all others at a time


def compare_rivals(competitors: DataFrame, own: DataFrame) -> DataFrame:
    """Our position at each account against the best competitor there, by account.

    `competitors`: account, competitor, category, share (of the account's purchases), strength (1 to 5); a competitor's rows
    of several categories are averaged.  `own`: `share` and `strength` by account, on the same scales (gaps allowed).  Returns
    `rivals` (how many), `rival` (with the largest share), `own_share`, `rival_share`, `relative_share` (own / rival: 1 = level),
    `strongest` (competitor with the highest strength), `own_strength`, `rival_strength`, `relative_strength` (own - rival) and
    `score` (1 to 5 for the matrix: 3 = level with the best, one step of strength apart moves it by one).  Accounts of which no
    competitor is known have no rivals: unknown, not strong.  Source: method.md 2.2 selection matrix (axis 2), A54.
    """
    rows = competitors[["account", "competitor"]].assign(share=competitors["share"].astype(float),
                                                         strength=competitors["strength"].astype(float))
    means = rows.groupby(["account", "competitor"])[["share", "strength"]].mean().reset_index()
    index = own.index.union(means["account"].unique()).rename("account")
    largest, best = (means.dropna(subset=[name]).sort_values(["account", name, "competitor"], ascending=[True, False, True])
                     .drop_duplicates("account").set_index("account").reindex(index) for name in ("share", "strength"))
    mine = own[["share", "strength"]].astype(float).reindex(index)
    apart = mine["strength"] - best["strength"]
    counts = means.groupby("account").size().reindex(index, fill_value=0)
    return DataFrame({"rivals": counts.astype("int64"), "rival": largest["competitor"].astype("str"), "own_share": mine["share"],
                      "rival_share": largest["share"], "relative_share": ratio(mine["share"], largest["share"]),
                      "strongest": best["competitor"].astype("str"), "own_strength": mine["strength"],
                      "rival_strength": best["strength"], "relative_strength": apart, "score": (3 + apart).clip(1, 5)},
                     index=index)[RIVALS]


def find_pareto(measures: DataFrame) -> DataFrame:
    """Which rows no other row beats: at least as good on every measure and better on one.

    `measures`: columns of numbers, higher = better (turn costs round first), any index.  Returns `front` (boolean: nobody
    beats it; unknown for rows with a gap, which beat nobody either) and `beaten_by` (how many do).  Source: issue part 5.
    """
    values = measures.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    known = ~np.isnan(values).any(axis=1) if values.shape[1] else np.zeros(len(values), dtype=bool)
    complete, beaten = values[known], np.zeros(int(known.sum()), dtype="int64")
    for start in range(0, len(complete), BLOCK):
        block = complete[start:start + BLOCK, None, :]
        beaten[start:start + BLOCK] = ((complete[None] >= block).all(axis=2) & (complete[None] > block).any(axis=2)).sum(axis=1)
    count = Series(0, index=measures.index, dtype="Int64").where(known)
    count[known] = beaten
    return DataFrame({"front": (count == 0).astype("boolean"), "beaten_by": count})


def compare_rankings(first: Series, second: Series, *, seats: int) -> DataFrame:
    """How far two scores put the same accounts in another order, most moved first, by account.

    `first`, `second`: scores by account, higher = better, for example by share of purchases alone and by all criteria; accounts
    that only one of them knows are left out.  Returns `rank_first`, `rank_second` (1 = best; ties by name), `moved` (places up in the
    second), `seat`: both, first, second (would be among the best `seats` by that score alone) or neither.  Source: method.md C15, A48.
    """
    both = DataFrame({"first": first.astype(float), "second": second.astype(float)}).dropna().sort_index().rename_axis(index="account")
    ranks = both.rank(ascending=False, method="first").astype("int64")
    in_first, in_second = ranks["first"] <= seats, ranks["second"] <= seats
    seat = np.select([in_first & in_second, in_first, in_second], ["both", "first", "second"], "neither")
    table = DataFrame({"rank_first": ranks["first"], "rank_second": ranks["second"], "moved": ranks["first"] - ranks["second"],
                       "seat": Series(seat, index=both.index, dtype="str")})
    return table.iloc[np.argsort(-table["moved"].abs().to_numpy(), kind="stable")]


def summarise_front(front: DataFrame, chosen: Series) -> dict[str, object]:
    """How a choice lies to the front: `front` (accounts on it), `chosen`, `inside` (chosen and on it), `dominated` (chosen though
    others beat them on every measure; labels), `passed_over` (on the front and not chosen; labels); {} without a front.

    `front`: from `find_pareto`; `chosen`: boolean on the same index.
    """
    best, taken = front["front"].fillna(False).astype(bool), chosen.reindex(front.index).fillna(False).astype(bool)
    if not best.any():
        return {}
    beaten = taken & front["front"].notna() & ~best
    return {"front": int(best.sum()), "chosen": int(taken.sum()), "inside": int((best & taken).sum()),
            "dominated": front.index[beaten].tolist(), "passed_over": front.index[best & ~taken].tolist()}
