"""Each event is taken care of once: over restarts, several processes, a slow Slack and a database that hangs."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from postgres import PostgresServer
from slack_sdk.web.async_client import AsyncWebClient
from slack_server import ANA, BEN, SlackServer, Transport
from sqlalchemy import Engine
from test_bot import bot, posted, shown

from assistant.errors import DatabaseSlowError
from assistant.formats.registry_file import read_registry
from assistant.sandbox.delivery import AttemptError, Envelope
from assistant.sandbox.workspace import Json
from assistant.settings import packaged_rulebook, packaged_sample
from assistant.slack.desk import ANSWER_S, Desk
from assistant.slack.inbox import Inbox
from assistant.slack.metrics import Metrics
from assistant.slack.people import People
from assistant.storage.database import open_engine, prepare
from assistant.storage.deliveries import Deliveries
from assistant.storage.repository import Repository
from assistant.use_cases.importing import import_registry
from assistant.use_cases.rulebooks import Rulebooks
from assistant.use_cases.snapshots import Registry

NOW = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
KEYS = ("event:Ev1", "message:C1:17.1")


def inbox(engine: Engine) -> Inbox:
    return Inbox(Deliveries(engine, "default"), lambda: NOW)


def test_two_processes_share_an_inbox(engine: Engine) -> None:
    """What one process has taken or done is not taken by another, and neither takes it twice; what failed is free."""

    async def both() -> None:
        mine, others = inbox(engine), inbox(engine)
        assert await mine.take(KEYS) == "new"
        assert await mine.take(KEYS[:1]) == "busy"
        assert await others.take(KEYS) == "busy"
        await mine.release(KEYS)
        assert await others.take(KEYS) == "new"
        await others.finish(KEYS)
        assert await mine.take(KEYS[1:]) == "done"
        assert await others.take(KEYS) == "done"

    asyncio.run(both())


def test_a_database_that_is_gone_costs_no_answer() -> None:
    """Without a database every event is new, once in this process."""

    async def alone() -> None:
        mine = inbox(open_engine("sqlite:////nowhere/at/all.db"))
        assert await mine.take(KEYS) == "new"
        assert await mine.take(KEYS) == "busy"
        await mine.finish(KEYS)
        assert await mine.take(KEYS) == "done"

    asyncio.run(alone())


def test_a_row_that_comes_late_still_counts(tmp_path: Path) -> None:
    """What another process has answered is not answered again because the database was slow to say so."""
    url = f"sqlite:///{tmp_path}/r.db"
    engine = open_engine(url)
    prepare(engine, upgrade_old=True)

    async def late() -> None:
        mine, others = inbox(engine), inbox(engine)
        await others.take(KEYS)
        await others.finish(KEYS)
        with locked(tmp_path / "r.db"):
            assert await mine.take(KEYS) == "new"
        assert await mine.confirm(KEYS) == "done"
        assert await mine.take(KEYS) == "done"

    asyncio.run(late())


def test_several_slow_queries_are_one_wait(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that asks the database several times gives it no more time than one that asks it once."""
    monkeypatch.setattr("assistant.slack.desk.ANSWER_S", 0.3)
    people = People("T0FERNWOOD", None, "U0ASSISTANT", [])
    desk = Desk(registry, Rulebooks(packaged_rulebook(), None), AsyncWebClient(), people, Metrics())

    async def answering() -> None:
        await desk.run(lambda: time.sleep(0.2))
        with pytest.raises(DatabaseSlowError):
            await desk.run(lambda: time.sleep(0.2))

    asyncio.run(answering())


def sample_in(url: str) -> str:
    """Fill a database with the sample registry."""
    files = {"sample.yaml": read_registry("sample.yaml", packaged_sample())}
    engine = open_engine(url)
    prepare(engine, upgrade_old=True)
    import_registry(Repository(engine), files, dry_run=False, prune=False, author="test", now=datetime.now(UTC))
    engine.dispose()
    return url


def again(slack: SlackServer, ts: str) -> None:
    """Deliver the event of a message once more, as Slack does when it missed the acknowledgement."""
    wrapped = next(call.body for call in slack.calls("app_mention") if call.body["event"]["ts"] == ts)
    slack.look(lambda: slack.standin.delivery.event(wrapped))


def test_what_was_answered_stays_answered_over_a_kill(tmp_path: Path) -> None:
    """An event that is delivered again after the bot was killed and started anew is answered no second time."""
    url = sample_in(f"sqlite:///{tmp_path}/r.db")
    with SlackServer(timeout_s=10) as slack:
        with bot(slack, url, tmp_path, exit_status=-signal.SIGKILL) as process:
            ts = slack.mention(ANA, "who owns ledger?")
            posted(slack, thread_ts=ts)
            slack.acknowledged()
            process.kill()
        with bot(slack, url, tmp_path):
            again(slack, ts)
            slack.wait_for("app_mention", lambda call: call.answer is not None and call.number > 1)
            other = slack.mention(ANA, "who owns checkout-api?")
            posted(slack, thread_ts=other)
        assert len(slack.calls("chat.postMessage")) == 2


def test_a_slow_slack_is_no_reason_to_ask_twice(tmp_path: Path) -> None:
    """While Slack takes seconds to post an answer its event is acknowledged in time, and the answer comes once."""
    with SlackServer(timeout_s=10) as slack, bot(slack, sample_in(f"sqlite:///{tmp_path}/r.db"), tmp_path):
        slack.fault("slow chat.postMessage 4")
        ts = slack.mention(ANA, "who owns ledger?")
        acknowledged = slack.acknowledged()
        assert acknowledged.answer == {}
        assert not acknowledged.note
        posted(slack, thread_ts=ts)
        assert len(slack.calls("chat.postMessage")) == 1


def test_a_slow_command_comes_later(tmp_path: Path) -> None:
    """A command whose asker Slack describes slowly is acknowledged in time, and answered to its sender."""
    with SlackServer(timeout_s=10) as slack, bot(slack, sample_in(f"sqlite:///{tmp_path}/r.db"), tmp_path):
        slack.fault("slow users.info 4")
        assert slack.command("/who-owns", "ledger") == {}
        acknowledged = slack.acknowledged("/who-owns")
        assert (acknowledged.answer, acknowledged.note) == ({}, "")
        assert slack.wait_for("response_url").body["text"].startswith("ledger is owned by")


@pytest.mark.parametrize("trouble", ["fail chat.postMessage internal_error", "error chat.postMessage 200"])
def test_a_slack_that_takes_nothing_delivers_again(tmp_path: Path, trouble: str) -> None:
    """An answer that Slack refuses to take for now, or a proxy takes for it, is none: its event is delivered again."""
    with SlackServer(timeout_s=10) as slack, bot(slack, sample_in(f"sqlite:///{tmp_path}/r.db"), tmp_path):
        slack.standin.delivery.timing.retries_s = (0.2, 0.5)
        slack.fault(trouble)
        ts = slack.mention(ANA, "who owns ledger?")
        assert posted(slack, thread_ts=ts).body["text"].startswith("ledger is owned by")


def test_a_registry_that_takes_long_to_read_is_waited_for(postgres: PostgresServer, tmp_path: Path) -> None:
    """A bot starts however long its registry takes to be read; only who asks is not kept waiting."""
    with postgres.database() as url, SlackServer(timeout_s=10) as slack, psycopg.connect(sample_in(url)) as holding:
        holding.execute("LOCK TABLE statements IN ACCESS EXCLUSIVE MODE")
        letting_go = threading.Timer(ANSWER_S + 2, holding.rollback)
        letting_go.start()
        with bot(slack, url, tmp_path):
            ts = slack.mention(ANA, "who owns ledger?")
            assert "ledger is owned by" in posted(slack, thread_ts=ts).body["text"]
        letting_go.join()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Keep everybody else from writing to a SQLite database."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def test_questions_are_answered_while_nobody_can_write(tmp_path: Path) -> None:
    """While another program holds the database's lock, questions are answered; what would be saved says that it may
    not be, in time, and can be saved afterwards."""
    url = sample_in(f"sqlite:///{tmp_path}/r.db")
    with SlackServer(timeout_s=10) as slack, bot(slack, url, tmp_path):
        slack.click(BEN, slack.command("/which-model", "orders-kafka", user=BEN), "Yes, others use it")
        decided = slack.wait_for("response_url")
        with locked(tmp_path / "r.db"):
            ts = slack.mention(ANA, "who owns ledger?")
            assert posted(slack, thread_ts=ts).body["text"].startswith("ledger is owned by")
            assert slack.acknowledged().answer == {}
            for _ in range(6):
                slack.click(BEN, decided, "Save my answer")
                told = slack.wait_for("response_url").body["text"]
                assert "The registry can't be reached just now. Ask in a minute whether this was saved." in told
                slack.mention(ANA, "who owns the moon-base?")
            ts = slack.mention(ANA, "who owns checkout-api?")
            assert posted(slack, thread_ts=ts).body["text"].startswith("checkout-api is owned by")
        slack.click(BEN, decided, "Save my answer")
        assert "platform team" in slack.wait_for("response_url").body["text"]


def test_a_broken_connection_is_no_second_answer(tmp_path: Path) -> None:
    """An answer whose connection breaks after Slack took it is delivered again by Slack at most once more; one that
    Slack never took is not lost."""
    with SlackServer(timeout_s=10) as slack, bot(slack, sample_in(f"sqlite:///{tmp_path}/r.db"), tmp_path):
        slack.standin.delivery.timing.retries_s = (0.2, 0.5)
        slack.fault("reset chat.postMessage")
        ts = slack.mention(ANA, "who owns ledger?")
        posted(slack, thread_ts=ts)
        other = slack.mention(ANA, "who owns checkout-api?")
        posted(slack, thread_ts=other)
        assert len(slack.calls("chat.postMessage")) <= 3


def test_a_mention_in_a_direct_message_is_answered_whatever_comes_first(tmp_path: Path) -> None:
    """Slack may tell of one message in two events; the one that asks nothing does not use up the other."""
    with SlackServer(timeout_s=10) as slack, bot(slack, sample_in(f"sqlite:///{tmp_path}/r.db"), tmp_path):
        channel = slack.look(lambda: slack.workspace.direct(ANA).id)
        told = {"user": ANA, "channel": channel, "ts": "1795000000.000100", "text": "who owns ledger?"}
        slack.event({"type": "app_mention", **told})
        slack.acknowledged()
        slack.event({"type": "message", "channel_type": "im", **told})
        assert posted(slack, channel=channel).body["text"].startswith("ledger is owned by")


@pytest.mark.parametrize("over", ["http", "socket"])
def test_a_click_that_comes_again_changes_nothing(tmp_path: Path, over: Transport) -> None:
    """A click that Slack delivers again, even after what it did was undone, changes nothing and says nothing twice; to
    a bot that was started meanwhile as well."""
    url = sample_in(f"sqlite:///{tmp_path}/r.db")
    with SlackServer(timeout_s=10, over=over) as slack:
        with bot(slack, url, tmp_path):
            asked = slack.command("/which-model", "orders", user=BEN)
            slack.click(BEN, asked, "Decide so")
            decided = slack.wait_for("response_url")
            click = slack.calls("block_actions")[-1].body
            slack.click(BEN, decided, "Undo")
            slack.wait_for("response_url")
            before = len(slack.calls("response_url"))
            redeliver(slack, click)
            assert "Decide so again" not in str(slack.command("/which-model", "orders", user=BEN))
            assert len(slack.calls("response_url")) == before
        with bot(slack, url, tmp_path):
            redeliver(slack, click)
            assert "That was done already." in slack.wait_for("response_url").body["text"]
            assert "Decide so again" not in str(slack.command("/which-model", "orders", user=BEN))


def redeliver(slack: SlackServer, payload: Json) -> None:
    """Deliver an interaction once more, as Slack does over a new connection when it missed the acknowledgement."""
    envelope = Envelope("interactive", payload, accepts_payload=True)
    deadline = time.monotonic() + 15
    while True:
        try:
            slack.run(slack.standin.delivery.transport.send(envelope, 3.0))
        except AttemptError:  # a bot that is being started does not listen yet
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return


def test_a_frozen_server_is_said_to_be(postgres: PostgresServer, tmp_path: Path) -> None:
    """While PostgreSQL hangs the asker hears so in time, the process lives, and answers again when it does."""
    with postgres.database() as url, SlackServer(timeout_s=10) as slack, bot(slack, sample_in(url), tmp_path):
        posted(slack, thread_ts=slack.mention(ANA, "who owns ledger?"))
        with postgres.frozen():
            slack.mention(ANA, "who owns ledger?")
            told = slack.wait_for("chat.postEphemeral")
            assert "can't be reached" in told.body["text"]
            acknowledged = slack.acknowledged()
            assert (acknowledged.answer, acknowledged.note) == ({}, "")
        ts = slack.mention(ANA, "who owns checkout-api?")
        assert "checkout-api is owned by" in shown(posted(slack, thread_ts=ts))


def test_a_frozen_server_does_not_keep_the_bot_from_stopping(postgres: PostgresServer, tmp_path: Path) -> None:
    """Whoever stops the bot while PostgreSQL hangs sees it end in time, though its threads still wait."""
    with (
        postgres.database() as url,
        SlackServer(timeout_s=10) as slack,
        bot(slack, sample_in(url), tmp_path) as process,
        postgres.frozen(),
    ):
        slack.mention(ANA, "who owns ledger?")
        slack.wait_for("chat.postEphemeral")
        process.send_signal(signal.SIGTERM)
        assert process.wait(25) == 0
