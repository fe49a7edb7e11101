"""Outages: the database stops, hangs, is locked, is full or takes no writes, while people go on asking and saving."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from postgres import PostgresServer
from slack_server import SlackServer, Transport
from sqlalchemy import make_url

from chaos.bots import Bot
from chaos.crowd import Crowd, Kind, answers_to, settle
from chaos.databases import Database, catalog, effects, fill, filled
from chaos.figures import Figure, at_most, none_of

COMPONENTS = 1_000
A_SECOND = 8.0
KINDS: tuple[Kind, ...] = ("mention", "command", "direct", "save")
SETTLING_S = 20.0
HONEST = "can't be reached"
LOOK_S = 0.1


def outages(postgres: PostgresServer, over: Transport, part: float = 1.0) -> list[Figure]:
    """Have every outage, each for so large a part of its whole time."""
    found = []
    for what, seconds, outage in (
        ("stopped", 60.0, _stopped),
        ("frozen", 30.0, _frozen),
        ("read-only", 10.0, _read_only),
    ):
        with filled("PostgreSQL", COMPONENTS, postgres) as url:
            during = outage(postgres, url)
            found += _out(f"{what} {part * seconds:g} s", over, "PostgreSQL", url, during, part * seconds)
    with filled("SQLite", COMPONENTS) as url:
        found += _out(f"locked {part * 4:g} s", over, "SQLite", url, _locked(url), part * 4)
    if os.geteuid() == 0:  # only root can have a small disk
        with _small_disk() as folder:
            url = fill(f"sqlite:///{folder}/r.db", COMPONENTS)
            found += _out(f"disk full {part * 10:g} s", over, "SQLite", url, _full(folder), part * 10)
    return found


def _out(
    what: str, over: Transport, database: Database, url: str, outage: AbstractContextManager[None], seconds: float
) -> list[Figure]:
    with SlackServer(timeout_s=30, over=over) as slack, Bot(slack, url) as bot:
        crowd = Crowd(slack, catalog(COMPONENTS))
        crowd.act_once("mention").result(30)
        settle(crowd, SETTLING_S)
        with crowd.acting(A_SECOND, KINDS):
            time.sleep(0.5)
            with outage:
                begun_at = time.time()
                time.sleep(seconds)
                ended_at = time.time()
            recovered_s = _recovered_s(crowd)
        tallied = settle(crowd, SETTLING_S)
        is_alive = bot.is_alive and bot.is_ready
        found, saved = effects(url), len(crowd.saved)
        silent = {str(ref) for ref in crowd.saved.keys() - crowd.told()} - found.stated.keys()
        said = [each for each in answers_to(slack) if begun_at <= each.delivered_at <= ended_at]
    where = (over, database)
    sentences = [each for each in said if HONEST in each.text]
    slowest = max((each.seconds for each in said), default=0.0)
    events = f"{len(crowd.threads)} events"
    return [
        none_of(f"{what}: acknowledged and lost", where, events, tallied.lost),
        none_of(f"{what}: posted twice", where, events, tallied.doubled),
        at_most(
            f"{what}: slowest answer or honest sentence",
            where,
            f"{len(said)} requests, {len(sentences)} sentences",
            2.5,
            slowest,
            "s",
        ),
        none_of(f"{what}: neither answered nor told", where, events, set(crowd.threads) - tallied.answers.keys()),
        none_of(f"{what}: clicks with neither effect nor sentence", where, f"{saved} that save", silent),
        none_of(f"{what}: effects twice", where, f"{saved} that save", found.repeated),
        at_most(f"{what}: recovered", where, "the first right answer", 5, recovered_s, "s"),
        none_of(f"{what}: processes that died", where, "1 process", [] if is_alive else ["the bot"]),
    ]


def _recovered_s(crowd: Crowd) -> float:
    """Return how long it takes until a question is answered as it should be."""
    begun, asked = time.monotonic(), len(crowd.threads)
    while time.monotonic() - begun < 60:
        fresh = set(crowd.threads[asked:])
        right = [each for each in answers_to(crowd.slack) if each.thread in fresh and HONEST not in each.text]
        if right:
            break
        time.sleep(LOOK_S)
    return time.monotonic() - begun


def _stopped(postgres: PostgresServer, _: str) -> AbstractContextManager[None]:
    return postgres.stopped()


def _frozen(postgres: PostgresServer, _: str) -> AbstractContextManager[None]:
    return postgres.frozen()


@contextmanager
def _read_only(postgres: PostgresServer, url: str) -> Iterator[None]:
    """Have the server take no writes, as one does that has become a standby."""
    database = make_url(url).database
    ends = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"  # noqa: S608
    postgres.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    postgres.execute(ends)
    try:
        yield
    finally:
        postgres.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = off")
        postgres.execute(ends)


@contextmanager
def _locked(url: str) -> Iterator[None]:
    """Keep everybody else from writing."""
    connection = sqlite3.connect(str(make_url(url).database), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@contextmanager
def _small_disk() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "none", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


@contextmanager
def _full(folder: Path) -> Iterator[None]:
    """Fill a disk to its last byte, when the log of changes has been emptied: it would be written over else."""
    with closing(sqlite3.connect(folder / "r.db", timeout=10)) as connection:
        [[is_busy, *_]] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert not is_busy, "somebody reads all the time"
    filling = folder / "filling"
    with filling.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)) == 4096:
                pass
        except OSError:
            pass
    try:
        yield
    finally:
        filling.unlink()
