"""Confirming: whoever owns a component says that it still is so, beside the file that states it."""

from __future__ import annotations

from datetime import datetime

from assistant.core.answers import Answer, Invalid, Owners
from assistant.core.cards import owner_card
from assistant.core.entries import Component
from assistant.core.messages import Confirm
from assistant.core.policy import Actor
from assistant.core.rulebook import Rulebook
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.stating import owned_by, to_state


def confirm(act: Confirm, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime) -> Answer:
    """Say once more who owns a component: the card says who did, and when. A file that states it still decides."""
    with registry.writing(actor.delivery) as unit:
        component = to_state(act.ref, actor, unit.catalog, "confirm")
        if not isinstance(component, Component):
            return component
        if not component.owners:
            return Invalid(f"Nobody owns {component.name}, so there is nothing to confirm. Nothing was changed.")
        unit.state([owned_by(component.owners, component, actor, unit.catalog, now)])
    return Owners((owner_card(component, registry.catalog()),), "")
