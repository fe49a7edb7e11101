"""Home: what one person sees who opens the app."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import islice

from assistant.core.catalog import Catalog
from assistant.core.entries import Ref, Team
from assistant.core.home import TEAMS, Homepage, changes, gaps_of, rows_for
from assistant.core.messages import GoHome
from assistant.core.outcomes import Proposition
from assistant.core.policy import Actor, teams_of
from assistant.core.rulebook import Rulebook
from assistant.use_cases.digest import digest
from assistant.use_cases.proposing import shown, to_answer
from assistant.use_cases.snapshots import Registry

WAITING = 5
"""Suggestions that are shown at once."""
DRAFTS = 5
CHANGED = 6
LOOKED_THROUGH = 2_000
"""Of the newest statements so many are looked through for changes, so that opening the page stays cheap."""


def homepage(
    actor: Actor,
    registry: Registry,
    rulebook: Rulebook,
    today: date,
    page: GoHome | None = None,
) -> Homepage:
    """Return what waits for somebody, what their teams' components lack, and what changed lately.

    `actor` knows which of the teams' usergroups they are in. `page`: which part of a team's list they want.
    """
    catalog = registry.catalog()
    mine = teams_of(actor, catalog)
    waiting = [each for each in registry.open_proposals() if to_answer(each, "accept", actor, catalog) == each]
    shown_ones = [
        each for one in waiting[:WAITING] if isinstance(each := shown(one.id, registry, rulebook), Proposition)
    ]
    first = [team for team in mine if page and team.name == page.team]
    ordered = [*first, *(team for team in mine if team not in first)][:TEAMS]
    rows = rows_for(len(ordered))
    starts = {page.team: page.start} if page else {}
    example = None if mine else catalog.example()
    return Homepage(
        person=actor.id,
        waiting=tuple(shown_ones),
        waiting_beside=len(waiting) - len(shown_ones),
        drafts=tuple(registry.drafts_of(actor.id)[:DRAFTS]),
        teams=tuple(gaps_of(each, catalog, rulebook, starts.get(each.name, 0), rows) for each in ordered),
        further_teams=tuple(team for team in mine if team not in ordered),
        changed=tuple(islice(changes(registry.latest(LOOKED_THROUGH), _entries_of(mine, catalog)), CHANGED)),
        digest=digest(registry, rulebook, today) if actor.role == "administrator" else None,
        example=example.name if example else None,
        is_empty=not catalog.components and not catalog.teams,
    )


def _entries_of(teams: Sequence[Team], catalog: Catalog) -> set[Ref] | None:
    """Return the teams and all that they own; None, which is everything, where there is no team."""
    owned = {component.ref for team in teams for component in catalog.by_owner.get(team.name, ())}
    return owned | {team.ref for team in teams} if teams else None
