"""Where sources contradict one another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.core.answers import Conflicts
from assistant.core.catalog import Statement
from assistant.core.conflicts import Conflict
from assistant.core.entries import FACT_PREFIX
from assistant.core.history import WORDS
from assistant.core.messages import Code, Line, Message, Row, Strong
from assistant.core.wording.phrases import clipped, listed, separated, source_of

LISTED = 15
"""Conflicts that are shown before the rest is counted."""


def conflicts_message(answer: Conflicts) -> Message:
    found = answer.found
    if not found:
        return Message((Row((("No two sources contradict one another.",),)),))
    count = "In 1 thing sources contradict" if len(found) == 1 else f"In {len(found)} things sources contradict"
    lines = [_conflict(each, answer.names) for each in found[:LISTED]]
    if len(found) > LISTED:
        lines.append((f"And {len(found) - LISTED} more: ", Code("assistant lint"), " lists them all."))
    context: Line = (
        "What stands first counts. To settle one, change the file that is wrong; ",
        Code("ASSISTANT_TRUST"),
        " says which sources count before others.",
    )
    return Message((Row(((f"{count} one another:",),)), Row(tuple(lines))), context=(context,))


def _conflict(conflict: Conflict, names: Mapping[str, str]) -> Line:
    said = [_said(each, names) for each in conflict.statements]
    return ("• ", *what_of(conflict), ": ", *separated(said, "; "), ".")


def what_of(conflict: Conflict) -> Line:
    """Say of what something else is stated: `the owner of checkout-api`."""
    name = conflict.field.removeprefix(FACT_PREFIX)
    return ("the ", WORDS.get(name, name.replace("_", " ")), " of ", Strong(clipped(conflict.subject.name)))


def _said(statement: Statement, names: Mapping[str, str]) -> Line:
    return (
        *source_of(statement),
        f"{',' if statement.place else ''} says {clipped(value_of(statement.field, statement.value, names))}",
    )


def value_of(field: str, value: Any, names: Mapping[str, str]) -> str:
    """Return a value as people read it."""
    if field == "owners":
        return listed([names.get(name, name) for name in value]) or "nobody"
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
