"""kamnb why: which reports would be made again, and which part of what they depend on changed. Nothing is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kamnb.engagement import Engagement, open_engagement
from kamnb.reports.differing_causes import FILES, Cause, arrange, compare_entries, count_owners, decision_cause, list_decisions
from kamnb.reports.jobs import BY_ACCOUNT, NOTEBOOKS, ORDER, Job, Request, plan_jobs
from kamnb.reports.journal import JOURNAL, WORK, list_reasons, read_entries
from kamnb.reports.keys import describe_parts, key_parts
from kamnb.reports.naming import name_cause, name_part, some, text_table
from kamnb.reports.remembered import State, mark_tables, read_marks, read_parts
from kamnb.words import say_value, speak, words

NAMED, LETTERS = 3, 120
PLAIN = {"kind": "text", "unit": "", "divisor": 1, "digits": 0}


@dataclass(frozen=True)
class Ground:
    """What reports stand on: the engagement, the names of its accounts, what the last run worked on and what one would now."""

    engagement: Engagement
    names: Mapping[tuple[str, str], str]
    then: State
    now: State


def print_why(engagement: Path, out: Path, *, asked: dict[str, tuple]) -> str:
    """What `kamnb why` prints for reports below `out`: those that would be made again with their reasons, the others counted.

    `asked`: stages, accounts, languages, formats (empty = the default) and edition.  Raises InputError as `kamnb report` would
    before it starts.
    """
    opened = open_engagement(engagement, language=next(iter(asked["languages"]), None))
    request = Request(stages=asked["stages"] or tuple(NOTEBOOKS), accounts=asked["accounts"],
                      languages=asked["languages"] or (opened.language,), formats=tuple(sorted(asked["formats"])) or ("html", "xlsx"),
                      edition=str(asked["edition"]))
    identity = opened.settings.engagement
    speak(opened.language, currency=identity.currency, start=identity.fiscal_start)
    return "\n".join(explain_jobs(opened, request, out=out / opened.path.name / str(identity.as_of)))


def explain_jobs(engagement: Engagement, request: Request, *, out: Path) -> list[str]:
    """Lines that say which reports of `request` in the folder `out` would be made again, and why."""
    jobs = [job for step in ORDER for job in plan_jobs(engagement, request, stages=step)]
    entries = {entry["ident"]: entry for entry in read_entries(out / WORK / JOURNAL)}
    reasons = {job: list_reasons(job, engagement, entry=entries.get(job.ident), out=out) for job in jobs}
    again = [job for job in jobs if reasons[job]]
    ground = _ground(engagement, out)
    told = {job: say_reasons(job, reasons[job], entries.get(job.ident, {}), ground=ground) for job in again}
    facts = {"client": engagement.client, "as_of": engagement.as_of, "all": len(jobs)}
    head = [words("reports.why.head", n=len(again), **facts), "", *_table(told, ground.names)]
    lines = head if again else [words("reports.why.nothing", **facts)]
    rest = [words("reports.why.same", n=len(jobs) - len(again))] if 0 < len(again) < len(jobs) else []
    return [*lines, *rest, *_ahead(jobs, again), *_undecided(jobs, request)]


def _ground(engagement: Engagement, out: Path) -> Ground:
    accounts = engagement.table("accounts")
    names = {("account", code): name for code, name in zip(accounts["account"].astype(str), accounts["name"].astype(str), strict=True)}
    return Ground(engagement, names, State(out, {}, {}, read_marks(out / WORK), read_parts(out)),
                  State(out, {}, {}, mark_tables(engagement), describe_parts(engagement)))


def say_reasons(job: Job, reasons: list[str], entry: dict, *, ground: Ground) -> str:
    """`reasons` (journal.list_reasons) for making `job` again in words; `entry`: its last line in the journal."""
    if reasons == ["new"]:
        return words("reports.why.new")
    if reasons == ["failed"]:
        failed = entry.get("status") == "failed"
        return words("reports.why.failed", reason=_first_line(str(entry.get("why", "")))) if failed else words("reports.why.stopped")
    kinds = [reason.partition(" ") for reason in reasons]
    touched = [words(f"reports.why.{kind}", file=name) for kind, _, name in kinds if kind in {"gone", "edited"}]
    changed = list(dict.fromkeys(_say_changes(job, entry, ground))) if len(touched) < len(reasons) else []
    return say_value([*([words("reports.why.changed", what=changed)] if changed else []), *touched], "list")


def _first_line(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= LETTERS else f"{line[:LETTERS]}…"


def _say_changes(job: Job, entry: dict, ground: Ground) -> list[str]:
    """What `job` depends on that is not as `entry` notes it."""
    reads = [[kind, name, account, ground.engagement.state(kind, name, account)] for kind, name, account, _ in entry["reads"]]
    now = {"parts": key_parts(job, ground.engagement), "reads": reads}
    decided = [decision_cause(stage, account, ground.then, ground.now) for stage, account in list_decisions(entry["reads"], reads)]
    causes = arrange([*compare_entries(entry, now, ground.then, ground.now), *decided])
    asked = [name_part("job")] if entry["parts"].get("job") != now["parts"]["job"] else []
    return [*asked, *(text for cause in causes for text in _say_cause(cause, ground))] or [name_part(FILES)]


def _say_cause(cause: Cause, ground: Ground) -> list[str]:
    """`cause` in words: of a table whose rows changed, of files which."""
    if cause.what == FILES:
        return [name_part(f"file {name}") for name in _changed_files(ground)] or [name_part(FILES)]
    name = name_cause(cause, ground.names)
    owners = count_owners(cause.what.removeprefix("table "), ground.then, ground.now) if ground.then.marks else []
    if not owners:
        return [name]
    return [words("reports.diff.owned", what=name, who=some([ground.names.get(("account", owner), owner) for owner in owners], most=NAMED))]


def _changed_files(ground: Ground) -> list[str]:
    both = (ground.then, ground.now)
    then, now = ({(name, digest) for mark in state.marks.values() for name, digest, _ in mark["files"]} for state in both)
    return sorted({name for name, _ in then ^ now}) if then else []


def _table(told: dict[Job, str], names: Mapping[tuple[str, str], str]) -> list[str]:
    """Notebooks with their reasons; accounts and languages that share all of it are named together."""
    accounts: dict[tuple[str, str, str, str], list[str]] = {}
    for job, reason in told.items():
        accounts.setdefault((job.stage, job.edition, reason, job.language), []).append(job.account or "")
    languages: dict[tuple[str, str, str, tuple[str, ...]], list[str]] = {}
    for (stage, edition, reason, language), codes in accounts.items():
        languages.setdefault((stage, edition, reason, tuple(codes)), []).append(language)
    rows = [[_title(stage, edition, spoken=codes) + _some_accounts(subjects, names), reason]
            for (stage, edition, reason, subjects), codes in sorted(languages.items(), key=lambda item: list(NOTEBOOKS).index(item[0][0]))]
    columns = [{"name": name, "label": words(f"reports.why.{name}"), **PLAIN} for name in ("report", "reason")]
    return [f"  {line}" for line in text_table(columns, rows)]


def _title(stage: str, edition: str, *, spoken: list[str]) -> str:
    joint = f" · {words('reports.joint')}" if edition == "joint" else ""
    return f"{words(f'reports.stages.{stage}')}{joint} ({', '.join(spoken)})"


def _some_accounts(subjects: tuple[str, ...], names: Mapping[tuple[str, str], str]) -> str:
    told = [names.get(("account", account), account) for account in subjects if account]
    return f": {some(told, most=NAMED)}" if told else ""


def _ahead(jobs: list[Job], again: list[Job]) -> list[str]:
    """That later stages may follow, where any that waits for a decision is up to date."""
    step_of = {stage: number for number, step in enumerate(ORDER) for stage in step}
    last = max((step_of[job.stage] for job in jobs if job not in again), default=0)
    stages = [stage for stage in NOTEBOOKS if any(job.stage == stage and step_of[stage] < last for job in again)]
    return [words("reports.why.ahead", stages=[words(f"reports.stages.{stage}") for stage in stages])] if stages else []


def _undecided(jobs: list[Job], request: Request) -> list[str]:
    wanted = set(BY_ACCOUNT) & set(request.stages)
    return [words("reports.why.undecided")] if wanted and not any(job.stage in wanted for job in jobs) else []
