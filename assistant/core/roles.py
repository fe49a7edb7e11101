"""What a word can be in a message: talk, what sort of thing is meant, a name, or a part of one."""

from __future__ import annotations

from assistant.core.grammar import CONJUNCTIONS, COUNT, FUNCTION_WORDS, GENERIC, VOCABULARY
from assistant.core.words import Token, singular


def may_stand_in_a_name(token: Token) -> bool:
    word = token.word
    return bool(token.words) and not (token.marked or token.spoken or word in FUNCTION_WORDS or word in CONJUNCTIONS)


def is_content(token: Token) -> bool:
    return may_stand_in_a_name(token) and not is_talk(token) and not is_generic(token)


def is_generic(token: Token) -> bool:
    return singular(token.word) in GENERIC


def is_talk(token: Token) -> bool:
    word = token.word
    everyday = word in VOCABULARY or singular(word) in VOCABULARY
    return not token.marked and (token.spoken or everyday or COUNT.fullmatch(word) is not None)


def is_identifier(token: Token) -> bool:
    """Surely a name: marked, or written as no word of a sentence is, which leaves out `on-call` and `e-mail`."""
    return token.is_identifier and not is_talk(token)
