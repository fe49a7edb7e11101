"""The log: each line about a request names it, and no line holds what people wrote or what must stay secret."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_server import ANA, BEN, SlackServer
from test_bot import bot, post

from assistant.sandbox.delivery import SIGNING_SECRET as SECRET
from assistant.sandbox.delivery import signed
from assistant.sandbox.workspace import Json

CANARY = "canary-wren"


@pytest.fixture(scope="module", params=["socket", "http"])
def slack(request: pytest.FixtureRequest, folder: Path) -> Iterator[SlackServer]:
    """A Slack with a bot that logs all it can, over each transport."""
    (folder / "log").write_text("")
    url = f"sqlite:///{folder}/{request.param}.db"
    with (
        SlackServer(timeout_s=20, over=request.param) as server,
        bot(server, url, folder, ASSISTANT_LOG_LEVEL="debug"),
    ):
        yield server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bot")


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log").read_text().splitlines()]


def line(folder: Path, event: str, **fields: Any) -> dict[str, Any]:
    """The newest line of an event with these fields, as soon as it is there."""
    deadline = time.monotonic() + 10
    while not (found := [each for each in lines(folder) if each["event"] == event and fields.items() <= each.items()]):
        assert time.monotonic() < deadline, (folder / "log").read_text()
        time.sleep(0.05)
    return found[-1]


def deliver(slack: SlackServer, payload: Json) -> None:
    """Have Slack send any payload at all, as an event."""
    if slack.over == "http":
        body = json.dumps(payload)
        post(slack.request_url, body, signed(body, SECRET))
    else:
        frame = {"envelope_id": "e", "type": "events_api", "payload": payload}
        slack.run(slack.standin.sockets.sockets[0].websocket.send_text(json.dumps(frame)))


def test_a_failure_names_its_request(slack: SlackServer, folder: Path) -> None:
    """What failed is found by the request, the workspace, the event, and the route that it took."""
    slack.fault("fail chat.postMessage channel_not_found")
    slack.mention(ANA, "help")
    failed = line(folder, "an answer could not be sent", slack_error="channel_not_found")
    assert failed["workspace"] == "T0FERNWOOD"
    assert failed["event_id"] == slack.calls("app_mention")[-1].body["event_id"]
    assert failed["payload"] == "event_callback"
    assert failed["route"] == "app_mention"
    assert len(failed["request"]) == 8


def test_what_follows_an_acknowledgement_names_its_request(slack: SlackServer, folder: Path) -> None:
    """Where there is no event a request is named by its workspace and kind, also behind its acknowledgement."""
    slack.fault("error response_url 503 3")  # it is tried three times
    slack.shortcut(BEN, "who-owns-this", "frost-alarm is down")
    failed = line(folder, "an answer could not be sent", to="ToAsker")
    assert (failed["workspace"], failed["payload"], failed["route"]) == (
        "T0FERNWOOD",
        "message_action",
        "who-owns-this",
    )
    assert "event_id" not in failed


MALFORMED: dict[str, Json] = {
    "no event": {"type": "event_callback", "team_id": CANARY, "event_id": CANARY},
    "an event of nothing": {
        "type": "event_callback",
        "team_id": CANARY,
        "event": {"type": "app_mention", "user": CANARY},
    },
    "an event of the wrong types": {
        "type": "event_callback",
        "team_id": [CANARY],
        "team": CANARY,
        "event_id": {CANARY: CANARY},
        "event": {"type": "app_mention", "user": "U0ANA", "channel": [CANARY], "text": {CANARY: CANARY}, "ts": CANARY},
    },
    "a type that nobody knows": {"type": CANARY, "team": {"id": CANARY}, "user": {"id": CANARY}},
    "a command without its fields": {"command": "/who-owns", "text": CANARY, "user_id": CANARY},
    "a click without an action": {
        "type": "block_actions",
        "team": {"id": CANARY},
        "actions": [{"action_id": "pick:1"}],
    },
    "a form without a state": {"type": "view_submission", "view": {"callback_id": "onboarding", "id": CANARY}},
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_malformed_payload_ends_in_a_line_without_its_content(slack: SlackServer, folder: Path, kind: str) -> None:
    """Whatever Slack sends, the bot lives on, and nothing of what it could not read is in the log."""
    deliver(slack, MALFORMED[kind])
    ts = slack.mention(ANA, "help")
    slack.wait_for("chat.postMessage", lambda call: call.body.get("thread_ts") == ts)
    assert CANARY not in (folder / "log").read_text()


def test_no_line_holds_what_people_wrote_or_a_secret(slack: SlackServer, folder: Path) -> None:
    """Through answers, choices, forms, failures and limits, the log holds no text, token, trigger or response_url."""
    slack.mention(ANA, f"who owns {CANARY}? `{CANARY}` <@{BEN}>")
    slack.direct_message(BEN, f"tell me about {CANARY}")
    slack.command("/who-owns", CANARY)
    slack.command("/onboard", CANARY)
    slack.submit(ANA, {"name": CANARY, "description": CANARY})
    slack.shortcut(ANA, "who-owns-this", f"the {CANARY} is down")
    for fault in ("error response_url 500", "fail chat.postMessage not_in_channel", "error chat.postMessage 502"):
        slack.fault(fault)
        slack.mention(ANA, f"who owns {CANARY}?")
        slack.command("/which-model", CANARY)
        slack.shortcut(ANA, "who-owns-this", f"the {CANARY} is down")
    deliver(
        slack, {"type": "event_callback", "event": {"type": "app_mention", "user": ANA, "text": CANARY, "ts": "1.2"}}
    )
    line(folder, "an answer failed")
    slack.fault("limit chat.postMessage 1")
    ts = slack.mention(ANA, f"who owns {CANARY}?")
    slack.wait_for(
        "chat.postMessage", lambda call: call.body.get("thread_ts") == ts and bool((call.answer or {})["ok"])
    )
    log = (folder / "log").read_text()
    secrets = [CANARY, slack.bot_token, slack.app_token, SECRET, "/response/", "verification-token", "trigger"]
    assert [secret for secret in secrets if secret in log] == []
    errors = [
        each for each in lines(folder) if each["level"] == "error" and "notice" not in each
    ]  # nobody asked for one
    assert all(each["request"] for each in errors if each["event"] != "a library logged")
