"""Health: a supervisor learns whether the bot lives and can work, and what it has done, over both transports."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest
from postgres import PostgresServer
from prometheus_client.parser import text_string_to_metric_families
from slack_server import ANA, BEN, GENERAL, SlackServer, Transport, free_port
from sqlalchemy import make_url
from test_bot import bot, posted

from assistant.settings import Settings
from assistant.slack.desk import ANSWER_S
from assistant.slack.health import DatabaseCheck
from assistant.storage.database import open_engine, prepare

TRANSPORTS: tuple[Transport, ...] = ("socket", "http")


@contextmanager
def watched(over: Transport, folder: Path, database_url: str = "") -> Iterator[SlackServer]:
    """Run the bot with PORT set, against a Slack of its own."""
    with SlackServer(timeout_s=20, over=over) as slack:
        slack.environment |= {"PORT": slack.environment.get("PORT", str(free_port())), "ASSISTANT_HOST": "127.0.0.1"}
        with bot(slack, database_url or f"sqlite:///{folder}/r.db", folder):
            wait_for(lambda: got(slack, "/readyz"), (200, "ready\n"))
            yield slack


def got(slack: SlackServer, path: str, method: str = "GET") -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", int(slack.environment["PORT"]), timeout=10)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except ConnectionRefusedError:
        return 0, ""
    finally:
        connection.close()


def wait_for(look: Callable[[], object], wanted: object, within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while (seen := look()) != wanted:
        assert time.monotonic() < deadline, f"{seen!r}, and not {wanted!r}"
        time.sleep(0.05)


def samples(slack: SlackServer) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample of /metrics, by its name and its labels."""
    families = text_string_to_metric_families(got(slack, "/metrics")[1])
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def total(slack: SlackServer, name: str, **labels: str) -> float:
    """The sum of a metric's samples that have these labels."""
    return sum(v for (n, having), v in samples(slack).items() if n == name and labels.items() <= dict(having).items())


@pytest.fixture(scope="module", params=TRANSPORTS)
def slack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlackServer]:
    """A Slack with a healthy bot, over each transport."""
    with watched(request.param, tmp_path_factory.mktemp("bot")) as server:
        yield server


def test_a_healthy_bot_says_so(slack: SlackServer) -> None:
    """A bot that works is alive and ready, to GET and to HEAD; other methods and paths get nothing."""
    assert got(slack, "/livez") == (200, "alive\n")
    assert got(slack, "/readyz") == (200, "ready\n")
    assert got(slack, "/readyz", "HEAD") == (200, "")
    assert got(slack, "/readyz", "POST")[0] == 405
    assert got(slack, "/")[0] == 404


def test_a_proxy_can_keep_its_connection(slack: SlackServer) -> None:
    """A connection that was idle for longer than the server library would leave it takes the next request."""
    connection = HTTPConnection("127.0.0.1", int(slack.environment["PORT"]), timeout=10)
    for pause_s in (6, 0):  # uvicorn ends it after five seconds by itself
        connection.request("GET", "/livez")
        response = connection.getresponse()
        assert (response.status, response.read()) == (200, b"alive\n")
        time.sleep(pause_s)
    connection.close()


def test_what_can_fail_is_counted_from_zero(slack: SlackServer) -> None:
    """Before anything fails its series is there, so that the first failure shows as a rise."""
    counted = samples(slack)
    assert counted["assistant_failures_total", (("route", "onboarding"),)] == 0
    assert counted["assistant_answers_sent_total", (("result", "failed"), ("to", "ToChannel"))] == 0


def test_questions_are_counted(slack: SlackServer) -> None:
    """Each question counts by what it asked for and what came of it, and its answer by how long it took."""
    before = total(slack, "assistant_questions_total")
    ts = slack.mention(ANA, "who owns canary-wren?")
    posted(slack, channel=GENERAL, thread_ts=ts)
    slack.command("/assistant", "")
    slack.command("/which-model", "canary-finch")
    name = "assistant_questions_total"
    wait_for(lambda: total(slack, name) - before, 3.0)
    assert total(slack, name, intent="owner", outcome="not_found") >= 1
    assert total(slack, name, intent="model", outcome="not_found") >= 1
    assert total(slack, name, intent="help", outcome="help") >= 1
    for kind in ("event_callback", "command"):
        assert total(slack, "assistant_acknowledged_seconds_count", payload=kind) >= 1
        assert total(slack, "assistant_answered_seconds_count", payload=kind) >= 1
    assert total(slack, "assistant_slack_calls_total", method="chat.postMessage", result="ok") >= 1
    assert total(slack, "assistant_answers_sent_total", to="InThread", result="ok") >= 1


def test_calls_that_go_wrong_are_counted(slack: SlackServer) -> None:
    """What Slack limits, refuses or answers with an error counts as that, and what is tried again as a retry."""
    for line in ("limit chat.postMessage 1", "error chat.postMessage 502"):
        slack.fault(line)
    slack.mention(ANA, "help")
    wait_for(lambda: total(slack, "assistant_slack_calls_total", result="server_error") >= 1, True)
    assert total(slack, "assistant_slack_calls_total", method="chat.postMessage", result="rate_limited") == 1
    assert total(slack, "assistant_slack_retries_total", method="chat.postMessage") == 1


def test_no_label_names_anybody_or_anything(slack: SlackServer) -> None:
    """Metrics hold no name from a question, no id and no address, whatever was asked and whatever failed."""
    slack.mention(BEN, "who owns canary-crane?")
    slack.command("/onboard", "canary-heron")
    slack.shortcut(ANA, "who-owns-this", "the canary-stork is down")
    slack.wait_for("response_url")
    shown = got(slack, "/metrics")[1]
    names = ("canary", ANA, BEN, GENERAL, "T0FERNWOOD", "http", "xox", "xapp")
    assert [name for name in names if name in shown] == []


def test_the_socket_is_measured(slack: SlackServer) -> None:
    """Over Socket Mode the metrics say how many connections there are, and how long Slack has been silent."""
    connections = [value for (name, _), value in samples(slack).items() if name == "assistant_socket_connections"]
    silent = [value for (name, _), value in samples(slack).items() if name == "assistant_socket_silent_seconds"]
    if slack.over == "http":
        assert (connections, silent) == ([], [])
    else:
        assert connections == [1.0]
        assert 0 <= silent[0] < 15


def test_without_a_connection_it_is_not_ready(tmp_path: Path) -> None:
    """While Slack is not connected over Socket Mode the bot lives, is not ready and says why, until it is again."""
    with watched("socket", tmp_path) as slack:
        slack.fault("fail apps.connections.open internal_error 3")
        slack.fault("drop")
        wait_for(lambda: got(slack, "/readyz"), (503, "Slack is not connected over Socket Mode.\n"))
        assert got(slack, "/livez")[0] == 200
        assert total(slack, "assistant_socket_connections") == 0
        wait_for(lambda: got(slack, "/readyz"), (200, "ready\n"), 40)


def test_a_refused_token_is_not_ready(tmp_path: Path) -> None:
    """While Slack refuses the bot token nothing can be answered, and the bot is not ready."""
    with watched("http", tmp_path) as slack:
        slack.fault("fail chat.postMessage token_revoked")
        slack.mention(ANA, "help")
        wait_for(lambda: got(slack, "/readyz"), (503, "Slack refuses SLACK_BOT_TOKEN.\n"))
        slack.mention(ANA, "help")
        wait_for(lambda: got(slack, "/readyz"), (200, "ready\n"))


def test_a_database_that_is_away_or_read_only_is_not_ready(postgres: PostgresServer, tmp_path: Path) -> None:
    """Without a database that takes writes the bot is not ready, says so without the error's text, and recovers."""
    wrong = (503, "The database does not answer, or takes no writes.\n")
    with postgres.database() as url, watched("http", tmp_path, url) as slack:
        name = make_url(url).database
        for away, back in (
            ("ALLOW_CONNECTIONS false", "ALLOW_CONNECTIONS true"),
            ("SET default_transaction_read_only = on", "RESET default_transaction_read_only"),
        ):
            for setting, wanted in ((away, wrong), (back, (200, "ready\n"))):
                postgres.execute(f"ALTER DATABASE {name} {setting}")
                postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608
                wait_for(lambda: got(slack, "/readyz"), wanted)


def test_a_registry_that_takes_long_to_be_read_delays_the_start(postgres: PostgresServer, tmp_path: Path) -> None:
    """While the registry is read at the start, longer than an answer may take, the bot waits, and then runs."""
    with postgres.database() as url:
        engine = open_engine(url)
        prepare(engine, upgrade_old=True)
        engine.dispose()
        with psycopg.connect(url) as slow:
            slow.execute("LOCK TABLE statements IN ACCESS EXCLUSIVE MODE")
            release = threading.Timer(ANSWER_S + 2, slow.rollback)
            release.start()
            with watched("http", tmp_path, url):
                release.join()


@pytest.mark.parametrize("over", TRANSPORTS)
def test_it_is_not_ready_as_soon_as_it_stops(tmp_path: Path, over: Transport) -> None:
    """From SIGTERM on the bot is not ready, while it still finishes what it has taken."""
    with SlackServer(timeout_s=20, over=over) as slack:
        slack.environment |= {"PORT": slack.environment.get("PORT", str(free_port())), "ASSISTANT_HOST": "127.0.0.1"}
        with bot(slack, f"sqlite:///{tmp_path}/r.db", tmp_path) as process:
            slack.fault("slow chat.postMessage 2")
            ts = slack.mention(ANA, "help")
            wait_for(lambda: len(slack.calls("chat.postMessage")), 1)
            process.send_signal(signal.SIGTERM)
            wait_for(lambda: got(slack, "/readyz"), (503, "The bot is stopping.\n"))
            assert got(slack, "/livez")[0] == 200
            posted(slack, thread_ts=ts)
            assert slack.acknowledged().answer == {}


def test_nothing_is_served_without_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Socket Mode the bot listens nowhere unless PORT is set; over HTTP it is 3000."""
    for name, value in {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_SIGNING_SECRET": "s"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PORT", "")
    assert Settings.read().slack().port is None
    monkeypatch.setenv("ASSISTANT_TRANSPORT", "http")
    assert Settings.read().slack().port == 3000


# What the database is asked


def test_many_probes_are_one_question_to_the_database() -> None:
    """However many probes come at once, the database is asked once, and not again for a second."""
    asked: list[None] = []

    async def probed() -> list[bool]:
        check = DatabaseCheck(lambda: asked.append(None))
        return [*await asyncio.gather(*(check.passes() for _ in range(100))), await check.passes()]

    assert all(asyncio.run(probed()))
    assert len(asked) == 1


def test_a_database_that_hangs_is_asked_once() -> None:
    """While the database does not answer every probe is told so within a second, and none waits for another thread."""
    asked: list[None] = []
    answering = threading.Event()

    def hang() -> None:
        asked.append(None)
        answering.wait(20)

    async def probed() -> list[bool]:
        check = DatabaseCheck(hang)
        hung = [await check.passes() for _ in range(2)]
        answering.set()
        await asyncio.sleep(0.5)
        return [*hung, await check.passes()]

    assert asyncio.run(probed()) == [False, False, True]
    assert len(asked) == 2
