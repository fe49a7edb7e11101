"""Notices wait until they were sent: each is taken by one process at a time, and by another when that one died."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from assistant.core.catalog import Ref
from assistant.core.notices import About, LookAgain, Notice, WasDeclined, WasProposed, WasRegistered
from assistant.storage.notices import KEPT, LEASE
from assistant.storage.repository import Repository

NOW = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
KILN = Ref.component("kiln", "pots")


def written(engine: Engine, *about: About) -> Repository:
    repository = Repository(engine)
    with repository.writing() as unit:
        unit.notify([Notice("#ovens", each, "U0ANA") for each in about], NOW)
    return repository


@pytest.mark.parametrize(
    "about",
    [WasRegistered(KILN, "Ana", NOW, "mills"), WasProposed(7), WasDeclined(7), LookAgain((KILN, KILN))],
    ids=str,
)
def test_a_notice_comes_back_as_it_was(engine: Engine, about: About) -> None:
    """What a notice is about is the same when it is sent, in whichever process."""
    taken = written(engine, about).notices.take(NOW)
    assert taken is not None
    assert taken.notice == Notice("#ovens", about, "U0ANA")


def test_no_effect_no_notice(engine: Engine) -> None:
    """A write that fails tells nobody."""
    repository = Repository(engine)
    with suppress(RuntimeError), repository.writing() as unit:
        unit.notify([Notice("#ovens", WasProposed(1))], NOW)
        raise RuntimeError
    assert repository.notices.waiting() == 0


def test_each_is_taken_once(engine: Engine) -> None:
    """Processes that send beside one another never take the same notice."""
    repository = written(engine, *(WasProposed(number) for number in range(40)))
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: repository.notices.take(NOW), range(60)))
    numbers = [each.notice.about.proposal for each in taken if each and isinstance(each.notice.about, WasProposed)]
    assert sorted(numbers) == list(range(40))


def test_whoever_dies_leaves_it_to_another(engine: Engine) -> None:
    """A notice whose sender died is due again after its lease, and it is known that it may have been sent."""
    notices = written(engine, WasProposed(1)).notices
    first = notices.take(NOW)
    assert first is not None
    assert first.unknown == 0
    assert notices.take(NOW + LEASE - timedelta(seconds=1)) is None
    second = notices.take(NOW + LEASE)
    assert second is not None
    assert (second.id, second.unknown) == (first.id, 1)


def test_what_waits_keeps_its_order(engine: Engine) -> None:
    """Notices are sent in the order in which they were written; one that is put off waits for its time."""
    notices = written(engine, WasProposed(1), WasProposed(2)).notices
    first = notices.take(NOW)
    assert first is not None
    notices.put_off(first.id, NOW + timedelta(seconds=30), 0)
    second = notices.take(NOW)
    assert second is not None
    assert second.notice.about == WasProposed(2)
    notices.close(second.id, "sent", NOW)
    assert notices.take(NOW) is None
    again = notices.take(NOW + timedelta(seconds=30))
    assert again is not None
    assert (again.id, again.unknown) == (first.id, 0)


def test_somebody_else_is_told_instead(engine: Engine) -> None:
    """A notice that its channel can't have goes to a person, with the reason, and to nobody after that."""
    notices = written(engine, WasProposed(1)).notices
    first = notices.take(NOW)
    assert first is not None
    notices.redirect(first.id, "U0ANA", "#ovens is archived.", NOW)
    second = notices.take(NOW)
    assert second is not None
    assert second.notice == Notice("U0ANA", WasProposed(1), None, "#ovens is archived.")
    assert second.unknown == 0


def test_what_was_sent_is_forgotten_after_a_while(engine: Engine) -> None:
    """What was sent or given up is kept for some days; what waits is kept whatever its age."""
    repository = written(engine, WasProposed(1), WasProposed(2), WasProposed(3))
    first, second = repository.notices.take(NOW), repository.notices.take(NOW)
    assert first is not None
    assert second is not None
    repository.notices.close(first.id, "sent", NOW)
    assert repository.notices.waiting() == 2
    repository.notices.close(second.id, "failed", NOW + KEPT + timedelta(days=1))
    left = repository.notices.take(NOW + KEPT)
    assert left is not None
    assert left.notice.about == WasProposed(3)
