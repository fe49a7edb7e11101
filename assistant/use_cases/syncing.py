"""Syncing: the registry follows its files, imported again whenever they change."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

import structlog

from assistant.core.catalog import Catalog
from assistant.core.entries import Ref
from assistant.core.policy import OPERATOR
from assistant.errors import AssistantError, ConfigurationError, FileError
from assistant.formats.registry_file import RegistryFile
from assistant.formats.sources import files_at, find_sources, read_sources
from assistant.storage.repository import Repository
from assistant.use_cases.importing import import_registry, no_longer_read

log = structlog.get_logger()

Outcome = Literal["taken", "refused"]
FEW = 10
"""Entries that may always go at once."""
SHOWN = 20
"""Findings that are logged."""

_State = tuple[tuple[str, int, int, int], ...]


class LostError(AssistantError):
    """Files lost so much that they rather look broken than changed."""


class SyncedFiles:
    """A file or a folder that the registry follows: what leaves it leaves the registry."""

    def __init__(self, path: Path, repository: Repository) -> None:
        self.is_current = True
        """Whether the registry is as the files were when they were last looked at."""
        self._path = path
        self._root = str(path.absolute())
        self._repository = repository
        self._seen: _State = ()
        self._tried: _State = ()

    def begin(self, now: datetime) -> None:
        """Import what the files hold when the bot starts.

        Raises FileError or ConfigurationError where they can't be read, and nothing is registered that could be served
        instead.
        """
        self._seen = self._tried = self._state()
        if self._attempt(now) == "refused" and not self._repository.catalog().components:
            self._import(now)

    def look(self, now: datetime) -> Outcome | None:
        """Import the files if they have changed and rest since the last look; None: they are as they were.

        Files that are wrong change nothing, and are tried again once they have changed.
        """
        before, self._seen = self._seen, self._state()
        if self._seen == self._tried or self._seen != before:  # whoever writes just now is not done
            return None
        outcome = self._attempt(now)
        self._tried = self._seen
        return outcome

    def _attempt(self, now: datetime) -> Outcome:
        try:
            self._import(now)
        except (FileError, ConfigurationError, LostError) as error:
            findings = [str(finding) for finding in error.findings] if isinstance(error, FileError) else [str(error)]
            log.error("the changed files are not taken, and what is registered stays", findings=findings[:SHOWN])
            self.is_current = False
            return "refused"
        self.is_current = True
        return "taken"

    def _import(self, now: datetime) -> None:
        followed = self._repository.found_at(self._root)
        found = find_sources(self._path)
        faults = [*found.faults, *no_longer_read(found, self._repository.catalog())]
        if faults:
            raise FileError(faults)
        files = {file.label: file for file in read_sources(found.sources)}
        gone = {source: RegistryFile(source) for source in followed - files.keys()}
        planned = import_registry(
            self._repository,
            files | gone,
            dry_run=False,
            prune=True,
            author=OPERATOR.name,
            now=now,
            read_at={self._root: files},
            judge=lambda before, after: _refuse_loss(followed, before, after),
        )
        with_faults = [fault for plan in planned for fault in plan.faults]
        if with_faults:
            log.warning("parts of the files can't be read", findings=with_faults[:SHOWN], count=len(with_faults))
        log.info("the files were imported", sources=len(files), statements=sum(len(p.statements) for p in planned))

    def _state(self) -> _State:
        """Return what tells whether files have changed, without reading them."""
        paths, faults = files_at(self._path)
        places = self._repository.catalog().places
        followed = self._repository.found_at(self._root)
        elsewhere = {Path(place.file) for source in followed for place in places.get(source, {}).values()}
        state = [(fault.file, 0, 0, 0) for fault in faults]
        for path in sorted({*paths, *elsewhere}):
            try:
                stat = path.stat()
            except OSError:
                state.append((str(path), 0, 0, 0))
            else:
                state.append((str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino))
        return tuple(state)


def _refuse_loss(followed: frozenset[str], before: Catalog, after: Catalog) -> None:
    """Raise LostError where most of what the files stated would be gone from the registry."""
    stated = {ref for source in followed for ref in before.stated_by(source)}
    lost = [ref for ref in stated if not _holds(after, ref)]
    if len(lost) > max(FEW, len(stated) // 2):
        raise LostError(
            f"{len(lost)} of {len(stated)} entries are gone from the files; put them back, or say so once with "
            "`assistant import --prune` for files that are still there and `assistant forget` for sources that are not"
        )


def _holds(catalog: Catalog, ref: Ref) -> bool:
    return ref in catalog.components if ref.kind == "component" else ref.name in catalog.teams
