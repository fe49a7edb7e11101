"""What a mention was matched with, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from assistant.core.entries import Ref

MENTION_LIMIT = 120
"""Characters of a mention that are compared; a name has at most 255, and nobody types those."""
CHOICES = 8
NEAREST = 3


class Step(IntEnum):
    """How a mention was matched, the surest first."""

    NAME = 0
    OTHER_NAME = 1
    LETTERS = 2
    FORM = 3
    TYPO = 4
    INITIALS = 5
    WORDS = 6
    DESCRIPTION = 7
    NONE = 9


@dataclass(frozen=True)
class Match:
    """What a mention means. One ref: found. Several: they fit equally well. None: `nearest` are the closest names."""

    mention: str
    step: Step = Step.NONE
    refs: tuple[Ref, ...] = ()
    nearest: tuple[Ref, ...] = ()
    key: str = ""
    """The name, alias or title that matched."""

    @property
    def sure(self) -> bool:
        return self.step <= Step.FORM
