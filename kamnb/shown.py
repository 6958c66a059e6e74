"""What an output holds and how a shown table looks: known to the notebooks that emit it and to the reports that read it."""

from __future__ import annotations

import re
from html import escape

from kamnb.formats import NONE, grouped, width_of
from kamnb.words import name_code, say_value, words

TABLE, CHART, SAID, HEAD, MISSING, READ = (f"application/vnd.kamnb.{part}+json" for part in
                                           ("table", "chart", "said", "head", "missing", "read"))
PAGE_ROWS = 20
RIGHT = {"money", "money_change", "share", "share1", "rate", "points", "count", "int", "number", "score", "index",
         "days", "times", "exact"}
HIDDEN = {"id"}
CAPTION = "text-align:left;font-weight:600;white-space:normal"
LONG_TEXT, SHORT_TEXT, DENSE = 24, 14, 8
CONTROLS = ("in_files", "accepted", "quarantined", "excluded", "added", "rounding", "difference")


def cell_text(value: object, column: dict) -> str:
    """One cell of a shown table as its reader sees it."""
    kind = str(column["kind"])
    if value is None or value != value:
        return NONE
    if kind in {"money", "money_change"}:
        return grouped(value / column["divisor"], column["digits"], signed=kind == "money_change")
    if kind == "code":
        return name_code(str(value))
    if kind == "bool":
        return "●" if value else ""
    if kind == "hash":
        return str(value)[:12]
    return say_value(value, kind)


def sentence_html(text: str) -> str:
    """A computed sentence as HTML: escaped, `**strong**` kept."""
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(text))


def table_html(typed: dict) -> str:
    """The page form of a typed table: title, heads with units, the first 20 rows, source; a folded one behind its title.

    Codes of accounts and products (kind id) are left to the workbook.
    """
    shown = [(i, column) for i, column in enumerate(typed["columns"]) if column["kind"] not in HIDDEN]
    cells = [[cell_text(row[i], column) for i, column in shown] for row in typed["rows"][:PAGE_ROWS]]
    sides = [_side(column, [row[k] for row in cells]) for k, (_, column) in enumerate(shown)]
    head = "".join(f'<th {side}>{escape(column["label"])}{_unit(column)}</th>'
                   for side, (_, column) in zip(sides, shown, strict=True))
    body = "".join("<tr>" + "".join(f"<td {side}>{escape(text)}</td>" for side, text in zip(sides, row, strict=True)) + "</tr>"
                   for row in cells)
    cut = words("general.rows_shown", shown=PAGE_ROWS, rows=len(typed["rows"])) + " " if len(typed["rows"]) > PAGE_ROWS else ""
    dense = " dense" if len(shown) >= DENSE else ""
    title, folded = escape(typed["title"]), typed.get("folded")
    caption = "" if folded else f'<caption style="{CAPTION}">{title}</caption>'
    whole = (f'<div class="table{dense}"><table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
             f'<p class="source" style="font-size:.8em">{escape(cut + typed["source"])}</p></div>')
    return f'<details class="folded"><summary>{title}</summary>{whole}</details>' if folded else whole


def _side(column: dict, texts: list[str]) -> str:
    """How a column sits: numbers right, hashes small, short texts on one line, longer ones with room."""
    if column["kind"] in RIGHT:
        return 'class="right" style="text-align:right"'
    longest = max((width_of(text) for text in texts), default=0)
    kind = "hash" if column["kind"] == "hash" else "long" if longest > LONG_TEXT else "short" if longest <= SHORT_TEXT else "middle"
    return f'class="{kind}" style="text-align:left"'


def _unit(column: dict) -> str:
    return f'<small style="display:block;font-weight:400">{escape(column["unit"])}</small>' if column["unit"] else ""
