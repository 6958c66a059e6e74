"""Where each channel is to go: its box by either cut-off, our distance to No. 1, and the base strategy that follows."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.calendar import add_years
from kamnb.methods.ninebox import compare_placements, place_boxes, state_cuts
from kamnb.methods.standing import gap_to_first
from kamnb.settings import ChannelSettings

PLACED = ["channel", "channel_name", "attractiveness", "strength", "box_thirds", "box_quantiles", "box_margin", "close_call"]
FIRST = ["channel", "channel_name", "category", "net_sales", "market_share", "rival", "rival_share", "gap_points", "gap_sales",
         "growth", "rival_growth", "years_to_first", "race_verdict"]
STRATEGY = ["channel", "channel_name", "role", "sales_goal", "pillar", "stance_code", "because"]
PILLARS = ("product", "price", "place", "promotion", "presence")


def compare_cuts(placed: DataFrame) -> DataFrame:
    """Every channel's box by equal thirds of the scale and by thirds of the channels, close calls marked, best first.

    `placed`: from `place_channels`.  Returns channel, channel_name, both scores, box_thirds and box_quantiles ("high_medium"
    = attractiveness, strength), box_margin (points to the nearest line of either: a small one is a close call too) and
    close_call (the two cuts disagree).  Source: method.md 2.2 nine-box, A11.
    """
    scores = placed.set_index("channel")[["attractiveness", "strength"]]
    boxes = place_boxes(scores, cuts=state_cuts(scores))
    wide = boxes.pivot(index="channel", columns="convention", values="box").reindex(columns=["thirds", "quantiles"])
    agreed = compare_placements(boxes).reindex(placed["channel"])
    table = placed.join(wide.add_prefix("box_"), on="channel")
    disputed = ~agreed["agrees"].astype("boolean").fillna(True)
    return table.assign(box_margin=agreed["margin"].to_numpy(dtype=float), close_call=disputed.to_numpy(dtype=bool))[PLACED]


def summarise_cuts(cuts: DataFrame) -> dict[str, object]:
    """The facts of the sentence on cut-offs: for how many channels the two disagree, and which."""
    close = cuts[cuts["close_call"]]
    return {"channels": len(cuts), "close": len(close), "names": list(close["channel_name"])} if len(cuts) else {}


def find_first(months: DataFrame, *, market: DataFrame, as_of: Timestamp) -> DataFrame:
    """How far we are from No. 1 in every channel and category in which the largest rival is known, largest gap first.

    `months`: from `place_months`, by category; `market`: the table.  Returns channel, channel_name, category, net_sales,
    market_share, rival, rival_share, gap_points and gap_sales (rival less ours: negative = our lead), growth and
    rival_growth of the latest year, years_to_first (if both go on like this; NaN where the gap widens) and race_verdict
    (first, closing, widening, behind).  Source: method.md A43.
    """
    keys = ["channel", "category"]
    years = add_years(market[market["rival_sales"].notna() & market["category"].notna()], as_of=as_of)
    ends = sorted(years["year"].unique())[-2:]
    theirs = years.groupby([*keys, "year"], observed=True)[["sales", "rival_sales"]].sum()
    ours = months.groupby([*keys, "year"], observed=True)["net_sales"].sum()
    rows = theirs.join(ours.rename("ours"), how="inner").reset_index()
    now, base = (rows[rows["year"] == (ends[place] if len(ends) > 1 else pd.NaT)].set_index(keys) for place in (-1, 0))
    found = gap_to_first(DataFrame({"sales": now["ours"], "rival_sales": now["rival_sales"], "market": now["sales"],
                                    "sales_base": base["ours"].reindex(now.index), "rival_base": base["rival_sales"].reindex(now.index)}))
    rival = years[years["year"] == (ends[-1] if ends else pd.NaT)].groupby(keys, observed=True)["rival"].last()
    names = months.drop_duplicates("channel").set_index("channel")["channel_name"]
    table = found.drop(columns="rank").rename(columns={"share": "market_share", "gap": "gap_sales", "verdict": "race_verdict"})
    table = table.assign(net_sales=now["ours"].astype("int64"), rival=rival.reindex(found.index).astype("str")).reset_index()
    table["channel_name"] = table["channel"].map(names).astype("str")
    return table.sort_values(["gap_sales", *keys], ascending=[False, True, True], ignore_index=True)[FIRST]


def summarise_first(first: DataFrame) -> dict[str, object]:
    """The facts of the No. 1 sentence: fields known and led, the nearest to be won, and the one that runs away."""
    known = first[first["race_verdict"] != "unknown"]
    if known.empty:
        return {}
    facts: dict[str, object] = {"fields": len(known), "first": int((known["race_verdict"] == "first").sum())}
    closing = known[known["race_verdict"] == "closing"].sort_values(["years_to_first", "channel", "category"])
    losing = known[known["race_verdict"] == "widening"].sort_values(["gap_sales", "channel"], ascending=[False, True])
    for name, rows in (("closing", closing), ("widening", losing)):
        facts[name] = len(rows)
        if len(rows):
            row = rows.iloc[0]
            facts |= {f"{name}_channel": row["channel_name"], f"{name}_category": row["category"],
                      f"{name}_gap": int(row["gap_sales"]), f"{name}_years": float(row["years_to_first"])}
    return facts


def state_goals(decided: DataFrame, *, room: DataFrame, position: DataFrame, settings: ChannelSettings) -> Series:
    """Sales a channel is to reach next year, by channel (Int64; <NA> where no market is known).

    With the market, plus the part of the headroom that its role asks for (settings.capture): grow; with the market: defend;
    as it is: harvest and exit.  A goal to argue about, no forecast.  Source: method.md A13.
    """
    sizes = position.pivot(index="channel", columns="year", values="market_sales").astype(float)
    market = sizes.iloc[:, -1] / sizes.iloc[:, -2] if sizes.shape[1] > 1 else Series(dtype=float)
    sales = decided.set_index("channel")["net_sales"].astype(float)
    role = decided.set_index("channel")["role"]
    won = room.set_index("channel")["headroom"].astype("Float64").astype(float).reindex(sales.index) * settings.capture
    grown = sales * market.reindex(sales.index)
    goal = sales.where(role.isin(["harvest", "exit"]), grown + won.where(role == "grow", 0.0))
    return goal.round().astype("Int64")


def list_strategies(decided: DataFrame, *, ladders: DataFrame, evidence: tuple[DataFrame, DataFrame], goals: Series) -> DataFrame:
    """The base strategy of every channel: its role and goal, and a stance on each of the five Ps with the finding behind it.

    `decided`, `ladders`: from `decide_channels`, `compare_ladders`; `evidence`: from `measure_fair_share` and
    `compare_hours`; `goals`: from `state_goals`.  Returns channel, channel_name, role, sales_goal, pillar, stance_code and
    because (code of the finding): a first draft by printed rules, best channel first.  Source: method.md A13, A15.
    """
    fair, effort = evidence
    left = ladders.set_index("channel")["terms_rate"]
    dear = left > left.median()
    levers = fair.groupby("channel")[["by_coverage", "by_in_store"]].sum()
    stores_first = (levers["by_coverage"] > levers["by_in_store"]).to_dict()
    time = effort.set_index("channel")["effort_index"]
    rows = []
    for row in decided.to_dict("records"):
        facts = {"dear": dear.get(row["channel"]), "stores": stores_first.get(row["channel"]), "time": time.get(row["channel"])}
        for pillar in PILLARS:
            stance, because = _take_stance(pillar, row, facts)
            rows.append({**row, "sales_goal": goals.get(row["channel"], pd.NA), "pillar": pillar, "stance_code": stance,
                         "because": because})
    return DataFrame(rows, columns=STRATEGY).astype({"sales_goal": "Int64"})


def _take_stance(pillar: str, row: dict, facts: dict) -> tuple[str, str]:
    """The stance on one P and the finding behind it, by role first and then by what is known."""
    role = row["role"]
    if role in ("harvest", "exit"):
        return f"{pillar}_lean", "role_harvest"
    if pillar == "price":
        return ("price_terms", "terms_dear") if facts["dear"] is True else ("price_results", f"role_{role}")
    if pillar == "place":
        known = facts["stores"] is not None
        return ("place_stores" if facts["stores"] else "place_shelf", "lever_stores" if facts["stores"] else "lever_shelf") if (
            known) else ("place_shelf", f"role_{role}")
    if pillar == "presence" and facts["time"] is not None and facts["time"] == facts["time"]:
        short = facts["time"] < 0.9
        return ("presence_more", "time_short") if short and role == "grow" else ("presence_keep", "time_enough")
    return f"{pillar}_{role}", f"role_{role}"
