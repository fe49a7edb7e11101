"""Statements in, catalogs out. No session, connection or row leaves this module."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, Select, bindparam, false, insert, select, text, update

from assistant.core.catalog import Catalog, Place, Places, Statement
from assistant.core.drafts import Kept
from assistant.core.entries import Ref
from assistant.core.notices import Notice
from assistant.core.paths import PathRule, PathRules
from assistant.core.proposals import Proposal
from assistant.errors import RepeatedError
from assistant.storage.database import begin_write, open_engine, prepare, reachable
from assistant.storage.deliveries import Deliveries, finish
from assistant.storage.drafts import Drafts
from assistant.storage.learned import Learned
from assistant.storage.notices import Notices, write
from assistant.storage.proposals import Proposals
from assistant.storage.tables import ASKED, FOUND, PATH_RULES, PLACES, STATEMENTS, WORKSPACES, Moment

PARAMETERS = 500
"""Values in one query."""

_REVISION = select(WORKSPACES.c.revision).where(WORKSPACES.c.workspace == bindparam("workspace"))
# SQLAlchemy spells this once for each database, and both read it like this.
_ADD_WORKSPACE = text(
    "INSERT INTO workspaces (workspace, revision) VALUES (:workspace, 0) ON CONFLICT (workspace) DO NOTHING"
)
_PLACE = text(
    "INSERT INTO places (workspace, source, revision, lines) VALUES (:workspace, :source, :revision, :lines)"
    " ON CONFLICT (workspace, source) DO UPDATE SET revision = :revision, lines = :lines"
)
_RULE = text(
    "INSERT INTO path_rules (workspace, source, revision, rules) VALUES (:workspace, :source, :revision, :rules)"
    " ON CONFLICT (workspace, source) DO UPDATE SET revision = :revision, rules = :rules"
)
_REMEMBER = text(
    "INSERT INTO found (workspace, path, sources) VALUES (:workspace, :path, :sources)"
    " ON CONFLICT (workspace, path) DO UPDATE SET sources = :sources"
)
_ASK_ONCE = text(
    "INSERT INTO asked (workspace, question, asked_at) VALUES (:workspace, :question, :at)"
    " ON CONFLICT (workspace, question) DO NOTHING"
).bindparams(bindparam("at", type_=Moment()))


def open_repository(database_url: str, trust: tuple[str, ...] = (), *, upgrade_old: bool = False) -> Repository:
    """Open the registry. An empty database is made ready; one that is behind is upgraded only where that is wanted.

    `trust`: the order of sources, as `Catalog` has it.
    """
    engine = open_engine(database_url)
    prepare(engine, upgrade_old=upgrade_old)
    return Repository(engine, trust=trust)


class Unit:
    """One write: the catalog that is current while nobody else can write, and what is committed together at its end."""

    def __init__(self, connection: Connection, workspace: str, catalog: Catalog) -> None:
        self.catalog = catalog
        self.proposals = Proposals(connection, workspace)
        self.drafts = Drafts(connection, workspace)
        self._connection = connection
        self._workspace = workspace
        self._stated: list[Statement] = []
        self._moved: dict[str, Places] = {}
        self._ruled: dict[str, PathRules | None] = {}

    def state(self, statements: Iterable[Statement]) -> None:
        """Add statements, oldest first."""
        self._stated.extend(statements)

    def so_far(self) -> Catalog:
        """Return the catalog with what this write has stated up to here."""
        return self.catalog.following(self._stated, self.catalog.revision) if self._stated else self.catalog

    def statements_about(self, ref: Ref) -> list[Statement]:
        """Return all that was ever stated about one entry before this write, oldest first."""
        return list(_about(self._connection, self._workspace, ref))

    def place(self, source: str, places: Places) -> None:
        """Say where the entries of a source stand in its files, in place of what was said before."""
        if places != self.catalog.places.get(source, {}):
            self._moved[source] = places

    def rule(self, source: str, paths: PathRules | None) -> None:
        """Say by which rules a source tells who owns a path, in place of what was said before."""
        if paths != self.catalog.paths.get(source):
            self._ruled[source] = paths

    def remember(self, path: str, sources: Iterable[str]) -> None:
        """Say which sources were found at a path, in place of what was said before."""
        values = {"workspace": self._workspace, "path": path, "sources": _encode(sorted(sources))}
        self._connection.execute(_REMEMBER, values)

    def notify(self, notices: Iterable[Notice], now: datetime) -> None:
        """Add notices, which are sent once this is committed."""
        write(self._connection, self._workspace, notices, now)

    def ask_once(self, question: str, now: datetime) -> bool:
        """Say whether a question is asked for the first time, and remember it."""
        values = {"workspace": self._workspace, "question": question, "at": now}
        return bool(self._connection.execute(_ASK_ONCE, values).rowcount)


class Repository:
    """One workspace's registry, in a database that others may read and write at the same time."""

    def __init__(self, engine: Engine, workspace: str = "default", trust: tuple[str, ...] = ()) -> None:
        self._engine = engine
        self._workspace = workspace
        self._newest = Catalog(trust=trust)
        self._catching_up = Lock()

    @property
    def learned(self) -> Learned:
        """What was learned from the questions of the same workspace."""
        return Learned(self._engine, self._workspace)

    @property
    def deliveries(self) -> Deliveries:
        """What Slack delivered to the same workspace."""
        return Deliveries(self._engine, self._workspace)

    @property
    def notices(self) -> Notices:
        """What other people and channels of the same workspace are to be told."""
        return Notices(self._engine, self._workspace)

    def found_at(self, path: str) -> frozenset[str]:
        """Return the sources that were found at a path when it was last imported."""
        mine = (FOUND.c.workspace == self._workspace, FOUND.c.path == path)
        with reachable(self._engine), self._engine.connect() as connection:
            found = connection.scalar(select(FOUND.c.sources).where(*mine))
        return frozenset(_decode(found) or ())

    def asked(self, questions: Sequence[str]) -> set[str]:
        """Return those of some questions that were asked already."""
        found: set[str] = set()
        with reachable(self._engine), self._engine.connect() as connection:
            for start in range(0, len(questions), PARAMETERS):
                mine = ASKED.c.question.in_(questions[start : start + PARAMETERS])
                query = select(ASKED.c.question).where(ASKED.c.workspace == self._workspace, mine)
                found.update(connection.scalars(query))
        return found

    def drafts_of(self, person: str) -> Sequence[Kept]:
        """Return the onboardings that somebody has begun, the newest first."""
        with reachable(self._engine), self._engine.connect() as connection:
            return Drafts(connection, self._workspace).open_of(person)

    def draft(self, identifier: str) -> Kept | None:
        with reachable(self._engine), self._engine.connect() as connection:
            return Drafts(connection, self._workspace).get(identifier)

    def proposal(self, number: int) -> Proposal | None:
        """Return a proposal as it stands."""
        with reachable(self._engine), self._engine.connect() as connection:
            return Proposals(connection, self._workspace).get(number)

    def open_proposals(self) -> list[Proposal]:
        """Return the proposals that nobody has answered, oldest first."""
        with reachable(self._engine), self._engine.connect() as connection:
            return Proposals(connection, self._workspace).open()

    def catalog(self) -> Catalog:
        """Return the catalog with every write that was committed, by anyone, before the call."""
        with reachable(self._engine), self._engine.connect() as connection:
            return self._current(connection, self._revision(connection))

    def statements_about(self, ref: Ref) -> list[Statement]:
        """Return all that was ever stated about one entry, oldest first."""
        with reachable(self._engine), self._engine.connect() as connection:
            return list(_about(connection, self._workspace, ref))

    def latest(self, limit: int) -> list[Statement]:
        """Return what was stated last, newest first, by whichever source."""
        newest = (
            _statements(self._workspace).order_by(STATEMENTS.c.revision.desc(), STATEMENTS.c.id.desc()).limit(limit)
        )
        with reachable(self._engine), self._engine.connect() as connection:
            return list(_read(connection, newest))

    def check(self) -> None:
        """Raise DatabaseUnreachableError unless the database answers and takes writes just now. Changes nothing."""
        with reachable(self._engine), begin_write(self._engine) as connection:
            connection.execute(update(WORKSPACES).where(false()).values(revision=0))

    @contextmanager
    def writing(self, delivery: str | None = None) -> Iterator[Unit]:
        """Lock the workspace and yield a unit; commit what it states as one revision, or nothing after an exception.

        Statements that make no valid entry raise core's ValidationError before anything is committed. `delivery`: what
        Slack delivered to bring this about. It has its effect once: the second time is a RepeatedError.
        """
        with reachable(self._engine):
            with begin_write(self._engine) as connection:
                connection.execute(_ADD_WORKSPACE, {"workspace": self._workspace})
                revision = self._revision(connection, lock=True)
                if delivery is not None and not finish(connection, self._workspace, delivery, datetime.now(UTC)):
                    raise RepeatedError
                unit = Unit(connection, self._workspace, self._current(connection, revision))
                yield unit
                changed = unit._stated or unit._moved or unit._ruled
                following = self._commit(connection, unit, revision + 1) if changed else unit.catalog
            with self._catching_up:
                if self._newest.revision < following.revision:
                    self._newest = following

    def _commit(self, connection: Connection, unit: Unit, revision: int) -> Catalog:
        values = [None if stated.value is None else _encode(stated.value) for stated in unit._stated]
        # As they will be read again, so that the catalog made here equals one that is read from the database.
        stored = [stated._replace(value=_decode(value)) for stated, value in zip(unit._stated, values, strict=True)]
        following = unit.catalog.following(stored, revision, unit._moved, unit._ruled)
        same = {"workspace": self._workspace, "revision": revision}
        rows = [
            {
                **same,
                "subject": str(stated.subject),
                "field": stated.field,
                "value": value,
                "source": stated.source,
                "author": stated.author,
                "stated_at": stated.stated_at,
            }
            for stated, value in zip(stored, values, strict=True)
        ]
        if rows:
            connection.execute(insert(STATEMENTS), rows)
        for source, places in unit._moved.items():
            connection.execute(_PLACE, {**same, "source": source, "lines": _encode_places(places)})
        for source, paths in unit._ruled.items():
            connection.execute(_RULE, {**same, "source": source, "rules": _encode_paths(paths)})
        mine = WORKSPACES.c.workspace == self._workspace
        connection.execute(update(WORKSPACES).where(mine).values(revision=revision))
        return following

    def _revision(self, connection: Connection, *, lock: bool = False) -> int:
        # SQLite has no row locks and leaves FOR UPDATE out: there the transaction itself holds the lock.
        query = _REVISION.with_for_update() if lock else _REVISION
        return connection.scalar(query, {"workspace": self._workspace}) or 0

    def _current(self, connection: Connection, revision: int) -> Catalog:
        """Catch up with `revision` at least. One thread does the work, others wait for what it makes."""
        if self._newest.revision < revision:
            with self._catching_up:
                held = self._newest
                if held.revision < revision:
                    statements = self._between(connection, held.revision, revision)
                    moved = self._moved_since(connection, held.revision)
                    ruled = self._ruled_since(connection, held.revision)
                    self._newest = held.following(statements, revision, moved, ruled)
        return self._newest

    def _between(self, connection: Connection, after: int, upto: int) -> Iterator[Statement]:
        # The upper bound keeps out what commits between the two queries, which PostgreSQL would show.
        stated = STATEMENTS.c
        query = _statements(self._workspace).where(stated.revision > after, stated.revision <= upto)
        yield from _read(connection, query.order_by(stated.revision, stated.id))

    def _moved_since(self, connection: Connection, revision: int) -> dict[str, Places]:
        """Return where the entries of those sources stand that were imported since."""
        row = PLACES.c
        query = select(row.source, row.lines).where(row.workspace == self._workspace, row.revision > revision)
        return {source: _decode_places(lines) for source, lines in connection.execute(query)}

    def _ruled_since(self, connection: Connection, revision: int) -> dict[str, PathRules | None]:
        """Return the rules about paths of those sources that were imported since, and have others now."""
        row = PATH_RULES.c
        query = select(row.source, row.rules).where(row.workspace == self._workspace, row.revision > revision)
        return {source: _decode_paths(rules) for source, rules in connection.execute(query)}


def _statements(workspace: str) -> Select[Any]:
    stated = STATEMENTS.c
    columns = (stated.subject, stated.field, stated.value, stated.source, stated.author, stated.stated_at)
    return select(*columns).where(stated.workspace == workspace)


def _about(connection: Connection, workspace: str, ref: Ref) -> Iterator[Statement]:
    query = _statements(workspace).where(STATEMENTS.c.subject == str(ref))
    return _read(connection, query.order_by(STATEMENTS.c.revision, STATEMENTS.c.id))


def _read(connection: Connection, query: Select[Any]) -> Iterator[Statement]:
    refs: dict[str, Ref] = {}
    for subject, field, value, source, author, stated_at in connection.execute(query):
        ref = refs.get(subject) or refs.setdefault(subject, Ref.parse(subject))
        yield Statement(ref, field, _decode(value), source, author, stated_at)


def _encode_places(places: Places) -> str:
    by_file: dict[str, dict[str, int]] = {}
    for ref, place in places.items():
        by_file.setdefault(place.file, {})[str(ref)] = place.line
    return _encode(by_file)


def _decode_places(lines: str) -> Places:
    by_file: dict[str, dict[str, int]] = json.loads(lines)
    return {Ref.parse(ref): Place(file, line) for file, theirs in by_file.items() for ref, line in theirs.items()}


def _encode_paths(paths: PathRules | None) -> str:
    if paths is None:
        return _encode(None)
    rules = [
        (line, pattern, owners, str(component) if component else None, section, handles, header)
        for line, pattern, owners, component, section, handles, header in paths.rules
    ]
    return _encode({"file": paths.file, "repository": paths.repository, "syntax": paths.syntax, "rules": rules})


def _decode_paths(text: str) -> PathRules | None:
    stored = json.loads(text)
    if stored is None:
        return None
    rules = []
    for line, pattern, owners, component, section, *written in stored.pop("rules"):
        ref = Ref.parse(component) if component else None
        handles, header = written or ((), None)  # which earlier imports did not keep
        rules.append(PathRule(line, pattern, tuple(owners), ref, section, tuple(handles), header))
    return PathRules(rules=tuple(rules), **stored)


def _encode(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _decode(value: str | None) -> Any:
    return None if value is None else json.loads(value)
