"""The digest: what of the registry waits for somebody, once a week for those who administer it."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.core.entries import Component
from assistant.core.proposals import Proposal

NAMED = 5
"""Of each kind: as many are named, and the rest is counted."""


@dataclass(frozen=True)
class Digest:
    """What waits. `unfound`: names that nobody could find, and how often each was asked for, most first."""

    unfound: tuple[tuple[str, int], ...] = ()
    unowned: tuple[Component, ...] = ()
    due: tuple[Component, ...] = ()
    """Components whose model is to be looked at again."""
    suggested: tuple[Proposal, ...] = ()
    """Suggestions that nobody has answered, oldest first."""

    @property
    def is_empty(self) -> bool:
        return not (self.unfound or self.unowned or self.due or self.suggested)
