"""Charts of stage review on accounts, payment, promotions and KPIs, and the worded tables of its conclusion."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from pandas import DataFrame

from kamnb import style
from kamnb.style import ACCENT, GREY, INK, LIGHT
from kamnb.words import has_words, say_value, words

SMALL = 8.5
MARKS = {"behind": ("v", ACCENT, 62), "on_plan": ("o", LIGHT, 26), "ahead": ("^", INK, 46)}


def leaving(table: DataFrame, *, facts: Mapping[str, object], ax: Axes | None = None) -> Axes:
    """Monthly sales of the accounts that are leaving, this year over last year, one strip for each.

    `table`: from `trace_risks`; `facts`: what `summarise_risks` found.
    """
    accounts = list(table["account"].drop_duplicates())
    ax = style.canvas(ax, height=1.0 + (1.25 if len(accounts) == 1 else 0.85) * len(accounts))
    for row, account in enumerate(accounts):
        strip = table[table["account"] == account]
        most = float(strip[["net_sales", "previous_sales"]].to_numpy().max()) or 1.0
        base, x = row + 0.4, 11 - strip["back"].to_numpy()
        ax.axhline(base, color=LIGHT, linewidth=0.8, xmin=0.0, xmax=0.66)
        ax.plot(x, base - 0.78 * strip["previous_sales"] / most, color=GREY, linewidth=1.4)
        ax.plot(x, base - 0.78 * strip["net_sales"] / most, color=ACCENT, linewidth=2.4)
        ax.text(11.5, row + 0.05, words("review.leaving.label", **strip.iloc[0]), va="center", fontsize=9,
                linespacing=1.35)
    for place, (name, colour) in enumerate((("now", ACCENT), ("before", GREY))):
        ax.text(2.6 * place, -0.7, words(f"review.leaving.{name}"), color=colour, fontsize=SMALL, va="center")
    ax.set_yticks(range(len(accounts)), [style.shorten(name, 26) for name in table.drop_duplicates("account")["name"]])
    ax.set_ylim(len(accounts) - 0.45, -0.9)
    months = sorted(table["month"].unique())
    ax.set_xticks(range(0, len(months), 3), [say_value(month, "month") for month in months[::3]])
    ax.set_xlim(-0.3, 17.0)
    ax.tick_params(length=0)
    ax.spines["bottom"].set_visible(False)
    case = "one" if facts["n"] == 1 else "several"
    message = words(f"review.leaving.{case}", name=facts["account"], change=facts["change"], n=facts["n"],
                    at_stake=facts["at_stake"])
    return style.title(ax, message, words("review.leaving.measured"))


def payers(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """Agreed days (ring) and days until the money came (dot) of those who owe most overdue, the worst in colour.

    `table`: from `pick_debtors`.
    """
    ax = style.canvas(ax, height=1.1 + 0.33 * len(table))
    ax.set_yticks(range(len(table)), [style.shorten(name, 28) for name in table["name"]])
    ax.set_ylim(len(table) - 0.4, -0.6)
    agreed, taken, rows = table["agreed"].astype(float), table["days_to_pay"].astype(float), range(len(table))
    worst = (taken - agreed).idxmax()
    ax.hlines(rows, agreed, taken, color=LIGHT, linewidth=3, zorder=1)
    ax.scatter(agreed, rows, s=50, facecolor="white", edgecolor=GREY, linewidth=1.5, zorder=2)
    ax.scatter(taken, rows, s=54, color=[ACCENT if row == worst else INK for row in rows], zorder=3)
    for x, name, side, away in ((agreed[worst], "agreed", "right", -9), (taken[worst], "taken", "left", 9)):
        ax.annotate(words(f"review.payers.{name}"), (x, worst), (away, 0), textcoords="offset points", ha=side,
                    va="center", fontsize=SMALL, color=GREY)
    most = float(max(agreed.max(), taken.max()))
    for row, record in enumerate(table.to_dict("records")):
        label = words("review.payers.label", overdue=record["overdue"], late=record["days_late"])
        ax.text(1.3 * most, row, label, va="center", fontsize=9)
    ax.set_xlim(0, 1.85 * most)
    ax.set_xticks([day for day in range(0, int(most) + 31, 30) if day <= 1.15 * most])
    style.grid(ax)
    ax.spines["bottom"].set_visible(False)
    told = table.iloc[worst]
    late = told["days_late"] >= 1
    message = words(f"review.payers.{'late' if late else 'fine'}", name=told["name"], late=told["days_late"],
                    agreed=told["agreed"], overdue=told["overdue"])
    return style.title(ax, message, words("review.payers.measured"))


def mechanics(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """The uplift of each kind of promotion (pale bar) and how much of it was left two months later (full bar).

    `table`: from `pool_mechanics`.
    """
    ax = style.canvas(ax, height=1.25 + 0.42 * len(table))
    ax.set_yticks(range(len(table)), [style.shorten(name, 26) for name in table["mechanic"]])
    ax.set_ylim(len(table) - 0.4, -0.6)
    uplift, net, rows = table["uplift"].astype(float), table["net"].astype(float), range(len(table))
    moved = table["kept"] < 0.5
    ax.barh(rows, uplift, height=0.62, color=LIGHT, linewidth=0)
    ax.barh(rows, net, height=0.3, color=[ACCENT if m else INK for m in moved], linewidth=0)
    most = float(max(uplift.max(), net.max(), 1.0))
    for row, record in enumerate(table.to_dict("records")):
        form = "label" if record["roi"] == record["roi"] else "label_no_margin"
        label = words(f"review.mechanics.{form}", **record)
        ax.text(max(uplift[row], net[row], 0.0) + 0.02 * most, row, label, va="center", fontsize=9)
    ax.set_xlim(min(0.0, float(net.min())), 1.75 * most)
    style.hide_axis(ax.xaxis)
    ax.tick_params(length=0)
    worst, best = table.iloc[0], table.iloc[-1]
    case = "moved" if worst["kept"] < 0.5 else "kept"
    message = words(f"review.mechanics.{case}", worst=worst["mechanic"], kept=worst["kept"], best=best["mechanic"],
                    best_kept=best["kept"])
    return style.title(ax, message, words("review.mechanics.measured"))


def kpis(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """Every KPI by account: behind (triangle down), on plan (dot) or ahead (triangle up); a ring marks what is new.

    `table`: from `compare_kpis`.
    """
    names = table.assign(name=[name if name == name and name else words("review.whole") for name in table["name"]])
    behind = names["kpi_status"] == "behind"
    order = names.assign(n=behind).groupby(["account", "name"], as_index=False)["n"].sum()
    order = order.sort_values(["n", "account"], ascending=[False, True], ignore_index=True)
    columns = {account: place for place, account in enumerate(order["account"])}
    rows = {kpi: place for place, kpi in enumerate(table["kpi"].drop_duplicates())}
    ax = style.canvas(ax, height=1.7 + 0.3 * len(rows))
    for status, (marker, colour, size) in MARKS.items():
        part = names[names["kpi_status"] == status]
        ax.scatter(part["account"].map(columns), part["kpi"].map(rows), s=size, marker=marker, color=colour, zorder=2)
    new = names[(names["signal"] == "sudden") & behind]
    ax.scatter(new["account"].map(columns), new["kpi"].map(rows), s=190, facecolor="none", edgecolor=ACCENT, zorder=3)
    ax.set_yticks(range(len(rows)), [style.shorten(name, 34) for name in table.drop_duplicates("kpi")["kpi_name"]])
    heads = [_halve(style.shorten(name, 24)) for name in order["name"]]
    ax.set_xticks(range(len(columns)), heads, color=INK, fontsize=SMALL)
    ax.set(xlim=(-0.6, len(columns) - 0.4), ylim=(len(rows) - 0.4, -0.6))
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.spines["bottom"].set_visible(False)
    ax.grid(True, color=style.GRID, linewidth=0.8)
    case = "behind" if behind.any() else "fine"
    message = words(f"review.kpis.{case}", n=int(behind.sum()), values=len(names), name=order["name"].iloc[0],
                    most=int(order["n"].iloc[0]))
    return style.title(ax, message, words("review.kpis.measured", month=table["month"].max()))


def key_figures(facts: Mapping[str, Mapping[str, object]]) -> DataFrame:
    """The four figures of the conclusion, worded: figure, value, comment.

    `facts`: what `summarise_plan` (plan), `summarise_change` (change), `summarise_landing` (landing), `summarise_risks`
    (risk) and `summarise_payments` (payment) found.
    """
    sales = "plan" if "plan" in facts["plan"] else "no_plan" if "growth" in facts["change"] else "new"
    cases = {"sales": (sales, {**facts["change"], **facts["plan"]}),
             "landing": (str(facts["landing"]["key"]).split(".")[-1], facts["landing"]),
             "risk": (str(facts["risk"]["key"]).split(".")[-1], facts["risk"]),
             "payment": ("some" if "open" in facts["payment"] else "none", facts["payment"])}
    return DataFrame([_word_figure(f"review.figures.{name}_{case}", found) for name, (case, found) in cases.items()])


def _halve(name: str, columns: int = 12) -> str:
    """`name` on one line if it fits into `columns`, else on lines of about the same length."""
    wide = style.width_of(name)
    return name if wide <= columns else style.wrap(name, max(-(-wide // -(-wide // columns)) + 1, 8))


def _word_figure(place: str, facts: Mapping[str, object]) -> dict[str, str]:
    """figure, value and comment of the words at `place`."""
    values = {name: value for name, value in facts.items() if name != "key"}
    return {part: words(f"{place}.{part}", **values) for part in ("figure", "value", "comment")}


def word_landing(landing: DataFrame) -> DataFrame:
    """The landing as it is shown: unit_name, actual, p10, p50, p90, plan, difference, chance, growth, model, mase.

    `landing`: from `compare_landing`.
    """
    names = [name or words("review.whole") for name in landing["unit_name"]]
    return landing.assign(unit_name=names)[["unit_name", "actual", "p10", "p50", "p90", "plan", "difference", "chance",
                                            "growth", "model", "mase"]]


def word_promotions(recent: DataFrame) -> DataFrame:
    """The promotions as they are shown, the verdict in words; no ratios where the uplift cannot be told.

    `recent`: from `pick_recent`.
    """
    told = ~recent["verdict"].isin(["unclear", "unknown"])
    worded = recent.assign(verdict=[words(f"review.verdicts.{verdict}") for verdict in recent["verdict"]],
                           kept=recent["kept"].where(told), roi=recent["roi"].where(told))
    return worded[["name", "promotion", "month", "spend", "uplift", "net", "kept", "margin", "roi", "verdict"]]


def word_changes(decided: DataFrame, accounts: DataFrame) -> DataFrame:
    """The decision as people read it: account, name, key, findings, proposed (in words), at_stake, decided_by.

    `decided`: what was saved (signals, changes: codes, or a person's own text); `accounts`: account, name.
    """
    named = decided.merge(accounts[["account", "name"]], on="account", how="left")
    worded = {"findings": [_word_codes("findings", codes) for codes in named["signals"]],
              "proposed": [_word_codes("changes", codes) for codes in named["changes"]]}
    return named.assign(**worded)[["account", "name", "key", "findings", "proposed", "at_stake", "decided_by"]]


def _word_codes(place: str, codes: str) -> str:
    """The words of codes separated by spaces; a text that is no list of codes stands as it is."""
    parts = [f"review.{place}.{code}" for code in str(codes).split()]
    return words("review.join").join(map(words, parts)) if all(map(has_words, parts)) else str(codes)
