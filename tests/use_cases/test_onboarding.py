"""Onboarding: what somebody registers is there for the next question, once, or nothing of it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from registries import NOW, rulebook

from assistant.core.answers import Owners
from assistant.core.catalog import PEOPLE
from assistant.core.entries import Component, Ref
from assistant.core.outcomes import Registered
from assistant.core.policy import Actor
from assistant.use_cases.asking import ask
from assistant.use_cases.onboarding import Faults, Form, Near, register
from assistant.use_cases.snapshots import Registry

ANA = Actor("U0ANA", "Ana Ruiz", "member")
BEN = Actor("U0BEN", "Ben Ode", "member")
GUEST = Actor("U0GUS", "Gus", None)
PUG_MILL = Form(
    name="pug-mill",
    owner="glaze",
    kind="machine",
    description="Mixes clay.",
    repo="https://github.com/pots/pug-mill",
    answers={"lifecycle": "shared", "ownership": "not-sure"},
)


def send(form: Form, registry: Registry, actor: Actor = ANA, minutes: int = 0) -> Registered | Faults | Near:
    return register(form, actor, registry, rulebook(), NOW + timedelta(minutes=minutes))


def faults(form: Form, registry: Registry, actor: Actor = ANA) -> dict[str, str]:
    """Send a form that is refused, and make sure that nothing was saved."""
    before = registry.snapshot().catalog.revision
    outcome = send(form, registry, actor)
    assert isinstance(outcome, Faults)
    assert registry.snapshot().catalog.revision == before
    return dict(outcome.by_field)


def test_a_registered_component_is_found_by_the_next_question(registry: Registry) -> None:
    """What was entered is answered at once, says who stated it, and what is still missing."""
    outcome = send(PUG_MILL, registry)
    assert isinstance(outcome, Registered)
    assert (outcome.by, outcome.at, outcome.new_team) == ("Ana Ruiz", NOW, None)
    assert outcome.missing == ("a runbook",)
    assert {known.fact.name for known in outcome.recommendation.known} == {"lifecycle"}
    answer = ask("who owns the pug mill?", registry.snapshot(), rulebook()).answer
    assert isinstance(answer, Owners)
    (card,) = answer.cards
    assert [team.name for team in card.owners] == ["glaze"]
    assert card.component == Component(
        name="pug-mill",
        owners=("glaze",),
        kind="machine",
        description="Mixes clay.",
        repo="https://github.com/pots/pug-mill",
        lifecycle="shared",
    )
    assert card.origin is not None
    assert (card.origin.source, card.origin.author_name) == (PEOPLE, "Ana Ruiz")


def test_the_same_form_twice_registers_once(registry: Registry) -> None:
    """A form that arrives again, as after a lost connection, answers the same and changes nothing."""
    form = replace(PUG_MILL, owner="", new_team="mills")
    first, second = send(form, registry), send(form, registry, minutes=1)
    assert isinstance(first, Registered)
    assert isinstance(second, Registered)
    assert second.recommendation == first.recommendation
    assert registry.snapshot().catalog.revision == 2


@pytest.mark.parametrize("name", ["kiln-control", "help"])
def test_a_duplicate_is_refused_beside_its_field(registry: Registry, name: str) -> None:
    """A name that is taken is said beside the name, and the entry that has it stays as it is."""
    assert faults(replace(PUG_MILL, name=name), registry) == {
        "name": f"There is a component called {name} already. Nothing was saved."
    }


def test_somebody_elses_registration_is_a_duplicate(registry: Registry) -> None:
    """The same form from somebody else does not pass for a repetition."""
    send(PUG_MILL, registry)
    assert "name" in faults(PUG_MILL, registry, BEN)
    assert "name" in faults(replace(PUG_MILL, owner="ovens"), registry)


def test_a_near_name_is_shown_first(registry: Registry) -> None:
    """A name close to one that is registered is shown before anything is saved, then taken when sent again."""
    form = replace(PUG_MILL, name="kiln-controls")
    near = send(form, registry)
    assert isinstance(near, Near)
    assert [card.component.name for card in near.cards] == ["kiln-control"]
    assert Ref.component("kiln-controls") not in registry.snapshot().catalog.components
    assert isinstance(send(replace(form, confirmed="kiln-controls"), registry), Registered)
    assert isinstance(send(replace(form, name="clay-ledgers", confirmed="kiln-controls"), registry), Near)


def test_a_new_team_is_registered_with_its_component(registry: Registry) -> None:
    """A team that is new is made together with what it owns."""
    outcome = send(replace(PUG_MILL, owner="", new_team="mills"), registry)
    assert isinstance(outcome, Registered)
    assert outcome.new_team is not None
    assert outcome.new_team.name == "mills"
    assert [team.name for team in outcome.recommendation.card.owners] == ["mills"]
    assert "mills" in registry.snapshot().catalog.teams


@pytest.mark.parametrize("name", ["glaze", "Glaze Guild", "GLAZERS", "glaze-guild"])
def test_a_new_team_that_is_not_new(registry: Registry, name: str) -> None:
    """A new team that goes by a known team's name, however it is written, is pointed to that team."""
    found = faults(replace(PUG_MILL, owner="", new_team=name), registry)
    assert found == {"new_team": "There is a team called glaze; choose it above."}


def test_a_team_that_somebody_made_in_slack_is_not_new_either(registry: Registry) -> None:
    """A team that came with an earlier registration is chosen, not made once more."""
    send(replace(PUG_MILL, owner="", new_team="mills"), registry)
    for actor in (ANA, BEN):
        found = faults(replace(PUG_MILL, name="hand-cart", owner="", new_team="mills"), registry, actor)
        assert found == {"new_team": "There is a team called mills; choose it above."}


def test_nobody_owns_it_yet(registry: Registry) -> None:
    """A component may be registered before it is known who owns it."""
    outcome = send(Form(name="lost-property"), registry)
    assert isinstance(outcome, Registered)
    assert outcome.recommendation.card.owners == ()
    assert outcome.missing == ("an owner", "a description", "a repository", "a runbook", "on call")


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"owner": "bygones"}, "owner", "That team is not registered any more; choose another."),
        ({"new_team": "mills"}, "new_team", "Choose a team or name a new one, not both."),
        ({"name": ""}, "name", "Enter a name."),
        ({"name": "x" * 256}, "name", "That is too long: at most 255 characters."),
        ({"name": "pug\u202emill"}, "name", "This holds a control or invisible character; remove it."),
        ({"name": "pug\nmill"}, "name", "This holds a control or invisible character; remove it."),
        ({"repo": "https://x\u200b"}, "repo", "This holds a control or invisible character; remove it."),
        (
            {"owner": "", "new_team": "mi\u202ells"},
            "new_team",
            "This holds a control or invisible character; remove it.",
        ),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    registry: Registry, change: dict[str, Any], field: str, sentence: str
) -> None:
    """A form with a mistake saves nothing, not even its new team, and says what is wrong beside the one field."""
    assert faults(replace(PUG_MILL, **change), registry) == {field: sentence}


def test_a_bad_name_leaves_no_new_team(registry: Registry) -> None:
    """Nothing is half saved: a component that is refused does not leave its new team behind."""
    assert "name" in faults(replace(PUG_MILL, name="a\u2066b", owner="", new_team="mills"), registry)
    assert "mills" not in registry.snapshot().catalog.teams


def test_guests_register_nothing(registry: Registry) -> None:
    """Whoever is no full member is told so, and learns nothing else about the form."""
    assert faults(replace(PUG_MILL, owner="bygones"), registry, GUEST) == {
        "name": "Only a full member of this workspace can register a component; ask them to."
    }


def test_answers_that_are_none_are_left_out(registry: Registry) -> None:
    """Not sure, and an answer that the question does not have, leave the fact unknown."""
    outcome = send(replace(PUG_MILL, answers={"lifecycle": "not-sure", "ownership": "aliens", "x": "y"}), registry)
    assert isinstance(outcome, Registered)
    assert outcome.recommendation.card.component.known_facts == {}


@pytest.mark.parametrize("name", ["Kiln_Control", "KILN CONTROL", "the", "who", "it"])
def test_a_name_that_would_take_over_another(registry: Registry, name: str) -> None:
    """Nobody gets a name that is another's written differently, nor a word of which every question is full."""
    refused = send(replace(PUG_MILL, name=name), registry)
    assert isinstance(refused, Faults)
    assert set(refused.by_field) == {"name"}
