"""A new engagement folder with a commented engagement.toml."""

from __future__ import annotations

from pathlib import Path

from kamnb.engagement import safe_name
from kamnb.errors import InputError
from kamnb.settings import FILE
from kamnb.words import TEXT


def new_engagement(name: str, *, at: Path, language: str) -> Path:
    """The engagement.toml of a new folder `at`/`name`, with comments in `language`, beside an empty tables/.

    Raises InputError when the folder exists or the name is no safe folder name.
    """
    if safe_name(name) != name:
        raise InputError(f"{name!r} cannot name a folder on every system", "NAME", f"Use letters, digits, - and _: {safe_name(name)}")
    folder = at / name
    if folder.exists():
        raise InputError(f"{folder} exists already", "NAME", "Choose another name, or remove the folder.")
    (folder / "tables").mkdir(parents=True)
    template = (TEXT / language / "new_engagement.txt").read_text(encoding="utf-8")
    (folder / FILE).write_text(template.format(name=name, folder=folder), encoding="utf-8")
    return folder / FILE
