"""Learning from questions: a pick is remembered for whoever made it, and names that nobody could find are counted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from assistant.core.advice import OwnerCard
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
from assistant.core.cards import owner_card
from assistant.core.entries import Ref
from assistant.core.forms import Intent
from assistant.core.match import NEAREST
from assistant.core.policy import Actor, authorize
from assistant.core.rulebook import Rulebook
from assistant.core.snapshot import Snapshot
from assistant.core.words import fold
from assistant.storage.learned import Learned, Unfound
from assistant.use_cases.asking import again, ask, pick
from assistant.use_cases.snapshots import Registry

LISTED = 8
NAME_LIMIT = 60
"""Characters of a name that is counted; what is longer is a sentence."""


def answer_to(
    text: str,
    actor: Actor,
    snapshot: Snapshot,
    rulebook: Rulebook,
    learned: Learned,
    expect: Intent | None = None,
    before: Ref | None = None,
) -> Answer:
    """Answer what only its asker sees the answer to: what they chose before for the same words is not asked again."""
    answer = ask(text, snapshot, rulebook, expect, before).answer
    offered: tuple[OwnerCard, ...] = ()
    if isinstance(answer, Choices | NotFound):
        offered = answer.options if isinstance(answer, Choices) else answer.nearest
    if not offered:
        return answer
    assert isinstance(answer, Choices | NotFound)
    chosen = learned.pick_of(actor.id, fold(answer.mention))
    if chosen is None or chosen not in [card.component.ref for card in offered]:
        return answer
    picked = Pick(chosen, answer.intent, answer.attribute, answer.mention, offered=True)
    about = pick(picked, snapshot, rulebook, f"{actor.name} chose {chosen.name} for “{answer.mention}” before.")
    return Remembered(about, actor.name, picked) if isinstance(about, Owners | Contact | Models) else answer


def name_to_count(answer: Answer, expect: Intent | None) -> str | None:
    """Return the name that nobody could find, where it was typed as one: as a single word, or behind a command."""
    if not isinstance(answer, NotFound) or len(answer.mention) > NAME_LIMIT or not fold(answer.mention):
        return None
    name = answer.mention
    is_name = not any(mark in name for mark in ("@", "://")) and (expect is not None or not any(map(str.isspace, name)))
    return name if is_name else None


def choose(picked: Pick, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime) -> Answer:
    """Answer about what somebody chose. One of several is remembered for them, where it was offered for a name."""
    snapshot = registry.snapshot()
    if picked.offered and picked.ref in _offered_for(picked.mention, snapshot):
        registry.learned.remember_pick(actor.id, fold(picked.mention), picked.ref, now)
    return pick(picked, snapshot, rulebook, f"{actor.name} chose {picked.ref.name}.")


def _offered_for(name: str, snapshot: Snapshot) -> tuple[Ref, ...]:
    match = snapshot.components.with_nearest(snapshot.components.find(name))
    return match.refs or match.nearest


def reconsider(picked: Pick, actor: Actor, registry: Registry, rulebook: Rulebook) -> Answer:
    """Forget what somebody chose, and offer what the words fit."""
    registry.learned.forget_pick(actor.id, fold(picked.mention))
    return again(picked, registry.snapshot(), rulebook)


UNFOUND = "unfound"
"""What administrators type to see which names nobody could find; a component of that name comes first."""


def unfound_if_asked(text: str, actor: Actor, registry: Registry) -> Answer | None:
    if text.strip().casefold() != UNFOUND or registry.snapshot().components.find(UNFOUND, guess=False).refs:
        return None
    return unfound(actor, registry)


def unfound(actor: Actor, registry: Registry) -> Answer:
    """List the names that nobody could find, for administrators. What is found by now is none of them any more."""
    verdict = authorize(actor, "see unfound")
    if not verdict.allowed:
        return Refusal(f"Only {verdict.who_can} can see which names nobody could find.", "Ask one of them.")
    snapshot = registry.snapshot()
    rows = registry.learned.unfound()
    left = still_unfound(rows, snapshot)
    if len(left) < len(rows):
        registry.learned.forget_unfound({row.words for row in rows} - {row.words for row in left})
    return UnfoundNames(tuple(_beside_what_is_near(row, snapshot) for row in left[:LISTED]), len(left))


def still_unfound(rows: Iterable[Unfound], snapshot: Snapshot) -> list[Unfound]:
    """Return the names that are not found now either."""
    return [row for row in rows if not snapshot.components.find(row.name, guess=False).refs]


def _beside_what_is_near(row: Unfound, snapshot: Snapshot) -> UnfoundName:
    near = [snapshot.catalog.components[ref] for ref in _offered_for(row.name, snapshot)[:NEAREST]]
    cards = tuple(owner_card(component, snapshot.catalog) for component in near)
    return UnfoundName(row.name, row.times, row.asked_at, cards)


def forget(name: str, actor: Actor, registry: Registry) -> Answer:
    """Take a name off the list, and return the list."""
    if authorize(actor, "see unfound").allowed:
        registry.learned.forget_unfound([fold(name)])
    return unfound(actor, registry)
