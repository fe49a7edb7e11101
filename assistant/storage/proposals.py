"""Proposals as rows, within a transaction that somebody else has begun."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select, update

from assistant.core.entries import Ref
from assistant.core.proposals import Change, Proposal, State
from assistant.storage.tables import PROPOSALS

_CHANGE: TypeAdapter[Change] = TypeAdapter(Change)


class Proposals:
    """The proposals of one workspace."""

    def __init__(self, connection: Connection, workspace: str) -> None:
        self._connection = connection
        self._workspace = workspace

    def add(self, change: Change, author: str, at: datetime) -> Proposal:
        values = {
            "workspace": self._workspace,
            "subject": str(change.ref),
            "change": _CHANGE.dump_json(change, exclude_defaults=True).decode(),
            "author": author,
            "proposed_at": at,
            "state": "open",
        }
        number = self._connection.execute(insert(PROPOSALS).returning(PROPOSALS.c.id), values).scalar_one()
        return Proposal(number, change, author, at)

    def get(self, number: int) -> Proposal | None:
        return next(iter(self._where(PROPOSALS.c.id == number)), None)

    def about(self, ref: Ref, since: datetime) -> list[Proposal]:
        """Return those about a component that were made since, oldest first."""
        return self._where(PROPOSALS.c.subject == str(ref), PROPOSALS.c.proposed_at >= since)

    def open(self) -> list[Proposal]:
        """Return those that nobody has answered, oldest first."""
        return self._where(PROPOSALS.c.state == "open")

    def open_about(self, ref: Ref) -> list[Proposal]:
        """Return those about a component that nobody has answered, oldest first."""
        return self._where(PROPOSALS.c.subject == str(ref), PROPOSALS.c.state == "open")

    def amend(self, number: int, change: Change) -> None:
        """Let a proposal be about what has got another name meanwhile."""
        values = {"change": _CHANGE.dump_json(change, exclude_defaults=True).decode()}
        self._connection.execute(update(PROPOSALS).where(PROPOSALS.c.id == number).values(**values))

    def close(self, number: int, state: State, by: str, at: datetime, reason: str | None = None) -> None:
        values = {"state": state, "closed_by": by, "closed_at": at, "reason": reason}
        self._connection.execute(update(PROPOSALS).where(PROPOSALS.c.id == number).values(**values))

    def _where(self, *conditions: Any) -> list[Proposal]:
        row = PROPOSALS.c
        columns = (row.id, row.change, row.author, row.proposed_at, row.state, row.closed_by, row.closed_at, row.reason)
        query = select(*columns).where(row.workspace == self._workspace, *conditions).order_by(row.id)
        return [
            Proposal(number, _CHANGE.validate_json(change), *rest)
            for number, change, *rest in self._connection.execute(query)
        ]
