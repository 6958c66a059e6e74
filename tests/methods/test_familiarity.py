import numpy as np
import pytest
from pandas import DataFrame

from kamnb.methods.familiarity import check_familiarity

ACCOUNTS = [f"A{n:02}" for n in range(60)]


def made(weight, seed=2, raters=("x", "y")):
    """Raters whose liking hangs on how well they know an account by `weight`, and on luck."""
    rng = np.random.default_rng(seed)
    known = DataFrame([{"account": a, "rater": r, "familiarity": rng.normal()} for r in raters for a in ACCOUNTS])
    liking = known.assign(liking=weight * known["familiarity"] + rng.normal(size=len(known)))[["account", "rater", "liking"]]
    return liking, known


def test_liking_what_one_knows_is_a_bias():
    found = check_familiarity(*made(1.0), draws=500).set_index("rater")
    assert found["verdict"].tolist() == ["biased"] * 3
    assert found.loc["all", "correlation"] == pytest.approx(0.68, abs=0.12)
    assert found.loc["all", "p_value"] == pytest.approx(1 / 501)


def test_chance_is_no_sign():
    shares = [check_familiarity(*made(0.0, seed=n), draws=100).set_index("rater").loc["all", "p_value"] < 0.05 for n in range(30)]
    assert np.mean(shares) < 0.2


def test_p_value_does_not_hang_on_the_unit():
    liking, known = made(0.3)
    once = check_familiarity(liking, known, draws=300, seed=4)
    other = check_familiarity(liking, known.assign(familiarity=np.exp(known["familiarity"] * 3)), draws=300, seed=4)
    assert once.equals(other)


def test_familiarity_may_be_the_same_for_all_raters():
    liking, known = made(1.5, raters=("x",))
    shared = known[["account", "familiarity"]]
    both = DataFrame([*liking.to_dict("records"), *liking.assign(rater="y").to_dict("records")])
    found = check_familiarity(both, shared, draws=200)
    assert found["rater"].tolist() == ["x", "y", "all"]
    assert found.loc[2, "correlation"] == pytest.approx(found.loc[0, "correlation"])


def test_what_merit_explains_is_no_bias():
    rng = np.random.default_rng(5)
    merit = rng.normal(size=60)
    known = DataFrame({"account": ACCOUNTS, "familiarity": merit + rng.normal(size=60) * 0.3})
    liking = DataFrame({"account": ACCOUNTS, "rater": "x", "liking": merit + rng.normal(size=60) * 0.3})
    assert check_familiarity(liking, known, draws=300)["verdict"].tolist() == ["biased", "biased"]
    told = check_familiarity(liking, known.assign(merit=merit), draws=300)
    assert told["verdict"].tolist() == ["no_sign", "no_sign"]


def test_few_accounts_say_nothing():
    liking, known = made(1.0)
    few = check_familiarity(liking[liking["account"] < "A05"], known, draws=50)
    assert few["verdict"].tolist() == ["too_few"] * 3
    assert few["correlation"].isna().all()


def test_disliking_what_one_knows_is_told_apart():
    assert check_familiarity(*made(-1.0), draws=200)["verdict"].tolist() == ["reverse"] * 3
