"""Proposals: a change to a component that somebody may not make, and puts to those who may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from assistant.core.entries import Component, FactValue, Ref

State = Literal["open", "accepted", "declined", "withdrawn"]


@dataclass(frozen=True)
class Change:
    """What is to be stated about a component: facts, by the rulebook's names, the model that it is run as, and more.

    `before`: what was known of these facts when they were answered. Where that has changed since, the change is late.
    """

    ref: Ref
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    model: str | None = None
    before: Mapping[str, FactValue] = field(default_factory=dict)
    owners: tuple[str, ...] = ()
    """The teams that are to own it, by name, primary first. Each of them is asked, and those who own it now."""
    leaving: str = ""
    """A team that hands several components on: in each, the first of `owners` takes its place."""
    beside: tuple[Ref, ...] = ()
    """The further components that it hands on."""
    agreed: tuple[str, ...] = ()
    """The teams, of those that have a say about `owners`, that have agreed already."""
    serves: Ref | None = None
    """A component that depends on it: its owners are asked to run it for that one too. To accept states nothing."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Other fields of the component, as JSON values. None takes back what people stated."""
    fields_before: Mapping[str, Any] = field(default_factory=dict)
    """What these fields held when it was proposed. Where somebody has changed that since, the change is late."""
    note: str = ""
    """What is wrong, in somebody's words, where nothing exact is proposed."""


@dataclass(frozen=True)
class Proposal:
    """A change as it was proposed, and what became of it. `id` is unique in a workspace's database."""

    id: int
    change: Change
    author: str
    """Who proposed it, as in `Ana Ruiz <U0ANA>`."""
    at: datetime
    state: State = "open"
    closed_by: str | None = None
    """Whoever accepted, declined or withdrew it, in the same form."""
    closed_at: datetime | None = None
    reason: str | None = None
    """Why it was declined, in the words of whoever did."""


def receiver_of(change: Change, component: Component) -> str | None:
    """Return the team that has to accept next that it is to own a component; None where those who own it are asked.

    Where nobody owns it, or those who do have agreed, None says that nobody is left to ask.
    """
    if component.owners and set(component.owners).isdisjoint(change.agreed):
        return None
    return next((each for each in change.owners if each not in (*component.owners, *change.agreed)), None)
