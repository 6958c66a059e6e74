"""Nothing of one account stands in a report that another may see: a token in every text, and a search of every byte (T1)."""

import random

from kamnb.engagement import open_engagement
from kamnb.reports.jobs import Request
from kamnb.reports.journal import WORK
from kamnb.reports.making import make_reports
from tests.reports.canaries import check_leaks, find_tokens, lay_engagement, list_formats, token

RUNS = {"E1": (2, "strategy"), "E2": (1, "actions")}
"""Engagements: how many accounts, which notebook."""


def test_no_report_holds_a_token_of_others(tmp_path):
    found = {name: lay_engagement(tmp_path / name, accounts=count, seed=count) for name, (count, _) in RUNS.items()}
    foreign = set().union(*(canaries.all() for canaries in found.values()))
    for name, canaries in found.items():
        out = tmp_path / "out" / name
        out.mkdir(parents=True)
        request = Request(stages=(RUNS[name][1],), accounts=tuple(canaries.own), languages=("en",), formats=list_formats(),
                          edition="joint", workers=8)
        summary = make_reports(open_engagement(tmp_path / name), request, out=out)
        assert [r.detail for r in summary.results if r.status != "done"] == []
        assert check_leaks(out, canaries, foreign - canaries.all()) == len(canaries.own) * len(list_formats())
        assert not list((out / WORK).glob("job-*"))


def test_the_search_finds_what_is_hidden(tmp_path):
    """A token in a cell, a chart's workbook inside a deck, a picture's notes, an escaped text."""
    import base64
    import zipfile
    import zlib

    mark = token(random.Random(1))
    png = b"\x89PNG\r\n\x1a\n" + (len(mark) + 6).to_bytes(4, "big") + b"tEXt" + b"Title\0" + mark.encode() + b"crc!"
    packed = b"\x89PNG\r\n\x1a\n" + len(body := b"T\0\0" + zlib.compress(mark.encode())).to_bytes(4, "big") + b"zTXt" + body + b"crc!"
    with zipfile.ZipFile(tmp_path / "inner.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", f"<v>{mark}</v>")
    with zipfile.ZipFile(tmp_path / "deck.pptx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(tmp_path / "inner.zip", "embeddings/book.xlsx")
    pages = {"text.html": mark, "picture.html": f"base64,{base64.b64encode(png).decode()}\"",
             "packed.html": f"base64,{base64.b64encode(packed).decode()}\"", "escaped.html": "".join(f"&#{ord(c)};" for c in mark)}
    for name, text in pages.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name in [*pages, "deck.pptx"]:
        assert find_tokens(tmp_path / name, {mark, "NOWHERE"}) == {mark}, name
