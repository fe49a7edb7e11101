"""What listeners to buttons share: reading what a button carries, and where its outcome stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from assistant.core.policy import Where
from assistant.slack.delivery import Destination, InHome, InPlace, InView
from assistant.slack.payloads import Click
from assistant.slack.views.acts import decode

Kind = TypeVar("Kind")
NOT_SHOWN: Mapping[Where, str] = {
    "shared": "This channel is shared with another company, so registry entries aren't shown here. "
    "Ask in a direct message.",
    "unknown": "The assistant can't see who reads this channel, so registry entries aren't shown here. "
    "Invite it, or ask in a direct message.",
}
"""What is said where nothing of the registry is shown: `policy.SHOWN`."""
EXPIRED = "That button is from an older answer. Nothing was changed; ask again."


def act_of(click: Click, kind: type[Kind]) -> Kind | None:
    """Return what a button carries; None when it is none of ours, such as one of an older version."""
    try:
        act = decode(click.action_id, click.value)
    except ValueError:
        return None
    return act if isinstance(act, kind) else None


def place(click: Click) -> Destination:
    """Return where the outcome of a click stands: in place of the message, in its form, or in App Home."""
    if click.view:
        return InView(click.view)
    return InPlace(click.response_url, click.ephemeral) if click.response_url else InHome(click.user)
