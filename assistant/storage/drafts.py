"""Drafts as rows: each step of an onboarding is kept, until it is finished or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, insert, select, update

from assistant.core.drafts import Draft, DraftState, Kept
from assistant.storage.tables import DRAFTS

KEPT = timedelta(days=90)
"""How long a draft is kept at which nobody works."""

_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)


class Drafts:
    """The drafts of one workspace, within a transaction that somebody else has begun."""

    def __init__(self, connection: Connection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace

    def get(self, identifier: str) -> Kept | None:
        return next(iter(self._where(DRAFTS.c.id == identifier)), None)

    def open_of(self, person: str) -> Sequence[Kept]:
        """Return what somebody has begun and neither finished nor dropped, the newest first."""
        return self._where(DRAFTS.c.person == person, DRAFTS.c.state == "open")

    def keep(self, kept: Kept) -> None:
        """Keep a draft as it is now. What is old is forgotten."""
        values = {
            "version": kept.version,
            "content": _DRAFT.dump_json(kept.draft, exclude_defaults=True).decode(),
            "state": kept.state,
            "changed_at": kept.changed_at,
        }
        row = {"workspace": self._workspace, "id": kept.id, "person": kept.person}
        mine = (DRAFTS.c.workspace == self._workspace, DRAFTS.c.id == kept.id)
        if not self._connection.execute(update(DRAFTS).where(*mine).values(**values)).rowcount:
            self._connection.execute(insert(DRAFTS).values(**row, **values))
            old = (DRAFTS.c.workspace == self._workspace, DRAFTS.c.changed_at < kept.changed_at - KEPT)
            self._connection.execute(delete(DRAFTS).where(*old))

    def _where(self, *conditions: Any) -> list[Kept]:
        row = DRAFTS.c
        columns = (row.id, row.person, row.version, row.content, row.state, row.changed_at)
        query = select(*columns).where(row.workspace == self._workspace, *conditions).order_by(row.changed_at.desc())
        return [_kept(*values) for values in self._connection.execute(query)]


def _kept(identifier: str, person: str, version: int, content: str, state: DraftState, changed_at: datetime) -> Kept:
    return Kept(identifier, person, version, _DRAFT.validate_json(content), state, changed_at)
