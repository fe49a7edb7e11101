"""Reading a question: what is asked for, and about what.

The grammar says what is asked; the registry says which words are a name (`mentions`), or what is described.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from assistant.core.allusions import as_a_part, as_described, described_by_all, instead, points_back, with_described
from assistant.core.candidates import Candidate
from assistant.core.entries import Ref
from assistant.core.forms import FORMS, Attribute, Intent
from assistant.core.grammar import FUNCTION_WORDS, KINDS, OPENERS, PEOPLE
from assistant.core.hearing import Said, heard
from assistant.core.intents import form_by_names, form_of
from assistant.core.match import MENTION_LIMIT, Match, Step
from assistant.core.mentions import is_inside, is_part, is_typed_as_one, is_whole
from assistant.core.newcomers import New, read_new
from assistant.core.places import Span, word_after, word_before
from assistant.core.roles import is_identifier
from assistant.core.snapshot import Snapshot
from assistant.core.supposing import is_introduced
from assistant.core.words import Token, singular, split, tokenize

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
    tokens: tuple[Token, ...] = field(default=(), repr=False)


def read(text: str, snapshot: Snapshot, expect: Intent | None = None, before: Ref | None = None) -> Reading:
    """Read a message as a Slack event carries it.

    `expect`: what a command asks for; then its text is a name first. `before`: the component that was asked about just
    before in the same conversation, which `it` means now.
    """
    said = heard(text, snapshot)
    return replace(_read(text, said, expect, before), tokens=said.tokens)


def _read(text: str, said: Said, expect: Intent | None, before: Ref | None) -> Reading:
    if expect is not None and said.tokens and (reading := _as_a_name(text, said.snapshot, expect)):
        return reading
    form, asked = form_of(said)
    if not said.tokens and text.strip() and expect:
        return Reading("none", "No name can be read in that.")
    if not said.tokens or (form and form.intent == "help"):
        return Reading("help", form.because if form else "Nothing was asked.")
    if form is None and expect is None:
        form = form_by_names(said)
        if form is None:
            sure = [one.match for one in said.components.chosen() if one.match.sure]
            return Reading("none", "No component or team is asked about here.", mentions=tuple(sure))
    intent: Intent = expect or (form.intent if form else "owner")
    because = form.because if form and expect is None else _BY_COMMAND[intent]
    if intent == "onboard":
        is_a_name = expect is not None and len(said.tokens) == 1
        return Reading("onboard", because, new=New(said.words[:MENTION_LIMIT]) if is_a_name else read_new(said))
    attribute = form.attribute if form and intent == "contact" else None
    if intent == "team":
        found = said.teams.chosen(asked=asked)
        return Reading("team", because, None, tuple(c.match for c in found), of_team=True)
    return _about_component(Reading(intent, because, attribute), said, asked, before)


def _about_component(reading: Reading, said: Said, asked: Span | None, before: Ref | None) -> Reading:
    """Look for a component, and for a team where that fits better and the question makes sense of a team."""
    found = said.components.chosen(asked=asked, served=reading.intent == "model")
    if corrected := instead(said, found, before):
        return replace(reading, mentions=(corrected,))
    if before and (word := _points_back(said, found)):
        because = f"{reading.because} “{word}” is {before.name}, asked about just before."
        return replace(reading, because=because, mentions=(Match(word, Step.NAME, (before,), key=before.name),))
    if described := as_described(said, found):
        return replace(reading, mentions=described)
    if part := as_a_part(said, found):
        return replace(reading, mentions=(part,))
    if reading.intent in ("owner", "contact"):
        teams = said.teams.chosen(asked=asked, single=True)
        is_beside = reading.intent == "owner" and bool(teams) and _is_beside_what_is_asked(teams[0], said.tokens)
        if teams and not is_beside and _outweighs(teams[0], found, said):
            intent: Intent = "team" if reading.intent == "owner" else "contact"
            return replace(reading, intent=intent, mentions=(teams[0].match,), of_team=True)
    if reading.intent == "model" and not any(one.match.sure for one in found):
        teams = said.teams.chosen(asked=asked, single=True, served=True)
        words = {word for one in found for word in split(one.match.mention)}
        # `for a cache that the security team runs` is about a cache.
        if teams and teams[0].match.sure and not is_introduced(said.tokens, words):
            because = "You named a team; a model is for one of its components."
            return replace(reading, because=because, mentions=(teams[0].match,), of_team=True)
    if not found and reading.intent == "owner":
        if (named := _named_last(said.tokens)) is None:
            return Reading("none", "No component or team is named here.")
        return replace(reading, mentions=(said.snapshot.components.with_nearest(Match(named)),))
    mentions = tuple(with_described(candidate.match, said.snapshot) for candidate in found)
    if len(found) == 1 and not mentions[0].refs and not is_typed_as_one(found[0], said.tokens):
        mentions = (described_by_all(mentions[0], said),)
    return replace(reading, mentions=mentions)


def _points_back(said: Said, found: tuple[Candidate, ...]) -> str | None:
    """Return the word that means what was asked about before, where nothing else is named, nor a team."""
    if any(one.match.sure for one in said.teams.chosen(single=True)) or (not found and _named_last(said.tokens)):
        return None
    return points_back(said, found)


def _named_last(tokens: tuple[Token, ...]) -> str | None:
    """Return the word that stands where a name stands, at the end: in `who owns email` even an everyday word."""
    if len(tokens) < 2 or tokens[-1].word in FUNCTION_WORDS or not tokens[-1].words:
        return None
    before = tokens[-2].word
    return tokens[-1].text if before in OPENERS and not tokens[-2].break_after else None


def _is_beside_what_is_asked(team: Candidate, tokens: tuple[Token, ...]) -> bool:
    """Say whether a team's name is a word of what somebody asks about: `who has the scripts for payments?`."""
    after = word_after(tokens, team.end)
    if after in PEOPLE:
        return False
    if singular(after) in KINDS:
        return True  # `the streaming api` is no team
    if team.end - team.start > 1 or is_identifier(tokens[team.start]):
        return False
    return word_before(tokens, team.start) not in (OPENERS - {"on"}) | {""}


def _outweighs(team: Candidate, found: tuple[Candidate, ...], said: Said) -> bool:
    """Say whether a team is meant: it explains more than the components do, and is no part of one's name.

    In `does payments own the ledger?` the ledger is asked about. A misspelt team is one where no component fits.
    """
    if not team.match.sure:
        return bool(team.match.refs) and team.match.step is Step.TYPO and not any(one.match.refs for one in found)
    if any(one.match.step <= Step.TYPO and (one.end <= team.start or team.end <= one.start) for one in found):
        return False
    if found and all(one.match.refs and one.match.step > Step.FORM and is_inside(one, team) for one in found):
        return True  # the team is sure, and the components are guesses from the same words
    inside = any(is_part(team, one) and is_whole(one, said.tokens, said.snapshot.components) for one in found)
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
