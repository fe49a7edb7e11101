"""Facts that a question states itself: “which model for a shared cache that another team runs?”.

The rulebook says in which words people state an answer, and `clauses` what a question does with them. A fact that is
denied has its other answer, where it has two. Asking for it (“should it be shared?”) states nothing, nor do two answers
to one question (“shared or dedicated?”).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from assistant.core.clauses import Mood, clause_around
from assistant.core.entries import Component, FactValue
from assistant.core.grammar import PEOPLE
from assistant.core.match import Step
from assistant.core.places import Span, is_user
from assistant.core.roles import is_generic, is_talk
from assistant.core.rulebook import Fact, Rulebook, representatives
from assistant.core.sayings import forms_of, is_of_something_else, placed_at
from assistant.core.snapshot import Snapshot
from assistant.core.words import Token, split

ANOTHER_TEAM, DEVELOPERS, APPLICATION = "team", "developers", "application"
"""As what names are read where it is said who runs or uses something: `what if payments ran it?`."""

INTRODUCED = 3
"""Words after “a” that may name what it introduces: `for a shared postgres database`."""
LONGEST_NAME = 4
"""Words of a name that is read as something else."""
_SEVERAL = frozenset("two three four five six seven eight nine ten dozens".split())


@dataclass(frozen=True)
class _Said:
    """Where a question says an answer, and how. `size`: words of the phrase; of two that overlap the longer counts."""

    value: FactValue | None
    span: Span
    size: int
    mood: Mood


def is_introduced(tokens: tuple[Token, ...], named: Set[str]) -> bool:
    """Say whether what is named is none that is there: `for a database`, but not `for ours`, nor `for a team`."""
    articles = [at for at, token in enumerate(tokens) if token.word in ("a", "an") or _is_of_each(tokens, at)]
    introduced = [token for at in articles for token in tokens[at + 1 : at + 1 + INTRODUCED]]
    return any(not named.isdisjoint(token.words) for token in introduced)


def _is_of_each(tokens: tuple[Token, ...], at: int) -> bool:
    """Say whether what stands behind is one for each: `should every team run its own kafka?`."""
    return tokens[at].word == "own" and not {"each", "every"}.isdisjoint(token.word for token in tokens[:at])


def stated_in(
    tokens: tuple[Token, ...], rulebook: Rulebook, read_as: Mapping[str, str] | None = None
) -> dict[str, FactValue]:
    """Return the facts that a question states, by the words that the rulebook has for them, and `names_read_as`."""
    return {name: value for name, (value, _) in _found(tokens, rulebook, read_as or {}).items()}


def words_stating(tokens: tuple[Token, ...], rulebook: Rulebook) -> set[int]:
    """Return the tokens that state facts, and so name nothing."""
    return {at for _, span in _found(tokens, rulebook, {}).values() for at in range(*span)}


def answers_in(tokens: tuple[Token, ...], rulebook: Rulebook) -> list[tuple[Fact, FactValue, Span]]:
    """Return the answers that a question has words for, whatever it does with them."""
    words = _words_of(tokens, {})
    return [
        (fact, one.value, one.span)
        for fact in rulebook.facts
        for one in _without_parts([each for value in fact.said for each in _said(fact, value, tokens, words)])
        if one.value is not None
    ]


def how_to_suppose(rulebook: Rulebook, known: Mapping[str, FactValue]) -> str:
    """Return words with which something could be supposed that is not so: `what if it were [shared]?`; "" for none."""
    said = [(fact, value, phrases[0]) for fact in rulebook.facts for value, phrases in fact.said.items() if phrases]
    other = (phrase for fact, value, phrase in said if _value(fact, value) != known.get(fact.name))
    return " ".join(word.split("/")[0] for word in next(other, "").split())


def owner_read_as(component: Component, rulebook: Rulebook) -> str:
    """Return as what the owner of a component is read, who runs it today: by what is known, or as neither ("")."""
    for word in (DEVELOPERS, ANOTHER_TEAM):
        stated = stated_in((Token("run"), Token("by"), Token(word)), rulebook)
        if stated and stated.items() <= component.known_facts.items():
            return word
    return ""


def names_read_as(
    tokens: tuple[Token, ...], snapshot: Snapshot, component: Component | None = None, owner_as: str = ""
) -> dict[str, str]:
    """Return as what each name in a question about a component is read: a team, an application, or nothing.

    The team of the one application that depends on the component has its developers; its owner is read as
    `owner_as`. The words of its own name state nothing: `shared cache` may be one. What is no component that is
    registered is used by an application only where that is said.
    """
    dependents = snapshot.catalog.dependents_of(component) if component else ()
    builders = dependents[0].owners if len(dependents) == 1 else ()
    read_as = {}
    for start in range(len(tokens)):
        for end in range(start + 1, min(start + LONGEST_NAME, len(tokens)) + 1):
            if all(is_talk(token) or is_generic(token) for token in tokens[start:end]):
                continue
            name = " ".join(token.text for token in tokens[start:end])
            found, team = (names.find(name, guess=False) for names in (snapshot.components, snapshot.teams))
            if component and component.ref in found.refs:
                read_as[name] = ""
            elif len(team.refs) == 1 and team.step <= Step.LETTERS:
                is_owner = component is not None and team.refs[0].name in component.owners
                read_as[name] = DEVELOPERS if team.refs[0].name in builders else owner_as if is_owner else ANOTHER_TEAM
            elif found.refs and found.step <= Step.LETTERS and (component or is_user(tokens, (start, end))):
                read_as[name] = APPLICATION
    return read_as


def _found(
    tokens: tuple[Token, ...], rulebook: Rulebook, read_as: Mapping[str, str]
) -> dict[str, tuple[FactValue, Span]]:
    words = _words_of(tokens, read_as)
    found: dict[str, tuple[FactValue, Span]] = {}
    for fact in rulebook.facts:
        said = list(_without_parts([each for value in fact.said for each in _said(fact, value, tokens, words)]))
        supposed = [each for each in said if each.mood == "supposed"]
        counted = supposed or [each for each in said if each.mood == "stated"]
        if len({each.value for each in counted}) == 1 and not any(each.mood == "left open" for each in said):
            first = counted[0]
            if first.value is not None:
                found[fact.name] = (first.value, first.span)
    return found


def _words_of(tokens: tuple[Token, ...], read_as: Mapping[str, str]) -> list[str]:
    """Return the word of each token; for a name, and `team` behind it, as what it is read."""
    words = ["several" if _is_several(token.word) else token.word for token in tokens]
    for name in sorted(read_as, key=len):
        called = split(name)
        ends = range(1, len(called) + 1)  # a token holds one word or more
        for start, end in ((at, at + length) for at in range(len(tokens)) for length in ends):
            if called == tuple(word for token in tokens[start:end] for word in token.words):
                end += 1 if end < len(tokens) and tokens[end].word in PEOPLE else 0
                words[start:end] = [*[""] * (len(tokens[start:end]) - 1), read_as[name]]
    return words


def _is_several(word: str) -> bool:
    return word in _SEVERAL or (word.isdecimal() and word not in ("0", "1"))


def _said(fact: Fact, value: str, tokens: tuple[Token, ...], words: list[str]) -> Iterator[_Said]:
    """Return where a question says an answer. What is denied is the other one; of more than two it is none."""
    for phrase in (read for written in fact.said[value] for read in forms_of(written)):
        for start in range(len(tokens)):
            placed = placed_at(phrase, tokens, words, start)
            if not placed or is_of_something_else(phrase, tokens, words, placed):
                continue
            span = (start, placed[-1] + 1)
            within = [words[at] for at in range(*span) if at not in placed]
            clause = clause_around(tokens, words, span)
            meant: FactValue | None = _value(fact, value)
            if clause.denies(within):
                others = [other for other in representatives(fact, ()) if other != meant]
                meant = others[0] if len(others) == 1 else None
            yield _Said(meant, span, len(phrase.words), clause.mood(has_subject=phrase.is_active, within=within))


def _value(fact: Fact, said: str) -> FactValue:
    return said == "true" if fact.type == "yes-no" else said


def _without_parts(said: list[_Said]) -> Iterator[_Said]:
    """Leave out what is a part of something longer: `team runs` in `our team runs`."""
    for one in said:
        overlapping = (other for other in said if other.span[0] < one.span[1] and one.span[0] < other.span[1])
        if all(other.size <= one.size for other in overlapping):
            yield one
