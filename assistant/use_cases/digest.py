"""Digest: what of the registry waits for somebody, sent on Mondays to those who administer it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from assistant.core.digest import Digest
from assistant.core.notices import Notice, WeeklyDigest
from assistant.core.reviewing import reasons
from assistant.core.rulebook import Rulebook
from assistant.use_cases.learning import still_unfound
from assistant.use_cases.snapshots import Registry

MONDAY, FROM_HOUR = 0, 9
"""When it is sent: from this hour on, in UTC."""


def digest(registry: Registry, rulebook: Rulebook, today: date) -> Digest:
    """Return what waits for somebody in the whole registry."""
    snapshot = registry.snapshot()
    catalog = snapshot.catalog
    return Digest(
        unfound=tuple((each.name, each.times) for each in still_unfound(registry.learned.unfound(), snapshot)),
        unowned=tuple(sorted((each for each in catalog.components.values() if not each.owners), key=lambda c: c.ref)),
        due=tuple(reason.component for reason in reasons(catalog, rulebook, today)),
        suggested=tuple(each for each in registry.open_proposals() if each.change.ref in catalog.components),
    )


def is_time(now: datetime) -> bool:
    return now.weekday() == MONDAY and now.hour >= FROM_HOUR


def send_digest(
    registry: Registry, rulebook: Rulebook, now: datetime, to: Sequence[str], instead: Sequence[str]
) -> bool:
    """Have the week's digest sent on a Monday, once, by whichever replica comes first; say whether this one did.

    Where there is nothing to say by then, nothing is sent that week. `instead`: people to tell where nobody is reached.
    """
    week = f"digest {now:%G-W%V}"
    if not to or not is_time(now) or not registry.never_asked([week]):
        return False
    is_empty = digest(registry, rulebook, now.date()).is_empty
    with registry.writing() as unit:
        if not unit.ask_once(week, now) or is_empty:
            return False
        others = {each: tuple(other for other in instead if other != each) for each in to}
        unit.notify([Notice(each, WeeklyDigest(), others[each]) for each in to], now)
    return True
