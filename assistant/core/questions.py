"""Reading a question: what is asked for, and which words name the component or team.

The grammar says what is asked; the registry says which words are a name. Every run of words that could be a name is
looked up, and the one with the best evidence wins: how it matched, whether it was marked as a name, how much of the
text it explains, and whether it stands where a name stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.core.catalog import Ref
from assistant.core.descriptions import TELLING
from assistant.core.grammar import (
    CLOSERS,
    CONJUNCTIONS,
    COUNT,
    DESCRIBED,
    DESCRIBING,
    DETERMINERS,
    FORMS,
    FUNCTION_WORDS,
    NEGATIONS,
    OPENERS,
    PRONOUNS,
    VOCABULARY,
    Attribute,
    Form,
    Intent,
)
from assistant.core.resolver import CHOICES, GENERIC, MENTION_LIMIT, NEAREST, PARTS, Match, Names, Step
from assistant.core.snapshot import Snapshot
from assistant.core.words import Token, split, tokenize

_BY_COMMAND: Mapping[Intent, str] = {form.intent: form.because for form in FORMS if form.attribute is None}
"""What a command asks for, in the words of the forms."""
LONGEST_SPAN = 9
MENTIONS = 20
"""Names that one question may ask about."""


@dataclass(frozen=True)
class New:
    """What was said about something to be registered."""

    name: str | None = None
    owner: str | None = None


@dataclass(frozen=True)
class Reading:
    """What a question asks. `mentions` are matched components, or teams where `of_team`; empty: nothing was named."""

    intent: Intent
    because: str
    attribute: Attribute | None = None
    mentions: tuple[Match, ...] = ()
    of_team: bool = False
    new: New | None = None


@dataclass(frozen=True)
class _Candidate:
    start: int
    end: int
    match: Match
    evidence: float


def read(text: str, snapshot: Snapshot, expect: Intent | None = None, before: Ref | None = None) -> Reading:
    """Read a message as a Slack event carries it.

    `expect`: what a command asks for; then its text is a name first. `before`: the component that was asked about just
    before in the same conversation, which `it` means now.
    """
    tokens = tokenize(text)
    if expect is not None and tokens and (reading := _as_a_name(text, snapshot, expect)):
        return reading
    form = _whole_name(tokens, snapshot) or _form_of(tokens)
    intent: Intent = expect or (form.intent if form else "owner")
    if not tokens or (form and form.intent == "help"):
        return Reading("help", form.because if form else "Nothing was asked.")
    if form is None and expect is None:
        form = _bare_name(tokens, snapshot)
        if form is None:
            sure = [one.match for one in _mentions(tokens, snapshot.components) if one.match.sure]
            return Reading("none", "No component or team is asked about here.", mentions=tuple(sure))
    because = form.because if form and expect is None else _BY_COMMAND[intent]
    if intent == "onboard":
        named = New(tokens[0].text[:MENTION_LIMIT]) if expect and len(tokens) == 1 else _new(tokens, snapshot)
        return Reading("onboard", because, new=named)
    attribute = form.attribute if form and intent == "contact" else None
    if intent == "team":
        found = _mentions(tokens, snapshot.teams, single=True)
        return Reading("team", because, None, tuple(c.match for c in found), of_team=True)
    return _about_component(Reading(intent, because, attribute), tokens, snapshot, before)


def _about_component(
    reading: Reading, tokens: tuple[Token, ...], snapshot: Snapshot, before: Ref | None = None
) -> Reading:
    """Look for a component, and for a team where that fits better and the question makes sense of a team."""
    found = _mentions(tokens, snapshot.components)
    if before and (word := _points_back(tokens, found)):
        because = f"{reading.because} “{word}” is {before.name}, asked about just before."
        return replace(reading, because=because, mentions=(Match(word, Step.NAME, (before,), key=before.name),))
    if described := _as_described(found, tokens, snapshot):
        return replace(reading, mentions=described)
    if part := _as_a_part(found, tokens, snapshot.components):
        return replace(reading, mentions=(part,))
    if reading.intent in ("owner", "contact"):
        teams = _mentions(tokens, snapshot.teams, single=True)
        if teams and teams[0].match.step <= Step.LETTERS and _outweighs(teams[0], found, tokens, snapshot):
            intent: Intent = "team" if reading.intent == "owner" else "contact"
            return replace(reading, intent=intent, mentions=(teams[0].match,), of_team=True)
    if not found and reading.intent == "owner":
        if (named := _named_last(tokens)) is None:
            return Reading("none", "No component or team is named here.")
        return replace(reading, mentions=(snapshot.components.with_nearest(Match(named)),))
    return replace(reading, mentions=tuple(_with_described(candidate.match, snapshot) for candidate in found))


def _points_back(tokens: tuple[Token, ...], found: tuple[_Candidate, ...]) -> str | None:
    """Return the word that means what was asked about before, where nothing else is named: `and who runs it?`."""
    if any(one.match.refs for one in found) or any(map(_is_identifier, tokens)):
        return None
    word = next((token.text for token in tokens if token.text.casefold() in PRONOUNS), None)
    return word or (None if found else "it")


def _as_described(
    found: tuple[_Candidate, ...], tokens: tuple[Token, ...], snapshot: Snapshot
) -> tuple[Match, ...] | None:
    """Find what is described, as in `the thing that checks for broken links`; None where nothing is.

    A name in a description is seldom the name of what is described: it is offered beside that, and a guess is none.
    """
    start = _description_start(tokens)
    if start is None:
        return None
    words = [word for token in tokens[start:] for word in token.words if word not in FUNCTION_WORDS]
    if any(candidate.start < start for candidate in found):
        return None
    named = [ref for candidate in found if candidate.match.sure for ref in candidate.match.refs]
    likely = snapshot.descriptions.find(words, CHOICES + len(named))
    described = [each for each in likely if len(each.held) > 1 and each.ref not in named]
    if not described:
        return tuple(one.match if one.match.sure else _unsure(one.match) for one in found) or None
    best, *others = described
    rivals = [each.ref for each in others if each.score * TELLING > best.score]
    refs = tuple(dict.fromkeys((best.ref, *rivals, *named)))[:CHOICES]
    mention = " ".join(words)[:MENTION_LIMIT]
    return (Match(mention, Step.DESCRIPTION, refs, key=" … ".join(best.held)),)


def _as_a_part(found: tuple[_Candidate, ...], tokens: tuple[Token, ...], names: Names) -> Match | None:
    """Find `orders-db` where `the database of orders` is asked about, and not what owns it."""
    for candidate in found:
        at = candidate.start - 1
        while at > 0 and tokens[at].text.casefold() in DETERMINERS:
            at -= 1
        kind = tokens[at - 1].text.casefold() if at > 0 else ""
        if kind in PARTS and tokens[at].text.casefold() in ("of", "for", "behind"):
            match = names.find(f"{candidate.match.mention} {kind}", generic=False)
            if match.refs and match.refs != candidate.match.refs:
                return match
    return None


def _description_start(tokens: tuple[Token, ...]) -> int | None:
    """Return where the words begin that say what a thing does."""
    for position, (token, after) in enumerate(pairwise(tokens)):
        if token.text.casefold() in DESCRIBED and after.text.casefold() in DESCRIBING and not token.break_after:
            return position + 2
    return None


def _unsure(match: Match) -> Match:
    """Return a guess as no more than near."""
    return replace(match, step=Step.NONE, refs=(), nearest=(match.refs or match.nearest)[:NEAREST])


def _with_described(match: Match, snapshot: Snapshot) -> Match:
    """Offer, for a name that nothing has, what is described by just its words."""
    words = split(match.mention)
    if match.refs or len(words) < 2:
        return match
    described = [each.ref for each in snapshot.descriptions.find(words, NEAREST) if len(each.held) == len(set(words))]
    return replace(match, nearest=tuple(dict.fromkeys((*described, *match.nearest)))[:NEAREST])


def _named_last(tokens: tuple[Token, ...]) -> str | None:
    """Return the word that stands where a name stands, at the end: in `who owns email` even an everyday word."""
    if len(tokens) < 2 or tokens[-1].text.casefold() in FUNCTION_WORDS or not tokens[-1].words:
        return None
    before = tokens[-2].text.casefold()
    return tokens[-1].text if before in OPENERS and not tokens[-2].break_after else None


def _outweighs(team: _Candidate, found: tuple[_Candidate, ...], tokens: tuple[Token, ...], snapshot: Snapshot) -> bool:
    """Say whether a team is meant: it explains more than the components do, and is no part of one's name."""
    if found and all(one.match.refs and one.match.step > Step.FORM and _is_part_or_same(one, team) for one in found):
        return True  # the team is sure, and the components are guesses from the same words
    inside = any(_is_part(team, one) and _is_whole(one, tokens, snapshot.components) for one in found)
    return not inside and team.evidence > sum(one.evidence for one in found)


def _as_a_name(text: str, snapshot: Snapshot, expect: Intent) -> Reading | None:
    """Read a command's whole text as a name: `/who-owns help` finds a component called help."""
    name = " ".join(token.text for token in tokenize(text))
    if expect == "onboard":
        return None
    match = snapshot.components.find(name, guess=False)
    if not match.refs:
        return None
    return Reading(expect, _BY_COMMAND[expect], mentions=(match,))


def _form_of(tokens: tuple[Token, ...]) -> Form | None:
    pieces = []
    for token in tokens:
        pieces.append("X" if _is_identifier(token) else token.text.casefold().replace("’", "'"))
        if token.break_after:
            pieces.append(".")
    sentence = " ".join(pieces)
    return next((form for form in FORMS if form.fits(sentence)), None)


_NAME_ALONE = Form("owner", "You wrote a name alone, so its owner is the answer.", ())


def _whole_name(tokens: tuple[Token, ...], snapshot: Snapshot) -> Form | None:
    """Take several words that are one name, to the letter, as that name, whatever else they could ask for."""
    name = " ".join(token.text for token in tokens)
    is_name = 1 < len(tokens) <= LONGEST_SPAN and snapshot.components.find(name, guess=False, generic=False).refs
    return _NAME_ALONE if is_name else None


def _bare_name(tokens: tuple[Token, ...], snapshot: Snapshot) -> Form | None:
    """A name alone, with at most small talk around it, asks for its owner."""
    if len(tokens) <= LONGEST_SPAN and snapshot.components.find(" ".join(token.text for token in tokens)).refs:
        return _NAME_ALONE
    content = [token for token in tokens if not _is_talk(token) and token.text.casefold() not in CONJUNCTIONS]
    talk = [token for token in tokens if _is_talk(token) and token.text.casefold() not in CONJUNCTIONS]
    if not content or len(content) > 4 or len(talk) > 2:
        return None
    name = " ".join(token.text for token in content)
    matches = (snapshot.components.find(name), snapshot.teams.find(name, guess=False))
    each = [snapshot.components.find(token.text, guess=False) for token in content]
    if any(match.refs for match in matches) or all(map(_is_identifier, content)) or all(match.refs for match in each):
        return _NAME_ALONE
    return None


def _is_talk(token: Token) -> bool:
    word = token.text.casefold().replace("’", "'")
    return not token.marked and (word in VOCABULARY or COUNT.fullmatch(word) is not None)


def _is_identifier(token: Token) -> bool:
    """Surely a name: marked, or written as no word of a sentence is, which leaves out `on-call` and `e-mail`."""
    return token.is_identifier and not _is_talk(token)


def _mentions(tokens: tuple[Token, ...], names: Names, *, single: bool = False) -> tuple[_Candidate, ...]:
    """Return what the text mentions, the best evidence first; several only where they are joined (`a and b`)."""
    found = list(_candidates(tokens, names))
    whole = [candidate for candidate in found if _is_whole(candidate, tokens, names)]
    candidates = [one for one in found if not any(_is_part(one, other) for other in whole)]
    candidates.sort(key=lambda c: (-c.evidence, c.start - c.end, c.start))
    if not candidates:
        return ()
    chosen, rest = candidates[:1], candidates[1:]
    if single or not chosen[0].match.refs:
        rest = []
    while joined := next((other for other in rest if _joins(tokens, other, chosen)), None):
        rest.remove(joined)
        chosen.append(joined)
        if len(chosen) == MENTIONS:
            break
    return tuple(replace(c, match=names.with_nearest(c.match)) for c in sorted(chosen, key=lambda c: c.start))


def _is_whole(candidate: _Candidate, tokens: tuple[Token, ...], names: Names) -> bool:
    """Say whether the words of a mention belong together, so that a part of them names something else.

    They do when they matched as one, and also when nothing of that name is registered but each word stands in names
    here: `checkout frontend` is not `checkout`.
    """
    span = tokens[candidate.start : candidate.end]
    words = [word for token in span for word in token.words]
    if candidate.match.refs or len(span) < 2 or len(set(words)) < len(words):
        return bool(candidate.match.refs)
    return all(map(_may_stand_in_a_name, span)) and all(map(names.knows, words))


def _is_part(one: _Candidate, other: _Candidate) -> bool:
    """Say whether a mention lies inside another whose words belong together, and matched no more strictly."""
    inside = other.start <= one.start and one.end <= other.end and (one.start, one.end) != (other.start, other.end)
    stricter = other.match.step is Step.TYPO and one.match.step < Step.TYPO
    return inside and not stricter


def _is_part_or_same(one: _Candidate, other: _Candidate) -> bool:
    return other.start <= one.start and one.end <= other.end


def _joins(tokens: tuple[Token, ...], other: _Candidate, chosen: list[_Candidate]) -> bool:
    """Say whether a mention stands beside those chosen, overlaps none of them, and means something else."""
    known = {ref for taken in chosen for ref in taken.match.refs}
    return (
        not known & set(other.match.refs)
        and all(other.end <= taken.start or taken.end <= other.start for taken in chosen)
        and any(_joined(tokens, other, taken) for taken in chosen)
    )


def _joined(tokens: tuple[Token, ...], one: _Candidate, other: _Candidate) -> bool:
    """Say whether only a conjunction or a comma stands between two mentions."""
    first, second = sorted((one, other), key=lambda c: c.start)
    between = [t.text.casefold() for t in tokens[first.end : second.start] if t.text.casefold() not in DETERMINERS]
    comma = tokens[first.end - 1].break_after == ","
    if not between:  # a comma alone joins names, and is no more than a pause before what is a guess
        return comma and one.match.sure and other.match.sure
    return len(between) == 1 and between[0] in CONJUNCTIONS


def _candidates(tokens: tuple[Token, ...], names: Names) -> Iterator[_Candidate]:
    runs = _runs(tokens, _is_content) | _runs(tokens, _may_stand_in_a_name)
    bridged = _runs(tokens, lambda token: _may_stand_in_a_name(token) or _stands_in_a_name(token, names))
    for start in range(len(tokens)):
        for end in range(start + 1, min(start + LONGEST_SPAN, len(tokens)) + 1):
            span = tokens[start:end]
            if any(token.break_after or token.marked for token in span[:-1]) or (end - start > 1 and span[-1].marked):
                break
            if not (span[0].words and span[-1].words):
                continue
            is_run = (start, end) in runs
            is_bridged = (start, end) in bridged and not is_run
            certain = end - start == 1 and _is_identifier(span[0])
            talk = all(_is_talk(token) or token.text.casefold() in GENERIC for token in span) and not certain
            if not (is_run or is_bridged or certain) and (_is_talk(span[0]) and _is_talk(span[-1]) and not talk):
                continue
            everyday = all(word in FUNCTION_WORDS for token in span for word in token.words)
            match = _look_up(span, names, guess=(is_run or is_bridged or certain) and not everyday)
            if match.refs or ((is_run or certain) and not talk):
                yield _Candidate(start, end, match, _evidence(tokens, start, end, match, talk, certain))


def _look_up(span: tuple[Token, ...], names: Names, *, guess: bool) -> Match:
    if len(span) == 1 and span[0].url and (match := names.at_address(span[0].url)):
        return match
    mention = " ".join(token.text for token in span)[:MENTION_LIMIT]
    marked = len(span) == 1 and span[0].marked
    if marked and span[0].channel:
        mention = mention.lstrip("#")
    match = names.find(mention, guess=guess, generic=not (len(span) == 1 and span[0].is_one_name))
    if not match.refs and len(span) == 1 and "/" in mention:
        last = names.find(mention.rpartition("/")[2], guess=False)
        return replace(last, mention=mention, step=Step.FORM) if last.refs else match
    return match


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
            content = [at for at in run if _is_content(tokens[at])]
            named = [at for at in run if not _is_talk(tokens[at])]
            if content:
                runs |= {(start, end), (named[0], named[-1] + 1)}
            start = None
    return runs


def _stands_in_a_name(token: Token, names: Names) -> bool:
    """Say whether a word of every sentence is also one of a name: the `to` of `paste-html-to-text`."""
    everyday = token.text.casefold() in FUNCTION_WORDS and token.text.casefold() not in CONJUNCTIONS
    return everyday and not token.marked and all(map(names.knows, token.words))


def _is_content(token: Token) -> bool:
    return _may_stand_in_a_name(token) and not _is_talk(token) and token.text.casefold() not in GENERIC


def _may_stand_in_a_name(token: Token) -> bool:
    return bool(token.words) and not token.marked and token.text.casefold() not in FUNCTION_WORDS


_BASE = {
    Step.NAME: 1.0,
    Step.OTHER_NAME: 1.0,
    Step.LETTERS: 0.97,
    Step.FORM: 0.9,
    Step.TYPO: 0.8,
    Step.INITIALS: 0.65,
    Step.WORDS: 0.55,
    Step.NONE: 0.1,
}


def _evidence(tokens: tuple[Token, ...], start: int, end: int, match: Match, talk: bool, certain: bool) -> float:
    """Weigh one mention: how it matched, how it is written, how much it explains, and where it stands."""
    span = tokens[start:end]
    letters = sum(len("".join(token.words)) for token in span)
    evidence = _BASE[match.step] + min(letters, 24) / 24 * 0.4
    if certain:
        evidence += 0.4 if span[0].marked else 0.35
    elif talk:
        evidence -= 0.5
    before = start - 1
    while before >= 0 and tokens[before].text.casefold() in DETERMINERS and not tokens[before].break_after:
        before -= 1
    if before >= 0 and tokens[before].text.casefold() in NEGATIONS and not tokens[before].break_after:
        evidence -= 1.0
    if before >= 0 and not tokens[before].break_after and tokens[before].text.casefold() in OPENERS:
        evidence += 0.35
    after = tokens[end].text.casefold() if end < len(tokens) and not tokens[end - 1].break_after else ""
    if after in CLOSERS:
        evidence += 0.3
    return evidence


def _new(tokens: tuple[Token, ...], snapshot: Snapshot) -> New:
    """Read the name and the owner of something to be registered; the owner stands after by, under, team, owner."""
    name: str | None = None
    owner: str | None = None
    marks = {"by", "under", "team", "owner", "for", "to", "squad"}
    for position, token in enumerate(tokens):
        before = [t.text.casefold() for t in tokens[max(0, position - 2) : position]]
        if _is_talk(token) or token.text.casefold() in GENERIC:
            continue
        introduced = bool(marks & set(before[-1:])) or (
            len(before) == 2 and before[0] in marks and before[1] in ("is", "the", "=")
        )
        match = snapshot.teams.find(token.text, guess=False)
        if owner is None and name is not None and (token.channel or introduced):
            owner = match.refs[0].name if match.refs else token.text.lstrip("#@")
        elif name is None and not token.channel:
            name = " ".join(part.text for part in _name_from(tokens, position))
    return New(name and name[:MENTION_LIMIT], owner and owner[:MENTION_LIMIT])


def _name_from(tokens: tuple[Token, ...], start: int) -> tuple[Token, ...]:
    """Return the tokens of a new name: plain words go on for as long as they could be a name (`gift card ledger`)."""
    end = start + 1
    while end < min(len(tokens), start + LONGEST_SPAN) and not tokens[end - 1].break_after:
        if any(_is_identifier(token) for token in tokens[end - 1 : end + 1]) or not _is_content(tokens[end]):
            break
        end += 1
    return tokens[start:end]
