"""The facts of the dossier: what is known, what calls for action, what is still to be asked."""

import pytest
from pandas import DataFrame, Timestamp

from kamnb import strategy
from kamnb.errors import InputError
from tests.strategy.conftest import AS_OF, fill


def facts_of(profile, **contacts):
    return strategy.collect_facts(profile, {"first_month": Timestamp("2022-01-01")}, contacts, as_of=AS_OF).set_index("fact")


def test_unknown_account_names_the_nearest(accounts):
    with pytest.raises(InputError, match="did you mean 'A1'"):
        strategy.describe_account(accounts, account="A1x", channels=fill("channels", []), team=fill("team", []))


def test_codes_become_names_and_stay_codes_without_a_table(accounts):
    team = fill("team", [{"member": "M1", "name": "Manager One"}])
    rows = accounts.assign(owner="M1", group="A2")
    named = strategy.describe_account(rows, account="A1", channels=fill("channels", []), team=team)
    assert named.loc[0, ["owner", "group_name", "channel_name"]].tolist() == ["Manager One", "Chain 2", "C1"]


def test_what_nobody_has_filled_in_is_an_open_question(profile):
    facts = facts_of(profile)
    assert facts.at["contract_until", "known"] is None and facts.at["contract_until", "ask"] == "sales"
    assert facts.at["category_purchases", "known"] == 1_000_000


def test_first_month_stands_in_only_where_the_opening_day_is_unknown(profile):
    assert facts_of(profile).at["first_month", "known"] == Timestamp("2022-01-01")
    assert "first_month" not in facts_of(profile.assign(opened=Timestamp("2010-04-01"))).index


@pytest.mark.parametrize(("until", "note"), [("2026-03-31", "contract_soon"), ("2025-11-30", "contract_over"), ("2027-03-31", "")])
def test_contract_that_runs_out_is_noted(profile, until, note):
    assert facts_of(profile.assign(contract_until=Timestamp(until))).at["contract_until", "note"] == note


def test_silence_of_more_than_a_quarter_is_noted(profile):
    assert facts_of(profile, last_contact=Timestamp("2025-08-01")).at["last_contact", "note"] == "silent"
    assert facts_of(profile, last_contact=Timestamp("2025-12-01")).at["last_contact", "note"] == ""


def test_contacts_count_the_last_twelve_months_only():
    log = fill(
        "contacts_log",
        [
            {"date": Timestamp(day), "account": "A1", "staff": staff, "next_step": step}
            for day, staff, step in (("2024-06-01", "M1", "old"), ("2025-06-01", "M2", "x"), ("2025-07-01", "M2", "do it"))
        ],
    )
    found = strategy.describe_contacts(fill("people", []), log, as_of=AS_OF)
    assert found == {"contacts": 2, "staff": 1, "last_contact": Timestamp("2025-07-01"), "next_step": "do it"}


def test_no_contact_table_says_nothing():
    assert strategy.describe_contacts(fill("people", []), fill("contacts_log", []), as_of=AS_OF) == {}


def test_completeness_counts_facts(profile):
    facts = strategy.collect_facts(profile, {}, {}, as_of=AS_OF)
    found = strategy.measure_completeness(facts)
    assert found["known"] + found["open"] == found["facts"] and found["known"] == 2


def test_standing_reads_both_decisions(profile):
    selection = DataFrame({"account": ["A2", "A1"], "decision": ["key", "candidate"], "rank": [1, 7], "kind": "existing"})
    channels = DataFrame({"channel": ["C1"], "decision": ["priority"]})
    found = strategy.find_standing(selection, channels, profile)
    assert found == {"decision": "candidate", "rank": 7, "kind": "existing", "channel": "priority"}


def test_standing_without_decisions_is_nothing(profile):
    nothing = DataFrame({"decided_by": []})
    assert strategy.find_standing(nothing, nothing, profile) == {}
