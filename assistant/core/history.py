"""History: what was stated about a component, step by step, and what takes a step back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.core.catalog import NOT_MADE, PEOPLE, Catalog, Statement, name_in
from assistant.core.entries import FACT_FIELDS, FACT_PREFIX, Ref
from assistant.core.rulebook import Rulebook

WORDS = {
    "owners": "owner",
    "slack_channel": "channel",
    "oncall": "on call",
    "repo": "repository",
    "lifecycle": "who needs it",
    "ownership": "who runs it",
    "review_by": "to be looked at again by",
    "aliases": "other names",
    "depends_on": "depends on",
    "slack_usergroup": "usergroup",
    "parent": "team above it",
}
"""Fields as people call them; the others are called as they are."""


@dataclass(frozen=True)
class Alteration:
    """One field as a source stated it before a step, and since. None: it stated nothing."""

    field: str
    before: Any
    after: Any

    @property
    def reversed(self) -> Alteration:
        return Alteration(self.field, self.after, self.before)


@dataclass(frozen=True)
class Step:
    """What one author stated at one time."""

    author: str
    at: datetime
    source: str
    alterations: tuple[Alteration, ...]

    @property
    def by(self) -> str:
        return name_in(self.author)

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(each.field for each in self.alterations)


@dataclass(frozen=True)
class Told:
    """An alteration in everyday words. Empty: nothing."""

    what: str
    before: str
    after: str


def steps(statements: Iterable[Statement]) -> tuple[Step, ...]:
    """Put the statements about one component, oldest first, together into steps, newest first.

    What was only proposed or confirmed is none, nor is what was stated before in the same way.
    """
    held: dict[tuple[str, str], Any] = {}
    made: dict[tuple[datetime, str, str], dict[str, Alteration]] = {}
    for stated in statements:
        key = (stated.source, stated.field)
        before, held[key] = held.get(key), stated.value
        if stated.source in NOT_MADE:
            continue
        altered = made.setdefault((stated.stated_at, stated.author, stated.source), {})
        first = altered[stated.field].before if stated.field in altered else before
        altered[stated.field] = Alteration(stated.field, first, stated.value)
    found = []
    for (at, author, source), altered in made.items():
        real = tuple(each for each in altered.values() if each.before != each.after)
        if real:
            found.append(Step(author, at, source, real))
    return tuple(reversed(found))


def newest_of_people(taken: Iterable[Step]) -> Step | None:
    return next((step for step in taken if step.source == PEOPLE), None)


def overtaker_of(step: Step, taken: Sequence[Step]) -> Step | None:
    """Return the oldest step, of all that were taken, newest first, with which people changed the same again."""
    later = [each for each in taken[: taken.index(step)] if each.source == PEOPLE]
    whole = "name" in step.fields  # whoever registers or retires something says all that there is of it
    return next((each for each in reversed(later) if whole or not each.fields.isdisjoint(step.fields)), None)


def taking_back(step: Step, ref: Ref, author: str, now: datetime) -> list[Statement]:
    """Return what people have to state so that they say again what they said before a step."""
    return [Statement(ref, each.field, each.before, PEOPLE, author, now) for each in step.alterations]


def in_words(alteration: Alteration, catalog: Catalog, rulebook: Rulebook) -> Told:
    """Put an alteration into words that people know: teams by their titles, answers instead of facts."""
    name = alteration.field.removeprefix(FACT_PREFIX)
    fact = rulebook.fact(name) if alteration.field.startswith(FACT_PREFIX) or name in FACT_FIELDS else None
    what = WORDS.get(name, name.replace("_", " "))
    if fact is not None:
        what = fact.question("it")

    def shown(value: Any) -> str:
        if value is None or value == []:
            return ""
        if fact is not None:
            return fact.label(value)
        if name == "owners":
            return ", ".join(catalog.teams[each].label if each in catalog.teams else str(each) for each in value)
        model = rulebook.model(value) if name == "model" else None
        if model is not None:
            return model.title
        if isinstance(value, list):
            return ", ".join(str(each.get("title", each)) if isinstance(each, dict) else str(each) for each in value)
        return str(value)

    return Told(what, shown(alteration.before), shown(alteration.after))
