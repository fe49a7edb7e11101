"""The database as a whole: how it is opened, what its layout is, and what is said when it cannot be used."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, false, insert, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from assistant.errors import ConfigurationError, DatabaseBehindError, DatabaseUnreachableError
from assistant.storage.tables import METADATA

BUSY_TIMEOUT_S = 15
CONNECT_TIMEOUT_S = 5
POOL_SIZE = 10
"""Connections of one process to PostgreSQL: more than it has threads that use one."""

_CONNECTING = {
    "connect_timeout": str(CONNECT_TIMEOUT_S),
    "application_name": "assistant",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""A server that is gone without a word is noticed within half a minute. What DATABASE_URL says itself wins."""
_LIMITS_S = {"statement_timeout": 30, "lock_timeout": 10, "idle_in_transaction_session_timeout": 30}
"""What the server ends by itself, so that a process that hangs cannot keep all others from writing."""

if TYPE_CHECKING:
    from alembic.config import Config

_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_FORMS = "write sqlite:///assistant.db or postgresql://user:password@host/database"
_MIGRATION_LOCK = 0x61737374  # any number that all replicas share and no other program is likely to use
_LACKS_A_RIGHT = "42501"  # https://www.postgresql.org/docs/current/errcodes-appendix.html
_REMEDIES = (
    ("unable to open", "check that its folder exists and that this process may write there"),
    ("locked", "another program holds it: end that program, or try again"),
    ("readonly", "let this process write to the file and to its folder"),
    ("read-only", "let DATABASE_URL name a server that takes writes"),
    ("not a database", "let DATABASE_URL name another file, or move this one away"),
    ("malformed", "restore a backup of it"),
    ("permission denied", "let its user connect, and read and write every table"),
    ("full", "make room on its disk"),
    ("disk i/o", "check its disk"),
    ("queuepool", "more work is waiting than it can take: try again"),
)
_CHECK_SERVER = "check DATABASE_URL, and that the server runs and lets this user in"


def open_engine(url: str) -> Engine:
    """Return an engine for DATABASE_URL without connecting yet, or raise a ConfigurationError."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        # The parameters of a statement are what people wrote: they stay out of exceptions and logs.
        engine = create_engine(parsed, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_S})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    wanted = {name: value for name, value in _CONNECTING.items() if name not in parsed.query}
    try:
        engine = create_engine(
            parsed.update_query_dict(wanted),
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=POOL_SIZE,
            max_overflow=0,
            pool_timeout=CONNECT_TIMEOUT_S,
        )
    except ImportError:
        raise ConfigurationError(
            "DATABASE_URL names PostgreSQL, whose driver is not installed; install psycopg[binary] beside this program"
        ) from None
    event.listen(engine, "connect", _set_up_postgresql)
    return engine


def _parse(url: str) -> URL:
    # What makes a URL malformed is often its password, so no message quotes the URL, and none shows its cause.
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigurationError(f"DATABASE_URL is no database URL; {_FORMS}") from None
    if parsed.drivername not in _DRIVERS:
        raise ConfigurationError(f"DATABASE_URL begins with {parsed.drivername}://, which is not supported; {_FORMS}")
    parsed = parsed.set(drivername=_DRIVERS[parsed.drivername])
    if parsed.get_backend_name() == "sqlite":
        if parsed.host:
            raise ConfigurationError("DATABASE_URL has two slashes where SQLite wants three; write sqlite:///FILE")
        if not parsed.database or ":memory:" in parsed.database:
            raise ConfigurationError("DATABASE_URL names no file, and all would be lost at exit; write sqlite:///FILE")
    elif url.count("@") > 1:
        raise ConfigurationError("DATABASE_URL holds more than one @; write the one in the user or password as %40")
    return parsed


def _set_up_postgresql(connection: Any, _record: object) -> None:
    # By statements and not by the connection's options, which a pooler in between would refuse.
    with connection.cursor() as cursor:
        for name, seconds in _LIMITS_S.items():
            cursor.execute(f"SET {name} = '{seconds}s'")
    connection.commit()


def sqlite_file(url: str) -> Path | None:
    """Return the file of a SQLite database, free of links; None when DATABASE_URL names a server."""
    parsed = _parse(url)
    return Path(parsed.database or "").resolve() if parsed.get_backend_name() == "sqlite" else None


def server_address(url: str) -> str:
    """Return DATABASE_URL as the tools of PostgreSQL take it, without a password."""
    full = _parse(url)
    # URL.set cannot take a password away.
    bare = URL.create("postgresql", full.username, None, full.host, full.port, full.database, full.query)
    return bare.difference_update_query([key for key in full.query if "password" in key]).render_as_string()


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin a transaction at the first write, too late to take the lock before reading: see
    # https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#pysqlite-serializable
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # SQLite does not wait by itself when several processes open a new file and all switch it over.
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def begin_write(engine: Engine) -> Iterator[Connection]:
    """Begin a transaction that may write: SQLite takes its one write lock now, not in the middle of the work."""
    with engine.connect() as connection, connection.execution_options(writes=True).begin():
        yield connection


@contextmanager
def reachable(engine: Engine) -> Iterator[None]:
    """Turn every way in which a database refuses to work into a DatabaseUnreachableError with a remedy, no secret."""
    try:
        yield
    except (DatabaseError, PoolTimeoutError) as error:
        cause = error.orig if isinstance(error, DatabaseError) else error
        is_refused = getattr(cause, "sqlstate", None) == _LACKS_A_RIGHT
        # The other kinds of DatabaseError (a broken constraint, wrong SQL) are mistakes of ours, not its state.
        if type(error) not in (DatabaseError, OperationalError, InternalError, PoolTimeoutError) and not is_refused:
            raise
        raise DatabaseUnreachableError(_explain(engine.url, str(cause))) from None


def _explain(url: URL, cause: str) -> str:
    for secret in (url.password, *(value for key, value in url.query.items() if "password" in key)):
        if secret:
            cause = cause.replace(str(secret), "***")
    place = url.set(drivername=url.get_backend_name(), query={})
    return explain(place.render_as_string(hide_password=True), cause)


def explain(place: str, cause: str) -> str:
    """Return the sentence that says why a database cannot be used, and what to do."""
    reason = next(iter(cause.strip().splitlines()), "no reason given").rstrip(".")[:300]
    remedy = next((remedy for sign, remedy in _REMEDIES if sign in reason.lower()), _CHECK_SERVER)
    return f"The database {place} cannot be used ({reason}); {remedy}."


def _folder() -> Path:
    package = Path(__file__).parents[1]
    installed = package / "migrations"  # where a wheel has them; a checkout has them beside the package
    return installed if installed.is_dir() else package.parent / "migrations"


def revisions() -> list[str]:
    """Return every revision that this version knows, oldest first: a migration's file name begins with its own."""
    return sorted(path.name.partition("_")[0] for path in _folder().glob("versions/[0-9]*.py"))


def _scripts(connection: Connection) -> Config:
    from alembic.config import Config  # Alembic takes a quarter of a second that only a migration needs

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def head_revision() -> str:
    """Return the revision of the layout that this version works with."""
    return revisions()[-1]


def current_revision(engine: Engine) -> str | None:
    """Return the revision of the layout that the database has; None when it has none yet."""
    with reachable(engine), engine.connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    """Return the database's revision; refuse one that this version cannot know how to leave."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if revision is not None and revision not in revisions():
        raise ConfigurationError(
            f"The database has layout {revision}, which this version does not know: a newer version made it, "
            "or another program; install that version, or let DATABASE_URL name another database."
        )
    return revision


def try_writing(engine: Engine) -> None:
    """Do what a write needs, and change nothing; DatabaseUnreachableError when that is refused."""
    with reachable(engine), begin_write(engine) as connection:
        for table in METADATA.sorted_tables:
            connection.execute(insert(table).from_select(list(table.c), select(table).where(false())))


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest layout, all or nothing, whoever else is doing so at the same time."""
    from alembic import command  # as above

    with _migrating(engine) as config:
        command.upgrade(config, "head")


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to an older layout (`base`: none), all or nothing. What it cannot hold is lost."""
    from alembic import command  # as above

    with _migrating(engine) as config:
        command.downgrade(config, revision)


@contextmanager
def _migrating(engine: Engine) -> Iterator[Config]:
    with reachable(engine), begin_write(engine) as connection:
        if engine.dialect.name == "postgresql":
            for limit in _LIMITS_S:
                connection.execute(text(f"SET LOCAL {limit} = 0"))  # a migration takes the time that it takes
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        _revision(connection)
        yield _scripts(connection)


def prepare(engine: Engine, *, upgrade_old: bool) -> None:
    """Make the database ready for use: fill an empty one, upgrade an old one or raise DatabaseBehindError."""
    revision, head = current_revision(engine), head_revision()
    if revision == head:
        return
    if revision is not None and not upgrade_old:
        raise DatabaseBehindError(
            f"The database has layout {revision} and this version works with {head}; run `assistant db upgrade`."
        )
    upgrade(engine)
