"""What a report depends on beside the data it reads, part by part: the parts that differ say why it must be made again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

from kamnb.choices import read_choices
from kamnb.engagement import Engagement
from kamnb.reports.jobs import NOTEBOOKS, ROOT, Job, master_file
from kamnb.typefaces import packaged_font
from kamnb.words import LANGUAGES, TEXT

CODE = {".py", ".toml", ".j2", ".css", ".js"}
APART = {"tables": True, "engagement": {"as_of"}}
"""Settings that stand for themselves: where the files lie shows in the tables, and the date is a part of its own."""


def key_parts(job: Job, engagement: Engagement) -> dict[str, str]:
    """Hash of each part that `job` depends on: job, date, settings, notebook, text, code, packages, fonts.

    Source: faults.md (a) 12.
    """
    return {"job": hash_text(str(asdict(job))), "as_of": str(engagement.settings.engagement.as_of), "settings": _hash_settings(engagement),
            "notebook": _hash_files(str(master_file(job.stage))), "text": hash_words(job.language), "code": _hash_code(),
            "packages": _hash_files(str(ROOT / "requirements.lock")), "fonts": _hash_fonts()}


def run_parts(engagement: Engagement) -> dict[str, str]:
    """Hash of each part that any job of a run may depend on; a language's words apart from another's."""
    parts = key_parts(Job("channels", "en"), engagement)
    return {**{part: parts[part] for part in ("as_of", "settings", "code", "packages", "fonts")},
            **{f"notebook {stage}": _hash_files(str(master_file(stage))) for stage in NOTEBOOKS},
            **{f"text {language}": hash_words(language) for language in LANGUAGES}}


def describe_parts(engagement: Engagement) -> dict[str, dict]:
    """What stands behind the hashes of settings and texts, so that a later run can name what differs: by hash.

    Settings: `values` by dotted name, and the names that a person `chosen`; texts: hash by file.
    """
    chosen = sorted(read_choices(engagement.path))
    return {_hash_settings(engagement): {"values": list_settings(engagement), "chosen": chosen},
            **{hash_words(language): list_texts(language) for language in LANGUAGES}}


def list_settings(engagement: Engagement) -> dict[str, object]:
    """Every setting that reports depend on, by dotted name."""
    flat: dict[str, object] = {}
    _flatten(json.loads(engagement.settings.model_dump_json(exclude=APART)), "", flat)
    return flat


def _flatten(tree: dict, prefix: str, flat: dict[str, object]) -> None:
    for name, value in tree.items():
        if isinstance(value, dict) and value:
            _flatten(value, f"{prefix}{name}.", flat)
        else:
            flat[f"{prefix}{name}"] = value


@cache
def list_texts(language: str) -> dict[str, str]:
    """Hash of each file that the words of `language` come from, by its name."""
    files = [TEXT / "columns.toml", *sorted((TEXT / language).iterdir())]
    return {f"{file.parent.name}/{file.name}": _hash_files(str(file)) for file in files if file.is_file()}


def hash_words(language: str) -> str:
    """Hash of all words of `language`."""
    return hash_text(json.dumps(list_texts(language)))


def hash_text(text: str) -> str:
    """Short hash of `text`."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _hash_settings(engagement: Engagement) -> str:
    return hash_text(engagement.settings.model_dump_json(exclude=APART))


@cache
def _hash_files(*names: str) -> str:
    digest = hashlib.sha256()
    for name in names:
        digest.update(Path(name).read_bytes() if Path(name).exists() else b"-")
    return digest.hexdigest()[:16]


@cache
def _hash_code() -> str:
    return _hash_files(*(str(file) for file in sorted((ROOT / "kamnb").rglob("*")) if file.suffix in CODE))


@cache
def _hash_fonts() -> str:
    return _hash_files(str(packaged_font()))
