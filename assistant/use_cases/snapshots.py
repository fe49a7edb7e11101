"""The registry as the features see it: a snapshot to read, and a place to write."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Lock

from assistant.core.catalog import Catalog, Statement
from assistant.core.drafts import Kept
from assistant.core.entries import Ref
from assistant.core.proposals import Proposal
from assistant.core.snapshot import Snapshot, index
from assistant.storage.deliveries import Deliveries
from assistant.storage.learned import Learned
from assistant.storage.notices import Notices
from assistant.storage.repository import Repository, Unit

PATIENCE_S = 0.6
"""How long a question waits for an index that is being built. At 10,000 components it takes a fifth of that."""


class Registry:
    """Gives the current snapshot. Its index is built beside the one before, once for each revision of the catalog."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._snapshot: Snapshot | None = None
        self._builder = ThreadPoolExecutor(1, "index")
        self._building: Future[None] | None = None
        self._lock = Lock()

    def catalog(self) -> Catalog:
        """Return the catalog with every change committed before the call, by whichever process."""
        return self._repository.catalog()

    def snapshot(self) -> Snapshot:
        """Return a snapshot that holds every change committed before the call, by whichever process.

        Where its index takes long, as for 100,000 components, return the one before, until the new one is there.
        """
        wanted = self._repository.catalog().revision
        deadline = time.monotonic() + PATIENCE_S
        while self._snapshot is None or self._snapshot.catalog.revision < wanted:
            building = self._begin_building()
            left = None if self._snapshot is None else deadline - time.monotonic()
            try:
                building.result(left)
            except TimeoutError:
                break
        assert self._snapshot is not None, "the first one is waited for"
        return self._snapshot

    def _begin_building(self) -> Future[None]:
        with self._lock:
            if self._building is None or self._building.done():
                self._building = self._builder.submit(self._build)
            return self._building

    def _build(self) -> None:
        catalog = self._repository.catalog()
        if self._snapshot is None or self._snapshot.catalog.revision < catalog.revision:
            self._snapshot = index(catalog, self._snapshot)

    def check(self) -> None:
        """Raise DatabaseUnreachableError unless the database answers and takes writes just now. Changes nothing."""
        self._repository.check()

    @property
    def learned(self) -> Learned:
        """What was learned from questions."""
        return self._repository.learned

    @property
    def notices(self) -> Notices:
        """What other people and channels are to be told."""
        return self._repository.notices

    def drafts_of(self, person: str) -> Sequence[Kept]:
        """Return the onboardings that somebody has begun, the newest first."""
        return self._repository.drafts_of(person)

    def draft(self, identifier: str) -> Kept | None:
        return self._repository.draft(identifier)

    def proposal(self, number: int) -> Proposal | None:
        return self._repository.proposal(number)

    def statements_about(self, ref: Ref) -> list[Statement]:
        """Return all that was ever stated about one entry, oldest first."""
        return self._repository.statements_about(ref)

    def latest(self, limit: int) -> list[Statement]:
        """Return what was stated last, newest first."""
        return self._repository.latest(limit)

    def open_proposals(self) -> list[Proposal]:
        """Return the proposals that nobody has answered, oldest first."""
        return self._repository.open_proposals()

    def never_asked(self, questions: Iterable[str]) -> list[str]:
        """Return those questions about decisions that nobody was asked, in order."""
        asked = self._repository.asked(questions := list(questions))
        return [question for question in questions if question not in asked]

    @property
    def deliveries(self) -> Deliveries:
        """What Slack delivered."""
        return self._repository.deliveries

    def writing(self, delivery: str | None = None) -> AbstractContextManager[Unit]:
        """Lock the workspace; what is stated, proposed and told in the unit is committed together."""
        return self._repository.writing(delivery)
