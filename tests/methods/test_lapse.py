import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame, Timestamp

from kamnb.methods.lapse import LapseRules, signal_decline

MONTHS = pd.date_range("2022-04-01", "2025-03-01", freq="MS")
AS_OF = Timestamp("2025-03-31")
NOTHING = DataFrame({"account": [], "product": [], "month": [], "net_sales": []}).astype(
    {"account": "str", "product": "str", "month": "datetime64[us]", "net_sales": "int64"})


def panel_of(**accounts):
    parts = [DataFrame({"account": name, "month": MONTHS, "net_sales": values}) for name, values in accounts.items()]
    return pd.concat(parts, ignore_index=True)


def listing(account, months, *products):
    rows = pd.MultiIndex.from_product([products, pd.to_datetime(months)], names=["product", "month"])
    return rows.to_frame(index=False).assign(account=account, net_sales=10)


def test_steady_account_gives_no_sign():
    table = signal_decline(panel_of(A=[100] * 36), NOTHING, as_of=AS_OF)
    assert table.loc["A", ["reasons", "signals", "silence", "sales"]].tolist() == ["", 0, 0, 1200]
    assert table.loc["A", "change_3"] == 0
    assert table["products"].isna().all()


def test_decline_is_measured_against_the_same_months_a_year_earlier():
    season = np.tile([1, 1, 1, 1, 1, 1, 9, 9, 9, 4, 4, 4], 3) * 100
    falling = np.where(np.arange(36) >= 33, season * 0.7, season).astype(int)
    table = signal_decline(panel_of(A=season, B=falling), NOTHING, as_of=AS_OF)
    assert table.loc["A", "signals"] == 0
    assert table.loc["B", ["recent_3", "before_3"]].tolist() == [840, 1200]
    assert table.loc["B", "change_3"] == pytest.approx(-0.3)
    assert table.loc["B", "reasons"] == "decline_3"


def test_thresholds_are_parameters():
    panel = panel_of(A=[100] * 33 + [70] * 3)
    patient = LapseRules(decline_3=-0.5, decline_6=-0.5)
    assert signal_decline(panel, NOTHING, as_of=AS_OF).loc["A", "reasons"] == "decline_3 decline_6"
    assert signal_decline(panel, NOTHING, as_of=AS_OF, rules=patient).loc["A", "signals"] == 0


def test_turning_negative_is_a_full_decline():
    table = signal_decline(panel_of(A=[100] * 33 + [-10] * 3), NOTHING, as_of=AS_OF)
    assert table.loc["A", "change_3"] == -1
    assert "decline_3" in table.loc["A", "reasons"].split()


def test_pause_counts_only_when_it_is_longer_than_the_accounts_own_rhythm():
    quarterly = [50, 0, 0] * 12
    gone = [50, 0, 0] * 10 + [0] * 6
    table = signal_decline(panel_of(rhythm=quarterly, gone=gone), NOTHING, as_of=AS_OF)
    assert table.loc["rhythm", ["silence", "usual_gap", "reasons"]].tolist() == [2, 3, ""]
    assert table.loc["gone", "silence"] == 8
    assert "silent" in table.loc["gone", "reasons"].split()


def test_lost_products_are_counted_net_of_new_ones():
    before, now = ["2023-11-01", "2024-02-01"], ["2024-11-01", "2025-02-01"]
    products = pd.concat([listing("A", before, *"pqrs"), listing("A", now, *"pq"), listing("B", before, *"pqrs"),
                          listing("B", now, *"pqxy"), listing("C", before, *"pq"), listing("C", now, "p")])
    table = signal_decline(panel_of(A=[9] * 36, B=[9] * 36, C=[9] * 36), products, as_of=AS_OF)
    assert table.loc["A", ["products", "products_before"]].tolist() == [2, 4]
    assert table["reasons"].to_dict() == {"A": "products_lost", "B": "", "C": ""}


def test_short_history_cannot_decline():
    panel = panel_of(A=[100] * 36)
    table = signal_decline(panel[panel["month"] >= "2024-11-01"], NOTHING, as_of=AS_OF)
    assert table.loc["A", ["before_3", "change_3", "usual_gap"]].isna().all()
    assert table.loc["A", "signals"] == 0


def test_partial_month_does_not_look_like_a_decline():
    panel = panel_of(A=[100] * 36)
    panel.loc[panel["month"] == "2025-03-01", "net_sales"] = 3
    assert signal_decline(panel, NOTHING, as_of=Timestamp("2025-03-02")).loc["A", "signals"] == 0


def test_most_signs_come_first_and_the_long_gone_do_not_come_at_all():
    table = signal_decline(panel_of(old=[100] * 10 + [0] * 26, fine=[900] * 36, gone=[100] * 28 + [0] * 8),
                           NOTHING, as_of=AS_OF)
    assert table.index.tolist() == ["gone", "fine"]
    assert table.loc["gone", "reasons"] == "decline_3 decline_6 silent"
