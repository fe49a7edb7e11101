"""Naming: a choice can become an answer for everyone, by those who may, and be taken back."""

from __future__ import annotations

import pytest
from registries import NOW, rulebook

from assistant.core.answers import Invalid, Owners, Pick, Refusal
from assistant.core.catalog import PEOPLE
from assistant.core.entries import Ref
from assistant.core.messages import CallIt
from assistant.core.outcomes import AliasChanged, AliasOffer
from assistant.core.policy import Actor
from assistant.use_cases.asking import ask
from assistant.use_cases.naming import call_it, offer_alias
from assistant.use_cases.snapshots import Registry

KILN = Ref.component("kiln-control")
MEMBER = Actor("U0MEM", "Mem Ber", "member")
CONTACT = Actor("U0OVA", "Ova", "member")
ADMIN = Actor("U0ADM", "Adi", "administrator")
GUEST = Actor("U0GUS", "Gus", None)


def owners(registry: Registry, name: str) -> list[str]:
    answer = ask(f"who owns {name}?", registry.snapshot(), rulebook()).answer
    return [card.component.name for card in answer.cards] if isinstance(answer, Owners) else []


def chosen(mention: str) -> Pick:
    return Pick(KILN, "owner", None, mention)


@pytest.mark.parametrize("actor", [CONTACT, ADMIN])
def test_a_name_for_everyone_and_back(registry: Registry, actor: Actor) -> None:
    """Those who may are offered it; then the words are answered, beside the names that a file states; undo ends it."""
    assert offer_alias(chosen("furnace"), actor, registry) == AliasOffer(
        registry.snapshot().catalog.components[KILN], "furnace"
    )
    for _ in range(2):  # a second click changes nothing
        assert isinstance(call_it(CallIt(KILN, "furnace"), actor, registry, NOW), AliasChanged)
    call_it(CallIt(KILN, "hearth"), actor, registry, NOW)
    assert registry.snapshot().catalog.components[KILN].aliases == ("oven-brain", "furnace", "hearth")
    assert owners(registry, "the furnace") == ["kiln-control"]
    origin = registry.snapshot().catalog.stated_by(PEOPLE)[KILN]
    assert origin == {"aliases": ["furnace", "hearth"]}
    for _ in range(2):
        assert isinstance(call_it(CallIt(KILN, "furnace", drop=True), actor, registry, NOW), AliasChanged)
    call_it(CallIt(KILN, "hearth", drop=True), actor, registry, NOW)
    assert owners(registry, "furnace") == []
    assert registry.snapshot().catalog.components[KILN].aliases == ("oven-brain",)


@pytest.mark.parametrize("actor", [MEMBER, GUEST])
def test_who_may_not(registry: Registry, actor: Actor) -> None:
    """Others are offered nothing, and a click of theirs changes nothing and says who can."""
    assert offer_alias(chosen("furnace"), actor, registry) is None
    refused = call_it(CallIt(KILN, "furnace"), actor, registry, NOW)
    assert isinstance(refused, Refusal)
    assert "Only Ovens or a registry administrator can" in refused.sentence
    assert owners(registry, "furnace") == []


@pytest.mark.parametrize(
    "name",
    ["kiln-control", "kiln control", "oven-brain", "Wheel", "stamper", "the service", "app", "\u202e", "", "x" * 300],
)
def test_what_is_no_new_name(registry: Registry, name: str) -> None:
    """What is called so already, here or elsewhere, what stands in every question, and what is no name is refused."""
    assert offer_alias(chosen(name), ADMIN, registry) is None
    before = registry.snapshot().catalog.revision
    refused = call_it(CallIt(KILN, name), ADMIN, registry, NOW)
    assert isinstance(refused, Invalid)
    assert "Nothing was changed." in refused.sentence
    assert registry.snapshot().catalog.revision == before


def test_a_component_that_is_gone(registry: Registry) -> None:
    """A button of a component that was removed says so."""
    assert isinstance(call_it(CallIt(Ref.component("gone"), "furnace"), ADMIN, registry, NOW), Invalid)
    assert offer_alias(Pick(Ref.component("gone"), "owner", None, "furnace"), ADMIN, registry) is None
