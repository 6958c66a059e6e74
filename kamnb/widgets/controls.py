"""The parts of every control: sliders, an answer that follows them at once, and a Save that needs a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from math import floor, isclose, log10

import ipywidgets as w
from pandas import DataFrame

from kamnb.errors import InputError
from kamnb.style import ACCENT, GREY, LIGHT, shorten
from kamnb.words import words

LABEL, SLIDER, ANSWER, SAID = "16em", "32em", "37em", "24em"  # set beforehand: nothing jumps while a slider moves
BAR = ["name", "value", "text", "chosen", "note"]
BARS = 16  # rows of a ranking that a person takes in beside the sliders
LONGEST = 34  # columns of a name


class Panel(w.VBox):
    """A control whose answer is also plain HTML and text, for a page that cannot run controls (faults.md I07)."""

    def __init__(self, parts: list[w.Widget], *, answer: w.HTML) -> None:
        super().__init__(parts)
        self.answer = answer

    def _repr_mimebundle_(self, **kwargs: object) -> dict[str, object]:
        page = f"{self.answer.value}<p><small>{escape(words('widgets.static'))}</small></p>"
        return {**super()._repr_mimebundle_(**kwargs), "text/html": page, "text/plain": plain_text(page)}


def plain_text(page: str) -> str:
    """`page` without its tags, one line per row or paragraph."""
    lines = re.sub(r"</(tr|p)>", "\n", page)
    cells = re.sub(r"</t[dh]>", "  ", lines)
    return "\n".join(line.strip() for line in unescape(re.sub(r"<[^>]+>", "", cells)).splitlines() if line.strip())


def make_sliders(values: Mapping[object, float], *, labels: Mapping[object, str],
                 limits: tuple[float, float, float], form: str = ".1f") -> dict[object, w.FloatSlider]:
    """One slider per value, labelled; `limits`: lowest, highest, step; `form`: how the value is written beside it.

    They report while they are dragged and need no timer: the front end holds one message at a time and sends the
    latest position when its answer is back, so that nothing queues (faults.md I03).
    """
    low, high, step = limits
    look = {"readout_format": form, "style": {"description_width": LABEL}, "layout": w.Layout(width=SLIDER)}
    return {name: w.FloatSlider(value=value, min=min(low, value), max=max(high, value), step=step,
                                description=labels[name], continuous_update=True, **look)
            for name, value in values.items()}


def weight_limits(values: Mapping[object, float]) -> tuple[tuple[float, float, float], str]:
    """Limits of sliders for weights of any scale, in steps of a tenth of the largest's power, and the steps' format."""
    largest = max([v for v in values.values() if v > 0], default=1.0)
    power = floor(log10(largest)) - 1
    return (0.0, 3 * largest, 10.0**power), f".{max(0, -power)}f"


def bars_html(rows: DataFrame, *, head: str, foot: str = "") -> str:
    """A ranking as bars.

    `rows`: name, value (0..1 of the bar's width), text (what stands at its end), chosen (bool), note (what changed).
    """
    cell, line = '<td style="padding:2px 10px 2px 0', "white-space:nowrap"
    lines = "".join(
        f'<tr>{cell};{line};text-align:left{"" if chosen else f";color:{GREY}"}">'
        f'{"●" if chosen else "○"} {escape(shorten(str(name), LONGEST))}</td>'
        f'{cell};min-width:9em"><div style="background:{ACCENT if chosen else LIGHT};height:11px;'
        f'width:{100 * max(0.0, min(1.0, value)):.1f}%"></div></td>'
        f'{cell};{line};text-align:right">{escape(str(text))}</td>{cell};text-align:left">{escape(str(note))}</td></tr>'
        for name, value, text, chosen, note in rows[BAR].itertuples(index=False))
    table = f'<table style="border-collapse:collapse;line-height:1.35">{lines}</table>'
    return _paragraph(head, "font-weight:600") + table + _paragraph(foot, f"color:{GREY}")


def mark_move(inside: bool, moved: bool) -> str:
    """What stands beside a row that `moved` against the decision that stands: came in, fell out, or nothing."""
    return words("widgets.comes_in" if inside else "widgets.falls_out") if moved else ""


def rows_html(rows: DataFrame, *, head: str, labels: Mapping[str, str]) -> str:
    """A small table of texts; `labels`: heading of each column of `rows`; in `head`, **bold** is bold."""
    cell = 'style="text-align:left;vertical-align:top;padding:2px 18px 2px 0"'
    heads = "".join(f"<th {cell}>{escape(labels[c])}</th>" for c in rows.columns)
    lines = "".join(f"<tr>{''.join(f'<td {cell}>{escape(str(v))}</td>' for v in row)}</tr>"
                    for row in rows.itertuples(index=False))
    table = f'<table style="border-collapse:collapse;line-height:1.45"><tr>{heads}</tr>{lines}</table>' if lines else ""
    return _paragraph(head, "") + table


def _paragraph(text: str, style: str) -> str:
    bold = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text))
    return f'<p style="margin:6px 0;line-height:1.5;{style}">{bold}</p>' if text else ""


def make_panel(controls: Mapping[object, w.Widget], answer: Callable[[dict], str], save: Callable[[dict, str], str],
               *, standing: str = "") -> Panel:
    """A panel of `controls` whose answer (HTML) follows every move; Save shows what `save(values, name)` says.

    What cannot be answered is said beside the buttons, and the last good answer stays (faults.md I02).  `standing`: who
    decided what the controls show at first; Back returns there.
    """
    start = {name: control.value for name, control in controls.items()}
    shown, said = (w.HTML(layout=w.Layout(flex=f"1 1 {width}", min_width="0", overflow="auto"))
                   for width in (ANSWER, SAID))
    asked = {**start}
    who = w.Text(placeholder=words("widgets.who"), layout=w.Layout(width="14em"))
    keep, back = (w.Button(description=words(f"widgets.{name}"), tooltip=words(f"widgets.{name}_tip"))
                  for name in ("save", "back"))
    keep.button_style = "primary"

    def values() -> dict:
        return {name: _as_set(control.value, start[name]) for name, control in controls.items()}

    def follow(_: object) -> None:
        if (now := values()) != asked:
            asked.update(now)
            _tell(lambda: answer(now), shown, said)

    def put_back(_: w.Button) -> None:
        for name, control in controls.items():
            control.value = start[name]

    for control in controls.values():
        control.observe(follow, names="value")
    keep.on_click(lambda _: _tell(lambda: _paragraph(save(values(), who.value), ""), said, said))
    back.on_click(put_back)
    _tell(lambda: answer(start), shown, said)
    said.value = said.value or _paragraph(standing, f"color:{GREY}")
    return Panel([w.HBox([w.VBox(list(controls.values())), shown], layout=_row("8px 28px", "flex-start")),
                  w.HBox([who, keep, back, said], layout=_row("0", "center"))], answer=shown)


def _row(gap: str, align: str) -> w.Layout:
    return w.Layout(flex_flow="row wrap", grid_gap=gap, align_items=align)


def _as_set(value: object, start: object) -> object:
    """`value` as a person set it: front ends move a slider by fractions of its step that nobody sees."""
    if not isinstance(value, float) or not isinstance(start, float):
        return value
    return start if isclose(value, start, abs_tol=1e-9) else round(value, 9)


def _tell(task: Callable[[], str], place: w.HTML, said: w.HTML) -> None:
    """Put what `task` says into `place`; what it refuses stands in `said`, which is cleared otherwise."""
    try:
        text = task()
    except InputError as error:
        said.value = f'<span style="color:{ACCENT};font-weight:600">{escape(str(error))}</span>'
        return
    said.value = ""
    place.value = text


def say_nothing(key: str) -> Panel:
    """A panel without controls that says why there is nothing to decide."""
    note = w.HTML(value=_paragraph(words(key), f"color:{GREY}"))
    return Panel([note], answer=note)
