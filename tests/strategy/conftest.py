"""Two channels of made-up accounts with four years of history, and rows of any table from the dictionary."""

import pandas as pd
import pytest
from pandas import DataFrame, Timestamp

from kamnb.intake.dictionary import empty_table

AS_OF = Timestamp("2025-12-31")


def fill(table: str, rows: list[dict]) -> DataFrame:
    """Rows of `table` with every column of the dictionary in its type."""
    empty = empty_table(table)
    return DataFrame(rows, columns=None if rows else empty.columns).reindex(columns=empty.columns).astype(empty.dtypes.to_dict())


def months_of(account: str, amounts: list[int], *, until: str = "2025-12-01") -> DataFrame:
    """A panel of `account` that ends in month `until`: one amount per month, nothing returned."""
    months = pd.date_range(end=until, periods=len(amounts), freq="MS")
    return DataFrame({"account": account, "month": months, "gross_sales": amounts, "returns": 0, "net_sales": amounts})


@pytest.fixture
def accounts():
    """Eight chains A1 to A8 in channel C1 that buy 1 to 8 million from all makers, and a loner in C2."""
    rows = [{"account": f"A{n}", "name": f"Chain {n}", "channel": "C1", "category_purchases": n * 1_000_000} for n in range(1, 9)]
    return fill("accounts", [*rows, {"account": "B1", "name": "Loner", "channel": "C2"}])


@pytest.fixture
def profile(accounts):
    """The master row of A1 as the notebook has it."""
    from kamnb.strategy import describe_account

    return describe_account(accounts, account="A1", channels=fill("channels", []), team=fill("team", []))
