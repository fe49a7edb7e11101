"""Reviewing: which decisions are to be looked at again, because their day has come or the rules say something else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from assistant.core.answers import Look
from assistant.core.catalog import PEOPLE, Catalog, Component
from assistant.core.recommending import recommend
from assistant.core.rulebook import Rulebook, decide


def looks(catalog: Catalog, rulebook: Rulebook, today: date) -> Iterator[Look]:
    """Go through the decisions to look at again, by the components' names."""
    for _, component in sorted(catalog.components.items()):
        look = look_at(component, catalog, rulebook, today)
        if look is not None:
            yield look


def look_at(component: Component, catalog: Catalog, rulebook: Rulebook, today: date) -> Look | None:
    """Return why a component's model is to be looked at again; None when it is not, or has no model.

    The day may stand in a file or come from people. What changed since is of interest where people decided: a model
    that a file states may never have been what the rules recommend.
    """
    decided = catalog.origin(component.ref, "model")
    if decided is None or component.model is None:
        return None
    is_due = component.review_by is not None and component.review_by <= today
    recommended = decide(rulebook, component.known_facts).model
    is_changed = decided.source == PEOPLE and (recommended is None or recommended.id != component.model)
    if not is_due and not is_changed:
        return None
    return Look(recommend(component, catalog, rulebook), decided, is_due, is_changed)
