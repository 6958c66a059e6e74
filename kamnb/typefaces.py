"""Where letters come from: the packaged typeface, and those of the system."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

WEIGHTS = ("regular", "bold")


@cache
def packaged_font() -> Path:
    """File of the packaged typeface with Latin, Japanese and Chinese letters. Its package is not imported: that draws in matplotlib."""
    return next((Path(find_spec("notojp_matplotlib").origin).parent / "fonts").glob("*.otf"))


@cache
def find_faces(family: str, script: str) -> dict[str, tuple[str, int]]:
    """File and place in it of each weight of `family`, on a machine with fontconfig.

    The packaged typeface where the system has no letters of `script` (a language tag) at all; nothing where it has them in another
    family, or has no fontconfig (Windows, macOS): programs find their own there.
    """
    if not shutil.which("fc-match"):
        return {}
    found = {weight: _ask("fc-match", f"{family}:{weight}", "%{family[0]}\t%{file}\t%{index}") for weight in WEIGHTS}
    if all(told[0] == family for told in found.values()):
        return {weight: (file, int(place) & 0xFFFF) for weight, (_, file, place) in found.items()}
    return {} if _ask("fc-list", f":lang={script}", "%{file}\n")[0] else {"regular": (str(packaged_font()), 0)}


def _ask(program: str, pattern: str, layout: str) -> list[str]:
    told = subprocess.run([program, "-f", layout, pattern], capture_output=True, text=True, check=True).stdout
    return told.splitlines()[0].split("\t") if told else [""]
