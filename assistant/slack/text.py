"""Text for Slack: every untrusted string is escaped and clipped here, once."""

from __future__ import annotations

import re

_MARK = re.compile(r"((?<!\w)[*_~`](?=\S)|(?<=\S)[*~`](?!\w))")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{8,}$")


def escape(text: str) -> str:
    """Return text that mentions nobody and links nothing.

    https://docs.slack.dev/messaging/formatting-message-text#escaping names these three characters. A word joiner, which
    is invisible, goes behind a mark of mrkdwn only where it would format: in `*.example`, never inside `ab_testing`, so
    that a name can be copied out of an answer.
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARK.sub("\\1\u2060", text)


def escape_code(text: str) -> str:
    """Return text for between backticks, where only a backtick ends it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("`", "ʼ")


def clip(text: str, limit: int) -> str:
    """Return text of at most `limit` characters, with an ellipsis where some are left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def channel(name: str) -> str:
    """Return a channel as people click it: by id as a link, by name as text."""
    bare = name.lstrip("#")
    return f"<#{bare}>" if _CHANNEL_ID.match(bare) else f"#{escape(bare)}"
