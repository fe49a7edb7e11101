"""Where words stand in a message: behind which word, in which sentence, as which item of a list."""

from __future__ import annotations

from collections.abc import Iterator, Set
from itertools import pairwise

from assistant.core.grammar import (
    ALONE,
    CONJUNCTIONS,
    CORRECTIONS,
    DETERMINERS,
    LINKS,
    NEGATIONS,
    PEOPLE,
    SERVING,
    SERVING_PLAINLY,
)
from assistant.core.words import Token

Span = tuple[int, int]
"""Tokens from a position up to another one, which is the first that is not in it."""
_ENDS = frozenset(".!?\n;")
_LISTED = frozenset(",\n/")
_THINGS = frozenset("it that them this too".split())


def word_before(tokens: tuple[Token, ...], start: int, past: frozenset[str] = DETERMINERS) -> str:
    """Return the word that stands before a name, past articles and the like; "" at the beginning of a sentence."""
    at = _before(tokens, start, past, reach="")
    return tokens[at].word if at >= 0 and not tokens[at].break_after else ""


def word_after(tokens: tuple[Token, ...], end: int) -> str:
    """Return the word that stands behind a name; "" at the end of a sentence or a part of one."""
    return tokens[end].word if end < len(tokens) and not tokens[end - 1].break_after else ""


def is_excluded(tokens: tuple[Token, ...], start: int) -> bool:
    """Say whether a name is said not to be meant: `not ledger`, `apart from the ledger`."""
    at = _before(tokens, start, DETERMINERS | LINKS, reach="")
    if at < 0 or tokens[at].break_after or tokens[at].word not in NEGATIONS:
        return False
    return at == 0 or bool(tokens[at - 1].break_after) or tokens[at - 1].word not in ("don't", "dont", "not")


def is_user(tokens: tuple[Token, ...], name: Span, named_at: Set[int] = frozenset()) -> bool:
    """Say whether a name is of what uses or runs the thing that is asked about, or is all that it is for.

    As in `used by checkout`, `for checkout only`, `checkout's developers run it`; and in `checkout uses ledger` where a
    name begins at one of `named_at`.
    """
    start, end = _with_its_people(tokens, name)
    at = _before(tokens, start, DETERMINERS | ALONE, reach="")
    if at >= 0 and not tokens[at].break_after:
        before = tokens[at - 1].word if at and not tokens[at - 1].break_after else ""
        word = tokens[at].word
        if (word == "by" and before in SERVING) or (word == "to" and before == "dedicated"):
            return True
        if word == "for" and (before in ALONE or word_after(tokens, end) in ALONE):
            return True
    return _does_it(tokens, end, named_at)


def _with_its_people(tokens: tuple[Token, ...], name: Span) -> Span:
    """Return where those stand who are called by a name: `checkout's own developers`, `the team of checkout`."""
    start, end = name
    while word_after(tokens, end) in PEOPLE | {"own"}:
        end += 1
    of = _before(tokens, start, DETERMINERS, reach="")
    is_of_it = of > 0 and tokens[of].word == "of" and tokens[of - 1].word in PEOPLE
    return (of - 1 if is_of_it else start), end


def _does_it(tokens: tuple[Token, ...], end: int, named_at: Set[int]) -> bool:
    """Say whether a verb follows of which another thing is the object, said behind it or long before."""
    while word_after(tokens, end) in ALONE | {"also"}:
        end += 1
    verb, behind = word_after(tokens, end), end + 1
    if verb in SERVING_PLAINLY and word_after(tokens, behind) in ("it", "them"):
        return True
    while word_after(tokens, behind) in DETERMINERS:
        behind += 1
    is_object = not word_after(tokens, behind) or behind in named_at or word_after(tokens, end + 1) in _THINGS
    return verb in SERVING and is_object


def is_correction(tokens: tuple[Token, ...], start: int) -> bool:
    """Say whether a name is put in the place of one before it: `checkout-api, sorry, checkout-web`."""
    at = _before(tokens, start, DETERMINERS | LINKS, reach=",:")
    if at < 1 or tokens[at].word not in CORRECTIONS:
        return False
    return bool(tokens[at - 1].break_after) or tokens[at - 1].word in ("but", "i", "no", "oh", "ah")


def _before(tokens: tuple[Token, ...], start: int, past: frozenset[str], reach: str) -> int:
    """Return the position before a name, past some words, over no marks but those that it reaches over."""
    at = start - 1
    while at >= 0 and tokens[at].word in past and tokens[at].break_after in reach:
        at -= 1
    return at


def sentences(tokens: tuple[Token, ...]) -> list[Span]:
    """Return where a message falls into sentences."""
    ends = [at + 1 for at, token in enumerate(tokens) if token.break_after in _ENDS]
    return [span for span in pairwise((0, *ends, len(tokens))) if span[0] < span[1]]


def items(tokens: tuple[Token, ...]) -> set[Span]:
    """Return what stands between a comma and another one, or an `and`, or at the end: `b` and `c` in `a, b and c`.

    Lines below each other are a list too. Of two things with a comma the second is one where it has no article, as it
    has in `mcp23s17, that expander`.
    """
    found: set[Span] = set()
    for parts, marks in _lists(tokens):
        is_list = len(parts) > 2 or any(mark in CONJUNCTIONS for mark in marks) or set(marks) == {"\n"}
        bare = [part for part in parts[1:] if part[0] == 0 or tokens[part[0] - 1].word not in DETERMINERS]
        found.update(parts[1:] if is_list else bare)
    return found


def _lists(tokens: tuple[Token, ...]) -> Iterator[tuple[list[Span], list[str]]]:
    """Return what stands between two ends, cut at commas and conjunctions, and the marks at which it was cut."""
    parts: list[Span] = []
    marks: list[str] = []
    start = 0
    for position, token in enumerate(tokens):
        word = token.word
        conjunction = word in CONJUNCTIONS and not token.marked
        if not conjunction and not token.break_after:
            continue
        end = position if conjunction else position + 1
        mark = word if conjunction else token.break_after
        while start < end and tokens[start].word in DETERMINERS:
            start += 1
        if start < end:
            parts.append((start, end))
        start = position + 1
        if conjunction or mark in _LISTED:
            marks.append(mark)
            continue
        yield parts, marks
        parts, marks = [], []
    if start < len(tokens):
        parts.append((start, len(tokens)))
    yield parts, marks
