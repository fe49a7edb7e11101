"""Reorganising: a team takes the place of others. What people stated is stated anew, and what files state is listed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.core.catalog import PEOPLE, PROPOSED, Catalog, Statement
from assistant.core.entries import Ref, Team, fields_of

_HANDED_ON = ("description", "slack_channel", "slack_usergroup", "oncall")
"""Fields that a team takes over from another where it has none of its own."""


@dataclass(frozen=True)
class Elsewhere:
    """Something that a file states and that has to be changed there. `line`: where the entry begins, if known."""

    what: str
    file: str
    line: int | None


@dataclass(frozen=True)
class Reorganisation:
    """What is to be stated so that a team takes the place of others, and what is left to do in files."""

    statements: tuple[Statement, ...]
    changes: Mapping[tuple[Ref, str], tuple[Any, Any]]
    """What people state, before and after, by entry and field."""
    elsewhere: tuple[Elsewhere, ...]
    gone: tuple[str, ...] = ()
    """Teams that nothing states any more."""

    def title_of(self, team: str) -> str | None:
        """Return the title that a team gets."""
        titles = (each.value for each in self.statements if (each.subject, each.field) == (Ref.team(team), "title"))
        return next(titles, None)

    @property
    def components(self) -> int:
        """How many components get another owner."""
        return sum(each.field == "owners" and each.source == PEOPLE for each in self.statements)


def merging(
    olds: Sequence[str], new: str, catalog: Catalog, author: str, now: datetime, title: str | None = None
) -> Reorganisation:
    """Let a team own what others did, and be found by their names. One that is new becomes what the first of them was.

    `title`: how answers call it from now on.
    """
    wanted = {**_owners(olds, new, catalog), **_parents(olds, new, catalog)}
    elsewhere = [*_in_files(olds, "owners", "owner", catalog), *_in_files(olds, "parent", "team above", catalog)]
    for old in olds:
        of_old = catalog.stated_about(Ref.team(old), PEOPLE)
        wanted |= {(Ref.team(old), PEOPLE, field): None for field in of_old}
    fields, more = _entry(olds, new, catalog)
    fields |= {"title": title} if title else {}
    wanted |= {(Ref.team(new), PEOPLE, field): value for field, value in fields.items()}
    stated = _statements(wanted, catalog, author, now)
    after = catalog.following(stated, catalog.revision)
    elsewhere += more + list(_in_files(olds, "name", "the team itself", catalog))
    gone = tuple(old for old in olds if old in catalog.teams and old not in after.teams)
    return Reorganisation(stated, _changes(stated, catalog), tuple(elsewhere), gone)


def moving(old: str, new: str, refs: Collection[Ref], catalog: Catalog, author: str, now: datetime) -> Reorganisation:
    """Let a team own some components in the place of another, as far as no file states who does."""
    owned = _owners([old], new, catalog)
    wanted = {key: owned[key] for key in owned if key[0] in refs and not catalog.in_file(key[0], "owners")}
    stated = _statements(wanted, catalog, author, now)
    elsewhere = tuple(_in_files([old], "owners", "owner", catalog, refs))
    return Reorganisation(stated, _changes(stated, catalog), elsewhere)


_Wanted = dict[tuple[Ref, str, str], Any]
"""What is to be stated: by entry, source and field."""


def _owners(olds: Sequence[str], new: str, catalog: Catalog) -> _Wanted:
    """Return the owners of every component of which people say, or propose, that one of some teams owns it."""
    named = (each for each in catalog.stated("owners") if each.source in (PEOPLE, PROPOSED))
    return {
        (each.subject, each.source, "owners"): renamed(each.value, olds, new)
        for each in named
        if not set(olds).isdisjoint(each.value)
    }


def renamed(names: Sequence[str], olds: Collection[str], new: str) -> list[str]:
    """Return names with one in the place of others, each once."""
    return list(dict.fromkeys(new if name in olds else name for name in names))


def _parents(olds: Sequence[str], new: str, catalog: Catalog) -> _Wanted:
    """Return the team above each team that is under one of some. What takes their place is under what they were."""
    above = [team.parent for old in olds if (team := catalog.teams.get(old))]
    highest = next((name for name in above if name not in (*olds, new)), None)
    return {
        (each.subject, PEOPLE, "parent"): highest if each.subject.name == new else new
        for each in catalog.stated("parent")
        if each.source == PEOPLE and each.value in olds
    }


def _entry(olds: Sequence[str], new: str, catalog: Catalog) -> tuple[dict[str, Any], list[Elsewhere]]:
    """Return what is to be stated of the team that takes the place, and what of it only a file can."""
    ref, kept = Ref.team(new), catalog.teams.get(new)
    gone = [team for old in olds if (team := catalog.teams.get(old))]
    fields: dict[str, Any] = {}
    if kept is None:
        kept = Team(name=new)
        fields = {**(fields_of(gone[0]) if gone else {}), "name": new}
        if fields.get("parent") in (*olds, new):
            del fields["parent"]
    taught = [name for old in olds for name in (*catalog.stated_about(Ref.team(old), PEOPLE).get("aliases", ()), old)]
    own = catalog.stated_about(ref, PEOPLE).get("aliases", ())
    fields["aliases"] = [*own, *(name for name in dict.fromkeys(taught) if name not in (*kept.aliases, new))]
    for name in _HANDED_ON:
        theirs = next((value for team in gone if (value := getattr(team, name))), None)
        if getattr(kept, name) is None and theirs:
            fields.setdefault(name, theirs)
    people = [*kept.contacts, *(each for team in gone for each in team.contacts)]
    contacts, origin = list(dict.fromkeys(people)), catalog.origin(ref, "contacts")
    lacking = [each for each in contacts if each not in kept.contacts]
    if lacking and origin is not None and origin.source != PEOPLE:
        return fields, [_elsewhere(f"contacts of {new}, without {', '.join(lacking)}", origin)]
    return fields | ({"contacts": contacts} if lacking else {}), []


def _statements(wanted: _Wanted, catalog: Catalog, author: str, now: datetime) -> tuple[Statement, ...]:
    return tuple(
        Statement(ref, field, value or None, source, author, now)
        for (ref, source, field), value in wanted.items()
        if catalog.stated_about(ref, source).get(field) != (value or None)
    )


def _changes(stated: Sequence[Statement], catalog: Catalog) -> dict[tuple[Ref, str], tuple[Any, Any]]:
    return {
        (each.subject, each.field): (catalog.stated_about(each.subject, PEOPLE).get(each.field), each.value)
        for each in stated
        if each.source == PEOPLE
    }


def _in_files(
    olds: Sequence[str], field: str, what: str, catalog: Catalog, refs: Collection[Ref] | None = None
) -> Iterator[Elsewhere]:
    """Return where files name one of some teams."""
    for each in catalog.stated(field):
        names = [each.value] if isinstance(each.value, str) else each.value
        of_a_team = field == "name" and each.subject.kind != "team"
        if each.source in (PEOPLE, PROPOSED) or of_a_team or set(olds).isdisjoint(names):
            continue
        if refs is None or each.subject in refs:
            about = what if field == "name" else f"{what} of {each.subject.path}"
            yield _elsewhere(f"{about}: {', '.join(name for name in names if name in olds)}", each)


def _elsewhere(what: str, stated: Statement) -> Elsewhere:
    return Elsewhere(what, stated.place.file if stated.place else stated.source, stated.place and stated.place.line)
