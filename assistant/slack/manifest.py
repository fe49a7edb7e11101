"""The app manifest, made from what the code uses: scopes from the methods called, triggers from the routes."""

from __future__ import annotations

from itertools import chain
from typing import Any

import yaml

from assistant.slack.routes import REGISTER_THIS, ROUTES, WHO_OWNS_THIS

METHOD_SCOPES: dict[str, tuple[str, ...]] = {
    "apps_connections_open": (),  # an app-level token's own scope, connections:write
    "auth_test": (),
    "chat_postMessage": ("chat:write",),
    "chat_postEphemeral": ("chat:write",),
    "conversations_info": ("channels:read", "groups:read"),
    "conversations_list": ("channels:read", "groups:read"),
    "users_conversations": ("channels:read", "groups:read"),
    "users_info": ("users:read",),
    "users_list": ("users:read",),
    "usergroups_list": ("usergroups:read",),
    "usergroups_users_list": ("usergroups:read",),
    "views_open": (),
    "views_publish": (),
    "views_update": (),
}
"""Every method of the Web API that the code calls → the scopes it needs (https://docs.slack.dev/reference/methods)."""

EVENT_SCOPES: dict[str, tuple[str, str | None]] = {
    "app_mention": ("app_mention", "app_mentions:read"),
    "message": ("message.im", "im:history"),
    "app_home_opened": ("app_home_opened", None),
}
"""Event of a route → the event to subscribe to, and its scope (https://docs.slack.dev/reference/events)."""

_COMMANDS = {
    "/who-owns": ("Who owns a component?", "checkout-api"),
    "/which-model": ("Which ownership model should it use?", "orders-kafka"),
    "/onboard": ("Register a component", "gift-card-ledger"),
    "/assistant": ("Ask anything about components and teams", "what does Payments own?"),
}


def manifest(url: str | None = None) -> dict[str, Any]:
    """Return the manifest for Socket Mode, or for HTTP when the public address of the app is given."""
    commands = [route.name for route in ROUTES if route.kind == "command"]
    events = [EVENT_SCOPES[route.name] for route in ROUTES if route.kind == "event"]
    scopes = {"commands", *chain(*METHOD_SCOPES.values()), *(scope for _, scope in events if scope)}
    endpoint = f"{url.rstrip('/')}/slack/events" if url else None
    slash = []
    for name in commands:
        description, hint = _COMMANDS[name]
        command: dict[str, Any] = {
            "command": name,
            "description": description,
            "usage_hint": hint,
            "should_escape": True,
        }
        slash.append({**command, "url": endpoint} if endpoint else command)
    subscriptions: dict[str, Any] = {"bot_events": sorted(event for event, _ in events)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    if endpoint:
        subscriptions["request_url"] = endpoint
        interactivity |= {"request_url": endpoint, "message_menu_options_url": endpoint}
    return {
        "display_information": {
            "name": "Assistant",
            "description": "Who owns it, and which ownership model should it use?",
            "background_color": "#2c3e50",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "assistant", "always_online": True},
            "slash_commands": slash,
            "shortcuts": [
                {
                    "name": "Who owns this?",
                    "type": "message",
                    "callback_id": WHO_OWNS_THIS,
                    "description": "Finds the owner of what a message is about",
                },
                {
                    "name": "Register this",
                    "type": "message",
                    "callback_id": REGISTER_THIS,
                    "description": "Opens the form with what a message says is new",
                },
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(scopes)}},
        "settings": {
            "event_subscriptions": subscriptions,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": endpoint is None,
            "token_rotation_enabled": False,
        },
    }


def manifest_text(url: str | None = None) -> str:
    """Return the manifest as YAML, as it is pasted into Slack."""
    return yaml.safe_dump(manifest(url), sort_keys=False, allow_unicode=True, width=120)
