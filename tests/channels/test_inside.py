import pandas as pd
import pytest
from pandas import DataFrame

from kamnb import channels
from tests.channels.conftest import AS_OF, MONTHS, choices

LIVES = DataFrame({"product": ["machine", "tea"], "life": [2.0, None], "life_spread": [0.5, None]})


def orders(every, count):
    """`count` accounts that order once in `every` months, each in months of its own."""
    rows = [(f"x{n}", month, 900 + n) for n in range(count) for place, month in enumerate(MONTHS)
            if place % every == n % every]
    frame = DataFrame(rows, columns=["account", "month", "net_sales"])
    return frame.assign(name=frame["account"], channel="A", channel_name="Chains", year=AS_OF)


def test_months_are_used_where_they_tell_accounts_apart(months):
    rules = channels.compare_rules(months, choices=choices())
    assert rules.loc[rules["used"], "rule"].tolist() == ["by_month"]
    assert channels.tell_rules(rules)["key"].endswith(".months")


def test_quarters_are_proposed_where_every_account_is_z_by_month():
    rules = channels.compare_rules(orders(3, 30), choices=choices())
    assert rules.set_index("rule").loc["by_month", "share_z"] == 1
    assert rules.loc[rules["used"], "rule"].tolist() == ["by_quarter"]
    told = channels.tell_rules(rules)
    assert told["key"].endswith(".quarters") and told["month_z"] == 1 and told["quarter_z"] == 0


def test_where_quarters_do_not_help_either_it_is_said():
    told = channels.tell_rules(channels.compare_rules(orders(8, 30), choices=choices()))
    assert told["key"].endswith(".neither") and told["quarter_z"] == 1


def test_the_engagement_can_set_the_period(months):
    rules = channels.compare_rules(months, choices=choices(xyz_period="quarter"))
    assert rules.loc[rules["used"], "rule"].tolist() == ["by_quarter"]
    assert channels.tell_rules(rules)["key"].endswith(".chosen")


def test_every_account_has_its_classes_once(months):
    rules = channels.compare_rules(months, choices=choices())
    classes = channels.classify_accounts(months, rules=rules, choices=choices())
    assert classes["account"].is_unique and classes["net_sales"].is_monotonic_decreasing
    assert classes["share"].sum() == pytest.approx(1)
    assert classes.set_index("account").loc["a1", ["class_abc", "active_share"]].tolist() == ["A", 1.0]


@pytest.fixture
def inside(months, accounts, earnings):
    purchases = pd.DataFrame({"account": ["a1", "a2"], "product": ["machine", "tea"], "month": MONTHS[0], "quantity": [40, 900]})
    due = channels.count_renewals(purchases, products=LIVES, as_of=AS_OF)
    measured = (earnings, channels.weigh_growth(months), due)
    return channels.study_accounts(months, accounts=accounts, measured=measured, choices=choices())


def test_the_nine_fields_tie(inside, earnings):
    judged = inside.classes[inside.classes["class_xyz"] != "-"]
    assert inside.grid["accounts"].sum() == len(judged) and inside.grid["net_sales"].sum() == judged["net_sales"].sum()
    assert inside.grid["share"].sum() == pytest.approx(1)
    profit = earnings.set_index("account")["contribution"]
    assert inside.grid["profit_left"].sum() == profit[judged["account"]].sum()
    facts = channels.summarise_grid(inside.grid, classes=inside.classes)
    assert facts["small_accounts"] == (judged["class_abc"] == "C").sum()
    large = inside.grid[inside.grid["class_abc"] == "A"]
    assert facts["reviews"] == (large["accounts"] * large["reviews_a_year"]).sum()


def test_only_accounts_that_moved_are_listed(inside):
    assert len(inside.moved) and (inside.moved["class_from"] != inside.moved["class_to"]).all()
    assert set(inside.moved["class_move"]) <= {"up", "down", "new", "lost", "unclear"}


def test_the_class_matrix_ties_to_the_accounts_and_the_sales_of_both_years(inside, months):
    crossed = inside.crossed.set_index("class_from")
    last = sorted(months["year"].unique())[-2:]
    sums = months.groupby("year")["net_sales"].sum()
    assert crossed[["sales_before", "net_sales"]].sum().tolist() == sums[last].tolist()
    assert (crossed[["to_a", "to_b", "to_c", "to_none"]].sum(axis=1) == crossed["accounts"]).all()
    moved = inside.moved.groupby("class_from").size()
    stay = {name: crossed.loc[name, f"to_{name.lower()}"] for name in "ABC"}
    assert {name: crossed.loc[name, "accounts"] - stay[name] for name in "ABC"} == moved.reindex(list("ABC"), fill_value=0).to_dict()


def test_every_account_has_its_card_and_the_sentence_is_on_the_large(inside):
    large = inside.classes[inside.classes["class_abc"] == "A"]
    assert inside.cards["account"].tolist() == inside.classes["account"].tolist()
    assert channels.summarise_cards(inside.cards, classes=inside.classes)["share"] == pytest.approx(large["share"].sum())


def test_talks_are_with_large_accounts_that_give_a_reason(inside):
    rank_gap = inside.cards["rank_gap"].where(inside.cards["account"] != "a2", 99)
    steady = inside.cards["class_cell"].str.replace("Z", "Y")
    cards = inside.cards.assign(standing_growth="as_channel", class_cell=steady, rank_gap=rank_gap)
    assert channels.pick_talks(cards)["account"].tolist() == ["a2"]
    assert channels.pick_talks(cards.assign(class_cell="BX")).empty
    assert channels.pick_talks(cards.assign(class_cell="AZ"))["account"].tolist() == cards["account"].tolist()


def test_only_goods_that_last_fall_due(inside):
    due = inside.cards.set_index("account")["due_units"].dropna()
    assert due.index.tolist() == ["a1"] and 0 < due["a1"] < 40
    consumed = channels.count_renewals(pd.DataFrame({"account": ["a1"], "product": ["tea"], "month": MONTHS[0], "quantity": [9]}),
                                       products=LIVES, as_of=AS_OF)
    assert consumed.empty


def test_the_sentence_on_proof_counts_and_names(months):
    weighed = channels.weigh_growth(months).assign(standing_growth="as_channel")
    assert channels.summarise_proof(weighed)["faster"] == 0
    assert channels.tell_proof(channels.summarise_proof(weighed))["key"] == "channels.proof_found.none"
    facts = channels.summarise_proof(weighed.assign(standing_growth="slower"))
    assert channels.tell_proof(facts)["key"] == "channels.proof_found.slower"
    assert facts["slower"] == facts["accounts"] == len(weighed) and facts["slower_names"] == weighed["name"].head(3).tolist()
    assert channels.summarise_proof(weighed.iloc[:0]) == {}
    assert channels.tell_proof({}) == {"key": "channels.proof_found.both"}
    both = {**facts, "faster": 2, "faster_names": ["a", "b"]}
    assert channels.tell_proof(both)["key"] == "channels.proof_found.both"
    assert channels.tell_proof({**both, "slower": 0})["key"] == "channels.proof_found.faster"


def test_a_small_account_proves_little(months):
    weighed = channels.weigh_growth(months).set_index("account")
    assert weighed.loc["b1", "growth"] == pytest.approx(1.0) and "c3" not in weighed.index
    assert set(weighed["standing_growth"]) <= {"faster", "slower", "as_channel"}
    assert (weighed["growth_low"] <= weighed["growth_shrunken"]).all() and (weighed["growth_shrunken"] <= weighed["growth_high"]).all()
