"""Stating: saving facts that somebody said, for everyone, by somebody who may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from assistant.core.answers import Answer, FactsSaved, Invalid, Models, Refusal
from assistant.core.catalog import FACT_FIELDS, FACT_PREFIX, PEOPLE, Catalog, Component, FactValue, Ref, Statement
from assistant.core.policy import Actor, authorize
from assistant.core.proposals import Change
from assistant.core.recommending import recommend
from assistant.core.rulebook import Rulebook
from assistant.core.wording.phrases import listed
from assistant.use_cases.snapshots import Registry


def usergroups_of(ref: Ref, registry: Registry) -> frozenset[str]:
    """Return the usergroups of the teams that own a component: being in one is a right to state its facts."""
    catalog = registry.snapshot().catalog
    component = catalog.components.get(ref)
    teams = catalog.owners_of(component) if component else []
    return frozenset(team.slack_usergroup for team in teams if team.slack_usergroup)


def to_state(
    ref: Ref, actor: Actor, catalog: Catalog, deed: str, change: Change | None = None
) -> Component | Invalid | Refusal:
    """Return a component, when somebody may state its facts; else why not.

    `deed`: what only some may do to it. `change`: what can be proposed instead.
    """
    component = catalog.components.get(ref)
    if component is None:
        return gone(ref)
    verdict = authorize(actor, "state facts", component, catalog)
    if verdict.allowed:
        return component
    sentence = f"Only {verdict.who_can} can {deed} {ref.name}."
    if change is None or not authorize(actor, "propose").allowed:
        return Refusal(sentence, "Ask them to.")
    return Refusal(sentence, "You can suggest it to them.", change, whose(component, catalog))


def gone(ref: Ref) -> Invalid:
    return Invalid(f"{ref.name} was removed since. Nothing was changed; ask again to see what is there now.")


def whose(component: Component, catalog: Catalog) -> str:
    """Return whom a change to a component is put to: its owners, else the administrators."""
    return listed([team.label for team in catalog.owners_of(component)]) or "the administrators"


def save_facts(
    ref: Ref, facts: Mapping[str, FactValue], actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime
) -> Answer:
    """State facts about a component. What a file states is changed in the file, and nothing is saved then."""
    with registry.writing(actor.delivery) as unit:
        catalog = unit.catalog
        component = to_state(ref, actor, catalog, "save facts about", Change(ref, facts))
        if not isinstance(component, Component):
            return component
        statements = facts_to_state(ref, facts, actor, catalog, rulebook, now)
        if not isinstance(statements, list):
            return statements
        unit.state(statements)
        if not statements:
            return Models((recommend(component, catalog, rulebook),), "That was saved already.")
    after = registry.snapshot().catalog
    return FactsSaved(recommend(after.components[ref], after, rulebook), actor.name, now, facts)


def facts_to_state(
    ref: Ref, facts: Mapping[str, FactValue], actor: Actor, catalog: Catalog, rulebook: Rulebook, now: datetime
) -> list[Statement] | Invalid | Refusal:
    """Return what there is to state so that these facts hold, or why they can't."""
    statements = []
    for name, value in facts.items():
        fact = rulebook.fact(name)
        if fact is None or not fact.admits(value):
            return Invalid("The rulebook has changed since this was asked. Nothing was changed; ask again.")
        field = name if name in FACT_FIELDS else FACT_PREFIX + name
        origin = catalog.origin(ref, field)
        if origin is not None and origin.source != PEOPLE and origin.value != value:
            return stated_in_file("This", origin)
        if origin is None or origin.value != value:
            statements.append(Statement(ref, field, value, PEOPLE, actor.signature, now))
    return statements


def stated_in_file(what: str, origin: Statement) -> Refusal:
    """Refuse to change what a file states."""
    return Refusal(f"{what} is stated in {origin.where}.", "Change it there; an import brings it here.")
