"""Would we say so under other weights: how often each account stays among the chosen."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame, Series

from kamnb.methods.acceptability import accept_ranks, top_share
from kamnb.settings import SelectionSettings

CERTAIN = 0.9  # certain in: in the top group under at least this share of all weightings
OUT = 0.1  # certain out: under at most this share
MOST = 24  # rows that a ranking can carry
STANDINGS = ("certain_in", "contested", "certain_out")


def vary_weights(board: DataFrame, ratings: DataFrame, *, seats: int, settings: SelectionSettings) -> DataFrame:
    """`board` with what happens to its accounts under all weightings.

    `board`: from `screen_accounts`; `ratings`: accounts by the criteria that have a weight.  Adds `in_top` (share of
    random weightings under which the account is among the best `seats`), `rank_low`, `rank_high` (its ranks in nine of
    ten weightings) and `standing`: certain_in, contested, certain_out, or "-" for accounts that may not take a seat.
    Source: method.md A18, B21, 2.2 SMAA-2.
    """
    eligible = board.loc[board["gate"] == "", "account"]
    rated = ratings.loc[ratings.index.isin(eligible)].dropna(axis=1, how="all")
    drawn = accept_ranks(rated, draws=settings.draws, seed=settings.seed)
    in_top = top_share(drawn, seats=seats)
    spans = _rank_spans(drawn.ranks)
    table = board.join(in_top, on="account").join(spans, on="account")
    return table.assign(standing=judge_standing(table["in_top"]))


def judge_standing(in_top: Series) -> Series:
    """Standing by the share of weightings in the top group; "-" where there is none."""
    steps = [in_top.isna(), in_top >= CERTAIN, in_top > OUT]
    codes = np.select([step.to_numpy(dtype=bool) for step in steps], ["-", "certain_in", "contested"], "certain_out")
    return Series(codes, index=in_top.index, name="standing", dtype="str")


def _rank_spans(ranks: DataFrame) -> DataFrame:
    """First and last rank of the middle nine tenths of the weightings, by account."""
    reached = ranks.cumsum(axis=1)
    low, high = ((reached < share - 1e-12).sum(axis=1) + 1 for share in (0.05, 0.95))
    table = DataFrame({"rank_low": low, "rank_high": high}).astype("Int64")
    return table.where(ranks.notna().any(axis=1), other=None)


def pick_contenders(board: DataFrame, *, seats: int) -> DataFrame:
    """Accounts worth a look in the ranking, at most 24: the seated, the contested, as many runners-up as there are seats."""
    eligible = board[board["gate"] == ""]
    keep = (eligible["rank"] <= 2 * seats) | eligible["standing"].isin(["certain_in", "contested"])
    return eligible[keep].sort_values("rank", ignore_index=True).head(max(MOST, 2 * seats)).assign(seats=seats)


def list_eligible(board: DataFrame) -> DataFrame:
    """Accounts that may take a seat, by rank."""
    return board[board["gate"] == ""].sort_values("rank", ignore_index=True)


def summarise_standing(board: DataFrame, *, seats: int) -> dict[str, object]:
    """Numbers of the robustness check: `seats`, `certain` (in under nearly all weightings), `contested` with `names`
    (the seated first), `out` (certain out) and `eligible`; {} where nobody is eligible."""
    eligible = board[board["gate"] == ""].sort_values("rank")
    if eligible.empty:
        return {}
    counts = eligible["standing"].value_counts().reindex(list(STANDINGS), fill_value=0)
    contested = eligible.loc[eligible["standing"] == "contested", "name"]
    return {"seats": seats, "eligible": len(eligible), "names": contested.head(6).tolist(),
            "certain": int(counts["certain_in"]), "contested": int(counts["contested"]), "out": int(counts["certain_out"])}


def name_firmness(board: DataFrame) -> str:
    """"contested" if any account that may take a seat is contested, otherwise "firm"."""
    return "contested" if (board["standing"] == "contested").any() else "firm"
