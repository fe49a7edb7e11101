"""The phrases of a rulebook in the forms in which people say them: what is `run by us` is also what `we ran`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.core.grammar import ALONE, KINDS, PEOPLE
from assistant.core.words import Token, singular

GAP = 3
"""Words that may stand between two of a phrase: `run by [the security] team`, `we [have always] run`."""
_BETWEEN = frozenset(
    """
    actually already also always are be been being both can could currently did didn't do does doesn't don't exclusively
    going had has have is isn't it it's just longer may might mostly must never no not now of only our own really should
    still the their then to today usually was wasn't were will won't would wouldn't
    """.split()
)
_OF_ANYTHING = frozenset("need needed needing needs read reading reads".split())
"""What is done with all sorts of things, so that it has to be said with which: `they need it`, not `they need help`."""
_HAVING = frozenset("has have having need needs on use used uses using".split())
"""Words behind which a thing stands that another one has: `which uses a shared cache`."""
_FORMS = {"run": ("ran", "running"), "taken": ("take", "took", "taking")}
_SUBJECTS = {"us": "we", "them": "they"}
_OF_PEOPLE = PEOPLE | {"owner", "owners", "ownership", "responsibility"}


@dataclass(frozen=True)
class Phrase:
    """Words in their order, each with what may stand for it. `verb_at`: the verb, where somebody does it."""

    words: tuple[frozenset[str], ...]
    verb_at: int = 0

    @property
    def is_active(self) -> bool:
        """It says who does it, `another team runs`, and not by whom it is done."""
        return self.verb_at > 0


@lru_cache(maxsize=1_000)
def forms_of(written: str) -> tuple[Phrase, ...]:
    """Return a phrase of a rulebook as it is said. What is `run by us` is also what `we run`.

    `our/my` stands for either word.
    """
    words = [frozenset(word.split("/")) for word in written.casefold().split()]
    passive = Phrase(tuple(words))
    if {"by"} not in words[1:-1] or words[-1] <= ALONE:  # what is `used by us only` is not what `we only use`
        return (passive,)
    by = words.index(frozenset({"by"}))
    verb = frozenset(form for participle in words[0] for form in _verb_forms(participle))
    subject = [frozenset(_SUBJECTS.get(word, word) for word in each) for each in words[by + 1 :]]
    return passive, Phrase((*subject, verb, *words[1:by]), verb_at=len(subject))


def _verb_forms(participle: str) -> Iterator[str]:
    """Return the forms of a verb, but for its -s: `used`, `use` and `using`."""
    yield from (participle, *_FORMS.get(participle, ()))
    if participle.endswith("ed"):
        yield from (participle[:-1], participle[:-2], participle[:-2] + "ing")


def placed_at(phrase: Phrase, tokens: Sequence[Token], words: list[str], start: int) -> list[int]:
    """Return where the words of a phrase stand, the first of them at `start`; nothing where they do not."""
    if not _is_one_of(words[start], phrase.words[0]):
        return []
    placed = [start]
    for number, wanted in enumerate(phrase.words[1:], 1):
        counted = phrase.is_active and number == phrase.verb_at and phrase.words[number - 1].isdisjoint(KINDS | PEOPLE)
        at = placed[-1] + 1
        reach = min(at + GAP, len(words) - 1)
        while at <= reach and not tokens[at - 1].break_after and not _is_one_of(words[at], wanted):
            may_stand = words[at] in ("", *_BETWEEN) or (words[placed[-1]] == "by" and words[at] not in ("and", "or"))
            if not (may_stand or (counted and singular(words[at]) in KINDS)):
                return []
            at += 1
        if at > reach or tokens[at - 1].break_after:
            return []
        placed.append(at)
    return placed


def _is_one_of(word: str, wanted: frozenset[str]) -> bool:
    return word in wanted or singular(word) in wanted


def is_of_something_else(phrase: Phrase, tokens: Sequence[Token], words: list[str], placed: list[int]) -> bool:
    """Say whether a phrase is about something else: a dedicated team, a cache that it uses, `which team runs it`."""
    start, end = placed[0], placed[-1] + 1
    before = words[start - 1] if start else ""
    behind = words[end] if end < len(words) and not tokens[end - 1].break_after else ""
    if phrase.is_active:
        if behind == "on" or (words[placed[phrase.verb_at]] in _OF_ANYTHING and behind not in ("", "it", "them")):
            return True
        return before in ("which", "what", "whose") and tokens[start].word in PEOPLE
    has_it = before in ("a", "an", "the") and start > 1 and words[start - 2] in _HAVING
    return len(placed) == 1 and (has_it or any(token.word in _OF_PEOPLE for token in tokens[end : end + 1]))
