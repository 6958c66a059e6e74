"""The type of relationship: stated only on enough signs, held by the signs of contact, one step at a time."""

import pytest
from pandas import Timestamp

from kamnb import strategy
from kamnb.errors import InputError
from kamnb.strategy.relationship import SIGNS
from tests.strategy.conftest import AS_OF, fill, months_of

GOOD = {"tenure": 20, "continuity": 1, "wallet": 0.3, "range": 1, "reach": 0.9, "support": 1.5, "staff": 6, "joint_work": 7}


def judge(known, **options):
    return strategy.judge_relationship(strategy.assess_signs(known), **options)


def test_everything_good_is_a_partner_not_an_alliance():
    assert judge(GOOD)["now"] == "partner" and judge(GOOD)["why"] == "top"


def test_levels_follow_the_cuts():
    signs = strategy.assess_signs({sign: cuts[1] for sign, _, *cuts in SIGNS})
    assert signs["level"].tolist() == [3] * len(SIGNS)
    assert strategy.assess_signs({})["level"].isna().all()


@pytest.mark.parametrize("lacking", [{"reach": 0.1}, {"support": -1}, {"staff": 1}, {"joint_work": 0}])
def test_one_missing_sign_of_contact_holds_the_partner_back(lacking):
    assert judge(GOOD | lacking)["now"] in {"preferred", "transactional"}


def test_size_and_tenure_alone_make_no_partner():
    assert judge({"tenure": 30, "continuity": 1, "wallet": 0.3, "range": 1}) == {}


def test_three_signs_are_too_few():
    assert judge({"tenure": 30, "reach": 1, "support": 2}) == {}


def test_unknown_signs_do_not_stand_in_the_way():
    assert judge({name: GOOD[name] for name in ("tenure", "continuity", "range", "staff")})["now"] == "partner"


def test_wanted_is_one_step_up_unless_money_is_lost_or_people_chose():
    known = GOOD | {"support": -1}
    assert judge(known)["now"] == "preferred" and judge(known)["wanted"] == "partner"
    assert judge(known, loses_money=True)["wanted"] == "preferred"
    assert judge(known, wanted="alliance", loses_money=True)["wanted"] == "alliance"


def test_unknown_type_names_the_nearest():
    with pytest.raises(InputError, match="did you mean 'partner'"):
        judge(GOOD, wanted="partners")


def test_steps_list_what_falls_short_and_what_to_find_out():
    known = GOOD | {"support": -1, "joint_work": 0}
    known.pop("wallet")
    signs = strategy.assess_signs(known)
    steps = strategy.list_steps(signs, strategy.judge_relationship(signs))
    assert steps["sign"].tolist() == ["joint_work", "support", "wallet"]
    assert steps["needed"].tolist() == [3.0, 0.5, 0.1]
    assert strategy.list_steps(signs, {}).empty


def test_tenure_and_continuity(profile):
    panel = months_of("A1", [5] * 24)
    panel.loc[12:17, "gross_sales"] = 0
    old = profile.assign(opened=Timestamp("2015-12-31"))
    found = strategy.measure_tenure(old, panel, as_of=AS_OF)
    assert found["tenure"] == pytest.approx(10, abs=0.01) and found["continuity"] == 18 / 24
    assert strategy.measure_tenure(profile, panel.iloc[:0], as_of=AS_OF) == {}


def test_joint_work_is_promotions_and_agreements_of_the_last_year():
    promos = fill("promos", [{"promo": day, "ends": Timestamp(day), "spend": 1} for day in ("2025-05-01", "2024-05-01")])
    deals = fill("deals", [{"deal": n, "stage": stage, "closed": Timestamp("2025-03-01")} for n, stage in (("1", "won"), ("2", "lost"))])
    assert strategy.count_joint_work(promos, deals, as_of=AS_OF) == {"joint_work": 2}
    assert strategy.count_joint_work(promos.iloc[:0], deals.iloc[:0], as_of=AS_OF) == {}


def test_share_of_wallet_needs_the_purchases(profile):
    assert strategy.measure_wallet({"net_sales": 50_000}, profile) == {"wallet": 0.05}
    assert strategy.measure_wallet({}, profile) == {}
    assert strategy.measure_wallet({"net_sales": 1}, profile.assign(category_purchases=None)) == {}
