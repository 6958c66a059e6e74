"""Reports: notebooks executed as jobs and printed from what they showed."""

from __future__ import annotations

import sys


def skip_grammar() -> None:
    """Keep a grammar of web addresses out of this process.

    jsonschema, which nbformat imports, would load it and take longer than everything else together; notebooks hold no
    addresses that are checked.
    """
    sys.modules.setdefault("rfc3987_syntax", None)
