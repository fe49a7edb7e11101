"""The rulebook that applies now: read again when its file changes, kept as it was when the new one is broken."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

import structlog

from assistant.core.rulebook import Rulebook
from assistant.errors import FileError
from assistant.formats.rulebook_file import read_rulebook

log = structlog.get_logger()


class Rulebooks:
    """Gives the current rulebook. `path` None: the packaged one, which never changes."""

    def __init__(self, rulebook: Rulebook, path: Path | None = None) -> None:
        self._rulebook = rulebook
        self._path = path
        self._state = _state_of(path)
        self._reading = Lock()

    def current(self) -> Rulebook:
        """Return the rulebook as its file has it, or, while that is broken or gone, as it was last."""
        state = _state_of(self._path)
        if self._path is None or state is None or state == self._state:
            return self._rulebook
        with self._reading:
            if state != self._state:
                self._state = state
                self._read_again(self._path)
        return self._rulebook

    def _read_again(self, path: Path) -> None:
        try:
            self._rulebook = read_rulebook(str(path), path.read_bytes())
        except (FileError, OSError) as error:
            findings = [str(finding) for finding in error.findings] if isinstance(error, FileError) else [str(error)]
            log.error("the changed rulebook is not taken, and the last one stays", findings=findings[:20])
        else:
            log.info("the rulebook was read again", rules=len(self._rulebook.rules))


def _state_of(path: Path | None) -> tuple[int, int] | None:
    try:
        stat = path.stat() if path else None
    except OSError:
        return None
    return (stat.st_mtime_ns, stat.st_size) if stat else None
