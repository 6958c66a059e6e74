"""How we run our channels today: what customers say against competitors, departments of themselves, people of their time."""

from __future__ import annotations

from pandas import DataFrame

from kamnb.methods.surveys import (
    FACTORS,
    compare_competitor,
    compare_effort,
    list_views,
    measure_disagreement,
    measure_time_use,
    rate_items,
    score_maturity,
)

RIVALRY = ["item", "units", "importance", "score", "competitor_score", "gap_score", "gap_low", "gap_high", "quadrant", "proven"]
GAPS = ["item", "respondents", "score", "score_low", "score_high", "importance", "urgency", "split_by", "their_score",
        "others_score", "disputed"]
MATURITY = ["factor", "score", "score_low", "score_high", "target_score", "gap_score", "previous_score", "split_by",
            "their_score", "others_score", "disputed"]
TIME = ["item", "kind_of_work", "hours_week", "time_share", "time_low", "time_high"]
EFFORT = ["channel", "channel_name", "accounts", "hours", "hours_share", "net_sales", "sales_share", "profit_left", "effort_index"]


def compare_rivals(surveys: DataFrame) -> DataFrame:
    """What customers hold important, how we do and how the best competitor does, most urgent first.

    `surveys`: the table.  Returns item, units (accounts that compared us), importance, score, competitor_score (1-5),
    gap_score (ours less theirs) with its interval gap_low, gap_high (80 %), quadrant (keep, fix, overdone, minor) and
    proven (the interval leaves zero out).  Source: method.md A54.
    """
    found = compare_competitor(surveys[surveys["survey"] == "customer"]).reset_index()
    named = {"competitor": "competitor_score", "gap": "gap_score", "low": "gap_low", "high": "gap_high", "sure": "proven"}
    return found.rename(columns=named)[RIVALRY]


def list_gaps(surveys: DataFrame) -> DataFrame:
    """How our own departments rate what we do, most urgent first, and where one of them sees it differently.

    Returns item, respondents, score with its interval, importance, urgency (importance x points short of full marks), and
    the department farthest from the others: split_by, their_score, others_score, disputed (surely different).
    Source: method.md A03, A55.
    """
    answers = surveys[surveys["survey"] == "management"]
    rated = rate_items(answers).rename(columns={"mean": "score", "low": "score_low", "high": "score_high"})
    return _join_disputes(rated, answers).reset_index()[GAPS]


def _join_disputes(rated: DataFrame, answers: DataFrame) -> DataFrame:
    """`rated` (by item) with the department that sees it most differently."""
    named = {"department": "split_by", "their_mean": "their_score", "others_mean": "others_score", "differs": "disputed"}
    disputes = measure_disagreement(answers).set_index("item").rename(columns=named)[list(named.values())]
    joined = rated.join(disputes)
    return joined.assign(disputed=joined["disputed"].astype("boolean").fillna(False).astype(bool))


def rate_maturity(surveys: DataFrame) -> DataFrame:
    """The nine success factors of key account management as the latest round rates them, in their order.

    Returns factor, score with its interval, target_score, gap_score, previous_score, and the department that differs most.
    Source: method.md B47, E36.
    """
    answers = surveys[surveys["survey"] == "maturity"]
    named = {"mean": "score", "low": "score_low", "high": "score_high", "target": "target_score", "gap": "gap_score",
             "previous": "previous_score"}
    rated = score_maturity(answers).rename(columns=named)
    latest = answers[answers["date"].isna() | (answers["date"] == answers["date"].max())]
    return _join_disputes(rated, latest.assign(item=latest["topic"])).rename_axis("factor").reset_index()[MATURITY]


def measure_time(surveys: DataFrame) -> DataFrame:
    """Where our people's week goes: item, kind_of_work, hours_week (a person), time_share with its interval; most first.

    Source: method.md A56.
    """
    answers = surveys[surveys["survey"] == "activity"]
    named = {"hours": "hours_week", "share": "time_share", "low": "time_low", "high": "time_high"}
    kinds = answers.dropna(subset=["topic"]).drop_duplicates("item").set_index("item")["topic"]
    found = measure_time_use(answers).rename(columns=named)
    return found.assign(kind_of_work=kinds.reindex(found.index)).rename_axis("item").reset_index()[TIME]


def compare_hours(visits: DataFrame, *, profit: DataFrame, earnings: DataFrame, months: DataFrame) -> DataFrame:
    """Hours our people gave each channel against what it brings, most hours for its size first.

    `visits`: the table (latest year); `profit`, `earnings`: from `sum_profit`, `trace_earnings`.  Returns channel,
    channel_name, accounts, hours and hours_share, net_sales and sales_share, profit_left and effort_index (hours share /
    sales share: above 1 = more time than its part of the business).  Source: method.md A15, A56.
    """
    year = months["year"].max()
    recent = visits[visits["date"] > year - (year - months.loc[months["year"] == year, "month"].min())]
    hours = recent.groupby("account")["hours"].sum().astype(float)
    rows = earnings[["account", "net_sales"]].assign(tier=earnings["channel"], hours=earnings["account"].map(hours).astype(float))
    found = compare_effort(rows if len(hours) else rows.iloc[:0]).reset_index()
    found = found.rename(columns={"tier": "channel", "sales": "net_sales", "index": "effort_index"})
    known = profit.set_index("channel")
    level = "contribution" if profit["contribution"].notna().any() else "margin"
    names = months.drop_duplicates("channel").set_index("channel")["channel_name"]
    table = found.assign(channel_name=found["channel"].map(names), profit_left=found["channel"].map(known[level]).astype("Int64"))
    return table.sort_values(["effort_index", "channel"], ascending=[False, True], ignore_index=True)[EFFORT]


def list_department_views(surveys: DataFrame) -> DataFrame:
    """How every department rates every item of the management survey: item, department, answers, mean, from_mean."""
    return list_views(surveys[surveys["survey"] == "management"])


def summarise_rivals(rivals: DataFrame) -> dict[str, object]:
    """The facts of the customer sentence: what to fix first, what to keep, and from how many accounts we know."""
    if rivals.empty:
        return {}
    fix, keep = (rivals[rivals["quadrant"] == name] for name in ("fix", "keep"))
    strong = keep.sort_values(["gap_score", "item"], ascending=[False, True])
    return {"fix": list(fix["item"].head(3)), "fixes": len(fix), "proven": int(fix["proven"].sum()),
            "keep": list(strong["item"].head(2)), "accounts": int(rivals["units"].max())}


def summarise_maturity(maturity: DataFrame) -> dict[str, object]:
    """The facts of the maturity sentence: weakest and strongest factor, mean, and the factor departments disagree on."""
    known = maturity[maturity["score"].notna()]
    if known.empty:
        return {}
    weak, strong = (known.loc[place] for place in (known["score"].idxmin(), known["score"].idxmax()))
    disputed = known[known["disputed"]]
    facts = {"rated": len(known), "factors": len(FACTORS), "mean": float(known["score"].mean()), "weak": weak["factor"],
             "weak_score": float(weak["score"]), "strong": strong["factor"], "strong_score": float(strong["score"])}
    if len(disputed):
        told = disputed.loc[(disputed["their_score"] - disputed["others_score"]).abs().idxmax()]
        facts |= {"disputed": told["factor"], "department": told["split_by"], "theirs": float(told["their_score"]),
                  "others": float(told["others_score"])}
    return facts


def summarise_time(time: DataFrame) -> dict[str, object]:
    """The facts of the sentence on the week: its hours, the largest activity, and the share face to face where it is told apart."""
    if time.empty:
        return {}
    facing, first = time[time["kind_of_work"] == "face_to_face"], time.iloc[0]
    facts = {"hours": float(time["hours_week"].sum()), "item": first["item"], "item_share": float(first["time_share"])}
    return facts | ({"share": float(facing["time_share"].sum())} if len(facing) else {})


def summarise_hours(effort: DataFrame) -> dict[str, object]:
    """The facts of the resource sentence: the channel with most hours for its size, and the one with least."""
    known = effort[effort["effort_index"].notna()]
    if known.empty:
        return {}
    most, least = known.iloc[0], known.iloc[-1]
    return {"most": most["channel_name"], "most_hours": float(most["hours_share"]), "most_sales": float(most["sales_share"]),
            "least": least["channel_name"], "least_hours": float(least["hours_share"]), "least_sales": float(least["sales_share"])}
