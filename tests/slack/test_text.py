"""Text for Slack: a name that looks like markup is shown as it is written, and nobody is pinged by it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.slack.text import channel, clip, escape, escape_code

JOINER = "\u2060"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U0ANA>", "&lt;@U0ANA&gt;"),
        ("a & b", "a &amp; b"),
        ("ab_testing", "ab_testing"),
        ("kiln-control", "kiln-control"),
        ("2 * 3", "2 * 3"),
        ("*.example", f"*{JOINER}.example"),
        ("_wheel_", f"_{JOINER}wheel_"),
        ("`x`", f"`{JOINER}x`{JOINER}"),
        ("~gone~", f"~{JOINER}gone~{JOINER}"),
    ],
)
def test_escape(text: str, expected: str) -> None:
    """Markup is shown as typed, and ordinary names come out so that they can be copied."""
    assert escape(text) == expected


@settings(deadline=None)
@given(st.text())
def test_nothing_escaped_mentions_anybody(text: str) -> None:
    """No text keeps a character that begins a mention or a link, and what was typed can still be read."""
    assert not {"<", ">"} & set(escape(text))
    assert not {"<", ">", "`"} & set(escape_code(text))
    plain = escape(text).replace(JOINER, "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert plain == text.replace(JOINER, "")


@settings(deadline=None)
@given(st.text(max_size=60), st.integers(2, 40))
def test_clip(text: str, limit: int) -> None:
    """Clipped text is never longer than its limit, and says that something is left out."""
    clipped = clip(text, limit)
    assert len(clipped) <= limit
    assert clipped == text or clipped.endswith("…")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("#ovens", "#ovens"),
        ("ovens", "#ovens"),
        ("C0123ABCDE", "<#C0123ABCDE>"),
        ("#C0123ABCDE", "<#C0123ABCDE>"),
        ("<!here>", "#&lt;!here&gt;"),
        ("C0123ABCDE|<!here>", "#C0123ABCDE|&lt;!here&gt;"),
    ],
)
def test_channel(name: str, expected: str) -> None:
    """A channel's id becomes a link that pings nobody; anything else stays text."""
    assert channel(name) == expected
