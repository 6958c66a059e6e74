"""With nothing but sales and accounts the notebook runs to its end and says what it would show."""

import shutil
import warnings
from pathlib import Path

import nbformat
import pytest

from kamnb import display
from kamnb.display import MISSING, SAID, TABLE

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "5_review.ipynb"
TOML = """
[engagement]
name = "bare"
client = "Bare"
as_of = 2025-12-31
[tables.sales]
path = "s.csv"
[tables.accounts]
path = "a.csv"
"""


@pytest.fixture(scope="module")
def emitted(sample, tmp_path_factory):
    """Everything the cells of the notebook emit on an engagement with sales and accounts alone, in order."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "engagement.toml").write_text(TOML, encoding="utf-8")
    (folder / "snapshot" / "tables").mkdir(parents=True)
    sample.raw_table("accounts").assign(level=None).to_parquet(folder / "snapshot" / "tables" / "accounts.parquet")
    shutil.copy(sample.snapshot / "tables" / "sales.parquet", folder / "snapshot" / "tables")
    shutil.copytree(sample.snapshot / "panels", folder / "snapshot" / "panels")
    for name in ("controls", "findings", "files"):
        shutil.copy(sample.snapshot / f"{name}.parquet", folder / "snapshot")
    bundles: list[dict] = []
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setattr(display, "display", lambda bundle, **_: bundles.append(bundle))
        warnings.simplefilter("error")
        _run(nbformat.read(NOTEBOOK, as_version=4), folder)
    return bundles


def _run(notebook, folder: Path) -> None:
    room: dict[str, object] = {}
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", []))
        if cell.cell_type == "code" and not tags & {"interactive"}:
            exec(cell.source, room)  # noqa: S102  the committed notebook itself
        if "parameters" in tags:
            room["engagement"] = str(folder)


def test_every_missing_table_is_asked_for(emitted):
    asked = {bundle[MISSING]["name"]: bundle[MISSING]["tables"] for bundle in emitted if MISSING in bundle}
    assert asked["review.units"] == ["plan"] and asked["review.payers"] == ["ar"]
    assert asked["review.mechanics"] == ["promos"] and asked["review.kpis"] == ["kpis", "kpi_actuals"]
    assert all(bundle[MISSING]["text"] for bundle in emitted if MISSING in bundle)


def test_the_rest_is_still_answered(emitted):
    shown = {bundle[TABLE]["name"] for bundle in emitted if TABLE in bundle}
    assert {"review.landing", "review.risks", "review.key_figures", "review.decision"} <= shown
    said = {bundle[SAID]["key"] for bundle in emitted if SAID in bundle}
    assert {"review.plan_found.none", "review.landing_found.no_plan", "review.routing_found.none",
            "review.closing.no_plan", "review.payment_found.none", "review.mix_found.found"} <= said


def test_without_a_plan_the_landing_is_held_against_last_year(emitted):
    landing = next(bundle[TABLE] for bundle in emitted if bundle.get(TABLE, {}).get("name") == "review.landing")
    plan = [column["name"] for column in landing["columns"]].index("plan")
    assert all(row[plan] is None for row in landing["rows"])
