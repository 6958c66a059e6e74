"""The strategy by the five Ps: what people saved, or what the findings speak for, each row with its reason."""

from __future__ import annotations

from collections.abc import Mapping

from pandas import DataFrame

PILLARS = ("product", "price", "place", "promotion", "presence")
ROWS = ["pillar", "stance", "reason", "finding", "category", "amount", "rate", "number"]
SHORT_SHELF = 0.90  # must-stock availability below which the shelf comes first
SHORT_REACH = 0.50  # covered influence below which people come first
DEAR_FUNDING = 1.3  # promotion spend this many times the peers' is worth a talk


def propose_pillars(saved: DataFrame, known: Mapping[str, object]) -> DataFrame:
    """The strategy by the five Ps: what people entered, else what the findings speak for, each beside its finding.

    `saved`: the strategy table for one account (pillar, stance, reason); `known`: facts of the sections above.
    Returns pillar, `stance` (text as entered, or a code), `reason` (as entered, else empty), `finding` (code of what
    the figures say) with the `category`, `amount` (minor units), `rate` and `number` that it quotes; what does not
    apply is empty.  Source: method.md A20-A24.
    """
    rows = []
    for pillar in PILLARS:
        found = RULES[pillar](known)
        entered = saved[saved["pillar"] == pillar]
        rows += [
            {"pillar": pillar, **found, "stance": row.stance, "reason": row.reason} for row in entered.itertuples()
        ] or [{"pillar": pillar, **found}]
    return (
        DataFrame(rows)
        .reindex(columns=ROWS)
        .astype({"reason": "str", "category": "str", "amount": "Int64", "rate": float, "number": "Int64"})
    )


def _row(stance: str, finding: str, **figures: object) -> dict[str, object]:
    return {"stance": stance, "finding": finding, **figures}


def _product(known: Mapping[str, object]) -> dict[str, object]:
    if not known.get("category"):
        return _row("keep_range", "no_gap") if "headroom_low" in known else _row("find_out_range", "unknown")
    low, found = known["gap_low"], {"category": known["category"], "number": known["peers"]}
    if not low:
        return _row("fill_gap", "gap_to_best", amount=known["gap_high"], **found)
    return _row("take_up" if known["category_sales"] <= 0 else "fill_gap", "gap_to_peers", amount=low, **found)


def _price(known: Mapping[str, object]) -> dict[str, object]:
    net, margin, amount = known.get("net", 0), known.get("margin", 0), known.get("gap_amount")
    if net < 0:
        return _row("restore_profit", "loses_money", amount=net, rate=known.get("net_rate"))
    if known.get("flag") == "low":
        return _row("back_to_corridor", "below_corridor", rate=known["below"], amount=known["corridor_cost"])
    if amount:
        return _row("make_conditional", f"dear:{known['bar']}", rate=known["gap"], amount=amount)
    if "pocket_rate" in known:
        return _row("hold_price", "in_corridor", rate=known["pocket_rate"])
    if margin < 0:
        return _row("restore_profit", "negative_margin", amount=margin, rate=known.get("margin_rate"))
    return _row("find_out_terms", "unknown")


def _place(known: Mapping[str, object]) -> dict[str, object]:
    unhandled = known.get("unhandled")
    if unhandled is None:
        return _row("find_out_stores", "unknown")
    if not unhandled:
        return _row("keep_stores", "all_stores", number=known["stores"])
    worth = round(unhandled * known["per_store"]) if "per_store" in known else None
    return _row("list_stores", "stores_open", number=unhandled, amount=worth)


def _promotion(known: Mapping[str, object]) -> dict[str, object]:
    rate, peer = known.get("spend_rate"), known.get("peer_rate")
    if rate is None:
        return _row("find_out_promotions", "unknown")
    if not known["promotions"]:
        return _row("plan_calendar", "no_promotions")
    dear = peer is not None and rate > DEAR_FUNDING * peer
    figures = {"rate": rate, "number": known["promotions"], "amount": known["spend"]}
    return (
        _row("fund_results", "dear_funding", **figures) if dear else _row("plan_calendar", "usual_funding", **figures)
    )


def _presence(known: Mapping[str, object]) -> dict[str, object]:
    shelf, reach = known.get("availability"), known.get("reach")
    if shelf is not None and shelf < SHORT_SHELF:
        return _row("fill_shelf", "shelf_gaps", rate=shelf)
    if reach is not None and reach < SHORT_REACH:
        return _row("reach_deciders", "thin_reach", rate=reach)
    if shelf is not None:
        return _row("keep_shelf", "shelf_full", rate=shelf)
    return _row("widen_team", "good_reach", rate=reach) if reach is not None else _row("find_out_shelf", "unknown")


RULES = {"product": _product, "price": _price, "place": _place, "promotion": _promotion, "presence": _presence}


def pair_texts(spoken: DataFrame, home: DataFrame) -> dict[str, str]:
    """Texts of the client's own language by those of the reader's: categories, stances and reasons.

    `spoken`, `home`: the same table (products or strategy) in the reader's language and as the client gave it.
    """
    pairs: dict[str, str] = {}
    for column in ("category", "stance", "reason"):
        if column in spoken:
            both = DataFrame({"spoken": spoken[column], "home": home[column]}).dropna()
            pairs |= dict(zip(both["spoken"], both["home"], strict=True))
    return pairs


def decide_strategy(pillars: DataFrame, verdict: Mapping[str, object], *, texts: Mapping[str, str]) -> DataFrame:
    """The rows that the decision saves: `pillars` plus `relationship_now` and `relationship_wanted` ("" = not judged).

    `texts`: from `pair_texts`: what is saved is in the client's language, whatever language the run speaks.
    """
    home = {name: pillars[name].map(lambda text: texts.get(text, text)) for name in ("stance", "reason", "category")}
    return pillars.assign(
        **home, relationship_now=verdict.get("now", ""), relationship_wanted=verdict.get("wanted", "")
    )


def share_pillars(decided: DataFrame, *, texts: Mapping[str, str]) -> DataFrame:
    """What the account itself may see of the saved strategy: pillar, stance and category; no reasons, no figures.

    `decided`: the saved rows; `texts`: from `pair_texts`.
    """
    shown = decided.reindex(columns=["pillar", "stance", "category"]).astype("str")
    back = {home: spoken for spoken, home in texts.items()}
    return shown.assign(**{name: shown[name].map(lambda text: back.get(text, text)) for name in ("stance", "category")})
