"""Onboarding: registering a new component, with the model that the rules recommend for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from assistant.core.advice import OwnerCard
from assistant.core.cards import owner_card
from assistant.core.catalog import PEOPLE, Catalog, Statement
from assistant.core.entries import FACT_FIELDS, Component, FactValue, Ref, Team, fields_of
from assistant.core.grammar import FUNCTION_WORDS
from assistant.core.match import NEAREST, Step
from assistant.core.notices import Notice, WasRegistered
from assistant.core.outcomes import Registered
from assistant.core.policy import Actor, authorize
from assistant.core.questionnaire import questions, value_of
from assistant.core.recommending import recommend
from assistant.core.rulebook import Rulebook
from assistant.core.snapshot import Snapshot
from assistant.core.words import split
from assistant.use_cases.snapshots import Registry

ONBOARDING_FIELDS = ("name", "owner", "new_team", "kind", "description", "repo")


@dataclass(frozen=True)
class Form:
    """What somebody entered. `answers` by fact; `confirmed` is a name that was shown its near ones already."""

    name: str = ""
    owner: str = ""
    new_team: str = ""
    kind: str = ""
    description: str = ""
    repo: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    confirmed: str = ""


@dataclass(frozen=True)
class Faults:
    """What is wrong, by field. Nothing was saved."""

    by_field: Mapping[str, str]


@dataclass(frozen=True)
class Near:
    """Names that are nearly this one. Nothing was saved; the same form sent again registers it."""

    cards: tuple[OwnerCard, ...]


def register(
    form: Form, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime
) -> Registered | Faults | Near:
    """Register a component, and its team when that is new, in one transaction; or say what is in the way.

    The owner's channel is told, or whoever registered it where there is none. Sending the same form twice registers
    once and answers the same.
    """
    snapshot = registry.snapshot()
    author = actor.signature
    component, team, faults = _entries(form, author, rulebook, snapshot)
    verdict = authorize(actor, "register")
    if not verdict.allowed:
        faults = {"name": f"Only {verdict.who_can} can register a component; ask them to."}
    if component is not None and (fault := _taken(component, author, snapshot)):
        faults["name"] = fault
    if faults or component is None:
        return Faults(faults)
    if form.confirmed != component.name and (near := near_names(component.name, snapshot)):
        existing = snapshot.catalog.components.get(component.ref)
        if existing is None:
            return Near(near)
    with registry.writing() as unit:
        repeated = _registered_by(author, component, unit.catalog)
        if component.ref in unit.catalog.components and not repeated:
            return Faults({"name": f"There is a component called {component.name} already. Nothing was saved."})
        if not repeated:
            entries = [entry for entry in (team, component) if entry is not None]
            unit.state(
                Statement(entry.ref, name, value, PEOPLE, author, now)
                for entry in entries
                for name, value in fields_of(entry).items()
            )
            about = WasRegistered(component.ref, actor.name, now, team.name if team else None)
            unit.notify([Notice(unit.catalog.channel_of(component) or actor.id, about, (actor.id,))], now)
    return registered(component.ref, actor.name, now, team, registry.catalog(), rulebook)


def registered(
    ref: Ref, by: str, at: datetime, new_team: Team | None, catalog: Catalog, rulebook: Rulebook
) -> Registered:
    """Return what is said of a component that was registered."""
    component = catalog.components[ref]
    return Registered(recommend(component, catalog, rulebook), by, at, new_team, _missing(component, catalog))


def _taken(component: Component, author: str, snapshot: Snapshot) -> str | None:
    """Say why a name cannot be had: it is an everyday word, or people already mean another component by it."""
    if _registered_by(author, component, snapshot.catalog):
        return None
    match = snapshot.components.find(component.name, guess=False, generic=False)
    if match.refs and match.step <= Step.LETTERS:
        other = match.refs[0].name
        if other == component.name:
            return f"There is a component called {other} already. Nothing was saved."
        return f"That is another way to write {other}, which is registered. Nothing was saved."
    if not split(component.name):
        return f"“{component.name[:80]}” holds no letter and no digit, and no question finds it; add a word."
    if set(split(component.name)) <= FUNCTION_WORDS:
        return f"“{component.name[:80]}” is made of everyday words, which no question finds; add one that stands out."
    return None


def near_names(name: str, snapshot: Snapshot) -> tuple[OwnerCard, ...]:
    """Return the components whose names could be meant by this one."""
    match = snapshot.components.find(name, generic=False)
    if not match.refs:
        return ()
    components = snapshot.catalog.components
    return tuple(owner_card(components[ref], snapshot.catalog) for ref in match.refs[:NEAREST])


def _entries(
    form: Form, author: str, rulebook: Rulebook, snapshot: Snapshot
) -> tuple[Component | None, Team | None, dict[str, str]]:
    """Build the entries that a form describes; what is wrong, by field."""
    catalog = snapshot.catalog
    faults: dict[str, str] = {}
    team: Team | None = None
    owners = [form.owner] if form.owner else []
    if form.owner and form.owner not in catalog.teams:
        faults["owner"] = "That team is not registered any more; choose another."
    if form.new_team:
        known = snapshot.teams.find(form.new_team, guess=False)
        if form.owner:
            faults["new_team"] = "Choose a team or name a new one, not both."
        elif known.refs and known.sure and not _same_team_again(form, author, catalog):
            faults["new_team"] = f"There is a team called {known.refs[0].name}; choose it above."
        else:
            try:
                team = Team(name=form.new_team)
            except ValidationError as error:
                faults["new_team"] = _sentence(error.errors()[0]["msg"])
        owners = [team.name] if team else []
    values: dict[str, Any] = {"name": form.name, "owners": owners}
    values |= {name: getattr(form, name) for name in ("kind", "description", "repo") if getattr(form, name)}
    values |= _facts(form.answers, rulebook)
    if form.repo and not form.repo.startswith(("http://", "https://")):
        faults["repo"] = "Enter an address that begins with https://, or leave it empty."
    component: Component | None = None
    try:
        component = Component.model_validate(values)
    except ValidationError as error:
        for detail in error.errors():
            location = str(detail["loc"][0]) if detail["loc"] else "name"
            faults.setdefault(location if location in ONBOARDING_FIELDS else "name", _sentence(detail["msg"]))
    return component, team, faults


def _facts(answers: Mapping[str, str], rulebook: Rulebook) -> dict[str, Any]:
    """Return the answers as fields of a component; *Not sure* leaves a fact missing."""
    values: dict[str, Any] = {}
    facts: dict[str, FactValue] = {}
    for fact in questions(rulebook):
        value = value_of(fact, answers.get(fact.name, ""))
        if value is None:
            continue
        if fact.name in FACT_FIELDS:
            values[fact.name] = value
        else:
            facts[fact.name] = value
    return {**values, "facts": facts} if facts else values


def _sentence(message: str) -> str:
    """Turn the schema's words about a value into a sentence for beside its field."""
    message = re.sub(r"^(Value error|Assertion failed), ", "", message)
    if message.startswith("String should have at least"):
        return "Enter a name."
    if message.startswith("String should have at most"):
        return "That is too long: " + message.removeprefix("String should have ") + "."
    return f"This {message[0].lower()}{message[1:]}."


def _same_team_again(form: Form, author: str, catalog: Catalog) -> bool:
    """A form that was sent twice names a team that its first sending made, with the component."""
    team = catalog.origin(Ref.team(form.new_team), "name")
    component = catalog.origin(Ref.component(form.name), "name")
    if team is None or component is None or team.source != PEOPLE:
        return False
    return team.author == author == component.author and team.stated_at == component.stated_at


def _registered_by(author: str, component: Component, catalog: Catalog) -> bool:
    """Say whether this very registration was made before: same author, same values."""
    origin = catalog.origin(component.ref, "name")
    existing = catalog.components.get(component.ref)
    if origin is None or existing is None or origin.source != PEOPLE or origin.author != author:
        return False
    return all(fields_of(existing).get(name) == value for name, value in fields_of(component).items())


def _missing(component: Component, catalog: Catalog) -> tuple[str, ...]:
    """Return, in people's words, what an incident would need and nobody has stated."""
    wanted = {
        "an owner": component.owners,
        "a description": component.description,
        "a repository": component.repo,
        "a runbook": component.runbook,
        "on call": catalog.oncall_of(component),
    }
    return tuple(words for words, value in wanted.items() if not value)
