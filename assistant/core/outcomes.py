"""Outcomes: what is said of something that people did, or are to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from assistant.core.advice import Known, OwnerCard, Recommendation
from assistant.core.catalog import Statement
from assistant.core.entries import Component, FactValue, Team
from assistant.core.history import Told
from assistant.core.proposals import Proposal
from assistant.core.rulebook import Model


@dataclass(frozen=True)
class Laid:
    """A service or one of its parts, as it is registered with the others. `is_new`: a part that was not there before.

    `proposed`: the teams that were asked to own it; `is_asked`: those who own it were asked to run it for this service.
    """

    advice: Recommendation
    is_part: bool = False
    is_new: bool = False
    proposed: tuple[Team, ...] = ()
    is_asked: bool = False


@dataclass(frozen=True)
class Registered:
    """A service was registered, with its parts: `laid`, the service first. `missing`: in people's words.

    `told`: the channels that hear of it; without one, whoever registered it does.
    """

    laid: tuple[Laid, ...]
    by: str
    at: datetime
    new_team: Team | None = None
    missing: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    @property
    def recommendation(self) -> Recommendation:
        """What the rules say of the service."""
        return self.laid[0].advice


@dataclass(frozen=True)
class FactsSaved:
    """Facts were stated for everyone, and this is what the rules say now."""

    recommendation: Recommendation
    by: str
    at: datetime
    facts: Mapping[str, FactValue] = field(default_factory=dict)


@dataclass(frozen=True)
class Overtaken:
    """Nothing was saved: somebody has answered the same differently meanwhile. This is what holds now."""

    recommendation: Recommendation
    instead: tuple[Known, ...]


@dataclass(frozen=True)
class Decided:
    """What was decided about the model: a new one, that the present one stays, to look later, or all as it was before.

    `before` is what people had stated until then: the model, and the day to look again; None when nothing changed.
    """

    recommendation: Recommendation
    by: str
    at: datetime
    before: tuple[str | None, str | None] | None = None
    how: Literal["chosen", "kept", "later", "taken back"] = "chosen"


@dataclass(frozen=True)
class Look:
    """A decision to look at again: its day has come, or the rules say something else by now.

    `decided`: where the model comes from that it is run as; `day`: where the day to look again does.
    """

    recommendation: Recommendation
    decided: Statement
    day: Statement | None
    is_due: bool
    is_changed: bool


@dataclass(frozen=True)
class LooksDue:
    """Decisions that one channel or person is asked about. `at`: when that began."""

    looks: tuple[Look, ...]
    at: datetime


@dataclass(frozen=True)
class Proposed:
    """A change as somebody proposed it, for them: where it goes, and what became of it. `again`: it was put before."""

    proposal: Proposal
    card: OwnerCard
    to: tuple[str, ...]
    """Channels, by `#name` or id; or people, by id."""
    again: bool = False


@dataclass(frozen=True)
class Proposition:
    """A change as it is put to those who may make it, and what became of it. `recommendation`: if it is made.

    `said`: the facts, as far as the rulebook still asks for them.
    """

    proposal: Proposal
    recommendation: Recommendation
    said: tuple[Known, ...] = ()
    model: Model | None = None
    owners: tuple[Team, ...] = ()
    """The teams that are to own it."""
    asked: Team | None = None
    """The one of them that has to accept next; None: those who own it have, or nobody."""
    serves: OwnerCard | None = None
    """What it is to be run for."""
    is_made: bool = False
    """It was accepted, and that stated something which can be taken back."""


@dataclass(frozen=True)
class Accepted:
    """A change was made as it was proposed: for whoever did."""

    proposition: Proposition


@dataclass(frozen=True)
class Declined:
    """A change was declined, or withdrawn with what it was about: for whoever proposed it.

    `channel`: where those are who declined.
    """

    proposition: Proposition
    channel: str | None


@dataclass(frozen=True)
class DecisionRecord:
    """A decision as Markdown, to copy."""

    component: Component
    markdown: str


@dataclass(frozen=True)
class Altered:
    """What people said of a component was changed, all taken back, or is again what it was before.

    `at` also names the step, to take it back. `is_gone`: it is not registered any more, nor is what stands `beside` it.
    `dependents`: what says that it depends on it.
    """

    card: OwnerCard
    told: tuple[Told, ...]
    by: str
    at: datetime
    how: Literal["changed", "retired", "taken back"]
    is_gone: bool = False
    dependents: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class ToldStep:
    """A step of a component's history in words. `file`: the source that took it; None: people."""

    by: str
    at: datetime
    file: str | None
    told: tuple[Told, ...]
    how: Literal["registered", "changed", "removed"]


@dataclass(frozen=True)
class History:
    """What was stated about a component, newest first. `total`: how many steps there are.

    `undo_at`: when the step was taken that whoever asks may take back.
    """

    component: Component
    steps: tuple[ToldStep, ...]
    total: int
    undo_at: datetime | None


@dataclass(frozen=True)
class AliasOffer:
    """Words were answered with a component because somebody chose it: should they always be?"""

    component: Component
    name: str


@dataclass(frozen=True)
class AliasChanged:
    """Words are another name of a component now, or with `dropped` no more. `by` None: so it was already."""

    component: Component
    name: str
    by: str | None
    at: datetime
    dropped: bool


@dataclass(frozen=True)
class Left:
    """Everything stays as it was."""

    name: str
