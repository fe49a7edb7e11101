"""Undoing: what was stated about a component, step by step, and a step that people took, taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from assistant.core.answers import Answer, Invalid, Refusal
from assistant.core.cards import owner_card
from assistant.core.catalog import PEOPLE, Catalog, Statement
from assistant.core.entries import Component, Ref
from assistant.core.history import Step, in_words, newest_of_people, overtaker_of, steps, taking_back
from assistant.core.messages import Undo
from assistant.core.outcomes import Altered, History, ToldStep
from assistant.core.policy import Action, Actor, belongs
from assistant.core.proposals import Change
from assistant.core.rulebook import Rulebook
from assistant.core.wording.phrases import listed
from assistant.storage.repository import Unit
from assistant.use_cases.proposing import close_about_gone
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.stating import gone, to_state

SHOWN = 15


def history_of(ref: Ref, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime) -> Answer:
    """Return what was stated about a component, newest first. Whoever may can take the newest step of people back."""
    catalog = registry.catalog()
    taken = steps(registry.statements_about(ref))
    if not taken:
        return gone(ref)
    component = catalog.components.get(ref) or Component(name=ref.name, namespace=ref.namespace)
    newest = newest_of_people(taken)
    may_undo = newest is not None and isinstance(_to_take_back(newest, ref, actor, catalog, now), list)
    told = tuple(_told(step, catalog, rulebook) for step in taken[:SHOWN])
    return History(component, told, len(taken), newest.at if newest and may_undo else None)


def _told(step: Step, catalog: Catalog, rulebook: Rulebook) -> ToldStep:
    fields = sorted(step.alterations, key=lambda each: each.field != "owners")
    told = tuple(in_words(each, catalog, rulebook) for each in fields if each.field != "name")
    name = next((each for each in step.alterations if each.field == "name"), None)
    how: Literal["registered", "changed", "removed"]
    how = "changed" if name is None else "removed" if name.after is None else "registered"
    return ToldStep(step.by, step.at, None if step.source == PEOPLE else step.source, told, how)


def undo(act: Undo, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime) -> Answer:
    """Have people say again what they said before a step, unless they changed the same since."""
    with registry.writing(actor.delivery) as unit:
        taken = steps(unit.statements_about(act.ref))
        step = next((each for each in taken if each.source == PEOPLE and each.at.timestamp() == act.at_s), None)
        if step is None:
            return Invalid(
                f"There is nothing here to take back in {act.ref.name}. Nothing was changed; its history says what was."
            )
        if other := overtaker_of(step, taken):
            return Invalid(f"{other.by} has changed the same since. Nothing was changed; ask for it anew to see more.")
        statements = _to_take_back(step, act.ref, actor, unit.catalog, now)
        if not isinstance(statements, list):
            return statements
        parts = _registered_with(step, actor, unit)
        for ref, its_step in parts.items():
            statements += taking_back(its_step, ref, actor.signature, now)
        before, after = unit.catalog, unit.catalog.following(statements, unit.catalog.revision)
        unit.state(statements)
        close_about_gone((act.ref, *parts), unit, actor.signature, now)
    told = tuple(in_words(each.reversed, after, rulebook) for each in step.alterations if each.field != "name")
    standing = after if act.ref in after.components else before
    card = owner_card(standing.components[act.ref], standing)
    names = tuple(ref.name for ref in parts)
    return Altered(card, told, actor.name, now, "taken back", is_gone=standing is before, beside=names)


def _registers(step: Step) -> bool:
    return any(each.field == "name" and each.before is None for each in step.alterations)


def _registered_with(step: Step, actor: Actor, unit: Unit) -> dict[Ref, Step]:
    """Return the parts that a service was registered with, as far as nobody changed them or depends on them since.

    Those of other teams stay.
    """
    if not _registers(step):
        return {}
    names = next((each.after for each in step.alterations if each.field == "depends_on"), None) or ()
    found = {}
    for ref in (Ref.component(name) for name in names):
        taken = steps(unit.statements_about(ref))
        its_step = next((each for each in taken if (each.at, each.author) == (step.at, step.author)), None)
        part = to_state(ref, actor, unit.catalog, "unregister")
        is_free = isinstance(part, Component) and len(unit.catalog.dependents_of(part)) == 1
        if its_step is not None and "name" in its_step.fields and is_free and not overtaker_of(its_step, taken):
            found[ref] = its_step
    return found


def _to_take_back(
    step: Step, ref: Ref, actor: Actor, catalog: Catalog, now: datetime
) -> list[Statement] | Invalid | Refusal:
    """Return what there is to state so that a step is taken back, or why somebody may not.

    Who may is asked of the component as it is; of one that was retired, as it will be.
    """
    statements = taking_back(step, ref, actor.signature, now)
    after = catalog.following(statements, catalog.revision)
    action: Action = "unregister" if _registers(step) else "edit"
    found = to_state(ref, actor, catalog if ref in catalog.components else after, action)
    if not isinstance(found, Component):
        return found
    owners = next((each for each in step.alterations if each.field == "owners"), None)
    if owners is None or not owners.before or "name" in step.fields:
        return statements
    back = [catalog.team(name) for name in owners.before if name not in (owners.after or ())]
    if all(belongs(actor, team) for team in back):
        return statements
    labels, change = listed([team.label for team in back]), Change(ref, owners=tuple(owners.before))
    return Refusal(f"{labels} would have to take {ref.name} back.", "You can suggest it to them.", change, labels)
