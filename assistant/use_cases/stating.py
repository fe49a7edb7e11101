"""Stating: saving facts that somebody said, for everyone, by somebody who may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from assistant.core.answers import Answer, FactsSaved, Invalid, Models, Refusal
from assistant.core.catalog import FACT_FIELDS, FACT_PREFIX, PEOPLE, Catalog, Component, FactValue, Ref, Statement
from assistant.core.policy import Actor, authorize
from assistant.core.recommending import recommend
from assistant.core.rulebook import Rulebook
from assistant.use_cases.snapshots import Registry


def usergroups_of(ref: Ref, registry: Registry) -> frozenset[str]:
    """Return the usergroups of the teams that own a component: being in one is a right to state its facts."""
    catalog = registry.snapshot().catalog
    component = catalog.components.get(ref)
    teams = catalog.owners_of(component) if component else []
    return frozenset(team.slack_usergroup for team in teams if team.slack_usergroup)


def to_state(ref: Ref, actor: Actor, catalog: Catalog, deed: str, remedy: str) -> Component | Invalid | Refusal:
    """Return a component, when somebody may state its facts; else why not. `deed`: what only some may do to it."""
    component = catalog.components.get(ref)
    if component is None:
        return Invalid(f"{ref.name} was removed since. Nothing was changed; ask again to see what is there now.")
    verdict = authorize(actor, "state facts", component, catalog)
    if not verdict.allowed:
        return Refusal(f"Only {verdict.who_can} can {deed} {ref.name}.", remedy)
    return component


def save_facts(
    ref: Ref, facts: Mapping[str, FactValue], actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime
) -> Answer:
    """State facts about a component. What a file states is changed in the file, and nothing is saved then."""
    with registry.writing() as unit:
        catalog = unit.catalog
        component = to_state(ref, actor, catalog, "save facts about", "Ask them to save it; your answer stands here.")
        if not isinstance(component, Component):
            return component
        statements = []
        for name, value in facts.items():
            fact = rulebook.fact(name)
            if fact is None or not fact.admits(value):
                return Invalid("The rulebook has changed since this was asked. Nothing was changed; ask again.")
            field = name if name in FACT_FIELDS else FACT_PREFIX + name
            origin = catalog.origin(ref, field)
            if origin is not None and origin.source != PEOPLE and origin.value != value:
                return Refusal(
                    f"This is stated in {origin.source.rsplit('/', 1)[-1]}.",
                    "Change it there; an import brings it here.",
                )
            if origin is None or origin.value != value:
                statements.append(Statement(ref, field, value, PEOPLE, f"{actor.name} <{actor.id}>", now))
        unit.state(statements)
        if not statements:
            return Models((recommend(component, catalog, rulebook),), "That was saved already.")
    after = registry.snapshot().catalog
    return FactsSaved(recommend(after.components[ref], after, rulebook), actor.name, now, facts)
