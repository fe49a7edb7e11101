"""A catalog and the indexes over it, as one value."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

from assistant.core.addresses import Addresses, address_of
from assistant.core.catalog import Catalog, Ref
from assistant.core.descriptions import Descriptions
from assistant.core.resolver import Names
from assistant.core.words import repository_name


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


def index(catalog: Catalog) -> Snapshot:
    """Build the indexes over a catalog."""
    components: list[tuple[Ref, str, bool]] = []
    entries = sorted(catalog.components.items(), key=itemgetter(0))  # choices never depend on what was stated first
    addresses = {ref: address_of(component.repo) for ref, component in entries if component.repo}
    kept_there = Counter(addresses.values())
    for ref, component in entries:
        others = [*component.aliases, component.title]
        if component.repo and kept_there[addresses[ref]] == 1:
            others.append(repository_name(component.repo))
        components.append((ref, component.name, True))
        components.extend((ref, other, False) for other in dict.fromkeys(others) if other and other != component.name)
    teams: list[tuple[Ref, str, bool]] = []
    for team in sorted(catalog.teams.values(), key=lambda team: team.name):
        teams.append((team.ref, team.name, True))
        others = [
            *team.aliases,
            team.title,
            team.slack_channel and team.slack_channel.lstrip("#"),
            team.slack_usergroup,
            *(contact.lstrip("@") for contact in team.contacts),
        ]
        teams.extend((team.ref, other, False) for other in others if other)
    names = Names(components, Addresses(addresses.items()), ((ref, ref.path) for ref, _ in entries))
    return Snapshot(catalog, names, Names(teams, Addresses((), of=addresses.values())))
