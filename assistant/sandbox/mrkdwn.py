"""Slack's mrkdwn as HTML, and as what somebody would have typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from urllib.parse import quote

from markupsafe import Markup, escape

from assistant.sandbox.workspace import Workspace

_FENCE = re.compile(r"```(.+?)```", re.DOTALL)
_QUOTE = re.compile(r"(?:&gt;|>) ?")
_ANGLE = re.compile(r"<([^<>\n]+)>")
_CODE = r"(?<![\w`])`(?=[^\s\u2060])[^`\n]+(?<=\S)`(?![\w`\u2060])"
_MARKED = re.compile(r"(?<![\w*`])([*`])(\S|\S.*?\S)\1(?![\w*`])")
_TAGS = {"*": "b", "_": "i", "~": "s"}


def _emphasis(mark: str) -> str:
    """Return the pattern of text between two marks, which stand at the edges of words.

    The alternatives exclude one another, so that no text takes exponentially long. A word joiner (U+2060) behind a
    mark makes it an ordinary character, and links and code are passed over whole.
    """
    inner = rf"(?:<[^<>\n]+>|{_CODE}|<(?![^<>\n]+>)|(?!{_CODE})`|[{mark}](?=\u2060)|[^{mark}\n<`])+?"
    return rf"(?<![\w{mark}])[{mark}](?=[^\s\u2060])({inner})(?<=\S)[{mark}](?![\w{mark}\u2060])"


_INLINE = re.compile("|".join([f"({_CODE})", r"<([^<>\n]+)>", *map(_emphasis, _TAGS)]))


def render(text: str, workspace: Workspace) -> Markup:
    """Return mrkdwn as HTML. Whatever is written, it holds no tag but those that are meant here."""
    shown = Markup("")
    for position, part in enumerate(_FENCE.split(text)):
        lines = part.strip("\n")
        if position % 2:
            shown += Markup("<pre>{}</pre>").format(typed(lines, workspace))
        elif lines:
            shown += Markup("").join(_paragraphs(lines, workspace))
    return shown


def typed(text: str, workspace: Workspace) -> str:
    """Return mrkdwn as somebody would have typed it: names for ids, addresses for links, nothing escaped."""
    return _spelt_out(text, workspace, lambda address, label: address)


def plain(text: str, workspace: Workspace) -> str:
    """Return mrkdwn as a terminal shows it: names for ids, links with their addresses, no marks around words."""
    shown = _spelt_out(text, workspace, lambda address, label: f"{label} {address}" if label else address)
    return _MARKED.sub(r"\2", shown).replace("\u2060", "")


def _spelt_out(text: str, workspace: Workspace, link: Callable[[str, str], str]) -> str:
    def spelt(match: re.Match[str]) -> str:
        target, _, label = match[1].partition("|")
        if _is_web(target):
            return _unescaped(link(target, label if label != target else ""))
        return _named(target, label, workspace) or _unescaped(label or match[0])

    # Between what is in angle brackets and what is not: an escaped bracket must not become one that is read again.
    shown, end = "", 0
    for match in _ANGLE.finditer(text):
        shown += _unescaped(text[end : match.start()]) + spelt(match)
        end = match.end()
    return shown + _unescaped(text[end:])


def _paragraphs(text: str, workspace: Workspace) -> Iterator[Markup]:
    for is_quote, lines in groupby(text.split("\n"), lambda line: bool(_QUOTE.match(line))):
        shown = Markup("<br>").join(_inline(_QUOTE.sub("", line, 1) if is_quote else line, workspace) for line in lines)
        yield Markup("<blockquote>{}</blockquote>").format(shown) if is_quote else Markup("<p>{}</p>").format(shown)


def _inline(text: str, workspace: Workspace) -> Markup:
    shown, end = Markup(""), 0
    for match in _INLINE.finditer(text):
        shown += escape(_unescaped(text[end : match.start()]))
        end = match.end()
        code, angle, *emphasised = match.groups()
        if code is not None:
            shown += Markup("<code>{}</code>").format(typed(code[1:-1], workspace))
        elif angle is not None:
            shown += _angle(angle, workspace)
        else:
            tag = Markup(_TAGS[match[0][0]])  # noqa: S704  one of three letters
            inner = next(each for each in emphasised if each is not None)
            shown += Markup("<{0}>{1}</{0}>").format(tag, _inline(inner, workspace))
    return shown + escape(_unescaped(text[end:]))


def _angle(inside: str, workspace: Workspace) -> Markup:
    """Return what stands between angle brackets: a link to the web, or a name. Anything else is shown as text."""
    target, _, label = inside.partition("|")
    if _is_web(target):
        link = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>')
        return link.format(_unescaped(target), _unescaped(label or target))
    channel = workspace.channels.get(target[1:]) if target.startswith("#") else None
    if channel and not channel.person:
        return Markup('<a class="mention" href="#{}">#{}</a>').format(quote(channel.name, safe=""), channel.name)
    if name := _named(target, label, workspace):
        return Markup('<span class="mention">{}</span>').format(name)
    return escape(_unescaped(label or f"<{inside}>"))


def _named(target: str, label: str, workspace: Workspace) -> str | None:
    """Return the name that an id stands for, with its mark."""
    mark, name = target[:1], target[1:]
    label = _unescaped(label).lstrip("@#")
    if mark == "@" and name:
        person = workspace.people.get(name)
        return f"@{person.name if person else label or name}"
    if mark == "#" and name:
        channel = workspace.channels.get(name)
        return f"#{channel.name if channel else label or name}"
    if target.startswith("!subteam^"):
        return f"@{label or target.removeprefix('!subteam^')}"
    return f"@{name}" if target in ("!here", "!channel", "!everyone") else None


def _is_web(target: str) -> bool:
    return target.startswith(("http://", "https://"))


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
