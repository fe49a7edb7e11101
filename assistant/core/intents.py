"""What is asked for: told by the form of a message, else by what is named in it."""

from __future__ import annotations

from assistant.core.candidates import LONGEST_SPAN
from assistant.core.forms import CRY_FOR_HELP, FORMS, Form
from assistant.core.grammar import ASKING, CONJUNCTIONS, DETERMINERS, LINKS, LISTING, NEGATIONS, PEOPLE, PLEAS, THANKS
from assistant.core.hearing import Said
from assistant.core.match import Step
from assistant.core.mentions import is_typed_as_one
from assistant.core.places import Span, is_excluded, sentences
from assistant.core.roles import is_generic, is_identifier, is_talk
from assistant.core.words import Token

SENTENCE_LIMIT = 400
"""Characters of a sentence that are compared with the forms."""
WORD_LIMIT = 40
"""Letters of the longest word that is one of a language."""

_NAME_ALONE = Form("owner", "You wrote a name alone, so its owner is the answer.", ())
_POSSESSIONS = Form("team", "You named a team, and asked what it has.", ())
_NAMED_IN_A_QUESTION = Form("owner", "You named it in a question, so its owner is the answer.", ())


def form_of(said: Said) -> tuple[Form | None, Span | None]:
    """Return the form that a message has, and the sentence that has it; a name alone is the name of what it names."""
    if whole := _whole_name(said):
        return whole, None
    if said.tokens and said.tokens[0].word in THANKS and not _asks(said):
        return None, None
    spans = sentences(said.tokens)
    masked = _masked(said)
    texts = [_within_limit(" ".join(masked[start:end])) for start, end in spans]
    if CRY_FOR_HELP.found_in([" ".join(texts)]) is not None:
        return CRY_FOR_HELP, None
    for form in FORMS:
        if (number := form.found_in(texts)) is not None:
            return form, spans[number]
    return None, None


def _within_limit(sentence: str) -> str:
    """Return a sentence as long as people write them: what is longer is pasted, and costs no more."""
    half = SENTENCE_LIMIT // 2
    return sentence if len(sentence) <= SENTENCE_LIMIT else f"{sentence[:half]} {sentence[-half:]}"


def form_by_names(said: Said) -> Form | None:
    """Return what is asked for where no form says it: a name alone, or one in a question, asks for its owner."""
    if said.tokens[0].word in THANKS and not _asks(said):
        return None
    of_team = any(token.word in PEOPLE for token in said.tokens) and _possessions(said)
    return of_team or _bare_name(said) or _in_a_question(said) or _possessions(said)


def _masked(said: Said) -> list[str]:
    """Return the words of a message as the forms see them: `X` for each that is surely a name, or part of one."""
    tokens = said.tokens
    named = [one for one in said.components.chosen() if one.match.refs and one.end - one.start > 1]
    inside = {
        at
        for one in named
        for at in range(one.start, one.end)
        if one.match.step <= Step.LETTERS or not (is_generic(tokens[at]) or tokens[at].word in LINKS)
    }
    words = []
    for at, token in enumerate(tokens):
        is_name = at in inside or is_identifier(token) or len(token.word) > WORD_LIMIT
        word = "X" if is_name else token.word
        words.append(f"{word} {token.break_after}" if token.break_after in (",", ":") else word)
    return words


def _whole_name(said: Said) -> Form | None:
    """Take several words that are one name, to the letter, as that name, whatever else they could ask for."""
    if not 1 < len(said.tokens) <= LONGEST_SPAN:
        return None
    is_name = said.snapshot.components.find(said.words, guess=False, generic=False).refs
    return _NAME_ALONE if is_name else None


def _bare_name(said: Said) -> Form | None:
    """A name alone, with at most small talk around it, asks for its owner."""
    tokens = said.tokens
    if len(tokens) <= LONGEST_SPAN and said.snapshot.components.find(said.words).refs:
        return _NAME_ALONE
    named = said.components.chosen() or said.teams.chosen(single=True)
    inside = {at for one in named for at in range(one.start, one.end)}
    outside = [at for at in range(len(tokens)) if at not in inside]
    around = [tokens[at] for at in outside if not _is_beside_the_point(tokens, at)]
    if not named or len(around) > 2 or not all(is_talk(token) and not token.spoken for token in around):
        return None
    is_named = all(one.match.refs or is_typed_as_one(one, tokens) for one in named)
    return _NAME_ALONE if is_named else None


def _is_beside_the_point(tokens: tuple[Token, ...], at: int) -> bool:
    """Say whether a word beside a name asks nothing: an article, a conjunction, a please, or what is not meant."""
    return tokens[at].word in CONJUNCTIONS | DETERMINERS | PLEAS | NEGATIONS or is_excluded(tokens, at)


def _in_a_question(said: Said) -> Form | None:
    """Take a question in which something is surely named as one about its owner."""
    named = said.components.chosen()
    is_sure = bool(named) and all(one.match.step <= Step.TYPO and one.evidence > 1 for one in named)
    return _NAMED_IN_A_QUESTION if is_sure and _asks(said) else None


def _asks(said: Said) -> bool:
    """Say whether somebody asks something: with a mark, or with a word of asking."""
    return any("?" in token.break_after or token.word in ASKING for token in said.tokens)


def _possessions(said: Said) -> Form | None:
    """Take a list of something, or the wish for one, in which a team stands as a question about what it owns."""
    teams = said.teams.chosen(single=True)
    asks = any(token.word in LISTING for token in said.tokens)
    return _POSSESSIONS if asks and teams and teams[0].match.refs else None
