"""index.html of a run: how it went, every report with its state, formats and languages, key figures, the control totals."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kamnb import __version__
from kamnb.engagement import Engagement
from kamnb.reports.jobs import BY_ACCOUNT, NOTEBOOKS
from kamnb.reports.naming import some
from kamnb.reports.pptx_measure import clean
from kamnb.reports.runner import Result
from kamnb.shown import CONTROLS
from kamnb.words import LANGUAGES, name_code, say_value, speak, spoken, words

TEMPLATE = Path(__file__).parent / "template"
STATES = ("done", "same", "failed")
OVERVIEW = "overview"
TEXTS = ("controls", "documents", "index.manifest", "index.failures", "index.search_hint", "index.none", "index.account")
NAMED_FAILURES = 6


def index_page(engagement: Engagement, results: list[Result], *, totals: dict[str, int], language: str) -> str:
    """The index page of a run in `language`: opens from disk, nothing loaded from outside, of use without its script too."""
    identity = engagement.settings.engagement
    engagement = replace(engagement, language=language)
    speak(language, currency=identity.currency, start=identity.fiscal_start)
    names = {str(code): str(name) for code, name in engagement.table("accounts")[["account", "name"]].itertuples(index=False)}
    script = Markup(_file("index.js"))
    loader = Environment(loader=FileSystemLoader(TEMPLATE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return clean(loader.get_template("index.html.j2").render(
        lang={"zh": "zh-Hans"}.get(language, language), css=Markup(_file("report.css") + _file("index.css")),
        script=script, script_hash=Markup(allowed(script)), title=words("reports.index_title"), client=engagement.client,
        firm=identity.firm, lead=words("reports.index_lead"), as_of=words("reports.as_of", as_of=engagement.as_of),
        groups=_groups(results, names), tiles=_tiles(results), failures=_failures(results, names), choices=_choices(results),
        t=_texts(results), controls=_controls(engagement), control_heads=_control_heads(),
        total=words("reports.tied", total=totals["accepted"], n=len(totals) - 1),
        footer=words("reports.footer", firm=identity.firm or "kamnb", version=__version__, as_of=engagement.as_of)))


def allowed(script: str) -> str:
    """The source expression by which a content security policy lets `script` run, and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _file(name: str) -> str:
    return (TEMPLATE / name).read_text(encoding="utf-8")


def _texts(results: list[Result]) -> dict[str, str]:
    texts = {key.rpartition(".")[2]: words(f"reports.{key}") for key in TEXTS}
    return {**texts, "shown": words("reports.index.shown", shown="#", n=len(results))}


def _tiles(results: list[Result]) -> list[dict]:
    """How the run went, in four figures."""
    counts, accounts = Counter(r.status for r in results), {r.job.account for r in results} - {None}
    files = sum(len(r.job.outputs()) for r in results if r.status != "failed")
    tongues = [words(f"reports.lang_{code}") for code in LANGUAGES if any(r.job.language == code for r in results)]
    told = [("reports", len(results), words("reports.index.reports_comment", accounts=len(accounts), tongues=tongues))]
    told += [("made", counts["done"], words("reports.index.made_comment", files=files)),
             ("same", counts["same"], words("reports.index.same_comment")),
             ("failed", counts["failed"], words(f"reports.index.failed_comment_{'some' if counts['failed'] else 'none'}"))]
    return [{"label": words(f"reports.index.{name}"), "value": say_value(count, "count"), "comment": comment,
             "bad": name == "failed" and count > 0} for name, count, comment in told]


def _choices(results: list[Result]) -> list[dict]:
    """What the reports can be filtered by."""
    stages, codes = {r.job.stage for r in results}, {r.job.language for r in results}
    options = {"status": [(state, words(f"reports.status_{state}")) for state in STATES],
               "stage": [(stage, words(f"reports.stages.{stage}")) for stage in NOTEBOOKS if stage in stages],
               "language": [(code, words(f"reports.lang_{code}")) for code in LANGUAGES if code in codes]}
    return [{"name": name, "all": words(f"reports.index.every_{name}"), "options": values} for name, values in options.items()]


def _failures(results: list[Result], names: dict[str, str]) -> list[dict]:
    """What failed, reports that failed for the same reason together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for result in results:
        if result.status == "failed":
            subject = [_name(result.job.account, [result], names), words(f"reports.lang_{result.job.language}")]
            alike.setdefault((result.job.stage, result.why.strip()), []).append(" · ".join(filter(None, subject)))
    return [{"stage": words(f"reports.stages.{stage}"), "names": some(subjects, most=NAMED_FAILURES, more="parts"), "why": why}
            for (stage, why), subjects in alike.items()]


def _groups(results: list[Result], names: dict[str, str]) -> list[dict]:
    """Rows of links and key figures: first the notebooks about all accounts, then those about one, account by account."""
    rows = {stage: _rows(stage, [r for r in results if r.job.stage == stage], names) for stage in NOTEBOOKS}
    whole = [row for stage, found in rows.items() if stage not in BY_ACCOUNT for row in found]
    groups = [{"anchor": OVERVIEW, "title": words("reports.index.overview"), "rows": whole, "by_account": False}] if whole else []
    for stage in BY_ACCOUNT:
        if rows[stage]:
            heads = _heads(rows[stage])
            groups.append({"anchor": stage, "title": words(f"reports.stages.{stage}"), "by_account": True, "heads": heads,
                           "rows": [{**row, "cells": _cells(row, heads)} for row in rows[stage]],
                           "count": words("reports.index.accounts", n=len(rows[stage]))})
    return groups


def _rows(stage: str, results: list[Result], names: dict[str, str]) -> list[dict]:
    by_subject: dict[str | None, list[Result]] = {}
    for result in results:
        by_subject.setdefault(result.job.account, []).append(result)
    return [{"stage": stage, "account": account or "", "name": _name(account, mine, names) or words(f"reports.stages.{stage}"),
             "figures": _figures(mine), "reports": [_report(result) for result in mine]} for account, mine in by_subject.items()]


def _name(account: str | None, results: list[Result], names: dict[str, str]) -> str:
    """What `account` is called in the language of the page; nothing for all accounts."""
    told = [str(r.entry.get("account_name") or "") for r in results if r.job.language == spoken()]
    return next(filter(None, told), "") or names.get(account or "", account or "")


def _figures(results: list[Result]) -> list[list]:
    """Key figures of a subject, in the language of the page where a report has them."""
    mine = sorted(results, key=lambda r: r.job.language != spoken())
    return next((r.entry["figures"] for r in mine if r.entry.get("figures") and r.status != "failed"), [])


def _heads(rows: list[dict]) -> list[str]:
    """Labels of the key figures where they are those of most rows, so that they can stand in the head of a table."""
    labels = Counter(tuple(label for label, _, _ in row["figures"]) for row in rows if row["figures"])
    return list(labels.most_common(1)[0][0]) if labels else []


def _cells(row: dict, heads: list[str]) -> list[str]:
    told = {label: value for label, value, _ in row["figures"]}
    return [told.get(head, say_value(None, "text")) for head in heads]


def _report(result: Result) -> dict:
    """One report: its state, and a link to each of its files."""
    job, failed = result.job, result.status == "failed"
    links = [] if failed else [{"path": quote(path), "text": words(f"reports.index.form_{Path(path).suffix[1:]}")}
                               for path in result.entry.get("outputs", {})]
    return {"code": job.language, "language": words(f"reports.lang_{job.language}"), "links": links, "status": result.status,
            "edition": words("reports.joint") if job.edition == "joint" else "", "told": words(f"reports.status_{result.status}"),
            "why": result.why.strip() if failed else ""}


def _control_heads() -> list[str]:
    return [words("columns.table"), words("columns.measure"), *[words(f"columns.{c}") for c in CONTROLS]]


def _controls(engagement: Engagement) -> list[list[str]]:
    rows = engagement.record("controls").groupby(["table", "measure"], sort=False)[list(CONTROLS)].sum().reset_index()
    return [[words(f"tables.{row['table']}.title"), name_code(row["measure"]),
             *[say_value(row[c], "exact") for c in CONTROLS]] for _, row in rows[rows["table"] == "sales"].iterrows()]
