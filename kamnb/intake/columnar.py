"""Parquet: typed columns, each read only when it is asked for."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kamnb.intake.grid import Grid, View, as_line
from kamnb.intake.marks import STOP, Mark


def read_columnar(file: str, data: bytes, *, view: View) -> tuple[Grid | None, list[Mark]]:
    """The grid of a parquet file, or why there is none. Rows are counted from 1, as there is no header row."""
    try:
        stored = pq.ParquetFile(pa.BufferReader(data))
        header = tuple(stored.schema_arrow.names)
    except pa.ArrowInvalid:
        return None, [Mark("F09", STOP)]

    def column(at: int) -> pa.Array:
        return stored.read(columns=[header[at]]).column(header[at]).combine_chunks()

    def original(at: np.ndarray) -> list[str]:
        return [as_line(record.values()) for record in stored.read().take(pa.array(at)).to_pylist()]

    rows = np.arange(1, stored.metadata.num_rows + 1)
    return Grid(file, view.sheet or "", header, rows, column, original, encoding="parquet"), []
