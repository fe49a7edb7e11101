"""Finding what is meant where its name is not said: it, the other one, a tool that does this, the database of that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from assistant.core.candidates import Candidate
from assistant.core.descriptions import TELLING
from assistant.core.entries import Component, Ref
from assistant.core.grammar import (
    CORRECTIONS,
    DESCRIBED,
    DESCRIBING,
    DETERMINERS,
    FUNCTION_WORDS,
    GENERIC,
    NEGATIONS,
    PARTS,
    PEOPLE,
    PRONOUNS,
    REFUSALS,
)
from assistant.core.hearing import Said
from assistant.core.match import CHOICES, MENTION_LIMIT, NEAREST, Match, Step
from assistant.core.places import word_after
from assistant.core.roles import is_content, is_generic, is_identifier
from assistant.core.snapshot import Snapshot
from assistant.core.words import Token, short_forms_of, singular, split, stem

MOST = 0.6
"""The share of a message's words that a description has to hold, for it to be offered where nothing is named."""


def points_back(said: Said, found: tuple[Candidate, ...]) -> str | None:
    """Return the word that means what was asked about before, where nothing else is named: `and who runs it?`."""
    if any(one.match.refs for one in found) or any(map(is_identifier, said.tokens)):
        return None
    pairs = pairwise((None, *said.tokens))
    free = [token for before, token in pairs if token and not (before and is_content(before))]  # `the tank that broke`
    word = next((token.text for token in free if token.word in PRONOUNS), None)
    return word or (None if found else "it")


def instead(said: Said, found: tuple[Candidate, ...], before: Ref | None) -> Match | None:
    """Find what is meant in the place of what is not: `not the lighthouse app but the service`.

    It has the name of what is not meant but for a word. What that is, is said, or was asked about `before`.
    """
    if any(one.match.sure for one in found):
        return None
    tokens, excluded = said.tokens, said.components.excluded
    if excluded:
        wrong, called = (
            excluded.match.refs,
            [word for token in tokens[excluded.start : excluded.end] for word in token.words],
        )
    elif before and tokens[0].word in REFUSALS | NEGATIONS | CORRECTIONS:
        wrong, called = (before,), list(split(before.name))
    else:
        return None
    outside = [token for at, token in enumerate(tokens) if not excluded or not excluded.start <= at < excluded.end]
    words = [word for token in outside if is_content(token) or is_generic(token) for word in token.words]
    words = [word for word in words if word not in called]
    if not words:
        return None
    for put_in in ([word for word in words if word not in GENERIC], []):
        for left_out in reversed(range(len(called))):
            name = " ".join((*called[:left_out], *put_in, *called[left_out + 1 :]))
            refs = tuple(ref for ref in said.snapshot.components.find(name).refs if ref not in wrong) if name else ()
            if refs:
                return Match(" ".join(words), Step.WORDS, refs[:CHOICES], key=name)
    return None


def as_described(said: Said, found: tuple[Candidate, ...]) -> tuple[Match, ...] | None:
    """Find what is described, as in `the thing that checks for broken links`; None where nothing is.

    A name in a description is seldom the name of what is described: it is offered beside that, and a guess is none.
    """
    tokens = said.tokens
    start = _description_start(tokens, found)
    if start is None:
        return None
    words = [word for token in tokens[start:] for word in token.words if word not in FUNCTION_WORDS]
    if any(one.start < start or (one.match.sure and _is_in_brackets(one, tokens)) for one in found):
        return None
    named = [ref for candidate in found if candidate.match.sure for ref in candidate.match.refs]
    likely = said.snapshot.descriptions.find(words, CHOICES + len(named))
    described = [each for each in likely if len(each.held) > 1 and each.ref not in named]
    if not described:
        return tuple(one.match if one.match.sure else _unsure(one.match) for one in found) or None
    best, *others = described
    rivals = [each.ref for each in others if each.score * TELLING > best.score]
    refs = tuple(dict.fromkeys((best.ref, *rivals, *named)))[:CHOICES]
    mention = " ".join(words)[:MENTION_LIMIT]
    return (Match(mention, Step.DESCRIPTION, refs, key=" … ".join(best.held)),)


def _description_start(tokens: tuple[Token, ...], found: tuple[Candidate, ...]) -> int | None:
    """Return where the words begin that say what a thing does, or what sort of thing it is where that is said."""
    named = {at for one in found if one.match.sure for at in range(one.start, one.end)}
    for at, (token, after) in enumerate(pairwise(tokens)):
        word, behind = token.word, after.word
        if token.break_after or at in named:
            continue
        if word in DESCRIBED and behind in DESCRIBING:
            return at + 2
        is_noun = at > 0 and tokens[at - 1].word in ("a", "an", "the") and word not in PEOPLE
        if is_noun and behind in ("that", "which") and not token.marked:
            return at
    return None


def _is_in_brackets(one: Candidate, tokens: tuple[Token, ...]) -> bool:
    """Say whether a name is put beside a description: `the thing which tracks blocks (block-tracker)`."""
    return one.start > 0 and tokens[one.start - 1].break_after == "(" and not tokens[one.start].url


def _unsure(match: Match) -> Match:
    """Return a guess as no more than near."""
    return replace(match, step=Step.NONE, refs=(), nearest=(match.refs or match.nearest)[:NEAREST])


def with_described(match: Match, snapshot: Snapshot) -> Match:
    """Offer, for a name that nothing has, what is described by just its words."""
    words = split(match.mention)
    if match.refs or not words:
        return match
    described = [each.ref for each in snapshot.descriptions.find(words, NEAREST) if len(each.held) == len(set(words))]
    return replace(match, nearest=tuple(dict.fromkeys((*described, *match.nearest)))[:NEAREST])


def described_by_all(match: Match, said: Said) -> Match:
    """Offer, where no name is found, what most words of the message describe, and not just name."""
    words = {word for token in said.tokens if is_content(token) for word in token.words if word not in FUNCTION_WORDS}
    described = said.snapshot.descriptions.find(words, CHOICES)
    if not described or len(described[0].held) < max(2, MOST * len(words)):
        return match
    best, *others = described
    component = said.snapshot.catalog.components[best.ref]
    if _stems_of(best.held) <= _stems_of(split(" ".join((component.name, *component.aliases)))):
        return match  # `cluster api provider nutanix` is another one than those for which it has words
    rivals = [each.ref for each in others if each.score * TELLING > best.score] or [each.ref for each in others[:1]]
    if not rivals:
        return replace(match, nearest=tuple(dict.fromkeys((best.ref, *match.nearest)))[:NEAREST])
    return Match(match.mention, Step.DESCRIPTION, (best.ref, *rivals)[:CHOICES], key=" … ".join(best.held))


def _stems_of(words: Iterable[str]) -> set[str]:
    return set(map(stem, words))


def as_a_part(said: Said, found: tuple[Candidate, ...]) -> Match | None:
    """Find `orders-db` where `the database of orders` is asked about, and not what owns it.

    A part that nobody registered is not found; where a component is such a part itself, that is meant.
    """
    tokens, snapshot = said.tokens, said.snapshot
    for one in found:
        kind = _part_before(tokens, one.start) or _part_after(tokens, one.end)
        if not kind or not one.match.sure:
            continue
        match = snapshot.components.find(f"{one.match.mention} {kind}", generic=False)
        if match.refs and match.refs != one.match.refs:
            return match
        if not any(_is_such(snapshot.catalog.components[ref], kind) for ref in one.match.refs):
            return Match(f"{one.match.mention} {kind}"[:MENTION_LIMIT], nearest=one.match.refs[:NEAREST])
    return None


def _part_before(tokens: tuple[Token, ...], start: int) -> str:
    at = start - 1
    while at > 0 and tokens[at].word in DETERMINERS:
        at -= 1
    kind = tokens[at - 1].word if at > 0 else ""
    return kind if kind in PARTS and tokens[at].word in ("of", "for", "behind") else ""


def _part_after(tokens: tuple[Token, ...], end: int) -> str:
    kind = word_after(tokens, end)
    goes_on = end + 1 < len(tokens) and not tokens[end].break_after and is_content(tokens[end + 1])
    return kind if kind in PARTS and not goes_on else ""  # the `queue depth` of something is no queue


def _is_such(component: Component, kind: str) -> bool:
    """Say whether a component is called so, or said to be so: a kafka whose description says broker is the broker."""
    words = {singular(word) for text in _said_of(component) for word in split(text)}
    return not words.isdisjoint((kind, singular(kind), *short_forms_of(kind)))


def _said_of(component: Component) -> Iterator[str]:
    yield from (component.name, *component.aliases, component.title or "", component.kind or "")
    yield component.description or ""
