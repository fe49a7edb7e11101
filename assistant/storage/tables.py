"""The tables. A workspace is at a revision, and a revision is the statements that were committed together."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Index, Integer, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


class Moment(TypeDecorator[datetime]):
    """An aware time, in UTC on the way in and out: SQLite forgets the zone, and PostgreSQL answers in its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored; give it one, such as UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class WorkspaceRow(SQLModel, table=True):
    """One tenant. Whoever writes locks this row first, so that revisions commit in order and none is skipped."""

    __tablename__ = "workspaces"

    workspace: str = Field(sa_column=Column(Text, primary_key=True))
    revision: int = Field(sa_column=Column(BigInteger, nullable=False))


class StatementRow(SQLModel, table=True):
    """One statement, never changed or removed. `value` is JSON, or NULL where the source takes its statement back."""

    __tablename__ = "statements"
    __table_args__ = (
        Index("ix_statements_workspace_revision", "workspace", "revision"),
        Index("ix_statements_subject", "workspace", "subject"),
    )

    # SQLite counts up by itself only where the type is exactly INTEGER.
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    )
    workspace: str = Field(sa_column=Column(Text, ForeignKey("workspaces.workspace"), nullable=False))
    revision: int = Field(sa_column=Column(BigInteger, nullable=False))
    subject: str = Field(sa_column=Column(Text, nullable=False))
    field: str = Field(sa_column=Column(Text, nullable=False))
    value: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    source: str = Field(sa_column=Column(Text, nullable=False))
    author: str = Field(sa_column=Column(Text, nullable=False))
    stated_at: datetime = Field(sa_column=Column(Moment, nullable=False))


class PlacesRow(SQLModel, table=True):
    """Where the entries of one source stand in its files, as JSON: what the last import found, at which revision."""

    __tablename__ = "places"

    workspace: str = Field(sa_column=Column(Text, primary_key=True))
    source: str = Field(sa_column=Column(Text, primary_key=True))
    revision: int = Field(sa_column=Column(BigInteger, nullable=False))
    lines: str = Field(sa_column=Column(Text, nullable=False))


class PathRulesRow(SQLModel, table=True):
    """Who owns which paths by one source, as JSON: the rules that the last import found, at which revision."""

    __tablename__ = "path_rules"

    workspace: str = Field(sa_column=Column(Text, primary_key=True))
    source: str = Field(sa_column=Column(Text, primary_key=True))
    revision: int = Field(sa_column=Column(BigInteger, nullable=False))
    rules: str = Field(sa_column=Column(Text, nullable=False))


class FoundRow(SQLModel, table=True):
    """The sources, as JSON, that were found at a path when it was last imported."""

    __tablename__ = "found"

    workspace: str = Field(sa_column=Column(Text, primary_key=True))
    path: str = Field(sa_column=Column(Text, primary_key=True))
    sources: str = Field(sa_column=Column(Text, nullable=False))


class PickRow(SQLModel, table=True):
    """What one person chose, the last time, for words that fit several components."""

    __tablename__ = "picks"

    workspace: str = Field(sa_column=Column(Text, primary_key=True))
    person: str = Field(sa_column=Column(Text, primary_key=True))
    words: str = Field(sa_column=Column(Text, primary_key=True))
    subject: str = Field(sa_column=Column(Text, nullable=False))
    picked_at: datetime = Field(sa_column=Column(Moment, nullable=False))


class UnfoundRow(SQLModel, table=True):
    """A name that nobody could find, as it was first written, and how often it was asked for. Never a message."""

    __tablename__ = "unfound"

    workspace: str = Field(sa_column=Column(Text, primary_key=True))
    words: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    times: int = Field(sa_column=Column(BigInteger, nullable=False))
    asked_at: datetime = Field(sa_column=Column(Moment, nullable=False))


class NoticeRow(SQLModel, table=True):
    """Something that somebody else is told, until it was: `due_at` is when it is tried next. Never a message's text."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_state_due_at", "state", "due_at"),)

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    )
    workspace: str = Field(sa_column=Column(Text, nullable=False))
    destination: str = Field(sa_column=Column(Text, nullable=False))
    instead: str = Field(sa_column=Column(Text, nullable=False))
    remark: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    about: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    unknown: int = Field(sa_column=Column(Integer, nullable=False))
    written_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    due_at: datetime = Field(sa_column=Column(Moment, nullable=False))


class ProposalRow(SQLModel, table=True):
    """A change that somebody proposes, as JSON, and what became of it."""

    __tablename__ = "proposals"
    __table_args__ = (
        Index("ix_proposals_subject", "workspace", "subject"),
        Index("ix_proposals_state", "workspace", "state"),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    )
    workspace: str = Field(sa_column=Column(Text, nullable=False))
    subject: str = Field(sa_column=Column(Text, nullable=False))
    change: str = Field(sa_column=Column(Text, nullable=False))
    author: str = Field(sa_column=Column(Text, nullable=False))
    proposed_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    closed_by: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    closed_at: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))
    reason: str | None = Field(default=None, sa_column=Column(Text, nullable=True))


class DeliveryRow(SQLModel, table=True):
    """Something that Slack delivered, by its key: claimed by a process for a while, then done. Never what was in it."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_claimed_until", "workspace", "claimed_until"),)

    workspace: str = Field(sa_column=Column(Text, primary_key=True))
    delivery: str = Field(sa_column=Column(Text, primary_key=True))
    claimed_until: datetime = Field(sa_column=Column(Moment, nullable=False))
    done_at: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))


class AskedRow(SQLModel, table=True):
    """What was asked about a decision, so that it is asked once."""

    __tablename__ = "asked"

    workspace: str = Field(sa_column=Column(Text, primary_key=True))
    question: str = Field(sa_column=Column(Text, primary_key=True))
    asked_at: datetime = Field(sa_column=Column(Moment, nullable=False))


class DraftRow(SQLModel, table=True):
    """An onboarding that somebody has begun, as JSON, at the version to which their last step led."""

    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_person", "workspace", "person", "state"),)

    workspace: str = Field(sa_column=Column(Text, primary_key=True))
    id: str = Field(sa_column=Column(Text, primary_key=True))
    person: str = Field(sa_column=Column(Text, nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))
    content: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    changed_at: datetime = Field(sa_column=Column(Moment, nullable=False))


METADATA = SQLModel.metadata
WORKSPACES = METADATA.tables["workspaces"]
STATEMENTS = METADATA.tables["statements"]
PLACES = METADATA.tables["places"]
PATH_RULES = METADATA.tables["path_rules"]
FOUND = METADATA.tables["found"]
PICKS = METADATA.tables["picks"]
UNFOUND = METADATA.tables["unfound"]
NOTICES = METADATA.tables["notices"]
PROPOSALS = METADATA.tables["proposals"]
DELIVERIES = METADATA.tables["deliveries"]
ASKED = METADATA.tables["asked"]
DRAFTS = METADATA.tables["drafts"]
