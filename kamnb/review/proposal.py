"""What must change: every finding of the review as a proposal for one account, with the money it is about."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from pandas import DataFrame, Series

CHANGES = {  # what a finding asks for
    "leaving": "rescue", "behind": "recover", "mix": "win_back_mix", "late": "collect", "moved": "stop_promotion",
    "rerouted": "restate", "ahead": "raise_target",
}
MATERIAL = 0.001  # an account with less of all sales is left to its own manager
PROPOSAL = ["account", "key", "signals", "changes", "at_stake"]


def list_findings(found: Mapping[str, DataFrame]) -> DataFrame:
    """All findings about accounts in one list: account, name, signal, `at_stake` (minor units).

    `found`: frames of the sections by name - gaps (`compare_accounts`), mix (`find_mix_falls`), risks
    (`mark_rerouted`), reroutings, payments (`find_late_payers`), promotions (`find_moved`).  At stake are the shortfall
    or surplus against plan, the sales of an account that is leaving (if MATERIAL), what mix cost, what is overdue, what
    was spent on promotions that only moved sales, what changed route.  An account whose goods changed route is not
    called behind or ahead.
    """
    gaps, routes = found["gaps"], found["reroutings"]
    rerouted = set(routes["account"]) | set(routes["wholesaler"])
    parts = [_find(gaps[(gaps["status"] == status) & ~gaps["account"].isin(rerouted)], status, "difference")
             for status in ("behind", "ahead")]
    risks = found["risks"]
    urgent = risks[(risks["alarm"] == "leaving") & (risks["share"] >= MATERIAL)]
    parts += [_find(urgent, "leaving", "at_stake"),
              _find(found["mix"], "mix", "mix"), _find(found["payments"], "late", "overdue"),
              _find(routes, "rerouted", "moved"), _find(found["promotions"], "moved", "spend")]
    findings = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    sums = findings.groupby(["account", "name", "signal"], as_index=False)["at_stake"].sum()
    return sums.sort_values(["at_stake", "account", "signal"], ascending=[False, True, True], ignore_index=True)


def _find(rows: DataFrame, signal: str, amount: str) -> DataFrame:
    size = rows[amount].astype("Int64").abs().astype("int64")
    return DataFrame({"account": rows["account"].astype("str"), "name": rows["name"].astype("str"),
                      "signal": Series(signal, index=rows.index, dtype="str"), "at_stake": size})


def propose_changes(findings: DataFrame, *, keys: DataFrame) -> DataFrame:
    """One proposal per account, the largest first: account, `key` (is a key account), `signals` and `changes`
    (codes separated by spaces, largest first) and `at_stake` (its largest finding: they overlap, so they are not
    added).

    `findings`: from `list_findings`; `keys`: from `choose_accounts`.  Names stay out: what is saved is the same in
    every language.
    """
    coded = findings.assign(change=findings["signal"].map(CHANGES))
    rows = [{"account": account, "signals": " ".join(part["signal"]),
             "changes": " ".join(dict.fromkeys(part["change"])), "at_stake": int(part["at_stake"].max())}
            for account, part in coded.groupby("account", sort=False)]
    table = DataFrame(rows, columns=["account", "signals", "changes", "at_stake"])
    table["key"] = table["account"].isin(keys["account"])
    return table.sort_values(["at_stake", "account"], ascending=[False, True], ignore_index=True)[PROPOSAL]


def summarise_changes(proposal: DataFrame, *, accounts: DataFrame) -> dict[str, object]:
    """The facts of the closing sentence: how many accounts need a change, and the three largest."""
    if proposal.empty:
        return {"key": "review.closing_change.none"}
    names = accounts.set_index("account")["name"]
    return {"key": "review.closing_change.found", "n": len(proposal),
            "accounts": [str(names.get(account, account)) for account in proposal["account"].head(3)],
            "keys": int(proposal["key"].astype(bool).sum())}


def conclude_landing(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts of the closing sentence on the landing; the key says whether the plan will hold.

    `facts`: from `summarise_landing`.
    """
    form = str(facts["key"]).split(".")[-1]
    if form == "plan":
        gap = int(facts["difference"])
        form = "plan_short" if gap < 0 else "plan_reached"
        facts = {**facts, "short": -gap, "over": gap}
    return {**facts, "key": f"review.closing.{form}"}


def conclude_cause(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts of the closing sentence on causes; the key tells growth by price alone from the rest.

    `facts`: from `summarise_change`.
    """
    if "change" not in facts:
        return {"key": "review.closing_cause.none"}
    by_price = facts["change"] > 0 and facts["price"] >= facts["change"] and facts["volume"] < 0
    return {**facts, "key": f"review.closing_cause.{'price_volume' if by_price else 'other'}"}
