"""What rules make of accounts: labels, one class, or a gate that stops at the first no."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pandas import DataFrame, Series

from kamnb.methods.rules import Rule, spread_verdicts

GATE = {"verdict": "str", "stopped_at": "str", "asked": "int64", "failed": "str", "open": "str"}


def label_accounts(facts: DataFrame, rules: Sequence[Rule]) -> DataFrame:
    """All labels that hold, by account: `labels`, and `open` (labels that an unknown value keeps open), codes with spaces.

    Source: method.md D04-D08 (an account may be of several types).
    """
    wide = spread_verdicts(facts, rules)
    return DataFrame({"labels": _join(wide == "yes"), "open": _join(wide == "unknown")}, index=wide.index)


def class_accounts(facts: DataFrame, rules: Sequence[Rule]) -> DataFrame:
    """One class by account: `label` of the first rule that holds, "-" where none does; `open` = earlier labels that an
    unknown value keeps open: with any of them the class is "unknown" and `otherwise` says what it would be without them.

    Source: method.md E29-E34 (the wider reach goes first).
    """
    wide = spread_verdicts(facts, rules)
    sure = _first(wide == "yes")
    places = {label: place for place, label in enumerate(wide.columns)}
    before = np.array([places.get(label, len(places)) for label in sure])
    earlier = (wide == "unknown").to_numpy(dtype=bool) & (np.arange(wide.shape[1])[None, :] < before[:, None])
    open_labels = _join(DataFrame(earlier, index=wide.index, columns=wide.columns))
    return DataFrame({"label": sure.mask(open_labels != "", "unknown"), "open": open_labels,
                      "otherwise": sure.where(open_labels != "", "")}, index=wide.index)


def judge_gate(facts: DataFrame, rules: Sequence[Rule], *, stop: bool = False) -> DataFrame:
    """Whether each account passes all rules: `verdict` (pass, hold, fail), by account.

    fail = a rule is broken; hold = none is, but some are open for want of an answer; pass = all hold.  `failed`, `open`:
    those rules, codes with spaces; `stopped_at`: the first broken rule; `asked`: how many rules were put.  `stop`: ask
    in order and put no more questions after the first no (an open one does not stop: the next may settle it).
    Source: method.md D19 (need, solvency, authority), B24 (knock-out questions).
    """
    wide = spread_verdicts(facts, rules)
    no, unknown = wide == "no", wide == "unknown"
    first = no.to_numpy(dtype=bool).argmax(axis=1) if wide.shape[1] else np.zeros(len(wide), dtype=int)
    broken = no.any(axis=1)
    asked = np.where(broken & stop, first + 1, wide.shape[1])
    put = np.arange(wide.shape[1])[None, :] < asked[:, None]
    failed, open_labels = _join(no & put), _join(unknown & put)
    verdict = np.select([broken, (open_labels != "").to_numpy()], ["fail", "hold"], "pass")
    return DataFrame({"verdict": verdict, "stopped_at": _first(no).replace("-", ""), "asked": asked, "failed": failed,
                      "open": open_labels}, index=wide.index).astype(GATE)


def order_knockouts(facts: DataFrame, rules: Sequence[Rule], *, effort: Series) -> DataFrame:
    """In which order to ask so that unsuitable accounts are found with least work, first question first.

    `effort`: what it takes to answer each rule for one account (index: label, any unit, above 0).  Returns label,
    `answered` (accounts on which it is known), `chance` (of a no: share of them that fail, drawn towards a half when
    they are few), `effort`, `per_effort` (chance / effort).  Ask the highest per_effort first.  Source: method.md B24.
    """
    wide = spread_verdicts(facts, rules)
    answered, fails = (wide != "unknown").sum(), (wide == "no").sum()
    table = DataFrame({"label": wide.columns.astype("str"), "answered": answered.to_numpy(dtype="int64"),
                       "chance": ((fails + 1) / (answered + 2)).to_numpy(dtype=float),
                       "effort": effort.astype(float).reindex(wide.columns).to_numpy()})
    table["per_effort"] = table["chance"] / table["effort"].where(table["effort"] > 0)
    return table.sort_values(["per_effort", "label"], ascending=[False, True], ignore_index=True)


def _first(holds: DataFrame) -> Series:
    """The first label that holds, "-" for none."""
    if not holds.shape[1]:
        return Series("-", index=holds.index, dtype="str")
    return holds.idxmax(axis=1).where(holds.any(axis=1), "-").astype("str")


def _join(holds: DataFrame) -> Series:
    """The labels that hold, with spaces between them."""
    marks, labels = holds.to_numpy(dtype=bool), holds.columns.to_numpy()
    return Series([" ".join(labels[row]) for row in marks], index=holds.index, dtype="str")
