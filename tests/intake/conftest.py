"""A small engagement folder that tests fill with files, and the intake of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kamnb.errors import InputError
from kamnb.intake.reading import Intake, read_tables
from kamnb.intake.source import Source

HEADER = "date,account,product,quantity,net_sales"
LINES = ("2024-04-01,A1,P1,1,100", "2024-04-02,A2,P1,2,250")
ACCOUNTS = "account,name,channel\nA1,Alpha,drug\nA2,Beta,store\n"


class Border:
    """An engagement folder with a sound account master and a sound ledger, to be overwritten by a test."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.sources = {"sales": Source(path="sales.csv"), "accounts": Source(path="accounts.csv")}
        self.write("accounts.csv", ACCOUNTS)
        self.sales(*LINES)

    def write(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        """A file of the engagement."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def sales(self, *lines: str, header: str = HEADER) -> None:
        """The ledger's CSV."""
        self.write("sales.csv", "\n".join([header, *lines]) + "\n")

    def source(self, table: str = "sales", **settings: object) -> None:
        """Settings of a table, its path as before unless it is given."""
        known = self.sources.get(table)
        path = known.path if known else f"{table}.csv"
        self.sources[table] = Source(**{"path": path, **settings})

    def read(self, scale: int = 0) -> Intake:
        """The intake of the folder as of 31 March 2025."""
        return read_tables(self.folder, self.sources, scale=scale, as_of=date(2025, 3, 31))

    def found(self, scale: int = 0) -> list[dict]:
        """Findings, whether they stop the intake or not."""
        try:
            return self.read(scale).findings.to_dict("records")
        except InputError as error:
            return error.findings.to_dict("records")


@pytest.fixture
def border(tmp_path: Path) -> Border:
    """A sound engagement folder."""
    return Border(tmp_path)
