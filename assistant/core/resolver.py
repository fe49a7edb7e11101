"""Finding the component or team that a mention means.

A mention is matched in steps, strictest first, and the first step that holds anything decides: the exact name; another
name of it; the same letters; another form of the same words; a slip of the keyboard; some of its words. The last two
are guesses: they answer only if nothing else holds the same, else they offer choices.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from rapidfuzz import fuzz, process

from assistant.core.addresses import Addresses
from assistant.core.entries import Ref
from assistant.core.grammar import GENERIC, KINDS
from assistant.core.match import CHOICES, MENTION_LIMIT, NEAREST, Match, Step
from assistant.core.slips import Slips, is_likely_slip, is_slip_of_word
from assistant.core.words import SHORT, SHORT_FORMS, abbreviates, short_forms_of, singular, split

NEAREST_CUTOFF = 62.0
NEAR_FORMS = 200
"""Names of one word, or of nearly the same letters, that are compared to find the nearest."""
HOLDERS = 200
"""Names that are weighed for the words they hold; words that more names share tell none of them from another."""
FEW = 5
"""Names that may begin alike by chance."""
GUESSED = 5
"""Letters of a mention that another word may be: of these, only slips that keyboards make are taken for slips."""
LAST = "\U0010ffff"
"""Sorts behind every letter."""
WHOLE = 0.999
GUESS_FLOOR = 0.4
"""The share of a name's weight that a mention has to carry, for its words to stand for the name."""


class _Key(NamedTuple):
    """One of the names of an entry."""

    ref: Ref
    text: str
    words: tuple[str, ...]
    is_name: bool


class Names:
    """An index over the names of one kind of entry. Built whole from a catalog, never changed."""

    def __init__(
        self,
        keys: Iterable[tuple[Ref, str, bool]],
        addresses: Addresses | None = None,
        refs: Container[Ref] = (),
    ) -> None:
        """`keys`: names, and whether it is the entry's own; `refs`: what may be written `namespace/name`."""
        self.addresses = addresses or Addresses(())
        self._refs = refs
        self._given: Mapping[str, tuple[Ref, ...]] = {}
        self._keys: list[_Key] = []
        self._folds: dict[str, list[int]] = defaultdict(list)
        self._singulars: dict[str, list[int]] = defaultdict(list)
        """Only of names that hold a plural; the others are found by their letters."""
        self._wordless: dict[str, list[int]] = defaultdict(list)
        self._initials: dict[str, list[int]] = defaultdict(list)
        self._by_word: dict[str, set[int]] = defaultdict(set)
        for number, (ref, text, is_name) in enumerate(keys):
            words, folded, singulars, initials = _forms(text)
            self._keys.append(_Key(ref, text, words, is_name))
            if not words:
                self._wordless[text].append(number)
                continue
            self._folds[folded].append(number)
            if singulars:
                self._singulars[singulars].append(number)
            if initials:
                self._initials[initials].append(number)
            for word in words:
                self._by_word[word].add(number)
        self._shared = self._shared_beginning()
        self._near_folds = Slips(self._folds)
        self._near_words = Slips(self._by_word)
        self._words = sorted(self._by_word)
        self._lines = {letter: "\n".join(words) for letter, words in groupby(self._words, itemgetter(0))}
        self._words_by_singular: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            self._words_by_singular[singular(word)].append(word)

    def also_called(self, given: Mapping[str, tuple[Ref, ...]]) -> Names:
        """Return an index that finds some entries by further names as well, which are no part of other names."""
        names = copy(self)
        names._given = given
        return names

    def _shared_beginning(self) -> tuple[str, ...]:
        """Return the words with which most names begin, as the organisation's own: people leave them out."""
        most = max(FEW, len(self._keys) / 3)
        shared: tuple[str, ...] = ()
        common = {word for word, holders in self._by_word.items() if len(holders) >= most}
        while common:
            at = len(shared)
            names = (key.words for key in self._keys if key.is_name and len(key.words) > at + 1)
            longer = Counter(words[: at + 1] for words in names if words[at] in common and words[:at] == shared)
            beginning, count = longer.most_common(1)[0] if longer else ((), 0)
            if count * 2 < sum(key.is_name for key in self._keys) or count < FEW:
                break
            shared = beginning
        return shared

    def find(self, mention: str, *, guess: bool = True, generic: bool = True) -> Match:
        """Find what a mention means.

        `guess=False` stops before the steps that are guesses. `generic=False` forbids to leave a generic
        word out, which is right where the mention was typed as one name.
        """
        if refs := self._given.get(mention):
            return Match(mention, Step.NAME, refs[:CHOICES], key=mention)
        whole, mention = mention, mention.strip()[:MENTION_LIMIT]
        for text in dict.fromkeys((whole, mention)):
            if found := self._written(text):
                return self._match(text, Step.NAME, found)
        namespace, slash, name = mention.partition("/")
        if slash and (ref := Ref.component(name, namespace)) in self._refs:
            return Match(mention, Step.OTHER_NAME, (ref,), key=mention)
        words = split(mention)
        if not words:
            return Match(mention)
        folded = "".join(words)
        if found := self._at(self._folds.get(folded, ())):
            return self._match(mention, Step.LETTERS, found)
        if found := self._at(self._other_forms(words, generic)):
            refs = _refs(found)
            if any(sorted(key.words) == sorted(words) for key in found):
                return self._match(mention, Step.FORM, found)
            literal = self._with_all([{word} & self._by_word.keys() for word in words])
            beside = [ref for ref in _refs(self._at(literal)) if ref not in refs]
            if not beside:
                return self._match(mention, Step.FORM, found)
            if guess:  # `user` is no surer a `users` than a `user-service`
                return Match(mention, Step.WORDS, (*refs, *beside)[:CHOICES], key=found[0].text)
        if not guess:
            return Match(mention)
        if found := self._at(self._misspelt(words, generic)):
            refs = _refs(found)
            if len(folded) > GUESSED or len(refs) > 1 or is_likely_slip(folded, "".join(found[0].words)):
                return self._match(mention, Step.TYPO, found)
            return Match(mention, nearest=refs)
        # A word of other names is that word before it is anybody's initials.
        if found := self._at(self._initials.get(folded, ()) if len(folded) > 2 and not self.knows(folded) else ()):
            return self._match(mention, Step.INITIALS, found)
        if found := self._at(self._joined_without_its_kind(folded) if len(words) == 1 else ()):
            return self._match(mention, Step.WORDS, found)
        held, near = self._by_words(words, generic)
        if held:
            return self._match(mention, Step.WORDS, self._at(held))
        return Match(mention, nearest=_refs(self._at(near))[:NEAREST])

    def with_nearest(self, match: Match) -> Match:
        """Return a match with the names nearest to a mention that was not found: what is offered instead."""
        if match.refs:
            return match
        nearest = dict.fromkeys((*match.nearest, *self.nearest(match.mention.rpartition("/")[2])))
        return replace(match, nearest=tuple(nearest)[:NEAREST])

    def knows(self, word: str) -> bool:
        """Say whether a word stands in any name."""
        return singular(word) in self._words_by_singular

    def nearest(self, mention: str) -> tuple[Ref, ...]:
        """Return the entries whose names look most like a mention that was not found."""
        words = split(mention[:MENTION_LIMIT])
        telling = tuple(word for word in words if word not in GENERIC)
        return self._nearest(telling) or self._nearest(words)

    def _nearest(self, words: tuple[str, ...]) -> tuple[Ref, ...]:
        folded = "".join(words)
        near = {found for found, _ in self._near_folds.near(folded, NEAR_FORMS)}
        for word in words:
            meanings = self._meanings(word) or set(self._known_within(word))
            for meaning in sorted(meanings, key=lambda each: len(self._by_word[each])):
                near.update("".join(self._keys[number].words) for number in sorted(self._by_word[meaning])[:NEAR_FORMS])
        hits = process.extract(folded, sorted(near), scorer=fuzz.WRatio, score_cutoff=NEAREST_CUTOFF, limit=12)
        return _refs(self._keys[self._folds[form][0]] for form, _, _ in hits)[:NEAREST]

    def _known_within(self, word: str) -> Iterator[str]:
        """Return the words of names with which a longer word begins or ends: `checkoutform` holds `checkout`."""
        for size in range(len(word) - 1, 3, -1):
            for part in (word[:size], word[-size:]):
                if part in self._by_word:
                    yield part

    def _written(self, text: str) -> list[_Key]:
        """Return the names that are written exactly so."""
        words = split(text)
        alike = self._folds.get("".join(words), ()) if words else self._wordless.get(text, ())
        return [key for key in self._at(alike) if key.text == text] if alike else []

    def _at(self, numbers: Iterable[int]) -> list[_Key]:
        return [self._keys[number] for number in numbers]

    def _match(self, mention: str, step: Step, found: list[_Key]) -> Match:
        """An exact name wins over other names that are written alike."""
        named = [key for key in found if key.is_name]
        if step <= Step.FORM:
            exact = [key for key in named if key.text == mention] or named
            found = exact or self._called_so(found) or found
        if step is Step.NAME and not named:
            step = Step.OTHER_NAME
        refs = _refs(found)
        return Match(mention, step, refs[:CHOICES], key=found[0].text)

    @staticmethod
    def _called_so(found: list[_Key]) -> list[_Key]:
        """Of several entries that have this name, those whose own name it is but for how it is written."""
        return [key for key in found if split(key.ref.name) == key.words] if len(_refs(found)) > 1 else []

    def _other_forms(self, words: tuple[str, ...], generic: bool) -> list[int]:
        """Singular and plural, words in another order, and a generic word beside the name."""
        for form in self._without_generic(words) if generic else [words]:
            if form != words and (found := self._folds.get("".join(form))):
                return found
            if self._shared and (found := self._folds.get("".join((*self._shared, *form)))):
                return found
            singulars = "".join(map(singular, form))
            if found := [*self._folds.get(singulars, ()), *self._singulars.get(singulars, ())]:
                return found
            if form == words and len(words) > 1 and all(map(self.knows, words)):
                wanted = sorted(map(singular, words))
                same = self._with_all([set(self._words_by_singular.get(word, ())) for word in wanted])
                if found := [n for n in same if sorted(map(singular, self._keys[n].words)) == wanted]:
                    return found
        return []

    def _without_generic(self, words: tuple[str, ...]) -> list[tuple[str, ...]]:
        forms = [words]
        if len(words) > 1 and words[-1] in GENERIC:
            forms.append(words[:-1])
        if len(words) > 1 and words[0] in GENERIC:
            forms.append(words[1:])
        return forms

    def _misspelt(self, words: tuple[str, ...], generic: bool) -> list[int]:
        """Names within a few slips of the keyboard: one from four letters on, two from eight, three from fifteen."""
        if all(word in KINDS for word in words):
            return []
        found = self._slips(words)
        if not found and generic and len(words) > 1 and words[-1] in GENERIC:
            found = self._slips(words[:-1])
        return found

    def _slips(self, words: tuple[str, ...]) -> list[int]:
        slips = [
            (distance, number)
            for name, distance in self._near_folds.near("".join(words), 4 * CHOICES)
            for number in self._folds[name]
            if self._is_slip(words, self._keys[number].words)
        ]
        least = min((distance for distance, _ in slips), default=0)
        return [number for distance, number in slips if distance <= least + 1]

    def _is_slip(self, typed: tuple[str, ...], name: tuple[str, ...]) -> bool:
        """Say whether a name that is nearly the same letters is nearly the same words.

        Where the words pair up, each has to be near its own: `crd` is no slip for `cli`, whatever stands before it. A
        word that stands in other names is that word, and a word with a digit is a model or a version: no slips either.
        """
        if len(typed) != len(name):
            fewer, more = sorted((typed, name), key=len)
            if any((*more[:at], *more[at + 1 :]) == fewer for at in range(len(more))):
                return False  # a word more is another name: `cluster-api-aws` is no slip for `cluster-api`
            if any(word in self._by_word and word not in "".join(name) for word in typed):
                return False
            numbered = [word for word in (*typed, *name) if not word.isalpha()]
            return all(word in "".join(typed) and word in "".join(name) for word in numbered)
        pairs = [(one, other) for one, other in zip(typed, name, strict=True) if one != other]
        return all(is_slip_of_word(one, other) and not (one.isalpha() and one in self._by_word) for one, other in pairs)

    def _joined_without_its_kind(self, folded: str) -> list[int]:
        """Names of several words that were typed as one, without the last that says what it is: `kubevip` of an app."""
        if len(folded) < GUESSED + 1 or self.knows(folded):
            return []
        return [number for kind in sorted(GENERIC) for number in self._folds.get(folded + kind, ())]

    def _by_words(self, words: tuple[str, ...], generic: bool) -> tuple[list[int], list[int]]:
        """Names that hold every word of the mention, exactly, misspelt or abbreviated, and those that come near.

        One that consists of these words alone wins, or begins with them and goes on with no more than a word for what
        it is (`kiln-app` for `kiln`); else all, the fullest first. Words that more names hold than can be offered say
        nothing, nor do words that are a small part of the only name that holds them.
        """
        if len(set(words)) < len(words) or (len(words) < 2 and words[0] in KINDS):
            return [], []
        scores = self._holding(words)
        wanted = tuple(word for word in words if word not in GENERIC)
        if not scores and generic and wanted and len(wanted) < len(words):
            scores = self._holding(wanted)
            dropped = [word for word in words if word not in wanted]
            if len(scores) > 1 and any(word in self._folds for word in dropped):
                return [], sorted(scores)[:NEAREST]  # what is called `website` here is no word for a kind
            kinds = {number for number in scores if GENERIC.intersection(self._keys[number].words)}
            if kinds == scores.keys():
                return [], sorted(kinds)[:NEAREST]  # another kind of thing: an api where an app was asked for
        ordered = sorted(scores, key=lambda number: (-scores[number], self._keys[number].text))
        whole = [number for number in ordered if scores[number] >= WHOLE]
        if len(_refs(self._at(whole))) == 1:
            return whole, []
        typed = tuple(map(singular, words))
        first = [n for n in ordered if tuple(map(singular, self._keys[n].words[: len(words)])) == typed]
        named = [number for number in first if GENERIC.issuperset(self._keys[number].words[len(words) :])]
        if len(_refs(self._at(named))) == 1 and _refs(self._at(named)) == _refs(self._at(first)):
            return named, []
        holders = len(_refs(self._at(ordered)))
        if holders > CHOICES or (holders == 1 and scores[ordered[0]] < GUESS_FLOOR):
            return [], ordered[:NEAREST]
        return ordered, []

    def _holding(self, words: tuple[str, ...]) -> dict[int, float]:
        """Score the names that hold every one of these words by how much of their weight the words carry.

        Of more than `HOLDERS` only those that may consist of these words alone, and enough others to tell that they
        are many.
        """
        if len(words) > 1 and not all(map(self.knows, words)) and self.knows(folded := "".join(words)):
            words = (folded,)  # `x-ray` is one word in other names
        meanings = [self._meanings(word, alone=len(words) == 1) for word in words]
        numbers = self._with_all(meanings)
        if not numbers and len(words) > 1:  # `bk` may be a word of one name, and a short form in this one
            meanings = [meant | self._abbreviated(word) for word, meant in zip(words, meanings, strict=True)]
            numbers = self._with_all(meanings)
        if len(numbers) > HOLDERS:
            alone = [number for number in numbers if len(self._keys[number].words) == len(words)]
            numbers = [*alone[:HOLDERS], *numbers[:HOLDERS]]
        meant = set().union(*meanings)
        scores = {}
        for number in numbers:
            mine = set(self._keys[number].words)
            scores[number] = math.fsum(map(self._weight, mine & meant)) / math.fsum(map(self._weight, mine))
        return scores

    def _weight(self, word: str) -> float:
        """Return how much a word tells: much when few names hold it."""
        return math.log(1 + len(self._keys) / len(self._by_word[word]))

    def _with_all(self, meanings: list[set[str]]) -> list[int]:
        """Return the names that hold a word of each set."""
        if not meanings or not all(meanings):
            return []
        holders = [[self._by_word[word] for word in words] for words in meanings]
        each = [sets[0] if len(sets) == 1 else set[int]().union(*sets) for sets in holders]
        return sorted(set.intersection(*sorted(each, key=len)))

    def _meanings(self, word: str, *, alone: bool = False) -> set[str]:
        """Return the words of names that a word may stand for."""
        if word in self._by_word:
            return {word, *(w for w in (singular(word), word + "s") if w in self._by_word)}
        found = self._abbreviated(word, alone=alone)
        found |= {*self._words_by_singular.get(singular(word), ())}
        found |= {short for short in short_forms_of(word) if short in self._by_word}
        if not found and len(word) >= 5:
            near = self._near_words.near(word, 5, most=1 if len(word) < 9 else 2)
            found = {other for other, _ in near if is_slip_of_word(word, other)}
        return found

    def _abbreviated(self, word: str, *, alone: bool = False) -> set[str]:
        shorts = {word, singular(word)}  # `notifs` is short for `notifications`
        return {each for short in shorts for each in self._longer(short) if abbreviates(short, each, alone=alone)}

    def _longer(self, short: str) -> Iterator[str]:
        """Return the words that a short one begins, and those that hold its letters in order."""
        yield from self._words[bisect_left(self._words, short) : bisect_left(self._words, short + LAST)]
        yield from self._words_by_singular.get(SHORT_FORMS.get(short, ""), ())
        if len(short) <= SHORT and short not in SHORT_FORMS:
            letters = "".join(f"[^\n{re.escape(letter)}]*{re.escape(letter)}" for letter in short[1:])
            pattern = f"^{re.escape(short[0])}{letters}[^\n]*"  # no letter can stand for two places: linear
            yield from re.findall(pattern, self._lines.get(short[0], ""), re.MULTILINE)


@lru_cache(maxsize=200_000)
def _forms(name: str) -> tuple[tuple[str, ...], str, str, str]:
    """Return the words of a name, these as one, in the singular where that is another form, and their initials.

    Kept, since an index is built again for every change, and nearly all of its names are the same.
    """
    words = split(name)
    folded, singulars = "".join(words), "".join(map(singular, words))
    initials = "".join([word[0] for word in words]) if len(words) > 2 else ""
    return words, folded, singulars if singulars != folded else "", initials


def _refs(keys: Iterable[_Key]) -> tuple[Ref, ...]:
    return tuple(dict.fromkeys(key.ref for key in keys))
