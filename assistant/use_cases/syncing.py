"""Syncing: the registry follows its files, imported again whenever they change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

import structlog

from assistant.core.policy import OPERATOR
from assistant.errors import ConfigurationError, FileError
from assistant.formats.registry_file import RegistryFile
from assistant.formats.sources import files_at, find_sources, read_sources
from assistant.storage.repository import Repository
from assistant.use_cases.importing import ImportPlan, import_registry

log = structlog.get_logger()

Outcome = Literal["taken", "refused"]
FEW = 10
"""Entries that may always go at once."""
SHOWN = 20
"""Findings that are logged."""

_State = tuple[tuple[str, int, int, int], ...]


class SyncedFiles:
    """A file or a folder that the registry follows: what leaves it leaves the registry."""

    def __init__(self, path: Path, repository: Repository) -> None:
        self._path = path
        self._repository = repository
        self._seen: _State = ()
        self._tried: _State = ()

    def begin(self, now: datetime) -> None:
        """Import what the files hold when the bot starts.

        Raises FileError or ConfigurationError where they can't be read, and nothing is registered that could be served
        instead.
        """
        self._seen = self._tried = self._state()
        try:
            self._import(now)
        except (FileError, ConfigurationError) as error:
            if not self._repository.catalog().components:
                raise
            _refuse(error)

    def look(self, now: datetime) -> Outcome | None:
        """Import the files if they have changed and rest since the last look; None: they are as they were.

        Files that are wrong change nothing, and are tried again once they have changed.
        """
        try:
            state = self._state()
            before, self._seen = self._seen, state
            if state in (self._tried, ()) or state != before:  # whoever writes just now is not done
                return None
            self._tried = state
            return self._import(now)
        except (FileError, ConfigurationError) as error:
            self._tried = self._seen
            _refuse(error)
            return "refused"

    def _import(self, now: datetime) -> Outcome:
        files = {file.label: file for file in read_sources(find_sources(self._path).sources)}
        files |= {name: RegistryFile(name) for name in self._sources() - files.keys()}  # whose files are gone
        planned = self._imported(files, now, dry_run=True)
        if too_much := next((plan for plan in planned if _removes_most(plan)), None):
            log.error(
                "the changed files are not taken: most of what they stated is gone from them",
                source=too_much.source,
                removed=len(too_much.removed),
                remedy="put it back, or remove it once with: assistant import --prune",
            )
            return "refused"
        faults = [fault for plan in planned for fault in plan.faults]
        if faults:
            log.warning("parts of the files can't be read", findings=faults[:SHOWN], count=len(faults))
        done = self._imported(files, now, dry_run=False)
        log.info("the files were imported", sources=len(done), statements=sum(len(plan.statements) for plan in done))
        return "taken"

    def _imported(self, files: Mapping[str, RegistryFile], now: datetime, *, dry_run: bool) -> list[ImportPlan]:
        return import_registry(self._repository, files, dry_run=dry_run, prune=True, author=OPERATOR.name, now=now)

    def _sources(self) -> set[str]:
        """Return the sources that were imported from here."""
        here = str(self._path)
        return {name for name in self._repository.catalog().places if name == here or name.startswith(f"{here}/")}

    def _state(self) -> _State:
        """Return what tells whether files have changed, without reading them."""
        try:
            stats = [(str(file), file.stat()) for file in files_at(self._path)]
            return tuple((name, stat.st_mtime_ns, stat.st_size, stat.st_ino) for name, stat in stats)
        except FileNotFoundError:  # it went just now
            return ()


def _removes_most(plan: ImportPlan) -> bool:
    """Say whether a file lost so much that it rather looks broken than changed."""
    kept = plan.unchanged + len(plan.changed)
    return len(plan.removed) > max(FEW, kept)


def _refuse(error: FileError | ConfigurationError) -> None:
    findings = [str(finding) for finding in error.findings] if isinstance(error, FileError) else [str(error)]
    log.error("the changed files are not taken, and what is registered stays", findings=findings[:SHOWN])
