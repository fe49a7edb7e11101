"""Learning from questions: a pick is remembered for whoever made it, and names that nobody could find are counted."""

from __future__ import annotations

from datetime import datetime

from assistant.core.answers import (
    Answer,
    Choices,
    Contact,
    Models,
    NotFound,
    Owners,
    Pick,
    Refusal,
    Remembered,
    UnfoundName,
    UnfoundNames,
)
from assistant.core.catalog import Ref
from assistant.core.forms import Intent
from assistant.core.match import NEAREST
from assistant.core.policy import Actor, authorize
from assistant.core.rulebook import Rulebook
from assistant.core.snapshot import Snapshot
from assistant.core.words import fold
from assistant.storage.learned import Unfound
from assistant.use_cases.asking import again, ask, owner_card, pick
from assistant.use_cases.snapshots import Registry

LISTED = 8
NAME_LIMIT = 60
"""Characters of a name that is counted; what is longer is a sentence."""


def answer_to(
    text: str,
    actor: Actor,
    registry: Registry,
    rulebook: Rulebook,
    now: datetime,
    expect: Intent | None = None,
    before: Ref | None = None,
) -> Answer:
    """Answer somebody's question; what they chose before for the same words is not asked again."""
    answer = ask(text, registry.snapshot(), rulebook, expect, before).answer
    match answer:
        case Choices():
            return _remembered(answer, actor, registry, rulebook) or answer
        case NotFound(mention=name) if len(name) <= NAME_LIMIT and fold(name):
            registry.learned.count_unfound(name, fold(name), now)
    return answer


def _remembered(answer: Choices, actor: Actor, registry: Registry, rulebook: Rulebook) -> Remembered | None:
    chosen = registry.learned.pick_of(actor.id, fold(answer.mention))
    if chosen not in [card.component.ref for card in answer.options]:
        return None
    picked = Pick(chosen, answer.intent, answer.attribute, answer.mention)
    because = f"{actor.name} chose {chosen.name} for “{answer.mention}” before."
    about = pick(picked, registry.snapshot(), rulebook, because)
    assert isinstance(about, Owners | Contact | Models), "a component that was just offered is there"
    return Remembered(about, actor.name, picked)


def choose(picked: Pick, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime) -> Answer:
    """Answer about what somebody chose from several, and remember it for them."""
    if picked.ref.kind == "component" and fold(picked.mention):
        registry.learned.remember_pick(actor.id, fold(picked.mention), picked.ref, now)
    return pick(picked, registry.snapshot(), rulebook, f"{actor.name} chose {picked.ref.name}.")


def reconsider(picked: Pick, actor: Actor, registry: Registry, rulebook: Rulebook) -> Answer:
    """Forget what somebody chose, and offer what the words fit."""
    registry.learned.forget_pick(actor.id, fold(picked.mention))
    return again(picked, registry.snapshot(), rulebook)


def unfound(actor: Actor, registry: Registry) -> Answer:
    """List the names that nobody could find, for administrators. What is found by now is none of them any more."""
    verdict = authorize(actor, "see unfound")
    if not verdict.allowed:
        return Refusal(f"Only {verdict.who_can} can see which names nobody could find.", "Ask one of them.")
    snapshot = registry.snapshot()
    while True:
        rows, total = registry.learned.unfound(LISTED)
        found = [row for row in rows if snapshot.components.find(row.name, guess=False).refs]
        if not found:
            break
        for row in found:
            registry.learned.forget_unfound(fold(row.name))
    return UnfoundNames(tuple(_beside_what_is_near(row, snapshot) for row in rows), total)


def _beside_what_is_near(row: Unfound, snapshot: Snapshot) -> UnfoundName:
    match = snapshot.components.with_nearest(snapshot.components.find(row.name))
    near = [snapshot.catalog.components[ref] for ref in (match.refs or match.nearest)[:NEAREST]]
    cards = tuple(owner_card(component, snapshot.catalog) for component in near)
    return UnfoundName(row.name, row.times, row.asked_at, cards)


def forget(name: str, actor: Actor, registry: Registry) -> Answer:
    """Take a name off the list, and return the list."""
    if authorize(actor, "see unfound").allowed:
        registry.learned.forget_unfound(fold(name))
    return unfound(actor, registry)
