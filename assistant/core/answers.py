"""Answers: the closed union of everything that this product says. What people can cause is one of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from assistant.core.catalog import Component, FactValue, Ref, Statement, Team
from assistant.core.forms import Attribute, Intent
from assistant.core.newcomers import New
from assistant.core.portfolio import Portfolio
from assistant.core.proposals import Change, Proposal
from assistant.core.rulebook import Caution, Decision, Fact, Model, Suggestion, Turn


@dataclass(frozen=True)
class OwnerCard:
    """Who owns one component, and the ways to reach them."""

    component: Component
    owners: tuple[Team, ...]
    channel: str | None
    oncall: str | None
    origin: Statement | None
    """Where the owner is stated; None when nobody stated one."""


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
class Known:
    """A fact that the rules used. `statement` says where it comes from; None: said just now, and not saved."""

    fact: Fact
    value: FactValue
    statement: Statement | None


@dataclass(frozen=True)
class Weighed:
    """A model that somebody named, and the answers that it would take."""

    model: Model
    way: tuple[Known, ...]


@dataclass(frozen=True)
class Recommendation:
    """What the rules say about one component. While facts are missing, `decision.missing` names what to ask."""

    card: OwnerCard
    decision: Decision
    known: tuple[Known, ...]
    application: str | None
    """The one component that depends on this one, when there is exactly one: questions can name it."""
    cautions: tuple[Caution, ...] = ()
    in_use: Model | None = None
    """The model that the registry says is in use today."""
    skipped: frozenset[str] = frozenset()
    """Facts that the asker is not sure about."""
    assumed: Mapping[str, FactValue] = field(default_factory=dict)
    """What was said in this conversation, and is not saved."""
    suggested: tuple[Suggestion, ...] = ()
    """What other facts suggest, where the asker is not sure of those that decide."""
    hints: tuple[Suggestion, ...] = ()
    """What the registry itself suggests, such as how many depend on it. A hint decides nothing."""
    factor: Fact | None = None
    """A further fact that could suggest something, to ask next."""
    supposed: bool = False
    """What was said counts more than what is known, or nothing is known: it is not registered."""
    before: Mapping[str, FactValue] = field(default_factory=dict)
    """What people had answered before, where they answer anew."""
    overruled: Mapping[str, FactValue] = field(default_factory=dict)
    """What was said here, though something else is known."""
    unheard: str = ""
    """How something could be supposed, where a question supposes what is not understood: `shared`."""
    is_so: bool = False
    """What a question supposes is known to be so."""
    registered: bool = True
    decided: Statement | None = None
    """Where the model comes from that it is run as."""
    runs: Team | None = None
    """Who runs it, where that does not rest on what was only said here."""
    turns: tuple[Turn, ...] = ()
    """What would change the model, where it is decided."""
    leads: tuple[tuple[FactValue, tuple[Model, ...]], ...] = ()
    """Of the fact to ask for: the models that are possible with each answer."""
    weighed: tuple[Weighed, ...] = ()
    """The models that the question named, but for the one that is decided."""
    asked: Model | None = None
    """The model of which it was asked whether it is the one."""


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
class Registered:
    """A component was registered just now."""

    recommendation: Recommendation
    by: str
    at: datetime
    new_team: Team | None = None
    missing: tuple[str, ...] = ()


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


@dataclass(frozen=True)
class Declined:
    """A change was declined: for whoever proposed it."""

    proposal: Proposal
    card: OwnerCard


@dataclass(frozen=True)
class DecisionRecord:
    """A decision as Markdown, to copy."""

    component: Component
    markdown: str


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


@dataclass(frozen=True)
class Left:
    """Everything stays as it was."""

    name: str


Answer = (
    Owners
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
    | Declined
    | DecisionRecord
    | AliasOffer
    | AliasChanged
    | Remembered
    | UnfoundNames
    | Map
    | Explained
    | Left
)
