"""Socket Mode stays connected: whatever befalls a connection, another is there soon, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_app import connected
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from slack_server import ANA, GENERAL, SlackServer
from test_bot import bot

from assistant.errors import SlackUnreachableError
from assistant.sandbox.workspace import BOT_USER
from assistant.slack.metrics import Metrics
from assistant.slack.socket import FRAME_LIMIT, Patience, SocketMode

BACK_S = 15.0
"""How long a connection may be missing after what kept it away has healed."""
OPEN = "apps.connections.open"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the bot's database and log are."""
    return tmp_path_factory.mktemp("bot")


@pytest.fixture(scope="module")
def slack(folder: Path) -> Iterator[SlackServer]:
    """A Slack with the bot connected to it; it sends events again sooner than Slack does."""
    with SlackServer(timeout_s=BACK_S) as server:
        server.standin.delivery.timing.retries_s = (1.0,) * 60
        with bot(server, f"sqlite:///{folder}/r.db", folder):
            yield server


def ask(slack: SlackServer) -> str:
    """Mention the bot, whether it is connected or not; the message's ts."""
    return slack.run(slack.standin.say(ANA, GENERAL, f"<@{BOT_USER}> help", encoded=True)).ts


def answered_once(slack: SlackServer, ts: str) -> bool:
    """Whether a question has one answer, once its event was acknowledged."""
    slack.wait_for("app_mention", lambda entry: entry.body["event"]["ts"] == ts and entry.answer == {})
    return len([call for call in slack.calls("chat.postMessage") if call.body.get("thread_ts") == ts]) == 1


@pytest.mark.parametrize("fault", ["end", "drop", "close", "refresh", "freeze"])
def test_it_is_connected_again_and_nothing_is_lost(slack: SlackServer, fault: str) -> None:
    """After a FIN, an RST, a closing frame, a request to reconnect or silence, all that was asked is answered, once."""
    before = len(slack.calls(OPEN))
    earlier = ask(slack)
    slack.fault(fault)
    later = ask(slack)
    assert answered_once(slack, earlier)
    assert answered_once(slack, later)
    assert len(slack.calls(OPEN)) == before + 1


@pytest.mark.parametrize(
    "fault",
    [f"error {OPEN} 503 2", f"fail {OPEN} internal_error 2", f"slow {OPEN} 60", f"limit {OPEN} 3"],
)
def test_it_waits_while_slack_gives_no_address(slack: SlackServer, fault: str) -> None:
    """While Slack does not say where to connect it is asked a few times, and soon after that has healed all is well."""
    before = len(slack.calls(OPEN))
    slack.fault(fault)
    slack.fault("drop")
    ts = ask(slack)
    slack.wait_until_healed(60)
    assert answered_once(slack, ts)
    asked = slack.calls(OPEN)[before:]
    assert 2 <= len(asked) <= 3
    if fault.startswith("limit"):
        assert asked[1].at - asked[0].at >= 3


def test_a_network_that_was_away_is_found_again(slack: SlackServer) -> None:
    """While nothing can be reached there is no busy loop; soon after, what was asked meanwhile is answered."""
    relay = slack.standin.relay
    assert relay
    port = int(slack.standin.base_url.rpartition(":")[2])
    before = len(slack.calls(OPEN))
    slack.run(relay.stop())
    earlier = ask(slack)
    slack.run(asyncio.sleep(6))
    slack.run(relay.start(port))
    assert answered_once(slack, earlier)
    assert len(slack.calls(OPEN)) == before + 1


def test_a_frame_that_is_too_long_costs_one_connection(slack: SlackServer) -> None:
    """A frame larger than anything that Slack sends ends its connection; the next question is answered over another."""
    before = len(slack.calls(OPEN))
    slack.run(slack.standin.sockets.sockets[0].websocket.send_text("x" * 5_000_000))
    assert answered_once(slack, ask(slack))
    assert len(slack.calls(OPEN)) == before + 1


@pytest.mark.parametrize(
    "frame", ["Ping from applink-7", "[]", '"x"', "{}", '{"envelope_id": "e", "payload": "x"}', "{"]
)
def test_a_frame_that_means_nothing_is_ignored(slack: SlackServer, frame: str) -> None:
    """What is no JSON, or no message that is known, leaves the connection as it is."""
    before = len(slack.calls(OPEN))
    slack.run(slack.standin.sockets.sockets[0].websocket.send_text(frame))
    assert answered_once(slack, ask(slack))
    assert len(slack.calls(OPEN)) == before


def test_what_is_being_answered_is_acknowledged_over_the_next_connection(tmp_path: Path) -> None:
    """An answer that takes longer than its connection lasts is acknowledged all the same, and not asked for again."""
    with SlackServer(timeout_s=BACK_S) as server, bot(server, f"sqlite:///{tmp_path}/r.db", tmp_path):
        server.fault("slow chat.postMessage 2")
        ts = ask(server)
        server.fault("refresh")
        assert answered_once(server, ts)
        assert len(server.calls("app_mention")) == 1


def test_another_process_of_the_same_app_is_noticed(tmp_path: Path) -> None:
    """When Slack has connections that this process does not hold, the log says so: they get a part of the questions."""
    log = tmp_path / "log"
    with SlackServer() as server, connected(server), bot(server, f"sqlite:///{tmp_path}/r.db", tmp_path):
        deadline = time.monotonic() + 20
        while '"running"' not in log.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.1)
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert [event["elsewhere"] for event in events if event["event"].startswith("Slack has more connections")] == [1]


def test_sigterm_while_nothing_passes(tmp_path: Path) -> None:
    """A connection that has gone silent does not keep the bot from stopping in order."""
    with SlackServer() as server, bot(server, f"sqlite:///{tmp_path}/r.db", tmp_path) as process:
        server.fault("freeze")
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0


def test_sigterm_before_it_was_ever_connected(tmp_path: Path) -> None:
    """A bot that Slack gives no address yet stops at once when it is told to."""
    with SlackServer(timeout_s=20) as server:
        server.fault(f"fail {OPEN} internal_error 30")
        with running(server, tmp_path) as process:
            server.wait_for(OPEN)
            process.send_signal(signal.SIGTERM)
            assert process.wait(5) == 0


def running(server: SlackServer, folder: Path, code: str = "pass") -> subprocess.Popen[str]:
    """Start the bot, behind a line of Python that changes its clocks."""
    environment = os.environ | server.environment | {"DATABASE_URL": f"sqlite:///{folder}/r.db"}
    main = f"import sys; sys.argv[1:] = ['run']; {code}; from assistant.__main__ import main; main()"
    return subprocess.Popen([sys.executable, "-c", main], env=environment, stderr=subprocess.PIPE, text=True)


def test_a_token_that_is_revoked_ends_the_bot(tmp_path: Path) -> None:
    """When Slack refuses the app token of a running bot, it says so in one line and exits 2: waiting would not help."""
    with SlackServer() as server, running(server, tmp_path) as process:
        server.wait_until_connected()
        server.fault(f"fail {OPEN} token_revoked")
        server.fault("drop")
        _, said = process.communicate(timeout=20)
        assert process.returncode == 2
        assert said.splitlines()[-1].startswith("Slack refused SLACK_APP_TOKEN (token_revoked): copy a current token")
        assert server.app_token not in said


def test_it_gives_up_for_a_fresh_process(tmp_path: Path) -> None:
    """After failing again and again the bot says why in one line and exits 1, so that its supervisor starts another."""
    hurried = (
        "from assistant.slack.socket import Patience, SocketMode;"
        "SocketMode.__init__.__defaults__ = (Patience(first_delay_s=0.01, longest_delay_s=0.05, attempts=5),)"
    )
    with SlackServer() as server, running(server, tmp_path, hurried) as process:
        server.wait_until_connected()
        before = len(server.calls(OPEN))
        server.fault(f"error {OPEN} 503 100")
        server.fault("drop")
        _, said = process.communicate(timeout=20)
        assert process.returncode == 1
        assert len(server.calls(OPEN)) - before == 4
        last = said.splitlines()[-1]
        assert last.startswith("Socket Mode failed 5 times in a row, at last with HTTP 503: check the network")


# An app of the test's own, for what no answer of the bot does


def an_app_that_says(slack: SlackServer, text: str) -> AsyncApp:
    app = AsyncApp(client=AsyncWebClient(slack.bot_token, slack.url), request_verification_enabled=False)

    @app.command("/who-owns")
    async def on_command(ack: Any) -> None:
        await ack({"text": text})

    return app


def test_an_acknowledgement_that_is_too_long_does_not_cost_the_connection() -> None:
    """Slack closes a connection on a frame over its limit; such an acknowledgement goes without its content instead."""
    with SlackServer() as slack:

        async def typed(text: str) -> Any:
            socket_mode = SocketMode(an_app_that_says(slack, text), slack.app_token, slack.url, Metrics())
            task = asyncio.create_task(socket_mode.run())
            await socket_mode.connected.wait()
            said = await asyncio.wrap_future(slack.begin(slack.standin.command(ANA, GENERAL, "/who-owns kiln")))
            task.cancel()
            await asyncio.wait([task])
            return said

        assert asyncio.run(typed("short"))["text"] == "short"
        assert asyncio.run(typed("x" * FRAME_LIMIT)) == {}
        assert not slack.calls("closed")
        assert len(slack.calls(OPEN)) == 2


def test_connections_that_do_not_last_are_failures_too() -> None:
    """When Slack greets and hangs up again and again, delays grow and patience ends, as when it never greeted."""
    with SlackServer() as slack:
        patience = Patience(first_delay_s=0.01, longest_delay_s=0.05, attempts=4)

        async def hung_up_on() -> None:
            socket_mode = SocketMode(an_app_that_says(slack, ""), slack.app_token, slack.url, Metrics(), patience)
            task = asyncio.create_task(socket_mode.run())
            while not task.done():
                slack.look(lambda: slack.standin.connected and slack.standin.fault("close"))
                await asyncio.sleep(0.01)
            await task

        with pytest.raises(SlackUnreachableError, match="4 times in a row, at last with closed with 1000"):
            asyncio.run(hung_up_on())
        assert len(slack.calls(OPEN)) == 4
