"""A small executed notebook, as the display functions emit it."""

import base64

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from kamnb.shown import CHART, HEAD, MISSING, READ, SAID, TABLE

PNG = base64.b64encode(bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000a49444154789c6300010000050001"
    "0d0a2db40000000049454e44ae426082")).decode()
COLUMNS = [{"name": "account", "kind": "id", "label": "Account code", "unit": "", "divisor": 1, "digits": 0},
           {"name": "name", "kind": "text", "label": "Name", "unit": "", "divisor": 1, "digits": 0},
           {"name": "net_sales", "kind": "money", "label": "Net sales", "unit": "¥ million", "divisor": 1e6, "digits": 1},
           {"name": "growth", "kind": "rate", "label": "Growth", "unit": "", "divisor": 1, "digits": 0}]
EVIL = "<script>alert(1)</script>=1+1"


def table(name, rows, columns=None):
    return {TABLE: {"name": name, "title": f"Title of {name}", "source": "Source: x.", "columns": columns or COLUMNS, "rows": rows},
            "text/plain": "t"}


def code(ident, *bundles, tags=()):
    outputs = [new_output("display_data", data=bundle) for bundle in bundles]
    return new_code_cell(f"{ident}()", id=ident, execution_count=1, outputs=outputs, metadata={"tags": list(tags)})


def texts(*names):
    return [{"name": n, "kind": "text", "label": n, "unit": "", "divisor": 1, "digits": 0} for n in names]


@pytest.fixture
def executed():
    head = {"engagement": "x", "client": "Maker", "as_of": "2025-12-31", "language": "en", "edition": "internal",
            "account": None, "account_name": "", "currency": "JPY", "firm": "Firm"}
    rows = [["A1", EVIL, 12_345_678, 0.123], ["A2", "B & Co", None, None]]
    missing = {"name": "selection.gone", "tables": ["market"], "would": "x", "text": "Not shown: x."}
    many = [[f"A{i}", f"Name {i}", i * 1_000_000, 0.01] for i in range(61)]
    cells = [
        new_markdown_cell("# Which accounts?\n\nFor the sales director.", id="title"),
        code("setup", {HEAD: head, "text/plain": "h"}),
        new_markdown_cell("## First question?\n\nHow to read.", id="first"),
        code("one", table("selection.long", many)),
        code("two", {CHART: {"name": "selection.map", "title": "A message", "measured": "yen", "source": "Source: y."}, "image/png": PNG}),
        code("three", {SAID: {"key": "selection.said", "text": "A **bold** finding."}}),
        new_markdown_cell("## Second question?", id="second"),
        code("four", {MISSING: missing}, table("selection.small", rows)),
        new_markdown_cell("## What do we conclude?", id="third"),
        code("five", table("selection.key_figures", [["Sales", "¥1", "up"]] * 4, texts("figure", "value", "comment")), tags=["conclusion"]),
        code("six", {SAID: {"key": "selection.end", "text": "Choose eight."}}, tags=["conclusion"]),
        code("end", table("appendix.sources", [["Sales", "s.csv"]], texts("table", "file")) | {READ: [["table", "sales", ""]]}),
    ]
    notebook = new_notebook(cells=cells)
    nbformat.validate(notebook)
    return notebook


@pytest.fixture(scope="session")
def make_small():
    """A function that lays down the small engagement below a folder, for runs that many tests share."""
    from tests.conftest import small

    return small.__wrapped__
