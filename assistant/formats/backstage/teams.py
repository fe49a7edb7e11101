"""The teams of a Backstage catalog: its groups, the users who own something, and those that are only named.

Backstage tells groups apart by their namespaces; here a team has one name, the bare one wherever that is enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from assistant.core.entries import DEFAULT_NAMESPACE, Ref, Team
from assistant.core.gaps import PLACEHOLDERS
from assistant.errors import Finding
from assistant.formats.backstage.entities import Entity, Key
from assistant.formats.backstage.fields import Report
from assistant.formats.backstage.references import Mention
from assistant.formats.events import Position
from assistant.formats.positions import Document, Path, quoted
from assistant.formats.registry_file import Origin

LISTED = 30
_PEOPLE = ("group", "user")


class _Named(NamedTuple):
    """Where a group or a user is named first, and how it is spelt there."""

    label: str
    position: Position
    name: str


class Teams:
    """Which team each reference means. `entries` holds them all, `origins` where each stands."""

    def __init__(self, entities: Mapping[Key, Entity], report: Report) -> None:
        self._report = report
        self._groups = {key: entity for key, entity in entities.items() if key.kind == "group"}
        self._users = {key: entity for key, entity in entities.items() if key.kind == "user"}
        self._known = {*self._groups, *self._users, *_with_namespace(entities.values())}
        self._elsewhere: dict[tuple[str, str], list[Key]] = {}
        for key in self._known:
            self._elsewhere.setdefault((key.kind, key.name), []).append(key)

        self._named = {key: _Named(e.label, e.position, e.entry.name) for key, e in self._groups.items() if e.entry}
        self._owners = {key: self._owners_named(each) for key, each in entities.items() if key.kind not in _PEOPLE}
        parents = self._parents()
        contacts = self._contacts()
        self._names = self._given_names()
        self._break_circles(parents)
        self._say_what_is_not_described()

        self.entries = tuple(self._entry(key, parents.get(key), contacts.get(key, [])) for key in self._named)
        self.origins: dict[Ref, Origin] = {Ref.team(self._names[key]): (self._place(key), ()) for key in self._named}

    def owners_of(self, entity: Entity) -> dict[str, Position]:
        """Return the names of the teams that own something, primary first, and where each is named."""
        return {self._names[key]: position for key, position in self._owners[entity.key].items()}

    def _entry(self, key: Key, parent: Key | None, contacts: list[str]) -> Team:
        name = self._names[key]
        described = self._described(key)
        team = described.entry if described and isinstance(described.entry, Team) else Team(name=name)
        if described is None and key.kind == "user":
            contacts = [*contacts, f"@{self._named[key].name}"]
        elif described is None and "@" in name[1:]:
            contacts = [*contacts, name]
        said = tuple(dict.fromkeys([*team.contacts, *contacts]))
        above = self._names[parent] if parent else None
        return team.model_copy(update={"name": name, "parent": above, "contacts": said})

    def _place(self, key: Key) -> Document:
        named, described = self._named[key], self._described(key)
        places: dict[Path, Position] = {(): named.position}
        if described:
            places[("name",)] = described.name_position
            if key.kind == "group" and described.parents:
                places[("parent",)] = described.parents[0].position
        return Document(named.label, None, places)

    def _described(self, key: Key) -> Entity | None:
        return self._groups.get(key) or self._users.get(key)

    def _key(self, mention: Mention, namespace: str, kind: str = "group") -> Key:
        """Return what is meant. Without a namespace Backstage takes the entity's own; people often mean the default."""
        kind = mention.kind if mention.kind in _PEOPLE else kind
        name = mention.name.lower()
        if mention.namespace:
            return Key(kind, mention.namespace, name)
        here, usual = Key(kind, namespace, name), Key(kind, DEFAULT_NAMESPACE, name)
        elsewhere = self._elsewhere.get((kind, name), [])
        near = [key for key in (here, usual) if key in self._known]
        return near[0] if near else elsewhere[0] if len(elsewhere) == 1 else usual

    def _name(self, key: Key, mention: Mention, entity: Entity) -> Key | None:
        """Note that a team is named; None where what is written only says that nobody is."""
        if self._described(key) is None and key.name in PLACEHOLDERS:
            return None
        self._named.setdefault(key, _Named(entity.label, mention.position, mention.name))
        return key

    def _warn(self, label: str, position: Position, path: str, message: str) -> None:
        self._report.warnings.append(Finding(label, *position, path, message))

    def _owners_named(self, entity: Entity) -> dict[Key, Position]:
        owners: dict[Key, Position] = {}
        for mention in entity.owners:
            if mention.kind not in (None, *_PEOPLE):
                message = (
                    f"{quoted(mention.kind or '')} is no kind that owns; {quoted(mention.name)} is taken for a group"
                )
                self._warn(entity.label, mention.position, "spec.owner", message)
            key = self._name(self._key(mention, entity.key.namespace), mention, entity)
            if key is None:
                message = f"{quoted(mention.name)} names nobody; it is imported without an owner"
                self._warn(entity.label, mention.position, "spec.owner", message)
            else:
                owners.setdefault(key, mention.position)
        if not entity.owners:
            self._warn(entity.label, entity.position, "spec", "has no owner; it is imported without one")
        return owners

    def _parents(self) -> dict[Key, Key]:
        parents: dict[Key, Key] = {}
        for key, group in self._groups.items():
            for mention in group.parents[:1]:
                if parent := self._name(self._key(mention, key.namespace), mention, group):
                    parents[key] = parent
        for key, group in self._groups.items():
            for mention in group.children:
                if child := self._name(self._key(mention, key.namespace), mention, group):
                    parents.setdefault(child, key)
        return parents

    def _contacts(self) -> dict[Key, list[str]]:
        contacts: dict[Key, list[str]] = {}
        members: set[Key] = set()
        for key, group in self._groups.items():
            for mention in group.members:
                user = self._key(mention, key.namespace, "user")
                members.add(user)
                entry = self._users[user].entry if user in self._users else None
                reached = entry.contacts if isinstance(entry, Team) else (f"@{mention.name.removeprefix('@')}",)
                contacts.setdefault(key, []).extend(reached)
        for key, user_entity in self._users.items():
            for mention in user_entity.parents:
                group_key = self._name(self._key(mention, key.namespace), mention, user_entity)
                if group_key and isinstance(user_entity.entry, Team):
                    contacts.setdefault(group_key, []).extend(user_entity.entry.contacts)
            if not user_entity.parents and key not in members and key not in self._named:
                message = "belongs to no group and owns nothing; the user is left out"
                self._warn(user_entity.label, user_entity.position, "", message)
        return contacts

    def _given_names(self) -> dict[Key, str]:
        bare = {key: self._bare(key) for key in self._named}
        holders = Counter((key.kind, name.lower()) for key, name in bare.items())
        names: dict[Key, str] = {}
        taken: set[str] = set()
        for key in sorted(bare, key=lambda each: (each.kind, each.namespace != DEFAULT_NAMESPACE, each)):
            name = bare[key]
            if holders[key.kind, name.lower()] > 1 and key.namespace != DEFAULT_NAMESPACE:
                name = f"{key.namespace}/{name}"
            if key.kind == "user" and holders["group", bare[key].lower()]:
                name = f"user:{name}"
            while name in taken:
                name = f"{key.namespace}/{name}"
            taken.add(name)
            names[key] = name
            if name != bare[key]:
                message = f"is called {quoted(name)} here, since another is called {quoted(bare[key])}"
                self._warn(self._named[key].label, self._named[key].position, "", message)
        return names

    def _bare(self, key: Key) -> str:
        described = self._described(key)
        return described.entry.name if described and described.entry else self._named[key].name

    def _break_circles(self, parents: dict[Key, Key]) -> None:
        """Take the parent of one team out of each circle: an import refuses teams that stand above themselves."""
        settled: set[Key] = set()
        for start in self._named:
            way: dict[Key, None] = {}
            key = start
            while key in parents and key not in settled and key not in way:
                way[key] = None
                key = parents[key]
            if key in way:
                message = f"the parents of {quoted(self._names[key])} lead in a circle; its own is left out"
                self._warn(self._named[key].label, self._named[key].position, "spec.parent", message)
                del parents[key]
            settled.update(way)

    def _say_what_is_not_described(self) -> None:
        bare = [key for key in self._named if key.kind == "group" and key not in self._groups]
        if bare:
            names = sorted(self._names[key] for key in bare)
            first = min(self._named[key] for key in bare)
            message = f"no Group of this source describes {some(names)}, so known by name alone; add a Group for each"
            self._warn(first.label, first.position, "", message)
        for key, named in self._named.items():
            if key.kind == "user":
                message = (
                    f"the user {quoted(named.name)} becomes a team, {quoted(self._names[key])}; better name a group"
                )
                self._warn(named.label, named.position, "", message)


def _with_namespace(entities: Iterable[Entity]) -> Iterator[Key]:
    """Return which groups and users are named in full, by whomever."""
    for entity in entities:
        for mentions, usual in (
            (entity.owners + entity.parents + entity.children, "group"),
            (entity.members, "user"),
        ):
            for kind, namespace, name, _ in mentions:
                if namespace:
                    yield Key(kind if kind in _PEOPLE else usual, namespace, name.lower())


def some(names: Sequence[str]) -> str:
    """List names, the first of many."""
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(quoted(name) for name in names[:LISTED]) + more
