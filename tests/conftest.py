"""A small engagement of real files, made afresh for a test; the sample client, opened once."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from kamnb.words import speak

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "sample"
LONGEST = ("test_readme", "test_faults", "test_real_engagements", "test_run", "test_notebooks", "test_kills", "test_engine", "test_diff",
           "test_cluster", "test_canary", "test_lab_browser", "test_decisions", "test_sample")

TOML = """
[engagement]
name = "small"
client = "小さな会社"
client_en = "Small Maker"
as_of = 2024-03-31
currency = "JPY"
language = "ja"

[tables.sales]
path = "sales.csv"
[tables.accounts]
path = "accounts.csv"
"""


@pytest.fixture
def small(tmp_path):
    """A folder with two accounts, 24 months and two products; sales.csv in cp932 with Japanese names."""
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "engagement.toml").write_text(TOML, encoding="utf-8")
    names = "account,name,name_en,channel\nA1,①商店,First Store,C1\nA2,髙田屋,Takada,C2\n"
    (folder / "accounts.csv").write_bytes(names.encode("cp932"))
    lines = ["date,account,product,quantity,net_sales,cost"]
    for number in range(24):
        year, month = 2022 + (number + 3) // 12, (number + 3) % 12 + 1
        lines.append(f"{year}-{month:02d}-15,A1,P1,{10 + number},{1000 + 10 * number},600")
        lines.append(f"{year}-{month:02d}-16,A2,P2,5,{500 - number},300")
    (folder / "sales.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def english():
    """Words in English, yen and pandas' own texts before and after every test, whatever it sets; no figure stays open."""
    _start_afresh()
    yield
    _start_afresh()
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


def _start_afresh() -> None:
    speak("en", currency="JPY", start=4)
    pd.set_option("mode.string_storage", "auto")


@pytest.fixture(scope="session")
def sample():
    """The sample client, opened in English."""
    from kamnb.engagement import open_engagement

    return open_engagement(SAMPLE, language="en")


def pytest_collection_modifyitems(items):
    """The longest files start first (a file stays with one worker), so that none is left alone at the end."""
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))
