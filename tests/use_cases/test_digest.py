"""The digest: on Mondays those who asked for it learn what waits in the registry, once; nothing where nothing does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from registries import NOW, rulebook
from sqlalchemy import Engine

from assistant.core.catalog import PEOPLE, Statement
from assistant.core.entries import Ref
from assistant.core.messages import Propose, plain
from assistant.core.notices import Notice, WeeklyDigest
from assistant.core.policy import Actor
from assistant.core.proposals import Change
from assistant.storage.repository import Repository
from assistant.use_cases.digest import send_digest
from assistant.use_cases.notifying import message_of
from assistant.use_cases.proposing import propose
from assistant.use_cases.snapshots import Registry

MONDAY = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
MEMBER = Actor("U0MEM", "Mem Ber", "member")
CRON, API = Ref.component("attic-cron"), Ref.component("api-v2")


def sent(registry: Registry, now: datetime = MONDAY, *to: str) -> list[Notice]:
    """Look whether it is time, and take the notices that come of it."""
    send_digest(registry, rulebook(), now, to or ("#registry",), ("U0ADM",))
    found = []
    while taken := registry.notices.take(now):
        registry.notices.sent(taken, now)
        found.append(taken.notice)
    return [notice for notice in found if isinstance(notice.about, WeeklyDigest)]


def said(registry: Registry, notice: Notice) -> str | None:
    message = message_of(notice, registry, rulebook(), MONDAY)
    return plain(message) if message else None


@pytest.mark.parametrize(
    ("now", "count"),
    [
        (MONDAY - timedelta(minutes=1), 0),
        (MONDAY, 1),
        (MONDAY + timedelta(hours=14), 1),
        (MONDAY + timedelta(days=1), 0),
        (MONDAY + timedelta(days=6), 0),
    ],
)
def test_on_mondays(registry: Registry, now: datetime, count: int) -> None:
    """It is sent on a Monday from nine o'clock UTC on, and on no other day."""
    assert len(sent(registry, now)) == count


def test_once_a_week(registry: Registry) -> None:
    """However often it is looked for, it is sent once a week to everybody who is to have it."""
    first = sent(registry, MONDAY, "#registry", "U0ADM")
    assert [(notice.to, notice.instead) for notice in first] == [("#registry", ("U0ADM",)), ("U0ADM", ())]
    assert sent(registry, MONDAY + timedelta(hours=1)) == []
    assert len(sent(registry, MONDAY + timedelta(days=7))) == 1


def test_once_across_replicas(engine: Engine, registry: Registry) -> None:
    """Of many processes that look at once, one sends it."""
    replicas = [Registry(Repository(engine)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda each: send_digest(each, rulebook(), MONDAY, ("#registry",), ()), replicas))
    assert sorted(done) == [False, False, False, True]


def test_what_it_says(registry: Registry) -> None:
    """Each kind of thing that waits comes with how many there are, some names, and what to do."""
    for name, times in (("pug-mill", 3), ("kiln-9", 1)):
        for _ in range(times):
            registry.learned.count_unfound(name, name.replace("-", ""), NOW)
    with registry.writing() as unit:
        stated = {"model": "platform-team", "review_by": "2026-07-01"}
        unit.state(Statement(API, name, value, PEOPLE, "Ova <U0OVA>", NOW) for name, value in stated.items())
    propose(Propose(Change(API, {"lifecycle": "shared"})), MEMBER, registry, rulebook(), NOW, ())
    (notice,) = sent(registry)
    assert said(registry, notice) == (
        "Four things wait for somebody in the registry.\n"
        "2 names that nobody could find: pug-mill (3 times) and kiln-9 (once). /assistant unfound has what to do about "
        "each.\n"
        "1 component that nobody owns: attic-cron. Ask who owns one of them, and say whose it is.\n"
        "1 decision due for another look: api-v2. Ask which model api-v2 should use to see what holds now.\n"
        "1 suggestion waits for an answer: Mem Ber's for api-v2, of 1 July 2026. Whoever may accept one finds it in "
        "this app's Home tab."
    )


def test_nothing_to_say(registry: Registry) -> None:
    """Where nothing waits nothing is sent that week, nor what was dealt with before it could be sent."""
    (notice,) = sent(registry)
    with registry.writing() as unit:
        unit.state([Statement(CRON, "owners", ["glaze"], PEOPLE, "Ova <U0OVA>", NOW)])
    assert said(registry, notice) is None
    assert sent(registry, MONDAY + timedelta(days=7)) == []
