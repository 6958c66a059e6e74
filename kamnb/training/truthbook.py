"""truth.toml: every planted truth with its accounts, its numbers and one line in each language."""

from __future__ import annotations

from kamnb.training.accountplans import percent
from kamnb.training.handover import toml_section
from kamnb.training.world import LANGUAGES, World, recipe

SIGNED = {"growth", "losing_market", "losing_ours", "gaining_market", "gaining_ours", "both", "growth_in", "growth_out",
          "closing_ours", "closing_rival"}


def truth_text(world: World, truths: dict[str, dict]) -> str:
    """The text of truth.toml.  `truths`: from `measure_truths`."""
    lines = recipe("stories")["about"]
    head = ("# What is planted in the sample and can be found in its tables. Amounts in yen, shares as fractions.\n"
            "# Training and tests compare with these numbers; the notebooks never read this file.\n")
    sections = [toml_section(key, _explain(world, key, lines[key], facts=facts)) for key, facts in truths.items()]
    return "\n".join([head, *sections])


def _explain(world: World, key: str, texts: list[str], *, facts: dict) -> dict:
    """The facts of a truth after its line in three languages."""
    told = {f"about_{language}": text.format(**_written(world, key, facts, language))
            for language, text in zip(LANGUAGES, texts, strict=True)}
    return told | facts


def _written(world: World, key: str, facts: dict, language: str) -> dict[str, str]:
    """The facts as texts: names of accounts, millions, per cent."""
    names = {role: world.accounts.at[code, language] for role, code in _roles(facts).items()}
    names["names"] = ("・" if language == "ja" else ", " if language == "en" else "、").join(
        world.accounts.at[code, language] for code in facts.get("large_not_key", []))
    millions = {role: f"{abs(facts[role]) / 1e6:,.0f}" for role in ("profit", "overdue", "total") if role in facts}
    millions |= {"cost": f"{facts['idle_cost'] / 1e6:,.0f}"} if "idle_cost" in facts else {}
    shares = {role: percent(value, signed=role in SIGNED) for role, value in _shares(key, facts).items()}
    shares = {role: text.replace("%", " %") if language == "en" else text for role, text in shares.items()}
    counts = {"late": f"{facts.get('days_late', 0):.0f}", "peers": str(facts.get("peers", ""))}
    counts |= {role: f"{facts[role]:.1f}" for role in ("cover_before", "cover_after", "theirs", "others") if role in facts}
    counts |= {role: f"{facts[role]:.2f}" for role in ("before", "after") if key == "T18"}
    return {role: str(value) for role, value in facts.items()} | names | millions | counts | shares


def _roles(facts: dict) -> dict[str, str]:
    """Which placeholder names which account."""
    places = {"name": "account", "name_forward": "forward_account", "name_added": "added_account", "name_head": "head",
              "name_joined": "joined", "name_behind": "behind", "name_ahead": "ahead", "name_key": "key_not_large",
              "name_wholesaler": "wholesaler"}
    return {role: facts[field] for role, field in places.items() if field in facts}


def _shares(key: str, facts: dict) -> dict[str, float]:
    """The fractions that the line of a truth quotes, under the names it uses."""
    quoted = {"T02": {"growth": "growth"}, "T05": {"pocket": "pocket", "peers": "peers_median"},
              "T03": {name: name for name in ("losing_market", "losing_ours", "gaining_market", "gaining_ours")},
              "T07": {"before": "cr4_before", "after": "cr4_after"},
              "T09": {"behind": "behind_reached", "ahead": "ahead_reached"}, "T12": {"both": "both_growth"}, "T14": {"idle": "idle"},
              "T15": {"growth_in": "growth_in", "growth_out": "growth_out"},
              "T16": {"closing_ours": "closing_ours", "closing_rival": "closing_rival"}}
    return {role: facts[field] for role, field in quoted.get(key, {}).items()}
