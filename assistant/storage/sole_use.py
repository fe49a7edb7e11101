"""One `run` for each SQLite file."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from assistant.errors import ConfigurationError, DatabaseUnreachableError
from assistant.storage.database import explain, sqlite_file


@contextmanager
def sole_use(database_url: str) -> Iterator[None]:
    """Keep every other `run` and `db restore` from a SQLite file; ConfigurationError while one of them has it.

    The lock is the process's own and ends with it, however that ends; the file FILE.lock stays, and means nothing by
    itself. PostgreSQL serves several at once. On Windows nothing is checked.
    """
    database = sqlite_file(database_url)
    if database is None or sys.platform == "win32":
        yield
        return
    import fcntl  # only POSIX has it

    with _lock_file(database) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise ConfigurationError(
                f"The database {database} is used by another `run` or `db restore` ({lock.read().strip()}): "
                "stop that first, or let DATABASE_URL name another database."
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        lock.flush()
        yield


def _lock_file(database: Path) -> TextIO:
    try:
        lock = open(f"{database}.lock", "a+")  # noqa: SIM115  the caller closes it
        if os.geteuid() == 0 and database.exists():  # a lock that root made must not keep the owner out
            owner = database.stat()
            os.fchown(lock.fileno(), owner.st_uid, owner.st_gid)
    except OSError as error:
        raise DatabaseUnreachableError(explain(str(database), f"unable to open its lock: {error.strerror}")) from None
    return lock
