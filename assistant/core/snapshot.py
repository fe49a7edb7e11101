"""A catalog and the indexes over it, as one value."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from assistant.core.addresses import Addresses, address_of
from assistant.core.catalog import Catalog
from assistant.core.descriptions import Descriptions
from assistant.core.entries import Component, Ref, Team
from assistant.core.resolver import Names
from assistant.core.words import repository_name

Key = TypeVar("Key")
Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Snapshot:
    """A catalog and the indexes over it, swapped together."""

    catalog: Catalog
    components: Names
    teams: Names

    @cached_property
    def descriptions(self) -> Descriptions:
        """What components are for; made when it is first asked, which few questions do."""
        return Descriptions([component for _, component in sorted(self.catalog.components.items(), key=itemgetter(0))])

    def also_called(self, given: Mapping[str, tuple[Ref, ...]]) -> Snapshot:
        """Return a snapshot that finds components by further names as well, over the same indexes.

        What nobody has registered is a component of it with no more than a name.
        """
        named = {ref: Component(name=ref.name) for refs in given.values() for ref in refs}
        catalog = replace(self.catalog, components=named | dict(self.catalog.components))
        return self._changed(catalog=catalog, components=self.components.also_called(given))

    def _changed(self, **changes: Any) -> Snapshot:
        """Return another one that goes on with the descriptions, where these were made."""
        following = replace(self, **changes)
        if "descriptions" in vars(self):  # where a cached property keeps its value
            vars(following)["descriptions"] = self.descriptions
        return following


def index(catalog: Catalog, before: Snapshot | None = None) -> Snapshot:
    """Build the indexes over a catalog. Those of `before` serve on where all is called and described as it was."""
    if before is not None and _is_found_alike(catalog, before.catalog):
        return before._changed(catalog=catalog)
    with _no_collections():
        entries = sorted(catalog.components.items(), key=itemgetter(0))  # choices never depend on what came first
        addresses = {ref: address_of(component.repo) for ref, component in entries if component.repo}
        kept = Addresses(addresses.items())
        components = Names(_names_of_components(entries, addresses), kept, catalog.components)
        teams = Names(_names_of_teams(catalog.teams.values()), Addresses((), kept.organisations))
    return Snapshot(catalog, components, teams)


_FINDING_COMPONENT = attrgetter("aliases", "title", "repo", "description", "kind", "tags")
_FINDING_TEAM = attrgetter("aliases", "title", "slack_channel", "slack_usergroup", "contacts")


def _is_found_alike(now: Catalog, before: Catalog) -> bool:
    """Say whether the same entries are there, with the same in all that they are found by, besides their names."""
    return _are_alike(now.components, before.components, _FINDING_COMPONENT) and _are_alike(
        now.teams, before.teams, _FINDING_TEAM
    )


def _are_alike(now: Mapping[Key, Entry], before: Mapping[Key, Entry], found_by: Callable[[Entry], object]) -> bool:
    return now.keys() == before.keys() and all(
        entry is before[key] or found_by(entry) == found_by(before[key]) for key, entry in now.items()
    )


def _names_of_components(
    entries: Iterable[tuple[Ref, Component]], addresses: Mapping[Ref, str]
) -> Iterator[tuple[Ref, str, bool]]:
    kept_there = Counter(addresses.values())
    for ref, component in entries:
        yield ref, ref.name, True
        others: list[str | None] = [*component.aliases, component.title]
        if ref in addresses and kept_there[addresses[ref]] == 1:
            name = repository_name(component.repo or "") or ""
            # The name of a repository is none of a folder in it.
            others.append(name if addresses[ref].endswith(f"/{name.casefold()}") else None)
        for other in dict.fromkeys(others):
            if other and other != ref.name:
                yield ref, other, False


def _names_of_teams(teams: Iterable[Team]) -> Iterator[tuple[Ref, str, bool]]:
    for team in sorted(teams, key=lambda team: team.name):
        yield team.ref, team.name, True
        others = [
            *team.aliases,
            team.title,
            team.slack_channel and team.slack_channel.lstrip("#"),
            team.slack_usergroup,
            *(contact.lstrip("@") for contact in team.contacts),
        ]
        for other in others:
            if other:
                yield team.ref, other, False


@contextmanager
def _no_collections() -> Iterator[None]:
    """Make much that stays, and that the garbage collector never looks through, which would take half of the time.

    Without references in circles it goes when nobody needs it. What was garbage before is collected first, which is
    quick: what was made here before is not looked through.
    """
    was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # or all threads would wait for a collection, a tenth of a second at 10,000 components
        if was_enabled:
            gc.enable()
