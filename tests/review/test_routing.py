"""A change of route is noticed, and nothing else is taken for one."""

import pytest

from kamnb import review


def test_the_planted_change_of_route_is_the_only_one(routes, truth):
    told = truth["T12"]
    assert routes[["account", "wholesaler"]].values.tolist() == [[told["account"], told["wholesaler"]]]
    assert str(routes["month"].iloc[0].date()) == told["date"]
    assert abs(routes["change_both"].iloc[0]) < 0.05 * routes["change"].iloc[0]


def test_without_known_wholesalers_nothing_is_suspected(panel, products, accounts, scope):
    unknown = accounts.assign(level=None)
    assert review.find_reroutings(panel, products, accounts=unknown, scope=scope).empty


def test_growth_without_a_wholesaler_that_loses_the_same_goods_is_growth(panel, products, accounts, scope, truth):
    wholesaler = truth["T12"]["wholesaler"]
    rest = [rows[rows["account"] != wholesaler] for rows in (panel, products)]
    assert review.find_reroutings(*rest, accounts=accounts, scope=scope).empty


def test_the_sentence_tells_found_from_none(routes):
    assert review.summarise_reroutings(routes)["key"] == "review.routing_found.found"
    assert review.summarise_reroutings(routes.iloc[:0]) == {"key": "review.routing_found.none"}
    assert review.summarise_reroutings(routes)["moved"] == pytest.approx(routes["change"].iloc[0], rel=0.1)
