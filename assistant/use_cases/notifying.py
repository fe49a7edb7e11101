"""Notifying: what a notice says by the time that it is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from assistant.core.answers import Answer, Invalid
from assistant.core.messages import Message
from assistant.core.notices import (
    About,
    LookAgain,
    Notice,
    WasAccepted,
    WasDeclined,
    WasProposed,
    WasRegistered,
    WeeklyDigest,
)
from assistant.core.outcomes import Accepted, Proposition
from assistant.core.rulebook import Rulebook
from assistant.core.wording import word
from assistant.use_cases.digest import digest
from assistant.use_cases.proposing import declined, shown
from assistant.use_cases.registering import registered
from assistant.use_cases.reviewing import looks_due
from assistant.use_cases.snapshots import Registry


def message_of(notice: Notice, registry: Registry, rulebook: Rulebook, now: datetime) -> Message | None:
    """Put a notice into words, as things are now; None when there is nothing left to say."""
    answer = _answer(notice.about, registry, rulebook, now)
    if answer is None or isinstance(answer, Invalid):
        return None
    message = word(answer)
    return replace(message, context=(*message.context, (notice.remark,))) if notice.remark else message


def _answer(about: About, registry: Registry, rulebook: Rulebook, now: datetime) -> Answer | None:
    catalog = registry.catalog()
    match about:
        case WasRegistered():
            return registered(about, registry, rulebook)
        case WasProposed(number):
            proposal = registry.proposal(number)
            return shown(number, registry, rulebook) if proposal and proposal.state == "open" else None
        case WasAccepted(number):
            found = shown(number, registry, rulebook)
            return Accepted(found) if isinstance(found, Proposition) else None
        case WasDeclined(number):
            return declined(number, registry, rulebook)
        case LookAgain(refs, _, at):
            return looks_due(refs, at, catalog, rulebook, now.date())
        case WeeklyDigest():
            found = digest(registry, rulebook, now.date())
            return None if found.is_empty else found
