"""Notices that wait to be sent. They are written with their effect, and taken by whichever process sends them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from assistant.core.notices import About, LookAgain, Notice
from assistant.storage.database import begin_write, reachable
from assistant.storage.tables import ASKED, NOTICES

LEASE = timedelta(seconds=60)
"""How long whoever took a notice has for it. After that its outcome is unknown, and it is due again."""
KEPT = timedelta(days=7)
"""How long a notice is kept, whatever became of it."""
UNREADABLE = timedelta(minutes=5)
"""How long a notice is left alone that another version wrote and this one can't read."""

_ABOUT: TypeAdapter[About] = TypeAdapter(About)


class Taken(NamedTuple):
    """A notice that nobody else sends until `until`. `unknown`: how often it may have arrived already."""

    id: int
    notice: Notice
    unknown: int
    written_at: datetime
    until: datetime


def write(connection: Connection, workspace: str, notices: Iterable[Notice], now: datetime) -> None:
    """Add notices to a transaction."""
    rows = [
        {
            "workspace": workspace,
            "destination": notice.to,
            "instead": " ".join(notice.instead),
            "remark": notice.remark,
            "about": _ABOUT.dump_json(notice.about).decode(),
            "state": "waiting",
            "unknown": 0,
            "written_at": now,
            "due_at": now,
        }
        for notice in notices
    ]
    if rows:
        connection.execute(insert(NOTICES), rows)


class Notices:
    """The notices of one workspace that wait.

    What is said of one that was taken counts only while nobody else has taken it since.
    """

    def __init__(self, engine: Engine, workspace: str) -> None:
        self._engine = engine
        self._workspace = workspace

    def take(self, now: datetime) -> Taken | None:
        """Take the notice that has been due longest, for the length of a lease."""
        row = NOTICES.c
        due = (
            select(row.id, row.destination, row.instead, row.remark, row.about, row.unknown, row.written_at)
            .where(row.workspace == self._workspace, row.state == "waiting", row.due_at <= now)
            .order_by(row.due_at, row.id)
            .limit(1)
        )
        with reachable(self._engine), self._engine.connect() as connection:
            if connection.execute(due).first() is None:
                return None  # without a write, which on SQLite keeps others from writing
        with reachable(self._engine), begin_write(self._engine) as connection:
            found = connection.execute(due.with_for_update(skip_locked=True)).first()
            if found is None:
                return None
            number, to, instead, remark, about, unknown, written_at = found
            mine = NOTICES.c.id == number
            try:
                notice = Notice(to, _ABOUT.validate_json(about), tuple(instead.split()), remark)
            except ValidationError:
                connection.execute(update(NOTICES).where(mine).values(due_at=now + UNREADABLE))
                return None
            # Counted before it is sent: whoever dies meanwhile leaves an unknown outcome.
            until = now + LEASE
            connection.execute(update(NOTICES).where(mine).values(due_at=until, unknown=unknown + 1))
        return Taken(number, notice, unknown, written_at, until)

    def sent(self, taken: Taken, now: datetime) -> None:
        """Say that a notice has arrived, or that there is nothing left to say. What is old is forgotten."""
        old = (NOTICES.c.workspace == self._workspace, NOTICES.c.written_at < now - KEPT)
        with reachable(self._engine), begin_write(self._engine) as connection:
            self._change(connection, taken, state="sent", due_at=now)
            connection.execute(delete(NOTICES).where(*old))

    def give_up(self, taken: Taken, now: datetime) -> None:
        """Say that a notice reaches nobody. What it asked is as good as never asked, and can be asked again."""
        with reachable(self._engine), begin_write(self._engine) as connection:
            self._change(connection, taken, state="failed", due_at=now)
            if isinstance(taken.notice.about, LookAgain):
                mine = (ASKED.c.workspace == self._workspace, ASKED.c.question.in_(taken.notice.about.questions))
                connection.execute(delete(ASKED).where(*mine))

    def put_off(self, taken: Taken, until: datetime, unknown: int) -> None:
        """Have a notice tried again. `unknown`: how often it may have arrived by now."""
        with reachable(self._engine), begin_write(self._engine) as connection:
            self._change(connection, taken, due_at=until, unknown=unknown)

    def redirect(self, taken: Taken, remark: str, now: datetime) -> None:
        """Have a notice sent to the next whom it can be told instead, with the reason."""
        to, *others = taken.notice.instead
        values = {"destination": to, "instead": " ".join(others), "remark": remark, "due_at": now, "unknown": 0}
        with reachable(self._engine), begin_write(self._engine) as connection:
            self._change(connection, taken, **values)

    def waiting(self) -> int:
        """Return how many wait."""
        mine = (NOTICES.c.workspace == self._workspace, NOTICES.c.state == "waiting")
        with reachable(self._engine), self._engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(NOTICES).where(*mine)) or 0

    @staticmethod
    def _change(connection: Connection, taken: Taken, **values: Any) -> None:
        mine = (NOTICES.c.id == taken.id, NOTICES.c.state == "waiting", NOTICES.c.due_at == taken.until)
        connection.execute(update(NOTICES).where(*mine).values(**values))
