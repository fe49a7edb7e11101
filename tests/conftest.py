"""Fixtures that all tests share: a database of each kind, fresh for every test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings
from postgres import PostgresAbsentError, PostgresServer, running_postgres
from registries import POTTERY, catalog, statements
from sqlalchemy import Engine

from assistant.storage.database import open_engine, upgrade
from assistant.storage.repository import Repository
from assistant.use_cases.snapshots import Registry

# How long an example takes says how busy the machine is; what is to be fast is measured in benchmarks.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL, with a database `at_head` to copy. In CI its absence is a failure, elsewhere a skip."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_postgres())
        except PostgresAbsentError as reason:
            if os.environ.get("CI") == "true":
                pytest.fail(str(reason))
            pytest.skip(str(reason))
        server.execute("CREATE DATABASE at_head")
        _migrate(server.url("at_head"))
        yield server


@pytest.fixture(scope="session")
def sqlite_at_head(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: quicker than migrating one for each test."""
    file = tmp_path_factory.mktemp("sqlite") / "at_head.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as url:
        yield url


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database at the newest layout and with nothing in it, once of each kind."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            file = shutil.copy(request.getfixturevalue("sqlite_at_head"), tmp_path / "assistant.db")
            url = f"sqlite:///{file}"
        else:
            server: PostgresServer = request.getfixturevalue("postgres")
            url = stack.enter_context(server.database("at_head"))
        opened = open_engine(url)
        stack.callback(opened.dispose)
        yield opened


def _migrate(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()


@pytest.fixture
def registry(engine: Engine) -> Registry:
    """The pottery, imported into a database."""
    registry = Registry(Repository(engine))
    imported = catalog(POTTERY)
    with registry.writing() as unit:
        unit.state(statements(*imported.teams.values(), *imported.components.values()))
    return registry
