import tomllib
from pathlib import Path

import pytest

from kamnb.intake.reading import read_tables
from kamnb.settings import read_settings

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"


@pytest.fixture(scope="session")
def intake():
    settings = read_settings(SAMPLE)
    return read_tables(SAMPLE, settings.tables, scale=0, as_of=settings.engagement.as_of)


@pytest.fixture(scope="session")
def sample(intake):
    return intake.tables


@pytest.fixture(scope="session")
def truth():
    return tomllib.loads((SAMPLE / "truth.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def sales(sample):
    """The ledger with year, month, category and channel."""
    lines = sample["sales"]
    category = sample["products"].set_index("product")["category"]
    channel = sample["accounts"].set_index("account")["channel"]
    return lines.assign(year=lines["date"].dt.year, month=lines["date"].dt.to_period("M"),
                        category=lines["product"].map(category), channel=lines["account"].map(channel))
