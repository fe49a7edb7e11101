"""What Slack has delivered and was taken care of, so that what it delivers again, to whichever process, has no effect.

Keys alone are kept, such as `event:Ev0123` and `message:C0123:1700000000.000100`; never what was in a delivery.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, Engine, TextClause, bindparam, delete, select, text

from assistant.storage.database import begin_write, reachable
from assistant.storage.tables import DELIVERIES, Moment

LEASE = timedelta(seconds=45)
"""How long a process has for a delivery. Slack delivers an event again after a minute, and finds it free by then."""
KEPT = timedelta(days=7)
_LOOKED_AFTER = timedelta(hours=1)
"""How often those of long ago are looked for."""

Verdict = Literal["new", "busy", "done"]

# SQLAlchemy spells this once for each database, and both read it like this.
_CLAIM = text(
    "INSERT INTO deliveries (workspace, delivery, claimed_until, done_at) VALUES (:workspace, :delivery, :until, NULL)"
    " ON CONFLICT (workspace, delivery) DO UPDATE SET claimed_until = :until"
    " WHERE deliveries.done_at IS NULL AND deliveries.claimed_until <= :now"
).bindparams(bindparam("until", type_=Moment()), bindparam("now", type_=Moment()))
_DONE = text(
    "INSERT INTO deliveries (workspace, delivery, claimed_until, done_at) VALUES (:workspace, :delivery, :at, :at)"
    " ON CONFLICT (workspace, delivery) DO UPDATE SET done_at = :at WHERE deliveries.done_at IS NULL"
).bindparams(bindparam("at", type_=Moment()))


def finish(connection: Connection, workspace: str, delivery: str, now: datetime) -> bool:
    """Say within a transaction that a delivery was taken care of; False when it was before."""
    return bool(_for_each(connection, _DONE, [delivery], workspace=workspace, at=now))


def _for_each(connection: Connection, statement: TextClause, keys: Iterable[str], **values: object) -> int:
    """Execute a statement for each key, in order, so that two processes never wait for one another; count the rows."""
    rows = [{**values, "delivery": key} for key in sorted(keys)]
    return connection.execute(statement, rows).rowcount if rows else 0


class Deliveries:
    """The deliveries of one workspace."""

    def __init__(self, engine: Engine, workspace: str) -> None:
        self._engine = engine
        self._workspace = workspace
        self._forgotten_at = datetime.min.replace(tzinfo=UTC)

    def claim(self, keys: Sequence[str], now: datetime) -> Verdict:
        """Claim a delivery by all of its keys, or by none: it is done, or another process is busy with it."""
        with reachable(self._engine), begin_write(self._engine) as connection:
            if self._claim(connection, keys, now):
                return "new"
            row = DELIVERIES.c
            mine = (row.workspace == self._workspace, row.delivery.in_(keys), row.done_at.is_not(None))
            is_done = connection.scalar(select(row.delivery).where(*mine)) is not None
            connection.rollback()
        return "done" if is_done else "busy"

    def claim_all(self, deliveries: Sequence[Sequence[str]], now: datetime) -> list[Verdict]:
        """Claim several deliveries in one transaction, or each in its own where not all are free."""
        with reachable(self._engine), begin_write(self._engine) as connection:
            if self._claim(connection, [key for keys in deliveries for key in keys], now):
                return ["new"] * len(deliveries)
            connection.rollback()
        return [self.claim(keys, now) for keys in deliveries]

    def _claim(self, connection: Connection, keys: Sequence[str], now: datetime) -> bool:
        """Claim these keys, and say whether all were free."""
        return len(keys) == _for_each(connection, _CLAIM, keys, workspace=self._workspace, until=now + LEASE, now=now)

    def finish(self, keys: Sequence[str], now: datetime) -> None:
        """Say that deliveries were taken care of. Those of long ago are forgotten."""
        with reachable(self._engine), begin_write(self._engine) as connection:
            _for_each(connection, _DONE, keys, workspace=self._workspace, at=now)
            if now - self._forgotten_at > _LOOKED_AFTER:
                old = (DELIVERIES.c.workspace == self._workspace, DELIVERIES.c.claimed_until < now - KEPT)
                connection.execute(delete(DELIVERIES).where(*old))
                self._forgotten_at = now

    def release(self, keys: Sequence[str]) -> None:
        """Let deliveries that were not taken care of be claimed again."""
        mine = (DELIVERIES.c.workspace == self._workspace, DELIVERIES.c.done_at.is_(None))
        with reachable(self._engine), begin_write(self._engine) as connection:
            connection.execute(delete(DELIVERIES).where(*mine, DELIVERIES.c.delivery.in_(keys)))

    def release_all(self) -> None:
        """Let all be claimed again that were not taken care of: whoever claimed them has died."""
        mine = (DELIVERIES.c.workspace == self._workspace, DELIVERIES.c.done_at.is_(None))
        with reachable(self._engine), begin_write(self._engine) as connection:
            connection.execute(delete(DELIVERIES).where(*mine))
