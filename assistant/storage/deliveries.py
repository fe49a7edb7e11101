"""What Slack has delivered and was taken care of, so that what it delivers again, to whichever process, has no effect.

Keys alone are kept, such as `event:Ev0123` and `message:C0123:1700000000.000100`; never what was in a delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, Engine, bindparam, delete, text

from assistant.storage.database import begin_write, reachable
from assistant.storage.tables import DELIVERIES, Moment

LEASE = timedelta(seconds=45)
"""How long a process has for a delivery. Slack delivers an event again after a minute, and finds it free by then."""
KEPT = timedelta(days=7)

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
    values = {"workspace": workspace, "delivery": delivery, "at": now}
    return bool(connection.execute(_DONE, values).rowcount)


class Deliveries:
    """The deliveries of one workspace."""

    def __init__(self, engine: Engine, workspace: str) -> None:
        self._engine = engine
        self._workspace = workspace

    def claim(self, keys: Sequence[str], now: datetime) -> Verdict:
        """Claim a delivery by all of its keys, or by none: it is done, or another process is busy with it."""
        with reachable(self._engine), begin_write(self._engine) as connection:
            for key in keys:
                values = {"workspace": self._workspace, "delivery": key, "until": now + LEASE, "now": now}
                if connection.execute(_CLAIM, values).rowcount:
                    continue
                row = DELIVERIES.c
                mine = (row.workspace == self._workspace, row.delivery == key)
                done = connection.execute(DELIVERIES.select().where(*mine)).one().done_at is not None
                connection.rollback()
                return "done" if done else "busy"
        return "new"

    def finish(self, keys: Sequence[str], now: datetime) -> None:
        """Say that a delivery was taken care of. Those of long ago are forgotten."""
        old = (DELIVERIES.c.workspace == self._workspace, DELIVERIES.c.claimed_until < now - KEPT)
        with reachable(self._engine), begin_write(self._engine) as connection:
            for key in keys:
                finish(connection, self._workspace, key, now)
            connection.execute(delete(DELIVERIES).where(*old))

    def release(self, keys: Sequence[str]) -> None:
        """Let a delivery that was not taken care of be claimed again."""
        mine = (DELIVERIES.c.workspace == self._workspace, DELIVERIES.c.done_at.is_(None))
        with reachable(self._engine), begin_write(self._engine) as connection:
            connection.execute(delete(DELIVERIES).where(*mine, DELIVERIES.c.delivery.in_(keys)))

    def release_all(self) -> None:
        """Let all be claimed again that were not taken care of: whoever claimed them has died."""
        mine = (DELIVERIES.c.workspace == self._workspace, DELIVERIES.c.done_at.is_(None))
        with reachable(self._engine), begin_write(self._engine) as connection:
            connection.execute(delete(DELIVERIES).where(*mine))
