"""Persons of the sample's larger accounts with their ties, our contacts with them, and our visits."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Timestamp

from kamnb.training.world import AS_OF, World, recipe, stream, twins

FIRST_CONTACT = Timestamp("2024-01-08")
SMALL_PLACES = 7                # posts of an account without stores
KINDS = ("meeting", "call", "mail", "event")


def list_people(world: World) -> DataFrame:
    """Persons: person, account, post, department, level, role, influence, attitude, coverage, contact, evidence, ..."""
    book, rng, rows = recipe("people"), stream(world.seed, "people"), []
    for account in book["accounts"]:
        attitude, coverage = book["mood"][account]
        for place, post in enumerate(book["post"][:_places(world, account)], start=1):
            liking = int(np.clip(round(rng.normal(attitude + (post["role"] == "champion"), 0.7)), -2, 2))
            closer = 0.5 * (post["department"] == "merchandising") - 0.5 * (post["level"] < 2)
            known = int(np.clip(round(rng.normal(coverage + closer, 0.8)), 0, 4))
            rows.append({"person": f"{account}-{place:02d}", "account": account}
                        | twins("post", post["post"]) | twins("department", book["departments"][post["department"]])
                        | {"level": post["level"], "role": post["role"], "influence": post["influence"]}
                        | _known(world, account, feeling=(liking, known), rng=rng))
    return DataFrame(rows).astype({"attitude": "Int64"})


def _places(world: World, account: str) -> int:
    """How many posts of the list an account has."""
    chain = world.accounts.at[account, "channel"] in ("GMS", "RSM", "DRG", "CVS")
    return len(recipe("people")["post"]) if chain else SMALL_PLACES


def _known(world: World, account: str, *, feeling: tuple[int, int], rng: np.random.Generator) -> dict:
    """Attitude, coverage, our contact and the evidence (`feeling`: liking, known); a person nobody met has no attitude."""
    liking, known = feeling
    book = recipe("people")["evidence"]
    owners = recipe("team")["owners"][world.accounts.at[account, "channel"]]
    owner = owners[world.accounts.at[account, "rank"] % len(owners)]
    contact = owner if rng.random() < 0.72 else str(rng.choice(["M01", "M12", "M13", "M14"]))
    mood = "unknown" if known == 0 else "for" if liking > 0 else "against" if liking < 0 else "neutral"
    checked = AS_OF - pd.Timedelta(days=int(rng.integers(20, 420)))
    return {"attitude": liking if known else None, "coverage": known, "contact": contact if known else None,
            "checked": checked if known else pd.NaT} | twins("evidence", book[mood])


def tie_people(people: DataFrame) -> DataFrame:
    """Ties: account, source, target, kind (reports_to, influences, conflicts)."""
    book, rows = recipe("people"), []
    for account, group in people.groupby("account", sort=True):
        persons = group["person"].tolist()
        for place, post in enumerate(book["post"][:len(persons)]):
            if "chief" in post:
                rows.append((account, persons[place], persons[post["chief"]], "reports_to"))
        rows += [(account, persons[2], persons[1], "influences"), (account, persons[4], persons[3], "influences")]
        rows += [(account, persons[a - 1], persons[b - 1], "conflicts") for a, b in book["conflicts"].get(account, [])]
    return DataFrame(rows, columns=["account", "source", "target", "kind"])


def log_contacts(world: World, people: DataFrame) -> DataFrame:
    """Contacts of two years: date, account, person, staff, kind, topic, next_step; persons nobody knows have none."""
    rng, topics = stream(world.seed, "contacts"), recipe("people")["topic"]
    rows = []
    for account, group in people[people["coverage"] > 0].groupby("account", sort=True):
        weight = (group["coverage"] * group["influence"]).to_numpy(dtype=float)
        for day in _contact_days(account, group["coverage"].mean(), rng):
            who = group.iloc[rng.choice(len(group), p=weight / weight.sum())]
            topic = topics[rng.integers(0, len(topics))]
            rows.append({"date": day, "account": account, "person": who["person"], "staff": who["contact"],
                         "kind": str(rng.choice(KINDS, p=[0.55, 0.25, 0.15, 0.05]))}
                        | twins("topic", topic["text"]) | twins("next_step", topic["next"]))
    return DataFrame(rows).sort_values(["date", "account", "person"], ignore_index=True)


def _contact_days(account: str, coverage: float, rng: np.random.Generator) -> list[Timestamp]:
    """Working days on which the account was contacted; where a relation cooled, few days since."""
    span = pd.bdate_range(FIRST_CONTACT, AS_OF)
    days = span[rng.random(len(span)) < 0.025 + 0.03 * coverage]
    since = recipe("people")["quiet"].get(account)
    return [day for step, day in enumerate(days) if since is None or day < Timestamp(since) or step % 5 == 0]


def list_visits(world: World, slips: DataFrame, stores: DataFrame) -> DataFrame:
    """Visits of the last year: date, account, store (missing = head office), staff, hours, purpose."""
    rng, rows = stream(world.seed, "visits"), []
    span = pd.bdate_range("2025-01-06", AS_OF)
    active = set(slips.loc[slips["date"] >= "2025-01-01", "account"])
    for account, drivers in world.accounts.iterrows():
        if drivers["sales"] < 40 or account not in active:
            continue
        count = int(round((3 + 1.05 * np.sqrt(drivers["sales"])) * _attention(account) * rng.lognormal(0, 0.25)))
        days = span[np.sort(rng.choice(len(span), min(count, 200), replace=False))]
        open_stores = stores.loc[(stores["account"] == account) & stores["closed"].isna(), "store"].tolist()
        rows += [{"date": day} | _visit(world, account, open_stores, rng) for day in days]
    return DataFrame(rows).sort_values(["date", "account", "staff"], ignore_index=True)


def _attention(account: str) -> float:
    """How much more or less than usual an account is visited: the loud one too much, the growing chain too little."""
    stories = recipe("stories")
    return {stories["T01"]["account"]: 1.9, stories["T02"]["account"]: 0.5}.get(account, 1.0)


def _visit(world: World, account: str, open_stores: list[str], rng: np.random.Generator) -> dict:
    """One visit of a day to the head office or to a store."""
    purposes = recipe("people")["purpose"]
    store = str(rng.choice(open_stores)) if open_stores and rng.random() < 0.45 else None
    fitting = [p for p in purposes if p["store"] == (store is not None)]
    owners = recipe("team")["owners"][world.accounts.at[account, "channel"]]
    staff = owners[world.accounts.at[account, "rank"] % len(owners)] if rng.random() < 0.95 else "M12"
    hours = round(float(rng.uniform(2.0, 3.5) if store else rng.uniform(2.5, 6.5)) * 2) / 2
    return {"account": account, "store": store, "staff": staff, "hours": hours} | twins(
        "purpose", fitting[rng.integers(0, len(fitting))]["text"])
