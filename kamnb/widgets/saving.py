"""What Save writes: the choice under the name of who made it, and the decision that follows from it."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from pandas import DataFrame

from kamnb.choices import FILE
from kamnb.engagement import Engagement, replace_file
from kamnb.errors import InputError
from kamnb.words import words

EARLIER = "earlier"
LONGEST = 60


def check_name(name: str) -> str:
    """`name` as it is saved: NFKC, trimmed.

    Raises InputError in the reader's language for no name, and for one that no person has: without a letter, too
    long, with control characters, or one that Excel would take for a formula.
    """
    plain = " ".join(unicodedata.normalize("NFKC", name).split())
    if not plain:
        raise InputError(words("widgets.nobody"))
    odd = any(unicodedata.category(c).startswith("C") for c in plain) or plain[0] in "=+-@"
    if odd or len(plain) > LONGEST or not any(c.isalpha() for c in plain):
        raise InputError(words("widgets.no_name", name=plain[:LONGEST]))
    return plain


def save_choices(engagement: Engagement, values: dict[str, object], *, by: str) -> Engagement:
    """The engagement with `values` (dotted setting -> value) saved under `by` (from `check_name`).

    Raises InputError where a value is refused or the file cannot be written (open in Excel, read-only folder).
    """
    try:
        return engagement.choose(values, by=by)
    except OSError as error:
        raise InputError(words("widgets.not_written", file=str(FILE), why=error.strerror or str(error))) from error


def save_rows(engagement: Engagement, place: tuple[str, str | None], rows: DataFrame, *, by: str) -> str:
    """Save `rows` as the decision of `place` (stage, and account or None); returns what became of the one before.

    A decision that a person had saved is kept aside in a folder `earlier`, which the sentence names; "" without one.
    """
    stage, account = place
    file = engagement.decision_file(stage, account)
    people = sorted(set(engagement.decision(stage, account=account)["decided_by"]) - {""})
    try:
        aside = _keep_aside(file) if people else None
        engagement.decide(stage, rows, account=account, by=by)
    except OSError as error:
        raise InputError(words("widgets.not_written", file=file.name, why=error.strerror or str(error))) from error
    return words("widgets.kept_earlier", by=people, file=f"{EARLIER}/{aside.name}") if aside else ""


def _keep_aside(file: Path) -> Path:
    """A copy of `file` in a folder of earlier decisions, under the first free number; the same content is kept once."""
    folder = file.parent / EARLIER
    folder.mkdir(exist_ok=True)
    number = 1
    while (copy := folder / f"{file.stem}-{number}{file.suffix}").exists() and copy.read_bytes() != file.read_bytes():
        number += 1
    replace_file(copy, file.read_bytes())
    return copy


def say_saved(by: str, more: str = "") -> str:
    """The sentence after a Save, with what else there is to know."""
    saved = words("widgets.saved", by=by)
    return words("widgets.saved_and", saved=saved, more=more) if more else saved


def say_standing(engagement: Engagement, prefix: str) -> str:
    """Who decided the settings that start with `prefix`, or that nobody has."""
    people = engagement.chosen(prefix)
    return words("widgets.standing", by=people) if people else words("widgets.open")
