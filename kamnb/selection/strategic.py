"""Big is not strategic: size against what an account is worth without its size."""

from __future__ import annotations

from pandas import DataFrame, Series

from kamnb.selection.scorecard import rank_accounts

SIZE = "revenue"
NAMED = 6


def compare_size(board: DataFrame, ratings: DataFrame, *, weights: Series, seats: int) -> DataFrame:
    """`board` (with decisions) plus what choosing by size would do instead.

    Adds `size_rank` (1 = largest), `value` (score without the revenue criterion, 1-5) and `place`: both (key and among
    the `seats` largest), large_not_key, key_not_large, neither.  Source: method.md A48, B05.
    """
    others = weights.drop(SIZE, errors="ignore")
    value = rank_accounts(ratings, weights=others)["score"] if len(others) else Series(dtype=float)
    size = board["net_sales"].astype(float).rank(ascending=False, method="first").astype("int64")
    large, key = size <= seats, board["decision"] == "key"
    place = Series("neither", index=board.index, dtype="str").mask(large & key, "both")
    place = place.mask(large & ~key, "large_not_key").mask(key & ~large, "key_not_large")
    return board.assign(size_rank=size, value=board["account"].map(value).astype(float), place=place)


def list_misplaced(board: DataFrame) -> DataFrame:
    """Accounts on which size and value disagree: large but not key (largest first), then key but not large (smallest
    first); `board` from `compare_size`."""
    wrong = board[board["place"].isin(["large_not_key", "key_not_large"])]
    order = wrong["size_rank"].where(wrong["place"] == "large_not_key", 10**9 - wrong["size_rank"])
    return wrong.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def name_extremes(board: DataFrame) -> dict[str, object]:
    """The clearest cases: `large` (names of the three largest that are not key), `small` (the two smallest that are);
    {} unless there are both."""
    facts = summarise_size(board)
    both = facts and facts["large"] and facts["small"]
    return {"large": facts["large"][:3], "small": facts["small"][:2]} if both else {}


def summarise_size(board: DataFrame) -> dict[str, object]:
    """Numbers of size against value: `seats`, `differ` (seats that size would give to others), `large` and `small`
    (at most six names: large but not key, largest first; key but not large, smallest first); {} when both choose the
    same."""
    wrong = list_misplaced(board)
    large, small = (wrong.loc[wrong["place"] == place, "name"].tolist() for place in ("large_not_key", "key_not_large"))
    if not large and not small:
        return {}
    return {"seats": int((board["decision"] == "key").sum()), "differ": len(small), "large": large[:NAMED],
            "small": small[:NAMED]}
