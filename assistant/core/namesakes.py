"""Namesakes: teams that sources call differently, and that are one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from assistant.core.entries import Team, is_member
from assistant.core.words import fold

_THIN = frozenset({"name", "contacts"})
"""What is known of a team that a source has only by its name, as a column of a table does."""


def one_team(
    teams: Mapping[str, Team],
    sources_of: Callable[[str], Collection[str]],
    rank: Callable[[str], tuple[int, int, str]],
) -> dict[str, str]:
    """Return by its name each team that counts as another, and which.

    Names that differ by case and punctuation alone are of one team. So is one that is known by name alone, and is the
    title or another name of exactly one team, which is trusted as much. But what one and the same source names twice is
    two. The name that the source gives it which ranks first is the team's.
    """
    by_name: dict[str, list[str]] = {}
    by_other: dict[str, set[str]] = {}
    for name, team in teams.items():
        by_name.setdefault(fold(name) or name, []).append(name)
        for other in (*team.aliases, *filter(None, (team.title,))):
            by_other.setdefault(fold(other), set()).add(name)
    same: dict[str, str] = {}
    for names in by_name.values():
        if len(names) > 1:
            first, *others = sorted(names, key=lambda name: (min(map(rank, sources_of(name))), name))
            same |= {name: first for name in others if not {*sources_of(name)} & {*sources_of(first)}}
    for name, team in teams.items():
        called = by_other.get(fold(name), set()) - same.keys() - {name}
        if name in same or len(called) != 1 or not team.model_fields_set <= _THIN:
            continue
        [other] = called
        # Nobody takes the place of a team that is trusted more by calling another one so.
        trust, before = (min(rank(source)[:2] for source in sources_of(each)) for each in (other, name))
        if trust <= before and not {*sources_of(name)} & {*sources_of(other)}:
            same[name] = other
    return same


def _together(team: Team, others: Collection[Team]) -> Team:
    """Return a team with what is said of it under other names, which also find it."""
    fields: dict[str, Any] = {"aliases": list(team.aliases), "contacts": list(team.contacts)}
    for other in others:
        known = (team.name, *fields["aliases"])
        fields["aliases"] += [name for name in (other.name, *other.aliases) if name not in known]
        # Nobody gets rights over what another source's team owns by being named under another name of it.
        more = (each for each in other.contacts if not is_member(each))
        fields["contacts"] += [each for each in more if each not in fields["contacts"]]
        for field in ("title", "parent", "slack_channel", "slack_usergroup", "oncall", "description"):
            if getattr(team, field) is None and field not in fields and (value := getattr(other, field)) is not None:
                fields[field] = value
    if fields.get("parent") == team.name:
        del fields["parent"]
    return Team.model_validate({**team.model_dump(exclude_none=True), **fields})


def unified(teams: Mapping[str, Team], same: Mapping[str, str]) -> dict[str, Team]:
    """Return teams without those that count as others, which add what is said of them."""
    others: dict[str, list[Team]] = {}
    for name, other in sorted(same.items()):
        others.setdefault(other, []).append(teams[name])
    one = {name: team for name, team in teams.items() if name not in same}
    one |= {name: _together(teams[name], theirs) for name, theirs in others.items()}
    return {name: _under_one(team, same) for name, team in one.items()}


def _under_one(team: Team, same: Mapping[str, str]) -> Team:
    return team.model_copy(update={"parent": same[team.parent]}) if team.parent and team.parent in same else team
