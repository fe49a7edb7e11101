"""Proposals: a change to a component that somebody may not make, and puts to those who may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from assistant.core.entries import FactValue, Ref

State = Literal["open", "accepted", "declined", "withdrawn"]


@dataclass(frozen=True)
class Change:
    """What is to be stated about a component: facts, by the rulebook's names, or the model that it is run as.

    `before`: what was known of these facts when they were answered. Where that has changed since, the change is late.
    """

    ref: Ref
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    model: str | None = None
    before: Mapping[str, FactValue] = field(default_factory=dict)


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
