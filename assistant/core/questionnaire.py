"""The questionnaire: what onboarding asks, from the facts that the rulebook uses. It has no question of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import prod

from assistant.core.entries import FactValue
from assistant.core.rulebook import (
    CONSUMERS,
    NUMBER,
    Fact,
    Rulebook,
    Suggestion,
    decide,
    factors_for,
    representatives,
    suggestions_for,
)

NOT_SURE = "not-sure"
AT_ONCE = 3
"""Questions that are asked together."""
_COMBINATIONS = 200
"""Combinations of answers that are tried, to see whether two questions can be asked together."""

Answers = Mapping[str, FactValue | None]
"""What was answered, by fact; None: not sure. What was left empty is not in it."""


@dataclass(frozen=True)
class Screen:
    """Questions that are asked together, and what is suggested to whoever was not sure of one of them before."""

    facts: tuple[Fact, ...] = ()
    suggested: tuple[Suggestion, ...] = ()


def next_screen(rulebook: Rulebook, answers: Answers, asked: Iterable[str] = ()) -> Screen:
    """Return what to ask next, best question first; nothing once no answer could change the model.

    `asked`: the facts that were asked so far, one that was asked twice standing twice. Answers to others don't count
    yet: they are shown again when it is their turn. Whoever is not sure is asked for the further facts that could
    suggest an answer, and then, with what they suggest, once more.
    """
    times = Counter(asked)
    known = {name: value for name, value in answers.items() if value is not None and name in times}
    decision = decide(rulebook, known)
    if decision.model is not None:
        return Screen()
    if fresh := [fact for fact in decision.missing if fact.name not in times]:
        return Screen(_together(fresh, known, rulebook))
    unsure = [fact.name for fact in decision.missing if answers.get(fact.name, "") is None]
    suggested = suggestions_for(rulebook, known, unsure)
    helped = {name for each in suggested for name in each.suggest}
    helpless = [name for name in unsure if name not in helped]
    factors = [
        fact
        for fact in factors_for(rulebook, known, helpless, times.keys() - known.keys())
        if fact.name not in times and fact.name != CONSUMERS
    ]
    if factors:
        return Screen(tuple(factors[:AT_ONCE]))
    again = [fact for fact in decision.missing if fact.name in helped and times[fact.name] < 2]
    return Screen(_together(again, known, rulebook), suggested) if again else Screen()


def _together(open_facts: Sequence[Fact], known: Mapping[str, FactValue], rulebook: Rulebook) -> tuple[Fact, ...]:
    """Return the first of some questions, and those with it of which each is needed, whatever the others' answers."""
    group = [*open_facts[:1]]
    for fact in open_facts[1:]:
        wider = [*group, fact]
        if len(wider) <= AT_ONCE and all(_is_needed(each, wider, known, rulebook) for each in wider):
            group = wider
    return tuple(group)


def _is_needed(fact: Fact, group: Sequence[Fact], known: Mapping[str, FactValue], rulebook: Rulebook) -> bool:
    """Say whether a question is asked whatever is answered to the others of its group."""
    conditions = [rule.when for rule in rulebook.rules]
    values = {each.name: representatives(each, conditions) for each in group if each is not fact}
    if prod(map(len, values.values())) > _COMBINATIONS:
        return False
    given = ({**known, **dict(zip(values, each, strict=True))} for each in product(*values.values()))
    return all(fact in decide(rulebook, facts).missing for facts in given)


def choices(fact: Fact) -> tuple[tuple[str, str], ...]:
    """Return the answers to a question as (value, what people read), *Not sure* last; none for a number."""
    if fact.type == "number":
        return ()
    known = (("yes", "Yes"), ("no", "No")) if fact.type == "yes-no" else tuple(fact.answers.items())
    return (*known, (NOT_SURE, "Not sure"))


def answer_of(fact: Fact, value: FactValue | None) -> str:
    """Return a fact's value as its answer stands in a form: the inverse of `value_of`."""
    if value is None:
        return NOT_SURE if fact.type != "number" else ""
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"  # without an exponent, which is no answer
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def value_of(fact: Fact, answer: str) -> FactValue | None:
    """Return the fact's value for an answer; None for *Not sure*. Raises ValueError when it is no answer to this."""
    if answer == NOT_SURE:
        return None
    value: FactValue | None = answer
    if fact.type == "yes-no":
        value = {"yes": True, "no": False}.get(answer)
    elif fact.type == "number":
        value = _number(answer)
    if value is None or not fact.admits(value):
        raise ValueError(_wanted(fact))
    return value


def _number(answer: str) -> int | float | None:
    answer = re.sub(r"^(-?\d+),(\d\d?)$", r"\1.\2", answer)  # but 1,000 may be one, or a thousand
    if not re.fullmatch(NUMBER, answer, re.ASCII):
        return None
    number = float(answer)
    return int(number) if number.is_integer() else number


def _wanted(fact: Fact) -> str:
    if fact.type != "number":
        return "That is no answer to this question any more; choose one of the list."
    least, most = (f"{bound:g}" if bound is not None else None for bound in (fact.min, fact.max))
    if least is not None and most is not None:
        return f"Enter a number from {least} to {most}, without commas, or leave it empty."
    bounds = f" of {least} or more" if least is not None else f" of {most} or less" if most is not None else ""
    return f"Enter a number{bounds}, without commas, or leave it empty."
