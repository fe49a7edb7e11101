"""What was learned from questions: what people chose for words that fit several, and names that nobody could find."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Engine, bindparam, delete, func, select, text

from assistant.core.catalog import Ref
from assistant.storage.database import begin_write, reachable
from assistant.storage.tables import PICKS, UNFOUND, Moment

PICKS_OF_ONE = 200
UNFOUND_AT_MOST = 1_000
"""Rows that are kept: of one person's picks the newest, of the names those that were asked for most, and last."""

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
    """A name that nobody could find."""

    name: str
    times: int
    asked_at: datetime


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
            oldest = select(PICKS.c.words).where(*mine).order_by(PICKS.c.picked_at.desc()).offset(PICKS_OF_ONE)
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
            rarest = (
                select(UNFOUND.c.words)
                .where(mine)
                .order_by(UNFOUND.c.times.desc(), UNFOUND.c.asked_at.desc())
                .offset(UNFOUND_AT_MOST)
            )
            connection.execute(delete(UNFOUND).where(mine, UNFOUND.c.words.in_(rarest)))

    def unfound(self, limit: int) -> tuple[list[Unfound], int]:
        """Return the names that were asked for most, and how many there are."""
        mine = UNFOUND.c.workspace == self._workspace
        query = (
            select(UNFOUND.c.name, UNFOUND.c.times, UNFOUND.c.asked_at)
            .where(mine)
            .order_by(UNFOUND.c.times.desc(), UNFOUND.c.asked_at.desc(), UNFOUND.c.words)
            .limit(limit)
        )
        with reachable(self._engine), self._engine.connect() as connection:
            rows = [Unfound(*row) for row in connection.execute(query)]
            return rows, connection.scalar(select(func.count()).select_from(UNFOUND).where(mine)) or 0

    def forget_unfound(self, words: str) -> None:
        mine = (UNFOUND.c.workspace == self._workspace, UNFOUND.c.words == words)
        with reachable(self._engine), begin_write(self._engine) as connection:
            connection.execute(delete(UNFOUND).where(*mine))
