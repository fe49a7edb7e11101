"""Notices that wait to be sent. They are written with their effect, and taken by whichever process sends them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from assistant.core.notices import About, Notice
from assistant.storage.database import begin_write, reachable
from assistant.storage.tables import NOTICES

LEASE = timedelta(seconds=60)
"""How long whoever took a notice has for it. After that its outcome is unknown, and it is due again."""
KEPT = timedelta(days=7)
"""How long what was sent, or could not be, is kept."""

_ABOUT: TypeAdapter[About] = TypeAdapter(About)


class Taken(NamedTuple):
    """A notice that nobody else sends now. `unknown`: how often it was taken before, with an outcome nobody knows."""

    id: int
    notice: Notice
    unknown: int
    written_at: datetime


def write(connection: Connection, workspace: str, notices: Iterable[Notice], now: datetime) -> None:
    """Add notices to a transaction."""
    rows = [
        {
            "workspace": workspace,
            "destination": notice.to,
            "instead": notice.instead,
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
    """The notices of one workspace that wait."""

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
            # Counted before it is sent: whoever dies meanwhile leaves an unknown outcome.
            self._change(connection, number, due_at=now + LEASE, unknown=unknown + 1)
        return Taken(number, Notice(to, _ABOUT.validate_json(about), instead, remark), unknown, written_at)

    def close(self, number: int, outcome: Literal["sent", "failed"], now: datetime) -> None:
        """Say what became of a notice. What was closed long ago is forgotten."""
        old = (NOTICES.c.workspace == self._workspace, NOTICES.c.state != "waiting", NOTICES.c.due_at < now - KEPT)
        with reachable(self._engine), begin_write(self._engine) as connection:
            self._change(connection, number, state=outcome, due_at=now)
            connection.execute(delete(NOTICES).where(*old))

    def put_off(self, number: int, until: datetime, unknown: int) -> None:
        """Have a notice tried again. `unknown`: how often its outcome was unknown by now."""
        with reachable(self._engine), begin_write(self._engine) as connection:
            self._change(connection, number, due_at=until, unknown=unknown)

    def redirect(self, number: int, to: str, remark: str, now: datetime) -> None:
        """Have a notice sent to somebody else, with the reason."""
        with reachable(self._engine), begin_write(self._engine) as connection:
            self._change(connection, number, destination=to, instead=None, remark=remark, due_at=now, unknown=0)

    def waiting(self) -> int:
        """Return how many wait."""
        mine = (NOTICES.c.workspace == self._workspace, NOTICES.c.state == "waiting")
        with reachable(self._engine), self._engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(NOTICES).where(*mine)) or 0

    @staticmethod
    def _change(connection: Connection, number: int, **values: Any) -> None:
        connection.execute(update(NOTICES).where(NOTICES.c.id == number).values(**values))
