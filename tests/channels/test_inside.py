import pytest
from pandas import DataFrame

from kamnb import channels
from tests.channels.conftest import AS_OF, MONTHS, choices


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


def test_the_nine_fields_tie(months):
    rules = channels.compare_rules(months, choices=choices())
    classes = channels.classify_accounts(months, rules=rules, choices=choices())
    fields = channels.cross_classes(classes)
    assert fields["accounts"].sum() == len(classes) and fields["net_sales"].sum() == classes["net_sales"].sum()
    assert fields["share"].sum() == pytest.approx(1)
    facts = channels.summarise_fields(fields, classes=classes)
    assert facts["small_accounts"] == (classes["class_abc"] == "C").sum()


def test_what_a_channel_is_made_of(months):
    rules = channels.compare_rules(months, choices=choices())
    profile = channels.profile_channels(channels.classify_accounts(months, rules=rules, choices=choices())).set_index("channel")
    assert profile.loc["A", "accounts"] == 6 and profile.loc["A", "largest_share"] == pytest.approx(1100 / 2000)
    assert profile["net_sales"].is_monotonic_decreasing
    assert profile[["a_share", "steady_share"]].le(1).all(axis=None)


def test_a_sentence_for_a_business_without_steady_large_accounts():
    irregular = orders(8, 30)
    rules = channels.compare_rules(irregular, choices=choices())
    classes = channels.classify_accounts(irregular, rules=rules, choices=choices())
    facts = channels.summarise_fields(channels.cross_classes(classes), classes=classes)
    assert channels.tell_fields(facts)["key"].endswith(".none") and len(facts["irregular_names"]) == 5
