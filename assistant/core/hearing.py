"""Hearing what was typed: which words are the sentence's own, and can be no name.

The registry decides: a word that some name holds is never taken for a verb, nor for a slip of another word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from rapidfuzz.distance import OSA

from assistant.core.grammar import (
    ARTICLES,
    CLOSERS,
    DETERMINERS,
    FUNCTION_WORDS,
    KEYWORDS,
    OPENERS,
    OWNING,
    PERFECT,
    SUBJECTS,
    VOCABULARY,
)
from assistant.core.mentions import Mentions
from assistant.core.slips import is_likely_slip
from assistant.core.snapshot import Snapshot
from assistant.core.words import Token, pieces, shortened, tokenize

_MISSPELT = 3
"""Letters from which on a word can be a slip of another one."""


@dataclass(frozen=True)
class Said:
    """A message as it is understood against what is registered. What it may mention is looked up once."""

    tokens: tuple[Token, ...]
    snapshot: Snapshot

    @property
    def words(self) -> str:
        return " ".join(token.text for token in self.tokens)

    @cached_property
    def components(self) -> Mentions:
        return Mentions(self.tokens, self.snapshot.components)

    @cached_property
    def teams(self) -> Mentions:
        return Mentions(self.tokens, self.snapshot.teams)


def heard(text: str, snapshot: Snapshot) -> Said:
    """Return a message with quoted sentences taken apart, misspelt keywords put right, and verbs known as such."""
    opened = shortened([piece for token in tokenize(text) for piece in _opened(token, snapshot)])
    around = zip((None, *opened), opened, (*opened[1:], None), strict=False)
    return Said(tuple(_heard(token, before, after, snapshot) for before, token, after in around), snapshot)


def _opened(token: Token, snapshot: Snapshot) -> Iterator[Token]:
    """Take apart what is quoted or emphasised and no name: a line of a log, or *should*."""
    several = " " in token.text or "\n" in token.text
    everyday = token.word in VOCABULARY
    if not token.marked or token.url or token.channel or not (several or everyday) or _is_name(token.text, snapshot):
        yield token
        return
    inside = pieces(token.text)
    yield from inside[:-1]
    yield from (replace(last, break_after=token.break_after or last.break_after) for last in inside[-1:])


def _is_name(text: str, snapshot: Snapshot) -> bool:
    return bool(snapshot.components.find(text).refs or snapshot.teams.find(text, guess=False).refs)


def _heard(token: Token, before: Token | None, after: Token | None, snapshot: Snapshot) -> Token:
    word = token.word
    behind = before.word if before and not before.break_after else ""
    if token.is_identifier or not word.isalpha() or word in VOCABULARY or behind in OWNING:
        return token
    has_an_object = after is not None and not token.break_after and after.word in ARTICLES
    if behind in ("that", "who") and word.endswith("s") and has_an_object:
        return replace(token, spoken=True)  # `who publishes the docs`, whatever else is called publish
    if _is_known(word, snapshot):
        return token
    likely = [each for each in KEYWORDS if _is_slip(word, each)] if len(word) >= _MISSPELT else []
    if likely:
        return replace(token, text=min(likely, key=lambda each: (OSA.distance(word, each), each)))
    is_named = after is not None and not token.break_after and after.word in CLOSERS
    is_verb = _is_verb(word, behind) or (word.endswith("ed") and (has_an_object or behind in PERFECT))
    return replace(token, spoken=True) if is_verb and not is_named else token


def _is_known(word: str, snapshot: Snapshot) -> bool:
    return snapshot.components.knows(word) or snapshot.teams.knows(word)


def _is_slip(typed: str, meant: str) -> bool:
    distance = OSA.distance(typed, meant, score_cutoff=2)
    return (distance == 1 and is_likely_slip(typed, meant)) or (distance == 2 and len(meant) > 8)


def _is_verb(word: str, behind: str) -> bool:
    """Say whether a word that no name holds stands where a verb does, or is written as an adverb is."""
    if behind in SUBJECTS:
        return True
    if behind == "that":
        return word.endswith("s")
    plain = behind not in OPENERS and behind not in DETERMINERS
    if word.endswith("ing"):
        return behind in FUNCTION_WORDS and (plain or behind in ("is", "are", "who's", "whos"))
    return word.endswith("ly") and plain
