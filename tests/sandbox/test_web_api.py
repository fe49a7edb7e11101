"""The Web API and the response_urls of the stand-in, called over HTTP as an app calls Slack."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_app import called, post, sent
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_server import ANA, BEN, ELSEWHERE, GENERAL, GONE, GUEST, OTHER_BOT, PAYMENTS, STRANGER, SlackServer

from assistant.sandbox.web_api import POSTS_IN_A_BURST, ResponseUrl
from assistant.sandbox.workspace import BOT_ID, BOT_USER, TEAM, Channel, Json, Message

ARCHIVED = "C0ARCHIVED"
TITLE = {"type": "plain_text", "text": "Title"}
MODAL: Json = {"type": "modal", "title": TITLE, "blocks": []}
HOME: Json = {"type": "home", "blocks": [{"type": "divider"}]}
TOO_LONG = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}


@pytest.fixture(scope="module")
def shared() -> Iterator[SlackServer]:
    """A Slack for what changes nothing, with an archived channel and without rate limits."""
    with SlackServer() as server:
        server.workspace.channels[ARCHIVED] = Channel(ARCHIVED, "old-times", {BOT_USER}, archived=True)
        server.standin.api.rates.is_on = False
        yield server


class Clock:
    """The time, which passes when a test says so."""

    now = 1_000.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> Iterator[SlackServer]:
    """A Slack of the test's own, where time stands still."""
    with SlackServer() as server:
        server.standin.api.now = lambda: clock.now
        yield server


def trigger_of(slack: SlackServer, user: str = ANA) -> str:
    """A permission to open a modal, as every interaction has one."""
    return slack.look(lambda: slack.standin.api.new_trigger(user))


def url_of(slack: SlackServer, thread_ts: str | None = None, message: Message | None = None) -> str:
    """A response_url, as it comes with what Ana does in #general."""
    clicked = (message.channel, message.ts) if message else None
    given = ResponseUrl(ANA, GENERAL, thread_ts, clicked, slack.standin.api.now())
    name = slack.look(lambda: slack.standin.api.new_response_url(given))
    return f"{slack.standin.base_url}/response/{name}"


def responded(url: str, **body: Any) -> int:
    return post(url, json.dumps(body)).status


def seen(slack: SlackServer, user: str, channel: str = GENERAL) -> list[str]:
    """The texts that somebody sees in a channel, outside its threads."""
    return slack.look(lambda: [message.text for message in slack.workspace.seen_in(channel, user)])


def in_thread(slack: SlackServer, user: str, ts: str) -> list[str]:
    return slack.look(lambda: [message.text for message in slack.workspace.thread(GENERAL, ts, user)])


# How it is called


def test_arguments_come_as_json_as_a_form_and_in_the_query(shared: SlackServer) -> None:
    """A method takes the same arguments in each of Slack's three ways, blocks as JSON within a form."""
    url, bearer = f"{shared.url}chat.postMessage", {"Authorization": f"Bearer {shared.bot_token}"}
    blocks = [{"type": "divider"}]
    args = {"channel": GENERAL, "text": "hi"}
    form = urlencode({**args, "blocks": json.dumps(blocks)})
    as_json = post(url, json.dumps({**args, "blocks": blocks}), bearer)
    as_form = post(url, form, bearer | {"Content-Type": "application/x-www-form-urlencoded"})
    as_query = sent(urllib.request.Request(f"{url}?{form}", headers=bearer))  # noqa: S310  loopback
    for response in (as_json, as_form, as_query):
        message = json.loads(response.text)["message"]
        assert (message["text"], [block["type"] for block in message["blocks"]]) == ("hi", ["divider"])


def test_a_token_may_stand_among_the_arguments(shared: SlackServer) -> None:
    """A token is taken from the arguments as well as from the header."""
    assert json.loads(post(f"{shared.url}auth.test", json.dumps({"token": shared.bot_token})).text)["ok"]


def test_slacks_own_client_is_understood(shared: SlackServer) -> None:
    """The client of Slack's SDK posts, and is told of a refusal by its error."""
    client = WebClient(shared.bot_token, base_url=shared.url)
    assert client.chat_postMessage(channel=GENERAL, text="hi", unfurl_links=False)["message"]["text"] == "hi"
    with pytest.raises(SlackApiError, match="channel_not_found"):
        client.chat_postMessage(channel="C0NOWHERE", text="hi")


# What is refused


@pytest.mark.parametrize(
    ("method", "args", "code"),
    [
        ("chat.shout", {}, "unknown_method"),
        ("chat.postMessage", {"channel": "#nowhere", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": STRANGER, "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": ELSEWHERE, "text": "x"}, "not_in_channel"),
        ("chat.postMessage", {"channel": ARCHIVED, "text": "x"}, "is_archived"),
        ("chat.postMessage", {"channel": GENERAL}, "no_text"),
        ("chat.postMessage", {"channel": GENERAL, "text": "", "blocks": []}, "no_text"),
        ("chat.postMessage", {"channel": GENERAL, "text": "x" * 40_001}, "msg_too_long"),
        ("chat.postEphemeral", {"channel": "#nowhere", "user": ANA, "text": "x"}, "channel_not_found"),
        ("chat.postEphemeral", {"channel": ELSEWHERE, "user": ANA, "text": "x"}, "not_in_channel"),
        ("chat.postEphemeral", {"channel": GENERAL, "user": STRANGER, "text": "x"}, "user_not_in_channel"),
        ("chat.postEphemeral", {"channel": GENERAL, "user": ANA}, "no_text"),
        ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
        ("usergroups.users.list", {"usergroup": "S0NOBODY"}, "no_such_subteam"),
        ("views.open", {"trigger_id": "1.2.made-up", "view": MODAL}, "invalid_trigger_id"),
        ("views.update", {"view_id": "V0NONE", "view": MODAL}, "not_found"),
    ],
)
def test_what_slack_refuses_is_refused_with_its_code(shared: SlackServer, method: str, args: Json, code: str) -> None:
    """A call that Slack would refuse gets the code that Slack gives."""
    assert called(shared, method, **args)["error"] == code


def test_an_unknown_method_is_named(shared: SlackServer) -> None:
    """Whoever calls a method that there is not is told which it was."""
    assert called(shared, "chat.shout")["req_method"] == "chat.shout"


@pytest.mark.parametrize(
    ("method", "token", "code"),
    [
        ("auth.test", "", "not_authed"),
        ("auth.test", "xoxb-wrong", "invalid_auth"),
        ("auth.test", "the app's", "not_allowed_token_type"),
        ("apps.connections.open", "the bot's", "not_allowed_token_type"),
    ],
)
def test_a_token_that_does_not_fit_is_refused(shared: SlackServer, method: str, token: str, code: str) -> None:
    """No token, a wrong one, and one of the other kind are told apart."""
    given = {"the app's": shared.app_token, "the bot's": shared.bot_token}.get(token, token)
    assert called(shared, method, token=given)["error"] == code


def test_a_scope_that_the_manifest_does_not_ask_for_is_missing(slack: SlackServer) -> None:
    """An app may do what its manifest asks for; else it is told which scope is needed and which it has."""
    assert called(slack, "users.info", user=ANA)["ok"]
    slack.standin.api.scopes.remove("users:read")
    refused = called(slack, "users.info", user=ANA)
    assert (refused["error"], refused["needed"]) == ("missing_scope", "users:read")
    assert refused["provided"].split(",") == sorted(slack.standin.api.scopes)


@pytest.mark.parametrize(
    ("method", "missing"),
    [
        ("chat.postMessage", ["channel"]),
        ("chat.postEphemeral", ["channel", "user"]),
        ("users.info", ["user"]),
        ("usergroups.users.list", ["usergroup"]),
        ("views.open", ["trigger_id", "view"]),
        ("views.publish", ["user_id", "view"]),
        ("views.update", ["view"]),
    ],
)
def test_a_missing_argument_is_named(shared: SlackServer, method: str, missing: list[str]) -> None:
    """A call without what its method needs is refused, with each argument that is missing."""
    refused = called(shared, method)
    assert refused["error"] == "invalid_arguments"
    named = [f"[ERROR] missing required field: {name}" for name in missing]
    assert refused["response_metadata"]["messages"] == named


def test_blocks_over_a_limit_are_refused_where_they_break_it(shared: SlackServer) -> None:
    """A message that Slack would not take is refused with a pointer to its fault, and nobody sees it."""
    before = seen(shared, ANA)
    problem = "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    for method, args in (("chat.postMessage", {}), ("chat.postEphemeral", {"user": ANA})):
        refused = called(shared, method, channel=GENERAL, text="x", blocks=[TOO_LONG], **args)
        assert (refused["error"], refused["response_metadata"]["messages"]) == ("invalid_blocks", [problem])
    assert seen(shared, ANA) == before


def test_a_view_over_a_limit_is_refused_where_it_breaks_it(shared: SlackServer) -> None:
    """A modal or an App Home that Slack would not take is refused with a pointer to its fault, and is not shown."""
    problem = "[ERROR] must be less than 3001 characters [json-pointer:/view/blocks/0/text/text]"
    opened = called(shared, "views.open", trigger_id=trigger_of(shared), view={**MODAL, "blocks": [TOO_LONG]})
    published = called(shared, "views.publish", user_id=ANA, view={"type": "home", "blocks": [TOO_LONG]})
    for refused in (opened, published):
        assert (refused["error"], refused["response_metadata"]["messages"]) == ("invalid_arguments", [problem])
    assert ANA not in shared.workspace.modals
    assert ANA not in shared.workspace.homes


def test_a_view_stands_only_where_its_kind_belongs(shared: SlackServer) -> None:
    """An App Home is not opened as a modal, nor a modal published as App Home."""
    opened = called(shared, "views.open", trigger_id=trigger_of(shared), view=HOME)
    published = called(shared, "views.publish", user_id=ANA, view=MODAL)
    for refused in (opened, published):
        assert refused["error"] == "invalid_arguments"
        assert "[json-pointer:/view/type]" in refused["response_metadata"]["messages"][0]


def test_nobodys_home_is_published(shared: SlackServer) -> None:
    """For somebody whom there is not, views.publish finds fault with the argument and knows no user_not_found."""
    refused = called(shared, "views.publish", user_id="U0NOBODY", view=HOME)
    assert (refused["error"], refused["response_metadata"]["messages"]) == (
        "invalid_arguments",
        ["invalid `user_id`"],
    )


# What is answered


def test_a_channel_is_named_by_id_by_name_and_by_person(shared: SlackServer) -> None:
    """A post reaches a channel by its id or name, and a person's direct messages by their id."""
    reached = [
        called(shared, "chat.postMessage", channel=channel, text="x")["channel"]
        for channel in (PAYMENTS, "payments", "#payments", ANA)
    ]
    assert reached == [PAYMENTS, PAYMENTS, PAYMENTS, "D0ANA"]


def test_a_post_is_the_bots_message(shared: SlackServer) -> None:
    """What is posted stands in the channel as the bot's, each block with a block_id, in the thread that it names."""
    first = called(shared, "chat.postMessage", channel=GENERAL, text="one")
    answer = called(
        shared, "chat.postMessage", channel=GENERAL, text="two", thread_ts=first["ts"], blocks=[{"type": "divider"}]
    )
    assert answer["message"] == {
        "type": "message",
        "user": BOT_USER,
        "bot_id": BOT_ID,
        "app_id": "A0ASSISTANT",
        "team": TEAM,
        "text": "two",
        "ts": answer["ts"],
        "thread_ts": first["ts"],
        "blocks": [{"type": "divider", "block_id": "b0"}],
    }
    assert in_thread(shared, BEN, first["ts"]) == ["one", "two"]


def test_who_the_bot_is(shared: SlackServer) -> None:
    """auth.test tells the bot its workspace and its own ids."""
    told = called(shared, "auth.test")
    assert (told["team_id"], told["user_id"], told["bot_id"]) == (TEAM, BOT_USER, BOT_ID)


@pytest.mark.parametrize(
    ("user", "marks"),
    [(ANA, set()), (GUEST, {"is_restricted"}), (OTHER_BOT, {"is_bot"}), (GONE, {"deleted"}), (STRANGER, set())],
)
def test_who_somebody_is(shared: SlackServer, user: str, marks: set[str]) -> None:
    """Guests, bots and those who left are marked; other companies' people have another team; no scope, no e-mail."""
    told = called(shared, "users.info", user=user)["user"]
    assert {name for name, value in told.items() if value is True} == marks
    assert (told["team_id"] == TEAM) == (user != STRANGER)
    assert "email" not in told["profile"]


def test_who_is_in_a_usergroup(slack: SlackServer) -> None:
    """A usergroup's members are listed."""
    slack.workspace.usergroups["S0PAY"] = [ANA, BEN]
    assert called(slack, "usergroups.users.list", usergroup="S0PAY")["users"] == [ANA, BEN]
    assert {"id": "S0PAY", "users": [ANA, BEN]} in called(slack, "usergroups.list", include_users=1)["usergroups"]
    assert {"id": "S0PAY"} in called(slack, "usergroups.list")["usergroups"]


# Views


def test_a_trigger_opens_one_modal_and_soon(slack: SlackServer, clock: Clock) -> None:
    """A trigger opens one modal for whoever acted; used again it is exchanged, and after three seconds expired."""
    trigger, late = trigger_of(slack), trigger_of(slack)
    opened = called(slack, "views.open", trigger_id=trigger, view=MODAL)
    assert slack.modal(ANA).id == opened["view"]["id"]
    assert called(slack, "views.open", trigger_id=trigger, view=MODAL)["error"] == "exchanged_trigger_id"
    clock.now += slack.standin.api.trigger_lifetime_s + 0.1
    assert called(slack, "views.open", trigger_id=late, view=MODAL)["error"] == "expired_trigger_id"


def test_a_refused_modal_leaves_its_trigger(slack: SlackServer) -> None:
    """A view that is refused does not use up its trigger."""
    trigger = trigger_of(slack)
    assert not called(slack, "views.open", trigger_id=trigger, view={"type": "modal"})["ok"]
    assert called(slack, "views.open", trigger_id=trigger, view=MODAL)["ok"]


def test_an_update_replaces_the_view_that_it_knows(slack: SlackServer) -> None:
    """An update with the newest hash, or with none, replaces a modal; with an older hash it is a hash_conflict."""
    first = called(slack, "views.open", trigger_id=trigger_of(slack), view=MODAL)["view"]
    second = called(slack, "views.update", view_id=first["id"], hash=first["hash"], view=MODAL)["view"]
    assert second["id"] == first["id"]
    assert second["hash"] != first["hash"]
    conflict = called(slack, "views.update", view_id=first["id"], hash=first["hash"], view=MODAL)
    assert conflict["error"] == "hash_conflict"
    assert called(slack, "views.update", view_id=first["id"], view={**MODAL, "private_metadata": "new"})["ok"]
    assert slack.modal(ANA).body["private_metadata"] == "new"


def test_a_closed_modal_is_not_found(slack: SlackServer) -> None:
    """Once somebody has closed their modal, an update finds it no more; nor does it find an App Home."""
    view = called(slack, "views.open", trigger_id=trigger_of(slack), view=MODAL)["view"]
    slack.look(lambda: slack.standin.close(ANA))
    assert called(slack, "views.update", view_id=view["id"], view=MODAL)["error"] == "not_found"
    home = called(slack, "views.publish", user_id=ANA, view=HOME)["view"]
    assert called(slack, "views.update", view_id=home["id"], view=HOME)["error"] == "not_found"


def test_app_home_is_published_for_one_person(slack: SlackServer) -> None:
    """App Home is one view for each person, which keeps its id; an older hash is a hash_conflict."""
    first = called(slack, "views.publish", user_id=ANA, view=HOME)["view"]
    second = called(slack, "views.publish", user_id=ANA, view=HOME, hash=first["hash"])["view"]
    assert second["id"] == first["id"]
    assert called(slack, "views.publish", user_id=ANA, view=HOME, hash=first["hash"])["error"] == "hash_conflict"
    assert called(slack, "views.publish", user_id=BEN, view=HOME)["view"]["id"] != first["id"]


# Rates


def test_a_channel_takes_a_burst_and_then_one_a_second(slack: SlackServer, clock: Clock) -> None:
    """Past a burst chat.postMessage answers 429 with Retry-After for that channel alone, until time has passed."""

    def posted(channel: str) -> Any:
        return post(
            f"{slack.url}chat.postMessage",
            json.dumps({"channel": channel, "text": "x"}),
            {"Authorization": f"Bearer {slack.bot_token}"},
        )

    assert {posted(GENERAL).status for _ in range(POSTS_IN_A_BURST)} == {200}
    limited = posted(GENERAL)
    assert (limited.status, limited.headers["Retry-After"]) == (429, "1")
    assert json.loads(limited.text) == {"ok": False, "error": "ratelimited"}
    assert posted("#general").status == 429
    assert posted(PAYMENTS).status == 200
    clock.now += float(limited.headers["Retry-After"])
    assert [posted(GENERAL).status, posted(GENERAL).status] == [200, 429]


def test_each_method_has_its_own_limit(slack: SlackServer, clock: Clock) -> None:
    """A method of tier 2 takes twenty calls a minute, whatever else is called."""

    def listed() -> str:
        return str(called(slack, "usergroups.users.list", usergroup="S0PAY")["error"])

    assert {listed() for _ in range(20)} == {"no_such_subteam"}
    assert listed() == "ratelimited"
    assert called(slack, "users.info", user=ANA)["ok"]
    clock.now += 60
    assert {listed() for _ in range(20)} == {"no_such_subteam"}


# Ephemerals


def test_an_ephemeral_is_seen_by_one_person_until_they_reload(slack: SlackServer) -> None:
    """What is posted for one person nobody else sees, and it is gone when they load the page anew."""
    answer = called(slack, "chat.postEphemeral", channel=GENERAL, user=ANA, text="for you")
    assert answer.keys() == {"ok", "message_ts"}
    assert (seen(slack, ANA), seen(slack, BEN)) == (["for you"], [])
    slack.look(lambda: slack.standin.reload(BEN))
    assert seen(slack, ANA) == ["for you"]
    slack.look(lambda: slack.standin.reload(ANA))
    assert seen(slack, ANA) == []


def test_an_ephemeral_is_seen_only_in_a_thread_that_is_active(slack: SlackServer) -> None:
    """In a thread without a reply an ephemeral is taken and not shown; in one with a reply it is."""
    ts = called(slack, "chat.postMessage", channel=GENERAL, text="question")["ts"]
    assert called(slack, "chat.postEphemeral", channel=GENERAL, user=ANA, text="unseen", thread_ts=ts)["ok"]
    assert in_thread(slack, ANA, ts) == ["question"]
    called(slack, "chat.postMessage", channel=GENERAL, text="reply", thread_ts=ts)
    called(slack, "chat.postEphemeral", channel=GENERAL, user=ANA, text="seen", thread_ts=ts)
    assert in_thread(slack, ANA, ts) == ["question", "reply", "seen"]
    assert in_thread(slack, BEN, ts) == ["question", "reply"]


# response_urls


def test_a_response_url_takes_five_posts(slack: SlackServer) -> None:
    """The sixth post to a response_url is refused with 404, as is one to an address that was never given."""
    url = url_of(slack)
    assert [responded(url, text="again") for _ in range(6)] == [200] * 5 + [404]
    assert len(seen(slack, ANA)) == 5
    assert responded(f"{url}x", text="again") == 404


def test_a_response_url_expires(slack: SlackServer, clock: Clock) -> None:
    """After half an hour a response_url is worth nothing."""
    url = url_of(slack)
    clock.now += 1_800
    assert responded(url, text="in time") == 200
    clock.now += 1
    assert responded(url, text="late") == 404
    assert seen(slack, ANA) == ["in time"]


def test_a_response_is_for_whoever_acted_unless_it_says_otherwise(slack: SlackServer) -> None:
    """A response is ephemeral; with response_type in_channel everybody sees it."""
    url = url_of(slack)
    responded(url, text="for you")
    responded(url, text="for you too", response_type="ephemeral")
    responded(url, text="for all", response_type="in_channel")
    assert seen(slack, ANA) == ["for you", "for you too", "for all"]
    assert seen(slack, BEN) == ["for all"]


def clickable(slack: SlackServer, **args: Any) -> Message:
    """A message of the bot's in #general."""
    ts = called(slack, "chat.postMessage", channel=GENERAL, text="question", **args)["ts"]
    return slack.workspace.messages[GENERAL, ts]


def test_a_response_replaces_what_was_clicked(slack: SlackServer) -> None:
    """With replace_original the message that was clicked becomes the response, for everybody and in its place."""
    message = clickable(slack)
    assert responded(url_of(slack, message=message), text="answer", replace_original=True) == 200
    assert seen(slack, BEN) == ["answer"]
    assert slack.workspace.messages[GENERAL, message.ts].text == "answer"


def test_without_a_click_there_is_nothing_to_replace(slack: SlackServer) -> None:
    """After a command replace_original replaces nothing, and the response is a new ephemeral message."""
    assert responded(url_of(slack), text="answer", replace_original=True) == 200
    assert (seen(slack, ANA), seen(slack, BEN)) == (["answer"], [])


def test_a_response_deletes_what_was_clicked(slack: SlackServer) -> None:
    """With delete_original alone the message that was clicked goes; with a text beside it, the text follows."""
    assert responded(url_of(slack, message=clickable(slack)), delete_original=True) == 200
    assert seen(slack, ANA) == []
    assert responded(url_of(slack, message=clickable(slack)), delete_original=True, text="instead") == 200
    assert seen(slack, ANA) == ["instead"]


def test_a_response_stands_in_the_thread_that_it_names(slack: SlackServer) -> None:
    """A public response is in the thread of its thread_ts, else in the channel; an ephemeral one where was clicked."""
    ts = clickable(slack).ts
    message = clickable(slack, thread_ts=ts)
    url = url_of(slack, thread_ts=ts, message=message)
    responded(url, text="in the thread", response_type="in_channel", thread_ts=ts)
    responded(url, text="in the channel", response_type="in_channel")
    responded(url, text="for you")
    assert seen(slack, BEN) == ["question", "in the channel"]
    assert in_thread(slack, BEN, ts) == ["question", "question", "in the thread"]
    assert in_thread(slack, ANA, ts)[-1] == "for you"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": "x", "blocks": [TOO_LONG]}, "invalid_blocks"),
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
    ],
)
def test_a_response_is_checked_like_a_message(shared: SlackServer, body: Json, code: str) -> None:
    """A response that Slack would not take is refused with its code, and nobody sees it."""
    before = seen(shared, ANA)
    refused = post(url_of(shared), json.dumps(body))
    assert (refused.status, refused.text) == (400, code)
    assert seen(shared, ANA) == before
