"""python -m benchmarks [data] [channels] [selection] [render] [printing] [cluster]: our way against the usual one, as ratios."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from pandas import DataFrame

from benchmarks.channels import compare_channels
from benchmarks.cluster import compare_cluster
from benchmarks.printing import compare_printing
from benchmarks.render import compare_rendering
from benchmarks.selection import compare_selection
from benchmarks.timing import compare
from kamnb.engagement import open_engagement
from kamnb.ledger import build_panels
from kamnb.methods.acceptability import accept_ranks

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "sample"
LINES = 1_000_000


def make_lines(rng: np.random.Generator) -> dict[str, DataFrame]:
    """A million ledger lines: 2,000 accounts, 300 products in 12 categories, 36 months."""
    accounts, products = [f"A{i:05}" for i in range(2_000)], [f"P{i:04}" for i in range(300)]
    net = rng.integers(100, 100_000, LINES)
    sales = DataFrame({"account": rng.choice(accounts, LINES), "product": rng.choice(products, LINES),
                       "date": pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 1_095, LINES), unit="D"),
                       "quantity": rng.integers(1, 50, LINES).astype(float), "net_sales": net, "cost": net // 2})
    sales = sales.assign(list_sales=pd.Series(pd.NA, index=sales.index, dtype="Int64"), line_type=pd.Series(dtype="str"),
                         margin=pd.Series(pd.NA, index=sales.index, dtype="Int64"))
    return {"sales": sales, "accounts": DataFrame({"account": accounts, "channel": rng.choice(["C1", "C2", "C3"], 2_000)}),
            "products": DataFrame({"product": products, "category": rng.choice([f"K{i}" for i in range(12)], 300)})}


def sum_with_pandas(tables: dict[str, DataFrame], out: Path) -> None:
    """The four panels as one would write them in pandas."""
    lines = tables["sales"].merge(tables["accounts"], on="account").merge(tables["products"], on="product")
    lines["month"] = lines["date"].dt.to_period("M").dt.start_time
    for keys in (["account"], ["account", "category"], ["account", "product"], ["channel"]):
        panel = lines.groupby([*keys, "month"])[["quantity", "net_sales", "cost"]].sum().reset_index()
        panel.to_parquet(out / f"{'_'.join(keys)}.parquet")


def read_raw() -> None:
    """The sample's ledger as a notebook would read it without a snapshot, up to the account panel."""
    files = sorted((SAMPLE / "tables" / "売上").glob("*.parquet"))
    sales = pd.concat([pd.read_parquet(file) for file in files])
    month = pd.to_datetime(sales["計上日"]).dt.to_period("M")
    sales.groupby([sales["得意先コード"], month])["金額"].sum()


def rank_in_a_loop(ratings: DataFrame, draws: int) -> np.ndarray:
    """Rank acceptability, one draw of weights at a time."""
    rng, counts = np.random.default_rng(1), np.zeros((len(ratings), len(ratings)))
    for weights in rng.dirichlet(np.ones(ratings.shape[1]), draws):
        order = (ratings * weights).sum(axis=1).rank(ascending=False).to_numpy(dtype=int) - 1
        counts[np.arange(len(ratings)), order] += 1
    return counts / draws


def compare_data() -> dict[str, dict[str, float]]:
    """Panels, opening and rank acceptability against the usual way."""
    tables = make_lines(np.random.default_rng(7))
    ratings = DataFrame(np.random.default_rng(3).uniform(1, 5, (200, 8)), index=[f"A{i}" for i in range(200)])
    open_engagement(SAMPLE)
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch)
        return {
            "panels_vs_pandas": compare(lambda: sum_with_pandas(tables, out), lambda: build_panels(tables, out=out)),
            "opening_vs_raw_files": compare(read_raw, lambda: open_engagement(SAMPLE).panel("account_month")),
            "smaa_vs_loop": compare(lambda: rank_in_a_loop(ratings, 1_000), lambda: accept_ranks(ratings, draws=1_000, seed=1)),
        }


PARTS = {"data": compare_data, "channels": compare_channels, "selection": compare_selection, "render": compare_rendering,
         "printing": compare_printing, "cluster": compare_cluster}


def main(asked: list[str]) -> None:
    """Run the comparisons asked for (default: all), print them and add them to benchmarks/results.json."""
    file = Path(__file__).parent / "results.json"
    results = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    for name in asked or PARTS:
        results[name] = PARTS[name]()
        print(f"{name}\n{json.dumps(results[name], indent=1)}", flush=True)
        file.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
