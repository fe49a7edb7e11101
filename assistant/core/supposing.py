"""Facts that a question states itself: “which model for a shared cache that another team runs?”.

The rulebook says in which words people state an answer. Asking for it (“should it be shared?”) states nothing, nor do
two answers to one question (“shared or dedicated?”).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from assistant.core.catalog import FactValue
from assistant.core.grammar import PEOPLE
from assistant.core.places import Span
from assistant.core.rulebook import Rulebook
from assistant.core.words import Token, split

_ASKING = frozenset("be become becomes being is isn't or stay than".split())
"""Words a little before an answer that is asked for: `should it be run by another team`."""
_DENYING = frozenset("ain't cannot never no nobody none nor not without".split())
NEAR = 3
"""Words before an answer in which asking stands."""
_OF_PEOPLE = PEOPLE | {"owner", "owners", "ownership", "responsibility"}
INTRODUCED = 3
"""Words after “a” that may name what it introduces: `for a shared postgres database`."""
_SUPPOSING = frozenset("became if suppose supposing were".split())
"""Words with which somebody asks what would be."""


def supposes(tokens: tuple[Token, ...]) -> bool:
    """Say whether a question supposes something: `what if it became shared?`."""
    return any(token.word in _SUPPOSING for token in tokens)


def is_introduced(tokens: tuple[Token, ...], named: Set[str]) -> bool:
    """Say whether what is named is none that is there: `for a database`, but not `for ours`, nor `for a team`."""
    articles = [at for at, token in enumerate(tokens) if token.word in ("a", "an")]
    introduced = [token for at in articles for token in tokens[at + 1 : at + 1 + INTRODUCED]]
    return any(not named.isdisjoint(token.words) for token in introduced)


def stated_in(tokens: tuple[Token, ...], rulebook: Rulebook, names: Iterable[str] = ()) -> dict[str, FactValue]:
    """Return the facts that a question states, by the words that the rulebook has for them.

    `names`: what it says of things that are found; the words of a name state nothing: `shared cache` may be one.
    """
    return {name: value for name, (value, _) in _found(tokens, rulebook, names).items()}


def words_stating(tokens: tuple[Token, ...], rulebook: Rulebook) -> set[int]:
    """Return the tokens that state facts, and so name nothing."""
    return {at for _, span in _found(tokens, rulebook).values() for at in range(*span)}


def _found(
    tokens: tuple[Token, ...], rulebook: Rulebook, names: Iterable[str] = ()
) -> Mapping[str, tuple[FactValue, Span]]:
    words = _words_beside(tokens, names)
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


def _words_beside(tokens: tuple[Token, ...], names: Iterable[str]) -> list[str]:
    """Return the word of each token, and nothing for those of a name."""
    words = [token.word for token in tokens]
    for name in map(split, names):
        ends = range(1, len(name) + 1)  # a token holds one word or more
        for start, end in ((at, at + length) for at in range(len(tokens)) for length in ends):
            if name == tuple(word for token in tokens[start:end] for word in token.words):
                words[start:end] = [""] * len(tokens[start:end])
    return words


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
