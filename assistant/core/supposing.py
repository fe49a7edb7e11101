"""Facts that a question states itself: “which model for a shared cache that another team runs?”.

The rulebook says in which words people state an answer. Asking for it (“should it be shared?”) states nothing, nor do
two answers to one question (“shared or dedicated?”).
"""

from __future__ import annotations

from collections.abc import Mapping

from assistant.core.catalog import FactValue
from assistant.core.grammar import PEOPLE
from assistant.core.places import Span
from assistant.core.rulebook import Rulebook
from assistant.core.words import Token

_ASKING = frozenset("be become becomes being is isn't or stay than".split())
"""Words a little before an answer that is asked for: `should it be run by another team`."""
_DENYING = frozenset("ain't cannot never no nobody none nor not without".split())
NEAR = 3
"""Words before an answer in which asking stands."""
_OF_PEOPLE = PEOPLE | {"owner", "owners", "ownership", "responsibility"}
_SUPPOSING = frozenset("became if suppose supposing were".split())
"""Words with which somebody asks what would be."""


def supposes(tokens: tuple[Token, ...]) -> bool:
    """Say whether a question supposes something: `what if it became shared?`."""
    return any(token.word in _SUPPOSING for token in tokens)


def stated_in(tokens: tuple[Token, ...], rulebook: Rulebook) -> dict[str, FactValue]:
    """Return the facts that a question states, by the words that the rulebook has for them."""
    return {name: value for name, (value, _) in _found(tokens, rulebook).items()}


def words_stating(tokens: tuple[Token, ...], rulebook: Rulebook) -> set[int]:
    """Return the tokens that state facts, and so name nothing."""
    return {at for _, span in _found(tokens, rulebook).values() for at in range(*span)}


def _found(tokens: tuple[Token, ...], rulebook: Rulebook) -> Mapping[str, tuple[FactValue, Span]]:
    words = [token.word for token in tokens]
    if _denies(tokens):
        return {}
    supposed = supposes(tokens)
    found: dict[str, tuple[FactValue, Span]] = {}
    for fact in rulebook.facts:
        named = [(value, span) for value, phrases in fact.said.items() for span in _spans(words, phrases)]
        if len({value for value, _ in named}) == 1:
            stated = [each for each in named if supposed or not _is_asked(words, each[1])]
            for value, span in stated[:1]:
                found[fact.name] = (value == "true" if fact.type == "yes-no" else value, span)
    return found


def _is_asked(words: list[str], span: Span) -> bool:
    return not _ASKING.isdisjoint(words[max(0, span[0] - NEAR) : span[0]])


def _denies(tokens: tuple[Token, ...]) -> bool:
    """Say whether something is denied, which is not taken for stated: `that no other team runs`."""
    return any(token.word in _DENYING or token.word.endswith("n't") for token in tokens)


def _spans(words: list[str], phrases: tuple[str, ...]) -> list[Span]:
    """Return where a phrase stands, but not before those who own: a dedicated team is no dedicated thing."""
    spans = []
    for phrase in phrases:
        wanted = phrase.casefold().split()
        for start in range(len(words) - len(wanted) + 1):
            end = start + len(wanted)
            if words[start:end] == wanted and _OF_PEOPLE.isdisjoint(words[end : end + 1]):
                spans.append((start, end))
    return spans
