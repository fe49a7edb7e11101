"""Texts within a few slips: the index finds what comparing with every text finds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, Levenshtein

from assistant.core.slips import SWAPS, Slips, is_likely_slip, slips_allowed

TEXTS = st.lists(st.text("abcd", min_size=1, max_size=20), max_size=60, unique=True)


@settings(deadline=None, max_examples=300)
@given(TEXTS, st.data())
def test_everything_near_is_found(texts: list[str], data: st.DataObject) -> None:
    """Whatever was left out, added, changed or, once, swapped: no text within the slips is missed."""
    text = slipped(data.draw(st.sampled_from([*texts, "abcdabcd"])), data)
    allowed = slips_allowed(len(text))
    found = Slips(texts).near(text, limit=100)
    assert all(OSA.distance(text, other) == distance <= allowed for other, distance in found)
    near = [other for other in texts if allowed and OSA.distance(text, other) <= allowed]
    certain = {other for other in near if Levenshtein.distance(text, other) <= allowed + SWAPS}
    assert certain <= {other for other, _ in found} <= set(near)


def slipped(text: str, data: st.DataObject) -> str:
    """Return a text with some slips in it."""
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, max(0, len(text) - 1)))
        text = data.draw(
            st.sampled_from(
                (
                    text[:at] + text[at + 1 :],
                    text[:at] + "d" + text[at:],
                    text[:at] + "a" + text[at + 1 :],
                    text[:at] + text[at : at + 2][::-1] + text[at + 2 :],
                )
            )
        )
    return text


@given(st.text("asdfqwer", min_size=3, max_size=5), st.integers(0, 5), st.sampled_from("asdfqwerpl"))
def test_the_first_letter_is_hardly_ever_wrong(text: str, at: int, letter: str) -> None:
    """A short text is a slip for another only where letters are swapped, or something behind the first is amiss."""
    typed = text[:at] + letter + text[at + 1 :]
    if is_likely_slip(typed, text):
        assert typed[0] == text[0] or sorted(typed) == sorted(text)


@pytest.mark.parametrize(
    ("typed", "meant", "likely"),
    [
        ("kepl", "kelp", True),
        ("klp", "kelp", True),
        ("kwlp", "kelp", True),
        ("kkelp", "kelp", True),
        ("mind", "kind", False),
        ("kelt", "kelp", False),
        ("kel", "kelp", False),
    ],
)
def test_slips_that_keyboards_make(typed: str, meant: str, likely: bool) -> None:
    """Swapped, left out, doubled or hit beside is likely; another letter far away, or none at the end, is not."""
    assert is_likely_slip(typed, meant) is likely
