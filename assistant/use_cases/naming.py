"""Naming: what people call a component becomes another name of it, for everyone, by somebody who may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import ValidationError

from assistant.core.answers import Answer, Invalid, Pick, Refusal
from assistant.core.catalog import PEOPLE, Catalog, Statement
from assistant.core.entries import Component
from assistant.core.grammar import FUNCTION_WORDS, GENERIC
from assistant.core.messages import CallIt
from assistant.core.outcomes import AliasChanged, AliasOffer
from assistant.core.policy import Actor, authorize
from assistant.core.snapshot import Snapshot
from assistant.core.words import fold, split
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.stating import gone


def offer_alias(chosen: Pick, actor: Actor, registry: Registry) -> AliasOffer | None:
    """Offer to answer the same words with what was chosen for them, where the actor may say so and nothing else is
    called so.
    """
    catalog = registry.catalog()
    component = catalog.components.get(chosen.ref)
    if component is None or not authorize(actor, "name", component, catalog).allowed:
        return None
    return None if _why_not(chosen.mention, component, catalog) else AliasOffer(component, chosen.mention)


def call_it(act: CallIt, actor: Actor, registry: Registry, now: datetime) -> Answer:
    """State another name of a component, or take back one that people stated. Doing it twice is doing it once."""
    with registry.writing(actor.delivery) as unit:
        catalog = unit.catalog
        component = catalog.components.get(act.ref)
        if component is None:
            return gone(act.ref)
        verdict = authorize(actor, "name", component, catalog)
        if not verdict.allowed:
            return Refusal(f"Only {verdict.who_can} can give {component.name} another name.", "Ask them to add it.")
        stated = list(catalog.stated_about(act.ref, PEOPLE).get("aliases", ()))
        first = catalog.origin(act.ref, "aliases")
        if act.drop and first and first.source != PEOPLE and act.name in first.value:
            return Invalid(f"“{act.name}” is stated in {first.where}. Change it there; nothing was changed.")
        if act.drop != (act.name in stated):
            return AliasChanged(component, act.name, None, now, act.drop)
        if not act.drop and (reason := _why_not(act.name, component, catalog)):
            return Invalid(f"{reason} Nothing was changed.")
        names = [name for name in stated if name != act.name] if act.drop else [*stated, act.name]
        unit.state([Statement(act.ref, "aliases", names or None, PEOPLE, actor.signature, now)])
    return AliasChanged(component, act.name, actor.name, now, act.drop)


def matching_components(typed: str, snapshot: Snapshot, limit: int) -> Sequence[Component]:
    """Return the components that hold what was typed in their name, those that begin with it first, or come near."""
    wanted = fold(typed)
    components = snapshot.catalog.components
    holding = [component for component in components.values() if wanted in fold(component.name)]
    holding.sort(key=lambda each: (not fold(each.name).startswith(wanted), each.name.casefold(), each.ref))
    if not holding and wanted:
        match = snapshot.components.with_nearest(snapshot.components.find(typed))
        holding = [components[ref] for ref in match.refs or match.nearest]
    return holding[:limit]


def _why_not(name: str, component: Component, catalog: Catalog) -> str | None:
    """Say why a component cannot be called so: it is already, another one is, or it is no name."""
    wanted = fold(name)
    if not wanted:
        return "That is no name."
    for team in catalog.teams.values():
        if wanted in map(fold, (team.name, *team.aliases, team.title or "")):
            return f"“{name}” is a name of the team {team.label}."
    for other in catalog.components.values():
        if wanted in map(fold, (other.name, *other.aliases, other.title or "")):
            return f"“{name}” is a name of {other.name} already."
    try:
        Component.model_validate({"name": component.name, "aliases": [name]})
    except ValidationError:
        return "That is no name."
    if set(split(name)) <= FUNCTION_WORDS | GENERIC:
        return f"“{name}” stands in many questions, and would answer them all."
    return None
