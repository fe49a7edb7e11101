"""Backups of a SQLite database: made while others write, and put back whole or not at all."""

from __future__ import annotations

import os
import shlex
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from assistant.errors import AssistantError, BackupError, ConfigurationError, DatabaseUnreachableError
from assistant.storage.database import BUSY_TIMEOUT_S, explain, revisions, server_address, sqlite_file
from assistant.storage.sole_use import sole_use

Report = Callable[[int, int], None]
"""Takes how many pages are copied, and of how many."""
STEP_PAGES = 1_024


@dataclass(frozen=True)
class Restored:
    """What was put in place. `kept`: where the database that was there before is now, if there was one."""

    layout: str
    kept: Path | None


def back_up(database_url: str, target: Path, *, replacing: bool, report: Report) -> None:
    """Write the database, as it is now, to a file that is there whole or not at all.

    An older layout is kept, so that a backup can be made before an upgrade. Raises ConfigurationError where there is
    nothing to back up, or where the file exists and is not to be replaced.
    """
    database = _file(database_url, "pg_dump --format=custom --file=" + shlex.quote(str(target)))
    if not database.exists():
        raise ConfigurationError(f"There is no database at {database}; let DATABASE_URL name the one to back up.")
    _refuse_existing(target, database, replacing=replacing)
    with _opened(database, "rw", _of_database(database)) as source:
        source.execute("BEGIN")  # what is read from here on is one moment, however long that takes
        if _layout(source) is None:
            raise ConfigurationError(f"{database} holds no registry; let DATABASE_URL name the one to back up.")
        with _written(target) as partial:
            if damage := _copied(source, partial, report):
                raise BackupError(f"{database} is damaged ({damage}), so no backup was made: restore an earlier one.")
            _refuse_existing(target, database, replacing=replacing)


def restore(database_url: str, backup: Path, now: datetime, *, report: Report) -> Restored:
    """Put a backup in the database's place, all or nothing, and keep what was there beside it.

    Raises ConfigurationError while a `run` uses the database, BackupError for a file that is no sound backup.
    """
    database = _file(database_url, "pg_restore --clean --if-exists --no-owner --single-transaction", backup)
    if not backup.is_file():
        raise ConfigurationError(f"There is no file {backup}; name one that `assistant db backup` made.")
    if _is_same(backup, database):
        raise ConfigurationError(f"{backup} is the database itself; name a backup of it.")
    with sole_use(database_url), _opened(backup, "ro", _of_backup(backup)) as source:
        source.execute("BEGIN")
        layout = _sound_layout(source, backup)
        with _opened(database, "rwc", _of_present(database)) as present:
            # From here on nobody else reads or writes it: what is kept is the last that was there, and no log of its
            # changes (-wal) stays behind. What is then copied into the file, not over it, is one transaction, which
            # SQLite takes back when the process dies in it.
            present.execute("PRAGMA locking_mode = EXCLUSIVE")
            present.execute("PRAGMA journal_mode = DELETE")
            is_new = present.execute("PRAGMA page_count").fetchone() == (0,)
            present.execute("BEGIN EXCLUSIVE")
            present.execute("COMMIT")
            kept = None
            if not is_new:
                kept = database.with_name(f"{database.name}.{now:%Y-%m-%dT%H%M%S.%fZ}")
                with _written(kept) as partial:
                    _copied(present, partial, report)
            _copy(source, present, report)
    return Restored(layout, kept)


def _file(database_url: str, server_command: str, *arguments: Path) -> Path:
    """Return the SQLite file, or raise a ConfigurationError that holds the command for a server instead."""
    if database := sqlite_file(database_url):
        return database
    address = shlex.quote(server_address(database_url))
    command = " ".join([server_command, f"--dbname={address}", *map(shlex.quote, map(str, arguments))])
    raise ConfigurationError(
        f"DATABASE_URL names PostgreSQL, whose own tools do this: run `{command}`, "
        "with the password in PGPASSWORD or ~/.pgpass."
    )


def _refuse_existing(target: Path, database: Path, *, replacing: bool) -> None:
    if _is_same(target, database):
        raise ConfigurationError(f"{target} is the database itself; name another file.")
    if target.exists() and not (replacing and target.is_file()):
        remedy = "name another file" + ("" if replacing else ", or replace it with --force")
        raise ConfigurationError(f"{target} exists; {remedy}.")


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _of_database(database: Path) -> Callable[[str], AssistantError]:
    return lambda cause: DatabaseUnreachableError(explain(str(database), cause))


def _of_present(database: Path) -> Callable[[str], AssistantError]:
    return lambda cause: DatabaseUnreachableError(
        f"The database {database} cannot be replaced ({cause}): end whatever uses it or, when it is damaged, "
        "move it and its -wal file away; then restore again."
    )


def _of_backup(backup: Path) -> Callable[[str], AssistantError]:
    return lambda cause: BackupError(f"{backup} is no sound backup ({cause}); name another.")


def _of_copy(cause: str) -> AssistantError:
    return BackupError(f"The copy cannot be written ({cause}); make room on its disk, or use another.")


@contextmanager
def _opened(
    file: Path, mode: Literal["ro", "rw", "rwc"], failure: Callable[[str], AssistantError]
) -> Iterator[sqlite3.Connection]:
    """Open a file without changing its settings; whatever SQLite says against it is made an error of ours."""
    try:
        address = f"{file.absolute().as_uri()}?mode={mode}"
        connection = sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        with closing(connection):
            yield connection
    except sqlite3.Error as error:
        raise failure(str(error)) from None


@contextmanager
def _written(target: Path) -> Iterator[Path]:
    """Yield a file beside `target` that takes its place at the end, safely on the disk, or goes after an exception."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".partial", dir=target.absolute().parent)
        os.close(descriptor)
        partial = Path(name)
        try:
            yield partial
            with partial.open("rb+") as written:
                os.fsync(written.fileno())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        if sys.platform != "win32":  # which opens no folder
            folder = os.open(target.absolute().parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
    except OSError as error:
        raise ConfigurationError(f"{target} cannot be written ({error.strerror}); name another file.") from None


def _copied(source: sqlite3.Connection, partial: Path, report: Report) -> str:
    """Copy a database into a file that needs no other beside it, and return what is damaged in it, or nothing."""
    with _opened(partial, "rw", _of_copy) as copy:
        copy.execute("PRAGMA synchronous = OFF")  # it is flushed as a whole
        _copy(source, copy, report)
        copy.execute("PRAGMA journal_mode = DELETE")
        return _damage(copy)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, report: Report) -> None:
    source.backup(target, pages=STEP_PAGES, progress=lambda _, left, pages: report(pages - left, pages))


def _damage(connection: sqlite3.Connection) -> str:
    """Return what is damaged in a database, or nothing."""
    try:
        found = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == "ok" else found.splitlines()[-1]


def _sound_layout(source: sqlite3.Connection, backup: Path) -> str:
    if damage := _damage(source):
        raise _of_backup(backup)(damage)
    layout = _layout(source)
    if layout is None:
        raise _of_backup(backup)("it holds no registry")
    if layout not in revisions():
        raise BackupError(
            f"{backup} has layout {layout}, which this version does not know: a newer version made it, or another "
            "program; restore it with that version."
        )
    return layout


def _layout(connection: sqlite3.Connection) -> str | None:
    """Return the revision of the layout; None when the database is not one of ours."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not {"alembic_version", "workspaces", "statements"} <= tables:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None
