"""Databases of the scenarios: filled with a registry of any size, and read again for what the bot did to them."""

from __future__ import annotations

import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Literal

import generated
from postgres import PostgresServer
from registries import statements
from sqlalchemy import text, update

from assistant.core.catalog import PEOPLE
from assistant.core.entries import Ref
from assistant.storage.database import begin_write, open_engine, prepare
from assistant.storage.notices import LEASE
from assistant.storage.repository import Repository
from assistant.storage.tables import NOTICES

Database = Literal["SQLite", "PostgreSQL"]
catalog = cache(generated.catalog)


@contextmanager
def filled(database: Database, size: int, postgres: PostgresServer | None = None) -> Iterator[str]:
    """The URL of a database with so many components in it, gone at the end."""
    if database == "PostgreSQL":
        assert postgres is not None
        with postgres.database() as url:
            yield fill(url, size)
    else:
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
            yield fill(f"sqlite:///{folder}/r.db", size)


def fill(url: str, size: int) -> str:
    """Fill a new database with so many components, and return its URL."""
    wanted = catalog(size)
    engine = open_engine(url)
    prepare(engine, upgrade_old=True)
    with Repository(engine).writing() as unit:
        unit.state(statements(*wanted.teams.values(), *wanted.components.values()))
    engine.dispose()
    return url


@dataclass(frozen=True)
class Effects:
    """What people changed: how many statements and suggestions there are of each component, and what of notices."""

    stated: Counter[str]
    proposed: Counter[str]
    numbers: set[int]
    """Of the suggestions."""
    notices: int
    waiting: int

    @property
    def repeated(self) -> set[str]:
        return {subject for counted in (self.stated, self.proposed) for subject, n in counted.items() if n > 1}


def settled_effects(url: str, within_s: float, *, hastened: bool = False) -> Effects:
    """Return the effects once no notice waits, or time is up. `hastened`: what waits for minutes is due at once."""
    deadline = time.monotonic() + within_s
    while (found := effects(url)).waiting and time.monotonic() < deadline:
        if hastened:
            hasten(url)
        time.sleep(0.5)
    return found


def hasten(url: str) -> None:
    """Let the minutes pass for which notices wait that may have arrived; those that are being sent are left alone."""
    engine, now = open_engine(url), datetime.now(UTC)
    in_doubt = (NOTICES.c.state == "waiting", NOTICES.c.due_at > now + 2 * LEASE)
    with begin_write(engine) as connection:
        connection.execute(update(NOTICES).where(*in_doubt).values(due_at=now))
    engine.dispose()


def effects(url: str) -> Effects:
    engine = open_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT subject FROM statements WHERE source = :people"), {"people": PEOPLE})
        stated = Counter(subject for (subject,) in rows)
        suggested = connection.execute(text("SELECT id, change FROM proposals")).all()
        states = Counter(state for (state,) in connection.execute(text("SELECT state FROM notices")))
    engine.dispose()
    proposed = Counter(str(Ref(*json.loads(change)["ref"])) for _, change in suggested)
    return Effects(stated, proposed, {number for number, _ in suggested}, states.total(), states["waiting"])
