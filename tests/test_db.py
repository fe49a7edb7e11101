"""Backups: made while others write, put back whole or not at all."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from postgres import PostgresServer

from assistant.storage.database import downgrade, head_revision, open_engine, prepare, upgrade
from assistant.storage.repository import Repository

WRITER = """
import itertools, os
from datetime import UTC, datetime
from assistant.core.catalog import Statement
from assistant.core.entries import Ref
from assistant.storage.repository import open_repository
repository = open_repository(os.environ["DATABASE_URL"])
for number in itertools.count(1):
    with repository.writing() as unit:
        for side in ("left", "right"):
            ref = Ref.component(f"{side}-{number}")
            unit.state([Statement(ref, "name", ref.name, "writer", "test", datetime.now(UTC))])
"""
"""Each revision is a pair: the state at revision n is exactly n pairs."""


def assistant(*arguments: str | Path, url: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assistant", *map(str, arguments)]
    variables = os.environ | {"DATABASE_URL": url} | environment
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=120)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/assistant.db"


def made(url: str, revision: str | None = None) -> None:
    """Make a database, of an older layout if one is named, and let go of it."""
    engine = open_engine(url)
    upgrade(engine)
    if revision:
        downgrade(engine, revision)
    engine.dispose()


@contextmanager
def writing(url: str) -> Iterator[None]:
    """A process writes as fast as it can, for as long as this lasts."""
    with subprocess.Popen([sys.executable, "-c", WRITER], env=os.environ | {"DATABASE_URL": url}) as process:
        try:
            while pairs(url) < 3:
                assert process.poll() is None
                time.sleep(0.05)
            yield
            assert process.poll() is None, "the writer stopped before the end"
        finally:
            process.kill()


def pairs(url: str) -> int:
    """Return how many pairs there are, after making sure that there is nothing but pairs."""
    engine = open_engine(url)
    prepare(engine, upgrade_old=True)
    catalog = Repository(engine).catalog()
    engine.dispose()
    names = {ref.name for ref in catalog.components}
    assert names == {f"{side}-{n}" for side in ("left", "right") for n in range(1, catalog.revision + 1)}
    return catalog.revision


def sound(file: Path) -> bool:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_backup_is_a_state_that_existed(tmp_path: Path, url: str) -> None:
    """Backups that are made while somebody writes are one moment each, a later one a later moment, and restorable."""
    bounds = []
    with writing(url):
        for number in range(3):
            before = pairs(url)
            done = assistant("db", "backup", f"{number}.db", url=url, folder=tmp_path)
            assert done.returncode == 0, done.stderr
            bounds.append((before, pairs(url)))
    for number, (before, after) in enumerate(bounds):
        copy = tmp_path / f"copy-{number}"
        copy.mkdir()
        restored = assistant("db", "restore", f"{number}.db", url=f"sqlite:///{copy}/c.db", folder=tmp_path)
        assert restored.stdout == f"Restored the database from {number}.db.\n"
        assert before <= pairs(f"sqlite:///{copy}/c.db") <= after
        assert sound(copy / "c.db")
    assert not list(tmp_path.glob(".*")), "something was left beside the backups"
    assert not list(tmp_path.glob("?.db-*"))


def test_a_restore_keeps_what_was_there(tmp_path: Path, url: str) -> None:
    """Restoring goes back to the backup and to nothing later; the database that was there stays under a dated name."""
    with writing(url):
        assert assistant("db", "backup", "b.db", url=url, folder=tmp_path).returncode == 0
        while pairs(url) < 40:
            time.sleep(0.05)
    last = pairs(url)
    done = assistant("db", "restore", "b.db", url=url, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert pairs(url) < last
    kept = re.search(r"What was there before is in (.+)\.\n", done.stdout)
    assert kept
    assert pairs(f"sqlite:///{kept[1]}") == last
    again = assistant("db", "restore", kept[1], url=url, folder=tmp_path)
    assert again.returncode == 0
    assert pairs(url) == last


def test_a_killed_restore_leaves_a_usable_database(tmp_path: Path, url: str) -> None:
    """A restore that is killed at any moment leaves the old database or the new one, sound, and can be repeated."""
    old, new = tmp_path / "assistant.db", tmp_path / "new.db"
    for file, marks in ((new, 2), (old, 1)):
        made(f"sqlite:///{file}")
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("INSERT INTO workspaces VALUES (?, 0)", (f"state-{marks}",))
            # Large enough that copying takes a while.
            connection.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 15000) "
                "INSERT INTO unfound SELECT 'default', i, hex(randomblob(1000)), 1, '2026-05-04' FROM n"
            )

    def state() -> str:
        assert sound(old)
        with closing(sqlite3.connect(old)) as connection:
            assert connection.execute("SELECT count(*) FROM unfound").fetchone() == (15000,)
            return str(connection.execute("SELECT workspace FROM workspaces").fetchone()[0])

    command = [sys.executable, "-m", "assistant", "db", "restore", str(new)]
    killed_in_the_middle = 0
    journal = tmp_path / "assistant.db-journal"
    for delay_s in (0.005, 0.01, 0.02, 0.04):
        kept = set(tmp_path.glob("assistant.db.2*"))
        with subprocess.Popen(command, env=os.environ | {"DATABASE_URL": url}, stdout=subprocess.DEVNULL) as process:
            while set(tmp_path.glob("assistant.db.2*")) == kept and process.poll() is None:
                time.sleep(0.001)
            time.sleep(delay_s)
            process.send_signal(signal.SIGKILL)
        killed_in_the_middle += journal.exists() and journal.stat().st_size > 0
        assert state() in ("state-1", "state-2")
        assert assistant("ask", "help", url=url, folder=tmp_path).returncode == 0
    assert killed_in_the_middle, "no restore was killed while it copied"
    assert assistant("db", "restore", new, url=url, folder=tmp_path).returncode == 0
    assert state() == "state-2"


def test_a_backup_replaces_nothing_unasked(tmp_path: Path, url: str) -> None:
    """An existing file stays as it is without --force, and the database itself and folders always; status 2."""
    made(url)
    (tmp_path / "b.db").write_text("precious")
    refused = assistant("db", "backup", "b.db", url=url, folder=tmp_path)
    assert (refused.returncode, refused.stderr) == (
        2,
        "b.db exists; name another file, or replace it with --force.\n",
    )
    assert (tmp_path / "b.db").read_text() == "precious"
    for target in ("assistant.db", ".", "nowhere/b.db"):
        assert assistant("db", "backup", target, "--force", url=url, folder=tmp_path).returncode == 2
    assert assistant("db", "backup", "b.db", "--force", url=url, folder=tmp_path).returncode == 0
    assert sound(tmp_path / "b.db")


@pytest.mark.parametrize("name", ["missing.db", "empty.db"])
def test_there_must_be_something_to_back_up(tmp_path: Path, name: str) -> None:
    """A wrong DATABASE_URL makes no empty backup, and no database."""
    (tmp_path / "empty.db").touch()
    done = assistant("db", "backup", "b.db", url=f"sqlite:///{tmp_path}/{name}", folder=tmp_path)
    assert done.returncode == 2
    assert "let DATABASE_URL name the one to back up" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["empty.db"]


def test_a_damaged_database_makes_no_backup(tmp_path: Path, url: str) -> None:
    """What is damaged is said, and takes no good backup's place."""
    made(url)
    assert assistant("db", "backup", "b.db", url=url, folder=tmp_path).returncode == 0
    good = (tmp_path / "b.db").read_bytes()
    damage(tmp_path / "assistant.db")
    done = assistant("db", "backup", "b.db", "--force", url=url, folder=tmp_path)
    assert done.returncode == 1
    assert "is damaged" in done.stderr
    assert (tmp_path / "b.db").read_bytes() == good
    assert assistant("db", "restore", "b.db", url=url, folder=tmp_path).returncode == 0
    assert sound(tmp_path / "assistant.db")


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    file.write_bytes(content)


def test_only_a_sound_backup_is_restored(tmp_path: Path, url: str) -> None:
    """What is no database, none of ours, damaged, or of a newer version changes nothing, and says why."""
    made(url)
    assert assistant("db", "backup", "good.db", url=url, folder=tmp_path).returncode == 0
    (tmp_path / "text.db").write_text("a registry, but in words")
    (tmp_path / "damaged.db").write_bytes((tmp_path / "good.db").read_bytes())
    damage(tmp_path / "damaged.db")
    (tmp_path / "newer.db").write_bytes((tmp_path / "good.db").read_bytes())
    for name, statement in (
        ("other.db", "CREATE TABLE songs (title)"),
        ("newer.db", "UPDATE alembic_version SET version_num = '9999'"),
    ):
        with closing(sqlite3.connect(tmp_path / name)) as connection, connection:
            connection.execute(statement)
    before = (tmp_path / "assistant.db").read_bytes()
    for name, said in (
        ("text.db", "file is not a database"),
        ("damaged.db", "is no sound backup"),
        ("other.db", "holds no registry"),
        ("newer.db", "layout 9999"),
        ("none.db", "There is no file"),
        ("assistant.db", "is the database itself"),
    ):
        done = assistant("db", "restore", name, url=url, folder=tmp_path)
        assert done.returncode in (1, 2)
        assert done.stderr.count("\n") == 1
        assert said in done.stderr
    assert (tmp_path / "assistant.db").read_bytes() == before
    assert not list(tmp_path.glob("assistant.db.2*"))


def test_an_older_backup_is_upgraded_later(tmp_path: Path, url: str) -> None:
    """A backup of an older version is put back as it is, and it is said what upgrades it."""
    made(url, "0001")
    assert assistant("db", "backup", "old.db", url=url, folder=tmp_path).returncode == 0
    assert assistant("db", "upgrade", url=url, folder=tmp_path).returncode == 0
    done = assistant("db", "restore", "old.db", url=url, folder=tmp_path)
    assert "Its layout is 0001; `assistant run` or `assistant db upgrade` upgrades it." in done.stdout
    assert f"to {head_revision()}" in assistant("db", "upgrade", url=url, folder=tmp_path).stdout


def test_postgresql_has_its_own_tools(tmp_path: Path, postgres: PostgresServer) -> None:
    """For PostgreSQL the commands that back up and restore are said, without the password; they work as they are."""
    (tmp_path / "r.yaml").write_text("teams: [{name: moss}]\ncomponents: [{name: fern-db, owner: moss}]")
    with postgres.database("at_head") as address:
        url = address.replace("postgres@", "postgres:canary@")
        assert assistant("import", "r.yaml", url=url, folder=tmp_path).returncode == 0
        run_what_is_said(["db", "backup", "a backup.dump"], url, tmp_path, postgres)
        (tmp_path / "r.yaml").write_text("components: [{name: fern-db}]")
        assert assistant("import", "r.yaml", url=url, folder=tmp_path).returncode == 0
        assert "moss" not in assistant("ask", "who owns fern-db?", url=url, folder=tmp_path).stdout
        run_what_is_said(["db", "restore", "a backup.dump"], url, tmp_path, postgres)
        assert "owned by moss" in assistant("ask", "who owns fern-db?", url=url, folder=tmp_path).stdout


def run_what_is_said(arguments: list[str], url: str, folder: Path, postgres: PostgresServer) -> None:
    said = assistant(*arguments, url=url, folder=folder)
    assert said.returncode == 2
    assert said.stderr.count("\n") == 1
    assert "canary" not in said.stderr
    command = re.search(r"run `(.+)`", said.stderr)
    assert command
    path = {"PATH": f"{postgres.binaries}:{os.environ['PATH']}"}
    subprocess.run(command[1], shell=True, check=True, cwd=folder, env=os.environ | path)  # noqa: S602  as people do
