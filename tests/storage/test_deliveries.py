"""What Slack delivers is taken care of once, whichever process it reaches, however often, and whoever dies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from assistant.core.catalog import PEOPLE, Statement
from assistant.core.entries import Ref
from assistant.errors import RepeatedError
from assistant.storage.deliveries import KEPT, LEASE, Deliveries
from assistant.storage.repository import Repository
from assistant.storage.tables import DELIVERIES

NOW = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
KEYS = ("event:Ev1", "message:C1:17.1")


def test_done_is_done(engine: Engine) -> None:
    """A delivery is claimed, then done for good, by each of its keys; another workspace has its own."""
    deliveries = Deliveries(engine, "default")
    assert deliveries.claim(KEYS, NOW) == "new"
    assert deliveries.claim(KEYS, NOW) == "busy"
    deliveries.finish(KEYS, NOW)
    assert deliveries.claim(KEYS, NOW + LEASE) == "done"
    assert deliveries.claim(["event:Ev2", KEYS[1]], NOW + LEASE) == "done"
    assert deliveries.claim(["event:Ev2"], NOW) == "new"
    assert Deliveries(engine, "other").claim(KEYS, NOW) == "new"


def test_whoever_dies_leaves_it_to_another(engine: Engine) -> None:
    """A claim whose process died is free after its lease, or at once when that process is known to be dead."""
    deliveries = Deliveries(engine, "default")
    deliveries.claim(KEYS, NOW)
    assert deliveries.claim(KEYS, NOW + LEASE - timedelta(seconds=1)) == "busy"
    assert deliveries.claim(KEYS, NOW + LEASE) == "new"
    deliveries.finish(["event:Ev0"], NOW)
    deliveries.release_all()
    assert deliveries.claim(KEYS, NOW + LEASE) == "new"
    assert deliveries.claim(["event:Ev0"], NOW) == "done"


def test_what_failed_is_free_at_once(engine: Engine) -> None:
    """A delivery that could not be answered is free for the next attempt."""
    deliveries = Deliveries(engine, "default")
    deliveries.claim(KEYS, NOW)
    deliveries.release(KEYS)
    assert deliveries.claim(KEYS, NOW) == "new"
    deliveries.finish(KEYS, NOW)
    deliveries.release(KEYS)
    assert deliveries.claim(KEYS, NOW) == "done"


def test_one_of_many_gets_it(engine: Engine) -> None:
    """Of many who claim one delivery at once, one is to take care of it."""
    deliveries = Deliveries(engine, "default")
    with ThreadPoolExecutor(4) as pool:
        verdicts = list(pool.map(lambda _: deliveries.claim(KEYS, NOW), range(24)))
    assert sorted(verdicts) == ["busy"] * 23 + ["new"]


def test_each_of_several_has_its_own_verdict(engine: Engine) -> None:
    """Events that come at one moment are claimed together, and each is found new, busy or done as if it were alone."""
    deliveries = Deliveries(engine, "default")
    several = [("event:Ev1", "message:C1:1"), ("event:Ev2", "message:C1:2"), ("event:Ev3", "message:C1:3")]
    assert deliveries.claim_all(several[:2], NOW) == ["new", "new"]
    deliveries.finish(several[0], NOW)
    assert deliveries.claim_all(several, NOW) == ["done", "busy", "new"]
    assert deliveries.claim_all([("event:Ev4", "message:C1:4"), ("event:Ev5", "message:C1:4")], NOW) == ["new", "busy"]


def test_a_click_changes_the_registry_once(engine: Engine) -> None:
    """A click that is delivered twice changes nothing the second time, even if its change was undone in between; one
    that failed changes what it should when it comes again."""
    repository = Repository(engine)
    kiln = Ref.component("kiln")

    def state(value: str | None, delivery: str | None = None) -> None:
        with repository.writing(delivery) as unit:
            unit.state([Statement(kiln, "name", "kiln", PEOPLE, "Ana", NOW)])
            unit.state([Statement(kiln, "kind", value, PEOPLE, "Ana", NOW)])
            if value == "bad":
                raise RuntimeError

    with suppress(RuntimeError):
        state("bad", "trigger:1")
    state("oven", "trigger:1")
    state(None)
    with pytest.raises(RepeatedError):
        state("oven", "trigger:1")
    assert repository.catalog().components[kiln].kind is None


def test_keys_are_forgotten_after_a_week(engine: Engine) -> None:
    """The table holds what came within a week."""
    deliveries = Deliveries(engine, "default")
    for number in range(20):
        deliveries.claim([f"event:{number}"], NOW)
        deliveries.finish([f"event:{number}"], NOW)
    deliveries.finish(["event:new"], NOW + KEPT + timedelta(minutes=1))
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(DELIVERIES)) == 1


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_any_order_any_number_of_times(engine: Engine, data: st.DataObject) -> None:
    """Each delivery is taken care of once, though it comes up to four times, in any order, to any of three processes,
    of which each may die before or after it has done its work."""
    repositories = [Deliveries(engine, "default") for _ in range(3)]
    with engine.begin() as connection:
        connection.execute(DELIVERIES.delete())
    numbers = data.draw(st.lists(st.integers(0, 5), min_size=1, max_size=24))
    effects: dict[int, int] = {}
    now = NOW
    for number in numbers:
        mine = data.draw(st.sampled_from(repositories))
        now += timedelta(seconds=data.draw(st.sampled_from([0, 1, 60])))
        keys = (f"event:{number}", f"message:C1:{number}")
        if mine.claim(keys, now) == "new" and data.draw(st.booleans()):  # else it dies before its work
            effects[number] = effects.get(number, 0) + 1
            mine.finish(keys, now)
    assert all(count == 1 for count in effects.values())
    for number in set(numbers) - effects.keys():
        assert repositories[0].claim((f"event:{number}", f"message:C1:{number}"), now + LEASE) == "new"
