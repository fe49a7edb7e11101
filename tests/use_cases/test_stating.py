"""Stating: what somebody said becomes everybody's, when they may say it and no file says otherwise."""

from __future__ import annotations

import pytest
from registries import NOW, rulebook

from assistant.core.answers import Answer, Invalid, Models, Refusal
from assistant.core.catalog import PEOPLE
from assistant.core.entries import FactValue, Ref
from assistant.core.messages import plain
from assistant.core.outcomes import FactsSaved, Overtaken
from assistant.core.policy import Actor
from assistant.core.proposals import Change
from assistant.core.wording import word
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.stating import save_facts

API = Ref.component("api-v2")
LEDGER = Ref.component("clay-ledger")
MEMBER = Actor("U0MEM", "Mem Ber", "member")
CONTACT = Actor("U0OVA", "Ova", "member")
IN_GROUP = Actor("U0GRP", "Gro", "member", frozenset({"S0OVENS"}))
ADMIN = Actor("U0ADM", "Adi", "administrator")
GUEST = Actor("U0GUS", "Gus", None)


def save(registry: Registry, actor: Actor, ref: Ref = API, **facts: FactValue) -> Answer:
    return save_facts(Change(ref, facts), actor, registry, rulebook(), NOW)


@pytest.mark.parametrize("actor", [CONTACT, IN_GROUP, ADMIN])
def test_those_who_may_save(registry: Registry, actor: Actor) -> None:
    """The owning team's contacts, its usergroup and administrators save facts, which decide from then on."""
    answer = save(registry, actor, lifecycle="shared", ownership="developers")
    assert isinstance(answer, FactsSaved)
    assert answer.recommendation.decision.model is not None
    assert answer.recommendation.decision.model.id == "complicated-subsystem-team"
    after = registry.snapshot().catalog
    assert after.components[API].known_facts == {"lifecycle": "shared", "ownership": "developers"}
    origin = after.origin(API, "lifecycle")
    assert origin is not None
    assert (origin.source, origin.author) == (PEOPLE, f"{actor.name} <{actor.id}>")


@pytest.mark.parametrize("actor", [MEMBER, GUEST])
def test_those_who_may_not(registry: Registry, actor: Actor) -> None:
    """Anybody else is refused with who can, and nothing is saved."""
    answer = save(registry, actor, lifecycle="shared")
    assert isinstance(answer, Refusal)
    assert answer.sentence == "Only Ovens or a registry administrator can save facts about api-v2."
    assert registry.snapshot().catalog.revision == 1


def test_what_a_file_states_is_changed_in_the_file(registry: Registry) -> None:
    """Even an administrator does not overrule a file, and nothing beside it is saved either."""
    answer = save(registry, ADMIN, Ref.component("glazeMixer"), ownership="developers", lifecycle="application-bound")
    assert isinstance(answer, Refusal)
    assert answer.sentence == "This is stated in registry.yaml."
    assert registry.snapshot().catalog.revision == 1


def test_saying_what_is_stated_already(registry: Registry) -> None:
    """A fact that the registry holds already is not stated again, and nobody is said to have saved it just now."""
    assert isinstance(save(registry, CONTACT, LEDGER, lifecycle="shared", ownership="external-team"), Models)
    assert registry.snapshot().catalog.revision == 1
    assert isinstance(save(registry, CONTACT, API, lifecycle="shared"), FactsSaved)
    assert isinstance(save(registry, CONTACT, API, lifecycle="shared"), Models)
    assert registry.snapshot().catalog.revision == 2


def test_people_change_their_minds(registry: Registry) -> None:
    """What people said, people change who have seen it."""
    save(registry, CONTACT, lifecycle="shared")
    change = Change(API, {"lifecycle": "application-bound"}, before={"lifecycle": "shared"})
    assert isinstance(save_facts(change, ADMIN, registry, rulebook(), NOW), FactsSaved)
    assert registry.snapshot().catalog.components[API].lifecycle == "application-bound"


def test_somebody_else_was_quicker(registry: Registry) -> None:
    """Whoever answers differently what somebody has answered meanwhile saves nothing, and is told who did and what."""
    save(registry, ADMIN, lifecycle="shared", ownership="developers")
    revision = registry.snapshot().catalog.revision
    late = save(registry, CONTACT, lifecycle="application-bound", ownership="developers")
    assert isinstance(late, Overtaken)
    assert [known.fact.name for known in late.instead] == ["lifecycle"]
    assert late.recommendation.decision.model is not None
    assert plain(word(late)).startswith("Adi has answered that on 1 July, 14:02 UTC: Others use it.")
    assert registry.snapshot().catalog.revision == revision


@pytest.mark.parametrize("facts", [{"lifecycle": "forever"}, {"colour": "blue"}, {"lifecycle": True}])
def test_a_button_from_before_the_rules_changed(registry: Registry, facts: dict[str, FactValue]) -> None:
    """A fact or a value that the rulebook does not know is not saved."""
    assert isinstance(save_facts(Change(API, facts), ADMIN, registry, rulebook(), NOW), Invalid)
    assert registry.snapshot().catalog.revision == 1


def test_a_component_that_has_gone(registry: Registry) -> None:
    """A fact about something that was removed since is not saved."""
    answer = save(registry, ADMIN, Ref.component("bygone"), lifecycle="shared")
    assert isinstance(answer, Invalid)
    assert "bygone was removed since" in answer.sentence
