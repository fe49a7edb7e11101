"""What is learned from questions is kept for as long as it is of use, in every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from assistant.core.entries import Ref
from assistant.storage.learned import PICKS_OF_ONE, UNFOUND_AT_MOST, Learned, Unfound

NOW = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
API, WEB = Ref.component("checkout-api"), Ref.component("checkout-web", "shop")


def test_the_last_pick_counts(engine: Engine) -> None:
    """What somebody chose last for words is what they chose; it is theirs alone, and can be forgotten."""
    learned = Learned(engine, "default")
    assert learned.pick_of("U1", "checkout") is None
    learned.remember_pick("U1", "checkout", API, NOW)
    learned.remember_pick("U1", "checkout", WEB, LATER)
    assert learned.pick_of("U1", "checkout") == WEB
    assert learned.pick_of("U2", "checkout") is None
    assert Learned(engine, "other").pick_of("U1", "checkout") is None
    learned.forget_pick("U1", "checkout")
    assert learned.pick_of("U1", "checkout") is None


def test_old_picks_are_let_go(engine: Engine) -> None:
    """Of one person the newest picks are kept, however many they make; others lose none."""
    learned = Learned(engine, "default")
    learned.remember_pick("U2", "name0", API, NOW)
    for number in range(PICKS_OF_ONE + 1):
        learned.remember_pick("U1", f"name{number}", API, NOW + timedelta(seconds=number))
    assert learned.pick_of("U1", "name0") is None
    assert learned.pick_of("U1", "name1") == API
    assert learned.pick_of("U2", "name0") == API


def test_names_are_counted(engine: Engine) -> None:
    """A name is counted however it is written, listed as it was first written, the most wanted first."""
    learned = Learned(engine, "default")
    learned.count_unfound("moon-base", "moonbase", NOW)
    learned.count_unfound("Seed Bank", "seedbank", NOW)
    learned.count_unfound("seed-bank", "seedbank", LATER)
    moon, seed = Unfound("moon-base", 1, NOW, "moonbase"), Unfound("Seed Bank", 2, LATER, "seedbank")
    assert learned.unfound() == [seed, moon]
    assert Learned(engine, "other").unfound() == []
    learned.forget_unfound(["seedbank"])
    assert learned.unfound() == [moon]


def test_old_names_are_let_go(engine: Engine) -> None:
    """The list stays short whatever is asked; what was asked for long ago goes first, and what is new is kept."""
    learned = Learned(engine, "default")
    for number in range(UNFOUND_AT_MOST):
        learned.count_unfound(f"name{number}", f"name{number}", NOW + timedelta(seconds=number))
    learned.count_unfound("fresh", "fresh", LATER)
    names = [each.name for each in learned.unfound()]
    assert len(names) == UNFOUND_AT_MOST
    assert "fresh" in names
    assert "name0" not in names
