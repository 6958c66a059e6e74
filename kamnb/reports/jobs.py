"""What a run has to make: one job per notebook x account x language x edition."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from kamnb.engagement import Engagement, safe_name
from kamnb.errors import InputError, nearest
from kamnb.reports.limits import Limits

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = {"channels": "1_channels", "selection": "2_selection", "strategy": "3_strategy", "actions": "4_actions",
             "review": "5_review"}
BY_ACCOUNT = ("strategy", "actions")
ORDER = (("channels",), ("selection",), ("strategy", "review"), ("actions",))
"""Stages that wait for one another: what a stage decides, the next one reads."""


@dataclass(frozen=True)
class Job:
    """One notebook to run and print."""

    stage: str
    language: str
    edition: str = "internal"
    account: str | None = None
    formats: tuple[str, ...] = ("html", "xlsx")

    @property
    def ident(self) -> str:
        """Name of the job in the journal; unlike jobs have unlike names."""
        return "/".join([NOTEBOOKS[self.stage], self.language, self.edition, self.account or "-"])

    def outputs(self) -> dict[str, str]:
        """Path of each format's file below the run's folder."""
        stem = safe_name(self.account) if self.account else NOTEBOOKS[self.stage]
        tail = "" if self.edition == "internal" else f".{self.edition}"
        return {form: f"{NOTEBOOKS[self.stage]}/{stem}{tail}.{self.language}.{form}" for form in self.formats}


@dataclass(frozen=True)
class Order:
    """A job with the places that it works in: the run's frozen folder, the engagement's home, its own scratch folder."""

    job: Job
    frozen: str
    home: str
    scratch: str
    engine: str = "warm"
    sockets: str = ""
    memory: int = 4_000_000_000
    seconds: int = 900

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(line: str) -> Order:
        """The order that `line` holds."""
        values = json.loads(line)
        return Order(**{**values, "job": Job(**{**values["job"], "formats": tuple(values["job"]["formats"])})})


def master_file(stage: str) -> Path:
    """The English master notebook of `stage`."""
    return ROOT / "notebooks" / f"{NOTEBOOKS[stage]}.ipynb"


def key_accounts(engagement: Engagement) -> list[str]:
    """Accounts that the selection decided to be key, by rank."""
    decided = engagement.decision("selection")
    if decided.empty:
        return []
    return decided.loc[decided["decision"] == "key"].sort_values(["rank", "account"])["account"].astype(str).tolist()


def check_accounts(engagement: Engagement, accounts: tuple[str, ...]) -> list[str]:
    """`accounts` as asked for, each once.  Raises InputError naming every unknown or repeated one (faults.md C08)."""
    known = set(engagement.raw_table("accounts")["account"])
    wrong = [a for a in accounts if a not in known]
    if wrong:
        raise InputError(f"not in the account master: {', '.join(wrong)}", "--account", nearest(wrong[0], known))
    if len(set(accounts)) < len(accounts):
        raise InputError("an account is named twice", "--account", "Name each account once.")
    return list(accounts)


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    stages: tuple[str, ...] = tuple(NOTEBOOKS)
    accounts: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("html", "xlsx")
    edition: str = "internal"
    workers: int = 2
    engine: str = "warm"
    dask: str = ""
    shared: str = ""
    limits: Limits = Limits()


def plan_jobs(engagement: Engagement, request: Request, *, stages: tuple[str, ...]) -> list[Job]:
    """Jobs of `request` in `stages` (one step of ORDER), in a fixed order.

    The joint edition exists for the notebooks of an account only.
    """
    accounts = check_accounts(engagement, request.accounts) or key_accounts(engagement)
    jobs = []
    for stage in (s for s in stages if s in request.stages):
        subjects = accounts if stage in BY_ACCOUNT else [None] if request.edition == "internal" else []
        jobs += [Job(stage, language, request.edition, account, request.formats)
                 for account in subjects for language in request.languages]
    return jobs


def plan_undecided(engagement: Engagement, request: Request, *, stages: tuple[str, ...]) -> list[Job]:
    """Internal jobs that must run before those of `request`: a joint edition shows what was decided, and nothing is yet."""
    if request.edition != "joint":
        return []
    accounts = check_accounts(engagement, request.accounts) or key_accounts(engagement)
    return [Job(stage, engagement.language, account=account, formats=("html",)) for stage in stages if stage in BY_ACCOUNT
            for account in accounts if engagement.decision(stage, account=account).empty]
