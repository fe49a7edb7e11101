"""What listeners to buttons share: reading what a button carries, where its outcome stands, and forms that open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from slack_sdk.errors import SlackApiError

from assistant.core.policy import Where
from assistant.slack.delivery import Destination, InHome, InPlace, InView
from assistant.slack.desk import Desk
from assistant.slack.limits import report
from assistant.slack.payloads import Click, OpenedView, opened_view
from assistant.slack.views.acts import decode
from assistant.slack.views.inputs import loading_view

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


async def opened(click: Click, desk: Desk) -> OpenedView:
    """Open an empty form before anything else is done, because its trigger lives three seconds; or use the open one."""
    if click.view:
        return OpenedView(click.view, click.hash)
    response = await desk.client.views_open(trigger_id=click.trigger_id, view=loading_view())
    return opened_view(response.data)  # type: ignore[arg-type]


async def fill(shown: OpenedView, view: dict[str, Any], desk: Desk) -> None:
    """Put a form in the place of what was opened. Whoever has closed it, or is further by now, does without it."""
    report("views.update", {"view": view})
    try:
        await desk.client.views_update(view_id=shown.id, hash=shown.hash, view=view)
    except SlackApiError as error:
        if error.response.get("error") not in ("not_found", "hash_conflict"):
            raise
