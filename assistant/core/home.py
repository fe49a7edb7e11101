"""The homepage: what waits for one person, what their teams' components lack, and what changed lately."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

from assistant.core.catalog import NOT_MADE, PEOPLE, Catalog, Statement
from assistant.core.digest import Digest
from assistant.core.drafts import Kept
from assistant.core.entries import Component, Ref, Team
from assistant.core.gaps import has_model, missing_in
from assistant.core.outcomes import Proposition
from assistant.core.rulebook import Rulebook

TEAMS = 5
"""Teams of one person that are shown with their components; of more, the rest is named."""
ROWS = 10
"""Components of a team on one page, where somebody is on one team; on several teams they share half as many more."""


@dataclass(frozen=True)
class Gap:
    """A component, and what is missing about it."""

    component: Component
    missing: tuple[str, ...]


@dataclass(frozen=True)
class TeamGaps:
    """A team's components that lack something, those that lack most first: one page of them, from `start` on."""

    team: Team
    owned: int
    lacking: int
    page: tuple[Gap, ...]
    start: int
    rows: int
    """How many a page holds."""
    counts: tuple[tuple[str, int], ...]
    """What is missing, and how often, most first."""


@dataclass(frozen=True)
class Changed:
    """What was stated at once about some entries. `fields`: without names; `file`: an import's."""

    refs: tuple[Ref, ...]
    how: Literal["registered", "removed", "changed"]
    fields: tuple[str, ...]
    author: str
    at: datetime
    file: str | None


@dataclass(frozen=True)
class Homepage:
    """What one person sees who opens the app. `waiting`: suggestions that they may accept, oldest first."""

    person: str
    """Their id."""
    waiting: tuple[Proposition, ...] = ()
    waiting_beside: int = 0
    """Suggestions that they may accept and that are not shown."""
    drafts: tuple[Kept, ...] = ()
    """What they have begun to register, newest first."""
    teams: tuple[TeamGaps, ...] = ()
    further_teams: tuple[Team, ...] = ()
    changed: tuple[Changed, ...] = ()
    digest: Digest | None = None
    """For administrators."""
    example: str | None = None
    """The name of something registered, to show how to ask."""
    is_empty: bool = False
    """Nothing is registered."""


def gaps_of(team: Team, catalog: Catalog, rulebook: Rulebook, start: int, rows: int) -> TeamGaps:
    """Return a page of what a team's components lack; the last page where `start` is behind it."""
    owned = catalog.by_owner.get(team.name, ())
    gaps = [Gap(each, missing) for each in owned if (missing := _missing(each, catalog, rulebook))]
    gaps.sort(key=lambda gap: -len(gap.missing))  # of as many, by name: that is how they came
    start = max(0, min(start, (len(gaps) - 1) // rows * rows))
    counts = Counter(each for gap in gaps for each in gap.missing).most_common()
    return TeamGaps(team, len(owned), len(gaps), tuple(gaps[start : start + rows]), start, rows, tuple(counts))


def _missing(component: Component, catalog: Catalog, rulebook: Rulebook) -> tuple[str, ...]:
    missing = missing_in(component, catalog.owners_of(component), catalog.oncall_of(component))
    return (*missing, *(() if has_model(component, rulebook) else ("a model",)))


def rows_for(teams: int) -> int:
    """Return how many components of each team are shown to somebody who is on so many."""
    return min(ROWS, max(3, ROWS * 3 // 2 // max(teams, 1)))


def changes(newest_first: Iterable[Statement], about: Collection[Ref] | None = None) -> Iterator[Changed]:
    """Put statements together that were made at once, newest first; only those about some entries, or about all.

    What is only proposed or confirmed changes nothing.
    """
    made_ones = (each for each in newest_first if each.source not in NOT_MADE)
    wanted = (each for each in made_ones if about is None or each.subject in about)
    for (author, at, source), made in groupby(wanted, key=lambda each: (each.author, each.stated_at, each.source)):
        statements = list(made)[::-1]  # in the order in which they were stated
        refs = tuple(dict.fromkeys(each.subject for each in statements))
        fields = tuple(dict.fromkeys(each.field for each in statements if each.field != "name"))
        file = None if source == PEOPLE else statements[0].file
        yield Changed(refs, _how(statements, refs), fields, author, at, file)


def _how(statements: Iterable[Statement], refs: Collection[Ref]) -> Literal["registered", "removed", "changed"]:
    names = {each.subject: each.value for each in statements if each.field == "name"}
    if len(names) < len(refs):
        return "changed"
    return "removed" if all(value is None for value in names.values()) else "registered"
