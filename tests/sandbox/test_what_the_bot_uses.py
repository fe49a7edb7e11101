"""The stand-in serves what the bot uses and nothing else, so that it can be as strict as Slack in all of it."""

from __future__ import annotations

import pytest
from slack_app import called, connected
from slack_server import ANA, GENERAL, MANIFEST, SlackServer

from assistant import blockkit
from assistant.sandbox import payloads
from assistant.sandbox.standin import StandIn
from assistant.sandbox.web_api import WebApi
from assistant.sandbox.workspace import Json, fernwood
from assistant.slack.manifest import METHOD_SCOPES, manifest, manifest_text
from assistant.slack.routes import ROUTES, WHO_OWNS_THIS

ROUTE_KINDS = {
    "block_actions": "action",
    "block_suggestion": "options",
    "event_callback": "event",
    "message_action": "shortcut",
    "view_submission": "view",
}
"""The type of each payload → the kind of route that takes it. A command has no type."""


def routed(kind: str) -> set[str]:
    return {route.name for route in ROUTES if route.kind == kind}


def test_methods() -> None:
    """The stand-in has exactly the methods that the bot calls, and asks for the scopes that the manifest declares."""
    methods = WebApi(fernwood(), (), lambda: 0.0).methods
    assert {name.replace(".", "_") for name in methods} == METHOD_SCOPES.keys()
    bots = {name.replace(".", "_"): method.scopes for name, method in methods.items() if name[:5] != "apps."}
    assert bots == {name: scope for name, scope in METHOD_SCOPES.items() if name[:5] != "apps_"}


def test_events() -> None:
    """The stand-in tells exactly the events that the bot listens to."""
    assert set(payloads.EVENTS) == routed("event")


def test_commands_and_shortcuts() -> None:
    """What can be typed and chosen in the stand-in is what the bot's manifest declares, and that has routes."""
    standin = StandIn(fernwood(), manifest())
    features = standin.manifest["features"]
    assert {command["command"] for command in features["slash_commands"]} == routed("command")
    assert {shortcut["callback_id"] for shortcut in features["shortcuts"]} == routed("shortcut")
    assert MANIFEST.read_text() == manifest_text()


def test_fields_of_forms() -> None:
    """The stand-in knows where each kind of field keeps its answer, for exactly the fields that the bot may use."""
    assert payloads.STATE_KEYS.keys() == blockkit.INPUTS.keys()


@pytest.mark.parametrize("kind", blockkit.INPUTS)
def test_every_field_can_be_filled_in(kind: str) -> None:
    """For each kind of field that the bot may use, what is filled in is in the state under the kind's own name."""
    option = {"text": {"type": "plain_text", "text": "One"}, "value": "one"}
    element = {"type": kind, "action_id": "entered", "options": [option]}
    workspace = fernwood()
    view = workspace.keep_view(
        ANA, {"type": "modal", "blocks": [{"type": "input", "block_id": "f", "element": element}]}
    )
    answer = "one" if payloads.STATE_KEYS[kind] == "value" else option
    state = payloads.filled(view, {"f": answer})
    assert state == {"f": {"entered": {"type": kind, payloads.STATE_KEYS[kind]: answer}}}


def test_interactions() -> None:
    """What people can do in the stand-in reaches the bot as the kinds that it has routes for, and no others."""
    button = {"type": "button", "action_id": "press", "text": {"type": "plain_text", "text": "Press"}}
    actions = {"type": "actions", "block_id": "a", "elements": [button]}
    select = {"type": "external_select", "action_id": "s"}
    label = {"type": "plain_text", "text": "Owner"}
    field = {"type": "input", "block_id": "f", "optional": True, "label": label, "element": select}
    form: Json = {"type": "modal", "title": label, "submit": label, "blocks": [actions, field]}
    kinds = set()
    with SlackServer() as slack, connected(slack) as app:
        do = slack.standin
        ts = slack.mention(ANA, "hello")
        kinds.add(ROUTE_KINDS[app.take()["payload"]["type"]])
        command, _ = app.answer(slack.begin(do.command(ANA, GENERAL, "/onboard kiln")))
        assert "type" not in command
        called(slack, "views.open", trigger_id=command["trigger_id"], view=form)
        view = slack.modal(ANA)
        for payload, _ in (
            app.answer(slack.begin(do.shortcut(ANA, GENERAL, ts, WHO_OWNS_THIS))),
            app.answer(slack.begin(do.click(ANA, view=view, block_id="a", action_id="press"))),
            app.answer(slack.begin(do.suggest(ANA, view.id, "f", "s", "pay"))),
            app.answer(slack.begin(do.submit(ANA, view.id, {}))),
        ):
            kinds.add(ROUTE_KINDS[payload["type"]])
    assert kinds | {"command"} == {route.kind for route in ROUTES}
    assert kinds == set(ROUTE_KINDS.values())
