"""Numbers as people write them, read exactly: never by way of a float (faults.md N01-N09, N18)."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from kamnb.intake.cells import Reading

CLEAN = re.compile(r"-?\d{1,15}(?:\.\d{1,8})?", re.ASCII)
PLAIN = re.compile(r"\d+(?:\.\d*)?|\.\d+")
GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
EUROPEAN = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}|\d+,\d+\.\d+,\d+")
FORM = re.compile(r"(?P<outer>[-+△▲]?) ?(?P<open>\(?) ?(?P<mark>[¥$€£]?) ?(?P<inner>[-△▲]?) ?(?P<digits>[\d.,]+) ?"
                  r"(?P<yen>円?)(?P<percent>%?) ?(?P<close>\)?)")
UNIT = re.compile(r"[-+△▲(]*[¥$€£]?[\d.,]+ *([^\d\s.,()%+△▲-]+|%)\)?")
MINUS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
LOOKALIKE = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "Q": "0"})
POWER = re.compile(r"[-+]?\d+(?:\.\d+)?[Ee][-+]?\d{1,4}")
DUST_DIGITS, DUST_PLACES = 15, 9


def read_number(text: str, *, percent: bool = False) -> Reading:
    """The Decimal that `text` means; `percent`: whether a per-cent sign may follow it."""
    if CLEAN.fullmatch(text):
        return Reading(Decimal(text))
    wide = unicodedata.normalize("NFKC", text).strip()
    plain = wide.translate(MINUS)
    if not plain:
        return Reading()
    found = FORM.fullmatch(plain)
    if not found or bool(found["open"]) != bool(found["close"]) or (found["percent"] and not percent):
        return _fault(plain)
    digits = found["digits"]
    if not PLAIN.fullmatch(digits) and not GROUPED.fullmatch(digits):
        return Reading(code="N04") if EUROPEAN.fullmatch(digits) else Reading(code="N01", case="grouping")
    if sum(map(bool, (found["outer"], found["open"], found["inner"]))) > 1:
        return _fault(plain)
    return _value(found, wide != text.strip(), minus=plain != wide)


def _value(found: re.Match, wide: bool, *, minus: bool) -> Reading:
    """Value of a well-formed number, noting what was unusual about the way it was written."""
    sign = found["outer"] or found["inner"]
    triangle = sign != "" and sign in "△▲"
    negative = triangle or sign == "-" or bool(found["open"])
    value, dusty = without_dust(Decimal(found["digits"].replace(",", "")))
    value = value.scaleb(-2) if found["percent"] else value
    currency = "¥" if found["yen"] else found["mark"]
    styles = {"N01": "," in found["digits"], "N02": minus or triangle or bool(found["open"]),
              "N03": bool(wide or currency or found["percent"]), "N21": dusty}
    notes = tuple(code for code, used in styles.items() if used)
    return Reading(-value if negative else value, notes=notes, currency=currency)


def without_dust(value: Decimal, *, places: int = DUST_PLACES) -> tuple[Decimal, bool]:
    """`value` without the tail that binary arithmetic left (3419.999999999999 is 3420), and whether it had one.

    Only values of more than 15 digits with at least `places` decimals: a spreadsheet holds no more than 15 (N21).
    """
    digits, exponent = len(value.as_tuple().digits), value.as_tuple().exponent
    if digits <= DUST_DIGITS or exponent > -max(places, 1):
        return value, False
    rounded = round(value, DUST_DIGITS - digits - exponent)
    return rounded.normalize() if rounded else Decimal(0), True


def _fault(plain: str) -> Reading:
    """Why `plain` is not a number, as precisely as can be told."""
    if plain.lower().lstrip("+-") in ("inf", "infinity"):
        return Reading(code="N09")
    if POWER.fullmatch(plain):
        return Reading(code="N09") if Decimal(plain).adjusted() > DUST_DIGITS else Reading(code="N01", case="power")
    likely = plain.translate(LOOKALIKE)
    if likely != plain and (guess := FORM.fullmatch(likely)) and (
            PLAIN.fullmatch(guess["digits"]) or GROUPED.fullmatch(guess["digits"])):
        return Reading(code="N01", case="letters", facts={"likely": likely})
    if unit := UNIT.fullmatch(plain):
        return Reading(code="N03", case="unit", facts={"unit": unit[1]})
    return Reading(code="N01")
