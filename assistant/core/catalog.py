"""The catalog: all components and teams, made of statements about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from assistant.core.entries import FACT_PREFIX, SCHEMA, Component, FactValue, Ref, Team, is_member
from assistant.core.namesakes import one_team, unified
from assistant.core.paths import PathRules

PEOPLE = "slack"
"""The source of what people state in Slack. Files rank before it: what a file states is changed in the file."""
PROPOSED = "proposed"
"""The source of owners that were proposed, until they accept. It ranks last, and no entry is made of it, so that nobody
owns a component by it: what it states is the origin of a field that nobody else states."""
CONFIRMED = "confirmed"
"""The source of what people confirmed that a file states. It never decides, not even where the file has dropped it."""
NOT_MADE = frozenset({PROPOSED, CONFIRMED})
"""The sources of which no entry is made."""


_CALLED_ALIKE = frozenset({"CODEOWNERS", "catalog-info.yaml", "catalog-info.yml"})


class Place(NamedTuple):
    """Where a file states something: its path, and the line, from 1, on which the entry begins."""

    file: str
    line: int


class Statement(NamedTuple):
    """One value of one field of one component or team. A value of None takes the source's statement back.

    `place`: where the entry stands today, known only of what a catalog returns as an `origin`.
    """

    subject: Ref
    field: str
    value: Any
    source: str
    author: str
    stated_at: datetime
    place: Place | None = None

    @property
    def file(self) -> str:
        """The name of the file that states this, with its folder where many files are called so."""
        parts = (self.place.file if self.place else self.source).split("/")
        return "/".join(parts[-2:] if parts[-1] in _CALLED_ALIKE else parts[-1:])

    @property
    def where(self) -> str:
        """The file and the line, as far as they are known."""
        return f"{self.file}, line {self.place.line}" if self.place else self.file

    @property
    def author_name(self) -> str:
        return name_in(self.author)

    @property
    def author_id(self) -> str:
        return id_in(self.author)


def name_in(author: str) -> str:
    """Return the name of an author as in `Ana Ruiz <U0ANA>`: whatever a name holds, the id stands last."""
    return author.rpartition(" <")[0] or author


def id_in(author: str) -> str:
    """Return the id behind an author's name, or nothing, as for whoever imports files."""
    return author.rpartition(" <")[2].removesuffix(">") if author.endswith(">") else ""


ADDED_UP = frozenset({"aliases", "contacts", "depends_on", "links", "tags"})
"""Fields to which every source adds, where others are taken from the source that ranks first."""

_RANKS = {PEOPLE: 1, PROPOSED: 2}


@lru_cache(maxsize=4096)
def rank(source: str, trust: tuple[str, ...] = ()) -> tuple[int, int, str]:
    """Sort key of trust: files first, so that the order in which they were imported never matters.

    `trust`: patterns, the most trusted first, each for the end of a source's path (`CODEOWNERS`, `services/*.yaml`).
    Files that none fits come behind those, by name.
    """
    fits = (at for at, pattern in enumerate(trust) if PurePosixPath(source).match(pattern))
    return _RANKS.get(source, 0), next(fits, len(trust)), source


Places = Mapping[Ref, Place]
"""Where each entry of one source stands."""

_Held = Mapping[str, Mapping[str, Statement]]  # field → source → the newest statement of it that is not taken back


@dataclass(frozen=True)
class Catalog:
    """All components and teams of one workspace at one revision. Immutable: `following` makes the next one."""

    revision: int = 0
    components: Mapping[Ref, Component] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    _held: Mapping[Ref, _Held] = field(default_factory=dict, repr=False)
    places: Mapping[str, Places] = field(default_factory=dict, repr=False)
    """By source."""
    ended: Mapping[Ref, Statement] = field(default_factory=dict, repr=False)
    """By what is registered no more: the statement with which its name was taken back."""
    paths: Mapping[str, PathRules] = field(default_factory=dict, repr=False)
    """By source, of those that say who owns which paths."""
    trust: tuple[str, ...] = ()
    """Patterns of sources, the most trusted first."""
    same: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By name the teams that count as another one, and which; `teams` holds none of them, nor does any component."""
    _stated_components: Mapping[Ref, Component] = field(default_factory=dict, repr=False)
    _stated_teams: Mapping[str, Team] = field(default_factory=dict, repr=False)
    """All entries as they are stated."""

    def following(
        self,
        statements: Iterable[Statement],
        revision: int,
        places: Mapping[str, Places] | None = None,
        paths: Mapping[str, PathRules | None] | None = None,
    ) -> Catalog:
        """Return the catalog after `statements`, oldest first. Only what they speak about is built again.

        `places`: of the sources whose entries have moved. `paths`: of those whose rules are others now, or None.
        """
        held = dict(self._held)
        changed: dict[Ref, dict[str, dict[str, Statement]]] = {}
        last: dict[Ref, Statement] = {}
        for statement in statements:
            subject = statement.subject
            if subject not in changed:
                changed[subject] = {name: dict(sources) for name, sources in held.get(subject, {}).items()}
            sources = changed[subject].setdefault(statement.field, {})
            if statement.field == "name" and statement.value is None:
                last[subject] = statement
            if statement.value is None:
                sources.pop(statement.source, None)
            else:
                sources[statement.source] = statement
        components, teams, ended = dict(self._stated_components), dict(self._stated_teams), dict(self.ended)
        for subject, fields in changed.items():
            stated = {name: sources for name, sources in fields.items() if sources}
            entry = _assemble(subject, stated, self.trust)
            if stated:
                held[subject] = stated
            else:
                held.pop(subject, None)
            if entry is not None:
                ended.pop(subject, None)
            elif subject in last:
                ended[subject] = last[subject]
            if isinstance(entry, Component):
                components[subject] = entry
            elif isinstance(entry, Team):
                teams[subject.name] = entry
            elif subject.kind == "component":
                components.pop(subject, None)
            else:
                teams.pop(subject.name, None)
        placed = {**self.places, **(places or {})}
        ruled = {source: rules for source, rules in {**self.paths, **(paths or {})}.items() if rules}
        same = self.same
        if any(subject.kind == "team" for subject in changed):
            same = one_team(teams, lambda name: held[Ref.team(name)]["name"], self._rank)
        one, owned = teams, components
        if same:
            one, owned = unified(teams, same), self._owned_by_one(components, same)
        return Catalog(revision, owned, one, held, placed, ended, ruled, self.trust, same, components, teams)

    def _owned_by_one(self, stated: Mapping[Ref, Component], same: Mapping[str, str]) -> dict[Ref, Component]:
        """Return components with the names under which their owners count; one that is as it was is the same object."""
        owned = dict(stated)
        for ref, component in stated.items():
            if any(name in same for name in component.owners):
                owners = tuple(dict.fromkeys(same.get(name, name) for name in component.owners))
                before = self.components.get(ref)
                is_as_it_was = self._stated_components.get(ref) is component and before and before.owners == owners
                owned[ref] = before if before and is_as_it_was else component.model_copy(update={"owners": owners})
        return owned

    @property
    def registered(self) -> set[Ref]:
        """All that some source names, also the teams that count as others."""
        return {*self._stated_components, *map(Ref.team, self._stated_teams)}

    def origin(self, subject: Ref, field_name: str) -> Statement | None:
        """Return the statement that a field's current value comes from; None when nothing is stated."""
        return next(iter(self.stated_of(subject, field_name)), None)

    def stated_of(self, subject: Ref, field_name: str) -> list[Statement]:
        """Return what each source states of a field, that which counts first. What was only confirmed is not stated."""
        held = self._held.get(subject, {}).get(field_name, {})
        sources = sorted((each for each in held if each != CONFIRMED), key=self._rank)
        return [self._placed(held[source]) for source in sources]

    def _rank(self, source: str) -> tuple[int, int, str]:
        return rank(source, self.trust)

    def fields_stated(self, subject: Ref) -> Iterable[str]:
        """Return the fields of which anything is stated."""
        return self._held.get(subject, {}).keys()

    def in_file(self, subject: Ref, field_name: str) -> Statement | None:
        """Return the statement that a field's current value comes from, where a file makes it."""
        origin = self.origin(subject, field_name)
        return origin if origin is not None and origin.source not in (PEOPLE, PROPOSED) else None

    def _placed(self, statement: Statement) -> Statement:
        place = self.places.get(statement.source, {}).get(statement.subject)
        return statement._replace(place=place) if place else statement

    def stated(self, field_name: str) -> Iterator[Statement]:
        """Return what each source states of one field of any entry, with its place, whether it counts or not.

        What was only confirmed is not stated by it.
        """
        for fields in self._held.values():
            stated = fields.get(field_name, {}).items()
            yield from (self._placed(each) for source, each in stated if source != CONFIRMED)

    def stated_about(self, subject: Ref, source: str) -> dict[str, Any]:
        """Return what one source states about one component or team: field → value."""
        fields = self._held.get(subject, {})
        return {name: sources[source].value for name, sources in fields.items() if source in sources}

    def stated_by(self, source: str) -> Mapping[Ref, Mapping[str, Any]]:
        """Return what one source states: subject → field → value."""
        return self._by_source.get(source, {})

    @cached_property
    def _by_source(self) -> Mapping[str, Mapping[Ref, Mapping[str, Any]]]:
        stated: dict[str, dict[Ref, dict[str, Any]]] = {}
        for subject, fields in self._held.items():
            for name, sources in fields.items():
                for source, statement in sources.items():
                    stated.setdefault(source, {}).setdefault(subject, {})[name] = statement.value
        return stated

    @property
    def sources(self) -> Mapping[str, int]:
        """By source how many entries it states something about."""
        return {source: len(stated) for source, stated in self._by_source.items()}

    def owners_of(self, component: Component) -> list[Team]:
        """Return the teams that own a component, primary first."""
        return [self.team(name) for name in component.owners]

    def team(self, name: str) -> Team:
        """Return a team. One that has gone is known by its name alone."""
        name = self.same.get(name, name)
        return self.teams.get(name) or Team(name=name)

    def team_called(self, name: str) -> str:
        """Return the name of the team that is called so, or has this as another name."""
        name = self.same.get(name, name)
        return name if name in self.teams else self._team_aliases.get(name.casefold(), name)

    @cached_property
    def _team_aliases(self) -> Mapping[str, str]:
        return {alias.casefold(): team.name for team in self.teams.values() for alias in team.aliases}

    def waiting_parts(self, ref: Ref) -> list[Component]:
        """Return the parts that others have not accepted yet to run for a component."""
        paths = self.stated_about(ref, PROPOSED).get("depends_on", ())
        return [part for path in paths if (part := self.components.get(Ref.parse(f"component:{path}")))]

    def proposed_owners(self, ref: Ref) -> list[Team]:
        """Return the teams that somebody names as owners of what nobody owns, and that have not accepted it yet."""
        origin = self.origin(ref, "owners")
        return [self.team(name) for name in origin.value] if origin and origin.source == PROPOSED else []

    def confirmation(self, subject: Ref, field_name: str) -> Statement | None:
        """Return what people confirmed of a field, while a file still states the same."""
        first = self.origin(subject, field_name)
        said = self._held.get(subject, {}).get(field_name, {}).get(CONFIRMED)
        if not first or not said or first.source == PEOPLE:
            return None
        values = [first.value, said.value]
        if field_name == "owners":
            values = [self.named(value) for value in values]
        return said if values[0] == values[1] else None

    def named(self, teams: Sequence[str]) -> list[str]:
        """Return teams by the names under which they count."""
        return list(dict.fromkeys(self.same.get(name, name) for name in teams))

    def channel_of(self, component: Component) -> str | None:
        """Return where to ask about a component: its own channel, else its first owner's that has one."""
        channels = (team.slack_channel for team in self.owners_of(component))
        return component.slack_channel or next(filter(None, channels), None)

    def oncall_of(self, component: Component) -> str | None:
        return component.oncall or next(filter(None, (team.oncall for team in self.owners_of(component))), None)

    @cached_property
    def by_owner(self) -> Mapping[str, tuple[Component, ...]]:
        """Components by the name of each team that owns them, in alphabetical order."""
        owned: dict[str, list[Component]] = {}
        for component in sorted(self.components.values(), key=lambda c: (c.name.casefold(), c.ref)):
            for owner in component.owners:
                owned.setdefault(owner, []).append(component)
        return {owner: tuple(components) for owner, components in owned.items()}

    def example(self) -> Component | None:
        """Return a component to name in help: the owned one on which most others depend."""
        owned = (component for component in self.components.values() if self.owners_of(component))
        return min(owned, key=lambda each: (-len(self.dependents_of(each)), each.ref), default=None)

    @cached_property
    def _by_parent(self) -> Mapping[str, tuple[Team, ...]]:
        below: dict[str, list[Team]] = {}
        for team in sorted(self.teams.values(), key=lambda team: team.name):
            if team.parent:
                below.setdefault(team.parent, []).append(team)
        return {parent: tuple(teams) for parent, teams in below.items()}

    def teams_under(self, team: Team) -> tuple[Team, ...]:
        """Return the teams below a team, and below these, each once, whatever stands in a circle."""
        found: dict[str, Team] = {}
        waiting = [team]
        while waiting:
            for below in self._by_parent.get(waiting.pop(0).name, ()):
                if below.name != team.name and below.name not in found:
                    found[below.name] = below
                    waiting.append(below)
        return tuple(found.values())

    @cached_property
    def by_dependency(self) -> Mapping[str, tuple[Component, ...]]:
        """Components by each name, bare or `namespace/name`, that they say they depend on."""
        dependents: dict[str, list[Component]] = {}
        for component in self.components.values():
            for name in component.depends_on:
                dependents.setdefault(name, []).append(component)
        return {name: tuple(components) for name, components in dependents.items()}

    def dependents_of(self, component: Component) -> tuple[Component, ...]:
        """Return the components that say they depend on this one, each once."""
        stated = self.by_dependency.get(component.name, ()) + self.by_dependency.get(component.ref.path, ())
        return tuple({other.ref: other for other in stated if other.ref != component.ref}.values())


def _assemble(subject: Ref, fields: _Held, trust: tuple[str, ...]) -> Component | Team | None:
    """Build one entry from what is stated about it; None when no source names it any more."""
    if "name" not in fields:
        return None
    values: dict[str, Any] = {}
    facts: dict[str, FactValue] = {}
    for name, sources in fields.items():
        counting = sorted((source for source in sources if source not in NOT_MADE), key=lambda each: rank(each, trust))
        ranked = [sources[source].value for source in counting]
        if not ranked:
            continue
        if name in ADDED_UP:
            values[name] = _added_up(ranked) if name != "contacts" else _contacts(ranked)
        elif name.startswith(FACT_PREFIX):
            facts[name.removeprefix(FACT_PREFIX)] = ranked[0]
        else:
            values[name] = ranked[0]
    if facts:
        values["facts"] = facts
    return SCHEMA[subject.kind].model_validate(values)


def _contacts(values: Sequence[list[str]]) -> list[str]:
    """Return whom several sources name; of people in Slack, who have rights by it, whom the first of them names."""
    members = next((named for value in values if (named := list(filter(is_member, value)))), [])
    return [each for each in _added_up(values) if each in members or not is_member(each)]


def _added_up(values: Iterable[list[Any]]) -> list[Any]:
    """Return what several sources list, each once."""
    items: list[Any] = []
    for value in values:
        items += [item for item in value if item not in items]
    return items
