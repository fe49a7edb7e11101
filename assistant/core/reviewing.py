"""Reviewing: which decisions are to be looked at again, because their day has come or the rules say something else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from assistant.core.catalog import PEOPLE, Catalog
from assistant.core.entries import Component
from assistant.core.outcomes import Look
from assistant.core.recommending import recommend
from assistant.core.rulebook import Rulebook, decide


@dataclass(frozen=True)
class Reason:
    """Why the model that a component is run as is to be looked at again. `key` names this very reason."""

    component: Component
    is_due: bool
    is_changed: bool
    key: str


def reasons(catalog: Catalog, rulebook: Rulebook, today: date) -> Iterator[Reason]:
    """Go through the decisions to look at again, by the components' names."""
    for _, component in sorted(catalog.components.items()):
        reason = reason_to_look(component, catalog, rulebook, today)
        if reason is not None:
            yield reason


def reason_to_look(component: Component, catalog: Catalog, rulebook: Rulebook, today: date) -> Reason | None:
    """Return why a component's model is to be looked at again; None when it is not, or has no model.

    The day may stand in a file or come from people. What changed since is of interest where people decided: a model
    that a file states may never have been what the rules recommend.
    """
    decided = catalog.origin(component.ref, "model") if component.model else None
    if decided is None:
        return None
    day = catalog.origin(component.ref, "review_by")
    is_due = component.review_by is not None and component.review_by <= today
    recommended = decide(rulebook, component.known_facts).model if decided.source == PEOPLE else None
    is_changed = decided.source == PEOPLE and (recommended is None or recommended.id != component.model)
    if not is_due and not is_changed:
        return None
    # With the time of what was stated, so that a decision that is made or moved anew is asked about anew.
    key = f"{component.ref} {component.model} of {decided.stated_at.isoformat()}"
    if is_due and day is not None:
        key += f" by {component.review_by} of {day.stated_at.isoformat()}"
    else:
        key += f", now {recommended.id if recommended else 'open'}"
    return Reason(component, is_due, is_changed, key)


def look_at(component: Component, catalog: Catalog, rulebook: Rulebook, today: date, since: datetime) -> Look | None:
    """Return what is to be looked at about a component; None when somebody has decided about it since."""
    reason = reason_to_look(component, catalog, rulebook, today)
    decided, day = catalog.origin(component.ref, "model"), catalog.origin(component.ref, "review_by")
    if reason is None or decided is None:
        return None
    if any(each.source == PEOPLE and each.stated_at > since for each in (decided, day) if each):
        return None
    return Look(recommend(component, catalog, rulebook), decided, day, reason.is_due, reason.is_changed)
