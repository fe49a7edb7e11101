"""What a clause does with what it says: it states it, denies it, supposes it, or asks for it.

`the cache is shared` states what `is the cache shared?` asks for: what tells them apart is where the verb stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from assistant.core.grammar import ARTICLES
from assistant.core.places import Span
from assistant.core.words import Token

Mood = Literal["stated", "supposed", "asked", "left open"]
"""`left open`: one of several, `shared or dedicated`."""

NEAR = 3
"""Words before what is said, among which the verb stands that says it."""
_OPENING = frozenset(
    "although because if since so that though unless when where whereas whether which while who whom whose".split()
)
_JOINING = frozenset("and but nor or".split())
_IMAGINING = frozenset("assume assuming imagine suppose supposing".split())
_SUPPOSING = _IMAGINING | frozenset("became becomes if were".split())
_WONDERING = frozenset(
    "ask asked asking certain check clear debating decide discussing know see sure tell unclear unsure wonder wondering"
    "".split()
)
"""Words behind which `if` means `whether`."""
_THINKING = frozenset("believe believes think thinks thought".split())
"""Words with which what is thought is denied: `I don't think that we run it`."""
_DENYING = frozenset(
    "cannot ceased instead neither never no nobody none nor not stop stopped stops than without".split()
)
_BARE = frozenset("be become becoming being go remain stay".split())
_BE = _BARE | frozenset("ain am are became been is was were".split())
_OPEN = frozenset("can could may might ought shall should would".split())
"""Words with which nothing is so yet."""
_BOUND = frozenset("going ca cannot had has have it'll must need needs will wo".split())
"""Words with which it is, or surely will be."""
_VERBS = _BE - _BARE | _OPEN | _BOUND | frozenset("did do does".split())
_QUESTIONING = frozenset("how what which who whom whose why".split())
_LEADING = (
    _OPENING - {"that"}
    | _JOINING
    | _QUESTIONING
    | frozenset("actually also hello hey hi maybe now ok okay perhaps please really then well".split())
)
"""Words before a verb that are not what it is said of."""


@dataclass(frozen=True)
class Clause:
    """The words around something that is said, up to a mark or a word that begins another clause."""

    before: tuple[str, ...]
    behind: tuple[str, ...]
    is_first: bool
    """It begins its sentence."""
    introduced_by: str
    """The word before the clause."""

    def denies(self, within: Sequence[str] = ()) -> bool:
        """Say whether this is denied: `not shared`, `which no other team runs`. `within`: words between its own."""
        joined = [at for at, word in enumerate(self.before) if word in _JOINING]
        reached = self.before[joined[-1] if joined else 0 :]
        return any(word in _DENYING or word.endswith("n't") for word in (*reached, *within))

    def mood(self, *, has_subject: bool = False, within: Sequence[str] = ()) -> Mood:
        """Return what the clause does with it. `has_subject`: it is said whole, as `another team runs`."""
        before = tuple(word.removesuffix("n't") for word in self.before)
        if "or" in (*before, *self.behind):
            return "left open"
        if any(_supposes(before, at, self.introduced_by) for at in range(len(before))):
            return "supposed"
        if before[:1] == ("whether",) or (before[:1] == ("if",) and self.introduced_by in _WONDERING):
            return "asked"
        is_asked = self._asks_whether_done(before, within) if has_subject else self._asks_whether_so(before)
        return "asked" if is_asked else "stated"

    def _asks_whether_done(self, before: tuple[str, ...], within: Sequence[str]) -> bool:
        """Tell `should another team run it?` from `which model should what another team runs use?`."""
        if not _OPEN.isdisjoint(within):
            return True
        nearest = next((word for word in reversed(before) if word not in ARTICLES), "")
        if before[:1] in (("how",), ("why",)):  # `why does ops run it?` says that it does
            return not _OPEN.isdisjoint(before[1:2])
        return nearest in _VERBS or bool(self._inverted(before))

    def _asks_whether_so(self, before: tuple[str, ...]) -> bool:
        """Tell `is it a shared one?` and `should it be shared?` from `should a shared one have a team?`."""
        near = before[-NEAR:]
        if not _BARE.isdisjoint(near) and _BOUND.isdisjoint(before):
            return True
        verb = self._inverted(before)
        if before[-1:] in (("a",), ("an",), ("the",)):
            return bool(verb) and before[-2] != verb and not {*_BE, "as"}.isdisjoint(near)
        return verb in _BE

    def _inverted(self, before: tuple[str, ...]) -> str:
        """Return the verb that stands before what it is said of, as in a question; "" where none does."""
        at = next((at for at, word in enumerate(before) if word in _VERBS), len(before))
        leading = _LEADING if self.is_first else _LEADING - {"which", "who"}
        is_inverted = at < len(before) and leading.issuperset(before[:at]) and _QUESTIONING.isdisjoint(before[:at])
        return before[at] if is_inverted else ""


def clause_around(tokens: Sequence[Token], words: Sequence[str], span: Span) -> Clause:
    """Return the clause in which something is said. `words`: those of the tokens, as they are read."""
    start, end = first, last = span
    while start > 0 and not tokens[start - 1].break_after and not _opens(words, start):
        start -= 1
    while end < len(tokens) and not tokens[end - 1].break_after and not _opens(words, end):
        end += 1
    is_first = start == 0 or tokens[start - 1].break_after in (".", "!", "?", "\n")
    return Clause(tuple(words[start:first]), tuple(words[last:end]), is_first, "" if is_first else words[start - 1])


def supposes(tokens: Sequence[Token]) -> bool:
    """Say whether a question supposes something: `what if it became shared?`, and not `not sure if it is`."""
    words = [token.word for token in tokens]
    return any(_supposes(words, at, "") for at in range(len(words)))


def asks_what_if(tokens: Sequence[Token]) -> bool:
    """Say whether a question is one of what would be, whatever else it says: `what if …`, `suppose …`."""
    words = [token.word for token in tokens]
    return any(pair == ("what", "if") for pair in pairwise(words)) or not _IMAGINING.isdisjoint(words)


def _supposes(words: Sequence[str], at: int, introduced_by: str) -> bool:
    before = words[at - 1] if at else introduced_by
    return words[at] in _SUPPOSING and not (words[at] == "if" and before in _WONDERING)


def _opens(words: Sequence[str], at: int) -> bool:
    """Say whether a clause begins here: `that` begins none in `is that shared?` and `I don't think that it is`."""
    return words[at] in _OPENING and not (words[at] == "that" and at > 0 and words[at - 1] in _VERBS | _THINKING)
