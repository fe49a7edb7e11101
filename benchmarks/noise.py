"""How people write a name: each way as a function of the name and of chance. None: the name cannot be written so."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

from assistant.core.words import split

Noise = Callable[[str, random.Random], str | None]
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
ELSEWHERE = ("globex", "initech", "hooli", "stripe", "netflix", "wayne")
EXTRA = ("service", "app", "team's", "repo", "thing")
ASKED = (
    "who owns {}?",
    "hey, whose is {} these days",
    "{} is throwing errors since noon, who looks after it?",
    "does anybody know who maintains {}",
    "need to talk to the owner of {} please",
    "/who-owns {}",
    "{}?",
)
"""Questions that a name is put into."""


def exact(name: str, _: random.Random) -> str | None:
    return name


def slip(name: str, chance: random.Random) -> str | None:
    """A letter left out, doubled, swapped with the next, or replaced by its neighbour on the keyboard."""
    places = [at for at in range(1, len(name) - 1) if name[at].isalpha() and name[at + 1].isalpha()]
    if len(name) < 5 or not places:
        return None
    at = chance.choice(places)
    match chance.randrange(4):
        case 0:
            written = name[:at] + name[at + 1 :]
        case 1:
            written = name[:at] + name[at] + name[at:]
        case 2:
            written = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        case _:
            written = name[:at] + _beside(name[at], chance) + name[at + 1 :]
    return written if written != name else None


def two_slips(name: str, chance: random.Random) -> str | None:
    once = slip(name, chance) if len(name) >= 10 else None
    return slip(once, chance) if once else None


def joined(name: str, _: random.Random) -> str | None:
    words = split(name)
    return "".join(words) if len(words) > 1 else None


def spaced(name: str, _: random.Random) -> str | None:
    words = split(name)
    return " ".join(words) if len(words) > 1 else None


def reordered(name: str, chance: random.Random) -> str | None:
    words = list(split(name))
    if not 2 <= len(words) <= 4 or len(set(words)) < len(words):
        return None
    chance.shuffle(words)
    return " ".join(words) if tuple(words) != split(name) else None


def abbreviated(name: str, chance: random.Random) -> str | None:
    """One word by its beginning or its consonants."""
    words = list(split(name))
    long = [at for at, word in enumerate(words) if len(word) >= 6 and word.isalpha()]
    if len(words) < 2 or not long:
        return None
    at = chance.choice(long)
    consonants = words[at][0] + "".join(letter for letter in words[at][1:] if letter not in "aeiou")
    words[at] = words[at][:4] if chance.random() < 0.5 else consonants[:4]
    return " ".join(words)


def a_word_less(name: str, chance: random.Random) -> str | None:
    words = split(name)
    if len(words) < 3:
        return None
    return " ".join(words[1:] if chance.random() < 0.5 else words[:-1])


def a_word_more(name: str, chance: random.Random) -> str | None:
    return f"{name} {chance.choice(EXTRA)}"


def plural(name: str, _: random.Random) -> str | None:
    return name + "s" if name[-1].isalpha() and name[-1] != "s" else None


def qualified(name: str, chance: random.Random) -> str | None:
    return f"{chance.choice(ELSEWHERE)} {' '.join(split(name))}"


def of_others(name: str, chance: random.Random) -> str | None:
    return f"{chance.choice(ELSEWHERE)}/{name}" if "/" not in name and " " not in name else None


def another_word(name: str, chance: random.Random) -> str | None:
    """One word of a name exchanged for one that no name holds."""
    words = list(split(name))
    if len(words) < 2:
        return None
    words[chance.randrange(len(words))] = chance.choice(ELSEWHERE)
    return "-".join(words)


ABSENT: dict[str, Noise] = {"of somebody else": qualified, "elsewhere/name": of_others, "another word": another_word}
"""Names of what is not registered, made from names that are."""
KINDS: dict[str, Noise] = {
    "exact": exact,
    "one slip": slip,
    "two slips": two_slips,
    "joined": joined,
    "spaced": spaced,
    "reordered": reordered,
    "abbreviated": abbreviated,
    "a word less": a_word_less,
    "a word more": a_word_more,
    "plural": plural,
}


def _beside(letter: str, chance: random.Random) -> str:
    for row in KEYBOARD:
        if (at := row.find(letter.lower())) >= 0:
            return chance.choice([row[near] for near in (at - 1, at + 1) if 0 <= near < len(row)])
    return chance.choice(string.ascii_lowercase)
