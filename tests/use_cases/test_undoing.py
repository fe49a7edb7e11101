"""Undoing: a step is taken back by whoever may, and nothing that waited for it outlives a name that is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from registries import NOW, rulebook, statements
from sqlalchemy import Engine
from test_transferring import told

from assistant.core.answers import Invalid, Refusal
from assistant.core.catalog import PEOPLE
from assistant.core.entries import Component, Ref, Team
from assistant.core.messages import Accept, Propose, Undo, buttons_of, plain
from assistant.core.outcomes import Altered, History, Proposed, Proposition
from assistant.core.policy import Actor
from assistant.core.proposals import Change
from assistant.core.wording import word
from assistant.formats.registry_file import RegistryFile
from assistant.storage.repository import Repository
from assistant.use_cases.editing import retire
from assistant.use_cases.importing import import_registry
from assistant.use_cases.proposing import accept, propose
from assistant.use_cases.reorganising import ask_to_move
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.undoing import history_of, undo

KILN, VAULT, PUG = (Ref.component(name) for name in ("kiln-2", "kiln-2-vault", "pug-mill"))
ANA = Actor("U0ANA", "Ana", "member", frozenset({"S0OVENS", "S0GLAZE"}))
BEN = Actor("U0BEN", "Ben", "member", frozenset({"S0OVENS"}))
MIRA = Actor("U0MIRA", "Mira", "member", frozenset({"S0GLAZE"}))
MEMBER = Actor("U0MEM", "Mem Ber", "member")
ADMIN = Actor("U0ADM", "Adi Min", "administrator")
SOON = NOW + timedelta(minutes=2)
REGISTERED = Undo(KILN, NOW.timestamp())


@pytest.fixture
def registry(registry: Registry) -> Registry:
    """The pottery, with a usergroup for glaze."""
    with registry.writing() as unit:
        unit.state(statements(Team(name="glaze", slack_usergroup="S0GLAZE"), source="groups.yaml"))
    return registry


def register(registry: Registry, *components: Component, author: Actor = ANA) -> None:
    with registry.writing() as unit:
        unit.state(statements(*components, source=PEOPLE, author=author.signature))


def suggest(registry: Registry, change: Change, actor: Actor = MEMBER) -> int:
    made = propose(Propose(change), actor, registry, rulebook(), NOW, (ADMIN.id,))
    assert isinstance(made, Proposed)
    return made.proposal.id


def test_a_part_of_another_team_is_not_unregistered(registry: Registry) -> None:
    """Whoever undoes a registration takes those parts back that they may edit; those of other teams stay."""
    service = Component(name=KILN.name, owners=("ovens",), depends_on=(VAULT.name,))
    register(registry, service, Component(name=VAULT.name, owners=("glaze",)))
    done = undo(REGISTERED, BEN, registry, rulebook(), SOON)
    assert isinstance(done, Altered)
    assert done.beside == ()
    assert KILN not in registry.catalog().components
    assert registry.catalog().components[VAULT].owners == ("glaze",)


def test_whoever_registered_it_for_another_team_undoes_that(registry: Registry) -> None:
    """While nobody owns it yet, whoever registered a component takes that back, and nobody else of no team does."""
    register(registry, Component(name=KILN.name), author=MEMBER)
    suggest(registry, Change(KILN, owners=("ovens",)))
    refused = undo(REGISTERED, BEN, registry, rulebook(), SOON)
    assert isinstance(refused, Refusal)
    assert refused.sentence == (
        "Only whoever registered it or a registry administrator can undo the registration of kiln-2."
    )
    history = history_of(KILN, MEMBER, registry, rulebook(), SOON)
    assert isinstance(history, History)
    assert history.undo_at == NOW
    assert isinstance(undo(REGISTERED, MEMBER, registry, rulebook(), SOON), Altered)
    assert KILN not in registry.catalog().components


def test_what_a_team_has_accepted_is_not_unregistered(registry: Registry) -> None:
    """Once a team owns it, whoever registered it for them can't take it from them."""
    register(registry, Component(name=KILN.name), author=MEMBER)
    accept(Accept(suggest(registry, Change(KILN, owners=("ovens",)))), BEN, registry, rulebook(), NOW)
    assert isinstance(undo(REGISTERED, MEMBER, registry, rulebook(), SOON), Refusal | Invalid)
    assert registry.catalog().components[KILN].owners == ("ovens",)


def test_what_waits_ends_with_a_name(registry: Registry) -> None:
    """A suggestion for what is retired is closed, whoever made it hears why, and it does not hold for a namesake."""
    register(registry, Component(name=PUG.name, owners=("ovens",)))
    number = suggest(registry, Change(PUG, owners=("glaze",)))
    told(registry)
    assert isinstance(retire(PUG, ADMIN, registry, NOW), Altered)
    assert told(registry) == [
        ("U0MEM", "What you suggested for pug-mill is withdrawn: pug-mill was taken out of the registry by Adi Min.")
    ]
    register(registry, Component(name=PUG.name), author=MEMBER)
    assert registry.catalog().proposed_owners(PUG) == []
    late = accept(Accept(number), MIRA, registry, rulebook(), SOON)
    assert "Withdrawn by Adi Min, 1 July, 14:02 UTC: pug-mill was taken out of the registry." in str(word(late).context)
    assert registry.catalog().components[PUG].owners == ()


def test_what_waits_ends_with_a_registration_that_is_undone(registry: Registry) -> None:
    """For whoever registers the name anew nobody is asked to own it, and nobody to run a part for it."""
    register(registry, Component(name=KILN.name), author=MEMBER)
    suggest(registry, Change(KILN, owners=("ovens",)))
    suggest(registry, Change(Ref.component("clay-ledger"), serves=KILN))
    undo(REGISTERED, MEMBER, registry, rulebook(), SOON)
    assert registry.open_proposals() == []
    register(registry, Component(name=KILN.name), author=BEN)
    assert registry.catalog().proposed_owners(KILN) == []
    again = propose(Propose(Change(KILN, owners=("ovens",))), MEMBER, registry, rulebook(), NOW, (ADMIN.id,))
    assert isinstance(again, Proposed)
    assert not again.again


def test_what_waits_ends_with_an_entry_that_is_pruned(registry: Registry, engine: Engine) -> None:
    """An import that removes a component closes what was suggested for it."""
    suggest(registry, Change(Ref.component("api-v2"), note="It is gone."))
    told(registry)
    empty = RegistryFile("registry.yaml")
    import_registry(Repository(engine), {"registry.yaml": empty}, dry_run=False, prune=True, author="import", now=NOW)
    assert registry.open_proposals() == []
    assert told(registry) == [
        ("U0MEM", "What you suggested for api-v2 is withdrawn: api-v2 was taken out of the registry by import.")
    ]


def test_several_that_were_handed_on_have_no_undo(registry: Registry) -> None:
    """What was handed on together is not taken back one by one under a button that says nothing of it."""
    register(registry, *(Component(name=ref.name, owners=("ovens",)) for ref in (KILN, PUG)))
    _, asked = ask_to_move("ovens", "glaze", (KILN.name, PUG.name), registry, NOW, (ADMIN.id,))
    done = accept(Accept(asked.id), MIRA, registry, rulebook(), SOON)
    assert isinstance(done, Proposition)
    assert {registry.catalog().components[ref].owners for ref in (KILN, PUG)} == {("glaze",)}
    assert not buttons_of(word(done))


def test_where_nothing_was_stated_there_is_nothing_to_undo(registry: Registry) -> None:
    """A suggestion that an owner had followed already has no button to undo it; an old one says so in words."""
    register(registry, Component(name=PUG.name, owners=("ovens",)))
    number = suggest(registry, Change(PUG, fields={"kind": "machine"}))
    with registry.writing() as unit:
        (said,) = (each for each in statements(Component(name=PUG.name, kind="machine")) if each.field == "kind")
        unit.state([said._replace(source=PEOPLE, author=BEN.signature)])
    done = accept(Accept(number), ANA, registry, rulebook(), SOON)
    assert isinstance(done, Proposition)
    assert done.proposal.state == "accepted"
    assert not buttons_of(word(done))
    nothing = undo(Undo(PUG, SOON.timestamp()), ANA, registry, rulebook(), SOON)
    assert (
        plain(word(nothing))
        == "There is nothing here to take back in pug-mill. Nothing was changed; its history says what was."
    )
