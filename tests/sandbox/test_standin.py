"""What people do in the stand-in, what the app is told of it, and what they see then."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_app import Connection, called, connected, post
from slack_server import ANA, BEN, ELSEWHERE, GENERAL, GUEST, OTHER_BOT, PARTNERS, PAYMENTS, STRANGER, SlackServer

from assistant.sandbox.workspace import APP, BOT_ID, BOT_USER, TEAM, Json, Message, View, fernwood

OPTIONS = [{"text": {"type": "plain_text", "text": text}, "value": text.lower()} for text in ("Edit", "Form")]
BUTTON = {"type": "button", "action_id": "pick:1", "text": {"type": "plain_text", "text": "Pick"}, "value": "one"}
BUTTONS: list[Json] = [{"type": "actions", "block_id": "choices", "elements": [BUTTON]}]
TITLE = {"type": "plain_text", "text": "Form"}
FORM: Json = {
    "type": "modal",
    "callback_id": "form",
    "private_metadata": "kept",
    "title": TITLE,
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {"type": "section", "block_id": "intro", "text": {"type": "mrkdwn", "text": "Fill in"}},
        *(
            {
                "type": "input",
                "block_id": name,
                "optional": True,
                "label": {"type": "plain_text", "text": name},
                "element": {"action_id": f"{name}-input", **element},
            }
            for name, element in (
                ("name", {"type": "plain_text_input", "initial_value": "kiln"}),
                ("kind", {"type": "radio_buttons", "options": OPTIONS, "initial_option": OPTIONS[0]}),
                ("life", {"type": "static_select", "options": OPTIONS}),
                ("owner", {"type": "external_select"}),
            )
        ),
    ],
}


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server


@pytest.fixture
def app(slack: SlackServer) -> Iterator[Connection]:
    """The app, connected over Socket Mode and in the test's hand."""
    with connected(slack) as connection:
        yield connection


def event_of(app: Connection) -> Json:
    """The next event, without its wrapping."""
    inner: Json = app.take()["payload"]["event"]
    return inner


def bot_message(slack: SlackServer, **args: Any) -> Message:
    """A message of the bot's with a button in it, or with other blocks."""
    ts = called(slack, "chat.postMessage", **{"channel": GENERAL, "text": "Which?", "blocks": BUTTONS} | args)["ts"]
    return slack.workspace.messages[GENERAL, ts]


def form(slack: SlackServer, user: str = ANA) -> View:
    """A form that somebody has open."""
    trigger = slack.look(lambda: slack.standin.api.new_trigger(user))
    assert called(slack, "views.open", trigger_id=trigger, view=FORM)["ok"]
    return slack.modal(user)


def click(slack: SlackServer, app: Connection, user: str = ANA, **where: Any) -> Json:
    """Press the button, which the app takes; what it was told."""
    pressing = slack.begin(slack.standin.click(user, block_id="choices", action_id="pick:1", **where))
    payload, failed = app.answer(pressing)
    assert failed is None
    return payload


# Events


def test_a_mention_is_told_with_its_author(slack: SlackServer, app: Connection) -> None:
    """A mention is wrapped with the app, the workspace and for whom it was authorized; the event says who and where."""
    ts = slack.mention(ANA, "who owns kiln?")
    payload = app.take()["payload"]
    event = payload["event"]
    assert (payload["type"], payload["api_app_id"], payload["team_id"]) == ("event_callback", APP, TEAM)
    assert payload["authorizations"][0]["user_id"] == BOT_USER
    assert payload["is_ext_shared_channel"] is False
    assert payload["event_id"].startswith("Ev")
    assert event.pop("client_msg_id")
    assert event == {
        "type": "app_mention",
        "user": ANA,
        "team": TEAM,
        "text": f"<@{BOT_USER}> who owns kiln?",
        "ts": ts,
        "event_ts": ts,
        "channel": GENERAL,
    }


def test_a_mention_is_told_only_where_the_bot_is(slack: SlackServer, app: Connection) -> None:
    """Where the bot is not, it hears nothing and whoever named it is told how to invite it; once invited it hears."""
    slack.mention(ANA, "first", channel=ELSEWHERE)
    told = slack.look(lambda: slack.workspace.seen_in(ELSEWHERE, ANA))
    assert "/invite @assistant" in told[-1].text
    assert told[-1].from_system
    slack.run(slack.standin.command(ANA, ELSEWHERE, "/invite @assistant"))
    slack.mention(ANA, "second", channel=ELSEWHERE)
    assert event_of(app)["text"].endswith("second")


def test_what_does_not_name_the_bot_is_not_told(slack: SlackServer, app: Connection) -> None:
    """A message in a channel that does not name the bot is none of its business."""
    slack.say(ANA, "who owns kiln?", GENERAL)
    slack.mention(ANA, "hello")
    assert event_of(app)["text"].endswith("hello")


def test_an_event_that_was_not_subscribed_to_is_not_told(slack: SlackServer, app: Connection) -> None:
    """What the manifest does not subscribe to is not delivered."""
    slack.standin.manifest["settings"]["event_subscriptions"]["bot_events"].remove("message.im")
    slack.direct_message(ANA, "hello")
    slack.mention(ANA, "hello")
    assert event_of(app)["type"] == "app_mention"


def test_a_direct_message_and_its_thread(slack: SlackServer, app: Connection) -> None:
    """A direct message is a message of channel_type im; one in a thread says in which, and attachments come along."""
    first = slack.direct_message(ANA, "hello")
    event = event_of(app)
    assert (event["type"], event["channel_type"], event["channel"]) == ("message", "im", "D0ANA")
    assert "thread_ts" not in event
    assert "subtype" not in event
    attachments = [{"title": "disk full"}]
    slack.say(ANA, "more", "D0ANA", first, attachments=attachments)
    event = event_of(app)
    assert (event["thread_ts"], event["attachments"]) == (first, attachments)


def test_an_edited_direct_message(slack: SlackServer, app: Connection) -> None:
    """An edit of a direct message is a message_changed with what stood before and stands now, and no user outside."""
    ts = slack.direct_message(ANA, "before")
    app.take()
    slack.run(slack.standin.edit(ANA, "D0ANA", ts, "after"))
    event = event_of(app)
    assert event["subtype"] == "message_changed"
    assert event.keys().isdisjoint({"user", "text"})
    assert (event["message"]["text"], event["previous_message"]["text"]) == ("after", "before")
    assert event["message"]["ts"] == event["previous_message"]["ts"] == ts
    assert event["message"]["edited"]["user"] == ANA
    assert event["ts"] == event["event_ts"] != ts


def test_an_edited_mention(slack: SlackServer, app: Connection) -> None:
    """A mention that is edited arrives again under its own ts, marked as edited."""
    ts = slack.mention(ANA, "before")
    app.take()
    slack.run(slack.standin.edit(ANA, GENERAL, ts, "@assistant after"))
    event = event_of(app)
    assert (event["type"], event["ts"], event["text"]) == ("app_mention", ts, f"<@{BOT_USER}> after")
    assert event["edited"]["user"] == ANA


def test_another_bot_is_marked(slack: SlackServer, app: Connection) -> None:
    """What another app writes carries its bot_id and profile, and no client_msg_id."""
    slack.mention(OTHER_BOT, "hello")
    event = event_of(app)
    assert event["bot_id"] == event["bot_profile"]["id"] == "B0DEPLOYBOT"
    assert event["bot_profile"]["name"] == "deploybot"
    assert "client_msg_id" not in event


def test_another_companys_people_are_marked(slack: SlackServer, app: Connection) -> None:
    """In a channel that another company shares the event says so, and whose people write."""
    slack.mention(STRANGER, "hello", channel=PARTNERS)
    payload = app.take()["payload"]
    assert payload["is_ext_shared_channel"] is True
    assert payload["team_id"] == TEAM
    assert {payload["event"][name] for name in ("team", "user_team", "source_team")} == {"T0GLOBEX"}


def test_a_guest_is_told_like_anybody(slack: SlackServer, app: Connection) -> None:
    """Nothing in an event tells a guest from a member: an app must ask for it."""
    slack.mention(ANA, "hello")
    slack.mention(GUEST, "hello")
    assert event_of(app).keys() == event_of(app).keys()


@pytest.mark.parametrize("tab", ["home", "messages"])
def test_app_home_is_opened(slack: SlackServer, app: Connection, tab: str) -> None:
    """Opening App Home says at which tab; once a view is published, opening its tab brings that view."""
    slack.run(slack.standin.open_home(ANA, tab))
    event = event_of(app)
    assert (event["type"], event["user"], event["channel"], event["tab"]) == ("app_home_opened", ANA, "D0ANA", tab)
    assert "view" not in event
    view = called(slack, "views.publish", user_id=ANA, view={"type": "home", "blocks": BUTTONS})["view"]
    slack.run(slack.standin.open_home(ANA, tab))
    assert event_of(app).get("view") == (view if tab == "home" else None)


# Commands and shortcuts


def test_a_command_is_told_with_what_was_typed(slack: SlackServer, app: Connection) -> None:
    """A command says who typed what where, all of it as text, with people, channels and signs encoded."""
    line = "/who-owns  the thing of @ben in #payments & co "
    payload, _ = app.answer(slack.begin(slack.standin.command(ANA, GENERAL, line)))
    assert payload["text"] == f"the thing of <@{BEN}|ben> in <#{PAYMENTS}|payments> &amp; co"
    assert (payload["command"], payload["user_id"], payload["user_name"]) == ("/who-owns", ANA, "ana")
    assert (payload["channel_id"], payload["channel_name"], payload["team_id"]) == (GENERAL, "general", TEAM)
    assert payload["trigger_id"] in slack.standin.api.triggers
    assert payload["response_url"].startswith(slack.standin.base_url)
    assert all(isinstance(value, str) for value in payload.values())


def test_a_command_that_is_not_escaped_comes_as_typed(slack: SlackServer, app: Connection) -> None:
    """A command whose manifest does not ask for should_escape brings the text as it was typed."""
    slack.standin.manifest["features"]["slash_commands"][0]["should_escape"] = False
    payload, _ = app.answer(slack.begin(slack.standin.command(ANA, GENERAL, "/who-owns @ben & co")))
    assert payload["text"] == "@ben & co"


def test_a_command_opens_a_form_and_is_answered_later(slack: SlackServer, app: Connection) -> None:
    """A command's trigger opens a modal, and its response_url shows whoever typed it what comes later."""
    payload, _ = app.answer(slack.begin(slack.standin.command(ANA, GENERAL, "/who-owns x")))
    assert called(slack, "views.open", trigger_id=payload["trigger_id"], view=FORM)["ok"]
    assert post(payload["response_url"], '{"text": "later"}').status == 200
    assert slack.modal(ANA)
    assert slack.look(lambda: slack.workspace.seen_in(GENERAL, ANA))[-1].text == "later"


@pytest.mark.parametrize(("user", "line"), [(ANA, "/weather today"), (STRANGER, "/who-owns kiln")])
def test_a_command_that_is_not_offered(slack: SlackServer, app: Connection, user: str, line: str) -> None:
    """A command that no app has, or of an app of another company, reaches nobody, and whoever typed it is told so."""
    assert slack.run(slack.standin.command(user, PARTNERS, line)) == {}
    told = slack.look(lambda: slack.workspace.seen_in(PARTNERS, user))[-1]
    assert f"{line.split()[0]} is not a valid command." in told.text
    assert not slack.calls("/who-owns")


def test_a_shortcut_brings_its_message(slack: SlackServer, app: Connection) -> None:
    """A shortcut on a message brings the message, its place, and the means to answer."""
    attachments = [{"title": "disk full"}]
    ts = slack.say(BEN, "help", GENERAL, attachments=attachments)
    payload, failed = app.answer(slack.begin(slack.standin.shortcut(ANA, GENERAL, ts, "who-owns-this")))
    assert failed is None
    assert (payload["type"], payload["callback_id"]) == ("message_action", "who-owns-this")
    assert payload["message"] == {
        "type": "message",
        "user": BEN,
        "text": "help",
        "ts": ts,
        "team": TEAM,
        "attachments": attachments,
    }
    assert payload["message_ts"] == ts
    assert payload["channel"] == {"id": GENERAL, "name": "general"}
    assert payload["user"] == {"id": ANA, "username": "ana", "name": "ana", "team_id": TEAM}
    assert payload["trigger_id"] in slack.standin.api.triggers
    post(payload["response_url"], '{"text": "for you"}')
    assert slack.look(lambda: slack.workspace.seen_in(GENERAL, ANA))[-1].text == "for you"


def test_a_shortcut_is_not_offered_to_another_company(slack: SlackServer, app: Connection) -> None:
    """People of another company can't use a shortcut; the app hears nothing."""
    ts = slack.say(BEN, "help", PARTNERS)
    assert slack.run(slack.standin.shortcut(STRANGER, PARTNERS, ts, "who-owns-this"))
    assert not slack.calls("message_action")


# Clicks


def test_a_click_in_a_message(slack: SlackServer, app: Connection) -> None:
    """A click in a message brings the button, the message with its blocks, and the means to answer."""
    first = bot_message(slack)
    message = bot_message(slack, thread_ts=first.ts)
    payload = click(slack, app, message=message)
    (action,) = payload["actions"]
    assert action.pop("action_ts")
    assert action == BUTTON | {"block_id": "choices"}
    assert payload["type"] == "block_actions"
    assert payload["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": GENERAL,
        "is_ephemeral": False,
        "thread_ts": first.ts,
    }
    assert payload["channel"] == {"id": GENERAL, "name": "general"}
    assert payload["message"]["blocks"] == BUTTONS
    assert payload["message"]["bot_id"] == BOT_ID
    assert "view" not in payload
    post(payload["response_url"], '{"text": "done", "replace_original": true}')
    assert slack.workspace.messages[GENERAL, message.ts].text == "done"


def test_a_choice_in_a_menu(slack: SlackServer, app: Connection) -> None:
    """What is chosen behind three dots comes as the option, whole, and without the others; only an option is taken."""
    options = [{"text": {"type": "plain_text", "text": text}, "value": text.lower()} for text in ("Edit", "Retire")]
    menu = {"type": "overflow", "action_id": "more:1", "options": options}
    message = bot_message(slack, blocks=[{"type": "actions", "block_id": "row", "elements": [menu]}])

    def choose(value: str) -> Coroutine[Any, Any, str | None]:
        return slack.standin.click(ANA, message=message, block_id="row", action_id="more:1", value=value)

    payload, failed = app.answer(slack.begin(choose("retire")))
    assert failed is None
    (action,) = payload["actions"]
    assert action.pop("action_ts")
    assert action == {"type": "overflow", "action_id": "more:1", "block_id": "row", "selected_option": options[1]}
    assert slack.run(choose("explode")) == "That choice is no longer there."


def test_a_click_in_an_ephemeral_message(slack: SlackServer, app: Connection) -> None:
    """A click in what one person sees says that it is ephemeral and does not bring the message."""
    called(slack, "chat.postEphemeral", channel=GENERAL, user=ANA, text="Which?", blocks=BUTTONS)
    message = slack.look(lambda: slack.workspace.seen_in(GENERAL, ANA))[-1]
    payload = click(slack, app, message=message)
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    post(payload["response_url"], '{"delete_original": true}')
    assert slack.look(lambda: slack.workspace.seen_in(GENERAL, ANA)) == []


def test_a_click_of_another_companys_person(slack: SlackServer, app: Connection) -> None:
    """Whoever reads along from another company can press a button, and the payload says of which team they are."""
    assert click(slack, app, STRANGER, message=bot_message(slack))["user"]["team_id"] == "T0GLOBEX"


def test_a_click_in_app_home(slack: SlackServer, app: Connection) -> None:
    """A click in App Home brings the view and has no response_url, no channel and no message."""
    called(slack, "views.publish", user_id=ANA, view={"type": "home", "blocks": BUTTONS})
    home = slack.workspace.homes[ANA]
    payload = click(slack, app, view=home)
    assert payload["container"] == {"type": "view", "view_id": home.id}
    assert payload["view"]["type"] == "home"
    assert payload["view"]["hash"] == home.hash
    assert payload.keys().isdisjoint({"response_url", "channel", "message"})
    assert payload["trigger_id"] in slack.standin.api.triggers


def test_enter_in_a_modal(slack: SlackServer, app: Connection) -> None:
    """Enter in a field brings what was typed, as the action's value and in the state of the view."""
    view = form(slack)
    pressing = slack.standin.click(ANA, view=view, block_id="name", action_id="name-input", value="oven")
    payload, failed = app.answer(slack.begin(pressing))
    assert failed is None
    assert payload["actions"][0]["value"] == "oven"
    assert payload["view"]["state"]["values"]["name"]["name-input"]["value"] == "oven"


def test_a_click_that_is_not_taken(slack: SlackServer, app: Connection) -> None:
    """A click that the app does not acknowledge in time gives a sentence, as does one on what is gone."""
    slack.standin.delivery.timing.ack_s = 0.05
    message = bot_message(slack)
    pressed = slack.run(slack.standin.click(ANA, message=message, block_id="choices", action_id="pick:1"))
    assert pressed == "We had some trouble connecting. Try again?"
    gone = slack.run(slack.standin.click(ANA, message=message, block_id="choices", action_id="pick:2"))
    assert gone == "That button is no longer there."
    assert len(slack.calls("block_actions")) == 1


# Forms


def submitted(slack: SlackServer, app: Connection, values: Json, ack: Json | None = None) -> tuple[Json, Json]:
    """Submit the form that Ana has open; what the app was told, and what she sees."""
    return app.answer(slack.begin(slack.standin.submit(ANA, slack.modal(ANA).id, values)), ack)


def test_a_form_is_submitted_with_its_state(slack: SlackServer, app: Connection) -> None:
    """A submission brings what is filled in, begun with and left empty, by the kind of each field; then it closes."""
    view = form(slack)
    payload, outcome = submitted(slack, app, {"name": "oven", "life": "form", "owner": OPTIONS[0]})
    assert payload["type"] == "view_submission"
    assert payload["response_urls"] == []
    assert payload.keys().isdisjoint({"response_url", "channel", "message", "actions"})
    told = payload["view"]
    assert (told["id"], told["callback_id"], told["private_metadata"]) == (view.id, "form", "kept")
    assert told["state"]["values"] == {
        "name": {"name-input": {"type": "plain_text_input", "value": "oven"}},
        "kind": {"kind-input": {"type": "radio_buttons", "selected_option": OPTIONS[0]}},
        "life": {"life-input": {"type": "static_select", "selected_option": OPTIONS[1]}},
        "owner": {"owner-input": {"type": "external_select", "selected_option": OPTIONS[0]}},
    }
    assert outcome == {}
    assert ANA not in slack.workspace.modals


def test_what_is_left_empty_is_null(slack: SlackServer, app: Connection) -> None:
    """A field that is left empty, or emptied, is in the state with null."""
    form(slack)
    payload, _ = submitted(slack, app, {"name": ""})
    values = payload["view"]["state"]["values"]
    assert values["name"]["name-input"]["value"] is None
    assert values["life"]["life-input"]["selected_option"] is None


def test_a_form_takes_only_what_it_offers(slack: SlackServer) -> None:
    """Nobody can fill in a field or choose an option that the form does not have."""
    view = form(slack)
    for values, sentence in (({"colour": "red"}, "no field colour"), ({"life": "red"}, "offers no red")):
        with pytest.raises(ValueError, match=sentence):
            slack.run(slack.standin.submit(ANA, view.id, values))


def test_errors_stand_beside_input_fields(slack: SlackServer, app: Connection) -> None:
    """Errors for fields are shown and the form stays open; errors for what is no input are a failure."""
    form(slack)
    errors = {"name": "A name is needed."}
    assert submitted(slack, app, {}, {"response_action": "errors", "errors": errors})[1] == {"errors": errors}
    for wrong in ({"intro": "x"}, {"nowhere": "x"}, {}):
        outcome = submitted(slack, app, {}, {"response_action": "errors", "errors": wrong})[1]
        assert outcome == {"failed": "We had some trouble connecting. Try again?"}
        assert "invalid_errors" in slack.calls("view_submission")[-1].note
    assert slack.modal(ANA)


def test_an_acknowledgement_replaces_or_closes_a_form(slack: SlackServer, app: Connection) -> None:
    """`update` puts another view in the form's place, with its id and a new hash; `clear` closes it."""
    view = form(slack)
    before = view.hash
    done = {"type": "modal", "title": TITLE, "blocks": []}
    assert submitted(slack, app, {}, {"response_action": "update", "view": done})[1] == {}
    assert slack.modal(ANA).id == view.id
    assert slack.modal(ANA).hash != before
    assert submitted(slack, app, {}, {"response_action": "clear"})[1] == {}
    assert ANA not in slack.workspace.modals


@pytest.mark.parametrize("ack", [{}, {"response_action": "clear"}, {"response_action": "update", "view": FORM}])
def test_a_late_acknowledgement_touches_no_other_form(slack: SlackServer, app: Connection, ack: Json) -> None:
    """Whoever closed a form before its submission was answered, and opened another, keeps that other one."""
    late = slack.begin(slack.standin.submit(ANA, form(slack).id, {"name": "oven", "life": "form"}))
    sent = app.frame()
    slack.look(lambda: slack.standin.close(ANA))
    other = form(slack)
    before = other.hash
    app.acknowledge(sent, ack)
    assert late.result(5) == {}
    assert (slack.modal(ANA).id, slack.modal(ANA).hash) == (other.id, before)


@pytest.mark.parametrize(
    "ack",
    [
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "update", "view": {"type": "home", "blocks": []}},
        {"response_action": "dance"},
        {"ok": True},
    ],
)
def test_what_slack_would_not_take_leaves_a_form_open(slack: SlackServer, app: Connection, ack: Json) -> None:
    """A bad view, another response_action or another body is a failure, and the form stays as it is."""
    before = form(slack).hash
    assert submitted(slack, app, {}, ack)[1] == {"failed": "We had some trouble connecting. Try again?"}
    assert slack.modal(ANA).hash == before


def test_a_submission_that_is_not_taken_leaves_a_form_open(slack: SlackServer, app: Connection) -> None:
    """A form that the app does not acknowledge in time stays open with a sentence; one that is gone says so."""
    slack.standin.delivery.timing.ack_s = 0.05
    view = form(slack)
    assert "trouble connecting" in slack.run(slack.standin.submit(ANA, view.id, {}))["failed"]
    assert slack.modal(ANA)
    slack.look(lambda: slack.standin.close(ANA))
    assert slack.run(slack.standin.submit(ANA, view.id, {})) == {"failed": "That form is no longer open."}


def test_a_select_asks_the_app(slack: SlackServer, app: Connection) -> None:
    """Typing into an external select brings the text, the field and the view, and shows the options that come back."""
    view = form(slack)
    typing = slack.begin(slack.standin.suggest(ANA, view.id, "owner", "owner-input", "pay"))
    payload, options = app.answer(typing, {"options": OPTIONS})
    assert options == OPTIONS
    assert (payload["type"], payload["value"]) == ("block_suggestion", "pay")
    assert (payload["block_id"], payload["action_id"]) == ("owner", "owner-input")
    assert payload["container"] == {"type": "view", "view_id": view.id}
    assert payload.keys().isdisjoint({"trigger_id", "response_url", "actions"})


def test_options_over_a_limit_are_not_shown(slack: SlackServer, app: Connection) -> None:
    """Options that Slack would not take are not shown, and the record says why."""
    view = form(slack)
    long = [{"text": {"type": "plain_text", "text": "x" * 76}, "value": "x"}]
    typing = slack.begin(slack.standin.suggest(ANA, view.id, "owner", "owner-input", "pay"))
    assert app.answer(typing, {"options": long})[1] == []
    assert "must be less than 76 characters" in slack.calls("block_suggestion")[-1].note


# Text


@pytest.mark.parametrize(
    ("typed", "carried"),
    [
        ("@ana and @ben", "<@U0ANA> and <@U0BEN>"),
        ("(@ana, @ben.)", "(<@U0ANA>, <@U0BEN>.)"),
        ("ask @nobody", "ask @nobody"),
        ("mail me@ana", "mail me@ana"),
        ("in #payments?", "in <#C0PAYMENTS|>?"),
        ("#partners-globex", "<#C0PARTNERS|>"),
        ("@here @channel", "<!here> <!channel>"),
        ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
        ("&amp;", "&amp;amp;"),
        ("<@U0ANA>", "&lt;@U0ANA&gt;"),
        ("see https://x.example/a?b=1&c=2.", "see <https://x.example/a?b=1&amp;c=2>."),
        ("(https://x.example/@ana#general)", "(<https://x.example/@ana#general>)"),
        ("https://x.example/?q=#general", "<https://x.example/?q=#general>"),
        ("<https://x.example>", "&lt;<https://x.example>&gt;"),
        ("`who owns kiln`", "`who owns kiln`"),
    ],
)
def test_what_was_typed_becomes_what_an_event_carries(typed: str, carried: str) -> None:
    """People, channels and links become references, and what could be mistaken for one is escaped."""
    assert fernwood().encode(typed) == carried


WORKSPACE = fernwood()


@given(st.text(alphabet=st.one_of(st.sampled_from("&<>;amp lt gt|@#:/.`"), st.characters(codec="utf-8"))))
def test_text_without_a_reference_survives(typed: str) -> None:
    """What names nobody, no channel and no link comes back as it was typed, once its entities are decoded."""
    carried = WORKSPACE.encode(typed)
    decoded = carried.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    if not any(mark in carried for mark in ("<@", "<#", "<!", "<http")):
        assert decoded == typed
        assert not {"<", ">"} & set(carried)


@given(st.lists(st.sampled_from(["@ana", "#general", "https://x.example/?a=1&b=2", "&", "<", ">", "kiln"])))
def test_every_reference_is_whole(words: list[str]) -> None:
    """Among any other words each person, channel and link becomes one reference, and nothing is nested."""
    carried = WORKSPACE.encode(" ".join(words)).split()
    expected = {
        "@ana": "<@U0ANA>",
        "#general": "<#C0GENERAL|>",
        "https://x.example/?a=1&b=2": "<https://x.example/?a=1&amp;b=2>",
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
    }
    assert carried == [expected.get(word, word) for word in words]
