"""The database: opened, migrated, and refused with a sentence that helps."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Barrier, Semaphore, Timer

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from assistant.errors import ConfigurationError, DatabaseBehindError, DatabaseUnreachableError
from assistant.storage import database
from assistant.storage.database import (
    begin_write,
    current_revision,
    downgrade,
    head_revision,
    open_engine,
    prepare,
    reachable,
    upgrade,
)
from assistant.storage.tables import METADATA

ROOT = Path(__file__).parents[2]
SECRET = "hunter2"


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def drift(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))


def set_revision(engine: Engine, revision: str) -> None:
    with begin_write(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def refusal(url: str) -> str:
    with opened(url) as engine, pytest.raises(DatabaseUnreachableError) as caught:
        prepare(engine, upgrade_old=True)
    return str(caught.value)


def test_up_and_down(database_url: str) -> None:
    """Migrations lead up to exactly the tables that the code has, down to none, and up again."""
    with opened(database_url) as engine:
        upgrade(engine)
        assert current_revision(engine) == head_revision()
        assert drift(engine) == []
        downgrade(engine, "base")
        assert current_revision(engine) is None
        assert inspect(engine).get_table_names() == ["alembic_version"]
        upgrade(engine)
        assert drift(engine) == []


def test_file_names_tell_the_revisions() -> None:
    """What the file names say is what Alembic reads in the files, so that no migration is overlooked."""
    folder = Path(database.__file__).parents[2] / "migrations"
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    read = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert sorted(read) == database.revisions()
    assert ScriptDirectory.from_config(config).get_current_head() == head_revision()


def test_migrations_of_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an installed wheel the migrations lie inside the package, in any folder, even one with a % in its name."""
    package = tmp_path / "100%" / "assistant"
    package.mkdir(parents=True)
    (package / "migrations").symlink_to(ROOT / "migrations")
    monkeypatch.setattr(database, "__file__", str(package / "storage" / "database.py"))
    with opened(f"sqlite:///{tmp_path / 'new.db'}") as engine:
        prepare(engine, upgrade_old=False)
        assert drift(engine) == []


@pytest.mark.parametrize("upgrade_old", [False, True])
def test_prepare_fills_an_empty_database(database_url: str, upgrade_old: bool) -> None:
    """Every command makes a new database ready, and finds nothing to do the next time."""
    with opened(database_url) as engine:
        for _ in range(2):
            prepare(engine, upgrade_old=upgrade_old)
            assert current_revision(engine) == head_revision()


def test_prepare_and_an_old_database(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old database is upgraded only by the commands that may; the others name the command that does."""
    monkeypatch.setattr(database, "head_revision", lambda: "9999")
    upgraded: list[Engine] = []
    monkeypatch.setattr(database, "upgrade", upgraded.append)
    with pytest.raises(DatabaseBehindError, match="run `assistant db upgrade`"):
        prepare(engine, upgrade_old=False)
    assert upgraded == []
    prepare(engine, upgrade_old=True)
    assert upgraded == [engine]


def test_a_newer_database(engine: Engine) -> None:
    """A database from a later version is left alone by everything that touches layouts."""
    set_revision(engine, "later")
    attempts: list[Callable[[], None]] = [
        lambda: prepare(engine, upgrade_old=True),
        lambda: prepare(engine, upgrade_old=False),
        lambda: upgrade(engine),
        lambda: downgrade(engine, "base"),
    ]
    for attempt in attempts:
        with pytest.raises(ConfigurationError, match="layout later, which this version does not know"):
            attempt()
    assert "statements" in inspect(engine).get_table_names()


def test_a_failed_migration_leaves_nothing(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that fails half way takes back what it did, so that it can be run again."""
    with opened(database_url) as engine:
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr("alembic.op.create_index", None)
            with pytest.raises(TypeError):
                upgrade(engine)
        assert inspect(engine).get_table_names() == []
        upgrade(engine)


def test_four_replicas_migrate_at_once(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replicas that start together all find the database ready, and one of them has migrated it."""
    together, turns = Barrier(4), Semaphore(1)
    really_upgrade = command.upgrade

    def upgrade_slowly(config: Config, revision: str) -> None:
        assert turns.acquire(blocking=False), "two migrate at the same time"
        really_upgrade(config, revision)
        time.sleep(0.1)  # the others arrive before this one commits
        turns.release()

    def start(_replica: int) -> str | None:
        with opened(database_url) as engine:
            together.wait(30)
            prepare(engine, upgrade_old=True)
            return current_revision(engine)

    monkeypatch.setattr(command, "upgrade", upgrade_slowly)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(start, range(4))) == [head_revision()] * 4


def test_four_processes_open_a_new_file_at_once(tmp_path: Path) -> None:
    """Real processes, of which each wants to create the same SQLite file, all pass and say nothing else."""
    script = (
        "import sys; from assistant.storage.database import *; engine = open_engine(sys.argv[1]); "
        "print('ready', flush=True); sys.stdin.readline(); "
        "prepare(engine, upgrade_old=True); print(current_revision(engine)); engine.dispose()"
    )
    with ExitStack() as stack:
        starters = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-W", "error", "-c", script, f"sqlite:///{tmp_path / 'new.db'}"],
                    env={**os.environ, "PYTHONPATH": str(ROOT)},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            )
            for _ in range(4)
        ]
        for starter in starters:
            assert starter.stdout is not None
            assert starter.stdout.readline() == "ready\n"
        for starter in starters:
            assert starter.stdin is not None
            starter.stdin.write("go\n")
            starter.stdin.flush()
        said = [starter.communicate(timeout=60)[0].strip() for starter in starters]
    assert said == [head_revision()] * 4


def test_a_new_file_that_another_is_writing(tmp_path: Path) -> None:
    """Opening a file that is not in WAL mode yet waits for whoever writes to it, which SQLite itself does not."""
    file = tmp_path / "new.db"
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE theirs (x)")
    other.execute("BEGIN IMMEDIATE")
    commit = Timer(0.2, other.commit)
    commit.start()
    with opened(f"sqlite:///{file}") as engine:
        prepare(engine, upgrade_old=True)
    commit.join()
    other.close()


def test_sqlite_is_set_up(tmp_path: Path) -> None:
    """Readers do not wait for writers, writers wait for each other, and foreign keys hold, on every connection."""
    with opened(f"sqlite:///{tmp_path / 'new.db'}") as engine, engine.connect() as one, engine.connect() as other:
        for connection in (one, other):
            assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1
            assert connection.scalar(text("PRAGMA busy_timeout")) > 0


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "is no database URL"),
        ("assistant.db", "is no database URL"),
        (f"postgresql://me:{SECRET}/database", "is no database URL"),
        (f"mysql://me:{SECRET}@host/database", "begins with mysql://, which is not supported"),
        (f"postgresql+asyncpg://me:{SECRET}@host/database", "begins with postgresql+asyncpg://"),
        (f"postgresql://me:p@{SECRET}@host/database", "more than one @"),
        ("sqlite://assistant.db", "two slashes where SQLite wants three"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_a_wrong_url(url: str, says: str) -> None:
    """A DATABASE_URL that cannot work is refused by name, with what to write, and is not quoted."""
    with pytest.raises(ConfigurationError, match="DATABASE_URL") as caught:
        open_engine(url)
    assert says in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql(scheme: str) -> None:
    """However the scheme is spelt, psycopg is the driver, and a connection is given up after seconds, or as it says."""
    engine = open_engine(f"{scheme}://me:{SECRET}@host/database")
    assert engine.url.drivername == "postgresql+psycopg"
    assert engine.url.query["connect_timeout"] == str(database.CONNECT_TIMEOUT_S)
    assert open_engine("postgresql://host/database?connect_timeout=1").url.query["connect_timeout"] == "1"


def test_psycopg_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the driver, the message is the command that installs it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError, match=r"DATABASE_URL.*install psycopg\[binary\]"):
        open_engine("postgresql://host/database")


def test_sqlite_cannot_be_used(tmp_path: Path) -> None:
    """Each way in which a SQLite file fails comes with its own remedy."""
    assert "check that its folder exists" in refusal(f"sqlite:///{tmp_path / 'absent' / 'new.db'}")
    text_file = tmp_path / "text.db"
    text_file.write_text("not a database at all " * 100)
    assert "let DATABASE_URL name another file" in refusal(f"sqlite:///{text_file}")
    sqlite3.connect(tmp_path / "old.db").close()
    fixed = refusal(f"sqlite:///file:{tmp_path / 'old.db'}?mode=ro&uri=true")
    assert "let this process write to the file" in fixed


def test_sqlite_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that waited in vain for another program says so; a read does not even wait."""
    url = f"sqlite:///{tmp_path / 'assistant.db'}"
    with opened(url) as engine:
        upgrade(engine)
        monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
        with opened(url) as other, begin_write(engine):
            assert current_revision(other) == head_revision()
            with pytest.raises(DatabaseUnreachableError, match="another program holds it"):
                upgrade(other)


def test_postgresql_cannot_be_reached() -> None:
    """A server that does not answer is named without the password, wherever the URL held it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: it refuses
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        for url in (f"postgresql://me:{SECRET}@{host}/things", f"postgresql://me@{host}/things?password={SECRET}"):
            said = refusal(url)
            assert f"@{host}/things cannot be used" in said
            assert "check DATABASE_URL" in said
            assert "\n" not in said
            assert SECRET not in said


def test_no_secret_in_what_the_driver_says() -> None:
    """What the driver complains about is passed on with the password struck out."""
    assert SECRET not in refusal(f"postgresql://me:{SECRET}@/things?host=/absent-{SECRET}")


def test_our_own_mistakes_keep_their_name(engine: Engine) -> None:
    """Only the database's state is called unreachable: a broken constraint is a mistake in the program."""
    add = text("INSERT INTO workspaces (workspace, revision) VALUES ('twice', 0), ('twice', 0)")
    with pytest.raises(IntegrityError), reachable(engine), begin_write(engine) as connection:
        connection.execute(add)
