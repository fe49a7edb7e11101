"""Teams: finding them while somebody types."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.core.entries import Team
from assistant.core.snapshot import Snapshot
from assistant.core.words import fold


def matching_teams(typed: str, snapshot: Snapshot, limit: int) -> Sequence[Team]:
    """Return the teams that hold what was typed in a name, those that begin with it first, then what comes near."""
    wanted = fold(typed)
    teams = snapshot.catalog.teams
    held = {team.name: [fold(name) for name in (team.label, team.name, *team.aliases)] for team in teams.values()}
    holding = [team for team in teams.values() if any(wanted in name for name in held[team.name])]
    holding.sort(key=lambda t: (not any(n.startswith(wanted) for n in held[t.name]), t.label.casefold(), t.name))
    if not holding and wanted:
        match = snapshot.teams.find(typed)
        holding = [teams[ref.name] for ref in match.refs or match.nearest]
    return holding[:limit]
