"""Stating: saving facts that somebody said, for everyone, by somebody who may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from assistant.core.advice import Known
from assistant.core.answers import Answer, Invalid, Models, Refusal
from assistant.core.catalog import ADDED_UP, CONFIRMED, PEOPLE, Catalog, Statement
from assistant.core.entries import FACT_PREFIX, Component, Ref, field_of_fact
from assistant.core.outcomes import FactsSaved, Overtaken
from assistant.core.policy import Action, Actor, authorize
from assistant.core.proposals import Change
from assistant.core.recommending import origin_of_fact, recommend
from assistant.core.reorganising import moving
from assistant.core.rulebook import Rulebook
from assistant.core.wording.phrases import listed
from assistant.use_cases.snapshots import Registry


def usergroups_of(ref: Ref | None, teams: Iterable[str], registry: Registry) -> frozenset[str]:
    """Return the usergroups of the teams that own a component, and of further ones: being in one is a right."""
    catalog = registry.catalog()
    component = catalog.components.get(ref) if ref else None
    named = (*(component.owners if component else ()), *teams)
    groups = (catalog.teams[name].slack_usergroup for name in named if name in catalog.teams)
    return frozenset(filter(None, groups))


_DEEDS: Mapping[Action, str] = {
    "state facts": "save facts about",
    "unregister": "undo the registration of",
    "decide": "decide for",
    "confirm": "confirm who owns",
    "accept": "accept suggestions for",
    "decline": "decline suggestions for",
}


def to_state(
    ref: Ref, actor: Actor, catalog: Catalog, action: Action, change: Change | None = None
) -> Component | Invalid | Refusal:
    """Return a component, when somebody may do something to it; else why not.

    `change`: what can be proposed instead.
    """
    component = catalog.components.get(ref)
    if component is None:
        return gone(ref)
    verdict = authorize(actor, action, component, catalog)
    if verdict.allowed:
        return component
    sentence = f"Only {verdict.who_can} can {_DEEDS.get(action, action)} {ref.name}."
    if change is None or not authorize(actor, "propose").allowed:
        return Refusal(sentence, "Ask them to.")
    owners = listed([team.label for team in catalog.owners_of(component)])
    return Refusal(sentence, "You can suggest it to them.", change, owners or "the administrators")


def gone(ref: Ref) -> Invalid:
    return Invalid(f"{ref.name} was removed since. Nothing was changed; ask again to see what is there now.")


def save_facts(change: Change, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime) -> Answer:
    """State facts about a component. What a file states is changed in the file, and nothing is saved then.

    Nor is it where somebody else has answered differently meanwhile.
    """
    ref = change.ref
    with registry.writing(actor.delivery) as unit:
        component = to_state(ref, actor, unit.catalog, "state facts", change)
        if not isinstance(component, Component):
            return component
        statements = facts_to_state(change, component, actor, unit.catalog, rulebook, now)
        if not isinstance(statements, list):
            return statements
        unit.state(statements)
        if not statements:
            return Models((recommend(component, unit.catalog, rulebook),), "That was saved already.")
    after = registry.catalog()
    return FactsSaved(recommend(after.components[ref], after, rulebook), actor.name, now, change.facts)


def facts_to_state(
    change: Change, component: Component, actor: Actor, catalog: Catalog, rulebook: Rulebook, now: datetime
) -> list[Statement] | Invalid | Refusal | Overtaken:
    """Return what there is to state so that the facts of a change hold, or why they can't."""
    statements, overtaken = [], []
    for name, value in change.facts.items():
        fact = rulebook.fact(name)
        if fact is None or not fact.admits(value):
            return Invalid("The rulebook has changed since this was asked. Nothing was changed; ask again.")
        origin = origin_of_fact(name, component, catalog)
        if origin is not None and origin.value == value:
            continue
        if origin is not None and origin.source != PEOPLE:
            return stated_in_file("This", origin)
        if origin is not None and origin.value != change.before.get(name):
            overtaken.append(Known(fact, origin.value, origin))
        statements.append(Statement(component.ref, field_of_fact(name, value), value, PEOPLE, actor.signature, now))
    if overtaken:
        return Overtaken(recommend(component, catalog, rulebook), tuple(overtaken))
    return statements


def fields_to_state(
    change: Change, component: Component, actor: Actor, catalog: Catalog, now: datetime
) -> list[Statement] | Invalid | Refusal:
    """Return what there is to state so that the other fields of a change hold, or why they can't."""
    statements = []
    for name, value in change.fields.items():
        if name in ("name", "namespace", "owners"):
            return Invalid(f"The {name} of {component.name} can't be changed like this. Nothing was changed.")
        in_file, held = _deciding(component.ref, name, catalog), held_of(component.ref, name, catalog)
        what = name.removeprefix(FACT_PREFIX).replace("_", " ")
        if value == held:
            continue
        if in_file is not None:
            return stated_in_file(f"Its {what}", in_file)
        if held != change.fields_before.get(name, held):
            stands = listed([str(each) for each in held]) if isinstance(held, list) else held or "nothing"
            return Invalid(f"Its {what} was changed since, to {stands}. Nothing was changed; decline this, or edit it.")
        statements.append(Statement(component.ref, name, value, PEOPLE, actor.signature, now))
    try:
        catalog.following(statements, catalog.revision)
    except ValidationError as error:
        fault = error.errors()[0]
        return Invalid(f"{fault['loc'][0]}: {fault['msg']}. Nothing was changed.")
    return statements


def held_of(ref: Ref, field: str, catalog: Catalog) -> Any:
    """Return what a field of a component holds that a file states, or else people."""
    in_file = _deciding(ref, field, catalog)
    return in_file.value if in_file else catalog.stated_about(ref, PEOPLE).get(field)


def _deciding(ref: Ref, field: str, catalog: Catalog) -> Statement | None:
    """Return the statement of a file, where that alone decides a field."""
    return None if field in ADDED_UP else catalog.in_file(ref, field)


def owners_to_state(
    change: Change, component: Component, actor: Actor, catalog: Catalog, now: datetime
) -> list[Statement] | Invalid | Refusal:
    """Return what there is to state so that the owners of a change hold, or why they can't."""
    owners = list(change.owners)
    if gone_team := next((name for name in owners if name not in catalog.teams), None):
        return Invalid(f"The team {gone_team} was removed since. Nothing was changed; choose another.")
    if change.leaving:
        found = moving(change.leaving, owners[0], (change.ref, *change.beside), catalog, actor.signature, now)
        handed_on = [each for each in found.statements if each.source == PEOPLE]
        return handed_on or Invalid(f"{change.leaving} owns none of them any more. Nothing was changed.")
    in_file = catalog.in_file(component.ref, "owners")
    if in_file is not None and catalog.named(in_file.value) != list(owners):
        return stated_in_file("Its owner", in_file)
    return [owned_by(owners, component, actor, catalog, now)]


def owned_by(owners: Iterable[str], component: Component, actor: Actor, catalog: Catalog, now: datetime) -> Statement:
    """Return the statement of who owns a component. Where a file states that, it is a confirmation."""
    source = CONFIRMED if catalog.in_file(component.ref, "owners") else PEOPLE
    return Statement(component.ref, "owners", list(owners), source, actor.signature, now)


def stated_in_file(what: str, origin: Statement) -> Refusal:
    """Refuse to change what a file states."""
    return Refusal(f"{what} is stated in {origin.where}.", "Change it there; an import brings it here.")
