"""Cards: what the catalog holds of one component or team, as answers show it."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.core.advice import OwnerCard
from assistant.core.answers import Contact, OwnedPath, PathOwners, TeamCard
from assistant.core.catalog import Catalog
from assistant.core.conflicts import conflict_in
from assistant.core.entries import Component, Ref, Team
from assistant.core.forms import Attribute
from assistant.core.path_questions import PathMention


def owner_card(component: Component, catalog: Catalog) -> OwnerCard:
    """Return who owns a component, and how they are reached."""
    conflict = conflict_in(component.ref, "owners", catalog)
    contradicting = conflict.statements[1:] if conflict else ()
    return OwnerCard(
        component=component,
        owners=tuple(catalog.owners_of(component)),
        channel=catalog.channel_of(component),
        oncall=catalog.oncall_of(component),
        origin=catalog.origin(component.ref, "owners"),
        proposed=tuple(catalog.proposed_owners(component.ref)),
        confirmed=catalog.confirmation(component.ref, "owners"),
        waiting=tuple((part.name, tuple(catalog.owners_of(part))) for part in catalog.waiting_parts(component.ref)),
        otherwise=tuple((each, tuple(map(catalog.team, each.value))) for each in contradicting),
    )


def component_contact(card: OwnerCard, attribute: Attribute, because: str) -> Contact:
    """Answer how those who own a component are reached, or where it is."""
    contacts = [contact for team in card.owners for contact in team.contacts]
    value = {
        "channel": card.channel,
        "oncall": card.oncall,
        "repo": card.component.repo,
        "runbook": card.component.runbook,
        "contact": ", ".join(dict.fromkeys(contacts)) or None,
    }[attribute]
    return Contact(attribute, value, because, card=card)


def team_card(ref: Ref, catalog: Catalog, because: str) -> TeamCard:
    """Return what a team owns, and what the teams under it own."""
    team = catalog.teams[ref.name]
    under = tuple((below, catalog.by_owner.get(below.name, ())) for below in catalog.teams_under(team))
    return TeamCard(team, catalog.by_owner.get(team.name, ()), because, under)


def team_contact(team: Team, attribute: Attribute, because: str) -> Contact:
    """Answer how a team is reached."""
    value = {
        "channel": team.slack_channel,
        "oncall": team.oncall,
        "contact": ", ".join(team.contacts) or None,
        "repo": None,
        "runbook": None,
    }[attribute]
    return Contact(attribute, value, because, team=team)


def path_owners(mentions: Iterable[PathMention], catalog: Catalog, because: str) -> PathOwners:
    """Return whom the rules name for some paths, of each file for itself."""
    owned = []
    for mention in mentions:
        for found in mention.found:
            names = dict.fromkeys(owner for rule in found.rules for owner in rule.owners)
            place = found.file.place if len(mention.found) > 1 else ""
            owned.append(OwnedPath(found.path, tuple(map(catalog.team, names)), place))
    return PathOwners(tuple(owned), because)
