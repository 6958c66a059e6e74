"""A small account with four years of history, and a plan that holds together."""

import pandas as pd
import pytest
from pandas import DataFrame, Series, Timestamp

from kamnb.actions import PlanTables
from kamnb.actions.rules import PlanRules
from kamnb.intake.dictionary import empty_table

AS_OF = Timestamp("2025-12-31")


@pytest.fixture
def rules():
    """Plan the fiscal year 2026 of account A1."""
    return PlanRules(account="A1", as_of=AS_OF, year=2026, growth=0.05, capture=0.25)


@pytest.fixture
def history():
    """Sales of A1 from April 2021: a season, and eight per cent more every year."""
    months = pd.date_range("2021-04-01", "2025-12-01", freq="MS")
    level = Series([1_000_000 * 1.08 ** (n // 12) for n in range(len(months))])
    season = Series([1.4 if month.month in (7, 8) else 0.9 for month in months])
    return DataFrame({"account": "A1", "month": months, "net_sales": (level * season).astype("int64")})


def fill(table: str, rows: list[dict]) -> DataFrame:
    """Rows of `table` with every column of the dictionary in its type."""
    empty = empty_table(table)
    return DataFrame(rows).reindex(columns=empty.columns).astype(empty.dtypes.to_dict())


@pytest.fixture
def plan():
    """One goal, two activities, one KPI, two people: nothing is wrong."""
    day = Timestamp
    action = {"account": "A1", "goal": "G1", "kpi": "K1", "status": "open", "budget": 1000}
    return PlanTables(
        fill(
            "goals",
            [
                {
                    "goal": "G1",
                    "account": "A1",
                    "name": "Sell more",
                    "measure": "yen",
                    "baseline": 1.0,
                    "target": 2.0,
                    "due": day("2027-03-31"),
                }
            ],
        ),
        fill(
            "actions",
            [
                {
                    **action,
                    "action": "X1",
                    "name": "Propose",
                    "owner": "M1",
                    "starts": day("2026-04-01"),
                    "due": day("2026-08-31"),
                    "purpose": "expand",
                },
                {
                    **action,
                    "action": "X2",
                    "name": "Answer the rival",
                    "owner": "M2",
                    "starts": day("2026-10-01"),
                    "due": day("2027-02-28"),
                    "purpose": "defend",
                },
            ],
        ),
        fill(
            "kpis",
            [
                {
                    "kpi": "K1",
                    "name": "Facings",
                    "unit": "%",
                    "source": "checks",
                    "baseline": 1.0,
                    "target": 2.0,
                    "direction": "up",
                }
            ],
        ),
        fill(
            "team",
            [
                {"member": "M1", "name": "Manager A", "department": "Sales"},
                {"member": "M2", "name": "Manager B", "department": "Sales"},
            ],
        ),
    )
