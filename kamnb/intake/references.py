"""Codes that must exist in another table, looked up once every table is read (faults.md K02)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from pandas import Series

from kamnb.intake.dictionary import Column
from kamnb.intake.marks import NOWHERE, QUAR, WARN, Mark
from kamnb.intake.tables import Draft, measured

KEPT = ("products", "channels")


def settle_references(drafts: Mapping[str, Draft]) -> dict[str, Draft]:
    """`drafts` with marks for rows whose codes exist nowhere; repeated until a row set aside takes no other along.

    A code that a row must have sets the row aside, except a product or channel: the sale is real, its master is not
    complete.  Those, and codes that a row may have, stay with a warning.  A table that was not given is not looked up.
    """
    settled = dict(drafts)
    while True:
        found = {name: list(_unknown_codes(draft, settled)) for name, draft in settled.items()}
        if not any(found.values()):
            return settled
        settled = {name: draft.with_marks(found[name]) for name, draft in settled.items()}


def _unknown_codes(draft: Draft, drafts: Mapping[str, Draft]) -> Iterator[Mark]:
    """K02 for rows about which it was not said before; rows with other faults are looked up too."""
    for column in draft.table.columns:
        if column.refers in drafts:
            codes = draft.frame[column.name]
            known = known_codes(drafts[column.refers])
            told = [mark.at for mark in draft.marks if mark.code == "K02" and mark.facts.get("ours") == column.name]
            lost = ~draft.excluded() & codes.notna().to_numpy() & ~codes.isin(known).to_numpy()
            lost[np.concatenate([*told, NOWHERE])] = False
            if lost.any():
                yield _mark(draft, column, np.flatnonzero(lost))


def known_codes(master: Draft) -> Series:
    """Codes of the master's accepted rows."""
    return master.frame.loc[master.live(), master.table.key[0]]


def _mark(draft: Draft, column: Column, at: np.ndarray) -> Mark:
    aside = column.required and column.refers not in KEPT
    values = draft.frame[column.name].iloc[at]
    facts = {"ours": column.name, "master": column.refers, "codes": values.nunique(),
             "case": "" if aside else "kept", "measure": measured(draft.table)}
    return Mark("K02", QUAR if aside else WARN, column.name, at=at, facts=facts,
                values=values.tolist() if aside else values.tolist()[:1])
