"""Faults on demand: each strikes as it says it does, and the real bot answers all the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from slack_app import Response, called, connected, post
from slack_server import ANA, BEN, GENERAL, SlackServer
from websockets.exceptions import ConnectionClosed

from assistant.formats.registry_file import read_registry
from assistant.sandbox.faults import EXPLAINED, Faults, parse
from assistant.sandbox.record import Entry
from assistant.sandbox.web_api import ResponseUrl
from assistant.sandbox.workspace import BOT_USER
from assistant.settings import packaged_sample
from assistant.storage.repository import open_repository
from assistant.use_cases.importing import import_registry


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server


@pytest.fixture(scope="module")
def shared() -> Iterator[SlackServer]:
    """A Slack for what changes nothing."""
    with SlackServer() as server:
        yield server


def answered(slack: SlackServer, method: str = "auth.test", **args: Any) -> Response:
    return post(f"{slack.url}{method}", json.dumps(args), {"Authorization": f"Bearer {slack.bot_token}"})


def waiting(slack: SlackServer) -> int:
    return slack.look(lambda: len(slack.standin.faults.waiting))


# Lines


def test_every_fault_is_explained() -> None:
    """Each kind of fault begins its own explanation, and the line that it shows is understood."""
    for kind, sentence in EXPLAINED.items():
        usage = sentence.split(":")[0]
        assert usage.split()[0] == kind
        example = usage.replace("METHOD", "chat.postMessage").replace("SECONDS", "2").replace("STATUS", "502")
        assert parse(example.replace("CODE", "is_archived").replace("[TIMES]", "3")).kind == kind


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("", "Nothing is no fault. These are: slow METHOD"),
        ("explode", "explode is no fault. These are: slow METHOD"),
        ("slow", "Write slow METHOD SECONDS"),
        ("slow chat.postMessage", "Write slow METHOD SECONDS"),
        ("slow chat.postMessage soon", "Write slow METHOD SECONDS"),
        ("slow chat.postMessage -1", "Write slow METHOD SECONDS"),
        ("slow chat.postMessage 1 0", "Write slow METHOD SECONDS"),
        ("slow chat.postMessage 1 2 3", "Write slow METHOD SECONDS"),
        ("fail chat.postMessage", "Write fail METHOD CODE"),
        ("error chat.postMessage 100", "Write error METHOD STATUS"),
        ("limit chat.postMessage 601", "Write limit METHOD SECONDS"),
        ("reset", "Write reset METHOD"),
        ("duplicate often", "Write duplicate"),
        ("drop 2", "Write drop"),
        ("slow chat.shout 2", "chat.shout can't slow. These can: any, apps.connections.open"),
        ("limit response_url 2", "response_url can't limit. These can: any, apps.connections.open"),
    ],
)
def test_a_wrong_line_gets_a_sentence(shared: SlackServer, line: str, sentence: str) -> None:
    """A line that is no fault is answered with what is allowed, and nothing waits to strike."""
    with pytest.raises(ValueError) as refused:  # noqa: PT011  its text is compared below
        shared.fault(line)
    assert sentence in str(refused.value)
    assert waiting(shared) == 0


def test_faults_are_counted() -> None:
    """A fault strikes as often as it was asked for, only what it aims at, and the oldest first."""
    faults = Faults()
    for line in ("fail chat.postMessage is_archived 2", "fail any fatal_error"):
        faults.add(parse(line))
    targets = ["chat.postMessage", "users.info", "chat.postMessage", "chat.postMessage"]
    struck = [faults.take("fail", target=target) for target in targets]
    assert [fault.value if fault else None for fault in struck] == ["is_archived", "fatal_error", "is_archived", None]
    assert faults.take("slow", target="users.info") is None


# Each kind


def test_slow(slack: SlackServer) -> None:
    """`slow` has a method do its work late, once; the record shows how long it took."""
    slack.fault("slow auth.test 0.2")
    assert answered(slack).status == 200
    assert answered(slack).status == 200
    assert (slack.calls("auth.test")[0].seconds or 0) > 0.19
    assert waiting(slack) == 0


def test_fail(slack: SlackServer) -> None:
    """`fail` has a method refuse with the code, as often as asked, and without doing its work."""
    slack.fault("fail chat.postMessage is_archived 2")
    answers = [called(slack, "chat.postMessage", channel=GENERAL, text="x") for _ in range(3)]
    assert [answer.get("error") for answer in answers] == ["is_archived", "is_archived", None]
    assert len(slack.workspace.messages) == 1


def test_error(slack: SlackServer) -> None:
    """`error` has a method answer with an HTTP status and no JSON."""
    for status in (404, 502):
        slack.fault(f"error auth.test {status}")
        response = answered(slack)
        assert response.status == status
        with pytest.raises(ValueError, match="Expecting value"):
            json.loads(response.text)
    assert answered(slack).status == 200


def test_limit(slack: SlackServer) -> None:
    """`limit` has a method answer 429 with that Retry-After."""
    slack.fault("limit auth.test 7")
    response = answered(slack)
    assert (response.status, response.headers["Retry-After"]) == (429, "7")
    assert json.loads(response.text) == {"ok": False, "error": "ratelimited"}
    assert answered(slack).status == 200


def test_reset(slack: SlackServer) -> None:
    """`reset` has a method do its work, and the caller gets a reset connection instead of the answer."""
    slack.fault("reset chat.postMessage")
    with pytest.raises(ConnectionError):
        answered(slack, "chat.postMessage", channel=GENERAL, text="x")
    assert [message.text for message in slack.workspace.messages.values()] == ["x"]
    assert "reset" in slack.calls("chat.postMessage")[0].note
    assert answered(slack).status == 200


def test_faults_of_a_response_url(slack: SlackServer) -> None:
    """A response_url can be slow, answer an error, and be reset after it has done its work."""
    given = ResponseUrl(ANA, GENERAL, None, None, slack.standin.api.now())
    url = f"{slack.standin.base_url}/response/{slack.look(lambda: slack.standin.api.new_response_url(given))}"
    slack.fault("error response_url 503")
    assert post(url, '{"text": "one"}').status == 503
    slack.fault("slow response_url 0.1")
    assert post(url, '{"text": "two"}').status == 200
    assert (slack.calls("response_url")[-1].seconds or 0) > 0.09
    slack.fault("reset response_url")
    with pytest.raises(ConnectionError):
        post(url, '{"text": "three"}')
    assert [message.text for message in slack.workspace.messages.values()] == ["two", "three"]


def test_duplicate(slack: SlackServer) -> None:
    """`duplicate` has one event delivered twice, as first attempts of the same event_id."""
    slack.fault("duplicate")
    with connected(slack) as app:
        slack.mention(ANA, "one")
        frames = [app.take(), app.take()]
        slack.mention(ANA, "two")
        assert app.take()["payload"]["event"]["text"].endswith("two")
    assert len({frame["payload"]["event_id"] for frame in frames}) == 1
    assert [frame["retry_attempt"] for frame in frames] == [0, 0]


def test_reorder(slack: SlackServer) -> None:
    """`reorder` has an event delivered behind the next one; without a next one it comes all the same."""
    with connected(slack) as app:
        slack.fault("reorder")
        for text in ("one", "two"):
            slack.mention(ANA, text)
        assert [app.take()["payload"]["event"]["text"].split()[-1] for _ in range(2)] == ["two", "one"]
        slack.fault("reorder")
        slack.mention(ANA, "alone")
        assert app.take()["payload"]["event"]["text"].endswith("alone")


def test_close(slack: SlackServer) -> None:
    """`close` sends every socket a closing frame."""
    with connected(slack) as app:
        slack.fault("close")
        with pytest.raises(ConnectionClosed) as closed:
            app.frame()
        assert closed.value.rcvd is not None


def test_end(slack: SlackServer) -> None:
    """`end` ends every socket's connection, without a closing frame."""
    with connected(slack) as first, connected(slack) as second:
        slack.fault("end")
        for app in (first, second):
            with pytest.raises(ConnectionClosed) as closed:
                app.frame()
            assert closed.value.rcvd is None


def test_drop(slack: SlackServer) -> None:
    """`drop` resets every socket, without a closing frame."""
    with connected(slack) as first, connected(slack) as second:
        slack.fault("drop")
        for app in (first, second):
            with pytest.raises(ConnectionClosed) as closed:
                app.frame()
            assert closed.value.rcvd is None


def test_freeze(slack: SlackServer) -> None:
    """`freeze` leaves every socket open and passes nothing: an event is lost on it, and comes over a new one."""
    slack.standin.delivery.timing.ack_s = 0.1
    slack.standin.delivery.timing.retries_s = (0.0,) * 100
    with connected(slack) as frozen:
        slack.fault("freeze")
        slack.mention(ANA, "hello")
        with connected(slack) as app:
            assert app.take()["payload"]["event"]["text"].endswith("hello")
            slack.acknowledged()
            with pytest.raises(TimeoutError):
                frozen.socket.recv(timeout=0)


def test_refresh(slack: SlackServer) -> None:
    """`refresh` asks every socket to reconnect, and then closes it in order."""
    with connected(slack) as first, connected(slack) as second:
        slack.fault("refresh")
        for app in (first, second):
            assert app.frame()["reason"] == "refresh_requested"
            with pytest.raises(ConnectionClosed) as closed:
                app.frame()
            assert closed.value.rcvd is not None


# The real bot


@pytest.fixture(scope="module")
def with_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlackServer]:
    """A Slack with the bot connected to it over Socket Mode; the bot holds the sample registry."""
    folder = tmp_path_factory.mktemp("bot")
    url = f"sqlite:///{folder}/registry.db"
    sample = read_registry("sample.yaml", packaged_sample())
    now = datetime.now(UTC)
    import_registry(open_repository(url), {"sample.yaml": sample}, dry_run=False, prune=False, author="test", now=now)
    with SlackServer(timeout_s=20) as server, open(folder / "log", "ab") as log:
        environment = os.environ | server.environment | {"DATABASE_URL": url, "ASSISTANT_ADMINS": BEN}
        process = subprocess.Popen([sys.executable, "-m", "assistant", "run"], env=environment, stderr=log)
        try:
            server.wait_until_connected()
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(25) == 0, (folder / "log").read_text()


def answer_to(slack: SlackServer, ts: str) -> Entry:
    """The answer in the thread of a question, once Slack has taken it."""
    return slack.wait_for("chat.postMessage", lambda call: taken(call) and call.body.get("thread_ts") == ts)


def taken(call: Entry) -> bool:
    return bool(call.answer and call.answer["ok"])


def answers_to(slack: SlackServer, ts: str) -> list[str]:
    """What the bot said in a thread, as people see it."""
    return slack.look(lambda: [m.text for m in slack.workspace.thread(GENERAL, ts, ANA) if m.user == BOT_USER])


def test_a_question_that_arrives_twice_is_answered_once(with_bot: SlackServer) -> None:
    """When Slack delivers a question twice at once, one answer is posted and both deliveries are acknowledged."""
    with_bot.fault("duplicate")
    ts = with_bot.mention(ANA, "who owns ledger-export?")
    for _ in range(2):
        with_bot.wait_for("app_mention", lambda entry: entry.body["event"]["ts"] == ts and entry.answer == {})
    assert len(answers_to(with_bot, ts)) == 1


def test_questions_in_another_order_are_both_answered(with_bot: SlackServer) -> None:
    """When one question overtakes another, each gets its answer in its own thread."""
    with_bot.fault("reorder")
    first = with_bot.mention(ANA, "who owns ledger-export?")
    second = with_bot.mention(ANA, "who owns checkout-web?")
    assert "checkout-web" in answer_to(with_bot, second).body["text"]
    assert "ledger-export" in answer_to(with_bot, first).body["text"]


def test_an_answer_that_is_limited_is_posted_after_all(with_bot: SlackServer) -> None:
    """When Slack takes no more posts for a second, the bot waits as long as Slack says and posts its answer once."""
    with_bot.fault("limit chat.postMessage 1")
    ts = with_bot.mention(ANA, "who owns ledger-export?")
    answer_to(with_bot, ts)
    calls = [call for call in with_bot.calls("chat.postMessage") if call.body.get("thread_ts") == ts]
    assert [taken(call) for call in calls] == [False, True]
    assert len(answers_to(with_bot, ts)) == 1


def test_an_answer_that_slack_failed_to_take_is_posted_after_all(with_bot: SlackServer) -> None:
    """When Slack answers a post with an error of its own, the question comes again, and is answered then."""
    with_bot.fault("error chat.postMessage 502")
    ts = with_bot.mention(ANA, "who owns ledger-export?")
    assert "ledger-export" in answer_to(with_bot, ts).body["text"]
    assert len(answers_to(with_bot, ts)) == 1


@pytest.mark.parametrize("line", ["drop", "refresh"])
def test_the_next_question_is_answered_over_a_new_connection(with_bot: SlackServer, line: str) -> None:
    """When its socket is reset, or Slack asks it to reconnect, the bot connects anew and answers the next question."""
    before = len(with_bot.calls("connected"))
    with_bot.fault(line)
    ts = with_bot.mention(ANA, "who owns ledger-export?")
    assert "ledger-export is owned by" in answer_to(with_bot, ts).body["text"]
    assert len(with_bot.calls("connected")) > before


def test_an_answer_whose_connection_is_reset_is_there(with_bot: SlackServer) -> None:
    """When the connection is reset after Slack has posted the answer, the answer is there at least once.

    The bot can't tell a post that was lost from one whose answer was lost: its client tries again, and so the same
    answer may stand there twice. This is known, and stays until delivery is reworked.
    """
    with_bot.fault("reset chat.postMessage")
    ts = with_bot.mention(ANA, "who owns ledger-export?")
    with_bot.wait_for("app_mention", lambda entry: entry.body["event"]["ts"] == ts and entry.answer == {})
    answers = answers_to(with_bot, ts)
    assert answers
    assert len(set(answers)) == 1
