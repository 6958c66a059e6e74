"""What is planted in the sample about channels, concentration and the merger is found."""

import tomllib

import pytest
from pandas import DataFrame

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
    market, sellthru = sample.table("market"), sample.table("sellthru")
    grown = channels.study_growth(months, sellthru=sellthru, market=market, as_of=sample.as_of)
    room = channels.estimate_headroom(grown.position, months=months, accounts=accounts, quantiles=chosen.peer_quantiles)
    earnings = channels.trace_earnings(detail, terms=sample.table("terms"), drivers=sample.table("cost_drivers"),
                                       rules=channels.price_rules(sample.settings.choices, scale=sample.scale))
    profit = channels.sum_profit(earnings)
    priority = channels.study_priority(grown, room=room, profit=profit, settings=chosen)
    return {"accounts": accounts, "months": months, "detail": detail, "history": grown.history, "position": grown.position,
            "earnings": earnings, "grown": grown, "room": room, "profit": profit, "priority": priority, "market": market,
            "decided": priority.decided, "race": grown.race.set_index("channel"), "as_of": sample.as_of}


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
    assert found["date"].date().isoformat() == planted["date"]
    # planted for the year before the merger, found for the latest
    assert found["cr4_before"] == pytest.approx(planted["cr4_before"], abs=0.015)
    assert found["cr4_after"] - found["cr4_before"] == pytest.approx(planted["cr4_after"] - planted["cr4_before"], abs=0.005)
    assert found["delta_hhi"] / 10_000 == pytest.approx(planted["hhi_after"] - planted["hhi_before"], abs=0.002)


def test_the_account_about_to_leave_is_large_and_irregular(client, truth, sample):
    rules = channels.compare_rules(client["months"], choices=sample.settings.choices)
    classes = channels.classify_accounts(client["months"], rules=rules, choices=sample.settings.choices).set_index("account")
    assert classes.loc[truth["T04"]["account"], ["class_abc", "class_xyz"]].tolist() == ["A", "Z"]


def test_both_planted_channels_get_priority(client, truth):
    chosen = client["decided"].set_index("channel")
    assert chosen.loc[[truth["T03"]["losing"], truth["T03"]["gaining"]], "decision"].tolist() == ["priority"] * 2
    assert "share_change_low" in chosen.loc[truth["T03"]["losing"], "reasons"]
    assert "share_change_high" in chosen.loc[truth["T03"]["gaining"], "reasons"]


def test_growth_that_is_only_routing_is_taken_out(client, truth, sample):
    routes, planted = client["grown"].routes, truth["T12"]
    facts = channels.summarise_routes(routes, months=client["months"], sellthru=sample.table("sellthru"), as_of=client["as_of"])
    names = client["accounts"].set_index("account")["name"]
    assert facts["accounts"] == [names[planted["account"]]] and facts["wholesalers"] == [names[planted["wholesaler"]]]
    held = client["grown"].months[client["grown"].months["account"] == planted["account"]].groupby("year")["net_sales"].sum()
    assert held.iloc[-1] / held.iloc[-2] - 1 == pytest.approx(planted["both_growth"], abs=0.02)
    assert routes["moved"].sum() == 0 and facts["restated"] < facts["growth"]


def test_idle_capacity_is_found(sample, truth):
    idle = channels.list_idle(sample.table("cost_drivers"), capacity=sample.table("capacity")).set_index("resource")
    planted = truth["T14"]
    assert idle.loc[planted["resource"], "unused_cost"] == planted["idle_cost"]
    assert idle.loc[planted["resource"], "used_share"] == pytest.approx(1 - planted["idle"], abs=0.001)
    assert (idle["assigned"] + idle["unused_cost"]).sum() == sample.table("capacity")["cost"].sum()


def test_a_wholesaler_that_fills_its_stock_is_found(client, truth, sample):
    reports = sample.table("sellthru"), sample.table("pos"), sample.table("stock")
    flows = channels.compare_flows(sample.panel("account_product_month"), reports=reports, months=client["months"],
                                   as_of=client["as_of"])
    first, planted = flows.iloc[0], truth["T15"]
    assert (first["account"], first["stock_flag"]) == (planted["account"], "filled")
    assert first["growth_in"] == pytest.approx(planted["growth_in"], abs=0.001)
    assert first["growth_out"] == pytest.approx(planted["growth_out"], abs=0.001)
    assert first["stock_months"] == pytest.approx(planted["cover_after"], abs=0.05)
    assert (flows["stock_flag"].iloc[1:] != "filled").all()


def test_shoppers_of_one_chain_buy_us_ever_more_often(sample, truth):
    shopped = channels.trace_shoppers(sample.table("pos"), accounts=sample.table("accounts"), as_of=sample.as_of)
    first, planted = shopped.iloc[0], truth["T18"]
    assert first["account"] == planted["account"]
    assert first[["index_before", "index_now"]].tolist() == pytest.approx([planted["before"], planted["after"]], abs=1e-3)
    facts = channels.summarise_shoppers(shopped)
    assert facts["name"] == first["name"] and 1 <= facts["risen"] <= facts["accounts"] == len(shopped)


def test_where_we_lead_close_in_and_fall_behind(client, truth):
    gaps = channels.find_first(client["detail"], market=client["market"], as_of=client["as_of"]).set_index(["channel", "category"])
    planted = truth["T16"]
    for verdict in ("first", "closing", "widening"):
        own = [name for name in gaps.index if name[0] == planted[f"{verdict}_channel"]
               and name[1] in (planted[f"{verdict}_category"], planted[f"{verdict}_category_en"])]
        assert gaps.loc[own[0], "race_verdict"] == verdict
        assert gaps.loc[own[0], "gap_sales"] == planted[f"{verdict}_gap"]
        assert gaps.loc[own[0], "growth"] == pytest.approx(planted[f"{verdict}_ours"], abs=0.001)


def test_one_department_sees_selection_differently(sample, truth):
    practice, planted = channels.study_practice(sample.table("surveys")), truth["T17"]
    row = practice.maturity.set_index("factor").loc[planted["factor"]]
    assert row["disputed"] and row["split_by"] in (planted["department"], planted["department_en"])
    assert row["their_score"] == pytest.approx(planted["theirs"]) and row["others_score"] == pytest.approx(planted["others"], abs=0.001)
    assert practice.maturity["disputed"].sum() == 1


def test_a_small_account_surely_grows_and_a_large_one_surely_falls(client, truth):
    weighed = channels.weigh_growth(client["grown"].months).set_index("account")
    assert weighed.loc[truth["T02"]["account"], "standing_growth"] == "faster"
    assert weighed.loc[truth["T04"]["account"], "standing_growth"] == "slower"
    assert weighed.loc[truth["T12"]["account"], "standing_growth"] == "as_channel"


def test_every_stance_has_its_words_and_every_channel_its_five(client):
    from kamnb.channels import priority_charts

    ladders = channels.compare_ladders(client["earnings"])
    goals = channels.state_goals(client["decided"], room=client["room"], position=client["position"],
                                 settings=client["priority"].settings)
    nothing = DataFrame(columns=["channel", "by_coverage", "by_in_store"]), DataFrame(columns=["channel", "effort_index"])
    strategies = channels.list_strategies(client["decided"], ladders=ladders, evidence=nothing, goals=goals)
    assert (strategies.groupby("channel")["pillar"].nunique() == 5).all()
    worded = priority_charts.word_strategies(strategies)
    assert worded["channel"].tolist() == client["decided"]["channel"].tolist() and worded.filter(like="stance_").notna().all(axis=None)
    grow = worded[worded["channel_role"] == "grow"].set_index("channel")["sales_goal"].astype(float)
    assert (grow > client["decided"].set_index("channel")["net_sales"].reindex(grow.index)).all()


def test_a_year_earlier_is_rated_by_what_was_known_then(client):
    past = client["priority"].past
    assert len(past) == client["history"]["year"].nunique() - 1
    latest = past[max(past)]
    assert latest.equals(client["priority"].ratings)
    assert not past[min(past)]["our_growth"].equals(latest["our_growth"])


def test_hypotheses_about_channels_are_listed(sample):
    listed = channels.list_hypotheses(sample.table("hypotheses"), as_of=sample.as_of)
    assert len(listed) and set(listed["test_result"]) <= {"still_open", "test_due", "confirmed", "refuted", "revised"}
    closed = listed["test_result"].isin(["confirmed", "refuted", "revised"]).tolist()
    assert closed == sorted(closed)
