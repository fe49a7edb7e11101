"""Who may do what. One function decides: before every answer, and inside every write that people cause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from assistant.core.catalog import Catalog
from assistant.core.entries import Component

Action = Literal["ask", "register", "propose", "state facts", "name", "see unfound"]
Role = Literal["member", "administrator"]


@dataclass(frozen=True)
class Actor:
    """Somebody who asks for something. `role` is None for guests, other companies' users, other bots and the gone."""

    id: str
    name: str
    role: Role | None
    usergroups: frozenset[str] = frozenset()
    """Ids of the usergroups that the actor is in, of those that matter here."""
    delivery: str | None = None
    """What brought this about, such as one click: however often it is delivered, it changes the registry once."""

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
    actor: Actor, action: Action, component: Component | None = None, catalog: Catalog | None = None
) -> Verdict:
    """Decide whether an actor may do something, to a component where there is one.

    Members ask, register and propose. The owning teams' people and administrators state facts and
    other names.
    """
    if actor.role is None:
        return Verdict(False, "a member of this workspace")
    if actor.role == "administrator" or action in ("ask", "register", "propose"):
        return Verdict(True)
    teams = catalog.owners_of(component) if component and catalog else []
    if action in ("state facts", "name") and any(
        _belongs(actor, team.contacts, team.slack_usergroup) for team in teams
    ):
        return Verdict(True)
    return Verdict(False, " or ".join([*(team.label for team in teams), "a registry administrator"]))


def _belongs(actor: Actor, contacts: Iterable[str], usergroup: str | None) -> bool:
    return actor.id in contacts or usergroup in actor.usergroups
