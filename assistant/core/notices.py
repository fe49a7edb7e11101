"""Notices: what people and channels are told without having asked.

A notice says what it is about, never how it looks: it is put into words when it is sent, and says what is true then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from assistant.core.catalog import Catalog
from assistant.core.entries import Component, Ref, Team


@dataclass(frozen=True)
class WasRegistered:
    """A component was registered, perhaps with its team and with parts that are new."""

    ref: Ref
    by: str
    at: datetime
    new_team: str | None = None
    parts: tuple[Ref, ...] = ()
    kind: Literal["registered"] = "registered"


@dataclass(frozen=True)
class WasProposed:
    """Somebody proposes a change, to those who may accept it."""

    proposal: int
    kind: Literal["proposed"] = "proposed"


@dataclass(frozen=True)
class WasDeclined:
    """A change was declined: for whoever proposed it."""

    proposal: int
    kind: Literal["declined"] = "declined"


@dataclass(frozen=True)
class WasAccepted:
    """A change was made, or what was wrong is fixed: for whoever proposed it."""

    proposal: int
    kind: Literal["accepted"] = "accepted"


@dataclass(frozen=True)
class LookAgain:
    """Decisions to look at again. `questions`: what is asked by this, by the keys under which it is asked once."""

    refs: tuple[Ref, ...]
    questions: tuple[str, ...]
    at: datetime
    kind: Literal["look again"] = "look again"


@dataclass(frozen=True)
class WeeklyDigest:
    """It is Monday, and those who administer the registry want to know what waits."""

    kind: Literal["digest"] = "digest"


About = WasRegistered | WasProposed | WasAccepted | WasDeclined | LookAgain | WeeklyDigest


@dataclass(frozen=True)
class Notice:
    """`to`: a channel, by `#name` or id, or a person's id. `instead`: people to tell, one after the other, while nobody
    can be reached. `remark`: why somebody is told instead.
    """

    to: str
    about: About
    instead: tuple[str, ...] = ()
    remark: str | None = None


def addressees(component: Component, catalog: Catalog, administrators: Sequence[str]) -> tuple[str, ...]:
    """Return whom to ask about a component: its channel, else its owners' channels, else people."""
    channels = [team.slack_channel for team in catalog.owners_of(component)]
    if component.slack_channel:
        channels = [component.slack_channel]
    return tuple(dict.fromkeys(filter(None, channels))) or people_behind(component, catalog, administrators)


def people_behind(component: Component, catalog: Catalog, administrators: Sequence[str]) -> tuple[str, ...]:
    """Return the people to ask about a component, by id: its owners' contacts in Slack, else the administrators."""
    return people_of(catalog.owners_of(component)) or tuple(administrators)


def people_of(teams: Iterable[Team]) -> tuple[str, ...]:
    """Return the contacts of teams that are people in Slack, by id."""
    return tuple(dict.fromkeys(contact for team in teams for contact in team.contacts if is_person(contact)))


def is_person(destination: str) -> bool:
    """Say whether this is the id of a person, and not a channel's id or name."""
    return bool(_PERSON.fullmatch(destination))


_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")
