"""Every run of words that could be a name, looked up, with the evidence that it is one.

Evidence is how it matched, whether it was marked as a name, how much of the text it explains, and whether it stands
where a name stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from assistant.core.grammar import (
    CLOSERS,
    CONJUNCTIONS,
    DETERMINERS,
    FUNCTION_WORDS,
    GENERIC,
    GOING_ON,
    LINKS,
    OPENERS,
    OWNING,
)
from assistant.core.match import MENTION_LIMIT, NEAREST, Match, Step
from assistant.core.places import Span, is_correction, word_after, word_before
from assistant.core.resolver import Names
from assistant.core.roles import is_content, is_generic, is_identifier, is_talk, may_stand_in_a_name
from assistant.core.words import Token, singular, split

LONGEST_SPAN = 9
_RUNNING = re.compile(r"(?:-[0-9a-f]{8,10}-[0-9a-z]{5})?(?::\d+)?$")
"""What Kubernetes and addresses add to the name of something that runs: `checkout-api-7d9f8b6c5-x2x9p`, `:8443`."""
_FILE_ENDING = re.compile(r"\.[a-z]{1,5}(?::\d+)*$|:\d+$")
CORRECTED = 1.0
"""How much it counts that a name corrects another one."""
SEVERAL, SHARED = 0.1, 0.5
"""How much less a guess counts that fits several things, and the address of a repository that several share."""
_WEAK = frozenset("—–-(")
"""Marks over which an exact name may go on: `search api v2 — beta features`."""


@dataclass(frozen=True)
class Candidate:
    start: int
    end: int
    match: Match
    evidence: float


def candidates_in(tokens: tuple[Token, ...], names: Names) -> Iterator[Candidate]:
    runs = _runs(tokens, is_content) | _runs(tokens, may_stand_in_a_name)
    bridged = name_runs(tokens, names)
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
            if match.refs and match.step > Step.TYPO and (is_within or _is_more_said(start, end, longest, tokens)):
                match = replace(match, step=Step.NONE, refs=(), nearest=match.refs[:NEAREST])
            if match.step is Step.INITIALS and len(span[0].text) < 4 and not _may_be_initials(tokens, start):
                continue
            if match.refs or ((is_run or certain) and not talk):
                yield Candidate(start, end, match, _evidence(tokens, start, end, match, talk, certain))


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
    if not match.refs and len(span) > 2 and is_content(span[0]) and not is_talk(span[-1]):
        linked = [token for token in span if token in (span[0], span[-1]) or token.word not in LINKS | DETERMINERS]
        telling = [token for token in linked if is_content(token)]
        known = len(telling) > 1 and all(names.knows(word) for token in telling for word in token.words)
        if len(linked) < len(span):  # `klar on ios` is klar-ios, and `the scans in klar` is something of klar
            found = names.find(" ".join(token.text for token in linked), guess=known)
            if found.refs:
                return replace(found, mention=mention, step=max(found.step, Step.FORM))
    if not match.refs and len(span) == 1 and (bare := _RUNNING.sub("", mention)) != mention:
        running = names.find(bare, guess=False)
        if running.refs:
            return replace(running, mention=mention, step=Step.FORM)
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


def name_runs(tokens: tuple[Token, ...], names: Names) -> set[tuple[int, int]]:
    """Return the runs in which words of every sentence stand too, where a name holds them."""
    return _runs(tokens, lambda token: may_stand_in_a_name(token) or _stands_in_a_name(token, names))


def _stands_in_a_name(token: Token, names: Names) -> bool:
    """Say whether a word of every sentence is also one of a name: the `to` of `paste-html-to-text`."""
    everyday = token.word in FUNCTION_WORDS and token.word not in CONJUNCTIONS
    return everyday and not token.marked and all(map(names.knows, token.words))


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
    if len(match.refs) > 1 and match.step is Step.WORDS:
        evidence -= SEVERAL
    if len(match.refs) > 1 and span[0].url:
        evidence -= SHARED
    if match.step is Step.NONE and match.nearest:
        evidence += 0.4
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
