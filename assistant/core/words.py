"""Words: how a name falls into words, and how a Slack message falls into tokens."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

QUESTION_LIMIT = 2_000
"""Characters of a message that are read: of more its beginning and its end, where questions stand."""

TOKEN_LIMIT = 100
"""Tokens that are looked up; of a longer message its beginning and its end, where questions stand."""

_CASE_BOUNDARY = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])(?![A-Z]s(?![a-z]))"
)
_WORD = re.compile(r"[^\W_]+")

SHORT_FORMS = {
    "auth": "authentication",
    "cfg": "config",
    "conf": "config",
    "db": "database",
    "dev": "development",
    "doc": "documentation",
    "docs": "documentation",
    "env": "environment",
    "gh": "github",
    "gw": "gateway",
    "infra": "infrastructure",
    "k8s": "kubernetes",
    "lb": "loadbalancer",
    "lib": "library",
    "mq": "queue",
    "msg": "message",
    "mw": "middleware",
    "o11y": "observability",
    "obs": "observability",
    "ops": "operations",
    "pg": "postgres",
    "prod": "production",
    "repo": "repository",
    "svc": "service",
    "tf": "terraform",
    "tx": "transaction",
    "txs": "transactions",
    "ui": "frontend",
}
"""Short forms of the trade that no rule derives: `tx` holds an x that `transaction` has not."""


@lru_cache(maxsize=50_000)
def short_forms_of(word: str) -> tuple[str, ...]:
    """Return the short forms of the trade that stand for a word: `db` for `database`."""
    return tuple(short for short, long in SHORT_FORMS.items() if long in (word, singular(word)))


@lru_cache(maxsize=200_000)
def split(text: str) -> tuple[str, ...]:
    """Return the words of a name, in lower case: `govukDnsTf`, `govuk-dns-tf` and `GOVUK DNS TF` are the same words."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return tuple(_WORD.findall(_CASE_BOUNDARY.sub(" ", text).casefold()))


def fold(text: str) -> str:
    """Return a name with its case, hyphens, spaces and underscores taken away."""
    return "".join(split(text))


@lru_cache(maxsize=50_000)
def singular(word: str) -> str:
    """Return a plural as its singular, near enough to compare two words."""
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        if word.endswith("ies") and len(word) > 4:
            return word[:-3] + "y"
        if word.endswith(("ches", "shes", "xes", "sses")):
            return word[:-2]
        return word[:-1]
    return word


_ENDINGS = ("ings", "ions", "ers", "ors", "ing", "ion", "ed", "er", "or", "es", "e", "s")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return a word without its ending, near enough that `checks`, `checker` and `checking` are one."""
    ending = next((each for each in _ENDINGS if word.endswith(each) and len(word) - len(each) >= 4), "")
    return word.removesuffix(ending)


SHORT = 5
"""Letters of the longest short form that leaves out vowels."""


def abbreviates(short: str, word: str, *, alone: bool = False) -> bool:
    """Say whether people write `short` for `word`: a known short form, its beginning, or its consonants in order.

    `alone`: no other word tells what is meant, so that at least half of the consonants have to be there. Of two
    letters the second has to stand for at most four.
    """
    if len(short) < 2 or len(short) >= len(word):
        return False
    if SHORT_FORMS.get(short) in (word, singular(word)) or (len(short) >= 3 and word.startswith(short)):
        return True
    if short in SHORT_FORMS:
        return False  # it stands for another word: `db` is no short form of `dashboard`
    if (
        short[0] != word[0]
        or len(short) > SHORT
        or (alone and len(short) == 2)
        or any(letter in "aeiou" for letter in short[1:])
    ):
        return False
    letters = iter(word)
    consonants = [letter for letter in word[1:] if letter not in "aeiou"]
    share = 2 if alone else 4 if len(short) == 2 else len(word)
    return all(letter in letters for letter in short) and share * (len(short) - 1) >= len(consonants)


@dataclass(frozen=True)
class Token:
    """One token of a message. `marked`: quoted, in backticks, emphasised, or a link or channel: surely a name."""

    text: str
    marked: bool = False
    break_after: str = ""
    """The mark behind it over which no name reaches, such as a comma."""
    url: str | None = None
    channel: str | None = None
    possessive: bool = False
    """It was written with an `'s`, which is no part of it."""
    spoken: bool = False
    """A word of the sentence, which is no part of a name."""
    word: str = field(init=False, compare=False)
    """The text as words are compared: in lower case, with straight apostrophes."""
    words: tuple[str, ...] = field(init=False, compare=False)
    """The words that a name would fall into."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "word", self.text.casefold().replace("’", "'"))
        object.__setattr__(self, "words", split(self.text))

    @property
    def is_one_name(self) -> bool:
        """A token typed as one name, in which no word is there only to say what sort of thing it is."""
        return self.is_identifier and " " not in self.text

    @cached_property
    def is_identifier(self) -> bool:
        """A token that no sentence holds by chance: `checkout-api`, `govuk_docker`, `dnsTf`, `k8s.io`."""
        if self.marked:
            return True
        inner = self.text.strip("-_./@")
        compound = re.search(r"[-_./@]", inner) and not re.fullmatch(r"(\w{1,2}[./]){1,3}\w{0,2}|\d+[\d.,/-]*", inner)
        camel = len(self.words) > 1 and _CASE_BOUNDARY.search(inner) is not None
        digits = re.search(r"[a-zA-Z]\d|\d[a-zA-Z]{2}", inner) and not re.fullmatch(
            r"\d+(am|pm|s|ms|h|k|x|th|rd|nd)", inner
        )
        return bool(compound or camel or digits)


_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\x00-\x08\x0e-\x1f\x7f]")
_SLACK = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_NUMBERING = re.compile(r"(?:^|(?<=[\n,;:]))[ \t]*\d{1,2}[.)][ \t]+(?=\S)")
"""The numbers of a list: `1. ledger`."""
_EMOJI = re.compile(r"(?<!\w):[a-z0-9_+'-]+:(?!\w)|[\U0001F000-\U0001FAFF☀-➿️‍]+")
_QUOTED = re.compile(
    r"```(.+?)```|`([^`]+)`|\"([^\"]+)\"|“([^”]+)”|(?<!\w)'([^']+)'(?!\w)|‘([^’]+)’(?!\w)|(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])|(?<!\w)_([^_\s][^_]*)_(?!\w)",
    re.S,
)
_PIECE = re.compile(r"[\w@#&+'’./-]+|[^\w\s]|\n")


_ADDRESS = re.compile(r"(https?://[^\s<>]+|(?<![\w./@])(?:www\.)?(?:github|gitlab|bitbucket)\.\w+/[^\s<>]+)")
_POSSESSIVE = re.compile(
    r"(?<!\bwho)(?<!\bwhat)(?<!\bwhere)(?<!\bit)(?<!\bthat)(?<!\bthere)(?<!\bhere)(?<!\blet)['’]s$", re.I
)


def tokenize(text: str) -> tuple[Token, ...]:
    """Return a message, as a Slack event carries it, as tokens. User mentions, broadcasts and emoji are dropped."""
    if len(text) > QUESTION_LIMIT:
        text = f"{text[: QUESTION_LIMIT // 2]}\n{text[-QUESTION_LIMIT // 2 :]}"
    text = _NUMBERING.sub("\n", _INVISIBLE.sub("", text))
    tokens: list[Token] = []
    position = 0
    for match in _SLACK.finditer(text):
        _plain(text[position : match.start()], tokens)
        position = match.end()
        sigil, target, label = match[1], html.unescape(match[2]), html.unescape(match[3] or "")
        if sigil == "#":
            tokens.append(Token(label or target, marked=True, channel=label or target))
        elif not sigil and target:
            name = label if label and "://" not in label else repository_name(target) or target
            tokens.append(Token(name, marked=True, url=target))
    _plain(text[position:], tokens)
    return shortened(tokens)


def shortened(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Return as many tokens as are read: of more the first and the last, which are not taken for neighbours."""
    if len(tokens) <= TOKEN_LIMIT:
        return tuple(tokens)
    half = TOKEN_LIMIT // 2
    return (*tokens[: half - 1], replace(tokens[half - 1], break_after="\n"), *tokens[-half:])


def _plain(text: str, tokens: list[Token]) -> None:
    """Append the tokens of text without Slack's own marks; what stands in quotes becomes one token."""
    text = _EMOJI.sub(" ", html.unescape(text))
    position = 0
    for match in _QUOTED.finditer(text):
        inner = next(group for group in match.groups() if group is not None).strip()
        if len(inner) > 100 or len(inner.split()) > 6 or not split(inner):
            continue
        _append_pieces(text[position : match.start()], tokens)
        _append_pieces(inner, tokens) if inner.startswith("http") else tokens.append(Token(inner, marked=True))
        position = match.end()
    _append_pieces(text[position:], tokens)


def pieces(text: str) -> list[Token]:
    """Return the tokens of text in which nothing is quoted."""
    tokens: list[Token] = []
    _append_pieces(text, tokens)
    return tokens


def _append_pieces(text: str, tokens: list[Token]) -> None:
    for piece in _ADDRESS.split(text):
        if _ADDRESS.match(piece):
            address = piece.rstrip(".,;:!?)")
            address = address if "://" in address else f"https://{address}"
            tokens.append(Token(repository_name(address) or address, marked=True, url=address))
            continue
        for match in _PIECE.finditer(piece):
            word = match[0]
            stop = word[-1] if word[-1] in ".!?\n;:,()—–" or word in "-/" else ""
            bare = _POSSESSIVE.sub("", word.strip(".'’/").rstrip("-"))
            if split(bare) or bare in ("&", "+"):
                possessive = word.removeprefix(bare).startswith(("'", "’"))
                tokens.append(Token(bare, break_after=stop, possessive=possessive))
            elif stop and tokens:
                tokens[-1] = replace(tokens[-1], break_after=tokens[-1].break_after or stop)


_HOSTED = re.compile(r"https?://[^/]*(?:github|gitlab|bitbucket|git\.)[^/]*/([^/?#]+)/([^/?#]+)(/[^?#]*)?")
_PACKAGE = re.compile(r"/(?:-/)?(?:tree|blob)/[^/]+/(?:packages|apps|services|plugins|components|libs)/([^/]+)")


@lru_cache(maxsize=200_000)
def repository_name(url: str) -> str | None:
    """Return the repository that an address of a code host points at; inside a monorepo the package's folder."""
    match = _HOSTED.match(url)
    if not match:
        return None
    package = _PACKAGE.match(match[3] or "")
    return package[1] if package else match[2].removesuffix(".git")
