"""The registry as the features see it: a snapshot to read, and a place to write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock

from assistant.core.proposals import Proposal
from assistant.core.snapshot import Snapshot, index
from assistant.storage.deliveries import Deliveries
from assistant.storage.learned import Learned
from assistant.storage.notices import Notices
from assistant.storage.repository import Repository, Unit


class Registry:
    """Gives the current snapshot. The index is built once for each revision of the catalog."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._snapshot: Snapshot | None = None
        self._building = Lock()

    def snapshot(self) -> Snapshot:
        """Return a snapshot that holds every change committed before the call, by whichever process."""
        catalog = self._repository.catalog()
        held = self._snapshot
        if held is not None and held.catalog.revision >= catalog.revision:
            return held
        with self._building:
            if self._snapshot is None or self._snapshot.catalog.revision < catalog.revision:
                self._snapshot = index(catalog)
            return self._snapshot

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

    def proposal(self, number: int) -> Proposal | None:
        return self._repository.proposal(number)

    def never_asked(self, questions: Iterable[str]) -> list[str]:
        """Return those questions about decisions that nobody was asked, in order."""
        asked = self._repository.asked(questions := list(questions))
        return [question for question in questions if question not in asked]

    @property
    def deliveries(self) -> Deliveries:
        """What Slack delivered."""
        return self._repository.deliveries

    @contextmanager
    def writing(self, delivery: str | None = None) -> Iterator[Unit]:
        """Lock the workspace; what is stated, proposed and told in the unit is committed together."""
        with self._repository.writing(delivery) as unit:
            yield unit
