"""The words of a message that name something: the candidates with the best evidence, and what is joined to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from assistant.core.candidates import Candidate, candidates_in, name_runs
from assistant.core.grammar import CONJUNCTIONS, DETERMINERS, FUNCTION_WORDS, LINKS, NEGATIONS, OPENERS, OWNING
from assistant.core.match import MENTION_LIMIT, NEAREST, Match, Step
from assistant.core.places import Span, is_excluded, is_user, items, word_before
from assistant.core.resolver import Names
from assistant.core.roles import is_content, is_identifier, is_talk, may_stand_in_a_name
from assistant.core.words import Token

MENTIONS = 20
"""Names that one question may ask about."""
ELSEWHERE = 0.5
"""How much less a name counts that does not stand in the sentence that asks."""


class Mentions:
    """What a message may mention of one kind of entry. The words are looked up once, whatever is asked of them."""

    def __init__(self, tokens: tuple[Token, ...], names: Names) -> None:
        self._tokens = tokens
        self._names = names

    def chosen(self, *, asked: Span | None = None, single: bool = False, served: bool = False) -> tuple[Candidate, ...]:
        """Return what the text mentions, in its order; several only where they are joined (`a and b`).

        `single`: the one with the best evidence, without what is nearest to it where it was not found.
        `asked`: the sentence that asks; where it holds a name, those in other sentences count less. `served`: who uses
        or runs something is not meant, but what is used or run.
        """
        tokens, names = self._tokens, self._names
        others = [one for one in self._candidates if not is_excluded(tokens, one.start)]
        users = _users(tokens, others) if served else []
        found = [one for one in others if one not in users] or others
        if asked:
            found = _preferring(asked, found)
        whole = [candidate for candidate in found if is_whole(candidate, tokens, names)]
        candidates = [one for one in found if not any(is_part(one, other) for other in whole)]
        candidates.sort(key=lambda c: (-c.evidence, c.start - c.end, c.start))
        if not candidates:
            return ()
        chosen, rest = candidates[:1], candidates[1:]
        if qualified := _qualified(chosen[0], candidates, tokens, names):
            chosen = [qualified]
        if single or not chosen[0].match.refs:
            rest = []
        listed = items(tokens) if rest else set()
        while joined := next((other for other in rest if _joins(tokens, other, chosen, listed)), None):
            rest.remove(joined)
            chosen.append(joined)
            if len(chosen) == MENTIONS:
                break
        if single:
            return tuple(chosen)
        chosen = _without_repeats(chosen)
        return tuple(replace(c, match=names.with_nearest(c.match)) for c in sorted(chosen, key=lambda c: c.start))

    @cached_property
    def excluded(self) -> Candidate | None:
        """What the text surely names and says not to be meant: `not ledger`."""
        if not any(token.word in NEGATIONS for token in self._tokens):
            return None
        excluded = [one for one in self._candidates if one.match.sure and is_excluded(self._tokens, one.start)]
        return max(excluded, key=lambda one: one.end - one.start, default=None)

    @cached_property
    def _candidates(self) -> tuple[Candidate, ...]:
        return tuple(candidates_in(self._tokens, self._names))


def _users(tokens: tuple[Token, ...], candidates: list[Candidate]) -> list[Candidate]:
    """Return those that use or run what is asked about, with what stands beside them: `used by checkout and orders`."""
    named_at = {one.start for one in candidates if one.match.sure}
    users = [one for one in candidates if is_user(tokens, (one.start, one.end), named_at)]
    for user in users:  # grows while it is read
        users += [one for one in candidates if one not in users and _goes_on(tokens, user, one)]
    return users


def _goes_on(tokens: tuple[Token, ...], one: Candidate, other: Candidate) -> bool:
    """Say whether another mention follows one as the next of a list."""
    between = [token.word for token in tokens[one.end : other.start] if token.word not in DETERMINERS]
    mark = tokens[one.end - 1].break_after
    follows = one.end <= other.start and mark in ("", ",")
    return follows and (len(between) == 1 and between[0] in CONJUNCTIONS if between else mark == ",")


def _without_repeats(chosen: list[Candidate]) -> list[Candidate]:
    """Leave out what names again what another one named before."""
    kept: list[Candidate] = []
    for one in chosen:
        if not one.match.refs or not any(set(one.match.refs) <= set(other.match.refs) for other in kept):
            kept.append(one)
    return kept


def _preferring(asked: Span, found: list[Candidate]) -> list[Candidate]:
    """Weigh down what does not stand in the sentence that asks, where that holds something as good."""
    inside = [one.match for one in found if _within(one, asked) and one.evidence > 1]
    sure, any_found = any(match.sure for match in inside), any(match.refs for match in inside)
    return [
        replace(one, evidence=one.evidence - ELSEWHERE)
        if not _within(one, asked) and (sure or (any_found and not one.match.refs))
        else one
        for one in found
    ]


def _qualified(
    one: Candidate, candidates: list[Candidate], tokens: tuple[Token, ...], names: Names
) -> Candidate | None:
    """Return what is found as no more than near, where words that it does not explain stand with it for one name.

    They do behind a word such as `owns`: in `who owns the stripe ledger`, and in `who owns the ledger ui?`, at its end.
    A clause of nothing but a name is one, too. A name that was typed as one is that name, whatever stands beside it,
    and where all these words together were found, that is meant.
    """
    if not one.match.refs or (one.end - one.start == 1 and is_identifier(tokens[one.start])):
        return None
    for start, end in name_runs(tokens, names):
        before = tokens[start : one.start]
        ends = end == len(tokens) or tokens[end - 1].break_after
        after = (
            []
            if tokens[one.end - 1].possessive
            else [
                token
                for token in tokens[one.end : end]
                if ends or token.is_identifier or any(map(names.knows, token.words))
            ]
        )
        whole_message = (start, end) == (0, len(tokens))
        stands = _stands_behind_a_verb(tokens, start) or (
            _is_clause(tokens, start, end) and (whole_message or not after)
        )
        known = set(_words_of(tokens[one.start : one.end]))
        others = [token for token in (*before, *after) if is_content(token) and not known.issuperset(token.words)]
        if start <= one.start and one.end <= end and others:
            whole = next((each for each in candidates if (each.start, each.end) == (start, end)), None)
            if whole and (whole.match.step <= Step.TYPO or (stands and len(whole.match.refs) == 1)):
                return whole
            if not stands:
                continue
            mention = " ".join(token.text for token in tokens[start:end])[:MENTION_LIMIT]
            return replace(one, start=start, end=end, match=Match(mention, nearest=one.match.refs[:NEAREST]))
    return None


def _stands_behind_a_verb(tokens: tuple[Token, ...], start: int) -> bool:
    at = start - 1
    while at >= 0 and tokens[at].word in DETERMINERS and not tokens[at].break_after:
        at -= 1
    return at >= 0 and not tokens[at].break_after and (tokens[at].spoken or tokens[at].word in OPENERS)


def _is_clause(tokens: tuple[Token, ...], start: int, end: int) -> bool:
    """Say whether words stand between two marks, with nothing else but articles."""
    return word_before(tokens, start) == "" and (end == len(tokens) or bool(tokens[end - 1].break_after))


def _words_of(span: tuple[Token, ...]) -> Iterator[str]:
    return (word for token in span for word in token.words)


def is_whole(candidate: Candidate, tokens: tuple[Token, ...], names: Names) -> bool:
    """Say whether the words of a mention belong together, so that a part of them names something else.

    They do when they matched as one, and also when nothing of that name is registered but each word stands in names
    here: `checkout frontend` is not `checkout`.
    """
    span = tokens[candidate.start : candidate.end]
    words = [word for token in span for word in token.words]
    if candidate.match.refs or len(span) < 2 or len(set(words)) < len(words):
        return bool(candidate.match.refs)
    may_be_named = all(may_stand_in_a_name(token) and not is_talk(token) for token in span)
    return may_be_named and all(map(names.knows, words))


def is_part(one: Candidate, other: Candidate) -> bool:
    """Say whether a mention lies inside another whose words belong together, and matched no more strictly."""
    inside = other.start <= one.start and one.end <= other.end and (one.start, one.end) != (other.start, other.end)
    stricter = other.match.step is Step.TYPO and one.match.step < Step.TYPO
    return inside and not stricter


def _within(one: Candidate, span: Span) -> bool:
    return span[0] <= one.start and one.end <= span[1]


def is_typed_as_one(one: Candidate, tokens: tuple[Token, ...]) -> bool:
    """Say whether a mention is written as only names are."""
    return all(map(is_identifier, tokens[one.start : one.end]))


def is_inside(one: Candidate, other: Candidate) -> bool:
    return other.start <= one.start and one.end <= other.end


def _joins(tokens: tuple[Token, ...], other: Candidate, chosen: list[Candidate], listed: set[Span]) -> bool:
    """Say whether a mention stands beside those chosen, overlaps none of them, and means something else."""
    return all(other.end <= taken.start or taken.end <= other.start for taken in chosen) and any(
        _joined(tokens, other, taken, listed) for taken in chosen
    )


def _joined(tokens: tuple[Token, ...], one: Candidate, other: Candidate, listed: set[Span]) -> bool:
    """Say whether only a conjunction or a comma stands between two mentions."""
    first, second = sorted((one, other), key=lambda c: c.start)
    words = [token.word for token in tokens[first.end : second.start]]
    between = [word for word in words if word not in DETERMINERS | LINKS]
    comma = tokens[first.end - 1].break_after in (",", "\n", "/")
    if not between:  # a comma alone joins names and what a list holds; before a guess it is no more than a pause
        both_sure = one.match.sure and other.match.sure and _ends_there(tokens, second.end)
        in_list = (second.start, second.end) in listed and (
            word_before(tokens, first.start) in OWNING or other.match.refs
        )
        return comma and (both_sure or bool(in_list) or ((second.start, second.end) in listed and len(listed) > 1))
    if between[0] not in CONJUNCTIONS:
        return False
    asked_again = FUNCTION_WORDS.issuperset(between[1:])  # `who has a, and who has b`
    named = one.match.sure and (other.match.sure or is_typed_as_one(other, tokens))
    return len(between) == 1 or (asked_again and named)


def _ends_there(tokens: tuple[Token, ...], end: int) -> bool:
    """Say whether a name goes on no further: `mcp23s17, that spi expander` says of the first what it is."""
    return end == len(tokens) or bool(tokens[end - 1].break_after) or not is_content(tokens[end])
