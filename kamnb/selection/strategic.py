"""Big is not strategic: size against what an account is worth without its size."""

from __future__ import annotations

from pandas import DataFrame, Series

from kamnb.selection.robustness import LARGE
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
    """The clearest cases: `large` (names of the three largest that are not key), `small` (the two smallest that are); `never`
    (names of those among the `ten` largest without a seat that no weights give one) and `number` of them; `sure` (names of key
    accounts beyond twice as many that keep their seat under all weights the board could hold); {} unless there are large and small."""
    facts = summarise_size(board)
    if not (facts and facts["large"] and facts["small"]):
        return {}
    key, sized = board["decision"] == "key", board.sort_values("size_rank")
    never = sized.loc[~key & (sized["size_rank"] <= LARGE) & (sized["gate"] == "") & (sized["any_top"] <= 0), "name"].tolist()
    sure = sized.loc[key & (sized["size_rank"] > 2 * LARGE) & (sized["standing"] == "certain_in"), "name"].tolist()
    return {"large": facts["large"][:3], "small": facts["small"][:2], "never": never, "number": len(never), "ten": LARGE, "sure": sure}


def name_contrast(extremes: dict[str, object]) -> str:
    """outliers where large accounts never sit and small ones surely do, otherwise size; `extremes`: from `name_extremes`."""
    return "outliers" if extremes and extremes["never"] and extremes["sure"] else "size"


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
