"""Ruling: all components by their model, and what another rulebook would change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assistant.core.answers import Answer, Map
from assistant.core.catalog import Catalog
from assistant.core.entries import Component
from assistant.core.portfolio import portfolio
from assistant.core.rulebook import Decision, Rulebook, decide
from assistant.use_cases.snapshots import Registry

MAP = "map"
"""What people type to see the map; a component of that name comes first."""


def map_if_asked(text: str, registry: Registry, rulebook: Rulebook, today: date) -> Answer | None:
    if text.strip().casefold() != MAP:
        return None
    snapshot = registry.snapshot()
    if snapshot.components.find(MAP, guess=False).refs:
        return None
    return Map(portfolio(snapshot.catalog, rulebook, today))


@dataclass(frozen=True)
class Change:
    """A component for which two rulebooks recommend different models, or one of them none."""

    component: Component
    before: Decision
    after: Decision


def changes(catalog: Catalog, old: Rulebook, new: Rulebook) -> list[Change]:
    """Return the components whose recommendation changes, by name."""
    found = []
    for _, component in sorted(catalog.components.items()):
        before, after = (decide(rulebook, component.known_facts) for rulebook in (old, new))
        if _said(before) != _said(after):
            found.append(Change(component, before, after))
    return found


def _said(decision: Decision) -> str | None:
    return decision.model.id if decision.model else None
