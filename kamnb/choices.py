"""What people chose with a control in a notebook: settings that stand above engagement.toml, each with who decided it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path

from kamnb.errors import InputError

FILE = Path("decisions") / "choices.csv"
STEPS = re.compile(r'"([^"]+)"|([^."]+)')
HEAD = ("setting", "value", "decided_by", "decided_on")


def setting_name(*steps: str) -> str:
    """The dotted name of a setting; a step that holds a dot (an account code) stands in quotes."""
    return ".".join(f'"{step}"' if "." in step else step for step in steps)


def read_choices(folder: Path) -> dict[str, tuple[object, str, str]]:
    """Saved choices of the engagement in `folder`: dotted setting -> (value, who, when).

    Raises InputError naming the row whose value is not JSON (a number, a quoted text, true or false).
    """
    file = folder / FILE
    if not file.exists():
        return {}
    chosen = {}
    for number, row in enumerate(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))), 2):
        try:
            chosen[row["setting"]] = (json.loads(row["value"]), row["decided_by"], row["decided_on"])
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{row.get('value')!r} is not a value", f"{FILE}, row {number}, column value",
                             'Write a number, "text" in quotes, true or false.') from error
    return chosen


def choices_file(chosen: Mapping[str, tuple[object, str, str]]) -> bytes:
    """The content of choices.csv for `chosen`, sorted by setting; Excel opens it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD)
    writer.writerows([name, json.dumps(value, ensure_ascii=False), who, when] for name, (value, who, when) in sorted(chosen.items()))
    return text.getvalue().encode("utf-8-sig")


def apply_choices(settings: dict, chosen: Mapping[str, tuple[object, str, str]]) -> dict:
    """`settings` (as read from TOML) with each chosen value in its place."""
    result = json.loads(json.dumps(settings, default=str))
    for name, (value, _, _) in chosen.items():
        *path, last = [quoted or plain for quoted, plain in STEPS.findall(name)]
        place = result
        for step in path:
            place = place.setdefault(step, {})
        place[last] = value
    return result
