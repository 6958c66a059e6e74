"""Rows that occur more than once: wholly equal ones, and rows that share a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from pandas import DataFrame


def repeated_rows(frame: DataFrame, originals: Sequence[Callable], *, starts: np.ndarray) -> np.ndarray:
    """Positions of rows that repeat an earlier row in everything their file says, also in what is not mapped.

    `frame`: mapped rows indexed by position through all files; `originals`: one function per file that writes its rows
    as text; `starts`: position of each file's first row.
    """
    candidates = frame.index.to_numpy()[frame.duplicated(keep=False).to_numpy()]
    owners = np.searchsorted(starts, candidates, side="right") - 1
    texts = [text for owner in np.unique(owners)
             for text in originals[owner](candidates[owners == owner] - starts[owner])]
    return candidates[pd.Series(texts, dtype="str").duplicated().to_numpy()]


def later_rows(frame: DataFrame, key: Sequence[str]) -> np.ndarray:
    """Positions of the rows whose key an earlier row has."""
    return frame.index.to_numpy()[frame.duplicated(list(key)).to_numpy()]


def differing_keys(frame: DataFrame, key: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """First position of each key whose rows do not all say the same, and the columns in which they differ."""
    versions = frame.drop_duplicates()
    several = versions[versions.duplicated(list(key), keep=False)]
    counts = several.groupby(list(key), sort=False).nunique(dropna=False)
    firsts = several.drop_duplicates(list(key))
    return firsts.index.to_numpy(), [str(column) for column in counts.columns[(counts > 1).any().to_numpy()]]
