"""Promotions of the sample: which there were, how they moved the cases, and what they cost."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Timestamp, offsets

from kamnb.training.world import LANGUAGES, MONTHS, World, name_categories, recipe, stream, twins

LARGEST = 45
STORY_MECHANICS = {"forward": "bulk", "added": "display"}
STORY_SPEND = 0.25          # spend of a story's promotion as a share of what it lifted


def plan_promotions(world: World, pairs: DataFrame) -> DataFrame:
    """Promotions: promo, account, category, mechanic, month (place in MONTHS), lift, dip, pay (spend over lift)."""
    rng, mechanics = stream(world.seed, "promotions"), recipe("promotions")["mechanic"]
    buyers = pairs[pairs["account"].isin(_hosts(world))][["account", "category"]].drop_duplicates(ignore_index=True)
    drawn = buyers.sample(recipe("promotions")["count"], random_state=rng, replace=True).reset_index(drop=True)
    drawn["mechanic"] = rng.choice(sorted(mechanics), len(drawn))
    drawn["month"] = rng.integers(3, len(MONTHS) - 3, len(drawn))
    low, high = (drawn["mechanic"].map(lambda name, end=end: mechanics[name]["lift"][end]) for end in (0, 1))
    drawn["lift"] = (low + (high - low) * rng.random(len(drawn))).round(3)
    drawn["dip"] = drawn["mechanic"].map(lambda name: mechanics[name]["dip"])
    drawn["pay"] = rng.uniform(0.15, 0.55, len(drawn))
    drawn = drawn.drop_duplicates(["account", "category", "month"]).drop_duplicates(["account", "month"])
    months = MONTHS[drawn["month"]].strftime("%y%m")
    drawn["promo"] = [f"P-{month}-{account}" for month, account in zip(months, drawn["account"], strict=True)]
    return pd.concat([drawn, _told()], ignore_index=True).sort_values("promo", ignore_index=True)


def _hosts(world: World) -> list[str]:
    """The larger accounts that run promotions; those whose story needs quiet months run none but their own."""
    stories = recipe("stories")
    quiet = {stories["T06"][side]["account"] for side in STORY_MECHANICS}
    quiet |= {stories[truth]["account"] for truth in ("T02", "T12", "T13")}
    stores = world.accounts[world.accounts["channel"].isin(["GMS", "RSM", "DRG", "CVS", "ECM"])]
    return [a for a in stores["sales"].nlargest(LARGEST).index if a not in quiet]


def _told() -> DataFrame:
    """The two promotions whose truth is planted."""
    return DataFrame([{"promo": s["promo"], "account": s["account"], "category": s["category"], "pay": STORY_SPEND,
                       "mechanic": STORY_MECHANICS[side], "month": MONTHS.get_loc(Timestamp(s["month"])),
                       "lift": s["lift"], "dip": s["dip"]} for side, s in recipe("stories")["T06"].items()])


def promote(pairs: DataFrame, cases: np.ndarray, promotions: DataFrame) -> tuple[np.ndarray, DataFrame]:
    """The cases after every promotion, and the cases each promotion lifted: promo, pair, extra.

    What a promotion lifts is partly or wholly missing in the months after, as its `dip` says.
    """
    out, lifted = cases.copy(), []
    for deal in promotions.itertuples():
        rows = np.flatnonzero((pairs["account"] == deal.account) & (pairs["category"] == deal.category))
        extra = np.rint(out[rows, deal.month] * deal.lift).astype("int64")
        out[rows, deal.month] += extra
        for after, part in enumerate(deal.dip, start=1):
            missing = np.rint(extra * part).astype("int64")
            out[rows, deal.month + after] = np.maximum(out[rows, deal.month + after] - missing, 0)
        lifted.append(DataFrame({"promo": deal.promo, "pair": rows, "extra": extra}))
    return out, pd.concat(lifted, ignore_index=True)


def list_promotions(world: World, promotions: DataFrame, lifted_yen: pd.Series) -> DataFrame:
    """The promotion book with texts in three languages and the spend in yen, from what each promotion lifted."""
    book = recipe("promotions")["mechanic"]
    starts = pd.Series(MONTHS[promotions["month"]], index=promotions.index)
    frame = promotions[["promo", "account", "category"]].assign(
        starts=starts, ends=starts + offsets.MonthEnd(0),
        spend=(promotions["promo"].map(lifted_yen) * promotions["pay"]).round(-4).clip(lower=50_000).astype("int64"))
    texts = []
    for deal in promotions.itertuples():
        category, mechanic = world.categories.loc[deal.category], book[deal.mechanic]
        name = [text.format(category=category[language])
                for text, language in zip(mechanic["name"], LANGUAGES, strict=True)]
        texts.append(twins("name", name) | twins("mechanic", mechanic["text"]))
    return name_categories(world, frame).join(DataFrame(texts))
