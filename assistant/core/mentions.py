"""The words of a message that name something.

Every run of words that could be a name is looked up, and the one with the best evidence wins: how it matched, whether
it was marked as a name, how much of the text it explains, and whether it stands where a name stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from assistant.core.grammar import (
    CLOSERS,
    CONJUNCTIONS,
    COUNT,
    DETERMINERS,
    FUNCTION_WORDS,
    GENERIC,
    GOING_ON,
    LINKS,
    NEGATIONS,
    OPENERS,
    OWNING,
    VOCABULARY,
)
from assistant.core.match import MENTION_LIMIT, NEAREST, Match, Step
from assistant.core.places import Span, is_correction, is_excluded, items, word_after, word_before
from assistant.core.resolver import Names
from assistant.core.words import Token, singular, split

LONGEST_SPAN = 9
_FILE_ENDING = re.compile(r"\.[a-z]{1,5}(?::\d+)*$|:\d+$")
MENTIONS = 20
"""Names that one question may ask about."""
ELSEWHERE, CORRECTED = 0.5, 1.0
"""How much it counts that a name does not stand in the sentence that asks, or corrects another one."""
SEVERAL = 0.1
"""How much less a guess counts that fits several things."""


@dataclass(frozen=True)
class Candidate:
    start: int
    end: int
    match: Match
    evidence: float


def mentions_in(
    tokens: tuple[Token, ...], names: Names, *, asked: Span | None = None, single: bool = False
) -> tuple[Candidate, ...]:
    """Return what the text mentions, in its order; several only where they are joined (`a and b`).

    `asked`: the sentence that asks; where it holds a name, those in other sentences count less.
    """
    found = [one for one in _candidates(tokens, names) if not is_excluded(tokens, one.start)]
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
    return tuple(replace(c, match=names.with_nearest(c.match)) for c in sorted(chosen, key=lambda c: c.start))


def excluded_in(tokens: tuple[Token, ...], names: Names) -> Candidate | None:
    """Return what the text surely names and says not to be meant: `not ledger`."""
    if not any(token.text.casefold() in NEGATIONS for token in tokens):
        return None
    excluded = [one for one in _candidates(tokens, names) if one.match.sure and is_excluded(tokens, one.start)]
    return max(excluded, key=lambda one: one.end - one.start, default=None)


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
    for start, end in _name_runs(tokens, names):
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
        stands = _stands_behind_a_verb(tokens, start) or (_is_clause(tokens, start, end) and not after)
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
    while at >= 0 and tokens[at].text.casefold() in DETERMINERS and not tokens[at].break_after:
        at -= 1
    return at >= 0 and not tokens[at].break_after and (tokens[at].spoken or tokens[at].text.casefold() in OPENERS)


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


def is_inside(one: Candidate, other: Candidate) -> bool:
    return other.start <= one.start and one.end <= other.end


def _joins(tokens: tuple[Token, ...], other: Candidate, chosen: list[Candidate], listed: set[Span]) -> bool:
    """Say whether a mention stands beside those chosen, overlaps none of them, and means something else."""
    known = {ref for taken in chosen for ref in taken.match.refs}
    return (
        not known & set(other.match.refs)
        and all(other.end <= taken.start or taken.end <= other.start for taken in chosen)
        and any(_joined(tokens, other, taken, listed) for taken in chosen)
    )


def _joined(tokens: tuple[Token, ...], one: Candidate, other: Candidate, listed: set[Span]) -> bool:
    """Say whether only a conjunction or a comma stands between two mentions."""
    first, second = sorted((one, other), key=lambda c: c.start)
    words = [token.text.casefold() for token in tokens[first.end : second.start]]
    between = [word for word in words if word not in DETERMINERS | LINKS]
    comma = tokens[first.end - 1].break_after in (",", "\n", "/")
    if not between:  # a comma alone joins names and what a list holds; before a guess it is no more than a pause
        both_sure = one.match.sure and other.match.sure and _ends_there(tokens, second.end)
        return comma and (both_sure or (second.start, second.end) in listed)
    if between[0] not in CONJUNCTIONS:
        return False
    asked_again = FUNCTION_WORDS.issuperset(between[1:])  # `who has a, and who has b`
    return len(between) == 1 or (asked_again and one.match.sure and other.match.sure)


def _ends_there(tokens: tuple[Token, ...], end: int) -> bool:
    """Say whether a name goes on no further: `mcp23s17, that spi expander` says of the first what it is."""
    return end == len(tokens) or bool(tokens[end - 1].break_after) or not is_content(tokens[end])


def _candidates(tokens: tuple[Token, ...], names: Names) -> Iterator[Candidate]:
    runs = _runs(tokens, is_content) | _runs(tokens, may_stand_in_a_name)
    bridged = _name_runs(tokens, names)
    within = _runs(tokens, lambda token: _may_be_of_a_name(token, names)) - runs
    longest = _runs(tokens, may_stand_in_a_name)
    for start in range(len(tokens)):
        for end in range(start + 1, min(start + LONGEST_SPAN, len(tokens)) + 1):
            span = tokens[start:end]
            crossed = [token.break_after for token in span[:-1] if token.break_after]
            if len(crossed) > 1 or not _WEAK.issuperset(crossed) or _holds_a_marked_one(span):
                break
            if not (span[0].words and span[-1].words):
                continue
            is_run = (start, end) in runs
            is_bridged = (start, end) in bridged and not is_run
            certain = end - start == 1 and is_identifier(span[0])
            talk = all(is_talk(token) or is_generic(token) for token in span) and not certain
            is_within = (start, end) in within and not is_bridged
            if not (is_run or is_bridged or certain) and (_ends_in_talk(span, names) and not talk):
                continue
            everyday = all(word in FUNCTION_WORDS for token in span for word in token.words)
            if talk and not _stands_as_a_name(tokens, start, end):
                continue
            guess = (is_run or is_bridged or is_within or certain) and not everyday and not crossed
            match = _look_up(span, names, guess=guess)
            if match.step > Step.TYPO and (is_within or _is_more_said(start, end, longest, tokens)):
                match = replace(match, step=Step.NONE, refs=(), nearest=(match.refs or match.nearest)[:NEAREST])
            if match.step is Step.INITIALS and len(span[0].text) < 4 and not _may_be_initials(tokens, start):
                continue
            if match.refs or ((is_run or certain) and not talk):
                yield Candidate(start, end, match, _evidence(tokens, start, end, match, talk, certain))


_WEAK = frozenset("—–-(")
"""Marks over which an exact name may go on: `search api v2 — beta features`."""


def _holds_a_marked_one(span: tuple[Token, ...]) -> bool:
    return len(span) > 1 and any(token.marked for token in span)


def _is_more_said(start: int, end: int, longest: set[Span], tokens: tuple[Token, ...]) -> bool:
    """Say whether a guess by one word stands among others that it does not explain: `jfrog` in `the jfrog logs`."""
    if sum(map(is_content, tokens[start:end])) > 1:
        return False
    around = next((run for run in longest if run[0] <= start and end <= run[1]), (start, end))
    said = {word for token in tokens[start:end] for word in token.words}
    others = (*tokens[around[0] : start], *tokens[end : around[1]])
    return any(is_content(token) and not said.issuperset(token.words) for token in others)


def _may_be_initials(tokens: tuple[Token, ...], start: int) -> bool:
    return tokens[start].text.isupper() or word_before(tokens, start) in OPENERS


def _stands_as_a_name(tokens: tuple[Token, ...], start: int, end: int) -> bool:
    """Say whether words that any sentence may hold stand where a name stands: not in `who has time to review this`."""
    if word_before(tokens, start) in OWNING:
        return True
    after = word_after(tokens, end)
    return after not in GOING_ON and (after not in DETERMINERS or after in GENERIC)


def _ends_in_talk(span: tuple[Token, ...], names: Names) -> bool:
    """Say whether a run begins and ends with words of every sentence, of which one is in no name."""
    ends = (span[0], span[-1])
    return all(map(is_talk, ends)) and not all(is_generic(t) or all(map(names.knows, t.words)) for t in ends)


def _may_be_of_a_name(token: Token, names: Names) -> bool:
    return may_stand_in_a_name(token) and (is_generic(token) or any(map(names.knows, token.words)))


def _look_up(span: tuple[Token, ...], names: Names, *, guess: bool) -> Match:
    if len(span) == 1 and span[0].url and (match := names.addresses.find(span[0].url)):
        named = names.find(span[0].text, guess=False)  # of several that are kept there, the one that is called so
        return named if len(match.refs) > 1 and len(named.refs) == 1 and named.refs[0] in match.refs else match
    mention = " ".join(token.text for token in span)[:MENTION_LIMIT]
    marked = len(span) == 1 and span[0].marked
    if marked and span[0].channel:
        mention = mention.lstrip("#")
    match = names.find(mention, guess=guess, generic=not (len(span) == 1 and span[0].is_one_name))
    if not match.refs and len(span) > 2:
        linked = [t.text for t in span if t in (span[0], span[-1]) or t.text.casefold() not in LINKS]
        if len(linked) < len(span) and (found := names.find(" ".join(linked), guess=False)).refs:
            return replace(found, mention=mention, step=Step.FORM)  # `klar on ios` is klar-ios
    if not match.refs and len(span) == 1 and "/" in mention:
        above, _, name = mention.rpartition("/")
        name = _FILE_ENDING.sub("", name)
        last = names.find(name, guess=False)
        if last.refs and _is_ours(above, names):
            return replace(last, mention=mention, step=Step.FORM)
        return replace(match, nearest=last.refs[:NEAREST])
    return match


def _is_ours(above: str, names: Names) -> bool:
    """Say whether what stands before a name can be a place here: `acme/ledger` may be another ledger."""
    places = above.split("/")
    is_folder = len(places) > 1 or singular(places[0].casefold()) in GENERIC or all(map(names.knows, split(places[0])))
    return is_folder or names.addresses.may_be_of(places[0])


def _runs(tokens: tuple[Token, ...], inside: Callable[[Token], bool]) -> set[tuple[int, int]]:
    """Return the longest runs of words that a name may hold, as they stand and without the talk at their ends."""
    runs: set[tuple[int, int]] = set()
    start = None
    for position, token in enumerate(tokens):
        if start is None and inside(token):
            start = position
        if start is None:
            continue
        if position + 1 == len(tokens) or token.break_after or not inside(tokens[position + 1]):
            run, end = range(start, position + 1), position + 1
            content = [at for at in run if is_content(tokens[at])]
            named = [at for at in run if not is_talk(tokens[at])]
            if content:
                runs |= {(start, end), (named[0], named[-1] + 1)}
            start = None
    return runs


def _name_runs(tokens: tuple[Token, ...], names: Names) -> set[tuple[int, int]]:
    """Return the runs in which words of every sentence stand too, where a name holds them."""
    return _runs(tokens, lambda token: may_stand_in_a_name(token) or _stands_in_a_name(token, names))


def _stands_in_a_name(token: Token, names: Names) -> bool:
    """Say whether a word of every sentence is also one of a name: the `to` of `paste-html-to-text`."""
    everyday = token.text.casefold() in FUNCTION_WORDS and token.text.casefold() not in CONJUNCTIONS
    return everyday and not token.marked and all(map(names.knows, token.words))


def is_content(token: Token) -> bool:
    return may_stand_in_a_name(token) and not is_talk(token) and not is_generic(token)


def is_generic(token: Token) -> bool:
    return singular(token.text.casefold()) in GENERIC


def may_stand_in_a_name(token: Token) -> bool:
    word = token.text.casefold()
    return bool(token.words) and not (token.marked or token.spoken or word in FUNCTION_WORDS or word in CONJUNCTIONS)


def is_talk(token: Token) -> bool:
    word = token.text.casefold().replace("’", "'")
    everyday = word in VOCABULARY or singular(word) in VOCABULARY
    return not token.marked and (token.spoken or everyday or COUNT.fullmatch(word) is not None)


def is_identifier(token: Token) -> bool:
    """Surely a name: marked, or written as no word of a sentence is, which leaves out `on-call` and `e-mail`."""
    return token.is_identifier and not is_talk(token)


_BASE = {
    Step.NAME: 1.0,
    Step.OTHER_NAME: 1.0,
    Step.LETTERS: 0.97,
    Step.FORM: 0.9,
    Step.TYPO: 0.8,
    Step.INITIALS: 0.65,
    Step.WORDS: 0.55,
    Step.NONE: 0.0,
}


def _evidence(tokens: tuple[Token, ...], start: int, end: int, match: Match, talk: bool, certain: bool) -> float:
    """Weigh one mention: how it matched, how it is written, how much it explains, and where it stands."""
    span = tokens[start:end]
    letters = sum(len("".join(token.words)) for token in span)
    evidence = _BASE[match.step] + min(letters, 24) / 24 * 0.4
    if len(match.refs) > 1 and (match.step is Step.WORDS or span[0].url):
        evidence -= SEVERAL
    if match.step is Step.NONE and match.nearest:
        evidence += 0.2
    if certain:
        evidence += 0.4 if span[0].marked else 0.35
    elif talk:
        evidence -= 0.5
    if is_correction(tokens, start) and match.sure:
        evidence += CORRECTED
    if (before := word_before(tokens, start)) in OPENERS:
        evidence += 0.2 if before in LINKS else 0.35
    if word_after(tokens, end) in CLOSERS:
        evidence += 0.3
    return evidence
