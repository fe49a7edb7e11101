"""Notices reach whom they are for, whatever Slack answers; only one whose outcome nobody knows may come twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from registries import rulebook
from slack_sdk.web.async_client import AsyncWebClient
from slack_server import ANA, BEN, GONE, GUEST, STRANGER, SlackServer, free_port

from assistant.core.entries import Ref
from assistant.core.notices import Notice, WasRegistered
from assistant.errors import DatabaseUnreachableError
from assistant.sandbox.workspace import BOT_USER
from assistant.slack.desk import Desk
from assistant.slack.metrics import Metrics
from assistant.slack.notices import NoticeSender
from assistant.slack.people import People
from assistant.storage.notices import Notices, Taken
from assistant.use_cases.rulebooks import Rulebooks
from assistant.use_cases.snapshots import Registry

NOW = datetime(2026, 7, 1, 14, 2, tzinfo=UTC)
KILN, PRESS = Ref.component("kiln-control"), Ref.component("seal-press")


@pytest.fixture(scope="module")
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server


class Sending:
    """A sender in the hand of a test, which moves its clock."""

    def __init__(self, slack: SlackServer, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        self.slack = slack
        self.registry = registry
        monkeypatch.setattr(Desk, "now", lambda _: self.now)
        # The stand-in counts posts a second on its own clock, which the test does not move.
        slack.look(slack.standin.api.rates.buckets.clear)
        self._seen = len(slack.calls("chat.postMessage"))
        people = People("T0FERNWOOD", None, BOT_USER, ())
        client = AsyncWebClient(slack.bot_token, slack.url, retry_handlers=[])
        self.sender = NoticeSender(Desk(registry, Rulebooks(rulebook()), client, people, Metrics()), client)

    def write(self, *notices: Notice) -> None:
        with self.registry.writing() as unit:
            unit.notify(notices, self.now)

    def run(self, *, seconds: float = 0) -> None:
        """Let time pass, and send until nothing is due."""
        self.now += timedelta(seconds=seconds)
        asyncio.run(self._send())

    async def _send(self) -> None:
        while await self.sender.send_next():
            pass

    def posted(self) -> list[str]:
        """Return the channels of what was posted since the test began, in order."""
        calls = self.slack.calls("chat.postMessage")[self._seen :]
        return [call.body["channel"] for call in calls if call.answer and call.answer.get("ok")]


@pytest.fixture
def sending(slack: SlackServer, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Sending:
    return Sending(slack, registry, monkeypatch)


def notice(to: str, instead: str | None = None, ref: Ref = KILN) -> Notice:
    return Notice(to, WasRegistered(ref, "Ana Ruiz", NOW), (instead,) if instead else ())


def test_a_notice_is_sent_once(sending: Sending) -> None:
    """Whom a notice is for gets it, once, as things are when it is sent."""
    sending.write(notice("#payments"))
    sending.run()
    sending.run(seconds=3600)
    assert sending.posted() == ["#payments"]
    assert "kiln-control is registered" in sending.slack.calls("chat.postMessage")[-1].body["text"]
    assert sending.registry.notices.waiting() == 0


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("channel_not_found", "it was not found; invite the assistant there"),
        ("not_in_channel", "the assistant is not in it; invite it"),
        ("is_archived", "it is archived"),
        ("some_new_code", "Slack refused it (some_new_code)"),
    ],
)
def test_somebody_else_hears_why_a_channel_could_not(sending: Sending, code: str, reason: str) -> None:
    """A channel that takes no messages costs no notice: a person gets it, with the reason."""
    sending.slack.fault(f"fail chat.postMessage {code}")
    sending.write(notice("#payments", instead=ANA))
    sending.run()
    assert sending.posted() == [ANA]
    remark = f"This is for #payments, which could not be reached: {reason}."
    assert remark in str(sending.slack.calls("chat.postMessage")[-1].body["blocks"])


def test_what_reaches_nobody_holds_up_nothing(sending: Sending) -> None:
    """A notice to a person who is gone is given up, and the next one is sent."""
    sending.slack.fault("fail chat.postMessage user_not_found")
    sending.write(notice(BEN), notice("#payments"))
    sending.run()
    assert sending.posted() == ["#payments"]
    assert sending.registry.notices.waiting() == 0


def test_slack_is_obeyed_when_it_asks_to_wait(sending: Sending) -> None:
    """A 429 is waited out for that channel, others are told meanwhile, and nothing is lost however often it comes."""
    sending.slack.fault("limit chat.postMessage 30")
    sending.write(notice("#payments"), notice("#general"))
    sending.run()
    assert sending.posted() == ["#general"]
    sending.run(seconds=29)
    assert sending.posted() == ["#general"]
    sending.slack.fault("limit chat.postMessage 30 3")
    for _ in range(4):
        sending.run(seconds=31)
    assert sending.posted() == ["#general", "#payments"]


def test_a_channel_has_its_pace(sending: Sending) -> None:
    """Many notices to one channel come a second apart and in order, and others need not wait for them."""
    sending.write(*(notice("#payments", ref=ref) for ref in (KILN, PRESS, KILN)), notice("#general"))
    asyncio.run(sending._send())
    assert sending.posted() == ["#payments", "#general"]
    sending.run(seconds=0.5)  # not yet
    for count in (2, 3):
        sending.run(seconds=0.6)
        sending.run(seconds=0.6)
        assert sending.posted().count("#payments") == count
    texts = [call.body["text"].split()[0] for call in sending.slack.calls("chat.postMessage")[-2:]]
    assert texts == ["seal-press", "kiln-control"]


@pytest.mark.parametrize("fault", ["error chat.postMessage 500 4", "error chat.postMessage 503 4"])
def test_a_failing_slack_is_waited_for(sending: Sending, fault: str) -> None:
    """While Slack fails, with HTML or nothing, a notice waits, and then arrives once."""
    sending.slack.fault(fault)
    sending.write(notice("#payments", instead=ANA))
    for _ in range(6):
        sending.run(seconds=20)
    assert sending.posted() == ["#payments"]


def test_an_unknown_outcome_is_tried_once_more(sending: Sending) -> None:
    """Where a connection breaks after Slack did the work, the notice comes a second time, and never a third."""
    sending.slack.fault("reset chat.postMessage 2")
    before = len(sending.slack.calls("chat.postMessage"))
    sending.write(notice("#payments"))
    for _ in range(10):
        sending.run(seconds=120)
    assert len(sending.slack.calls("chat.postMessage")) - before == 2
    assert sending.registry.notices.waiting() == 0


def test_a_broken_app_loses_nothing(sending: Sending) -> None:
    """While the token or a scope is wrong notices wait, and are sent when that was mended."""
    sending.slack.fault("fail chat.postMessage token_revoked 2")
    sending.write(notice("#payments", instead=ANA))
    sending.run()
    sending.run(seconds=400)
    assert sending.posted() == []
    sending.run(seconds=400)
    assert sending.posted() == ["#payments"]


def test_what_is_days_late_is_given_up(sending: Sending) -> None:
    """What could not be sent for days is not sent."""
    sending.slack.fault("fail chat.postMessage missing_scope 1")
    sending.write(notice("#payments"))
    sending.run()
    sending.run(seconds=300_000)
    assert sending.posted() == []
    assert sending.registry.notices.waiting() == 0


def test_nothing_is_shown_to_another_company(sending: Sending) -> None:
    """A channel that another company reads gets no notice; somebody here does, who can read why."""
    sending.write(notice("#partners-globex", instead=ANA))
    sending.run()
    assert sending.posted() == [ANA]
    assert "another company reads it too" in str(sending.slack.calls("chat.postMessage")[-1].body["blocks"])


@pytest.mark.parametrize("person", [GUEST, GONE, STRANGER, "U0NOBODY"])
def test_outsiders_are_told_nothing(sending: Sending, person: str) -> None:
    """A guest, somebody who has left, and somebody of another company get no notice; the next in line does."""
    sending.write(notice(person, instead=ANA))
    sending.run()
    assert sending.posted() == [ANA]


def test_a_channel_is_tried_as_soon_as_it_can_be(sending: Sending) -> None:
    """A channel that the assistant is not in costs no call to post there."""
    before = len(sending.slack.calls("chat.postMessage"))
    sending.write(notice("#random"))
    sending.run()
    assert len(sending.slack.calls("chat.postMessage")) == before
    assert sending.registry.notices.waiting() == 0


def test_an_unreachable_slack_is_waited_for(sending: Sending) -> None:
    """While no connection comes about, however long, a notice waits, and then arrives once."""
    base_url = sending.sender._client.base_url
    sending.sender._client.base_url = f"http://127.0.0.1:{free_port()}/api/"
    sending.write(notice("#payments", instead=ANA))
    for _ in range(5):
        sending.run(seconds=600)
    sending.sender._client.base_url = base_url
    sending.run(seconds=60)
    assert sending.posted() == ["#payments"]


def test_a_database_that_is_away_for_a_moment_doubles_nothing(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was posted is not posted again because the database was away when that was to be kept."""
    sent, away = Notices.sent, iter([True, True, False])

    def sent_at_last(self: Notices, taken: Taken, now: datetime) -> None:
        if next(away):
            raise DatabaseUnreachableError("It is away.")
        sent(self, taken, now)

    monkeypatch.setattr(Notices, "sent", sent_at_last)
    monkeypatch.setattr("assistant.slack.notices.LOOK_S", 0.01)
    sending.write(notice("#payments"))
    sending.run()
    sending.run(seconds=600)
    assert sending.posted() == ["#payments"]
