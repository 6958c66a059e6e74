"""Every planted truth can be found in the tables with a few lines of pandas, and truth.toml tells the same."""

import numpy as np
import pandas as pd
import pytest

KEY = ["A080", "A081", "A060", "A088", "A002", "A011", "A012", "A031"]


def yearly(sales, **where):
    for column, value in where.items():
        sales = sales[sales[column] == value]
    return sales.groupby("year")["net_sales"].sum().astype(float)


def market(sample, channel):
    rows = sample["market"][sample["market"]["channel"] == channel]
    return rows.groupby(rows["month"].dt.year)["sales"].sum().astype(float)


def off_invoice(sample, net_sales):
    """Yearly yen of rebates, fees and funds by account, at face value without progressive and category terms."""
    book = sample["terms"]
    book = book[~book["kind"].isin(["on_invoice", "payment_days", "progressive_rebate"]) & book["category"].isna()]
    base = book["account"].map(net_sales).astype(float).where(book["basis"] == "share_of_invoice", 1.0)
    return (base * book["value"] * book["probability"].fillna(1.0)).groupby(book["account"]).sum()


@pytest.fixture(scope="module")
def profits(sample, sales):
    """Last year by account: list, net, cost, terms, serve, profit and pocket price as a share of list."""
    sums = sales[sales["year"] == 2025].groupby("account")[["list_sales", "net_sales", "cost"]].sum().astype(float)
    drivers = sample["cost_drivers"]
    serve = (drivers["volume"] * drivers["unit_minutes"] * drivers["cost_per_minute"]).groupby(drivers["account"]).sum()
    table = sums.assign(terms=off_invoice(sample, sums["net_sales"]), serve=serve)
    return table.assign(profit=table["net_sales"] - table["cost"] - table["terms"] - table["serve"],
                        pocket=(table["net_sales"] - table["terms"]) / table["list_sales"])


def test_t01_largest_account_is_unprofitable(profits, truth):
    assert profits["net_sales"].idxmax() == truth["T01"]["account"]
    facts = profits.loc[truth["T01"]["account"]]
    assert facts["net_sales"] - facts["cost"] > 0.2 * facts["net_sales"]
    assert facts["profit"] < -0.02 * facts["net_sales"]
    assert facts["profit"] == pytest.approx(truth["T01"]["profit"], abs=2)


def test_t01_no_other_of_the_ten_largest_loses_money(profits, truth):
    ten = profits.nlargest(10, "net_sales")
    assert ten.index[ten["profit"] < 0].tolist() == [truth["T01"]["account"]]


def test_t02_small_chain_grows_on_every_measure(sample, sales, truth):
    account = truth["T02"]["account"]
    mine = yearly(sales, account=account)
    share = mine / market(sample, "RSM")
    categories = sales[sales["account"] == account].groupby("year")["category"].nunique()
    stores = sample["stores"][sample["stores"]["account"] == account]
    ends = [pd.Timestamp(f"{year}-12-31") for year in mine.index]
    open_stores = pd.Series([((stores["opened"] <= end) & ~(stores["closed"] <= end)).sum() for end in ends])
    for measure in (mine, share, categories, open_stores):
        assert measure.is_monotonic_increasing and measure.is_unique
    assert mine.tolist() == truth["T02"]["net_sales"]
    assert mine[2025] < sales[sales["year"] == 2025].groupby("account")["net_sales"].sum().quantile(0.8)


def test_t02_no_other_account_grows_so_fast_over_five_years(sales, truth):
    table = sales.pivot_table(index="account", columns="year", values="net_sales", aggfunc="sum").astype(float)
    grown = table[2025] / table[2021]
    assert grown.idxmax() == truth["T02"]["account"]


def test_t03_one_channel_outgrows_us_and_in_one_we_gain(sample, sales, truth):
    change = {}
    for channel in sample["channels"]["channel"]:
        share = yearly(sales, channel=channel) / market(sample, channel)
        change[channel] = share[2025] / share[2021] - 1
    assert min(change, key=change.get) == truth["T03"]["losing"] and min(change.values()) < -0.12
    assert max(change, key=change.get) == truth["T03"]["gaining"] and max(change.values()) > 0.4
    growth = {c: market(sample, c)[2025] / market(sample, c)[2021] for c in change}
    assert growth[truth["T03"]["losing"]] == max(growth.values())


def test_t04_large_account_is_about_to_leave(sales, truth):
    account = truth["T04"]["account"]
    before = sales[sales["year"] == 2024].groupby("account")["net_sales"].sum()
    assert before.rank(ascending=False)[account] <= 12
    mine = sales[(sales["account"] == account) & (sales["quantity"] > 0)]
    change = mine.groupby("month")["net_sales"].sum().astype(float)
    ratio = pd.Series(change.iloc[-12:].to_numpy() / change.iloc[-24:-12].to_numpy())
    assert np.polyfit(range(9), ratio.iloc[3:], 1)[0] < -0.05
    products = mine.groupby("month")["product"].nunique()
    assert products.iloc[-9:].is_monotonic_decreasing
    assert products.iloc[-1] == truth["T04"]["products_after"] < 0.6 * truth["T04"]["products_before"]


def test_t05_one_pocket_price_lies_far_below_its_peers(sample, profits, truth):
    channel = sample["accounts"].set_index("account")["channel"].reindex(profits.index)
    pocket = profits.loc[channel == "RSM", "pocket"]
    rest = pocket.drop(truth["T05"]["account"])
    assert pocket.idxmin() == truth["T05"]["account"]
    assert (pocket.min() - rest.median()) / (1.4826 * (rest - rest.median()).abs().median()) < -8
    assert pocket.min() == pytest.approx(truth["T05"]["pocket"], abs=1e-3)


def lifts(sample, sales, promo):
    """Cases of the promotion's category in its month and the two after, over those that its others suggest."""
    deal = sample["promos"].set_index("promo").loc[promo]
    mine = sales[sales["account"] == deal["account"]]
    table = mine.assign(on=mine["category"] == deal["category"]).pivot_table(
        index="month", columns="on", values="quantity", aggfunc="sum")
    months = pd.period_range(deal["starts"], periods=3, freq="M")
    past = table.loc[months - 12].set_axis(months)
    usual = past[True] * table.loc[months, False].sum() / past[False].sum()
    return (table.loc[months, True] - usual) / usual.iloc[0]


def test_t06_one_promotion_only_pulled_sales_forward(sample, sales, truth):
    found = lifts(sample, sales, truth["T06"]["forward_promo"])
    assert found.iloc[0] > 0.45
    assert abs(found.sum()) < 0.25 * found.iloc[0]


def test_t06_the_other_truly_added(sample, sales, truth):
    found = lifts(sample, sales, truth["T06"]["added_promo"])
    assert found.iloc[0] > 0.45
    assert found.sum() > 0.8 * found.iloc[0]


def test_t07_merger_raises_concentration(sample, sales, truth):
    head, joined = truth["T07"]["head"], truth["T07"]["joined"]
    master = sample["accounts"].set_index("account")
    assert master.at[joined, "group"] == head == master.at[head, "group"]
    assert str(master.at[joined, "group_from"].date()) == truth["T07"]["date"]
    year = sales[(sales["channel"] == "DRG") & sales["month"].between("2023-10", "2024-09")]
    apart = year.groupby("account")["net_sales"].sum().astype(float)
    together = apart.groupby(lambda account: head if account == joined else account).sum()
    for name, shares in (("before", apart / apart.sum()), ("after", together / together.sum())):
        assert shares.nlargest(4).sum() == pytest.approx(truth["T07"][f"cr4_{name}"], abs=1e-4)
        assert (shares**2).sum() == pytest.approx(truth["T07"][f"hhi_{name}"], abs=1e-5)
    assert truth["T07"]["hhi_after"] > truth["T07"]["hhi_before"] + 0.03


def test_t08_one_account_pays_late_and_owes_much(sample, truth):
    bills = sample["ar"]
    late = (bills["paid_on"] - bills["due"]).dt.days.groupby(bills["account"]).mean()
    overdue = bills[(bills["due"] < "2025-12-31") & bills["paid_on"].isna()]
    account = truth["T08"]["account"]
    assert late.idxmax() == account and late.nlargest(2).iloc[1] < 15
    assert overdue.loc[overdue["due"] < "2025-12-01", "account"].unique().tolist() == [account]
    assert overdue.loc[overdue["account"] == account, "amount"].sum() == truth["T08"]["overdue"] > 80_000_000


def test_t09_one_key_account_is_behind_its_plan_and_one_ahead(sample, sales, truth):
    due = sample["plan"][sample["plan"]["month"] <= "2025-12-01"].groupby("account")["net_sales"].sum()
    done = sales[sales["month"] >= "2025-04"].groupby("account")["net_sales"].sum()
    reached = (done / due).dropna().astype(float)[KEY]
    assert reached.idxmin() == truth["T09"]["behind"] and reached.min() < 0.85
    assert reached.idxmax() == truth["T09"]["ahead"] and reached.max() > 1.08
    others = reached.drop([truth["T09"]["behind"], truth["T09"]["ahead"]])
    assert others.between(0.95, 1.05).all()


def test_t10_one_large_account_buys_none_of_a_category_that_its_peers_buy(sales, truth):
    peers = sales[(sales["channel"] == "CVS") & (sales["year"] == 2025)]
    bought = peers.pivot_table(index="account", columns="category", values="net_sales", aggfunc="sum", fill_value=0)
    empty = bought.stack()
    assert empty[empty == 0].index.tolist() == [(truth["T10"]["account"], truth["T10"]["category"])]
    assert truth["T10"]["headroom"] > 300_000_000


def test_t11_large_is_not_key_and_key_is_not_large(sample, sales, truth):
    ten = sales[sales["year"] == 2025].groupby("account")["net_sales"].sum().nlargest(10).index
    large, small = truth["T11"]["large_not_key"], truth["T11"]["key_not_large"]
    assert set(large) <= set(ten) and small not in ten
    marks = sample["scores"].groupby(["account", "criterion"])["score"].mean().unstack()
    assert (marks.loc[large].max() < marks.loc[KEY].min()).all()
    assert (marks.loc[large].max() < marks.drop(index=large).median()).all()
    assert (marks.loc[small] > marks.drop(index=small).median()).all()


def test_t11_the_ledger_says_the_same_of_growth_and_effort(profits, sales, truth):
    table = sales.pivot_table(index="account", columns="year", values="net_sales", aggfunc="sum").astype(float)
    growth, effort = table[2025] / table[2022], profits["serve"] / profits["net_sales"]
    for account in truth["T11"]["large_not_key"]:
        assert growth[account] < 1
        assert growth[account] < growth[[a for a in KEY if a != truth["T09"]["behind"]]].min()
        assert effort[account] > effort[KEY].median()


def test_t12_growth_of_one_account_is_a_change_of_route(sample, sales, truth):
    account, house = truth["T12"]["account"], truth["T12"]["wholesaler"]
    direct = sales[sales["account"] == account].groupby("month")["quantity"].sum()
    flow = sample["sellthru"][(sample["sellthru"]["account"] == account) & (sample["sellthru"]["wholesaler"] == house)]
    through = flow.groupby(flow["month"].dt.to_period("M"))["quantity"].sum()
    assert through.index.max() < pd.Period(truth["T12"]["date"], "M")
    now, then = (pd.period_range(f"{year}-04", f"{year}-12", freq="M") for year in (2025, 2024))
    assert direct[now].sum() / direct[then].sum() > 1.8
    assert (direct[now].sum() / (direct[then].sum() + through[then].sum())) == pytest.approx(1.0, abs=0.06)
    lost = sales[sales["account"] == house].groupby("month")["quantity"].sum()
    assert lost[now].sum() / lost[then].sum() < 0.85


def test_t13_sales_of_one_account_fell_by_mix_alone(sales, truth):
    mine = sales[sales["account"] == truth["T13"]["account"]]
    table = mine.groupby(["year", "product"])[["quantity", "net_sales"]].sum().astype(float)
    base, now = table.loc[2024], table.loc[2025]
    assert base.index.equals(now.index)
    price_base, price_now = base["net_sales"] / base["quantity"], now["net_sales"] / now["quantity"]
    price = ((price_now - price_base) * now["quantity"]).sum()
    volume = (now["quantity"].sum() - base["quantity"].sum()) / base["quantity"].sum() * base["net_sales"].sum()
    total = now["net_sales"].sum() - base["net_sales"].sum()
    assert volume == 0
    assert abs(price) < 0.002 * abs(total)
    assert total < -0.05 * base["net_sales"].sum()
    assert total == truth["T13"]["total"]


def test_plans_have_the_two_gaps_that_the_check_must_find(sample):
    goals, actions = sample["goals"], sample["actions"]
    assert goals.loc[~goals["goal"].isin(actions["goal"]), "goal"].tolist() == ["G-A002-C"]
    assert actions.loc[actions["kpi"].isna(), "account"].tolist() == ["A060"]
    assert goals.groupby("account").size().eq(3).all() and set(goals["account"]) == set(KEY)
    assert (goals["target"] > goals["baseline"]).all()


def test_every_truth_is_told_in_three_languages(truth):
    assert list(truth) == [f"T{number:02d}" for number in range(1, 19)]
    for facts in truth.values():
        assert all(facts[f"about_{language}"] for language in ("ja", "en", "zh"))
