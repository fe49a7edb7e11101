"""Policy: who may do what. One table, which decides before every answer, and inside every write that people cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.core.catalog import PEOPLE, Catalog
from assistant.core.entries import Component, Team

Action = Literal[
    "ask",
    "propose",
    "register",
    "edit",
    "retire",
    "unregister",
    "state facts",
    "decide",
    "name",
    "confirm",
    "transfer",
    "accept",
    "decline",
    "see unfound",
]
Role = Literal["outsider", "guest", "member", "registrar", "author", "receiver", "owner", "administrator"]
"""What somebody is, to the workspace and to what they act on.

outsider: of another company, a bot, or deactivated. registrar: every member, unless the operator has named some.
author: whoever registered the component in Slack, while nobody owns it. owner: of a team that owns it, by its usergroup
or its contacts. receiver: of a team that is to own it.
"""
Where = Literal["own", "shared", "unknown", "direct"]
"""The kinds of channel: read by this company alone, by another one too, by nobody knows whom, or by one person."""

MAY: Mapping[Action, tuple[Role, ...]] = {
    # Whoever has one of these roles may do it. Guests and outsiders are in no row: they get no answer.
    "ask": ("member",),
    "propose": ("member",),
    "register": ("registrar", "administrator"),
    "edit": ("owner", "administrator"),
    "retire": ("owner", "administrator"),
    "unregister": ("author", "owner", "administrator"),  # at once, by undo
    "state facts": ("owner", "administrator"),
    "decide": ("owner", "administrator"),
    "name": ("owner", "administrator"),
    "confirm": ("owner", "administrator"),
    "transfer": ("owner", "administrator"),  # and then a receiver accepts
    "accept": ("owner", "receiver", "administrator"),  # whichever of the first two is asked
    "decline": ("owner", "receiver", "administrator"),
    "see unfound": ("administrator",),
}
SHOWN: Mapping[Where, bool] = {"own": True, "direct": True, "shared": False, "unknown": False}
"""Where entries of the registry are shown, and anything is done to them."""


@dataclass(frozen=True)
class Actor:
    """Somebody who asks for something. `role` is None for other companies' users, other bots and the gone."""

    id: str
    name: str
    role: Literal["guest", "member", "administrator"] | None
    usergroups: frozenset[str] = frozenset()
    """Ids of the usergroups that the actor is in, of those that matter here."""
    delivery: str | None = None
    """What brought this about, such as one click: however often it is delivered, it changes the registry once."""
    registers: bool = True
    """Whether they may register, where the operator has named who may."""
    where: Where = "direct"
    """The kind of channel in which they act."""

    @property
    def signature(self) -> str:
        """The actor as the author of statements."""
        return f"{self.name} <{self.id}>"


OPERATOR = Actor("operator", "the operator", "administrator")
"""Whoever runs commands on the machine has the database already."""


@dataclass(frozen=True)
class Verdict:
    """`allowed`, or who can do it instead, as a phrase ("Payments or a registry administrator")."""

    allowed: bool
    who_can: str = ""


def authorize(
    actor: Actor,
    action: Action,
    component: Component | None = None,
    catalog: Catalog | None = None,
    receivers: Sequence[Team] = (),
) -> Verdict:
    """Decide whether an actor may do something, to a component where there is one, by the table."""
    owners = catalog.owners_of(component) if component and catalog else ()
    roles = roles_of(actor, owners, receivers)
    by = catalog.origin(component.ref, "name") if component and catalog and not owners else None
    if by is not None and by.source == PEOPLE and by.author_id == actor.id and "member" in roles:
        roles |= {"author"}
    if SHOWN[actor.where] and not roles.isdisjoint(MAY[action]):
        return Verdict(True)
    if "member" in MAY[action] or ("registrar" in MAY[action] and actor.registers):
        return Verdict(False, "a full member of this workspace")
    who: dict[Role, Sequence[str]] = {
        "author": [] if owners else ["whoever registered it"],
        "owner": [team.label for team in owners],
        "receiver": [team.label for team in receivers],
        "registrar": ["those named for it"],
        "administrator": ["a registry administrator"],
    }
    return Verdict(False, " or ".join(dict.fromkeys(each for role in MAY[action] for each in who.get(role, ()))))


def roles_of(actor: Actor, owners: Sequence[Team] = (), receivers: Sequence[Team] = ()) -> frozenset[Role]:
    """Return every role that somebody has, to a component of `owners` that `receivers` are to own."""
    if actor.role is None or actor.role == "guest":
        return frozenset({actor.role or "outsider"})
    roles: dict[Role, bool] = {
        "member": True,
        "registrar": actor.registers,
        "receiver": any(belongs(actor, team) for team in receivers),
        "owner": any(belongs(actor, team) for team in owners),
        "administrator": actor.role == "administrator",
    }
    return frozenset(role for role, has in roles.items() if has)


def belongs(actor: Actor, team: Team) -> bool:
    """Say whether somebody is of a team: a contact, or in its usergroup, where the actor's usergroups are known."""
    return actor.id in team.contacts or (team.slack_usergroup or "") in actor.usergroups


def teams_of(actor: Actor, catalog: Catalog) -> list[Team]:
    """Return the teams that somebody is of, by label."""
    mine = [team for team in catalog.teams.values() if belongs(actor, team)]
    return sorted(mine, key=lambda team: (team.label.casefold(), team.name))
