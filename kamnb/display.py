"""All that a notebook cell may emit: a table, a chart, a sentence, the appendix. Reports are read from these outputs."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from IPython.display import display
from matplotlib.axes import Axes
from pandas import DataFrame

from kamnb import actions, channels, review, selection, strategy
from kamnb.drawn import chart_spec
from kamnb.engagement import READS, TEXTS, Engagement, open_engagement
from kamnb.formats import money_unit
from kamnb.money import scale_of
from kamnb.pictures import picture
from kamnb.shown import CHART, CONTROLS, HEAD, MISSING, READ, SAID, TABLE, sentence_html, table_html
from kamnb.style import theme, title_parts
from kamnb.words import currency, has_words, kind_of, label, name_code, placeholders, say_value, speak, spoken, word_list, words

WHOLE_FROM, SIX_DIGITS = 1_000, 1_000_000


@dataclass(frozen=True)
class Room:
    """What every output of this session shares."""

    engagement: Engagement
    edition: str = "internal"
    account: str | None = None


_room: list[Room] = []


def begin(engagement: str, *, language: str = "en", edition: str = "internal", account: str | None = None) -> Engagement:
    """The opened engagement; from here on words, theme and outputs of this session are its own."""
    opened = open_engagement(engagement, language=language)
    pd.set_option(*TEXTS)
    identity = opened.settings.engagement
    speak(language, currency=identity.currency, start=identity.fiscal_start)
    theme()
    _room[:] = [Room(opened, edition, account)]
    head = {"engagement": identity.name, "client": opened.client, "as_of": str(identity.as_of), "language": language,
            "edition": edition, "account": account, "account_name": _account_name(opened, account),
            "currency": identity.currency, "firm": identity.firm}
    line = words("general.opened", client=opened.client, account=head["account_name"] or words("general.all_accounts"),
                 as_of=identity.as_of)
    _emit({HEAD: head, "text/markdown": line, "text/plain": line})
    return opened


def _account_name(engagement: Engagement, account: str | None) -> str:
    if account is None:
        return ""
    names = engagement.table("accounts").set_index("account")["name"]
    return str(names.get(account, account))


def show(table: DataFrame, name: str, *, folded: bool = False, **numbers: object) -> None:
    """Emit `table` under `name`: formatted for the page (the first 20 rows), typed and whole for the workbook.

    Title: words `<name>.title`, its placeholders from `numbers`.  Columns need a kind (text/columns.toml) and a
    heading in each language.  A `folded` table only backs what the section says: closed behind its title on the page, left out
    in print, in the appendix of the slides, whole in the workbook.  An empty table emits what the section would show and
    which table to ask for.
    """
    if table.empty:
        _say_missing(name)
    else:
        _emit(_table_bundle(table, name, numbers, folded=folded))


def _table_bundle(table: DataFrame, name: str, numbers: dict[str, object], *, folded: bool = False) -> dict:
    plain = table.reset_index() if table.index.name or table.index.nlevels > 1 else table.reset_index(drop=True)
    columns = _columns(plain)
    shared = {"name": name, "title": words(f"{name}.title", **numbers), "source": source_line(name), **({"folded": True} if folded else {})}
    typed = {**shared, "columns": columns, "rows": [[_typed(v) for v in row] for row in plain.itertuples(index=False)]}
    return {TABLE: typed, "text/html": table_html(typed), "text/plain": plain.to_string(index=False)}


def draw(chart: Callable[..., Axes], table: DataFrame, name: str, **options: object) -> None:
    """Emit the picture of `chart(table, **options)` under `name`; its title becomes text above it.

    An empty table emits what the section would show and which table to ask for.  A glyph that the font lacks raises.
    """
    if table.empty:
        _say_missing(name)
        return
    ax = chart(table, **options)
    message, measured = title_parts(ax)
    ax.set_title("", loc="left")
    source = source_line(name)
    about = {"name": name, "title": message, "measured": measured, "source": source, "spec": chart_spec(ax)}
    above = f"**{message}**  \n<small>{measured}</small>"
    _emit({"text/markdown": above, "text/plain": message}, {"kamnb": "caption"})
    _emit({CHART: about, "image/png": base64.b64encode(picture(ax)).decode(), "text/plain": message}, {"image/png": {"width": 760}})
    _emit({"text/markdown": f"<small>{source}</small>", "text/plain": source}, {"kamnb": "caption"})


def say(key: str, **numbers: object) -> None:
    """Emit the sentence `key` with its numbers. Without any numbers for a sentence that needs some: what is missing."""
    needed = placeholders(word_list(spoken()).get(key, ""))
    if needed and not numbers:
        _say_missing(key)
        return
    text = words(key, **numbers)
    _emit({SAID: {"key": key, "text": text}, "text/html": sentence_html(text), "text/plain": text})


def appendix(engagement: Engagement) -> None:
    """Emit the choices made, and the control totals, sources with hashes and gaps of what was read. Ends every notebook.

    The joint edition gets the sources alone.  The last output also notes what the notebook has read.
    """
    if _room[0].edition != "joint":
        choices = [(words(f"choices.{key}"), _choice(value)) for key, value in engagement.settings.choices.model_dump().items()]
        show(DataFrame(choices, columns=["choice", "setting"]), "appendix.choices")
        show(engagement.own_record("controls").pipe(_readable_controls), "appendix.controls")
        asks = DataFrame({"table": engagement.missing()}, dtype="str")
        show(asks.assign(unlocks=[words(f"tables.{t}.unlocks") for t in asks["table"]]).pipe(_readable_tables), "appendix.missing")
    columns = ["table", "file", "sha256"] if _room[0].edition == "joint" else ["table", "file", "rows", "sha256"]
    bundle = _table_bundle(engagement.own_record("files")[columns].pipe(_readable_tables), "appendix.sources", {})
    _emit({**bundle, READ: sorted(READS)})


def _choice(value: object) -> str:
    if isinstance(value, (tuple, list)):
        return " / ".join(say_value(v, "share") for v in value)
    return say_value(value, "share1") if isinstance(value, float) else words(f"choices.values.{value}")


def _readable_tables(rows: DataFrame) -> DataFrame:
    return rows.assign(table=[words(f"tables.{t}.title") for t in rows["table"]])


def _readable_controls(controls: DataFrame) -> DataFrame:
    """Control totals by table: the ledger always, other tables where rows were not simply accepted."""
    sums = controls.groupby(["table", "measure"], sort=False)[list(CONTROLS)].sum().reset_index()
    moved = sums[list(CONTROLS[2:])].astype("float64").abs().sum(axis=1) > 0
    told = sums[(sums["table"] == "sales") | moved]
    named = _readable_tables(told).assign(measure=[name_code(m) for m in told["measure"]])
    return named.rename(columns={"difference": "unexplained"})


def source_line(name: str) -> str:
    """The line under a table or chart: the client tables it comes from, and as of when."""
    engagement = _room[0].engagement
    given = [words(f"tables.{table}.title") for table in needs(name) if table == "sales" or engagement.has(table)]
    return words("general.source", tables=given, as_of=engagement.as_of)


def needs(name: str) -> tuple[str, ...]:
    """The tables of the dictionary that stand behind output `name` (each stage's NEEDS)."""
    for stage in (channels, selection, strategy, actions, review):
        if name in stage.NEEDS:
            return stage.NEEDS[name]
    return ("sales",)


def _say_missing(name: str) -> None:
    """Say what `name` would show and which tables to ask for, or that there is nothing of the kind."""
    engagement = _room[0].engagement
    lacking = [table for table in needs(name) if not engagement.has(table)]
    would = words(f"{name}.would_show") if has_words(f"{name}.would_show") else words(f"{name}.title") if (
        has_words(f"{name}.title") and not placeholders(word_list(spoken())[f"{name}.title"])) else ""
    asked = [words(f"tables.{table}.title") for table in lacking]
    text = words("general.missing", would=would, tables=asked) if lacking else words("general.nothing", would=would)
    _emit({MISSING: {"name": name, "tables": lacking, "would": would, "text": text}, "text/markdown": f"*{text}*", "text/plain": text})


def _columns(table: DataFrame) -> list[dict[str, object]]:
    """Name, kind, heading and, for money, one unit for the whole table with the decimals that each column needs."""
    plain = {"unit": "", "divisor": 1, "digits": 0}
    columns = [{"name": str(c), "kind": kind_of(str(c)), "label": label(str(c)), **plain} for c in table.columns]
    money = [column for column in columns if column["kind"] in {"money", "money_change"}]
    known = [pd.to_numeric(table[column["name"]]).dropna().abs() for column in money]
    sizes = [float(amounts.max()) if len(amounts) else 0.0 for amounts in known]
    divisor, unit = _common_unit(sizes)
    for column, size in zip(money, sizes, strict=True):
        whole = size / divisor >= WHOLE_FROM or divisor == 10 ** scale_of(currency())
        column.update(unit=unit, divisor=divisor, digits=0 if whole else 1)
    return columns


def _common_unit(sizes: list[float]) -> tuple[float, str]:
    """The finest unit that any of the amounts would take by itself and that still writes the largest in six digits."""
    units = sorted({money_unit(size, language=spoken(), currency=currency())[::2] for size in sizes if size})
    fitting = [unit for unit in units if max(sizes) / unit[0] < SIX_DIGITS]
    return (fitting or units or [money_unit(0, language=spoken(), currency=currency())[::2]])[0 if fitting else -1]


def _typed(value: object) -> object:
    """`value` as JSON keeps it: unknown is null, days are ISO text, numbers are numbers."""
    if isinstance(value, (list, tuple)):
        return [_typed(v) for v in value]
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, (bool, str, int, float)):
        return value
    return value.item() if hasattr(value, "item") else str(value)


def _emit(bundle: dict, metadata: dict | None = None) -> None:
    display(bundle, raw=True, metadata=metadata or {})
