"""Where a table comes from: one [tables.<name>] section of engagement.toml."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Join(BaseModel):
    """A further file whose columns are added to rows that share its key (`on`: our file's header -> its header)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    on: dict[str, str] = Field(min_length=1)
    sheet: str | None = None
    encoding: str | None = None


class Returned(BaseModel):
    """A file that lists the numbers of returned slips in the column `doc`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    doc: str
    sheet: str | None = None
    encoding: str | None = None


class Source(BaseModel):
    """Files, mapping and reading rules of one table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str | list[str] = Field(min_length=1)
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    header_row: int = Field(1, ge=1)
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    date_format: str | None = None
    unit: Decimal = Field(Decimal(1), gt=0)
    round_lines: bool | Literal["total"] = False
    distinct: bool = False
    join: list[Join] = []
    returned: Returned | None = None
    ignore: dict[str, list[str]] = {}
    dedupe: Literal["exact"] | None = None

    @model_validator(mode="after")
    def one_origin_per_column(self) -> Source:
        """Refuse a column that is both mapped and constant."""
        both = sorted(self.columns.keys() & self.constants.keys())
        if both:
            raise ValueError(f"{', '.join(both)}: given under columns and under constants; keep one of them")
        return self

    def own_patterns(self) -> list[str]:
        """Patterns of the files that hold the table's own rows."""
        return [self.path] if isinstance(self.path, str) else list(self.path)

    def patterns(self) -> list[str]:
        """Patterns of every file the table needs: its own, the joined ones and the list of returned slips."""
        listed = [self.returned.path] if self.returned else []
        return [*self.own_patterns(), *(join.path for join in self.join), *listed]
