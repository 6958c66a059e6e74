"""Texts on a chart, sorted by what they belong to: the end of a bar, a column beside the rows, a point, or only their place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kamnb.drawn.ink import Word

CLOSE = 0.045  # of the value axis: a text no farther than this from the end of a bar labels it
NEAR = 0.46  # of the distance between two categories
Labels = dict[int, dict[int, Word]]


@dataclass(frozen=True)
class Rows:
    """Where the categories of a chart stand (in reading order), along which axis, and the range of its values."""

    spots: list[float]
    lying: bool
    low: float
    high: float

    def gap(self) -> float:
        """The smallest distance between two categories."""
        return min((abs(b - a) for a, b in pairwise(self.spots)), default=1.0)

    def place(self, at: float) -> int | None:
        """Number of the category that `at` belongs to."""
        nearest = min(range(len(self.spots)), key=lambda place: abs(self.spots[place] - at))
        return nearest if abs(self.spots[nearest] - at) <= NEAR * self.gap() else None

    def split(self, x: float, y: float) -> tuple[float, float]:
        """A point as (along the categories, value)."""
        return (y, x) if self.lying else (x, y)


def free_text(word: Word) -> dict:
    """A text at its place: fractions of the axes, moved by points, and how it stands to that spot."""
    return {"text": word.text, "x": word.fx, "y": word.fy, "dx": word.dx, "dy": word.dy, "side": word.side, "level": word.level,
            "colour": word.colour, "size": word.size, "bold": word.bold}


def split_texts(words: Sequence[Word], rows: Rows, *, ends: Sequence[Sequence[float | None]]) -> tuple[Labels, list[dict], list[Word]]:
    """`words` as labels of bars (by series and category), columns of texts beside the rows, and the rest.

    `ends`: where each bar of each series ends, None where there is none.
    """
    columns, left = take_columns(words, rows, ends=ends) if rows.lying else ([], list(words))
    labels: Labels = defaultdict(dict)
    for word in list(left):
        owner = _owner(word, rows, ends)
        if owner and owner[1] not in labels[owner[0]]:
            labels[owner[0]][owner[1]] = word
            left.remove(word)
    return labels, columns, left


def _owner(word: Word, rows: Rows, ends: Sequence[Sequence[float | None]]) -> tuple[int, int] | None:
    """Series and category of the bar at whose end `word` stands."""
    along, value = rows.split(word.x, word.y)
    place = rows.place(along)
    if place is None:
        return None
    known = [(abs(value - row[place]), -number) for number, row in enumerate(ends) if row[place] is not None]
    away, number = min(known, default=(float("inf"), 0))
    return (-number, place) if away <= CLOSE * abs(rows.high - rows.low) else None


def take_columns(words: Sequence[Word], rows: Rows, *, ends: Sequence[Sequence[float | None]] = ()) -> tuple[list[dict], list[Word]]:
    """Texts that stand below each other, one for (almost) every row, with the head above them; and the texts that do not."""
    groups: dict[tuple, dict[int, Word]] = defaultdict(dict)
    for word in words:
        place = rows.place(word.y)
        if place is not None and not word.dy:
            groups[(round(word.fx, 4), word.dx, word.side)].setdefault(place, word)
    columns, taken = [], []
    for (x, _, side), told in sorted(groups.items(), key=lambda item: item[0][:2]):
        beside = [_owner(word, rows, ends) is None for word in told.values()]
        if len(told) < 0.6 * len(rows.spots) or not any(beside):
            continue
        heads = [w for w in words if rows.place(w.y) is None and abs(w.fx - x) < 2e-3 and w not in taken]
        columns.append({"x": x, "side": side, "head": heads[0].text if heads else "",
                        "texts": [told[p].text if p in told else "" for p in range(len(rows.spots))],
                        "colours": [told[p].colour if p in told else "" for p in range(len(rows.spots))],
                        "size": max(word.size for word in told.values())})
        taken += [*told.values(), *heads[:1]]
    return columns, [word for word in words if word not in taken]
