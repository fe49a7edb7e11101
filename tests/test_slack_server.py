import asyncio
import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.error import HTTPError

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from slack_server import (
    ANA,
    APP_TOKEN,
    BEN,
    BOT_TOKEN,
    BOT_USER,
    ELSEWHERE,
    GENERAL,
    GUEST,
    PARTNERS,
    SlackServer,
)

OPTIONS = [{"text": {"type": "plain_text", "text": text}, "value": text.lower()} for text in ("Edit", "Form")]
BUTTONS = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "Which?"}},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": name, "text": {"type": "plain_text", "text": text}, "value": value}
            for name, text, value in (("pick", "Pick", "one"), ("more", "Form", "form"))
        ],
    },
]
FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": name,
            "label": {"type": "plain_text", "text": name},
            "element": {"action_id": f"{name}-input", **element},
        }
        for name, element in (
            ("name", {"type": "plain_text_input"}),
            ("kind", {"type": "radio_buttons", "options": OPTIONS}),
            ("owner", {"type": "external_select"}),
        )
    ],
}


def bot(client: AsyncWebClient) -> AsyncApp:
    """A bot that uses what the server serves."""
    app = AsyncApp(client=client)

    @app.event("app_mention")
    async def on_mention(event: dict[str, Any], say: Any) -> None:
        await say(text=f"You said {event['text']}", blocks=BUTTONS, thread_ts=event["ts"])

    @app.event("message")
    async def on_message(event: dict[str, Any], say: Any, body: dict[str, Any]) -> None:
        me = body["authorizations"][0]["user_id"]
        await say(text=f"{me} heard {event['text']} in {event['channel_type']}")

    @app.command("/who-owns")
    async def on_command(ack: Any, command: dict[str, Any]) -> None:
        await ack(text=f"Nobody owns {command['text']}", blocks=BUTTONS, response_type="ephemeral")

    @app.action("pick")
    async def on_pick(ack: Any, respond: Any, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        await respond(text=f"{body['user']['id']} picked {action['value']}", replace_original=True)

    @app.action("more")
    async def on_more(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.shortcut("ask")
    async def on_shortcut(ack: Any, shortcut: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postEphemeral(
            channel=shortcut["channel"]["id"], user=shortcut["user"]["id"], text=shortcut["message"]["text"]
        )

    @app.options("owner-input")
    async def on_typed(ack: Any, payload: dict[str, Any]) -> None:
        await ack(options=[{"text": {"type": "plain_text", "text": "Payments"}, "value": payload["value"]}])

    @app.view("form")
    async def on_submit(ack: Any, view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        if values["name"]["name-input"]["value"] is None:
            await ack(response_action="errors", errors={"name": "A name is needed."})
        else:
            done = {"type": "modal", "title": FORM["title"], "private_metadata": json.dumps(values), "blocks": []}
            await ack(response_action="update", view=done)

    @app.event("app_home_opened")
    async def on_home(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": BUTTONS})

    return app


@contextmanager
def running_bot(slack: SlackServer) -> Iterator[None]:
    stop = threading.Event()

    async def run() -> None:
        handler = AsyncSocketModeHandler(bot(AsyncWebClient(BOT_TOKEN, base_url=slack.url)), APP_TOKEN, ping_interval=1)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it so
        await asyncio.to_thread(stop.wait)
        await handler.close_async()  # type: ignore[no-untyped-call]

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as slack, running_bot(slack):
        yield slack


def called(slack: SlackServer, method: str, token: str = BOT_TOKEN, **args: str) -> dict[str, Any]:
    """What the Web API answers to JSON."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"}
    request = urllib.request.Request(slack.url + method, json.dumps(args).encode(), headers)  # noqa: S310, loopback
    with urllib.request.urlopen(request) as response:  # noqa: S310
        answer: dict[str, Any] = json.load(response)
        return answer


def test_a_mention_reaches_the_bot_and_its_post_is_recorded(slack: SlackServer) -> None:
    """A mention arrives with the bot's id before it, and the bot's post is recorded with decoded blocks."""
    ts = slack.mention(ANA, "who owns checkout?")

    post = slack.wait_for("chat.postMessage")

    assert post.args["text"] == f"You said <@{BOT_USER}> who owns checkout?"
    assert (post.args["channel"], post.args["thread_ts"]) == (GENERAL, ts)
    assert post.args["blocks"] == BUTTONS
    assert slack.wait_for_ack(slack.deliveries[0]) == {}


def test_a_direct_message_is_a_message_of_channel_type_im(slack: SlackServer) -> None:
    """Direct messages are message.im events that carry the bot's user id in their authorizations."""
    slack.direct_message(BEN, "hello")

    assert slack.wait_for("chat.postMessage").args["text"] == f"{BOT_USER} heard hello in im"


def test_calls_are_consumed_in_order(slack: SlackServer) -> None:
    """wait_for returns each call once, oldest first, and the predicate skips calls without consuming them."""
    slack.direct_message(ANA, "one")
    slack.direct_message(ANA, "two")

    assert "two" in slack.wait_for("chat.postMessage", lambda call: "two" in call.args["text"]).args["text"]
    assert "one" in slack.wait_for("chat.postMessage").args["text"]
    with pytest.raises(AssertionError, match=r"no call of chat\.postMessage"):
        slack.wait_for("chat.postMessage", timeout_s=0.05)


def test_a_command_returns_the_payload_of_its_ack(slack: SlackServer) -> None:
    """A slash command returns what rides in the ack, and that can be clicked as an ephemeral message."""
    answer = slack.command("/who-owns", "checkout", BEN)

    assert answer["text"] == "Nobody owns checkout"
    assert slack.click(BEN, answer, "Pick") == {}
    assert slack.deliveries[-1].envelope["payload"]["container"]["is_ephemeral"]


def test_a_click_is_acknowledged_and_answered_at_its_response_url(slack: SlackServer) -> None:
    """A click on a post names its message, and a post to its response_url replaces that message."""
    slack.mention(ANA, "hello")
    post = slack.wait_for("chat.postMessage")

    assert slack.click(BEN, post, "Pick") == {}

    reply = slack.wait_for("response_url")
    click = slack.deliveries[-1].envelope["payload"]
    assert click["message"]["ts"] == click["container"]["message_ts"] == post.answer["ts"]
    assert click["message"]["thread_ts"] == post.args["thread_ts"]
    assert reply.args == {"text": f"{BEN} picked one", "replace_original": True}
    assert slack.messages[GENERAL, post.answer["ts"]]["text"] == f"{BEN} picked one"
    assert slack.responses == [reply]


def test_clicking_what_is_not_there_says_what_is(slack: SlackServer) -> None:
    """A click on a button that nobody sees fails the test with what could be clicked."""
    answer = slack.command("/who-owns", "checkout")

    with pytest.raises(AssertionError, match=r"0 things to click are 'Share'.*Pick"):
        slack.click(ANA, answer, "Share")


def test_a_modal_is_opened_filled_in_and_submitted(slack: SlackServer) -> None:
    """Errors come back from a submission; a view that an ack puts in its place is kept as the modal's new state."""
    slack.click(ANA, slack.command("/who-owns", "checkout"), "more", "form")
    form = slack.wait_for("views.open")

    assert slack.submit(ANA, form) == {"response_action": "errors", "errors": {"name": "A name is needed."}}

    (payments,) = slack.suggest(ANA, form, "owner-input", "owner", "pay")
    ack = slack.submit(ANA, form, {"name": "checkout", "kind": "Edit", "owner": payments})
    values = json.loads(ack["view"]["private_metadata"])
    assert values["name"]["name-input"] == {"type": "plain_text_input", "value": "checkout"}
    assert values["kind"]["kind-input"]["selected_option"]["value"] == "edit"
    assert values["owner"]["owner-input"]["selected_option"]["value"] == "pay"
    assert ack["view"]["id"] == form.answer["view"]["id"]


def test_a_form_takes_only_what_it_offers(slack: SlackServer) -> None:
    """Values for fields or options that the form does not have fail the test."""
    slack.click(ANA, slack.command("/who-owns", "checkout"), "Form")
    form = slack.wait_for("views.open")

    with pytest.raises(AssertionError, match="the form has no"):
        slack.submit(ANA, form, {"colour": "red"})
    with pytest.raises(AssertionError, match="offers no 'red'"):
        slack.submit(ANA, form, {"kind": "red"})


def test_a_message_shortcut_carries_the_message(slack: SlackServer) -> None:
    """A shortcut on a message brings its text, and answers may be for the asker alone."""
    slack.shortcut(ANA, "ask", "who owns ledger?")

    post = slack.wait_for("chat.postEphemeral")

    assert (post.args["user"], post.args["text"]) == (ANA, "who owns ledger?")


def test_the_home_tab_is_published_and_clicked(slack: SlackServer) -> None:
    """Opening the Home tab lets the bot publish a view, in which things can be clicked."""
    slack.home_opened(ANA)

    slack.click(ANA, slack.wait_for("views.publish"), "Form")

    assert slack.wait_for("views.open").answer["ok"]
    assert slack.deliveries[-1].envelope["payload"]["view"] == slack.homes[ANA]


def test_the_bot_reconnects_when_asked_to(slack: SlackServer) -> None:
    """After a disconnect, what people do reaches the bot over its new connection."""
    slack.disconnect()

    slack.direct_message(ANA, "still there?")

    assert slack.wait_for("chat.postMessage")
    assert len(slack.calls("apps.connections.open")) >= 2


def test_events_in_a_shared_channel_say_so(slack: SlackServer) -> None:
    """A channel shared with another company is marked in the event, which also can be delivered again."""
    slack.mention(ANA, "hello", PARTNERS)
    payload = slack.deliveries[0].envelope["payload"]
    again = slack.event(payload["event"], event_id=payload["event_id"], retry_attempt=1)

    assert payload["is_ext_shared_channel"]
    assert again.envelope["payload"]["event_id"] == payload["event_id"]
    assert again.envelope["retry_attempt"] == 1
    slack.wait_for_ack(again)


def test_the_web_api_refuses_as_slack_does() -> None:
    """Wrong methods, tokens, channels, people and triggers get Slack's own error codes."""
    with SlackServer() as slack:
        assert called(slack, "chat.postMessage", token="xoxb-wrong", text="x")["error"] == "invalid_auth"
        assert called(slack, "auth.test", token=APP_TOKEN)["error"] == "invalid_auth"
        assert called(slack, "admin.users.remove")["error"] == "unknown_method"
        assert called(slack, "chat.postMessage", channel="#nowhere", text="x")["error"] == "channel_not_found"
        assert called(slack, "chat.postMessage", channel=ELSEWHERE, text="x")["error"] == "not_in_channel"
        assert called(slack, "chat.postMessage", channel="#general", text="x")["channel"] == GENERAL
        assert called(slack, "views.open", trigger_id="1.2.made-up", view="{}")["error"] == "expired_trigger_id"
        assert called(slack, "users.info", user="U0NOBODY")["error"] == "user_not_found"
        assert called(slack, "users.info", user=GUEST)["user"]["is_restricted"]
        slack.usergroups["S0PAY"] = [ANA]
        assert called(slack, "usergroups.users.list", usergroup="S0PAY")["users"] == [ANA]


def test_blocks_over_a_limit_are_refused_where_they_break_it(slack: SlackServer) -> None:
    """A message or a view that Slack would not take is refused as Slack does, with a pointer to the fault."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    message = called(slack, "chat.postMessage", channel=GENERAL, text="x", blocks=json.dumps([section]))
    assert message["error"] == "invalid_blocks"
    problem = "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert message["response_metadata"]["messages"] == [problem]
    home = json.dumps({"type": "home", "blocks": [section]})
    view = called(slack, "views.publish", user_id=ANA, view=home)
    assert view["error"] == "invalid_arguments"
    assert "[json-pointer:/view/blocks/0/text/text]" in view["response_metadata"]["messages"][0]
    assert ANA not in slack.homes


def test_a_scope_that_the_manifest_does_not_ask_for_is_missing(slack: SlackServer) -> None:
    """The bot may do what manifest.yaml asks for; without the scope a method says which one it needs."""
    assert called(slack, "users.info", user=ANA)["ok"]
    slack.scopes.remove("users:read")
    refused = called(slack, "users.info", user=ANA)
    assert (refused["error"], refused["needed"]) == ("missing_scope", "users:read")
    assert "chat:write" in refused["provided"]


def test_a_response_url_wears_out(slack: SlackServer) -> None:
    """A response_url takes five posts, and answers 404 to the sixth."""
    slack.command("/who-owns", "checkout")
    address = slack.deliveries[-1].envelope["payload"]["response_url"]

    def post() -> int:
        request = urllib.request.Request(address, b'{"text": "again"}', {"Content-Type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request) as response:  # noqa: S310
            return int(response.status)

    assert [post() for _ in range(5)] == [200] * 5
    with pytest.raises(HTTPError) as refused:
        post()
    assert refused.value.code == 404
    refused.value.close()
    assert len(slack.responses) == 5


def test_a_frame_that_is_too_long_closes_the_socket(slack: SlackServer) -> None:
    """An acknowledgement over 20,480 bytes is lost with its connection; over a new one the bot is reached again."""
    slack.wait_until_connected()
    slack.timeout_s = 1
    with pytest.raises(AssertionError, match="no ack"):
        slack.command("/who-owns", "x" * 20_500)
    slack.timeout_s = 10
    assert slack.command("/who-owns", "checkout")["text"] == "Nobody owns checkout"
    assert len(slack.calls("apps.connections.open")) >= 2


def test_a_trigger_opens_one_view(slack: SlackServer) -> None:
    """A trigger_id cannot be used twice."""
    slack.click(ANA, slack.command("/who-owns", "checkout"), "Form")
    used = slack.wait_for("views.open").args["trigger_id"]

    assert called(slack, "views.open", trigger_id=used, view="{}")["error"] == "exchanged_trigger_id"


def test_waiting_in_vain_shows_what_was_recorded(slack: SlackServer) -> None:
    """A bot that does not do as hoped fails the test with all that was said and done."""
    slack.mention(ANA, "tell me")
    slack.wait_for("chat.postMessage")

    with pytest.raises(AssertionError, match=r"no call of chat.update(.|\n)*events_api(.|\n)*You said"):
        slack.wait_for("chat.update", timeout_s=0.05)
