import pytest
from pandas import DataFrame

from kamnb.methods.serving import list_activities, total_cost_to_serve


@pytest.fixture
def drivers():
    return DataFrame({"account": "A", "activity": ["order", "credit check", "complaint"], "volume": [9800.0, 280, 500],
                      "unit_minutes": [40.0, 220, 250], "cost_per_minute": 0.80})


@pytest.mark.oracle("O20")
def test_cost_of_the_activities_of_a_service_desk(drivers):
    total = total_cost_to_serve(drivers.assign(volume=[9800, 280, 500]), scale=2).loc["A"]
    assert total["minutes"] == 392_000 + 61_600 + 125_000 == 578_600
    assert total["cost_to_serve"] == 462_880_00


def test_dearest_activity_comes_first(drivers):
    costs = list_activities(drivers)
    assert costs["activity"].tolist() == ["order", "complaint", "credit check"]
    assert costs["cost"].tolist() == [313_600, 100_000, 49_280]
