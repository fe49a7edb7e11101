"""Gaps: what an incident, or whoever comes new to a component, would need of it and nobody has stated."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.core.entries import Component, Team
from assistant.core.rulebook import Rulebook, decide

PLACEHOLDERS = frozenset(
    "unknown tba tbc tbd todo none n/a na nil null nobody unowned unassigned undefined placeholder guest guests"
    " ? ?? - – —".split()
)
"""What people write, in lower case, where something is demanded of them and they have nothing to say."""


def missing_in(component: Component, owners: Sequence[Team], oncall: str | None) -> tuple[str, ...]:
    """Return, in people's words, what nobody has stated. `oncall`: its own, or its owners'."""
    wanted = {
        "an owner": owners,
        "a description": component.description,
        "a repository": component.repo,
        "a runbook": component.runbook,
        "on call": oncall,
    }
    return tuple(words for words, value in wanted.items() if not value)


def has_model(component: Component, rulebook: Rulebook) -> bool:
    """Say whether a component is run as some model, or the rules recommend one."""
    return bool(component.model or decide(rulebook, component.known_facts).model)
