"""What happens when a large buyer leaves: what is at risk, how long until it is made good, and how many we can lose."""

from __future__ import annotations

from pandas import DataFrame, Timestamp

from kamnb.channels.profit import deepest_level
from kamnb.methods.groups import assign_buyers
from kamnb.methods.stress import appraise_losses, find_breaking_point, remove_largest
from kamnb.settings import ChannelSettings

STRESSED = ["group", "group_name", "channel_name", "net_sales", "share", "at_risk", "risk_share", "flag", "months_back",
            "shortfall"]
FLAGS = {"unknown": "unknown", "ordinary": "ordinary", "key": "from_10", "dependent": "from_20", "mono": "from_50"}


def stress_buyers(buyers: DataFrame, *, members: DataFrame, settings: ChannelSettings) -> DataFrame:
    """Every buyer as if it left alone, largest first.

    `buyers`: from `rank_buyers`; `members`: from `sum_members`; settings: avoidable (share of the cost to serve that ends
    with it) and replacement (growth a year of the others).  Returns group, group_name, channel_name, net_sales, share,
    at_risk (what we would earn less), risk_share (of all that is earned), flag (the graver of both), months_back (until the
    others have grown by as much; NaN = more than ten years) and shortfall (missed until then, minor units).
    Source: method.md D02, D29, section 5 feature 12.
    """
    found = appraise_losses(members, growth=settings.replacement, avoidable=settings.avoidable)
    found = found.drop(columns=["net_sales", "share"]).rename(columns={"months": "months_back"})
    named = buyers[["group", "group_name", "channel_name", "net_sales", "share"]].merge(found, left_on="group", right_index=True)
    return named.assign(flag=named["flag"].map(FLAGS))[STRESSED].reset_index(drop=True)


def sum_members(earnings: DataFrame, *, accounts: DataFrame, day: Timestamp) -> DataFrame:
    """What every buyer leaves us, its accounts together: account (its head), net_sales, pocket_margin, cost_to_serve.

    `earnings`: from `trace_earnings`; groups as they stood on `day`.  Where no terms are known the gross margin stands for
    the pocket margin; where nobody's cost to serve is known it is left out of the reckoning (the level is told).
    """
    level = deepest_level(earnings)
    margin = earnings["pocket_margin"].where(earnings["pocket_margin"].notna(), earnings["margin"])
    serve = -earnings["cost_to_serve"] if level == "contribution" else earnings["cost_to_serve"].isna().astype("Int64") * 0
    heads = earnings["account"].map(assign_buyers(accounts, day=day))
    rows = earnings[["account", "net_sales"]].assign(
        account=heads.where(heads.notna(), earnings["account"]).astype("str"), pocket_margin=margin, cost_to_serve=serve)
    groups = rows.groupby("account", observed=True)
    known = groups[["pocket_margin", "cost_to_serve"]].sum(skipna=False)
    return groups["net_sales"].sum().to_frame().join(known).reset_index()


def summarise_stress(members: DataFrame, *, settings: ChannelSettings) -> dict[str, object]:
    """The facts of the stress sentence: what the largest three, five and ten take with them, and how many break the result.

    `members`: from `sum_members`; settings.fixed_cost None = not known, then no breaking point is told.  Nothing
    where nothing is earned in all.
    """
    steps = remove_largest(members, most=10, fixed_cost=settings.fixed_cost, avoidable=settings.avoidable)
    known = steps[steps["contribution"].notna()]
    base = float(known["contribution"].iloc[0]) if len(known) > 1 else 0.0
    if base <= 0:
        return {}
    facts: dict[str, object] = {"contribution": int(base), "breaking": find_breaking_point(steps)}
    for count in (1, 3, 10):
        row = known[known["removed"] <= count].iloc[-1]
        lost = float(row["lost"]) / base
        facts |= {f"sales_{count}": float(row["lost_share"]), f"lost_{count}": lost, f"removed_{count}": int(row["removed"])}
    return facts
