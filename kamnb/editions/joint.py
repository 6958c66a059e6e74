"""The joint edition: what the client shows to the account itself, and the rows that its job may see."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pandas as pd
from nbformat import NotebookNode
from pandas import DataFrame

from kamnb.engagement import SNAPSHOT, Engagement
from kamnb.settings import FILE

SHARED_TABLES = {"accounts", "channels", "products", "stores", "goals", "actions", "kpis", "kpi_actuals", "plan", "strategy",
                 "promos", "store_checks", "team"}
SECRET_COLUMNS = {"cost", "list_sales", "list_price", "credit_limit", "spend", "budget", "hourly_cost", "hours", "category_purchases",
                  "wholesaler", "reason", "reason_en", "reason_ja", "reason_zh"}
SHARED_DECISIONS = {"strategy": ("pillar", "stance", "category"), "actions": ("month", "baseline", "target")}
PILLARS = ("product", "price", "place", "promotion", "presence")


def joint(notebook: NotebookNode) -> NotebookNode:
    """`notebook` without the cells tagged `internal`, and without prose whose section lost all of its code."""
    result = copy.deepcopy(notebook)
    result.cells = [cell for cell in result.cells if "internal" not in cell.metadata.get("tags", [])]
    return result


def batch(notebook: NotebookNode) -> NotebookNode:
    """`notebook` for a run without a person: `interactive` cells are dropped."""
    result = copy.deepcopy(notebook)
    result.cells = [cell for cell in result.cells if "interactive" not in cell.metadata.get("tags", [])]
    return result


def cut_engagement(engagement: Engagement, account: str, *, out: Path) -> Path:
    """A folder `out` that holds only what `account` may see: its own rows, no costs, no margins, no other account.

    Opened with open_engagement like any engagement.  Source: design.md 6, faults.md T1.
    """
    snapshot = out / SNAPSHOT
    for part in ("tables", "panels"):
        (snapshot / part).mkdir(parents=True)
    for file in sorted((engagement.snapshot / "tables").glob("*.parquet")):
        if file.stem in SHARED_TABLES:
            _own_rows(engagement.raw_table(file.stem), account).to_parquet(snapshot / "tables" / file.name, index=False)
    for file in sorted((engagement.snapshot / "panels").glob("account_*.parquet")):
        _own_rows(pd.read_parquet(file), account).to_parquet(snapshot / "panels" / file.name, index=False)
    for name in ("controls", "findings"):
        engagement.record(name).iloc[:0].to_parquet(snapshot / f"{name}.parquet", index=False)
    files = engagement.record("files")
    told = files[files["table"].isin({*SHARED_TABLES, "sales"})].assign(rows=None)
    told.to_parquet(snapshot / "files.parquet", index=False)
    (out / FILE).write_text(_identity_toml(engagement), encoding="utf-8")
    _copy_decisions(engagement, account, out)
    return out


def _own_rows(rows: DataFrame, account: str) -> DataFrame:
    """Rows of `account` alone, of goals and activities those marked as shared, without columns that are ours to know.

    Tables without accounts stay whole, and so do KPIs that hold for every account.
    """
    mine = rows[(rows["account"] == account) | (rows["account"].isna() & ("kpi" in rows))] if "account" in rows else rows
    if "shared" in rows:
        mine = mine[mine["shared"].fillna(False).astype(bool)]
    return mine.assign(**dict.fromkeys(SECRET_COLUMNS & set(rows.columns))).reset_index(drop=True)


def _identity_toml(engagement: Engagement) -> str:
    """[engagement] and the planned year alone: weights and lists of accounts in other sections are not for the account's eyes."""
    identity = engagement.settings.engagement.model_dump()
    lines = [f"{key} = {value.isoformat() if key == 'as_of' else json.dumps(value, ensure_ascii=False)}"
             for key, value in identity.items()]
    year = engagement.settings.actions.plan_year
    return "\n".join(["[engagement]", *lines, *(["[actions]", f"plan_year = {year}"] if year else []), ""])


def _copy_decisions(engagement: Engagement, account: str, out: Path) -> None:
    """The account's own plan months, and its strategy as stances alone: reasons and our view of the relationship stay here."""
    shared = Engagement(out, engagement.settings, out / SNAPSHOT, engagement.language)
    for stage, columns in SHARED_DECISIONS.items():
        rows = engagement.decision(stage, account=account)
        kept = rows[[c for c in columns if c in rows]]
        if len(kept):
            file = shared.decision_file(stage, account)
            file.parent.mkdir(parents=True, exist_ok=True)
            kept = kept[kept["pillar"].isin(PILLARS)] if stage == "strategy" else kept
            kept.assign(decided_by=rows["decided_by"]).to_csv(file, index=False, encoding="utf-8-sig")
