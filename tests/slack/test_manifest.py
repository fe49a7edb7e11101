"""The manifest declares exactly what the code uses."""

from __future__ import annotations

import ast
import json
import os
from itertools import chain
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from assistant.slack.manifest import EVENT_SCOPES, METHOD_SCOPES, manifest, manifest_text
from assistant.slack.routes import ROUTES

ROOT = Path(__file__).parent.parent.parent
URL = "https://assistant.acme.example"


def _methods_called() -> set[str]:
    """Every method that the code calls on a client of Slack's Web API, read from its source."""
    called = set()
    for path in (ROOT / "assistant").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                target = ast.unparse(node.func.value)
                if target.endswith("client"):
                    called.add(node.func.attr)
    return called


def test_the_file_is_what_the_code_says() -> None:
    """manifest.yaml, from which people create the app, is what `assistant manifest` prints."""
    assert (ROOT / "manifest.yaml").read_text() == manifest_text()


def test_every_method_called_has_its_scope_and_no_other_is_asked_for() -> None:
    """Nobody grants a scope that is not needed, and no call fails for a missing one."""
    assert _methods_called() == set(METHOD_SCOPES)
    events = {scope for _, scope in EVENT_SCOPES.values() if scope}
    wanted = {"commands"} | set(chain(*METHOD_SCOPES.values())) | events
    assert set(manifest()["oauth_config"]["scopes"]["bot"]) == wanted


def test_events_and_commands_are_the_routes() -> None:
    """What Slack is told to send is what is answered."""
    declared = manifest()
    commands = {route.name for route in ROUTES if route.kind == "command"}
    events = {EVENT_SCOPES[route.name][0] for route in ROUTES if route.kind == "event"}
    shortcuts = {route.name for route in ROUTES if route.kind == "shortcut"}
    assert {each["command"] for each in declared["features"]["slash_commands"]} == commands
    assert set(declared["settings"]["event_subscriptions"]["bot_events"]) == events
    assert {each["callback_id"] for each in declared["features"]["shortcuts"]} == shortcuts
    assert set(EVENT_SCOPES) == {route.name for route in ROUTES if route.kind == "event"}


def test_the_http_form_names_the_address_everywhere() -> None:
    """With an address, Slack posts events, commands and clicks to it, and Socket Mode is off."""
    http = manifest(URL + "/")
    endpoint = f"{URL}/slack/events"
    assert http["settings"]["socket_mode_enabled"] is False
    assert http["settings"]["event_subscriptions"]["request_url"] == endpoint
    assert http["settings"]["interactivity"]["request_url"] == endpoint
    assert http["settings"]["interactivity"]["message_menu_options_url"] == endpoint
    assert {command["url"] for command in http["features"]["slash_commands"]} == {endpoint}
    assert "url" not in str(manifest()["features"]["slash_commands"])


@pytest.mark.parametrize("url", [None, URL])
def test_slack_accepts_it(url: str | None) -> None:
    """Both forms are valid by Slack's own schema."""
    folder = os.environ.get("TEST_DATA")
    if not folder:
        pytest.skip("TEST_DATA is not set; Slack's schema lies beside it")
    schema: dict[str, Any] = json.loads((Path(folder).parent / "slack" / "manifest.v2.schema.json").read_text())
    jsonschema.validate(yaml.safe_load(manifest_text(url)), schema)
