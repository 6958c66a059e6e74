import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Timestamp

from kamnb.methods.renewal import place_replacements

AS_OF = Timestamp("2025-03-31")
LIVES = DataFrame({"life": [5.0, None], "life_spread": [1.0, None]}, index=["machine", "coffee"])


def bought(*rows):
    frame = DataFrame(rows, columns=["account", "product", "month", "quantity"])
    return frame.assign(month=pd.to_datetime(frame["month"]))


def test_units_of_the_right_age_fall_due_next():
    found = place_replacements(bought(("A", "machine", "2020-10-01", 100), ("B", "machine", "2024-10-01", 100)), LIVES, as_of=AS_OF)
    old, young = (found[found["account"] == name].set_index("year") for name in "AB")
    assert old.loc[1, "age"] == pytest.approx(4.5, abs=0.01)
    # a normal life of 5 +- 1 years: F(0.5) - F(-0.5) of 100 units
    assert old.loc[1, "due"] == pytest.approx(38.3, abs=0.5)
    assert young.loc[1, "due"] < 1
    assert old.loc[1, "window_from"] == 0 and young.loc[1, "window_from"] == pytest.approx(3.22, abs=0.02)


def test_consumables_and_purchases_to_come_have_no_installed_base():
    found = place_replacements(bought(("A", "coffee", "2024-10-01", 100), ("A", "machine", "2025-06-01", 9)), LIVES, as_of=AS_OF)
    assert found.empty and "due_share" in found


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 70), st.integers(1, 1000)), min_size=1, max_size=20))
def test_what_falls_due_never_exceeds_what_is_installed(rows):
    purchases = DataFrame({"account": "A", "product": "machine", "quantity": [q for _, q in rows],
                           "month": [AS_OF.replace(day=1) - pd.DateOffset(months=age) for age, _ in rows]})
    found = place_replacements(purchases, LIVES, as_of=AS_OF, years=20)
    if len(found):
        assert found["due"].sum() == pytest.approx(found["installed"].iloc[0], rel=1e-6)
        assert found["due"].ge(0).all()
