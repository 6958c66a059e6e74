"""What is planted in the sample about channels, concentration and the merger is found."""

import tomllib

import pytest

from kamnb import channels
from tests.conftest import SAMPLE


@pytest.fixture(scope="module")
def truth():
    return tomllib.loads((SAMPLE / "truth.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def client(sample):
    """Every frame of the notebook on the sample, by name."""
    accounts, names, chosen = sample.table("accounts"), sample.table("channels"), sample.settings.channels
    months, detail = (channels.place_months(sample.panel(panel), accounts=accounts, channels=names, as_of=sample.as_of)
                      for panel in ("account_month", "account_category_month"))
    history = channels.trace_channels(months)
    position = channels.compare_market(history, market=sample.table("market"), as_of=sample.as_of)
    room = channels.estimate_headroom(position, months=months, accounts=accounts, quantiles=chosen.peer_quantiles)
    earnings = channels.trace_earnings(detail, terms=sample.table("terms"), drivers=sample.table("cost_drivers"),
                                       rules=channels.price_rules(sample.settings.choices, scale=sample.scale))
    profit = channels.sum_profit(earnings)
    ratings = channels.rate_channels(channels.measure_criteria(history, position=position, room=room, profit=profit))
    placed = channels.place_channels(ratings, attractiveness=chosen.attractiveness, strength=chosen.strength)
    decided = channels.decide_channels(placed, ratings=ratings, doubt=channels.weigh_doubt(ratings, settings=chosen),
                                       settings=chosen)
    return {"accounts": accounts, "months": months, "history": history, "position": position, "earnings": earnings,
            "decided": decided, "race": channels.race_market(position).set_index("channel"), "as_of": sample.as_of}


def test_the_panels_tie(client, sample):
    assert client["earnings"]["net_sales"].sum() == client["history"].groupby("year")["net_sales"].sum().iloc[-1]
    within = sample.panel("account_month")
    assert client["months"]["net_sales"].sum() == within["net_sales"].sum()


def test_one_channel_outgrows_us_and_in_another_we_gain(client, truth):
    losing, gaining, race = truth["T03"]["losing"], truth["T03"]["gaining"], client["race"]
    assert race.index[0] == losing and race.index[-1] == gaining
    assert race.loc[losing, "growth"] == pytest.approx(truth["T03"]["losing_ours"], abs=0.001)
    assert race.loc[losing, "market_growth"] == pytest.approx(truth["T03"]["losing_market"], abs=0.001)
    assert race.loc[gaining, "growth"] == pytest.approx(truth["T03"]["gaining_ours"], abs=0.001)
    for side in ("losing", "gaining"):
        shares = client["position"].loc[client["position"]["channel"] == truth["T03"][side], "market_share"]
        assert shares.tolist() == pytest.approx(truth["T03"][f"{side}_share"], abs=0.0005)


def test_the_largest_account_loses_money_after_terms_and_service(client, truth):
    row = client["earnings"].set_index("account").loc[truth["T01"]["account"]]
    assert row["net_sales"] == client["earnings"]["net_sales"].max() == truth["T01"]["net_sales"]
    assert row["margin"] == truth["T01"]["gross_margin"] and -row["cost_to_serve"] == truth["T01"]["cost_to_serve"]
    assert channels.list_losses(client["earnings"])["account"].iloc[0] == truth["T01"]["account"]
    # the truth counts payment days as free, we count their cost of capital
    assert row["contribution"] == pytest.approx(truth["T01"]["profit"], rel=0.15)


def test_the_merger_and_what_it_did_to_its_channel(client, truth):
    mergers = channels.list_mergers(client["months"], accounts=client["accounts"])
    planted = truth["T07"]
    assert mergers[["account", "group"]].to_numpy().tolist() == [[planted["joined"], planted["head"]]]
    found = mergers.iloc[0]
    # planted for the year before the merger, found for the latest
    assert found["cr4_before"] == pytest.approx(planted["cr4_before"], abs=0.015)
    assert found["cr4_after"] - found["cr4_before"] == pytest.approx(planted["cr4_after"] - planted["cr4_before"], abs=0.005)
    assert (found["hhi_after"] - found["hhi_before"]) / 10_000 == pytest.approx(
        planted["hhi_after"] - planted["hhi_before"], abs=0.002)


def test_the_account_about_to_leave_is_large_and_irregular(client, truth, sample):
    rules = channels.compare_rules(client["months"], choices=sample.settings.choices)
    classes = channels.classify_accounts(client["months"], rules=rules, choices=sample.settings.choices).set_index("account")
    assert classes.loc[truth["T04"]["account"], ["class_abc", "class_xyz"]].tolist() == ["A", "Z"]


def test_both_planted_channels_get_priority(client, truth):
    chosen = client["decided"].set_index("channel")
    assert chosen.loc[[truth["T03"]["losing"], truth["T03"]["gaining"]], "decision"].tolist() == ["priority"] * 2
    assert "share_change_low" in chosen.loc[truth["T03"]["losing"], "reasons"]
    assert "share_change_high" in chosen.loc[truth["T03"]["gaining"], "reasons"]


def test_hypotheses_about_channels_are_listed(sample):
    listed = channels.list_hypotheses(sample.table("hypotheses"), as_of=sample.as_of)
    assert len(listed) and set(listed["test_result"]) <= {"still_open", "test_due", "confirmed", "refuted", "revised"}
    closed = listed["test_result"].isin(["confirmed", "refuted", "revised"]).tolist()
    assert closed == sorted(closed)
