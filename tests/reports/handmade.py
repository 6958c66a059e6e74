"""Reports and runs put together by hand, every text of them the same one: for tests that no notebook has to run for."""

import io
import json
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from types import SimpleNamespace

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
from pandas import DataFrame, Timestamp
from PIL import Image

from kamnb import style
from kamnb.drawn import chart_spec
from kamnb.reports.jobs import Job
from kamnb.reports.reading import Note, Picture, Prose, Report, Section, Sentence, Table
from kamnb.reports.runner import Result
from kamnb.shown import CONTROLS
from kamnb.words import speak

TEXT = "¤text¤"
HEAD = {"engagement": TEXT, "client": TEXT, "as_of": "2025-12-31", "language": "en", "edition": "internal", "account": TEXT,
        "account_name": TEXT, "currency": "JPY", "firm": TEXT}


def column(kind, label=TEXT, **more):
    """A column of a shown table."""
    return {"name": TEXT, "kind": kind, "label": label, "unit": "", "divisor": 1, "digits": 0, **more}


COLUMNS = [column("id"), column("text"), column("money", unit=TEXT, divisor=1e6, digits=1), column("list"), column("share")]


def png():
    """A small white picture."""
    stream = io.BytesIO()
    Image.new("RGB", (320, 160), "white").save(stream, format="PNG")
    return stream.getvalue()


@cache
def _bars():
    """The data of a bar chart whose names, labels and notes are TEXT."""
    ax = style.canvas(None)
    ax.barh(range(3), [3.0, 2.0, 1.0], color=[style.ACCENT, style.LIGHT, style.LIGHT])
    ax.set_yticks(range(3), [TEXT, "second", "third"])
    ax.text(3.0, 0, TEXT, va="center")
    ax.set_ylim(2.6, -0.6)
    style.hide_axis(ax.xaxis)
    spec = json.dumps(chart_spec(ax), default=str)
    plt.close("all")
    assert TEXT in json.loads(spec)["categories"][0]
    return spec


def report_of(text, *, language="en"):
    """A report whose every text is `text`."""
    speak(language, currency="JPY", start=4)
    table = Table(TEXT, TEXT, TEXT, COLUMNS, [[TEXT, TEXT, 12_345_678, [TEXT, TEXT], 0.5]] * 2)
    blocks = [Prose(TEXT), Sentence(TEXT, TEXT), table, Picture(TEXT, TEXT, TEXT, TEXT, png(), json.loads(_bars())),
              Picture(TEXT, TEXT, TEXT, TEXT, png()), Note(TEXT, TEXT, TEXT, ("market",)), Note(TEXT, TEXT)]
    report = Report({**HEAD, "language": language}, TEXT, TEXT, [[TEXT] * 3] * 4, [TEXT, TEXT], [Section(TEXT, TEXT, blocks)],
                    [replace(table, name="appendix.sources"), Note(TEXT, TEXT)])
    return _filled(report, text)


def _filled(value, text):
    """`value` with `text` wherever TEXT stands."""
    if is_dataclass(value):
        return replace(value, **{field.name: _filled(getattr(value, field.name), text) for field in fields(value)})
    if isinstance(value, dict):
        return {key: _filled(each, text) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_filled(each, text) for each in value)
    return value.replace(TEXT, text) if isinstance(value, str) else value


@dataclass(frozen=True)
class Client:
    """As much of an engagement as the index of a run asks for."""

    names: tuple[tuple[str, str], ...]
    client: str = "Maker & Co"
    firm: str = "Good Advice Ltd"
    language: str = "en"
    as_of: Timestamp = Timestamp("2025-12-31")

    @property
    def settings(self):
        """Who the client is."""
        return SimpleNamespace(engagement=SimpleNamespace(currency="JPY", fiscal_start=4, firm=self.firm))

    def table(self, _name):
        """The account master."""
        return DataFrame(self.names, columns=["account", "name"])

    def record(self, _name):
        """The control totals of the ledger."""
        rows = [["sales", measure, *[count] * 2, *[0] * 5] for measure, count in (("rows", 1200), ("amount", 9_876_543))]
        return DataFrame(rows, columns=["table", "measure", *CONTROLS])


def figures_of(name, value="¥1.2 billion"):
    """Four key figures."""
    return [[f"{name} {number}", value, f"comment {number}"] for number in range(1, 5)]


def made(job, status="done", *, name="", figures=None):
    """A report that was made, or had not changed."""
    figures = figures_of(job.stage) if figures is None else figures
    return Result(job, status, {"outputs": dict.fromkeys(job.outputs().values(), "hash"), "figures": figures, "account_name": name})


def failed(job, why):
    """A report that failed."""
    return Result(job, "failed", {"why": why})


def run_of(accounts, languages=("en", "ja"), formats=("html", "xlsx", "pptx", "pdf")):
    """Results of a run over every notebook and account, all of them made."""
    jobs = [Job(stage, language, formats=formats) for stage in ("channels", "selection", "review") for language in languages]
    jobs += [Job(stage, language, account=code, formats=formats) for stage in ("strategy", "actions") for code, _ in accounts
             for language in languages]
    return [made(job, name=dict(accounts).get(job.account, "")) for job in jobs]
