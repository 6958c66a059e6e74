"""Rules that are data: conditions on columns, judged yes, no or unknown, with the reason."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.errors import Fault, InputError, nearest

ORDERED: dict[str, Callable] = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
EQUAL: dict[str, Callable] = {"==": operator.eq, "!=": operator.ne}
LISTED = ("in", "not_in")
PRESENT = ("known", "missing")
OPS = (*ORDERED, *EQUAL, *LISTED, *PRESENT)
OPEN = 0.5  # between no (0) and yes (1): all is then the least, any the largest of the conditions (Kleene's logic)
WORDS = {1.0: "yes", 0.0: "no", OPEN: "unknown"}
REASONS = {"account": "str", "label": "str", "verdict": "str", "column": "str", "op": "str", "wanted": float,
           "wanted_text": "str", "found": float, "found_text": "str", "met": "str"}


@dataclass(frozen=True)
class Condition:
    """A column of the facts, how it is compared (see OPS), and with what: a value, a list of values, or another
    column (`against`)."""

    column: str
    op: str
    value: object = None
    against: str | None = None


@dataclass(frozen=True)
class Rule:
    """`label` holds when all of `every` hold and, if `some` are given, at least one of them."""

    label: str
    every: tuple[Condition, ...] = ()
    some: tuple[Condition, ...] = ()


def read_rules(items: Iterable[Mapping[str, object]], *, where: str = "engagement.toml") -> tuple[Rule, ...]:
    """Rules from plain data such as TOML gives: [{label, all = [{column, op, value}], any = [...]}, ...].

    Raises InputError with every fault of every rule.  Source: method.md D04-D08, E29-E34, D19, B24.
    """
    given, rules, faults = list(items), [], []
    for place, item in enumerate(given, 1):
        spot = f"{where}, rule {place} ({item.get('label', 'no label')})"
        found = _find_faults(item, spot)
        faults += found
        if not found:
            parts = {name: tuple(Condition(**dict(c)) for c in item.get(name, ())) for name in ("all", "any")}
            rules.append(Rule(str(item["label"]), parts["all"], parts["any"]))
    labels = [item["label"] for item in given if "label" in item]
    faults += [Fault(f"label {label!r} is used twice", where, "Give each rule its own label.")
               for label in sorted({name for name in labels if labels.count(name) > 1})]
    if faults:
        raise InputError.several(faults, what=where)
    return tuple(rules)


def _find_faults(item: Mapping[str, object], spot: str) -> list[Fault]:
    """What is wrong with one rule."""
    faults = [Fault(f"{key!r} is not part of a rule", spot, nearest(key, ["label", "all", "any"]))
              for key in item if key not in ("label", "all", "any")]
    if not str(item.get("label", "")).strip() or " " in str(item.get("label", "")):
        faults.append(Fault("a rule needs a label of one word", spot, 'Add label = "prospect".'))
    conditions = [*item.get("all", ()), *item.get("any", ())]
    if not conditions:
        faults.append(Fault("a rule needs a condition", spot, 'Add all = [{column = "tenure", op = ">=", value = 3}].'))
    return [*faults, *(fault for condition in conditions for fault in _check_condition(condition, spot))]


def _check_condition(condition: Mapping[str, object], spot: str) -> list[Fault]:
    """What is wrong with one condition."""
    faults = [Fault(f"{key!r} is not part of a condition", spot, nearest(key, ["column", "op", "value", "against"]))
              for key in condition if key not in ("column", "op", "value", "against")]
    op, value, against = (condition.get(key) for key in ("op", "value", "against"))
    wrong = [(not condition.get("column"), "a condition needs a column", 'Add column = "tenure".'),
             (op not in OPS, f"{op!r} is not a comparison", f"Use one of {', '.join(OPS)}."),
             (op in PRESENT and (value is not None or bool(against)), f"{op!r} takes no value", "Remove the value."),
             (op in LISTED and not isinstance(value, (list, tuple)), f"{op!r} needs a list", 'Write value = ["A", "B"].'),
             (op in (*ORDERED, *EQUAL) and (value is None) == (against is None), "a comparison needs a value or another column",
              "Add value = 3, or against = the name of a column."),
             (op in ORDERED and value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))),
              f"{value!r} is not a number", "Compare with a number, or use == for texts.")]
    return faults + [Fault(problem, spot, mend) for bad, problem, mend in wrong if bad]


def judge_rules(facts: DataFrame, rules: Sequence[Rule]) -> DataFrame:
    """Every rule for every account: account, label, `verdict` (yes, no, unknown), in the order of both.

    `facts`: account and the columns that the rules name; an empty cell is unknown.  Unknown stays unknown unless the
    known conditions decide alone: all fail with one that fails, any hold with one that holds.  Raises InputError for a
    column that the facts do not have, or that cannot be compared in that way.
    """
    wide = spread_verdicts(facts, rules)
    return DataFrame({"account": np.repeat(wide.index, wide.shape[1]), "label": np.tile(wide.columns, len(wide)),
                      "verdict": wide.to_numpy().ravel()}).astype({"account": "str", "label": "str", "verdict": "str"})


def spread_verdicts(facts: DataFrame, rules: Sequence[Rule]) -> DataFrame:
    """The verdicts of `judge_rules`: accounts in the order of the facts by labels in the order of the rules."""
    _check_columns(facts, rules)
    verdicts = {rule.label: _word(_judge(facts, rule)[0]) for rule in rules}
    return DataFrame(verdicts, index=pd.Index(facts["account"], name="account", dtype="str"),
                     columns=pd.Index(list(verdicts), dtype="str", name="label"), dtype=object)


def explain_rules(facts: DataFrame, rules: Sequence[Rule]) -> DataFrame:
    """The conditions that decided each verdict of `judge_rules`, with what was wanted and what was found.

    Returns account, label, verdict, column, op, `wanted` and `found` (numbers; NaN where texts were compared),
    `wanted_text` and `found_text` (texts; lists with commas), `met` (yes, no, unknown).  A rule that holds names the
    conditions that hold, one that fails those that fail, an open one those that nobody can answer yet.
    """
    _check_columns(facts, rules)
    parts = [_explain(facts, rule) for rule in rules]
    if not parts:
        return DataFrame(columns=list(REASONS)).astype(REASONS)
    table = pd.concat(parts)
    return table.sort_index(kind="stable").reset_index(drop=True)[list(REASONS)].astype(REASONS)


def _check_columns(facts: DataFrame, rules: Sequence[Rule]) -> None:
    """Refuse rules about what the facts do not have, or that compare texts with numbers."""
    for rule in rules:
        for condition in (*rule.every, *rule.some):
            for name in filter(None, (condition.column, condition.against)):
                if name not in facts:
                    raise InputError(f"rule {rule.label!r} asks for {name!r}, which is not known", "rules", nearest(name, facts))
            if not _comparable(facts[condition.column], condition):
                raise InputError(f"rule {rule.label!r} compares {condition.column!r} with {condition.value!r}, which is of another kind",
                                 "rules", "Numbers go with numbers, texts with texts, true and false with each other.")


def _comparable(values: Series, condition: Condition) -> bool:
    """Whether the value of a condition is of the kind that its column holds; a column without any value takes all."""
    if condition.against or condition.op in PRESENT or not values.notna().any():
        return True
    wanted = condition.value if condition.op in LISTED else [condition.value]
    truths = pd.api.types.is_bool_dtype(values.dropna().infer_objects())
    numbers = pd.api.types.is_numeric_dtype(values) and not truths
    return all(isinstance(value, bool) == truths and (isinstance(value, (int, float)) or not numbers)
               and (not isinstance(value, (int, float)) or numbers or truths) for value in wanted)


def _judge(facts: DataFrame, rule: Rule) -> tuple[np.ndarray, list[np.ndarray]]:
    """The rule and its conditions for each row: 1 holds, 0 fails, OPEN unknown."""
    met = [_meet(facts, condition) for condition in (*rule.every, *rule.some)]
    every, some = met[:len(rule.every)], met[len(rule.every):]
    return np.min([*every, np.max(some, axis=0)] if some else every, axis=0), met


def _meet(facts: DataFrame, condition: Condition) -> np.ndarray:
    """One condition for each row: 1 holds, 0 fails, OPEN unknown."""
    values = facts[condition.column]
    if condition.op in PRESENT:
        return (values.notna() == (condition.op == "known")).to_numpy(dtype=float)
    other = facts[condition.against] if condition.against else condition.value
    if condition.op in LISTED:
        held = values.isin(list(condition.value)) == (condition.op == "in")
    else:
        held = (ORDERED | EQUAL)[condition.op](values, other)
    known = values.notna() & (facts[condition.against].notna() if condition.against else True)
    return np.where(known, held.to_numpy(dtype=float, na_value=OPEN), OPEN)


def _explain(facts: DataFrame, rule: Rule) -> DataFrame:
    """The deciding conditions of one rule, by row of the facts."""
    verdict, met = _judge(facts, rule)
    parts = []
    for condition, held in zip((*rule.every, *rule.some), met, strict=True):
        decided = facts[held == verdict]
        words = _word(held[held == verdict])
        rows = DataFrame({"account": decided["account"], "label": rule.label, "verdict": words, "column": condition.column,
                          "op": condition.op, "met": words}, index=decided.index)
        other = decided[condition.against] if condition.against else Series([condition.value] * len(rows), rows.index, dtype=object)
        for name, values in (("wanted", other), ("found", decided[condition.column])):
            rows[name], rows[f"{name}_text"] = _split_kind(values)
        parts.append(rows)
    return pd.concat(parts)


def _split_kind(values: Series) -> tuple[Series, Series]:
    """`values` as numbers where they are numbers, and as texts where they are anything else."""
    number = values.map(lambda value: isinstance(value, (int, float, np.number)) and not isinstance(value, (bool, np.bool_)),
                        na_action="ignore").eq(True)
    texts = values.map(lambda value: ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value).lower()
                       if isinstance(value, (bool, np.bool_)) else str(value), na_action="ignore")
    return values.where(number).astype("Float64").astype(float), texts.mask(number).astype("str")


def _word(held: np.ndarray) -> np.ndarray:
    return np.select([held == number for number in WORDS], list(WORDS.values()), "").astype(object)
