"""A drawn chart read back as data: the values of its artists, or nothing at all."""

import json

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from kamnb import style
from kamnb.drawn import chart_spec
from kamnb.style import ACCENT, GREY, LIGHT


@pytest.fixture
def ax():
    drawn = style.canvas(None)
    yield drawn
    plt.close("all")


def spec_of(drawn):
    told = chart_spec(drawn)
    return told and json.loads(json.dumps(told, allow_nan=False))


def rows(drawn, names):
    drawn.set_yticks(range(len(names)), names)
    drawn.set_ylim(len(names) - 0.4, -1.0)


def test_lying_bars_keep_order_colours_and_labels(ax):
    values = [0.9604, 0.31, 0.0081]
    ax.barh(range(3), values, color=[ACCENT, LIGHT, LIGHT])
    for row, (value, text) in enumerate(zip(values, ["96%", "31%", "1%"], strict=True)):
        ax.text(value + 0.012, row, text, va="center")
    rows(ax, ["first", "second", "third"])
    style.hide_axis(ax.xaxis)
    told = spec_of(ax)
    (series,) = told["series"]
    assert (told["kind"], told["horizontal"]) == ("bar", True)
    assert told["categories"] == ["first", "second", "third"] and series["values"] == values
    assert series["fills"] == [ACCENT.lower(), LIGHT.lower(), LIGHT.lower()]
    assert series["label_form"] == '#,##0%;"−"#,##0%' and series["labels"] == ["96%", "31%", "1%"]


def test_labels_that_say_more_than_the_value_stay_texts_and_tell_the_unit(ax):
    ax.bar(range(2), [1_234_500, -560_000])
    for place, (value, text) in enumerate([(1_234_500, "¥1.23 million (+4%)"), (-560_000, "−¥560,000 (new)")]):
        ax.annotate(text, (place, value), (0, 4), textcoords="offset points", ha="center")
    ax.set_xticks(range(2), ["a", "b"])
    style.hide_axis(ax.yaxis)
    (series,) = spec_of(ax)["series"]
    assert series["values"] == [1_234_500, -560_000]
    assert series["label_form"] == "" and series["labels"][1] == "−¥560,000 (new)" and series["divisor"] == 1


def test_amounts_in_cents_are_divided_into_dollars(ax):
    ax.barh(range(2), [1_234_500, 900_000])
    for row, (value, text) in enumerate([(1_234_500, "$12,345 (x)"), (900_000, "$9,000 (y)")]):
        ax.text(value, row, text)
    rows(ax, ["a", "b"])
    style.hide_axis(ax.xaxis)
    assert spec_of(ax)["series"][0]["divisor"] == 100


def test_money_axis_gives_divisor_and_format(ax):
    ax.bar(range(2), [2.4e9, 1.1e9])
    ax.set_xticks(range(2), ["a", "b"])
    style.money_axis(ax.yaxis, 2.4e9)
    value = spec_of(ax)["value"]
    assert value["divisor"] == 1e6 and value["form"].startswith("#,##0") and value["shown"]


def test_groups_side_by_side_are_series_by_name(ax):
    ax.bar(np.arange(3) - 0.2, [1, 2, 3], 0.4, label="this year")
    ax.bar(np.arange(3) + 0.2, [2, 3, 1], 0.4, label="last year")
    ax.set_xticks(range(3), list("xyz"))
    told = spec_of(ax)
    assert [(s["name"], s["values"]) for s in told["series"]] == [("this year", [1, 2, 3]), ("last year", [2, 3, 1])]
    assert not told["stacked"] and not told["overlaid"]


def test_bars_on_bars_are_stacked_and_hatching_survives(ax):
    ax.bar(range(3), [1, 2, 3])
    ax.bar([0, 2], [2, 1], bottom=[1, 3], hatch="//")
    ax.set_xticks(range(3), list("xyz"))
    told = spec_of(ax)
    assert told["stacked"] and [s["values"] for s in told["series"]] == [[1, 2, 3], [2, None, 1]]
    assert told["series"][1]["hatched"] == [True, False, True]


def test_floating_bars_are_a_waterfall_with_starts_and_ends(ax):
    ax.bar(range(4), [5, 2, -9, -2], bottom=[0, 5, 7, 0])
    ax.plot([0.3, 0.7], [5, 5], color=GREY)
    ax.set_xticks(range(4), ["before", "price", "volume", "after"])
    told = spec_of(ax)
    (series,) = told["series"]
    assert told["kind"] == "waterfall"
    assert series["starts"] == [0, 5, 7, 0] and series["values"] == [5, 7, -2, -2]


def test_totals_of_a_cut_axis_stand_on_zero(ax):
    ax.bar(range(3), [10, 5, 15], bottom=[90, 100, 90])
    ax.set_ylim(90, 110)
    ax.set_xticks(range(3), list("abc"))
    (series,) = spec_of(ax)["series"]
    assert series["starts"] == [0, 100, 0] and series["values"] == [100, 105, 105]


def test_a_line_over_monthly_bars_shares_their_months(ax):
    months = pd.date_range("2024-01-01", periods=14, freq="MS")
    ax.bar(months, range(1, 15), width=24, align="edge", color=LIGHT)
    ax.plot(months[2:] + pd.Timedelta(days=12), np.arange(2.0, 14), color=ACCENT)
    ax.annotate("¥13", (months[-1], 13.0), (0, 9), textcoords="offset points", ha="center", color=ACCENT)
    told = spec_of(ax)
    assert told["dates"] and told["categories"][0] == "2024-01-01" and told["categories"][-1] == "2025-02-01"
    (line,) = told["lines"]
    assert line["values"] == [None, None, *range(2, 14)] and line["labels"]["13"]["text"] == "¥13"
    assert told["series"][0]["labels"] == [""] * 14


def test_lines_are_named_by_the_text_at_their_end(ax):
    months = pd.date_range("2024-01-01", periods=5, freq="MS")
    for values, name, colour in (([1, 2, 3, 4, 5], "we", ACCENT), ([1, 1, 2, 2, 3], "they", GREY)):
        ax.plot(months, values, color=colour)
        ax.annotate(f"{name}  {values[-1]}", (months[-1], values[-1] + 0.1), (7, 0), textcoords="offset points", va="center", color=colour)
    told = spec_of(ax)
    assert told["kind"] == "line" and [(line["name"], line["values"]) for line in told["lines"]] == [
        ("we", [1, 2, 3, 4, 5]), ("they", [1, 1, 2, 2, 3])]


def test_dots_keep_sizes_colours_and_names(ax):
    ax.scatter([1.5, 2.5, 4.0], [3.0, 1.0, 2.0], s=[100, 400, 25], color=[ACCENT, LIGHT, LIGHT])
    ax.annotate("here", (1.5, 3.0), (8, 0), textcoords="offset points", va="center")
    ax.text(3.0, 1.5, "a field")
    told = spec_of(ax)
    (dots,) = told["series"]
    assert told["kind"] == "scatter" and dots["xs"] == [1.5, 2.5, 4.0] and dots["ys"] == [3.0, 1.0, 2.0]
    assert dots["sizes"] == [10, 20, 5] and dots["faces"][0] == ACCENT.lower()
    assert dots["labels"]["0"]["text"] == "here" and [t["text"] for t in told["texts"]] == ["a field"]


def test_dots_on_named_rows_keep_ranges_and_columns(ax):
    ax.hlines(range(3), [1, 2, 3], [4, 5, 6], color=LIGHT, linewidth=7)
    ax.scatter([2, 3, 4], range(3), color=ACCENT)
    rows(ax, ["a", "b", "c"])
    ax.set_xlim(0, 12)
    ax.text(10, -0.8, "worth", ha="right")
    for row in range(3):
        ax.text(10, row, f"+{row}", ha="right")
    told = spec_of(ax)
    assert told["rows"] == ["a", "b", "c"]
    ranges, dots = told["series"]
    assert ranges["xs"] == [1, 4, 2, 2, 5, 3, 3, 6] and ranges["ys"] == [0, 0, None, 1, 1, None, 2, 2] and ranges["line"]["width"] == 7
    assert dots["xs"] == [2, 3, 4] and told["columns"][0]["head"] == "worth" and told["columns"][0]["texts"] == ["+0", "+1", "+2"]


def test_lines_across_and_tinted_fields_are_kept_apart_from_data(ax):
    ax.plot([1, 2, 3], [1, 3, 2], color=ACCENT)
    ax.axhspan(1.5, 2.5, color=LIGHT, alpha=0.3, linewidth=0)
    ax.axvline(2, color=GREY, linestyle="--")
    told = spec_of(ax)
    assert len(told["series"]) == 1 and len(told["zones"]) == 1
    assert told["rules"][0]["dashed"] and told["rules"][0]["x0"] == pytest.approx(0.5, abs=0.01)


def wedge(ax):
    ax.plot([1, 2, 3])
    ax.fill_between([0, 1, 2], [1, 1, 1], [2, 3, 5])


def whiskers(ax):
    ax.bar(["a", "b"], [3, 4])
    ax.plot([0, 0], [2.5, 3.5], color=GREY)


def dots_over_bars(ax):
    ax.barh(["a", "b"], [3, 4])
    ax.scatter([1, 2], [0, 1])


def small_multiples(ax):
    for row in range(3):
        ax.bar(range(4), [1, 2, 3, 2], bottom=row * 5)
    ax.set_xticks(range(4), list("abcd"))


def broken_line(ax):
    ax.plot([1, 2, 3, 4], [1, np.nan, 2, 3])


COMPLICATED = {
    "error bars": lambda ax: ax.bar(["a", "b"], [3, 4], yerr=1),
    "two scales": lambda ax: (ax.plot([1, 2, 3]), ax.twinx().plot([3, 2, 1])),
    "heat map": lambda ax: ax.imshow(np.eye(3)),
    "pie": lambda ax: ax.pie([1, 2]),
    "legend": lambda ax: (ax.plot([1, 2, 3], label="x"), ax.legend()),
    "turned text": lambda ax: (ax.plot([1, 2, 3]), ax.text(1, 1, "r", rotation=30)),
    "arrow with text": lambda ax: (ax.plot([1, 2, 3]), ax.annotate("n", (1, 2), (2, 2.5), arrowprops={"arrowstyle": "->"})),
    "steps": lambda ax: ax.step([1, 2, 3], [3, 4, 1]),
    "unknown marks": lambda ax: ax.scatter([1, 2], [1, 2], marker="x"),
    "title of the figure": lambda ax: (ax.plot([1, 2, 3]), ax.figure.suptitle("s")),
    "chart in a chart": lambda ax: (ax.plot([1, 2]), ax.inset_axes([0.5, 0.5, 0.2, 0.2]).plot([1, 2])),
    "table": lambda ax: ax.table([["a"]]),
    "nothing": lambda ax: ax.grid(True),
    "text alone": lambda ax: ax.text(0.5, 0.5, "x"),
    "periods": lambda ax: pd.Series(range(4), index=pd.date_range("2024-01-01", periods=4, freq="MS")).plot(ax=ax),
    "turned scale": lambda ax: (ax.barh(["a", "b"], [1, 2]), ax.invert_xaxis()),
    "a band that is no rectangle": wedge, "whiskers": whiskers, "dots over bars": dots_over_bars,
    "small multiples": small_multiples, "a line with gaps": broken_line,
}


@pytest.mark.parametrize("draw", COMPLICATED.values(), ids=COMPLICATED)
def test_what_does_not_fit_is_left_to_the_picture(ax, draw):
    draw(ax)
    assert chart_spec(ax) is None


def test_reading_changes_nothing_on_the_chart(ax):
    ax.barh(range(3), [3, 2, 1])
    rows(ax, list("abc"))
    before = (ax.get_xlim(), ax.get_ylim(), len(ax.get_children()))
    chart_spec(ax)
    assert before == (ax.get_xlim(), ax.get_ylim(), len(ax.get_children()))


@pytest.mark.parametrize("factor", [1, 1000])
def test_scaling_the_values_scales_the_spec(ax, factor):
    values = np.array([3.0, -2.0, 1.0]) * factor
    ax.bar(range(3), values)
    ax.set_xticks(range(3), list("abc"))
    assert spec_of(ax)["series"][0]["values"] == values.tolist()
