"""Messages as Block Kit. Total: any message in, valid blocks out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.core.messages import (
    Button,
    Channel,
    Code,
    Line,
    Message,
    Preformatted,
    Row,
    Span,
    Strong,
    WebLink,
    plain,
)
from assistant.slack.text import channel, clip, escape, escape_code
from assistant.slack.views.acts import MENU, action_id, option_value, value

Block = dict[str, Any]

SECTION_LIMIT = 3_000
HEADING_LIMIT = 150
BUTTON_LIMIT = 75
VALUE_LIMIT = 2_000
"""What a button carries. One that would carry more, such as dozens of answers at once, is left out."""
FALLBACK_LIMIT = 3_000
PIECE_LIMIT = 2_900
"""Characters of preformatted text in a section, which also holds its marks."""
LINE_LIMIT = 500
"""Characters of a line of it that are kept together: escaped, a section holds five times as many."""
MENU_LIMIT = 5
"""Options of a menu."""
OPTION_LIMIT = 150
"""What an option carries. An act that would carry more has a button of its own."""
IN_A_ROW = 5
"""Buttons in one actions block; Slack takes 25, people read fewer."""


def text_of(message: Message) -> str:
    """Return what notifications and screen readers read: the answer by itself, mentioning nobody."""
    return clip(escape(plain(message)), FALLBACK_LIMIT)


def blocks_of(message: Message, *, private: bool) -> list[Block]:
    """Return a message as blocks. What only the asker sees can be shared, by the second of its buttons."""
    count = 0
    blocks: list[Block] = []

    def button(each: Button) -> Block:
        nonlocal count
        count += 1
        label = {"type": "plain_text", "text": clip(each.label, BUTTON_LIMIT), "emoji": False}
        shown = {"type": "button", "action_id": action_id(each.act, count), "text": label, "value": value(each.act)}
        return {**shown, "style": "primary"} if each.likely else shown

    for row in message.rows:
        if row.is_heading:
            blocks.append({"type": "header", "text": _heading(row)})
            continue
        blocks.extend(_sections(row))
        if row.button:
            blocks[-1]["accessory"] = button(row.button)
        if row.below:
            blocks.append({"type": "actions", "elements": [button(each) for each in row.below]})
        blocks.extend(_context(row.note))
    buttons, more = list(message.buttons), list(message.more)
    if private and message.share:
        buttons, more = [*buttons[:1], Button("Share", message.share)], buttons[1:] + more
    more = more[:MENU_LIMIT]
    chosen = [each for each in more if len(option_value(each.act)) <= OPTION_LIMIT]
    buttons += [each for each in more if each not in chosen]
    shown = [button(each) for each in buttons if len(value(each.act)) <= VALUE_LIMIT]
    shown += [_menu(chosen, count + 1)] if chosen else []
    rows = [shown[start : start + IN_A_ROW] for start in range(0, len(shown), IN_A_ROW)]
    blocks.extend({"type": "actions", "elements": each} for each in rows)
    return [*blocks, *_context(message.context)]


def _context(lines: Sequence[Line]) -> list[Block]:
    said = [line for line in lines if _mrkdwn(line).strip()]
    return [{"type": "context", "elements": [_text(line, 1_000) for line in said[:10]]}] if said else []


def _heading(row: Row) -> Block:
    text = plain(Message((row,)))
    return {"type": "plain_text", "text": clip(text, HEADING_LIMIT), "emoji": False}


def _menu(buttons: list[Button], number: int) -> Block:
    """Return what stands behind three dots."""
    options = [
        {
            "text": {"type": "plain_text", "text": clip(each.label, BUTTON_LIMIT), "emoji": False},
            "value": option_value(each.act),
        }
        for each in buttons
    ]
    return {"type": "overflow", "action_id": f"{MENU}:{number}", "options": options}


def _sections(row: Row) -> list[Block]:
    """Return a row as a section, and preformatted text, which people copy, as as many as it needs."""
    parts: list[Line] = [_lines(row)]
    if len(row.lines) == 1 and len(row.lines[0]) == 1 and isinstance(row.lines[0][0], Preformatted):
        parts = [(Preformatted(piece),) for piece in _pieces(row.lines[0][0].text)]
    return [{"type": "section", "text": _text(part, SECTION_LIMIT)} for part in parts]


def _pieces(text: str) -> list[str]:
    """Cut text at the ends of its lines, so that a section holds each piece as it is escaped."""
    pieces, left = [""], PIECE_LIMIT
    for line in text.splitlines(keepends=True):
        for start in range(0, len(line), LINE_LIMIT):
            part = line[start : start + LINE_LIMIT]
            if len(escape(part)) > left:
                pieces.append("")
                left = PIECE_LIMIT
            pieces[-1] += part
            left -= len(escape(part))
    return pieces


def _lines(row: Row) -> Line:
    spans: list[Span] = []
    for position, line in enumerate(row.lines):
        spans.extend(("\n", *line) if position else line)
    return tuple(spans)


def _text(line: Line, limit: int) -> Block:
    """Return a mrkdwn object. `verbatim` keeps Slack from making links and mentions out of what a registry holds."""
    kept: list[str] = []
    left = limit
    for span in line:
        shown = _span(span)
        if len(shown) > left:
            # Cut between spans or inside plain text, never inside Slack's marks, which would spoil them.
            kept.append(clip(shown, left) if isinstance(span, str) and "&" not in shown and left > 1 else "…"[:left])
            break
        kept.append(shown)
        left -= len(shown)
    return {"type": "mrkdwn", "text": "".join(kept) or " ", "verbatim": True}


def _mrkdwn(line: Line) -> str:
    return "".join(map(_span, line))


def _span(span: Span) -> str:
    match span:
        case str():
            return escape(span)
        case Strong(text):
            return f"*{escape(text)}*"
        case Code(text):
            return f"`{escape_code(text)}`"
        case Preformatted(text):
            return f"```{escape(text.replace('```', 'ˋˋˋ'))}```"
        case Channel(name):
            return channel(name)
        case WebLink(url, label):
            return _link(url, label)


def _link(url: str, label: str) -> str:
    if not url.startswith(("http://", "https://")) or any(mark in url for mark in "<>|\n "):
        return escape(f"{label} {url}" if label != url else url)
    return f"<{url.replace('&', '&amp;')}|{escape(clip(label, 200)).replace('|', '¦')}>"
