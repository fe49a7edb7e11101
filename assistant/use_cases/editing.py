"""Editing: what people state about a component is changed in a form, or all of it is taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pydantic import ValidationError

from assistant.core.advice import OwnerCard
from assistant.core.answers import Answer, Invalid, Owners, Refusal
from assistant.core.cards import owner_card
from assistant.core.catalog import NOT_MADE, PEOPLE, Catalog, Statement
from assistant.core.editing import EDITABLE, TEXT_LIMIT, EditForm, Faults, Retiring, mark
from assistant.core.entries import Component, Ref
from assistant.core.history import Alteration, in_words, newest_of_people, steps
from assistant.core.messages import Propose
from assistant.core.outcomes import Altered
from assistant.core.policy import Actor, authorize
from assistant.core.proposals import Change
from assistant.core.rulebook import Rulebook
from assistant.core.wording.phrases import name_of
from assistant.storage.repository import Unit
from assistant.use_cases.proposing import close_about_gone, propose
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.stating import gone, to_state


def edit_form(ref: Ref, actor: Actor, registry: Registry) -> EditForm | Invalid:
    """Return the form for a component, filled in; for whoever may not edit it, to suggest something."""
    catalog = registry.catalog()
    component = catalog.components.get(ref)
    return _form(component, actor, catalog) if component else gone(ref)


def _form(component: Component, actor: Actor, catalog: Catalog) -> EditForm:
    origins = {name: origin for name in EDITABLE if (origin := catalog.origin(component.ref, name))}
    stated = {name: origin for name, origin in origins.items() if origin.source != PEOPLE}
    values = {name: str(getattr(component, name) or "").strip()[:TEXT_LIMIT] for name in EDITABLE if name not in stated}
    opened = {name: mark(text) for name, text in values.items()}
    may_edit = authorize(actor, "edit", component, catalog).allowed
    return EditForm(owner_card(component, catalog), values, opened, stated, may_edit)


def edit(
    ref: Ref,
    entered: Mapping[str, str],
    opened: Mapping[str, str],
    actor: Actor,
    registry: Registry,
    rulebook: Rulebook,
    now: datetime,
    administrators: Sequence[str],
) -> Answer | EditForm | Faults:
    """State those fields that were changed in the form since it was opened; or put them to those who may.

    Where others have changed one of the same meanwhile nothing is saved, and the form comes back with what they said.
    """
    wanted = {name: text for name, text in entered.items() if name in opened and mark(text) != opened[name]}
    if faults := {name: fault for name, text in wanted.items() if (fault := _fault(name, text))}:
        return Faults(faults)
    if not wanted and opened:
        return Faults({next(iter(opened)): "Nothing is changed here yet. Change something, or close the form."})
    change = Change(ref, fields={name: text or None for name, text in wanted.items()})
    catalog = registry.catalog()
    component = catalog.components.get(ref)
    if component is not None and not authorize(actor, "edit", component, catalog).allowed:
        return propose(Propose(change), actor, registry, rulebook, now, administrators)
    with registry.writing(actor.delivery) as unit:
        found = to_state(ref, actor, unit.catalog, "edit", change)
        if not isinstance(found, Component):
            return found
        form = _form(found, actor, unit.catalog)
        altered = {name: text for name, text in wanted.items() if text != form.values.get(name)}
        if late := [name for name in altered if form.opened.get(name) != opened[name]]:
            newest = {each.field: each for each in unit.statements_about(ref)}
            values = {**form.values} | {name: text for name, text in altered.items() if name not in late}
            return replace(form, values=values, late=tuple(newest[name] for name in late), at=now)
        if not altered:
            return Owners((form.card,), "That is stated already.")
        unit.state(Statement(ref, name, text or None, PEOPLE, actor.signature, now) for name, text in altered.items())
    after = registry.catalog()
    told = (Alteration(name, form.values[name] or None, text or None) for name, text in altered.items())
    card = owner_card(after.components[ref], after)
    return Altered(card, tuple(in_words(each, after, rulebook) for each in told), actor.name, now, "changed")


def _fault(name: str, text: str) -> str | None:
    """Say why a field can't hold a text."""
    if name == "repo" and text and not text.startswith(("http://", "https://")):
        return "Enter an address that begins with https://, or leave it empty."
    try:
        Component.model_validate({"name": "any", name: text or None})
    except ValidationError as error:
        return f"This {error.errors()[0]['msg'].removeprefix('Value error, ')}."
    return None


def retiring(ref: Ref, actor: Actor, registry: Registry) -> Retiring | Invalid | Refusal:
    """Return what to ask before a component is retired, or why it can't be."""
    catalog = registry.catalog()
    found = _to_retire(ref, actor, catalog)
    return Retiring(owner_card(found, catalog), _dependents(found, catalog)) if isinstance(found, Component) else found


def retire(ref: Ref, actor: Actor, registry: Registry, now: datetime) -> Answer:
    """Take back all that people state about a component, which no file states. The same twice is the same once."""
    with registry.writing(actor.delivery) as unit:
        found = _to_retire(ref, actor, unit.catalog)
        if not isinstance(found, Component):
            return _retired_before(ref, actor, unit) or found
        card, dependents = owner_card(found, unit.catalog), _dependents(found, unit.catalog)
        unit.state(
            Statement(ref, name, None, source, actor.signature, now)
            for source in (PEOPLE, *sorted(NOT_MADE))
            for name in unit.catalog.stated_about(ref, source)
        )
        close_about_gone((ref,), unit, actor.signature, now)
    return Altered(card, (), actor.name, now, "retired", is_gone=True, dependents=dependents)


def _retired_before(ref: Ref, actor: Actor, unit: Unit) -> Altered | None:
    """Return what came of it when the same person did the same before, as when a form is sent twice."""
    last = newest_of_people(steps(unit.statements_about(ref)))
    is_the_same = last is not None and last.author == actor.signature and "name" in last.fields
    if last is None or not is_the_same or ref in unit.catalog.components:
        return None
    card = OwnerCard(Component(name=ref.name, namespace=ref.namespace), (), None, None, None)
    return Altered(card, (), actor.name, last.at, "retired", is_gone=True)


def _to_retire(ref: Ref, actor: Actor, catalog: Catalog) -> Component | Invalid | Refusal:
    found = to_state(ref, actor, catalog, "retire")
    origin = catalog.origin(ref, "name")
    if not isinstance(found, Component) or origin is None or origin.source == PEOPLE:
        return found
    return Refusal(
        f"{ref.name} is stated in {origin.where}.", "Remove it there; an import with --prune removes it here."
    )


def _dependents(component: Component, catalog: Catalog) -> tuple[str, ...]:
    return tuple(sorted(name_of(other) for other in catalog.dependents_of(component)))
