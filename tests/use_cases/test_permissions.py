"""Permissions: what the table of core/policy says holds in the use cases, whoever acts, wherever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from registries import NOW, rulebook

from assistant.core.answers import Refusal
from assistant.core.catalog import PEOPLE, Statement
from assistant.core.entries import Ref
from assistant.core.messages import Accept, Adopt, CallIt, Confirm, Decline, Propose
from assistant.core.outcomes import Proposed
from assistant.core.policy import MAY, SHOWN, Action, Actor, Role, Where
from assistant.core.proposals import Change
from assistant.use_cases.confirming import confirm
from assistant.use_cases.deciding import adopt
from assistant.use_cases.learning import unfound
from assistant.use_cases.naming import call_it
from assistant.use_cases.onboarding import Move, take
from assistant.use_cases.proposing import accept, decline, propose
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.stating import save_facts

API, LEDGER = Ref.component("api-v2"), Ref.component("clay-ledger")
SHARED = Change(API, {"lifecycle": "shared"})
PROPOSER = Actor("U0PRO", "Pro", "member")


def proposed(registry: Registry, change: Change) -> int:
    made = propose(Propose(change), PROPOSER, registry, rulebook(), NOW, ("U0ADM",))
    assert isinstance(made, Proposed)
    return made.proposal.id


Deed = Callable[[Registry, Actor], Any]
REGISTERING = Move("d1", 0, "finish", {"name": "pug-mill"})
DEEDS: dict[str, tuple[Action, Deed]] = {
    "propose": ("propose", lambda r, who: propose(Propose(SHARED), who, r, rulebook(), NOW, ())),
    "register": (
        "register",
        lambda r, who: take(Move("d1", 0, "finish", {"name": "pug-mill"}), who, r, rulebook(), NOW),
    ),
    "state facts": ("state facts", lambda r, who: save_facts(SHARED, who, r, rulebook(), NOW)),
    "decide": ("decide", lambda r, who: adopt(Adopt(LEDGER, "platform-team"), who, r, rulebook(), NOW)),
    "name": ("name", lambda r, who: call_it(CallIt(API, "the gate"), who, r, NOW)),
    "confirm": ("confirm", lambda r, who: confirm(Confirm(API), who, r, rulebook(), NOW)),
    "accept": ("accept", lambda r, who: accept(Accept(proposed(r, SHARED)), who, r, rulebook(), NOW)),
    "decline": ("decline", lambda r, who: decline(Decline(proposed(r, SHARED)), who, r, rulebook(), NOW)),
    "accept a note": (
        "accept",
        lambda r, who: accept(Accept(proposed(r, Change(API, note="It is gone."))), who, r, rulebook(), NOW),
    ),
    "accept to run it": (
        "accept",
        lambda r, who: accept(Accept(proposed(r, Change(API, serves=LEDGER))), who, r, rulebook(), NOW),
    ),
    "see unfound": ("see unfound", lambda r, who: unfound(who, r)),
}
"""What people do, by the action that it needs. A component of Ovens is acted on; nobody is to receive it."""
ELSEWHERE = {"ask", "edit", "retire", "unregister", "transfer"}
"""Actions that are tested where they are: asking at the reception, the others in test_editing, test_undoing and
test_transferring.
"""

ACTORS: dict[Role, Actor] = {
    "outsider": Actor("U0OVA", "Out", None),
    "guest": Actor("U0OVA", "Gus", "guest"),
    "member": Actor("U0MEM", "Mem", "member", registers=False),
    "registrar": Actor("U0REG", "Reg", "member"),
    "owner": Actor("U0OVA", "Ova", "member", registers=False),
    "administrator": Actor("U0ADM", "Adi", "administrator", registers=False),
}


@pytest.mark.parametrize("where", SHOWN)
@pytest.mark.parametrize("role", ACTORS)
@pytest.mark.parametrize("deed", DEEDS)
def test_the_table_holds(deed: str, role: Role, where: Where, registry: Registry) -> None:
    """Whoever the table lets do something does it; whoever it does not is told who can, and nothing is changed."""
    action, do = DEEDS[deed]
    actor = replace(ACTORS[role], where=where)
    full: tuple[Role, ...] = ("member",) if actor.role in ("member", "administrator") else ()
    may = SHOWN[where] and not {role, *full}.isdisjoint(MAY[action])
    before = registry.catalog().components
    answer = do(registry, actor)
    assert isinstance(answer, Refusal) is not may
    assert may or registry.catalog().components == before
    assert may or " can " in answer.sentence


def test_every_action_is_tried() -> None:
    """No action of the table is without somebody who tries it."""
    assert {action for action, _ in DEEDS.values()} | ELSEWHERE == set(MAY)


def test_an_owner_that_is_proposed_has_no_rights(registry: Registry) -> None:
    """Whoever is named as an owner may accept, and nothing else before that."""
    with registry.writing() as unit:
        unit.state([Statement(Ref.component("pug-mill"), "name", "pug-mill", PEOPLE, "Mem <U0MEM>", NOW)])
    number = proposed(registry, Change(Ref.component("pug-mill"), owners=("ovens",)))
    fact = Change(Ref.component("pug-mill"), {"lifecycle": "shared"})
    owner, member = ACTORS["owner"], ACTORS["member"]
    assert isinstance(save_facts(fact, owner, registry, rulebook(), NOW), Refusal)
    assert isinstance(accept(Accept(number), member, registry, rulebook(), NOW), Refusal)
    assert not isinstance(accept(Accept(number), owner, registry, rulebook(), NOW), Refusal)
    assert not isinstance(save_facts(fact, owner, registry, rulebook(), NOW), Refusal)
