"""Answers: the closed union of everything that this product says. What people can cause is one of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from assistant.core.advice import OwnerCard, Recommendation
from assistant.core.catalog import Statement
from assistant.core.conflicts import Conflict
from assistant.core.digest import Digest
from assistant.core.entries import Component, FactValue, Ref, Team
from assistant.core.forms import Attribute, Intent
from assistant.core.home import Homepage
from assistant.core.newcomers import New
from assistant.core.outcomes import (
    Accepted,
    AliasChanged,
    AliasOffer,
    Altered,
    Decided,
    DecisionRecord,
    Declined,
    FactsSaved,
    History,
    Left,
    LooksDue,
    Overtaken,
    Proposed,
    Proposition,
    Registered,
)
from assistant.core.portfolio import Portfolio
from assistant.core.proposals import Change
from assistant.core.rulebook import Fact, Model


@dataclass(frozen=True)
class Pick:
    """What was clicked, as a button carries it. `offered`: it is one of several, a choice to remember."""

    ref: Ref
    intent: Intent
    attribute: Attribute | None
    mention: str
    offered: bool = False


@dataclass(frozen=True)
class Unresolved:
    """One of several mentions that was not answered."""

    mention: str
    choices: tuple[OwnerCard, ...]


@dataclass(frozen=True)
class Owners:
    """Who owns the components asked about. `same`: they were not told apart, and need not be: one owner has all."""

    cards: tuple[OwnerCard, ...]
    because: str
    unresolved: tuple[Unresolved, ...] = ()
    same: bool = False


@dataclass(frozen=True)
class OwnedPath:
    """A path that is no component's own, and the teams that its rule names; none where that takes it from its owners.

    `place`: the repository, where several have rules for it.
    """

    path: str
    teams: tuple[Team, ...]
    place: str = ""


@dataclass(frozen=True)
class PathOwners:
    """Who owns paths by the rules of a CODEOWNERS file."""

    paths: tuple[OwnedPath, ...]
    because: str


@dataclass(frozen=True)
class Contact:
    """One way to reach the people behind a component, or a team. `value` is None when it is not recorded.

    `beside`: the same of the other components that were asked about.
    """

    attribute: Attribute
    value: str | None
    because: str
    card: OwnerCard | None = None
    team: Team | None = None
    unresolved: tuple[Unresolved, ...] = ()
    beside: tuple[Contact, ...] = ()


@dataclass(frozen=True)
class TeamCard:
    """A team and what it owns. `under`: the teams below it, and what each owns; `beside`: the others asked about."""

    team: Team
    owned: tuple[Component, ...]
    because: str
    under: tuple[tuple[Team, tuple[Component, ...]], ...] = ()
    beside: tuple[TeamCard, ...] = ()


@dataclass(frozen=True)
class Models:
    """Which model each component asked about should use."""

    recommendations: tuple[Recommendation, ...]
    because: str
    unresolved: tuple[Unresolved, ...] = ()


@dataclass(frozen=True)
class Choices:
    """Several components fit equally well. A click on one of them answers the question."""

    mention: str
    options: tuple[OwnerCard, ...]
    intent: Intent
    attribute: Attribute | None
    because: str


@dataclass(frozen=True)
class TeamChoices:
    mention: str
    teams: tuple[Team, ...]
    because: str


@dataclass(frozen=True)
class NotFound:
    """Nothing of this name is registered."""

    mention: str
    nearest: tuple[OwnerCard, ...]
    searched: int
    intent: Intent
    attribute: Attribute | None
    because: str
    ended: Statement | None = None
    """With what it was taken back, where something of this name was registered once."""
    unruled: tuple[str, ...] = ()
    """Where it is a path, the files of which no rule is about it."""


@dataclass(frozen=True)
class TeamNotFound:
    mention: str
    nearest: tuple[Team, ...]
    searched: int
    because: str


@dataclass(frozen=True)
class Onboard:
    """An invitation to register something new, with what was said of it."""

    new: New
    because: str


@dataclass(frozen=True)
class Help:
    because: str
    empty: bool = False
    """Nothing is registered yet, so help begins with that."""
    component: str | None = None
    """The name of something registered, to show how to ask."""
    team: str | None = None


@dataclass(frozen=True)
class NotUnderstood:
    """Addressed, but no question that this product answers. `named`: components that stand in the text all the same."""

    because: str
    named: tuple[OwnerCard, ...] = ()
    example: str | None = None
    """The name of something registered, to show how to ask."""


@dataclass(frozen=True)
class Invalid:
    """Bad input: one sentence that says what is wrong and what to do. Nothing was changed."""

    sentence: str


@dataclass(frozen=True)
class Refusal:
    """Somebody may not do this. `who_can` is the way forward; `change`: what they could propose instead, `to` whom."""

    sentence: str
    who_can: str
    change: Change | None = None
    to: str = ""


@dataclass(frozen=True)
class Fault:
    """Something failed here; the log has the same reference."""

    reference: str
    sentence: str = "Something failed here and nothing was saved."


@dataclass(frozen=True)
class Remembered:
    """An answer about what somebody chose before for the same words, which fit others too."""

    answer: Owners | Contact | Models
    by: str
    pick: Pick


@dataclass(frozen=True)
class UnfoundName:
    """A name that nobody could find, how often it was asked for, and what comes near it now."""

    name: str
    times: int
    asked_at: datetime
    nearest: tuple[OwnerCard, ...]


@dataclass(frozen=True)
class UnfoundNames:
    """The names that nobody could find, those that were asked for most first. `total`: how many there are."""

    names: tuple[UnfoundName, ...]
    total: int


@dataclass(frozen=True)
class Conflicts:
    """Where sources contradict one another. `names`: teams by name, as people call them."""

    found: tuple[Conflict, ...]
    names: Mapping[str, str]


@dataclass(frozen=True)
class Map:
    """All components by the model that the rules recommend."""

    portfolio: Portfolio


@dataclass(frozen=True)
class Meaning:
    """What a word stands for: an answer to a question of the rulebook, with which these models are possible."""

    said: str
    fact: Fact
    value: FactValue
    possible: tuple[Model, ...]


@dataclass(frozen=True)
class Explained:
    """What some models of the rulebook are. `unknown`: the rulebook has none that is called so, but these."""

    models: tuple[Model, ...]
    meanings: tuple[Meaning, ...] = ()
    unknown: str = ""


Outcome = Literal["answer", "choices", "not_found", "onboard", "help", "none"]
"""What comes of a question."""

Answer = (
    Owners
    | PathOwners
    | Contact
    | TeamCard
    | Models
    | Choices
    | TeamChoices
    | NotFound
    | TeamNotFound
    | Onboard
    | Help
    | NotUnderstood
    | Invalid
    | Refusal
    | Fault
    | Registered
    | FactsSaved
    | Overtaken
    | Decided
    | LooksDue
    | Proposed
    | Proposition
    | Accepted
    | Declined
    | DecisionRecord
    | AliasOffer
    | AliasChanged
    | Altered
    | History
    | Remembered
    | UnfoundNames
    | Map
    | Conflicts
    | Explained
    | Left
    | Homepage
    | Digest
)


def outcome_of(answer: Answer) -> Outcome | None:
    """Return in one word what came of a question; None for what answers no question."""
    match answer:
        case Owners() | PathOwners() | Contact() | TeamCard() | Models():
            return "answer"
        case Remembered():
            return outcome_of(answer.answer)
        case Choices() | TeamChoices():
            return "choices"
        case NotFound() | TeamNotFound():
            return "not_found"
        case Onboard():
            return "onboard"
        case Help() | Explained():
            return "help"
        case NotUnderstood():
            return "none"
        case _:
            return None
