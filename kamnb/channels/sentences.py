"""Which form of a title or sentence fits the facts: its key in the word lists, and the facts that fill it."""

from __future__ import annotations

from collections.abc import Mapping

from pandas import DataFrame

from kamnb.channels.inside import BLURRED, used_period
from kamnb.channels.priority import CRITERIA, SURE
from kamnb.channels.profit import RATES, deepest_level

Facts = Mapping[str, object]
SLOGAN = 0.2  # "20 % of the buyers make 80 % of the sales" (method.md E01)
NEAR = 0.05  # the slogan roughly holds this far from it
KEY = 0.1  # from this share of sales or profit a buyer counts as key (oracle O33)


def title_history(growth: DataFrame) -> dict[str, object]:
    """Who brought most of the growth, or lost most.  `growth`: from `compare_growth`."""
    best, worst, change = growth.iloc[0], growth.iloc[-1], growth["change"].sum()
    return {"key": f"channels.history.{'grew' if change > 0 else 'fell'}", "change": abs(change),
            "best": best["channel_name"], "best_change": best["change"], "worst": worst["channel_name"],
            "worst_change": worst["change"]}


def title_race(race: DataFrame) -> dict[str, object]:
    """Where the market outgrows us most in money, or where we win most.  `race`: from `race_market`."""
    lost = race["share_effect"].iloc[0] < 0
    told = race.iloc[0 if lost else -1]
    return {"key": f"channels.race.{'lost' if lost else 'won'}", "channel": told["channel_name"],
            "market": told["market_growth"], "ours": told["growth"], "effect": abs(told["share_effect"])}


def title_profit(profit: DataFrame) -> dict[str, object]:
    """Which channel leaves least of its sales at the deepest known level.  `profit`: from `sum_profit`."""
    level = deepest_level(profit)
    worst = profit.dropna(subset=[level]).iloc[-1]
    return {"key": f"channels.profit.message_{level}", "channel": worst["channel_name"],
            "rate": worst[RATES[level]], "margin": worst["margin_rate"]}


def title_lorenz(reached: float, *, top: float) -> dict[str, object]:
    """Whether 80/20 holds where the share `reached` of the buyers makes 80 % of sales and the top fifth makes `top`."""
    gap = reached - SLOGAN
    case = "holds" if abs(gap) <= NEAR else "flatter" if gap > 0 else "steeper"
    return {"key": f"channels.lorenz.{case}", "buyers": reached, "top": top}


def title_structure(trade: DataFrame) -> dict[str, object]:
    """Where our sales hang on fewer hands than the trade, or where either does most.  `trade`: from `compare_trade`."""
    gap = (trade["cr4_ours"] - trade["cr4_trade"]).dropna()
    if len(gap) and gap.max() > NEAR:
        row = trade.loc[gap.idxmax()]
        return {"key": "channels.structure.narrow", "channel": row["channel_name"], "ours": row["cr4_ours"], "trade": row["cr4_trade"]}
    row = trade.loc[trade["cr4_ours"].fillna(-1).idxmax()]
    return {"key": "channels.structure.most", "channel": row["channel_name"], "ours": row["cr4_ours"]}


def title_stress(stress: DataFrame) -> dict[str, object]:
    """Whose loss would hurt most, and how long the others need to make it good.  `stress`: from `stress_buyers`."""
    risk = stress["at_risk"].astype("Float64").astype(float)
    if not (risk > 0).any():
        return {"key": "channels.stress.sales", "name": stress["group_name"].iloc[0], "share": stress["share"].iloc[0]}
    row = stress.loc[risk.idxmax()]
    case = "months" if row["months_back"] == row["months_back"] else "never"
    return {"key": f"channels.stress.{case}", "name": row["group_name"], "risk": row["at_risk"], "months": row["months_back"]}


def title_fields(fields: DataFrame) -> dict[str, object]:
    """How much the large and steady accounts carry, or that there are none.  `fields`: from `cross_classes`."""
    steady = fields[(fields["class_abc"] == "A") & (fields["class_xyz"] == "X")].iloc[0]
    case = "message" if steady["accounts"] else "none"
    return {"key": f"channels.fields.{case}", "accounts": steady["accounts"], "share": steady["share"]}


def title_doubt(doubt: DataFrame, *, seats: int) -> dict[str, object]:
    """Whether the last of the priorities is sure of its seat.  `doubt`: from `weigh_doubt`."""
    last, after = doubt.iloc[seats - 1], doubt.iloc[min(seats, len(doubt) - 1)]
    sure = last["in_top"] >= SURE
    return {"key": f"channels.doubt.{'sure' if sure else 'contested'}", "seats": seats, "least": last["channel_name"],
            "share": last["in_top"], "next": after["channel_name"], "next_share": after["in_top"]}


def tell_profit(facts: Facts) -> dict[str, object]:
    """How profitable the channels are, by the deepest level that is known.  `facts`: from `summarise_profit`."""
    return {"key": f"channels.profit_found.{facts.get('level', 'margin')}", **facts}


def tell_losses(losses: Facts, *, profit: Facts) -> dict[str, object]:
    """Which accounts lose money: none, some at the margin already, or some only after terms.

    `losses`, `profit`: from `summarise_losses`, `summarise_profit`; no profit means that nothing is known.
    """
    case = {"": "margin" if not profit else "none", "margin": "margin"}.get(losses.get("level", ""), "terms")
    return {"key": f"channels.losses_found.{case}", **losses}


def tell_mergers(mergers: DataFrame) -> dict[str, object]:
    """What the newest merger changed, or that nobody merged.  `mergers`: from `list_mergers`."""
    joined = mergers[mergers["event"] == "joined"]
    if joined.empty:
        return {"key": "channels.mergers_found.none"}
    newest = joined.iloc[0]
    return {"key": "channels.mergers_found.merged", "month": newest["date"], **newest.drop("date").to_dict()}


def tell_structure(facts: Facts) -> dict[str, object]:
    """How concentrated the trade and our sales are, as far as the trade is known.  `facts`: from `summarise_structure`."""
    alone = bool(facts) and not facts.get("known")
    return {"key": "channels.structure_alone" if alone else "channels.structure_found", **facts}


def tell_proof(facts: Facts) -> dict[str, object]:
    """Whose growth is proven; ahead or behind alone where nobody is on the other side.  `facts`: from `summarise_proof`."""
    sides = (bool(facts.get("faster")), bool(facts.get("slower"))) if facts else (True, True)
    case = {(True, True): "both", (True, False): "faster", (False, True): "slower", (False, False): "none"}[sides]
    return {"key": f"channels.proof_found.{case}", **facts}


def tell_shoppers(facts: Facts) -> dict[str, object]:
    """Whether shoppers of any chain buy us more often.  `facts`: from `summarise_shoppers`."""
    return {"key": f"channels.shoppers_found.{'flat' if facts and not facts['risen'] else 'rising'}", **facts}


def tell_time(facts: Facts) -> dict[str, object]:
    """How little of the week reaches customers, or where most of it goes.  `facts`: from `summarise_time`."""
    return {"key": f"channels.time_found.{'most' if facts and 'share' not in facts else 'facing'}", **facts}


def tell_routing(facts: Facts) -> dict[str, object]:
    """What routing added to growth, or that no invoices moved.  `facts`: from `summarise_routes`."""
    return {"key": f"channels.routing_{'found' if facts else 'none'}", **facts}


def tell_rivals(facts: Facts) -> dict[str, object]:
    """Where customers put us behind, if anywhere that matters.  `facts`: from `summarise_rivals`."""
    ahead = bool(facts) and not facts["fixes"]
    return {"key": f"channels.rivals_found.{'ahead' if ahead else 'behind'}", **facts}


def tell_first(facts: Facts) -> dict[str, object]:
    """How far we are from category No. 1, with what is nearest and what runs away.  `facts`: from `summarise_first`."""
    still = bool(facts) and not (facts["closing"] and facts["widening"])
    return {"key": f"channels.first_found.{'still' if still else 'moving'}", **facts}


def tell_rules(rules: DataFrame) -> dict[str, object]:
    """Which XYZ period is used and why.  `rules`: from `compare_rules`.

    months: they tell accounts apart; quarters: by month nearly all would be Z; neither: by quarter too; chosen: the
    engagement file decides against that advice.
    """
    shares = rules.set_index("rule")["share_z"]
    if shares.empty:
        return {"key": "channels.rules_found.months"}
    blurred = tuple(bool(shares[rule] > BLURRED) for rule in ("by_month", "by_quarter"))
    fits = {("month", False, False): "months", ("quarter", True, False): "quarters", ("quarter", True, True): "neither"}
    case = fits.get((used_period(rules), *blurred), "chosen")
    return {"key": f"channels.rules_found.{case}", "month_z": float(shares["by_month"]),
            "quarter_z": float(shares["by_quarter"]), "frequency_z": float(shares["by_frequency"])}


def list_missing(criteria: DataFrame) -> list[str]:
    """Criteria that the data do not tell of any channel.  `criteria`: from `measure_criteria`."""
    return [name for name, column in CRITERIA.items() if criteria[column].isna().all()]


def tell_decision(facts: Facts) -> dict[str, object]:
    """Which channels get priority, and whether the choice hangs on the weights.  `facts`: from `summarise_decision`."""
    sure = facts.get("least_share", 0.0) >= SURE
    return {"key": f"channels.decision_found.{'sure' if sure else 'contested'}", **facts}


def tell_market(facts: Facts) -> dict[str, object]:
    """Where we lose and win against the market.  `facts`: from `summarise_race`."""
    lost = facts.get("loser_effect", 0) < 0
    return {"key": f"channels.conclusion_market.{'lost' if lost else 'held'}", **facts}


def tell_standing(standing: DataFrame) -> dict[str, object]:
    """Whether a person has confirmed the decision that stands.  `standing`: from the engagement."""
    people = [name for name in standing["decided_by"].dropna().unique() if name]
    return {"key": "general.confirmed", "by": people[0]} if people else {"key": "general.unconfirmed"}


def tell_profit_lesson(profit: Facts, *, losses: Facts) -> dict[str, object]:
    """What profit says about where to put resources.  From `summarise_profit` and `summarise_losses`."""
    if not (profit and losses):
        return {"key": "channels.conclusion_profit.sound", **profit}
    case = "margin" if losses["level"] == "margin" else "losing"
    return {"key": f"channels.conclusion_profit.{case}", **profit, **losses}
