"""How parts of sentences are written, whatever the answer is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from assistant.core.advice import OwnerCard
from assistant.core.catalog import PEOPLE, PROPOSED, Statement
from assistant.core.entries import Component, Team
from assistant.core.messages import Code, Line, Span, Strong, WebLink

SNIPPET = 90


def name_of(component: Component) -> str:
    return component.name if component.namespace == "default" else f"{component.namespace}/{component.name}"


def distinct_names(cards: Iterable[OwnerCard]) -> list[str]:
    return list(dict.fromkeys(name_of(card.component) for card in cards))


def owned_by(card: OwnerCard) -> Line:
    name = Strong(name_of(card.component))
    if card.proposed and card.origin:
        names = listed([team.label for team in card.proposed])
        has = "has" if len(card.proposed) == 1 else "have"
        return (*naming(card.origin.author_name, card.proposed, name), f"; {names} {has} not accepted yet.")
    if not card.owners:
        return ("Nobody has claimed ", name, ".")
    return (name, " is owned by ", *joined([Strong(team.label) for team in card.owners]), ".")


def naming(who: str, teams: Sequence[Team], name: Span) -> Line:
    """`Ana Ruiz names Streaming as the owner of orders-kafka`."""
    owner = "the owner" if len(teams) == 1 else "the owners"
    return (f"{who} names ", *joined([Strong(team.label) for team in teams]), f" as {owner} of ", name)


def owner_label(card: OwnerCard) -> str:
    """Return in a few words who owns a component: `Payments`, `Streaming (proposed)` or `nobody yet`."""
    proposed = [f"{team.label} (proposed)" for team in card.proposed]
    return listed([team.label for team in card.owners] or proposed) or "nobody yet"


def origin_of(statement: Statement) -> Line:
    return (*source_of(statement), f", {statement.stated_at.day} {statement.stated_at:%B}")


def source_of(statement: Statement) -> Line:
    """Say who states something: a person, or a file and its line."""
    if statement.source in (PEOPLE, PROPOSED):
        return (statement.author_name,)
    return (Code(statement.file), f", line {statement.place.line}" if statement.place else "")


def reachable(value: str, label: str | None = None) -> Span:
    return WebLink(value, label or value) if value.startswith(("http://", "https://")) else Code(value)


def snippet(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SNIPPET else line[: SNIPPET - 1].rsplit(" ", 1)[0] + "…"


def clipped(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def joined(spans: Sequence[Span], word: str = "and") -> Line:
    """`a`, `a and b`, `a, b and c`."""
    if len(spans) < 2:
        return tuple(spans)
    line: list[Span] = []
    for position, span in enumerate(spans):
        if position:
            line.append(f" {word} " if position == len(spans) - 1 else ", ")
        line.append(span)
    return tuple(line)


def listed(words: Sequence[str], word: str = "and") -> str:
    return "".join(str(span) for span in joined(words, word))


def dotted(parts: Sequence[Line]) -> Line:
    return separated(parts, " · ")


def separated(parts: Sequence[Line], mark: str) -> Line:
    return tuple(span for position, part in enumerate(parts) for span in ((mark, *part) if position else part))


def number_of(count: int) -> str:
    return ("no", "one", "two", "three", "four", "five", "six")[count] if count < 7 else str(count)


def times_of(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def day_of(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "a day that nobody stated"


def time_of(at: datetime) -> str:
    return f"{at.day} {at:%B}, {at:%H:%M} UTC"


def ago(at: datetime, now: datetime) -> str:
    """Say how long ago something was: `two minutes ago`."""
    seconds = (now - at).total_seconds()
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count = int(seconds // length)
        if count >= 1:
            one = "an" if unit == "hour" else "a"
            return f"{one if count == 1 else number_of(count)} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
