"""Policy: who may do what, and who can instead."""

from __future__ import annotations

import pytest
from registries import pottery

from assistant.core.entries import Ref
from assistant.core.policy import OPERATOR, Action, Actor, authorize

GUEST = Actor("U0GUEST", "Gus", None, frozenset({"S0OVENS"}))
MEMBER = Actor("U0MEM", "Mem", "member")
CONTACT = Actor("U0OVA", "Ova", "member")
IN_GROUP = Actor("U0GRP", "Gro", "member", frozenset({"S0OVENS"}))
ADMIN = Actor("U0ADM", "Adi", "administrator")


@pytest.mark.parametrize(
    ("action", "allowed"),
    [
        ("ask", {MEMBER, CONTACT, IN_GROUP, ADMIN, OPERATOR}),
        ("register", {MEMBER, CONTACT, IN_GROUP, ADMIN, OPERATOR}),
        ("state facts", {CONTACT, IN_GROUP, ADMIN, OPERATOR}),
        ("name", {CONTACT, IN_GROUP, ADMIN, OPERATOR}),
        ("see unfound", {ADMIN, OPERATOR}),
    ],
)
def test_who_may_do_what(action: Action, allowed: set[Actor]) -> None:
    """Members ask and register, the owning team's people state facts, administrators do anything, guests nothing."""
    catalog = pottery().catalog
    component = catalog.components[Ref.component("kiln-control")]
    for actor in (GUEST, MEMBER, CONTACT, IN_GROUP, ADMIN, OPERATOR):
        verdict = authorize(actor, action, component, catalog)
        assert verdict.allowed is (actor in allowed), actor.name
        assert verdict.allowed or verdict.who_can


def test_a_refusal_says_who_can() -> None:
    """Whoever may not is told who may: the owners, or an administrator."""
    catalog = pottery().catalog
    owned, unowned = (catalog.components[Ref.component(name)] for name in ("kiln-control", "attic-cron"))
    assert authorize(MEMBER, "state facts", owned, catalog).who_can == "Ovens or a registry administrator"
    assert authorize(MEMBER, "state facts", unowned, catalog).who_can == "a registry administrator"


def test_a_team_without_a_usergroup_holds_nobody() -> None:
    """A team that names no usergroup does not take in people who are in none."""
    catalog = pottery().catalog
    component = catalog.components[Ref.component("wheel")]
    assert not authorize(MEMBER, "state facts", component, catalog).allowed
