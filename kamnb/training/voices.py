"""What people say in the sample: surveys, hypotheses, agreements, skills, deals and what rivals do."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.training.world import AS_OF, World, recipe, stream, twins

RESPONDENTS = 2         # persons of each account that answered the customer survey
COLLEAGUES = 4          # persons of each department that answered the management survey
DEALS_EACH = 2


def run_surveys(world: World) -> DataFrame:
    """Answers: survey, item, topic, respondent, department, importance, score (activity: hours a week), ..., date."""
    rng, dates = stream(world.seed, "surveys"), recipe("voices")["dates"]
    asked = pd.concat([_customers(world, rng), _managers(rng), _hours(rng)], ignore_index=True)
    asked = asked.assign(date=pd.to_datetime(asked["survey"].map(dates)))
    return pd.concat([asked, _factors(stream(world.seed, "maturity"))], ignore_index=True).astype(
        {"importance": "Int64", "score": "Int64", "competitor_score": "Int64", "target": "Int64"})


def _customers(world: World, rng: np.random.Generator) -> DataFrame:
    """What persons of the larger accounts think of us against our best competitor."""
    rows = []
    for account in recipe("people")["accounts"]:
        liking = 0.35 * recipe("people")["mood"][account][0]
        names = world.accounts.loc[account, ["ja", "en", "zh"]].tolist()
        for person in range(1, RESPONDENTS + 1):
            for item in recipe("voices")["customer"]["items"]:
                important, ours, best = item["level"]
                rows.append({"survey": "customer", "respondent": f"{account}-Q{person}",
                             "importance": _mark(important, rng), "score": _mark(ours + liking, rng),
                             "competitor_score": _mark(best, rng)}
                            | twins("item", item["text"]) | twins("department", names))
    return DataFrame(rows)


def _managers(rng: np.random.Generator) -> DataFrame:
    """How our departments judge the way we manage; they differ, and the closer ones see it darker."""
    book, rows = recipe("voices")["management"], []
    for place, department in enumerate(book["departments"]):
        for person in range(1, COLLEAGUES + 1):
            for item in book["items"]:
                rows.append({"survey": "management", "respondent": f"{department}-{person}",
                             "importance": _mark(item["important"], rng),
                             "score": _mark(item["level"] + 0.35 - 0.1 * place, rng)}
                            | twins("item", item["text"])
                            | twins("department", recipe("team")["department"][department]))
    return DataFrame(rows)


def _hours(rng: np.random.Generator) -> DataFrame:
    """How our account managers spend a week, in hours by activity."""
    rows = []
    for member in recipe("team")["member"][1:11]:
        for item in recipe("voices")["activity"]["items"]:
            rows.append({"survey": "activity", "respondent": member["id"], "score": _mark(item["level"], rng),
                         "topic": item["topic"]}
                        | twins("item", item["text"])
                        | twins("department", recipe("team")["department"][member["department"]]))
    return DataFrame(rows)


def _factors(rng: np.random.Generator) -> DataFrame:
    """How our departments rate the nine success factors, in two rounds; one department sees one of them its own way."""
    book, story, rows = recipe("voices")["maturity"], recipe("stories")["T17"], []
    for turn, day in enumerate(book["rounds"]):
        for department in recipe("voices")["management"]["departments"]:
            for person in range(1, COLLEAGUES + 1):
                for item in book["items"]:
                    alone = (department, item["topic"]) == (story["department"], story["factor"])
                    rows.append({"survey": "maturity", "respondent": f"{department}-{person}", "topic": item["topic"],
                                 "score": _mark(story["score"] if alone else item["level"][turn], rng),
                                 "target": book["target"], "date": Timestamp(day)}
                                | twins("item", item["text"])
                                | twins("department", recipe("team")["department"][department]))
    return DataFrame(rows)


def _mark(mean: float, rng: np.random.Generator) -> int:
    """A mark from 1 to 5 around `mean`."""
    return int(np.clip(round(rng.normal(mean, 0.7)), 1, 5))


def list_hypotheses(measured: dict[str, float]) -> DataFrame:
    """Hypotheses with evidence, who agreed, the KPI and the day of the test, and the rule fixed before it.

    `measured`: value of each measure that a rule looks at.
    """
    return DataFrame([{"hypothesis": h["id"], "topic": h["topic"], "agreed_on": Timestamp(h["on"]),
                       "test_on": Timestamp(h["test"]), "verdict": h["verdict"],
                       "measured": measured.get(h.get("measure")), "confirmed_from": h.get("confirmed_from"),
                       "refuted_from": h.get("refuted_from"), "asked": h.get("asked"), "said_yes": h.get("said_yes")}
                      | twins("statement", h["statement"]) | twins("evidence", h["evidence"])
                      | twins("agreed_by", h["agreed"]) | twins("kpi", h["kpi"])
                      for h in recipe("voices")["hypothesis"]]).astype({"asked": "Int64", "said_yes": "Int64"})


def list_agreements() -> DataFrame:
    """Who agreed to what; a reservation stands only where somebody did not simply agree."""
    rows = []
    for topic in recipe("voices")["agreement"]:
        for department, stance in topic["stances"].items():
            reservation = topic["reservation"] if stance != "agreed" else [None] * 3
            rows.append({"date": Timestamp(topic["date"]), "stance": stance} | twins("topic", topic["topic"])
                        | twins("department", recipe("team")["department"][department])
                        | twins("reservation", reservation))
    return DataFrame(rows)


def rate_skills(world: World) -> DataFrame:
    """Skill levels of our account managers against what is required."""
    rng = stream(world.seed, "skills")
    return DataFrame([{"member": member["id"], "level": int(np.clip(round(rng.normal(3.1, 0.8)), 1, 5)),
                       "required": item["required"]} | twins("skill", item["text"])
                      for member in recipe("team")["member"][1:12] for item in recipe("voices")["skills"]["items"]])


def list_deals(world: World) -> DataFrame:
    """Tenders and negotiations of the larger accounts, won, lost or still open, with yearly value in yen."""
    rng, book, rows = stream(world.seed, "deals"), recipe("voices")["deals"], []
    for account in recipe("people")["accounts"]:
        for place in sorted(rng.choice(len(book["items"]), DEALS_EACH, replace=False)):
            item, days = book["items"][place], int(rng.integers(40, 420))
            opened = AS_OF - pd.Timedelta(days=days)
            drawn = str(rng.choice(["won", "lost"], p=_odds(account)))
            stage = "open" if days < 90 else "won" if "renewal" in item else drawn
            won = book["won"] if place % 2 == 0 else book["supply"]
            reason = {"open": [None] * 3, "won": won, "lost": book["lost"]}[stage]
            rows.append({"deal": f"D-{account}-{place + 1}", "account": account, "opened": opened,
                         "closed": pd.NaT if stage == "open" else opened + pd.Timedelta(days=45), "stage": stage,
                         "value": int(round(world.accounts.at[account, "sales"] * 1e6 * item["share"], -5))}
                        | twins("name", item["text"]) | twins("reason", reason))
    return DataFrame(rows)


def _odds(account: str) -> list[float]:
    """Chance to have won and to have lost a closed deal: better where the account likes us."""
    won = 0.55 + 0.25 * recipe("people")["mood"][account][0]
    return [float(np.clip(won, 0.1, 0.9)), float(1 - np.clip(won, 0.1, 0.9))]


def watch_competitors(world: World) -> DataFrame:
    """Rivals at the larger accounts: share of the account's purchases by category, strength 1-5 and what they do."""
    rng, book, rows = stream(world.seed, "competitors"), recipe("voices")["competitors"], []
    for account in recipe("people")["accounts"]:
        mix = Series(world.channels.at[world.accounts.at[account, "channel"], "mix"])
        for category in sorted(mix.nlargest(3).index):
            shares = rng.dirichlet([6, 4, 3, 5])[:3] * 0.9
            shares[0] += recipe("field")["rivals"].get(account, 0.0)
            for place, (name, note) in enumerate(zip(book["names"], book["notes"], strict=True)):
                rows.append({"account": account, "share": round(float(min(shares[place], 0.7)), 3),
                             "strength": int(np.clip(round(1.5 + 8 * shares[place]), 1, 5))}
                            | twins("competitor", name) | twins("note", note)
                            | twins("category", world.categories.loc[category, ["ja", "en", "zh"]].tolist()))
    return DataFrame(rows)
