"""The record: everything that the stand-in sent and received, in order. Tests assert on it, and the page shows it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Direction = Literal["to app", "from app", "socket", "fault"]
KEPT = 5_000


@dataclass
class Entry:
    """One exchange. `name` is an event, command, interaction or method; `answer` comes later, or never."""

    number: int
    at: float
    """Seconds since the epoch."""
    direction: Direction
    name: str
    body: Json
    answer: Json | None = None
    seconds: float | None = None
    """How long the answer took."""
    note: str = ""
    shown: Any = None
    """The message or view that people see because of it."""


@dataclass
class Record:
    """The last thousands of entries."""

    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT))
    count: int = 0

    def add(self, at: float, direction: Direction, name: str, body: Json, note: str = "") -> Entry:
        self.count += 1
        entry = Entry(self.count, at, direction, name, body, note=note)
        self.entries.append(entry)
        return entry

    def named(self, name: str) -> list[Entry]:
        """Return every entry of a name, oldest first."""
        return [entry for entry in self.entries if entry.name == name]
