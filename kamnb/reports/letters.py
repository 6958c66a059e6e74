"""The letters that a printed page carries: its typeface, cut down to what stands on it.

A browser hands a Japanese typeface of the system on whole, about 20 MB a weight, before it writes what it needs of it.
"""

from __future__ import annotations

import base64
import re
from html import unescape

from kamnb.typefaces import find_faces

TYPEFACES = {"en": ("Noto Sans CJK JP", "ja"), "ja": ("Noto Sans CJK JP", "ja"), "zh": ("Noto Sans CJK SC", "zh-cn")}
"""By language: the typeface that report.css names first for wide letters, and their script."""
WEIGHTS = {"regular": "100 500", "bold": "600 900"}
FACE = '@font-face{{font-family:"{}";font-weight:{};src:url(data:font/otf;base64,{})}}'
CLOSED, OPEN = "default-src 'none'", "default-src 'none'; font-src data:"
PICTURES = re.compile(r'src="data:[^"]*"')


def family_of(language: str) -> str:
    """The typeface of `language`."""
    return TYPEFACES[language][0]


def carry_letters(page: str, language: str) -> str:
    """The HTML `page` with the letters of its text inside."""
    return page.replace(CLOSED, OPEN, 1).replace("</head>", f"<style>{letters_css(page, language)}</style></head>", 1)


def letters_css(text: str, language: str) -> str:
    """CSS with the typeface of `language`, cut to the letters of the HTML `text`; empty where the browser finds its own."""
    family, script = TYPEFACES[language]
    shown = set(unescape(PICTURES.sub("", text)))
    return "".join(FACE.format(family, WEIGHTS[weight], base64.b64encode(_cut(*face, shown)).decode())
                   for weight, face in find_faces(family, script).items())


def _cut(file: str, place: int, letters: set[str]) -> bytes:
    import uharfbuzz

    cut = uharfbuzz.SubsetInput()
    cut.unicode_set.set(set(map(ord, letters)))
    return uharfbuzz.subset(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(file), place), cut).blob.data
