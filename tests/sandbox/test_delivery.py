"""How the stand-in delivers: over Socket Mode and as signed posts, once or again until it is acknowledged."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from slack_app import Connection, Posted, called, connected, listening
from slack_sdk.signature import SignatureVerifier
from slack_server import ANA, GENERAL, SlackServer
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from assistant.sandbox.delivery import FRAME_LIMIT, SIGNING_SECRET
from assistant.sandbox.workspace import APP

AT_ONCE = (0.0, 0.0, 0.0)


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        server.standin.delivery.timing.retries_s = AT_ONCE
        yield server


@pytest.fixture
def over_http() -> Iterator[SlackServer]:
    with SlackServer(over="http") as server:
        server.standin.delivery.timing.retries_s = AT_ONCE
        yield server


def told(slack: SlackServer, user: str = ANA) -> list[str]:
    """What somebody sees in #general."""
    return slack.look(lambda: [message.text for message in slack.workspace.seen_in(GENERAL, user)])


# Socket Mode


def test_a_connection_is_greeted(slack: SlackServer) -> None:
    """A new connection is told which app it is, how many connections there are, and for how long it may last."""
    with connected(slack) as first, connected(slack) as second:
        assert first.hello["type"] == "hello"
        assert first.hello["connection_info"] == {"app_id": APP}
        assert first.hello["debug_info"].keys() >= {"host", "approximate_connection_time"}
        assert [first.hello["num_connections"], second.hello["num_connections"]] == [1, 2]


def test_a_ticket_connects_once(slack: SlackServer) -> None:
    """The address that apps.connections.open gives can be used once; another ticket never."""
    url = called(slack, "apps.connections.open", token=slack.app_token)["url"]
    with connect(url, proxy=None) as socket:
        assert json.loads(socket.recv(timeout=5))["type"] == "hello"
    for used in (url, url.replace("ticket=", "ticket=x")):
        with pytest.raises(Exception, match="403"), connect(used, proxy=None):
            pass


def test_an_event_comes_in_an_envelope(slack: SlackServer) -> None:
    """An event's envelope says which attempt it is and takes no payload; acknowledging it ends it."""
    with connected(slack) as app:
        slack.mention(ANA, "hello")
        frame = app.take()
        assert frame.keys() == {
            "envelope_id",
            "payload",
            "type",
            "accepts_response_payload",
            "retry_attempt",
            "retry_reason",
        }
        assert (frame["type"], frame["accepts_response_payload"]) == ("events_api", False)
        assert (frame["retry_attempt"], frame["retry_reason"]) == (0, "")
        assert slack.acknowledged().answer == {}


def test_a_command_and_an_interaction_come_in_envelopes(slack: SlackServer) -> None:
    """A command takes a payload and a shortcut none; neither says that it is an attempt, for neither is repeated."""
    ts = slack.run(slack.standin.say(ANA, GENERAL, "words")).ts
    with connected(slack) as app:
        typing = slack.begin(slack.standin.command(ANA, GENERAL, "/who-owns x"))
        command = app.take()
        typing.result(5)
        choosing = slack.begin(slack.standin.shortcut(ANA, GENERAL, ts, "who-owns-this"))
        shortcut = app.take()
        choosing.result(5)
    assert (command["type"], command["accepts_response_payload"]) == ("slash_commands", True)
    assert (shortcut["type"], shortcut["accepts_response_payload"]) == ("interactive", False)
    assert "retry_attempt" not in command.keys() | shortcut.keys()


def test_each_event_goes_to_one_connection(slack: SlackServer) -> None:
    """With several connections each event reaches exactly one of them."""
    with connected(slack) as first, connected(slack) as second, connected(slack) as third:
        asked = {slack.mention(ANA, f"question {number}") for number in range(12)}
        received: list[str] = []
        while len(received) < len(asked):
            received += [ts for app in (first, second, third) for ts in received_by(app)]
        assert [ts for app in (first, second, third) for ts in received_by(app)] == []
    assert sorted(received) == sorted(asked)


def received_by(app: Connection) -> Iterator[str]:
    """Acknowledge what is there."""
    while True:
        try:
            frame = json.loads(app.socket.recv(timeout=0.02))
        except TimeoutError:
            return
        app.acknowledge(frame)
        yield frame["payload"]["event"]["ts"]


def test_what_is_not_acknowledged_is_sent_again(slack: SlackServer) -> None:
    """An event that nobody acknowledges is sent three times more, numbered and with the reason, then never again."""
    slack.standin.delivery.timing.ack_s = 0.05
    with connected(slack) as app:
        slack.mention(ANA, "hello")
        frames = [app.frame() for _ in range(4)]
        assert [frame["retry_attempt"] for frame in frames] == [0, 1, 2, 3]
        assert [frame["retry_reason"] for frame in frames] == ["", "timeout", "timeout", "timeout"]
        assert len({frame["envelope_id"] for frame in frames}) == 4
        assert len({frame["payload"]["event_id"] for frame in frames}) == 1
        slack.mention(ANA, "the next one")
        assert "the next one" in app.frame()["payload"]["event"]["text"]


def test_an_acknowledgement_ends_the_repeats(slack: SlackServer) -> None:
    """An event that is acknowledged at its second attempt is not sent a third time."""
    slack.standin.delivery.timing.ack_s = 0.5
    with connected(slack) as app:
        slack.mention(ANA, "hello")
        app.frame()
        assert app.take()["retry_attempt"] == 1
        slack.acknowledged()
        slack.mention(ANA, "the next one")
        assert "the next one" in app.take()["payload"]["event"]["text"]


def test_events_wait_for_a_connection(slack: SlackServer) -> None:
    """An event that happens while nobody is connected is delivered to the next connection."""
    slack.run(slack.standin.say(ANA, GENERAL, "@assistant are you there?"))
    with connected(slack) as app:
        assert "are you there?" in app.take()["payload"]["event"]["text"]


def test_an_acknowledgement_carries_a_commands_answer(slack: SlackServer) -> None:
    """What rides in the acknowledgement of a command is seen by whoever typed it, or by all when it is in_channel."""
    with connected(slack) as app:
        for body in ({"text": "for you"}, {"text": "for all", "response_type": "in_channel"}):
            typing = slack.begin(slack.standin.command(ANA, GENERAL, "/who-owns x"))
            assert app.answer(typing, body)[1] == body
    assert told(slack) == ["for you", "for all"]
    assert told(slack, "U0BEN") == ["for all"]


def test_a_bare_acknowledgement_says_nothing(slack: SlackServer) -> None:
    """A command that is acknowledged without a payload shows nothing, and is no failure."""
    with connected(slack) as app:
        assert app.answer(slack.begin(slack.standin.command(ANA, GENERAL, "/who-owns x")))[1] == {}
    assert told(slack) == []


def test_a_bad_answer_to_a_command_is_a_failure(slack: SlackServer) -> None:
    """Blocks in an acknowledgement are checked like a message's: whoever typed is told, and the record says why."""
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}
    with connected(slack) as app:
        app.answer(slack.begin(slack.standin.command(ANA, GENERAL, "/who-owns x")), {"text": "x", "blocks": [long]})
    assert told(slack) == ["/who-owns failed with the error “invalid_blocks”."]
    assert "/blocks/0/text/text" in slack.calls("/who-owns")[-1].note


def test_whoever_waits_in_vain_is_told_so(slack: SlackServer) -> None:
    """A command without an acknowledgement in time is not sent again, and whoever typed it sees operation_timeout."""
    slack.standin.delivery.timing.ack_s = 0.05
    with connected(slack):
        assert slack.run(slack.standin.command(ANA, GENERAL, "/who-owns x")) == {}
    assert told(slack) == ["/who-owns failed with the error “operation_timeout”."]
    assert told(slack, "U0BEN") == []
    assert len(slack.calls("/who-owns")) == 1


def test_without_a_connection_a_command_fails_at_once(slack: SlackServer) -> None:
    """A command while the app is away is answered with dispatch_failed."""
    assert slack.run(slack.standin.command(ANA, GENERAL, "/who-owns x")) == {}
    assert told(slack) == ["/who-owns failed with the error “dispatch_failed”."]


def test_a_connection_is_replaced_when_slack_asks(slack: SlackServer) -> None:
    """Slack asks for a new connection and then closes the old one; what happens meanwhile goes to the new one."""
    with connected(slack) as old:
        slack.fault("refresh")
        asked = old.frame()
        assert (asked["type"], asked["reason"]) == ("disconnect", "refresh_requested")
        assert "envelope_id" not in asked
        with connected(slack) as new:
            slack.mention(ANA, "hello")
            assert "hello" in new.take()["payload"]["event"]["text"]
            with pytest.raises(ConnectionClosed):
                old.frame()


def test_the_old_connection_may_still_acknowledge(slack: SlackServer) -> None:
    """What a connection was sent before it was asked to go is acknowledged over it until it closes."""
    with connected(slack) as old:
        slack.mention(ANA, "hello")
        frame = old.frame()
        slack.fault("refresh")
        old.frame()
        old.acknowledge(frame)
        assert slack.acknowledged().answer == {}


def test_a_frame_that_is_too_long_closes_the_socket(slack: SlackServer) -> None:
    """A frame of 20,480 bytes is read; a longer one is not, and its connection is closed with 1009."""
    with connected(slack) as app:
        for spare in (0, 1):
            typing = slack.begin(slack.standin.command(ANA, GENERAL, "/who-owns x"))
            frame = app.frame()
            empty = json.dumps({"envelope_id": frame["envelope_id"], "payload": {"text": ""}})
            app.acknowledge(frame, {"text": "x" * (FRAME_LIMIT - len(empty) + spare)})
            if spare == 0:
                assert typing.result(5)["text"]
                slack.standin.delivery.timing.ack_s = 0.5
        with pytest.raises(ConnectionClosed) as closed:
            app.frame()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
        assert typing.result(5) == {}
    assert [entry.body["bytes"] for entry in slack.calls("closed")] == [FRAME_LIMIT + 1]


def test_what_is_no_acknowledgement_is_noted(slack: SlackServer) -> None:
    """A frame that is no acknowledgement is written down, and the connection goes on."""
    with connected(slack) as app:
        for nonsense in ("not json", "[]", '{"envelope": 1}'):
            app.socket.send(nonsense)
        slack.mention(ANA, "hello")
        app.take()
    assert len(slack.calls("misread")) == 3


# Signed posts


def verified(posted: Posted) -> bool:
    headers = {name: value for name, value in posted.headers.items()}  # noqa: C416  a mapping of its own
    return SignatureVerifier(SIGNING_SECRET).is_valid_request(posted.body, headers)


def test_an_event_is_posted_signed(over_http: SlackServer) -> None:
    """An event is posted as JSON, signed so that Slack's own verifier takes it; any status of success takes it."""
    with listening(over_http) as app:
        app.answering = lambda _: (204, "")
        over_http.mention(ANA, "hello")
        posted = app.take()
        assert over_http.acknowledged().answer == {}
    assert posted.headers["Content-Type"] == "application/json"
    assert "X-Slack-Retry-Num" not in posted.headers
    assert json.loads(posted.body)["event"]["type"] == "app_mention"
    assert verified(posted)


def test_a_signature_covers_the_body(over_http: SlackServer) -> None:
    """A body that was changed on its way is not verified."""
    with listening(over_http) as app:
        over_http.mention(ANA, "hello")
        posted = app.take()
    assert not verified(Posted(posted.headers, posted.body + " "))


def test_a_command_is_posted_as_a_form(over_http: SlackServer) -> None:
    """A command is a signed form of its fields, and the body of the response is its answer: JSON, or plain text."""
    with listening(over_http) as app:
        for body, seen in (('{"text": "as JSON"}', "as JSON"), ("as text", "as text"), ("", None)):
            app.answering = lambda _, body=body: (200, body)  # type: ignore[misc]
            ack = over_http.command("/who-owns", "checkout & co")
            posted = app.take()
            assert posted.headers["Content-Type"] == "application/x-www-form-urlencoded"
            assert parse_qs(posted.body)["text"] == ["checkout &amp; co"]
            assert verified(posted)
            assert ack.get("text") == seen
    assert told(over_http) == ["as JSON", "as text"]


def test_an_interaction_is_posted_as_a_form(over_http: SlackServer) -> None:
    """An interaction is a signed form with JSON in its field `payload`."""
    ts = over_http.run(over_http.standin.say(ANA, GENERAL, "words")).ts
    with listening(over_http) as app:
        assert over_http.run(over_http.standin.shortcut(ANA, GENERAL, ts, "who-owns-this")) is None
        posted = app.take()
    assert verified(posted)
    assert json.loads(parse_qs(posted.body)["payload"][0])["type"] == "message_action"


@pytest.mark.parametrize("reason", ["http_error", "http_timeout", "connection_failed"])
def test_what_is_not_taken_is_posted_again(over_http: SlackServer, reason: str) -> None:
    """An event that is refused, answered late or cut off is posted three times more, numbered and with the reason."""
    if reason == "http_timeout":
        over_http.standin.delivery.timing.ack_s = 0.1

    def failing(_: Posted) -> tuple[int, str]:
        if reason == "http_timeout":
            time.sleep(0.3)
        return (0 if reason == "connection_failed" else 500), ""

    with listening(over_http) as app:
        app.answering = failing
        over_http.mention(ANA, "hello")
        attempts = [app.take() for _ in range(4)]
    told_of = [(each.headers["X-Slack-Retry-Num"], each.headers["X-Slack-Retry-Reason"]) for each in attempts]
    assert told_of == [(None, None), ("1", reason), ("2", reason), ("3", reason)]
    assert all(map(verified, attempts))
    assert len({json.loads(each.body)["event_id"] for each in attempts}) == 1


@pytest.mark.parametrize(
    ("status", "late_s", "error"),
    [(500, 0.0, "dispatch_failed"), (204, 0.0, "dispatch_failed"), (200, 0.3, "operation_timeout")],
)
def test_a_command_that_is_not_taken_fails(over_http: SlackServer, status: int, late_s: float, error: str) -> None:
    """A command that is refused or answered late is not posted again, and whoever typed it sees the error."""
    if late_s:
        over_http.standin.delivery.timing.ack_s = 0.1

    def failing(_: Posted) -> tuple[int, str]:
        time.sleep(late_s)
        return status, ""

    with listening(over_http) as app:
        app.answering = failing
        assert over_http.command("/who-owns", "x") == {}
    assert told(over_http) == [f"/who-owns failed with the error “{error}”."]
    assert len(over_http.calls("/who-owns")) == 1
