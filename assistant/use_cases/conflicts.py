"""Whether sources agree: where they contradict one another, as somebody asks for it."""

from __future__ import annotations

from assistant.core.answers import Conflicts
from assistant.core.conflicts import conflicts
from assistant.use_cases.snapshots import Registry

CONFLICTS = "conflicts"
"""What people type to see them; a component of that name comes first."""


def conflicts_if_asked(text: str, registry: Registry) -> Conflicts | None:
    if text.strip().casefold() != CONFLICTS:
        return None
    snapshot = registry.snapshot()
    if snapshot.components.find(CONFLICTS, guess=False).refs:
        return None
    teams = {team.name: team.label for team in snapshot.catalog.teams.values()}
    return Conflicts(tuple(conflicts(snapshot.catalog)), teams)
