"""Notices wait until they were sent: each is taken by one process at a time, and by another when that one died."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, update

from assistant.core.entries import Ref
from assistant.core.notices import About, LookAgain, Notice, WasDeclined, WasProposed, WasRegistered
from assistant.storage.notices import KEPT, LEASE
from assistant.storage.repository import Repository
from assistant.storage.tables import NOTICES

NOW = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
KILN = Ref.component("kiln", "pots")


def written(engine: Engine, *about: About) -> Repository:
    repository = Repository(engine)
    with repository.writing() as unit:
        unit.notify([Notice("#ovens", each, ("U0ANA",)) for each in about], NOW)
    return repository


@pytest.mark.parametrize(
    "about",
    [WasRegistered(KILN, "Ana", NOW, "mills"), WasProposed(7), WasDeclined(7), LookAgain((KILN, KILN), ("why",), NOW)],
    ids=str,
)
def test_a_notice_comes_back_as_it_was(engine: Engine, about: About) -> None:
    """What a notice is about is the same when it is sent, in whichever process."""
    taken = written(engine, about).notices.take(NOW)
    assert taken is not None
    assert taken.notice == Notice("#ovens", about, ("U0ANA",))


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
    notices.put_off(first, NOW + timedelta(seconds=30), 0)
    second = notices.take(NOW)
    assert second is not None
    assert second.notice.about == WasProposed(2)
    notices.sent(second, NOW)
    assert notices.take(NOW) is None
    again = notices.take(NOW + timedelta(seconds=30))
    assert again is not None
    assert (again.id, again.unknown) == (first.id, 0)


def test_somebody_else_is_told_instead(engine: Engine) -> None:
    """A notice that its channel can't have goes to people, one after the other, with the first reason."""
    repository = Repository(engine)
    with repository.writing() as unit:
        unit.notify([Notice("#ovens", WasProposed(1), ("U0ANA", "U0BEN"))], NOW)
    notices = repository.notices
    first = notices.take(NOW)
    assert first is not None
    notices.redirect(first, "#ovens is archived.", NOW)
    second = notices.take(NOW)
    assert second is not None
    assert second.notice == Notice("U0ANA", WasProposed(1), ("U0BEN",), "#ovens is archived.")
    assert second.unknown == 0


def test_only_whoever_holds_it_has_a_say(engine: Engine) -> None:
    """Whoever was slower than its lease neither closes nor moves a notice that somebody else has taken since."""
    notices = written(engine, WasProposed(1)).notices
    slow = notices.take(NOW)
    quick = notices.take(NOW + LEASE)
    assert slow is not None
    assert quick is not None
    notices.sent(slow, NOW + LEASE)
    notices.put_off(slow, NOW, 0)
    assert notices.waiting() == 1
    assert notices.take(NOW + LEASE) is None
    notices.sent(quick, NOW + LEASE)
    assert notices.waiting() == 0


def test_what_another_version_wrote_is_left_to_it(engine: Engine) -> None:
    """A notice that this version can't read stays for one that can, and holds up no other."""
    repository = written(engine, WasProposed(1), WasProposed(2))
    with engine.begin() as connection:
        connection.execute(update(NOTICES).where(NOTICES.c.id == 1).values(about='{"kind": "of tomorrow"}'))
    assert repository.notices.take(NOW) is None
    second = repository.notices.take(NOW)
    assert second is not None
    assert second.notice.about == WasProposed(2)
    assert repository.notices.waiting() == 2


def test_a_question_that_reached_nobody_was_never_asked(engine: Engine) -> None:
    """What could not be asked can be asked again; what was asked can't."""
    repository = Repository(engine)
    with repository.writing() as unit:
        for question in ("why", "when"):
            assert unit.ask_once(question, NOW)
        unit.notify([Notice("#ovens", LookAgain((KILN,), ("why",), NOW))], NOW)
    taken = repository.notices.take(NOW)
    assert taken is not None
    repository.notices.give_up(taken, NOW)
    assert repository.asked(["why", "when", "who"]) == {"when"}


def test_another_workspace_sends_its_own(engine: Engine) -> None:
    """No workspace takes what another is to be told."""
    written(engine, WasProposed(1))
    assert Repository(engine, "other").notices.take(NOW) is None


def test_what_is_old_is_forgotten(engine: Engine) -> None:
    """What was sent is forgotten some days after it was written."""
    repository = written(engine, WasProposed(1), WasProposed(2))
    first, second = repository.notices.take(NOW), repository.notices.take(NOW)
    assert first is not None
    assert second is not None
    repository.notices.sent(first, NOW)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(NOTICES)) == 2
    repository.notices.sent(second, NOW + KEPT + timedelta(seconds=1))
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(NOTICES)) == 0
