"""Reading a question: what is asked for, and about what.

The grammar says what is asked; the registry says which words are a name (`mentions`), or what is described.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from assistant.core.allusions import as_a_part, as_described, described_by_all, instead, points_back, with_described
from assistant.core.catalog import Ref
from assistant.core.forms import CRY_FOR_HELP, FORMS, Attribute, Form, Intent
from assistant.core.grammar import (
    CONJUNCTIONS,
    DETERMINERS,
    FUNCTION_WORDS,
    LINKS,
    LISTING,
    NEGATIONS,
    OPENERS,
    PEOPLE,
    PLEAS,
)
from assistant.core.hearing import heard
from assistant.core.match import MENTION_LIMIT, Match, Step
from assistant.core.mentions import (
    LONGEST_SPAN,
    Candidate,
    is_generic,
    is_identifier,
    is_inside,
    is_part,
    is_talk,
    is_whole,
    mentions_in,
)
from assistant.core.newcomers import New, read_new
from assistant.core.places import Span, is_excluded, sentences, word_after, word_before
from assistant.core.resolver import Names
from assistant.core.snapshot import Snapshot
from assistant.core.words import Token, tokenize

_BY_COMMAND: Mapping[Intent, str] = {form.intent: form.because for form in FORMS if form.attribute is None}
"""What a command asks for, in the words of the forms."""


@dataclass(frozen=True)
class Reading:
    """What a question asks. `mentions` are matched components, or teams where `of_team`; empty: nothing was named."""

    intent: Intent
    because: str
    attribute: Attribute | None = None
    mentions: tuple[Match, ...] = ()
    of_team: bool = False
    new: New | None = None


def read(text: str, snapshot: Snapshot, expect: Intent | None = None, before: Ref | None = None) -> Reading:
    """Read a message as a Slack event carries it.

    `expect`: what a command asks for; then its text is a name first. `before`: the component that was asked about just
    before in the same conversation, which `it` means now.
    """
    tokens = heard(tokenize(text), snapshot)
    if expect is not None and tokens and (reading := _as_a_name(text, snapshot, expect)):
        return reading
    form, asked = _whole_name(tokens, snapshot), None
    if form is None:
        form, asked = _form_of(tokens, snapshot)
    intent: Intent = expect or (form.intent if form else "owner")
    if not tokens or (form and form.intent == "help"):
        return Reading("help", form.because if form else "Nothing was asked.")
    if form is None and expect is None:
        form = _bare_name(tokens, snapshot) or _by_what_is_named(tokens, text, snapshot)
        if form is None:
            sure = [one.match for one in mentions_in(tokens, snapshot.components) if one.match.sure]
            return Reading("none", "No component or team is asked about here.", mentions=tuple(sure))
        intent = form.intent
    because = form.because if form and expect is None else _BY_COMMAND[intent]
    if intent == "onboard":
        named = New(tokens[0].text[:MENTION_LIMIT]) if expect and len(tokens) == 1 else read_new(tokens, snapshot.teams)
        return Reading("onboard", because, new=named)
    attribute = form.attribute if form and intent == "contact" else None
    if intent == "team":
        found = mentions_in(tokens, snapshot.teams, asked=asked, single=True)
        return Reading("team", because, None, tuple(c.match for c in found), of_team=True)
    return _about_component(Reading(intent, because, attribute), tokens, asked, snapshot, before)


def _about_component(
    reading: Reading, tokens: tuple[Token, ...], asked: Span | None, snapshot: Snapshot, before: Ref | None
) -> Reading:
    """Look for a component, and for a team where that fits better and the question makes sense of a team."""
    found = mentions_in(tokens, snapshot.components, asked=asked)
    if corrected := instead(tokens, found, before, snapshot.components):
        return replace(reading, mentions=(corrected,))
    if before and (word := points_back(tokens, found)):
        because = f"{reading.because} “{word}” is {before.name}, asked about just before."
        return replace(reading, because=because, mentions=(Match(word, Step.NAME, (before,), key=before.name),))
    if described := as_described(found, tokens, snapshot):
        return replace(reading, mentions=described)
    if part := as_a_part(found, tokens, snapshot):
        return replace(reading, mentions=(part,))
    if reading.intent in ("owner", "contact"):
        teams = mentions_in(tokens, snapshot.teams, asked=asked, single=True)
        is_beside = reading.intent == "owner" and bool(teams) and _is_beside_what_is_asked(teams[0], tokens)
        if teams and not is_beside and _outweighs(teams[0], found, tokens, snapshot):
            intent: Intent = "team" if reading.intent == "owner" else "contact"
            return replace(reading, intent=intent, mentions=(teams[0].match,), of_team=True)
    if not found and reading.intent == "owner":
        if (named := _named_last(tokens)) is None:
            return Reading("none", "No component or team is named here.")
        return replace(reading, mentions=(snapshot.components.with_nearest(Match(named)),))
    mentions = tuple(with_described(candidate.match, snapshot) for candidate in found)
    if len(found) == 1 and not mentions[0].refs and not _is_typed_as_one(found[0], tokens):
        mentions = (described_by_all(mentions[0], tokens, snapshot),)
    return replace(reading, mentions=mentions)


def _named_last(tokens: tuple[Token, ...]) -> str | None:
    """Return the word that stands where a name stands, at the end: in `who owns email` even an everyday word."""
    if len(tokens) < 2 or tokens[-1].text.casefold() in FUNCTION_WORDS or not tokens[-1].words:
        return None
    before = tokens[-2].text.casefold()
    return tokens[-1].text if before in OPENERS and not tokens[-2].break_after else None


def _is_beside_what_is_asked(team: Candidate, tokens: tuple[Token, ...]) -> bool:
    """Say whether a team's name is a word of what somebody asks about: `who has the scripts for payments?`."""
    if team.end - team.start > 1 or is_identifier(tokens[team.start]) or word_after(tokens, team.end) in PEOPLE:
        return False
    return word_before(tokens, team.start) not in (OPENERS - {"on"}) | {""}


def _outweighs(team: Candidate, found: tuple[Candidate, ...], tokens: tuple[Token, ...], snapshot: Snapshot) -> bool:
    """Say whether a team is meant: it explains more than the components do, and is no part of one's name.

    In `does payments own the ledger?` the ledger is asked about. A misspelt team is one where no component fits.
    """
    if not team.match.sure:
        return bool(team.match.refs) and team.match.step is Step.TYPO and not any(one.match.refs for one in found)
    if any(one.match.step <= Step.TYPO and (one.end <= team.start or team.end <= one.start) for one in found):
        return False
    if found and all(one.match.refs and one.match.step > Step.FORM and is_inside(one, team) for one in found):
        return True  # the team is sure, and the components are guesses from the same words
    inside = any(is_part(team, one) and is_whole(one, tokens, snapshot.components) for one in found)
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


def _form_of(tokens: tuple[Token, ...], snapshot: Snapshot) -> tuple[Form | None, Span | None]:
    """Return the first form that a message has, and the sentence that has it."""
    spans = sentences(tokens)
    masked = _masked(tokens, snapshot.components)
    texts = [" ".join(masked[start:end]) for start, end in spans]
    if CRY_FOR_HELP.found_in([" ".join(texts)]) is not None:
        return CRY_FOR_HELP, None
    for form in FORMS:
        if (number := form.found_in(texts)) is not None:
            return form, spans[number]
    return None, None


def _masked(tokens: tuple[Token, ...], names: Names) -> list[str]:
    """Return the words of a message as the forms see them: `X` for each that is surely a name, or part of one."""
    named = [one for one in mentions_in(tokens, names) if one.match.refs and one.end - one.start > 1]
    inside = {
        at
        for one in named
        for at in range(one.start, one.end)
        if one.match.step <= Step.LETTERS or not (is_generic(tokens[at]) or tokens[at].text.casefold() in LINKS)
    }
    words = []
    for at, token in enumerate(tokens):
        word = "X" if at in inside or is_identifier(token) else token.text.casefold().replace("’", "'")
        words.append(f"{word} {token.break_after}" if token.break_after in (",", ":") else word)
    return words


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
    named = mentions_in(tokens, snapshot.components) or mentions_in(tokens, snapshot.teams, single=True)
    inside = {at for one in named for at in range(one.start, one.end)}
    outside = [at for at in range(len(tokens)) if at not in inside]
    around = [tokens[at] for at in outside if not _is_beside_the_point(tokens, at)]
    if not named or len(around) > 2 or not all(map(is_talk, around)):
        return None
    is_named = all(one.match.refs or _is_typed_as_one(one, tokens) for one in named)
    return _NAME_ALONE if is_named else None


def _is_typed_as_one(one: Candidate, tokens: tuple[Token, ...]) -> bool:
    return all(map(is_identifier, tokens[one.start : one.end]))


def _is_beside_the_point(tokens: tuple[Token, ...], at: int) -> bool:
    """Say whether a word beside a name asks nothing: an article, a conjunction, a please, or what is not meant."""
    return tokens[at].text.casefold() in CONJUNCTIONS | DETERMINERS | PLEAS | NEGATIONS or is_excluded(tokens, at)


_POSSESSIONS = Form("team", "You named a team, and asked what it has.", ())
_NAMED_IN_A_QUESTION = Form("owner", "You named it in a question, so its owner is the answer.", ())


def _by_what_is_named(tokens: tuple[Token, ...], text: str, snapshot: Snapshot) -> Form | None:
    """Take a question in which a name stands as one about its owner, or in which a team does as what that owns."""
    components = mentions_in(tokens, snapshot.components)
    if "?" in text and components and all(one.match.step <= Step.TYPO and one.evidence > 1 for one in components):
        return _NAMED_IN_A_QUESTION
    teams = mentions_in(tokens, snapshot.teams, single=True)
    asks = any(token.text.casefold().replace("’", "'") in LISTING for token in tokens)
    return _POSSESSIONS if asks and teams and teams[0].match.refs else None
