"""The sample client: every table of a fictitious beverage maker, with its planted truths, from one seed."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from pandas import DataFrame, Series

from kamnb.training.accountplans import write_actions, write_goals, write_strategy, write_swot
from kamnb.training.capacity import name_resources, state_capacity
from kamnb.training.contacts import list_people, list_visits, log_contacts, tie_people
from kamnb.training.demand import assort, order_cases
from kamnb.training.facts import gather_facts
from kamnb.training.handover import hand_over, toml_section
from kamnb.training.kpis import list_kpis, track_kpis
from kamnb.training.market import size_market
from kamnb.training.masters import list_accounts, list_channels, list_products, list_team
from kamnb.training.planning import plan_sales
from kamnb.training.pricing import discounts, list_prices
from kamnb.training.promotions import list_promotions, plan_promotions, promote
from kamnb.training.receivables import bill_accounts
from kamnb.training.routing import report_sellthru
from kamnb.training.scorecard import list_criteria, rate_accounts
from kamnb.training.serving import drive_costs
from kamnb.training.slips import write_slips
from kamnb.training.stocks import count_stock, ring_up
from kamnb.training.stores import check_stores, count_stores, list_stores
from kamnb.training.stories import tell_stories
from kamnb.training.terms import write_terms
from kamnb.training.truthbook import truth_text
from kamnb.training.truths import measure_truths
from kamnb.training.verdicts import measure_hypotheses
from kamnb.training.voices import (
    list_agreements,
    list_deals,
    list_hypotheses,
    rate_skills,
    run_surveys,
    watch_competitors,
)
from kamnb.training.world import AS_OF, MONTHS, World, make_world, name_categories, recipe

SEED = 20260109


def make_sample(out: Path, seed: int = SEED) -> None:
    """Writes the sample engagement into the folder `out`: engagement.toml, truth.toml and tables/."""
    out, world = Path(out), make_world(seed)
    tables = make_tables(seed)
    shutil.rmtree(out / "tables", ignore_errors=True)
    sections = hand_over(tables, out)
    (out / "engagement.toml").write_text(engagement_text(sections), encoding="utf-8", newline="\n")
    (out / "truth.toml").write_text(truth_text(world, measure_truths(world, tables)), encoding="utf-8", newline="\n")


def make_tables(seed: int = SEED) -> dict[str, DataFrame]:
    """Every table of the sample under its name in the data dictionary, in its order."""
    world = make_world(seed)
    pairs = assort(world)
    promotions = plan_promotions(world, pairs)
    cases, lifted = promote(pairs, order_cases(world, pairs), promotions)
    cases, moved = tell_stories(world, pairs, cases)
    slips = write_slips(world, pairs, cases)
    tables = _trade_tables(world, slips, _routed(world, pairs, moved))
    tables["sellthru"] = report_sellthru(world, pairs, cases, moved=moved)
    tables |= {"stock": count_stock(world, slips, tables["sellthru"]), "pos": ring_up(world, slips, stores=count_stores(world))}
    tables["promos"] = list_promotions(world, promotions, _lifted_yen(world, pairs, promotions, lifted))
    tables |= _field_tables(world, tables)
    tables |= _plan_tables(world, tables)
    return {name: tables[name] for name in recipe("handover")}


def _trade_tables(world: World, slips: DataFrame, routed: Series) -> dict[str, DataFrame]:
    """Ledger, masters, market, terms, receivables, cost to serve, sales plan and scorecard."""
    stores = count_stores(world)
    accounts = list_accounts(world, slips, stores=stores, routed=routed)
    drivers = name_resources(drive_costs(world, slips, stores=stores))
    return {"sales": slips, "accounts": accounts, "stores": list_stores(world, accounts),
            "channels": list_channels(world), "products": list_products(world),
            "market": name_categories(world, size_market(world, slips)),
            "terms": write_terms(world, slips), "ar": bill_accounts(world, slips),
            "cost_drivers": drivers, "capacity": state_capacity(drivers), "plan": plan_sales(world, slips),
            "criteria": list_criteria(), "scores": rate_accounts(world), "team": list_team(),
            "skills": rate_skills(world)}


def _field_tables(world: World, tables: dict[str, DataFrame]) -> dict[str, DataFrame]:
    """What was seen and heard outside: persons, contacts, visits, store checks, surveys, rivals, deals, hypotheses."""
    people = list_people(world)
    return {"people": people, "links": tie_people(people), "contacts_log": log_contacts(world, people),
            "visits": list_visits(world, tables["sales"], tables["stores"]),
            "store_checks": check_stores(world, tables["stores"]), "competitors": watch_competitors(world),
            "surveys": run_surveys(world), "hypotheses": list_hypotheses(measure_hypotheses(tables)),
            "agreements": list_agreements(),
            "deals": list_deals(world)}


def _plan_tables(world: World, tables: dict[str, DataFrame]) -> dict[str, DataFrame]:
    """Account plans and KPIs of the likely key accounts."""
    facts = gather_facts(world, tables)
    goals = write_goals(facts)
    sales = Series({account: known["raw"]["sales"] * 1e6 for account, known in facts.items()})
    return {"swot": write_swot(facts), "strategy": write_strategy(facts), "goals": goals,
            "actions": write_actions(world, goals, sales), "kpis": list_kpis(),
            "kpi_actuals": track_kpis(world, tables)}


def _lifted_yen(world: World, pairs: DataFrame, promotions: DataFrame, lifted: DataFrame) -> Series:
    """Net yen that each promotion lifted in its own month."""
    month = lifted["promo"].map(promotions.set_index("promo")["month"]).to_numpy()
    account, product = (pairs[key].to_numpy()[lifted["pair"]] for key in ("account", "product"))
    listed = list_prices(world).to_numpy()[world.products.index.get_indexer(product), month]
    paid = 1 - discounts(world).to_numpy()[world.accounts.index.get_indexer(account), month] / 1e6
    return Series(lifted["extra"].to_numpy() * listed * paid).groupby(lifted["promo"].to_numpy()).sum()


def _routed(world: World, pairs: DataFrame, moved: np.ndarray) -> Series:
    """Yen of the last year that an account bought on a wholesaler's invoices."""
    value = list_prices(world).loc[pairs["product"]].to_numpy() * moved
    value = value * (1 - discounts(world).loc[pairs["account"]].to_numpy() / 1e6)
    year = np.asarray(MONTHS > AS_OF - np.timedelta64(366, "D"))
    return Series(value[:, year].sum(axis=1)).groupby(pairs["account"].to_numpy()).sum()


def engagement_text(sections: dict[str, dict]) -> str:
    """engagement.toml of the sample: who, when and in what money; where each table lies; what else could be set."""
    client, notes = recipe("channels")["client"], recipe("handover")
    head = {"name": "sample", "client": client["ja"], "client_en": client["en"], "client_zh": client["zh"],
            "as_of": AS_OF.date(), "currency": "JPY", "fiscal_start": 4, "language": "ja", "confidential": False,
            "firm": "KAM Workbook", "tax": "excluded"}
    comments = {name: f"# {spec['note']}\n" for name, spec in notes.items() if "note" in spec}
    told = [comments.get(name, "") + toml_section(f"tables.{name}", values) for name, values in sections.items()]
    opening, hints = _hints()
    return "\n".join([opening, toml_section("engagement", head), *told, hints])


def _hints() -> tuple[str, str]:
    """The comments that open engagement.toml, and those that close it with settings at their defaults."""
    text = Path(__file__).with_name("engagement_hints.toml").read_text(encoding="utf-8")
    opening, hints = text.split("# ----\n")
    return opening, hints.lstrip("\n")
