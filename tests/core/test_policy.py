"""Policy: who may do what, and who can instead."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest
from registries import pottery, statements

from assistant.core.catalog import PEOPLE
from assistant.core.entries import Component, Ref
from assistant.core.policy import MAY, OPERATOR, SHOWN, Action, Actor, Role, Where, authorize, belongs

CATALOG = pottery().catalog
KILN, CRON, WHEEL = (CATALOG.components[Ref.component(name)] for name in ("kiln-control", "attic-cron", "wheel"))
OVENS, GLAZE = CATALOG.teams["ovens"], CATALOG.teams["glaze"]
MEMBER = Actor("U0MEM", "Mem", "member", registers=False)
CONTACT = Actor("U0OVA", "Ova", "member", registers=False)
IN_GROUP = Actor("U0GRP", "Gro", "member", frozenset({"S0OVENS"}), registers=False)
ROLES: dict[Role, Actor] = {
    "outsider": Actor("U0OVA", "Out", None, frozenset({"S0OVENS"})),
    "guest": Actor("U0OVA", "Gus", "guest", frozenset({"S0OVENS"})),
    "member": MEMBER,
    "registrar": Actor("U0REG", "Reg", "member"),
    "receiver": Actor("U0NEW", "New", "member", frozenset({"S0NEW"}), registers=False),
    "owner": IN_GROUP,
    "administrator": Actor("U0ADM", "Adi", "administrator", registers=False),
}
"""Somebody who has each role, and none of the others but those of a member."""

EXPECTED = """
                outsider guest member registrar receiver owner administrator
    ask         -        -     yes    yes       yes      yes   yes
    propose     -        -     yes    yes       yes      yes   yes
    register    -        -     -      yes       -        -     yes
    edit        -        -     -      -         -        yes   yes
    retire      -        -     -      -         -        yes   yes
    unregister  -        -     -      -         -        yes   yes
    state-facts -        -     -      -         -        yes   yes
    decide      -        -     -      -         -        yes   yes
    name        -        -     -      -         -        yes   yes
    confirm     -        -     -      -         -        yes   yes
    transfer    -        -     -      -         -        yes   yes
    accept      -        -     -      -         yes      yes   yes
    decline     -        -     -      -         yes      yes   yes
    see-unfound -        -     -      -         -        -     yes
"""
"""What was agreed, written down once more, so that a change of the table is no slip."""
HEAD, *ROWS = (line.split() for line in EXPECTED.strip().splitlines())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
@pytest.mark.parametrize("where", get_args(Where))
def test_who_may_do_what(row: list[str], where: Where) -> None:
    """Each role may do what was agreed, where the registry may be shown; whoever may not hears who can."""
    action = next(each for each in get_args(Action) if each.replace(" ", "-") == row[0])
    receivers = [GLAZE.model_copy(update={"slack_usergroup": "S0NEW"})]
    for role, may in zip(HEAD, row[1:], strict=True):
        actor = ROLES[role]  # type: ignore[index]  # the head of the table spells roles
        placed = Actor(actor.id, actor.name, actor.role, actor.usergroups, registers=actor.registers, where=where)
        verdict = authorize(placed, action, KILN, CATALOG, receivers)
        assert verdict.allowed is (may == "yes" and where in ("own", "direct")), (role, where)
        assert verdict.allowed or verdict.who_can


def test_the_table_is_whole() -> None:
    """Every action has a row, every kind of channel a rule, and no guest or outsider is in any."""
    assert set(MAY) == set(get_args(Action))
    assert len(ROWS) == len(MAY)
    assert set(SHOWN) == set(get_args(Where))
    assert not any(role in row for role, row in product(("guest", "outsider"), MAY.values()))
    assert all(authorize(OPERATOR, action, KILN, CATALOG).allowed for action in MAY)


def test_a_refusal_says_who_can() -> None:
    """Whoever may not is told who may: the owners, or an administrator."""
    assert authorize(MEMBER, "state facts", KILN, CATALOG).who_can == "Ovens or a registry administrator"
    assert authorize(MEMBER, "state facts", CRON, CATALOG).who_can == "a registry administrator"
    assert authorize(MEMBER, "accept", receivers=[GLAZE]).who_can == "Glaze Guild or a registry administrator"
    assert authorize(MEMBER, "register").who_can == "those named for it or a registry administrator"
    assert authorize(ROLES["guest"], "register").who_can == "a full member of this workspace"


def test_whoever_registered_it_is_its_author_while_nobody_owns_it() -> None:
    """They may take that back, and nothing else, until somebody owns it; of a file nobody is the author."""
    pug = Component(name="pug-mill")
    owned = Component(name="pug-mill", owners=("ovens",))
    for component, may in ((pug, True), (owned, False)):
        held = CATALOG.following(statements(component, source=PEOPLE, author=MEMBER.signature), 2)
        assert authorize(MEMBER, "unregister", component, held).allowed is may
        assert not authorize(MEMBER, "edit", component, held).allowed
        assert not authorize(ROLES["registrar"], "unregister", component, held).allowed
        assert not authorize(Actor(MEMBER.id, "Gus", "guest"), "unregister", component, held).allowed
    filed = CATALOG.following(statements(pug, author=MEMBER.signature), 2)
    assert not authorize(MEMBER, "unregister", pug, filed).allowed


def test_who_is_of_a_team() -> None:
    """A contact and a member of its usergroup are of a team; a team that names no usergroup holds nobody by it."""
    assert belongs(CONTACT, OVENS)
    assert belongs(IN_GROUP, OVENS)
    assert not belongs(MEMBER, OVENS)
    assert not belongs(MEMBER, CATALOG.teams["shopfront"])
    assert not authorize(MEMBER, "state facts", WHEEL, CATALOG).allowed
