"""Advice: who owns a component, and what the rules say of it, as answers carry it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.core.catalog import Statement
from assistant.core.entries import Component, FactValue, Team
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
    proposed: tuple[Team, ...] = ()
    """The teams that somebody names as owners, where nobody owns it: they have not accepted it yet."""
    confirmed: Statement | None = None
    """Where people confirmed the owner that a file states."""
    waiting: tuple[tuple[str, tuple[Team, ...]], ...] = ()
    """Parts that its team names, and the teams that have not accepted yet to run them for it."""
    otherwise: tuple[tuple[Statement, tuple[Team, ...]], ...] = ()
    """What other sources say of its owner, where they contradict the one that counts, and the teams that they name."""


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
