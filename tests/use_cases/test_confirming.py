"""Confirming: an owner says that what a file states still is so."""

from __future__ import annotations

from registries import NOW, rulebook

from assistant.core.answers import Invalid, Owners
from assistant.core.catalog import Statement
from assistant.core.entries import Ref
from assistant.core.history import steps
from assistant.core.home import changes
from assistant.core.messages import Confirm, plain_context
from assistant.core.policy import Actor
from assistant.core.wording import word
from assistant.use_cases.confirming import confirm
from assistant.use_cases.snapshots import Registry

ADMIN = Actor("U0ADM", "Adi", "administrator")
OVA = Actor("U0OVA", "Ova", "member")


def test_an_owner_confirms_what_a_file_states(registry: Registry) -> None:
    """The card says beside the file who confirmed the owner, and when; it stays the file that decides."""
    kiln = Ref.component("kiln-control")
    confirmed = confirm(Confirm(kiln), OVA, registry, rulebook(), NOW)
    assert isinstance(confirmed, Owners)
    assert plain_context(word(confirmed)) == "Owner from registry.yaml, 1 July, confirmed by Ova on 1 July."
    origin = registry.catalog().origin(kiln, "owners")
    assert origin is not None
    assert origin.source == "registry.yaml"


def test_nothing_to_confirm(registry: Registry) -> None:
    """What nobody owns can't be confirmed."""
    revision = registry.catalog().revision
    assert isinstance(confirm(Confirm(Ref.component("attic-cron")), ADMIN, registry, rulebook(), NOW), Invalid)
    assert registry.catalog().revision == revision


def test_a_confirmation_ends_with_what_it_confirms(registry: Registry) -> None:
    """Where the file drops the owner nobody owns it, whoever confirmed that; nor is a confirmation a change to undo."""
    api = Ref.component("api-v2")
    confirm(Confirm(api), OVA, registry, rulebook(), NOW)
    assert len(steps(registry.statements_about(api))) == 1
    assert not any(each.author == OVA.signature for each in changes(registry.latest(100)))
    with registry.writing() as unit:
        unit.state([Statement(api, "owners", None, "registry.yaml", "cli", NOW)])
    assert registry.catalog().components[api].owners == ()
    assert registry.catalog().origin(api, "owners") is None
