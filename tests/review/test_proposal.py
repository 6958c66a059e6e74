"""What must change: every planted truth leads to a proposal, nothing else does, and nothing is counted twice."""

import pytest

from kamnb import review
from kamnb.review.proposal import CHANGES


@pytest.fixture(scope="module")
def findings(gaps, causes, risks, routes, payments, promotions, scope):
    recent, kinds = review.pick_recent(promotions, scope=scope), review.pool_mechanics(promotions)
    return review.list_findings({
        "gaps": gaps, "mix": review.find_mix_falls(causes, scope=scope), "risks": risks, "reroutings": routes,
        "payments": review.find_late_payers(payments, scope=scope), "promotions": review.find_moved(recent, kinds)})


def test_every_planted_truth_is_found(findings, truth):
    found = set(zip(findings["account"], findings["signal"], strict=True))
    assert {(truth["T04"]["account"], "leaving"), (truth["T06"]["forward_account"], "moved"),
            (truth["T08"]["account"], "late"), (truth["T09"]["behind"], "behind"), (truth["T09"]["ahead"], "ahead"),
            (truth["T12"]["account"], "rerouted"), (truth["T13"]["account"], "mix")} <= found


def test_a_change_of_route_is_neither_behind_nor_ahead(findings, gaps, truth):
    judged = gaps.set_index("account")["status"]
    assert judged[truth["T12"]["account"]] == "ahead" and judged[truth["T12"]["wholesaler"]] == "behind"
    both = findings[findings["account"].isin([truth["T12"]["account"], truth["T12"]["wholesaler"]])]
    assert set(both["signal"]) == {"rerouted"}


def test_one_proposal_per_account_with_its_largest_finding(findings, keys):
    proposal = review.propose_changes(findings, keys=keys)
    assert proposal["account"].is_unique and set(proposal["account"]) == set(findings["account"])
    largest = findings.groupby("account")["at_stake"].max()
    assert (proposal.set_index("account")["at_stake"] == largest[proposal["account"]]).all()
    assert proposal["at_stake"].is_monotonic_decreasing
    assert set(" ".join(proposal["changes"]).split()) <= set(CHANGES.values())
    assert set(proposal.loc[proposal["key"], "account"]) <= set(keys["account"])


def test_what_is_saved_does_not_depend_on_the_language(findings, keys):
    proposal = review.propose_changes(findings, keys=keys)
    assert list(proposal.columns) == ["account", "key", "signals", "changes", "at_stake"]


def test_a_small_account_that_leaves_is_left_to_its_manager(gaps, risks, routes, payments, promotions, causes):
    small = risks.assign(share=0.0005)
    none = {"gaps": gaps.iloc[:0], "mix": causes.iloc[:0], "reroutings": routes.iloc[:0], "payments": payments.iloc[:0],
            "promotions": promotions.iloc[:0]}
    assert review.list_findings({**none, "risks": small}).empty
    assert "leaving" in set(review.list_findings({**none, "risks": risks})["signal"])


def test_the_closing_sentences_follow_the_facts(findings, keys, accounts):
    proposal = review.propose_changes(findings, keys=keys)
    facts = review.summarise_changes(proposal, accounts=accounts)
    assert facts["n"] == len(proposal) and facts["keys"] == proposal["key"].sum()
    assert facts["accounts"][0] == accounts.set_index("account")["name"][proposal["account"].iloc[0]]
    assert review.summarise_changes(proposal.iloc[:0], accounts=accounts) == {"key": "review.closing_change.none"}
    grown = {"key": "x", "change": 10, "price": 30, "volume": -15, "growth": 0.1}
    assert review.conclude_cause(grown)["key"] == "review.closing_cause.price_volume"
    assert review.conclude_cause({**grown, "volume": 5})["key"] == "review.closing_cause.other"
    assert review.conclude_cause({"key": "review.change_found.none"})["key"] == "review.closing_cause.none"
