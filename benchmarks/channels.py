"""Notebook 1 at 20,000 accounts and 60 months: loops over accounts as one would write them in pandas, against ours.

`compare_channels()` times both on the same rows, checks that they agree, and says how long all analyses take together.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import nbformat
import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

from benchmarks.cells import run_cells
from kamnb import display
from kamnb.calendar import add_years
from kamnb.engagement import HELD, TEXTS, open_engagement
from kamnb.methods.concentration import check_slogan, measure_concentration
from kamnb.methods.fairshare import estimate_levers
from kamnb.methods.groups import appraise_mergers, trace_concentration
from kamnb.methods.growth import measure_growth, shrink_growth, total_years
from kamnb.methods.longterm import measure_retention
from kamnb.methods.migration import compare_steadiness, cross_migration, trace_classes
from kamnb.methods.segmentation import classify_abc, classify_frequency, classify_xyz
from kamnb.methods.serving import total_cost_to_serve
from kamnb.methods.standing import place_accounts
from kamnb.methods.stress import appraise_losses, remove_largest
from kamnb.methods.whale import measure_whale, whale_points
from kamnb.methods.whitespace import benchmark_peers, sum_headroom
from kamnb.reports.freezing import freeze, load_held
from kamnb.reports.jobs import master_file

ROOT = Path(__file__).resolve().parents[1]
AS_OF, MONTHS = Timestamp("2025-03-31"), pd.date_range("2020-04-01", "2025-03-01", freq="MS")
CATEGORIES, CHANNELS, DEALS = 6, 8, 100


def make_trade(accounts: int, seed: int = 7) -> dict[str, DataFrame]:
    """Sixty months of `accounts` with gaps, their purchases by category, their master with groups, and what serving takes."""
    rng = np.random.default_rng(seed)
    codes = np.array([f"A{n:05}" for n in range(accounts)])
    panel = DataFrame({"account": np.repeat(codes, len(MONTHS)), "month": np.tile(MONTHS, accounts)})
    season = 1 + 0.3 * np.sin(panel["month"].dt.month / 12 * 2 * np.pi)
    level = np.repeat(rng.lognormal(13, 1.2, accounts), len(MONTHS))
    panel["net_sales"] = (level * season * rng.lognormal(0, 0.3, len(panel))).astype("int64")
    panel["channel"] = [f"C{n % CHANNELS}" for n in np.repeat(np.arange(accounts), len(MONTHS))]
    panel = panel[rng.random(len(panel)) > 0.15].astype({"account": "str", "channel": "str"}).reset_index(drop=True)
    bought = DataFrame({"account": np.repeat(codes, CATEGORIES), "category": np.tile([f"K{n}" for n in range(CATEGORIES)], accounts),
                        "net_sales": rng.integers(1, 10**6, accounts * CATEGORIES)})
    joins = np.where(np.arange(accounts) % (accounts // DEALS) == 1, np.roll(codes, 1), None)
    days = pd.Series(pd.NaT, index=range(accounts), dtype="datetime64[us]").mask(joins != None, Timestamp("2023-01-01"))  # noqa: E711
    master = DataFrame({"account": codes, "channel": [f"C{n % CHANNELS}" for n in range(accounts)], "size": rng.lognormal(3, 1, accounts),
                        "group": Series(joins, dtype="str"), "group_from": days}).astype({"account": "str", "channel": "str"})
    drivers = DataFrame({"account": np.repeat(codes, 4), "activity": np.tile(list("abcd"), accounts),
                         "volume": rng.integers(1, 99, 4 * accounts), "unit_minutes": 30.0, "cost_per_minute": 70.0})
    return {"panel": panel, "bought": bought[rng.random(len(bought)) > 0.3].reset_index(drop=True), "master": master, "drivers": drivers}


def classify_in_a_loop(panel: DataFrame) -> DataFrame:
    """XYZ by variation and by frequency, one account at a time."""
    rows = {}
    for account, mine in panel.groupby("account"):
        months = mine.groupby("month")["net_sales"].sum().reindex(MONTHS, fill_value=0)
        since = months[months.ne(0).cummax()]
        cv = since.std(ddof=0) / since.mean()
        gaps = Series(np.flatnonzero(since > 0)).diff().dropna()
        often = (since > 0).mean() >= 0.8
        regular = len(gaps) >= 2 and gaps.std(ddof=0) / gaps.mean() <= 0.5
        rows[account] = {"cv": "X" if cv < 0.10 else "Y" if cv <= 0.25 else "Z", "frequency": "X" if often else "Y" if regular else "Z"}
    return DataFrame.from_dict(rows, orient="index")


def classify_at_once(panel: DataFrame) -> DataFrame:
    """The same by our methods."""
    return DataFrame({"cv": classify_xyz(panel)["xyz"], "frequency": classify_frequency(panel)["xyz"]})


def benchmark_in_a_loop(bought: DataFrame, master: DataFrame) -> Series:
    """Median sales per size of the other buyers of the channel, one account and category at a time."""
    rows = bought.merge(master, on="account")
    rows["per_size"] = rows["net_sales"] / rows["size"]
    found = {}
    for (_, category), group in rows.groupby(["channel", "category"]):
        for place, account in enumerate(group["account"]):
            found[(account, category)] = np.median(np.delete(group["per_size"].to_numpy(), place))
    return Series(found).sort_index()


def benchmark_at_once(bought: DataFrame, master: DataFrame) -> Series:
    """The same by our method, of the cells that are bought."""
    cells = benchmark_peers(bought, master)
    return cells[cells["sales"] > 0].set_index(["account", "category"])["q_low"].sort_index()


def merge_in_a_loop(sales: Series, master: DataFrame) -> Series:
    """HHI added by each merger: the whole concentration before and after, one deal at a time."""
    found = {}
    for deal in master[master["group"].notna()].itertuples():
        buyers = Series(sales.index, index=sales.index).replace({deal.account: deal.group})
        after = (sales.groupby(buyers).sum() / sales.sum()).pow(2).sum()
        found[deal.account] = (after - (sales / sales.sum()).pow(2).sum()) * 10_000
    return Series(found).sort_index()


def merge_at_once(sales: Series, master: DataFrame) -> Series:
    """The same by our method, which also ranks the group and measures its channel."""
    return appraise_mergers(sales, accounts=master, since=Timestamp("2020-01-01")).set_index("account")["delta_hhi"].sort_index()


def compare_pair(usual: Callable[[], object], ours: Callable[[], object]) -> dict[str, float]:
    """Processor seconds of both on the same rows (a busy machine does not count), and their ratio.

    Ours is the median of 3.  AssertionError where the answers differ.
    """
    start = time.process_time()
    expected = usual()
    slow, quick = time.process_time() - start, []
    for _ in range(3):
        start = time.process_time()
        found = ours()
        quick.append(time.process_time() - start)
    assert np.array_equal(expected, found) or np.allclose(expected.to_numpy(dtype=float), found.to_numpy(dtype=float)), "answers differ"
    return {"usual": slow, "ours": sorted(quick)[1], "ratio": slow / sorted(quick)[1]}


def time_analyses(trade: dict[str, DataFrame]) -> float:
    """Processor seconds that the analyses of notebook 1 take together on `trade`, each called once."""
    panel, master = trade["panel"], trade["master"]
    start = time.process_time()
    yearly = add_years(panel, as_of=AS_OF)
    sales = yearly[yearly["year"] == yearly["year"].max()].groupby("account")["net_sales"].sum()
    costs = total_cost_to_serve(trade["drivers"])["cost_to_serve"].reindex(sales.index)
    profit = (sales * 0.01).astype("int64") - costs
    buyers = DataFrame({"account": sales.index, "net_sales": sales.to_numpy(), "pocket_margin": (sales // 10).astype("Int64").to_numpy(),
                        "cost_to_serve": costs.to_numpy()})
    measure_concentration(sales), check_slogan(sales), trace_concentration(yearly, accounts=master)
    appraise_mergers(sales, accounts=master, since=Timestamp("2020-01-01"))
    measure_growth(total_years(yearly)), shrink_growth(yearly), classify_abc(sales)
    compare_steadiness(panel), cross_migration(trace_classes(yearly))
    sum_headroom(benchmark_peers(trade["bought"], master), Series(dtype="Int64"))
    estimate_levers(DataFrame({"group": "C0", "sales": sales, "market": sales * 9.0, "handled": sales * 7.0}))
    place_accounts(yearly, profit=profit, purchases=Series(dtype="Int64")), whale_points(profit), measure_whale(profit)
    measure_retention(yearly), appraise_losses(buyers, growth=0.03), remove_largest(buyers, most=20)
    return time.process_time() - start


def time_notebook() -> float:
    """Processor seconds of the analyses of notebook 1 on the sample (180 accounts, 60 months) with its frames loaded, nothing drawn.

    Every cell but the ones that open the engagement and save the decision; the least of 5, after one that fills caches.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = Path(shutil.copytree(ROOT / "data" / "sample", Path(folder) / "sample", ignore=shutil.ignore_patterns("decisions")))
        frozen = freeze(open_engagement(home), out=Path(folder)).folder
        HELD.update(load_held(frozen))
        took = [_run_cells(frozen) for _ in range(6)]
        HELD.clear()
    return min(took[1:])


def _run_cells(home: Path) -> float:
    silent = dict.fromkeys(("show", "draw", "say", "appendix"), lambda *_, **__: None)
    notebook = nbformat.read(master_file("channels"), as_version=4)
    notebook.cells = [cell for cell in notebook.cells if "interactive" not in cell.metadata.get("tags", [])]
    with redirect_stdout(StringIO()), patch.multiple(display, **silent):
        ran = run_cells(notebook, {"engagement": str(home)})
        return sum(took for cell, took in ran if cell.id not in {"setup", "decision"})


@pd.option_context(*TEXTS)
def compare_channels(accounts: int = 20_000) -> dict[str, dict[str, float] | float]:
    """Ratio of a loop to ours for the heaviest analyses, and the seconds of all analyses at `accounts` and at 180.

    Texts are kept as a notebook keeps them.
    """
    trade = make_trade(accounts)
    panel, bought, master = trade["panel"], trade["bought"], trade["master"]
    yearly = add_years(panel, as_of=AS_OF)
    sales = yearly[yearly["year"] == yearly["year"].max()].groupby("account")["net_sales"].sum()
    time_analyses(make_trade(400))  # imports and caches are no part of the comparison
    return {"steadiness": compare_pair(lambda: classify_in_a_loop(panel), lambda: classify_at_once(panel)),
            "peers": compare_pair(lambda: benchmark_in_a_loop(bought, master), lambda: benchmark_at_once(bought, master)),
            "mergers": compare_pair(lambda: merge_in_a_loop(sales, master), lambda: merge_at_once(sales, master)),
            f"all_{accounts}": time_analyses(trade), "all_180": time_analyses(make_trade(180)), "notebook_1": time_notebook()}
