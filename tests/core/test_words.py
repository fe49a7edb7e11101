"""Words: names fall into words the same way however they are written, and a Slack message into clean tokens."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.core.words import (
    QUESTION_LIMIT,
    TOKEN_LIMIT,
    abbreviates,
    fold,
    repository_name,
    singular,
    split,
    stem,
    tokenize,
)


def texts(message: str) -> list[str]:
    return [token.text for token in tokenize(message)]


@pytest.mark.parametrize(
    "name", ["kiln-dns-tf", "kilnDnsTf", "kiln_dns_tf", "KILN DNS TF", "Kiln.Dns/Tf", "  kiln  dns—tf", "kíln-dns-tf"]
)
def test_one_name_however_written(name: str) -> None:
    """Case, hyphens, spaces, underscores and accents never keep a name from being found."""
    assert split(name) == ("kiln", "dns", "tf")
    assert fold(name) == "kilndnstf"


@pytest.mark.parametrize("words", ["check checks checker checking checked", "migrate migrates migration", "links link"])
def test_stem(words: str) -> None:
    """Words of one stem are found by one another."""
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [("XMLHttpRequest", ("xml", "http", "request")), ("rest APIs", ("rest", "apis")), ("CRDs", ("crds",)),
     ("APIserver", ("ap", "iserver")), ("theAPIsTeam", ("the", "apis", "team"))],
)  # fmt: skip
def test_capitals(name: str, words: tuple[str, ...]) -> None:
    """Capitals begin a word, and those in a row are one; the s behind them is their plural."""
    assert split(name) == words


@pytest.mark.parametrize(
    ("plural", "expected"),
    [
        ("kilns", "kiln"),
        ("queries", "query"),
        ("presses", "press"),
        ("boxes", "box"),
        ("branches", "branch"),
        ("redis", "redis"),
        ("status", "status"),
        ("glass", "glass"),
        ("aws", "aws"),
        ("kiln", "kiln"),
    ],
)
def test_singular(plural: str, expected: str) -> None:
    """A plural is compared as its singular, and a word that only ends in s stays."""
    assert singular(plural) == expected


@pytest.mark.parametrize(
    ("short", "word", "expected"),
    [
        ("db", "database", True),
        ("k8s", "kubernetes", True),
        ("auth", "authentication", True),
        ("tx", "transactions", True),
        ("conv", "conveyor", True),
        ("pmt", "payment", True),
        ("kiln", "kiln", False),
        ("k", "kiln", False),
        ("oven", "kiln", False),
        ("kln", "oven", False),
        ("paint", "pipeline-agent", False),
    ],
)
def test_abbreviates(short: str, word: str, expected: bool) -> None:
    """Short forms of the trade, beginnings and consonants in order stand for a word; other letters don't."""
    assert abbreviates(short, word) is expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("<@U0BOT> who owns kiln?", ["who", "owns", "kiln"]),
        ("<@U0BOT|assistant> kiln", ["kiln"]),
        ("<!here> <!channel|channel> <!subteam^S0OVENS|@ovens> kiln", ["kiln"]),
        ("is <#C0KILN|kiln-talk> right?", ["is", "kiln-talk", "right"]),
        ("read <https://wiki.example/x|the kiln page>", ["read", "the kiln page"]),
        ("see <https://github.com/pots/kiln/pull/7>", ["see", "kiln"]),
        ("see https://github.com/pots/kiln.git, please", ["see", "kiln", "please"]),
        ("salt &amp; pepper", ["salt", "&", "pepper"]),
        ('who owns "clay book"', ["who", "owns", "clay book"]),
        ("who owns “clay book”", ["who", "owns", "clay book"]),
        ("who owns ‘clay book’", ["who", "owns", "clay book"]),
        ("who owns `clay-book`?", ["who", "owns", "clay-book"]),
        ("```clay-book```", ["clay-book"]),
        ("who owns *clay-book* _now_", ["who", "owns", "clay-book", "now"]),
        ("mould_press_two", ["mould_press_two"]),
        (":wave: kiln :fire: 🔥", ["kiln"]),
        ("kiln's owner, the ovens’ lead", ["kiln", "owner", "the", "ovens", "lead"]),
        ("who's that", ["who's", "that"]),
        ("ki\u200bln\u202e \ufeffledger\u2066", ["kiln", "ledger"]),
        ("kiln-control.", ["kiln-control"]),
        ("<@U0BOT>", []),
        (":tada: 🎉", []),
        (" \n\t ", []),
        ("", []),
    ],
)
def test_tokens_of_a_message(message: str, expected: list[str]) -> None:
    """What Slack wraps around words is taken off: people, broadcasts and emoji vanish, links and quotes are names."""
    assert texts(message) == expected


def test_marked_tokens_are_surely_names() -> None:
    """A quoted name, a channel and a link count as names, with where they point."""
    channel, quoted, link, plain = tokenize("<#C0KILN|kiln-talk> `wheel` <https://github.com/pots/kiln> wheel")
    assert (channel.marked, quoted.marked, link.marked, plain.marked) == (True, True, True, False)
    assert channel.channel == "kiln-talk"
    assert link.url == "https://github.com/pots/kiln"


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("kiln-control", True),
        ("glazeMixer", True),
        ("mould_press", True),
        ("k8s", True),
        ("clay.io", True),
        ("kiln", False),
        ("Kiln", False),
        ("e.g", False),
        ("24/7", False),
        ("10.5", False),
        ("10am", False),
        ("500ms", False),
    ],
)
def test_identifiers(text: str, identifier: bool) -> None:
    """Compounds are names; words, times and numbers are not taken for one."""
    assert tokenize(text)[0].is_identifier is identifier


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/pots/kiln", "kiln"),
        ("https://github.com/pots/kiln.git", "kiln"),
        ("https://gitlab.pots.example/pots/kiln/-/issues/3", "kiln"),
        ("https://github.com/pots/mono/tree/main/packages/wheel/src", "wheel"),
        ("https://wiki.pots.example/pots/kiln", None),
        ("https://github.com/pots", None),
        ("kiln", None),
    ],
)
def test_repository_name(url: str, expected: str | None) -> None:
    """An address of a code host names its repository, or the package of a monorepo; other addresses name nothing."""
    assert repository_name(url) == expected


@pytest.mark.parametrize(
    "pasted", ["x" * 40_000, "kiln " * 8_000, '"' * 40_000, "`a " * 13_333, "<" * 40_000, "<@" * 20_000, "_a " * 13_333]
)
def test_long_messages_cost_no_more_than_the_cap(pasted: str) -> None:
    """Of a pasted log only the first and the last thousand characters are read."""
    half = QUESTION_LIMIT // 2
    assert len(tokenize(pasted)) <= TOKEN_LIMIT
    assert tokenize(pasted) == tokenize(f"{pasted[:half]}{'x' * 40_000}{pasted[-half:]}")


def test_the_end_of_a_long_message_is_read() -> None:
    """The question behind a pasted log is read, and what stands at the cut is not taken for one name."""
    texts = [token.text for token in tokenize("error at line " * 300 + "who owns the ledger?")]
    assert texts[-4:] == ["who", "owns", "the", "ledger"]
    [cut] = [token for token in tokenize("checkout " * 60 + "api " * 60) if token.break_after]
    assert cut.text == "checkout"


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_becomes_tokens_with_words(text: str) -> None:
    """No text is too strange to read, and no token is empty."""
    assert all(token.text for token in tokenize(text))
    assert fold(text) == "".join(split(text))
    assert fold(fold(text)) == fold(text)
