"""Who the account is: one row of master data, and the facts of the dossier with what is still unknown."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from pandas import DataFrame, Series, Timedelta, Timestamp

from kamnb.errors import InputError, nearest

# fact, kind of its value, who could tell us when it is unknown
MASTER = (
    ("channel_name", "text", "sales"),
    ("level", "code", "sales"),
    ("format", "text", "account"),
    ("group_name", "text", "sales"),
    ("region", "text", "sales"),
    ("regions", "count", "account"),
    ("stores", "count", "account"),
    ("international", "code", "sales"),
    ("category_purchases", "money", "account"),
    ("opened", "date", "finance"),
    ("closed", "date", "finance"),
    ("payment_days", "days", "finance"),
    ("contract_until", "date", "sales"),
    ("owner", "text", "sales"),
)
TRADE = (("first_month", "month", "finance"),)
CONTACT = (
    ("persons", "count", "sales"),
    ("contacts", "count", "sales"),
    ("last_contact", "date", "sales"),
    ("next_step", "text", "sales"),
)
SOON = Timedelta(days=180)
SILENT = Timedelta(days=90)


def describe_account(accounts: DataFrame, *, account: str, channels: DataFrame, team: DataFrame) -> DataFrame:
    """The master row of `account` with names in place of codes.

    `accounts`, `channels`, `team`: the tables.  Returns one row: account, name, channel, channel_name, group,
    group_name, owner (name; the code where the team is not given) and the other columns of the master.
    Raises InputError with the nearest code for an unknown account.  Source: method.md A16, D21.
    """
    row = accounts[accounts["account"] == account].reset_index(drop=True)
    if row.empty:
        raise InputError(
            f"account {account!r} is not in accounts",
            "parameter account",
            f"Name one of the master; {nearest(account, accounts['account'])}.",
        )
    return row.assign(
        channel_name=_named(row["channel"], channels.set_index("channel")["name"]),
        group_name=_named(row["group"], accounts.set_index("account")["name"]),
        owner=_named(row["owner"], team.set_index("member")["name"]),
    )


def _named(codes: Series, names: Series) -> Series:
    """`codes` as names, a code itself where it has none."""
    return codes.map(names).astype("str").where(codes.isin(names.dropna().index), codes)


def describe_trade(panel: DataFrame) -> dict[str, object]:
    """First month in which the account bought.  `panel`: account, month, gross_sales of one account."""
    bought = panel.loc[panel["gross_sales"] > 0, "month"]
    return {"first_month": bought.min()} if len(bought) else {}


def describe_contacts(people: DataFrame, log: DataFrame, *, as_of: Timestamp) -> dict[str, object]:
    """Persons known, contacts of the last twelve months, the last one and what was agreed in it.

    `people`, `log`: tables people and contacts_log of one account.  What rests on a table without rows is left out.
    """
    known: dict[str, object] = {"persons": len(people)} if len(people) else {}
    if log.empty:
        return known
    ordered = log.sort_values(["date", "topic", "person"], kind="stable")
    recent = ordered["date"] > as_of - pd.DateOffset(years=1)
    staff = ordered.loc[recent, "staff"].nunique()
    return known | {
        "contacts": int(recent.sum()),
        "staff": staff,
        "last_contact": ordered["date"].iloc[-1],
        "next_step": ordered["next_step"].iloc[-1],
    }


def collect_facts(
    profile: DataFrame, trade: Mapping[str, object], contacts: Mapping[str, object], *, as_of: Timestamp
) -> DataFrame:
    """The dossier as one row per fact: `fact`, `kind`, `known` (the value, None where unknown), `note`, `ask`.

    `profile`: from `describe_account`; `trade`, `contacts`: from `describe_trade`, `describe_contacts`.  `note` is a
    code ("" or contract_soon, contract_over, ended, silent); `ask` says who could tell: sales, finance or account.
    Source: method.md A16, D21, E41.
    """
    values = profile.iloc[0].to_dict() | dict(trade) | dict(contacts)
    values["international"] = _yes_no(values.get("international"))
    rows = [
        {"fact": fact, "kind": kind, "known": _known(values.get(fact)), "ask": ask}
        for fact, kind, ask in (*MASTER, *TRADE, *CONTACT)
    ]
    facts = DataFrame(rows).astype({"known": "object"})
    # the ledger's first month says nothing beside the opening day, and not to be closed is no open question
    idle = ((facts["fact"] == "first_month") & (_known(values.get("opened")) is not None)) | (
        (facts["fact"] == "closed") & facts["known"].isna()
    )
    facts = facts[~idle].reset_index(drop=True)
    facts["known"] = facts["known"].where(facts["known"].notna(), None)
    return facts.assign(note=[_note(row.fact, row.known, as_of) for row in facts.itertuples()])


def _yes_no(value: object) -> str | None:
    return None if value is None or pd.isna(value) else "yes" if value else "no"


def _known(value: object) -> object:
    return None if value is None or pd.isna(value) or value == "" else value


def _note(fact: str, value: object, as_of: Timestamp) -> str:
    """What a reader must notice about a fact."""
    if fact == "contract_until" and value is not None:
        return "contract_over" if value < as_of else "contract_soon" if value <= as_of + SOON else ""
    if fact == "closed":
        return "ended"
    return "silent" if fact == "last_contact" and value is not None and value < as_of - SILENT else ""


def find_standing(selection: DataFrame, channels: DataFrame, profile: DataFrame) -> dict[str, object]:
    """What stages 1 and 2 decided: decision, rank, kind of the account and `channel`, its channel's; {} if nothing.

    `selection`, `channels`: saved decisions (may be empty); `profile`: from `describe_account`.
    """
    if "account" not in selection or not (selection["account"] == profile["account"].iloc[0]).any():
        return {}
    row = selection[selection["account"] == profile["account"].iloc[0]].iloc[0]
    about = channels[channels["channel"] == profile["channel"].iloc[0]] if "channel" in channels else channels.iloc[:0]
    return {
        "decision": row["decision"],
        "rank": row["rank"],
        "kind": row["kind"],
        "channel": about["decision"].iloc[0] if len(about) else "undecided",
    }


def measure_completeness(facts: DataFrame) -> dict[str, object]:
    """How much of the dossier is known: `known`, `facts`, `open` (counts) and `share`."""
    known = int(facts["known"].notna().sum())
    return {"known": known, "facts": len(facts), "open": len(facts) - known, "share": known / len(facts)}
