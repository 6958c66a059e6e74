"""Who is about to leave, by the buyer's own rhythm; and whether an early warning would have earned its place."""

from __future__ import annotations

from pandas import DataFrame, Timestamp

from kamnb.methods.pauses import PauseRules, list_lapsed, measure_pauses, sum_lapsed
from kamnb.methods.warning import backtest_warning, score_warning
from kamnb.methods.warning_signs import WarningRules, trace_signs

SHOWN = 8
STEP = 6  # months between two test days: often enough to judge, seldom enough to wait for
COLUMNS = ["account", "name", "decision", "net_sales", "signs", "items", "items_lapsed", "at_stake"]


def find_pauses(products: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """Items that an account has stopped buying, by its own rhythm: `pauses.measure_pauses` by account and product.

    `products`: account_product_month; a month with sales is a purchase at its first day, so only pauses of months show.
    Source: method.md D31, feature 13.
    """
    bought = products[products["net_sales"] > 0]
    lines = bought.rename(columns={"month": "date"})[["account", "product", "date", "net_sales"]]
    return measure_pauses(lines, keys=["account", "product"], as_of=as_of, rules=PauseRules())


def list_leavers(board: DataFrame, pauses: DataFrame) -> DataFrame:
    """Accounts that show a sign of leaving, key accounts and large ones first: account, name, decision, net_sales, `signs`
    (codes), `items` (with a rhythm that is known), `items_lapsed`, `at_stake` (yearly sales of these, minor units).

    An account has a row for two warning signs, or for a quarter of its items lapsed.  At most eight.
    """
    sums = sum_lapsed(pauses).set_index("account") if len(pauses) else DataFrame(columns=["combinations", "lapsed", "share", "sales"])
    table = board.assign(items=board["account"].map(sums["combinations"]).astype("Int64"),
                         items_lapsed=board["account"].map(sums["lapsed"]).astype("Int64"),
                         at_stake=board["account"].map(sums["sales"]).astype("Int64"),
                         part=board["account"].map(sums["share"]).astype(float))
    lapsing = (table["part"] >= 0.25) & (table["items"].fillna(0) >= 4).astype(bool)
    going = table.loc[(table["signals"].fillna(0) >= 2).astype(bool) | lapsing]
    order = going.assign(key=going["decision"] != "key").sort_values(["key", "net_sales", "account"], ascending=[True, False, True])
    return order[COLUMNS].head(SHOWN).reset_index(drop=True)


def summarise_leavers(leavers: DataFrame, pauses: DataFrame, board: DataFrame) -> dict[str, object]:
    """Numbers of leaving: `leavers` (all accounts with two signs or more), `names` (the three largest), `keys` (names of key
    accounts among them), `sales` at stake (their sales of the year); {} for none."""
    if leavers.empty:
        return {}
    large = leavers.sort_values(["net_sales", "account"], ascending=[False, True])
    lapsed = len(list_lapsed(pauses)) if len(pauses) else 0
    return {"leavers": int((board["signals"].fillna(0) >= 2).sum()), "names": large["name"].head(3).tolist(), "lapsed": lapsed,
            "keys": leavers.loc[leavers["decision"] == "key", "name"].tolist(), "sales": int(large["net_sales"].sum())}


def watch_past(panel: DataFrame, products: DataFrame, accounts: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """What every account looked like on test days of the past, and what became of it: `warning_signs.trace_signs`."""
    channel = accounts.set_index("account")["channel"]
    rows = panel.assign(channel=panel["account"].map(channel).astype("str").fillna("-"))
    return trace_signs(rows, products, as_of=as_of, rules=WarningRules(step=STEP))


def try_warning(cells: DataFrame) -> DataFrame:
    """The early warning against "sales down by a fifth", two rows: `warning.backtest_warning`."""
    return backtest_warning(cells, rules=WarningRules(step=STEP))


def summarise_warning(tested: DataFrame, cells: DataFrame, board: DataFrame) -> dict[str, object]:
    """Numbers of the test: `days`, `losses`, `alarms`, `hits`, `naive_hits`, `precision`, `naive_precision`, and `names` of those
    who look most worrying now, to be said only where the score beats the simple alarm (feature 13); {} where no day of the past
    could be judged."""
    if tested.empty:
        return {}
    score, naive = (tested.set_index("method").loc[name] for name in ("score", "naive"))
    if score["verdict"] == "unknown":
        return {}
    return {"days": int(score["days"]), "losses": int(score["losses"]), "alarms": int(score["alarms"]), "hits": int(score["hits"]),
            "naive_hits": int(naive["hits"]), "precision": score["precision"], "naive_precision": naive["precision"],
            "names": _name_worrying(cells, board)}


def _name_worrying(cells: DataFrame, board: DataFrame) -> list[str]:
    """Names of the accounts with the highest scores, most worrying first."""
    worry = score_warning(cells).dropna(subset=["score"]).sort_values(["score", "account"], ascending=[False, True])["account"]
    names = board.set_index("account")["name"]
    return names.reindex(worry[worry.isin(names.index)].head(SHOWN)).tolist()


def name_warning(tested: DataFrame) -> str:
    """beats, worse, open or unknown: whether the score may be shown at all (only if it beats the simple alarm)."""
    return str(tested["verdict"].iloc[0]) if len(tested) else "unknown"
