"""What was learned from questions: what people chose for words that fit several, and names that nobody could find."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Engine, bindparam, delete, select, text

from assistant.core.entries import Ref
from assistant.storage.database import begin_write, reachable
from assistant.storage.tables import PICKS, UNFOUND, Moment

PICKS_OF_ONE = 200
UNFOUND_AT_MOST = 1_000
"""Rows that are kept: of one person's picks the newest, and the names that were asked for last."""

# SQLAlchemy spells this once for each database, and both read it like this.
_PICK = text(
    "INSERT INTO picks (workspace, person, words, subject, picked_at)"
    " VALUES (:workspace, :person, :words, :subject, :at)"
    " ON CONFLICT (workspace, person, words) DO UPDATE SET subject = :subject, picked_at = :at"
).bindparams(bindparam("at", type_=Moment()))
_COUNT = text(
    "INSERT INTO unfound (workspace, words, name, times, asked_at) VALUES (:workspace, :words, :name, 1, :at)"
    " ON CONFLICT (workspace, words) DO UPDATE SET times = unfound.times + 1, asked_at = :at"
).bindparams(bindparam("at", type_=Moment()))


class Unfound(NamedTuple):
    """A name that nobody could find. `words`: as it is compared."""

    name: str
    times: int
    asked_at: datetime
    words: str


class Learned:
    """The memory of one workspace. `words` are names as they are compared: folded."""

    def __init__(self, engine: Engine, workspace: str) -> None:
        self._engine = engine
        self._workspace = workspace

    def remember_pick(self, person: str, words: str, subject: Ref, at: datetime) -> None:
        values = {"person": person, "words": words, "subject": str(subject), "at": at}
        mine = (PICKS.c.workspace == self._workspace, PICKS.c.person == person)
        with reachable(self._engine), begin_write(self._engine) as connection:
            connection.execute(_PICK, {**values, "workspace": self._workspace})
            oldest = (
                select(PICKS.c.words)
                .where(*mine)
                .order_by(PICKS.c.picked_at.desc(), PICKS.c.words)
                .offset(PICKS_OF_ONE)
            )
            connection.execute(delete(PICKS).where(*mine, PICKS.c.words.in_(oldest)))

    def pick_of(self, person: str, words: str) -> Ref | None:
        """Return what a person chose for these words the last time."""
        query = select(PICKS.c.subject).where(
            PICKS.c.workspace == self._workspace, PICKS.c.person == person, PICKS.c.words == words
        )
        with reachable(self._engine), self._engine.connect() as connection:
            subject = connection.scalar(query)
        return Ref.parse(subject) if subject else None

    def forget_pick(self, person: str, words: str) -> None:
        mine = (PICKS.c.workspace == self._workspace, PICKS.c.person == person, PICKS.c.words == words)
        with reachable(self._engine), begin_write(self._engine) as connection:
            connection.execute(delete(PICKS).where(*mine))

    def count_unfound(self, name: str, words: str, at: datetime) -> None:
        mine = UNFOUND.c.workspace == self._workspace
        with reachable(self._engine), begin_write(self._engine) as connection:
            values = {"workspace": self._workspace, "words": words, "name": name, "at": at}
            connection.execute(_COUNT, values)
            order = (UNFOUND.c.asked_at.desc(), UNFOUND.c.words)
            oldest = select(UNFOUND.c.words).where(mine).order_by(*order).offset(UNFOUND_AT_MOST)
            connection.execute(delete(UNFOUND).where(mine, UNFOUND.c.words.in_(oldest)))

    def unfound(self) -> list[Unfound]:
        """Return the names that nobody could find, those that were asked for most first."""
        query = (
            select(UNFOUND.c.name, UNFOUND.c.times, UNFOUND.c.asked_at, UNFOUND.c.words)
            .where(UNFOUND.c.workspace == self._workspace)
            .order_by(UNFOUND.c.times.desc(), UNFOUND.c.asked_at.desc(), UNFOUND.c.words)
        )
        with reachable(self._engine), self._engine.connect() as connection:
            return [Unfound(*row) for row in connection.execute(query)]

    def forget_unfound(self, words: Iterable[str]) -> None:
        mine = (UNFOUND.c.workspace == self._workspace, UNFOUND.c.words.in_(list(words)))
        with reachable(self._engine), begin_write(self._engine) as connection:
            connection.execute(delete(UNFOUND).where(*mine))
