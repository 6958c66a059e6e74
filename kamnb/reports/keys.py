"""What a report depends on beside the data it reads, part by part: the parts that differ say why it must be made again."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from functools import cache
from pathlib import Path

from kamnb.engagement import Engagement
from kamnb.reports.jobs import ROOT, Job, master_file
from kamnb.words import TEXT

CODE = {".py", ".toml", ".j2", ".css", ".js"}


def key_parts(job: Job, engagement: Engagement) -> dict[str, str]:
    """Hash of each part that `job` depends on: job, date, settings, notebook, text, code, packages, fonts.

    Source: faults.md (a) 12.
    """
    identity = engagement.settings.engagement
    settings = engagement.settings.model_dump_json(exclude={"tables": True, "engagement": {"as_of"}})
    return {"job": _hash(str(asdict(job))), "as_of": str(identity.as_of), "settings": _hash(settings),
            "notebook": _hash_files(str(master_file(job.stage))), "text": _hash_text(job.language), "code": _hash_code(),
            "packages": _hash_files(str(ROOT / "requirements.lock")), "fonts": _hash_fonts()}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def _hash_files(*names: str) -> str:
    digest = hashlib.sha256()
    for name in names:
        digest.update(Path(name).read_bytes() if Path(name).exists() else b"-")
    return digest.hexdigest()[:16]


@cache
def _hash_text(language: str) -> str:
    files = [TEXT / "columns.toml", *sorted((TEXT / language).iterdir())]
    return _hash_files(*(str(file) for file in files if file.is_file()))


@cache
def _hash_code() -> str:
    return _hash_files(*(str(file) for file in sorted((ROOT / "kamnb").rglob("*")) if file.suffix in CODE))


@cache
def _hash_fonts() -> str:
    import notojp_matplotlib

    return _hash_files(*(str(file) for file in sorted((Path(notojp_matplotlib.__file__).parent / "fonts").glob("*.otf"))))
