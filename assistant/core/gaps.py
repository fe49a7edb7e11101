"""Gaps: what an incident, or whoever comes new to a component, would need of it and nobody has stated."""

from __future__ import annotations

from assistant.core.catalog import Catalog
from assistant.core.entries import Component
from assistant.core.rulebook import Rulebook, decide


def missing_in(component: Component, catalog: Catalog, rulebook: Rulebook) -> tuple[str, ...]:
    """Return, in people's words, what is missing about a component. A model in use is enough."""
    held = {
        "owner": component.owners,
        "description": component.description,
        "repository": component.repo,
        "runbook": component.runbook,
        "on call": catalog.oncall_of(component),
        "model": component.model or decide(rulebook, component.known_facts).model,
    }
    return tuple(words for words, value in held.items() if not value)
