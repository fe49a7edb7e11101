"""Conflicts: where sources say different things of the same component or team."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from assistant.core.catalog import ADDED_UP, PROPOSED, Catalog, Statement
from assistant.core.entries import FACT_PREFIX, Ref

PROSE = frozenset({"name", "namespace", "title", "description", "kind"})
"""Fields that sources word each in its own way, without contradicting one another."""


class Conflict(NamedTuple):
    """What sources say of one field: first the statement that counts, then those that say something else."""

    subject: Ref
    field: str
    statements: tuple[Statement, ...]


def conflicts(catalog: Catalog) -> list[Conflict]:
    """Return every conflict: about owners first, then by name."""
    found = [conflict for ref in (*catalog.components, *_team_refs(catalog)) for conflict in conflicts_of(ref, catalog)]
    return sorted(found, key=lambda each: (each.field != "owners", each.subject, each.field))


def conflicts_of(ref: Ref, catalog: Catalog) -> list[Conflict]:
    """Return the fields of one component or team of which sources say different things."""
    fields = (field for field in catalog.fields_stated(ref) if field not in ADDED_UP and field not in PROSE)
    return [conflict for field in fields if (conflict := conflict_in(ref, field, catalog))]


def conflict_in(ref: Ref, field: str, catalog: Catalog) -> Conflict | None:
    """Return how sources contradict one another in one field; None where they agree."""
    stated = [each for each in catalog.stated_of(ref, field) if each.source != PROPOSED]
    if len(stated) < 2:
        return None
    first, *others = stated
    otherwise = [each for each in others if not _agree(field, first.value, each.value, catalog)]
    return Conflict(ref, field, (first, *otherwise)) if otherwise else None


def _team_refs(catalog: Catalog) -> Iterator[Ref]:
    return (team.ref for team in catalog.teams.values())


def _agree(field: str, one: Any, other: Any, catalog: Catalog) -> bool:
    """Say whether two values are the same, however each is written."""
    if field == "owners":
        named = [[catalog.team_called(name) for name in value] for value in (one, other)]
        return named[0][:1] == named[1][:1] and set(named[0]) == set(named[1])
    if field.startswith(FACT_PREFIX) or not isinstance(one, str) or not isinstance(other, str):
        return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)  # to Python True is 1
    short, long = sorted((_plain(one), _plain(other)), key=len)
    # One may name the folder in the repository that the other names.
    return short == long or (field == "repo" and long.startswith(f"{short}/"))


def _plain(text: str) -> str:
    return text.casefold().removeprefix("#").rstrip("/").removesuffix(".git")
