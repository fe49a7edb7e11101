"""Learning from questions: for one person a choice is made once, and names are counted, not messages."""

from __future__ import annotations

import pytest
from registries import NOW, rulebook

from assistant.core.answers import Answer, Choices, NotFound, Owners, Pick, Refusal, Remembered, UnfoundNames
from assistant.core.entries import Ref
from assistant.core.forms import Intent
from assistant.core.policy import Actor
from assistant.use_cases.asking import ask
from assistant.use_cases.learning import answer_to, choose, forget, name_to_count, reconsider, unfound, unfound_if_asked
from assistant.use_cases.snapshots import Registry

ANN, BOB = Actor("U0ANN", "Ann", "member"), Actor("U0BOB", "Bob", "member")
ADMIN = Actor("U0ADM", "Adi", "administrator")
SEAL = Ref.component("seal-press")


def asked(registry: Registry, text: str, actor: Actor = ANN) -> Answer:
    return answer_to(text, actor, registry.snapshot(), rulebook(), registry.learned)


def chosen(registry: Registry, ref: Ref, mention: str, *, offered: bool = True) -> None:
    choose(Pick(ref, "owner", None, mention, offered), ANN, registry, rulebook(), NOW)


def test_a_choice_is_made_once(registry: Registry) -> None:
    """Who chose one of several is answered so, in whatever words it is asked; others choose themselves."""
    assert isinstance(asked(registry, "who owns stamper?"), Choices)
    chosen(registry, SEAL, "stamper")
    answer = asked(registry, "the STAMPER is stuck, whose is it")
    assert isinstance(answer, Remembered)
    assert isinstance(answer.answer, Owners)
    assert [card.component.name for card in answer.answer.cards] == ["seal-press"]
    assert isinstance(asked(registry, "who owns stamper?", BOB), Choices)
    assert isinstance(reconsider(answer.pick, ANN, registry, rulebook()), Choices)
    assert isinstance(asked(registry, "who owns stamper?"), Choices)


def test_what_was_meant_by_an_unknown_name(registry: Registry) -> None:
    """Who chose one of the nearest for a name that nobody has is answered so the next time."""
    assert isinstance(asked(registry, "who owns api-v3?"), NotFound)
    chosen(registry, Ref.component("api-v2"), "api-v3")
    assert isinstance(asked(registry, "who owns api-v3?"), Remembered)


@pytest.mark.parametrize(
    ("ref", "mention", "offered"),
    [(SEAL, "stamper", False), (Ref.component("wheel"), "stamper", True), (SEAL, "the thing that stamps", True)],
)
def test_what_is_no_choice(registry: Registry, ref: Ref, mention: str, offered: bool) -> None:
    """Another button, what was never offered for a name, and what was described are not remembered."""
    chosen(registry, ref, mention, offered=offered)
    assert registry.learned.pick_of(ANN.id, "stamper") is None
    assert not isinstance(asked(registry, f"who owns {mention}?"), Remembered)


@pytest.mark.parametrize(
    ("text", "expect", "name"),
    [
        ("who owns moon-base?", None, "moon-base"),
        ("who owns vault", None, "vault"),
        ("moon base", "owner", "moon base"),
        ("whom do I ask about my divorce lawyer", None, None),
        ("who owns bob.miller@example.com?", None, None),
        ("who owns https://example.com/secret?", None, None),
        ("who owns kiln-control?", None, None),
    ],
)
def test_what_is_counted(registry: Registry, text: str, expect: Intent | None, name: str | None) -> None:
    """A name that nobody has is counted where it was typed as one; addresses and parts of sentences are not."""
    answer = ask(text, registry.snapshot(), rulebook(), expect).answer
    assert name_to_count(answer, expect) == name


def test_the_list_of_names(registry: Registry) -> None:
    """Administrators see what nobody could find, not what is found by now, and take names off the list."""
    for name in ("moon-base", "kiln-control", "sun-dial"):
        registry.learned.count_unfound(name, name.replace("-", ""), NOW)
    assert isinstance(unfound(ANN, registry), Refusal)
    assert isinstance(forget("moon-base", ANN, registry), Refusal)
    listed = unfound_if_asked(" Unfound ", ADMIN, registry)
    assert isinstance(listed, UnfoundNames)
    assert [each.name for each in listed.names] == ["moon-base", "sun-dial"]
    left = forget("moon-base", ADMIN, registry)
    assert isinstance(left, UnfoundNames)
    assert [each.name for each in left.names] == ["sun-dial"]
