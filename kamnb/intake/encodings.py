"""Bytes to text: strict, never latin-1, and never silently wrong (faults.md F04-F07)."""

from __future__ import annotations

import codecs
import re

from kamnb.intake.marks import FIX, STOP, Mark

MARKED = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
LATIN_RUN = re.compile(r"[\u00c2-\u00f4][\u0080-\u00ff\u0152-\u0192\u02c6-\u2122]+")
SAMPLE = 1_000_000


def decode(data: bytes, *, declared: str | None = None) -> tuple[str, str, list[Mark]]:
    """`data` as text, the encoding that was used and what there is to say about it.

    Tried in this order: the declared one, a byte order mark, utf-8, cp932.
    """
    encoding = declared or _marked(data)
    if encoding:
        return _decode_as(data, encoding, declared=bool(declared))
    try:
        return _clean(data.decode("utf-8"), "utf-8", [])
    except UnicodeDecodeError as error:
        return _decode_japanese(data, error)


def _marked(data: bytes) -> str | None:
    """Encoding that the first bytes tell: by a mark, or by the zero bytes of unmarked utf-16."""
    for mark, name in MARKED:
        if data.startswith(mark):
            return name
    head = data[:1000]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 5 > len(head):
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def _decode_as(data: bytes, encoding: str, *, declared: bool) -> tuple[str, str, list[Mark]]:
    try:
        text = data.decode(encoding)
    except LookupError:
        return "", encoding, [Mark("F06", STOP, facts={"case": "unknown", "encoding": encoding})]
    except UnicodeDecodeError as error:
        return "", encoding, [_undecodable(data, error)]
    return _clean(text, encoding, [] if declared else [Mark("F07", FIX, facts={"encoding": encoding})])


def _decode_japanese(data: bytes, error: UnicodeDecodeError) -> tuple[str, str, list[Mark]]:
    """cp932, unless most of the file is utf-8 and only some lines are not."""
    try:
        text = data.decode("cp932")
    except UnicodeDecodeError:
        return "", "", [_undecodable(data, error)]
    if _mostly_utf8(data):
        return "", "", [_undecodable(data, error)]
    return _clean(text, "cp932", [Mark("F04", FIX, facts={"encoding": "cp932"})])


def _mostly_utf8(data: bytes) -> bool:
    """Whether more than half of the lines beyond ASCII are valid utf-8: then the others are the odd ones."""
    lines = [line for line in data.split(b"\n") if not line.isascii()]
    return 2 * sum(map(_is_utf8, lines)) > len(lines)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _undecodable(data: bytes, error: UnicodeDecodeError) -> Mark:
    """F06: where the text stops making sense, and how that line reads under both guesses."""
    start = data.rfind(b"\n", 0, error.start) + 1
    end = data.find(b"\n", error.start)
    line = data[start: end if end >= 0 else None].strip()[:60]
    return Mark("F06", STOP, facts={"offset": error.start, "line": data.count(b"\n", 0, error.start) + 1,
                                    "utf8": line.decode("utf-8", "replace"), "cp932": line.decode("cp932", "replace")})


def _clean(text: str, encoding: str, marks: list[Mark]) -> tuple[str, str, list[Mark]]:
    """`text` unless it was spoilt before it reached us (F05: utf-8 once read as latin-1 or cp1252)."""
    spoilt = next(filter(None, map(_unspoil, LATIN_RUN.findall(text[:SAMPLE]))), None)
    if spoilt:
        return "", encoding, [Mark("F05", STOP, facts={"seen": spoilt[0], "meant": spoilt[1]})]
    return text, encoding, marks


def _unspoil(run: str) -> tuple[str, str] | None:
    """What was meant by a run of Latin letters that are the bytes of another text in utf-8."""
    for encoding in ("latin-1", "cp1252"):
        try:
            return run, run.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return None
