"""Synthetic engagements whose every text holds a token of its owner, and the search for tokens in reports of any format."""

from __future__ import annotations

import base64
import csv
import html
import io
import random
import re
import string
import struct
import subprocess
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from kamnb.editions.joint import SECRET_COLUMNS, SHARED_TABLES
from kamnb.intake.dictionary import Column, Table, dictionary

AS_OF = date(2024, 3, 31)
MONTHS, ROWS = 30, 3
OF_ALL = SHARED_TABLES - {name for name, table in dictionary().items() if "account" in table.names()}
"""Tables of the whole engagement that an account may see: its products, channels, our team."""


@dataclass(frozen=True)
class Canaries:
    """An engagement's tokens: what each account may see of itself (`own`) and what of it stays with us (`private`), by account code;
    what every account may see (`common`), and what none may (`inside`)."""

    own: dict[str, str]
    private: dict[str, str]
    common: str
    inside: str

    def all(self) -> set[str]:
        """Every token."""
        return {*self.own.values(), *self.private.values(), self.common, self.inside}


def token(chance: random.Random) -> str:
    """Sixteen letters that occur nowhere else."""
    return "".join(chance.choices(string.ascii_uppercase, k=16))


def lay_engagement(folder: Path, *, accounts: int, seed: int) -> Canaries:
    """Write an engagement with every table and column of the dictionary into `folder`; returns its tokens."""
    chance = random.Random(seed)
    own = [token(chance) for _ in range(accounts)]
    found = Canaries(dict(zip(own, own, strict=True)), {code: token(chance) for code in own}, token(chance), token(chance))
    folder.mkdir(parents=True)
    tables = [table for table in dictionary().values() if table.name not in {"cal", "params"}]
    lines = ["[engagement]", f'name = "{folder.name}"', f'client = "{found.common}"', f"as_of = {AS_OF}", 'language = "en"']
    for table in tables:
        rows = list(_rows(table, found, chance))
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, table.names())
            writer.writeheader()
            writer.writerows(rows)
        lines += [f"[tables.{table.name}]", f'path = "{table.name}.csv"']
    (folder / "engagement.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return found


def _rows(table: Table, found: Canaries, chance: random.Random):
    """Rows of `table`: some for each account, or some for all."""
    owners = list(found.own) if "account" in table.names() else [None]
    count = {"sales": MONTHS * 2, "accounts": 1, "plan": 12, "kpi_actuals": 12}.get(table.name, ROWS)
    for place, owner in enumerate(owners):
        for number in range(count):
            yield {c.name: _value(table, c, (found, owner, place), number=number, chance=chance) for c in table.columns}


def _value(table: Table, column: Column, whose: tuple, *, number: int, chance: random.Random) -> str:
    _, owner, place = whose
    if column.name == "account":
        return owner
    if column.kind in {"id", "text"}:
        return _text(table, column, whose, number)
    if column.kind == "choice":
        return column.choices[(number + place) % len(column.choices)]
    if column.kind in {"date", "month"}:
        return _date(table, column, number).isoformat()
    special = FIGURES.get((table.name, column.name))
    plain = {"amount": 900_000 + 1_000 * place + chance.randrange(5_000), "number": chance.randrange(10, 60), "bool": "true",
             "int": 1 + (number + place) % 3, "share": f"0.{1 + number}", "score": 1 + (number + place) % 5, "rate": 0.1}
    return str(plain[column.kind] if special is None else special)


FIGURES = {("sales", "cost"): 500_000, ("sales", "list_sales"): 1_100_000, ("sales", "margin"): "", ("accounts", "payment_days"): 30,
           ("people", "attitude"): 1, ("criteria", "weight"): 1}
MADE = {"products": "P{row}-{common}", "channels": "C{place}-{common}", "team": "M{row}-{common}", "capacity": "R{row}-{inside}",
        "criteria": "K{row}-{inside}", "kpis": "I{place}{row}-{owner}", "questions": "Q{row}-{inside}", "hypotheses": "H{row}-{inside}",
        "stores": "S{place}{row}-{owner}", "people": "L{place}{row}-{private}", "goals": "G{place}{row}-{owner}", "accounts": "{owner}"}
"""Codes of the tables that others refer to."""


def _text(table: Table, column: Column, whose: tuple, number: int) -> str:
    """A code that exists where it must, or a text with the token of its owner."""
    found, owner, place = whose
    parts = {"row": number % ROWS, "place": place % ROWS if owner else number, "common": found.common, "inside": found.inside,
             "owner": owner or "", "private": found.private.get(owner, "")}
    if column.refers == "hypotheses":
        return ""
    if (table.name, column.name) == ("links", "target"):
        parts["row"] = (number + 1) % ROWS
    if column.refers or (column.name in table.key and table.name in MADE):
        return MADE[column.refers or table.name].format(**parts)
    if column.name == "category":
        return f"Category {number % 2} {found.common}"
    secret = table.name not in SHARED_TABLES or column.name in SECRET_COLUMNS
    mark = (parts["private"] if secret else owner) if owner else found.common if table.name in OF_ALL else found.inside
    return f"{mark} {column.name} {number}" if column.kind == "text" else f"{mark}-{table.name[:2]}{number}"


DAYS = {"due": 40, "ends": 20, "closed": 400, "contract_until": 200, "group_until": 300, "paid_on": -5, "delisted": 500}


def _date(table: Table, column: Column, number: int) -> date:
    """Days before the as-of date, months from the first of the ledger on; ends after starts."""
    if table.name == "sales":
        return _month(MONTHS - 1 - number // 2).replace(day=15)
    if column.kind == "month":
        back = 11 - number % 12
        return _month(back - 12 if table.name == "plan" else back)
    if column.name in {"opened", "launched", "group_from"}:
        return date(2019, 4, 1)
    return AS_OF + timedelta(days=DAYS.get(column.name, -60) + number)


def _month(back: int) -> date:
    """First day of the month `back` months before the last one."""
    place = AS_OF.year * 12 + AS_OF.month - 1 - back
    return date(place // 12, place % 12 + 1, 1)


def find_tokens(file: Path, known: set[str]) -> set[str]:
    """Those of the `known` tokens that a report holds: in its text, its parts, its pictures' notes, whatever is packed into what."""
    wanted = re.compile("|".join(sorted(known)).encode())
    return {found.decode() for data in _streams(file) for found in wanted.findall(data)}


def _streams(file: Path):
    """All that `file` holds, as bytes: a PDF's text also without its breaks."""
    yield from _unpack(file.read_bytes())
    if file.suffix == ".pdf":
        text = subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True).stdout
        yield text
        yield re.sub(rb"\s+", b"", text)


def _unpack(data: bytes):
    """`data` and what is packed in it."""
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from _unpack(archive.read(name))
    elif data.startswith(b"\x89PNG"):
        yield from _png_texts(data)
    else:
        yield data
        yield html.unescape(data.decode("utf-8", "replace")).encode()
        for packed in re.findall(rb"base64,([A-Za-z0-9+/=]+)", data):
            yield from _unpack(base64.b64decode(packed))


def _png_texts(data: bytes):
    """Contents of the text chunks of a PNG."""
    place = 8
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place:place + 8])
        body = data[place + 8:place + 8 + length]
        if kind == b"tEXt":
            yield body
        elif kind == b"zTXt":
            yield body.partition(b"\0")[0] + b" " + zlib.decompress(body.partition(b"\0")[2][1:])
        elif kind == b"iTXt":
            yield body
        place += 12 + length


def list_formats() -> tuple[str, ...]:
    """Formats that can be made and searched here."""
    return ("html", "pptx", "xlsx")


def check_leaks(out: Path, canaries: Canaries, foreign: set[str]) -> int:
    """Number of joint reports in `out`; fails for one that lacks its own token, holds one of another engagement (`foreign`), or, in
    the joint edition, of another account or of what stays with us."""
    files = [file for stage in ("3_strategy", "4_actions") for file in sorted((out / stage).glob("*"))]
    for file in files:
        account = file.name.partition(".")[0]
        tokens = find_tokens(file, canaries.all() | foreign)
        assert canaries.own[account] in tokens, f"{file.name} lacks its own token"
        allowed = {canaries.own[account], canaries.common} if ".joint." in file.name else canaries.all()
        assert not tokens - allowed, f"{file.name} holds {tokens - allowed}"
    return sum(".joint." in file.name for file in files)
