"""index.html of a run: every document by notebook and account, in every language, with the control totals."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kamnb.engagement import Engagement
from kamnb.reports.jobs import BY_ACCOUNT, NOTEBOOKS
from kamnb.reports.runner import Result
from kamnb.shown import CONTROLS
from kamnb.words import name_code, say_value, speak, spoken, words

TEMPLATE = Path(__file__).parent / "template"


def index_page(engagement: Engagement, results: list[Result], *, totals: dict[str, int], language: str) -> str:
    """The index page of a run in `language`: opens from disk, nothing loaded from outside."""
    identity = engagement.settings.engagement
    speak(language, currency=identity.currency, start=identity.fiscal_start)
    loader = Environment(loader=FileSystemLoader(TEMPLATE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return loader.get_template("index.html.j2").render(
        lang={"zh": "zh-Hans"}.get(language, language), css=Markup((TEMPLATE / "report.css").read_text(encoding="utf-8")),
        title=words("reports.index_title"), client=engagement.client, firm=identity.firm,
        lead=words("reports.index_lead", client=engagement.client, as_of=engagement.as_of), groups=_groups(engagement, results),
        controls=_controls(engagement), controls_title=words("reports.controls"), controls_heads=_control_heads(),
        total=words("reports.tied", total=totals["accepted"], n=len(totals) - 1), failed=words("reports.status_failed"),
        names={code: words(f"reports.lang_{code}") for code in ("en", "ja", "zh")})


def _groups(engagement: Engagement, results: list[Result]) -> list[dict]:
    """Documents by notebook, then account, each with its links and key figures."""
    names = engagement.table("accounts").set_index("account")["name"]
    groups = []
    for stage in NOTEBOOKS:
        mine = [r for r in results if r.job.stage == stage]
        subjects = list(dict.fromkeys(r.job.account for r in mine))
        titles = {s: names.get(s, s) if s else words("general.all_accounts") for s in subjects}
        rows = [_subject(titles[s], [r for r in mine if r.job.account == s]) for s in subjects]
        if rows:
            groups.append({"title": words(f"reports.stages.{stage}"), "rows": rows, "by_account": stage in BY_ACCOUNT})
    return groups


def _subject(name: str, results: list[Result]) -> dict:
    links = [{"language": r.job.language, "form": Path(path).suffix[1:], "path": path, "edition": r.job.edition}
             for r in results for path in r.entry.get("outputs", {}) if r.status != "failed"]
    mine = sorted(results, key=lambda r: r.job.language != spoken())
    figures = next((r.entry["figures"] for r in mine if r.entry.get("figures")), [])
    return {"name": name, "links": links, "figures": [f"{label} {value}" for label, value, _ in figures],
            "failed": [r.why for r in results if r.status == "failed"]}


def _control_heads() -> list[str]:
    return [words("columns.table"), words("columns.measure"), *[words(f"columns.{c}") for c in CONTROLS]]


def _controls(engagement: Engagement) -> list[list[str]]:
    rows = engagement.record("controls").groupby(["table", "measure"], sort=False)[list(CONTROLS)].sum().reset_index()
    return [[words(f"tables.{row['table']}.title"), name_code(row["measure"]),
             *[say_value(row[c], "exact") for c in CONTROLS]] for _, row in rows[rows["table"] == "sales"].iterrows()]
