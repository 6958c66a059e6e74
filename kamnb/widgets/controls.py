"""The parts of every control: sliders, a ranking that answers at once, and a Save that writes who decided what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

import ipywidgets as w
from pandas import DataFrame

from kamnb.engagement import Engagement
from kamnb.errors import InputError
from kamnb.style import ACCENT, GREY, INK, LIGHT
from kamnb.words import words

Numbers = Mapping[str, float]


def make_sliders(values: Numbers, *, labels: Mapping[str, str], limits: tuple[float, float, float], percent: bool = False) -> dict[str, w.FloatSlider]:
    """One slider per value, labelled; `limits`: lowest, highest, step."""
    low, high, step = limits
    return {name: w.FloatSlider(value=value, min=low, max=max(high, value), step=step, description=labels[name], readout_format=".0%" if percent else ".1f",
                                continuous_update=True, style={"description_width": "15em"}, layout=w.Layout(width="34em"))
            for name, value in values.items()}


def bars_html(rows: DataFrame, *, head: str) -> str:
    """A ranking as bars. `rows`: name, value (0..1 of the bar's width), text (what stands at its end), chosen (bool)."""
    lines = "".join(
        f'<tr><td style="padding:1px 12px 1px 0;color:{INK if chosen else GREY};white-space:nowrap">{"●" if chosen else "○"} {escape(str(name))}</td>'
        f'<td style="width:22em"><div style="background:{ACCENT if chosen else LIGHT};height:12px;width:{max(0.0, min(1.0, value)) * 100:.1f}%"></div></td>'
        f'<td style="padding-left:10px;text-align:right;color:{INK}">{escape(str(text))}</td></tr>'
        for name, value, text, chosen in rows[["name", "value", "text", "chosen"]].itertuples(index=False))
    return f'<p style="margin:6px 0;font-weight:600">{escape(head)}</p><table style="border-collapse:collapse;font-size:13px">{lines}</table>'


def make_panel(sliders: Mapping[str, w.Widget], answer: Callable[[dict], str], save: Callable[[dict, str], str]) -> w.Widget:
    """A panel of `sliders` whose answer (HTML) follows every move; Save calls `save(values, name)` and shows what it says.

    What cannot be answered is said beside the controls, and the last good answer stays (faults.md I02).
    """
    shown, said = w.HTML(), w.HTML()
    who = w.Text(placeholder=words("widgets.who"), layout=w.Layout(width="16em"))
    button = w.Button(description=words("widgets.save"), button_style="primary")

    def values() -> dict:
        return {name: slider.value for name, slider in sliders.items()}

    def tell(task: Callable[[], str], place: w.HTML) -> None:
        try:
            place.value = task()
        except InputError as error:
            said.value = f'<span style="color:{ACCENT}">{escape(str(error))}</span>'

    for slider in sliders.values():
        slider.observe(lambda _: tell(lambda: answer(values()), shown), names="value")
    button.on_click(lambda _: tell(lambda: save(values(), who.value), said))
    tell(lambda: answer(values()), shown)
    return w.VBox([w.HBox([w.VBox(list(sliders.values())), shown], layout=w.Layout(flex_flow="row wrap", grid_gap="28px")),
                   w.HBox([who, button, said])])


def save_choices(engagement: Engagement, values: dict[str, object], *, by: str) -> str:
    """Save chosen settings under the person's name; returns the sentence that says so."""
    engagement.choose(values, by=by)
    return escape(words("widgets.saved", by=by.strip()))
