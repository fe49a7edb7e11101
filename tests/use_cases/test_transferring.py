"""Transferring: who owns something is changed by those who have a say, and anybody can say that it is not right."""

from __future__ import annotations

from datetime import timedelta

import pytest
from registries import NOW, rulebook, statements

from assistant.core.answers import Answer, Invalid, Owners, Refusal
from assistant.core.catalog import PEOPLE
from assistant.core.editing import DisputeForm, Faults, TransferForm
from assistant.core.entries import Component, Ref, Team
from assistant.core.messages import Accept, Claim, Undo, buttons_of, plain
from assistant.core.outcomes import Proposed, Proposition
from assistant.core.policy import Actor
from assistant.core.wording import word
from assistant.use_cases.notifying import message_of
from assistant.use_cases.proposing import accept
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.transferring import claim, dispute, dispute_form, transfer, transfer_form
from assistant.use_cases.undoing import undo

API, CRON, PUG = (Ref.component(name) for name in ("api-v2", "attic-cron", "pug-mill"))
OVA = Actor("U0OVA", "Ova", "member")
MIRA = Actor("U0MIRA", "Mira", "member", frozenset({"S0GLAZE"}))
BOTH = Actor("U0OVA", "Ova", "member", frozenset({"S0GLAZE"}))
MEMBER = Actor("U0MEM", "Mem Ber", "member")
SOON = NOW + timedelta(seconds=130)


@pytest.fixture
def registry(registry: Registry) -> Registry:
    """The pottery, with something that people registered, and a usergroup for glaze."""
    with registry.writing() as unit:
        pug = Component(name=PUG.name, owners=("ovens",), kind="machine")
        made = statements(pug, source=PEOPLE, author=OVA.signature)
        unit.state(each._replace(stated_at=NOW - timedelta(days=1)) for each in made)
        unit.state(statements(Team(name="glaze", slack_usergroup="S0GLAZE"), source="groups.yaml"))
    return registry


def give(registry: Registry, actor: Actor, team: str = "glaze", ref: Ref = PUG) -> Answer:
    return transfer(ref, team, actor, registry, rulebook(), NOW, ("U0ADM",))


def not_right(
    registry: Registry, ref: Ref = PUG, team: str = "", wrong: str = "", actor: Actor = MEMBER
) -> Answer | Faults:
    return dispute(ref, team, wrong, actor, registry, rulebook(), NOW, ("U0ADM",))


def owners(registry: Registry, ref: Ref = PUG) -> tuple[str, ...]:
    return registry.catalog().components[ref].owners


def said(answer: Answer | object) -> str:
    return plain(word(answer))  # type: ignore[arg-type]


def told(registry: Registry) -> list[tuple[str, str]]:
    """Take every notice that is due: to whom it goes, and what it says."""
    found = []
    while taken := registry.notices.take(NOW):
        message = message_of(taken.notice, registry, rulebook(), SOON)
        found.append((taken.notice.to, plain(message) if message else ""))
    return found


def test_the_team_that_is_to_own_it_accepts(registry: Registry) -> None:
    """Given away by its owner, a component waits for the other team; once it accepts it is theirs, and whoever gave it
    hears so.
    """
    form = transfer_form(PUG, OVA, registry)
    assert isinstance(form, TransferForm)
    assert form.may_transfer
    assert "ovens" not in [team.name for team in form.teams]
    put = give(registry, OVA)
    assert isinstance(put, Proposed)
    assert owners(registry) == ("ovens",)
    ((to, _),) = told(registry)
    assert to == "#glaze"
    done = accept(Accept(put.proposal.id), MIRA, registry, rulebook(), NOW)
    assert isinstance(done, Proposition)
    assert owners(registry) == ("glaze",)
    assert told(registry) == [("U0OVA", "pug-mill is owned by Glaze Guild.\nAccepted by Mira, 1 July, 14:02 UTC.")]


def test_whoever_is_of_both_teams_transfers_at_once(registry: Registry) -> None:
    """Where nobody else has a say nobody is asked, and it can be undone at once by a button."""
    done = give(registry, BOTH)
    assert said(done) == "pug-mill is owned by Glaze Guild."
    assert owners(registry) == ("glaze",)
    assert not told(registry)
    (back,) = [each.act for each in buttons_of(word(done)) if isinstance(each.act, Undo)]
    undo(back, BOTH, registry, rulebook(), SOON)
    assert owners(registry) == ("ovens",)


def test_an_owner_that_a_file_states_is_changed_there(registry: Registry) -> None:
    """Neither the form nor what is sent anyway gives away what a file states: the file is named."""
    for refused in (transfer_form(API, OVA, registry), give(registry, OVA, ref=API)):
        assert isinstance(refused, Refusal)
        assert refused.sentence == "Its owner is stated in registry.yaml."
    assert owners(registry, API) == ("ovens",)


def test_what_nobody_owns_is_claimed_at_once(registry: Registry) -> None:
    """A click by somebody of one team makes it theirs; who is of none is asked which, and of several, which of them."""
    done = claim(Claim(CRON), OVA, registry, rulebook(), NOW, ())
    assert said(done) == "attic-cron is owned by Ovens."
    assert "Changed by Ova" in str(word(done).context)  # type: ignore[arg-type]
    late = claim(Claim(CRON), MIRA, registry, rulebook(), NOW, ())
    assert isinstance(late, Owners)
    assert owners(registry, CRON) == ("ovens",)
    (back,) = [each.act for each in buttons_of(word(done)) if isinstance(each.act, Undo)]  # type: ignore[arg-type]
    undo(back, OVA, registry, rulebook(), SOON)
    assert owners(registry, CRON) == ()
    several = claim(Claim(CRON), BOTH, registry, rulebook(), SOON, ())
    assert isinstance(several, TransferForm)
    assert {team.name for team in several.teams} == {"ovens", "glaze"}
    none = claim(Claim(CRON), MEMBER, registry, rulebook(), SOON, ())
    assert isinstance(none, TransferForm)
    assert len(none.teams) == len(registry.catalog().teams)


def test_whoever_knows_who_owns_it_has_them_asked(registry: Registry) -> None:
    """Somebody of another team names the owner of what nobody owns: it shows as proposed until they accept."""
    assert isinstance(give(registry, MEMBER, ref=CRON), Proposed)
    assert owners(registry, CRON) == ()
    assert [team.name for team in registry.catalog().proposed_owners(CRON)] == ["glaze"]
    assert [to for to, _ in told(registry)] == ["#glaze"]


def test_what_is_not_right_is_put_to_those_who_decide(registry: Registry) -> None:
    """In words it goes to the owners, who fix it; whoever said it hears by whom, and when."""
    form = dispute_form(PUG, registry)
    assert isinstance(form, DisputeForm)
    assert isinstance(not_right(registry), Faults)
    put = not_right(registry, wrong="It was scrapped in May.")
    assert isinstance(put, Proposed)
    ((to, asked),) = told(registry)
    assert to == "#ovens"
    assert asked.splitlines() == ["Mem Ber says what is not right about pug-mill:", "It was scrapped in May."]
    assert isinstance(accept(Accept(put.proposal.id), MEMBER, registry, rulebook(), NOW), Refusal)
    accept(Accept(put.proposal.id), OVA, registry, rulebook(), NOW)
    assert told(registry) == [("U0MEM", "pug-mill: It was scrapped in May.\nFixed by Ova, 1 July, 14:02 UTC.")]


def test_who_it_should_be(registry: Registry) -> None:
    """Another owner goes first to those who own it now, with what else was said; those of both teams change it."""
    put = not_right(registry, team="glaze", wrong="They took it over.")
    assert isinstance(put, Proposed)
    ((to, asked),) = told(registry)
    assert to == "#ovens"
    assert asked.splitlines() == [
        "Mem Ber suggests that Glaze Guild owns pug-mill, which Ovens owns now.",
        "They took it over.",
    ]
    assert owners(registry) == ("ovens",)
    assert said(not_right(registry, team="glaze", actor=BOTH)) == "pug-mill is owned by Glaze Guild."
    assert owners(registry) == ("glaze",)


def test_an_owner_in_a_file_that_is_not_right(registry: Registry) -> None:
    """What a file states is told its owners in words, with its place; whoever may change it hears where."""
    put = not_right(registry, API, team="glaze")
    assert isinstance(put, Proposed)
    ((_, asked),) = told(registry)
    assert "Glaze Guild should own it; its owner is stated in registry.yaml." in asked
    refused = not_right(registry, API, team="glaze", actor=OVA)
    assert isinstance(refused, Refusal)
    assert refused.sentence == "Its owner is stated in registry.yaml."
    assert not told(registry)


def test_what_was_removed_meanwhile(registry: Registry) -> None:
    """Every way to change something that is gone says so, and changes nothing."""
    gone = Ref.component("gone")
    for answer in (
        transfer_form(gone, OVA, registry),
        dispute_form(gone, registry),
        give(registry, OVA, ref=gone),
        not_right(registry, gone, wrong="It is gone."),
        claim(Claim(gone), OVA, registry, rulebook(), NOW, ()),
    ):
        assert isinstance(answer, Invalid)
        assert "Nothing was changed" in answer.sentence


def test_what_is_wrong_beside_the_owner_is_told(registry: Registry) -> None:
    """Whoever chooses the team that owns it has what else is wrong told; without that, it is so already."""
    for ref in (PUG, API):
        put = not_right(registry, ref, team="ovens", wrong="Runbook link is dead.")
        assert isinstance(put, Proposed)
        assert (put.proposal.change.owners, put.proposal.change.note) == ((), "Runbook link is dead.")
        assert isinstance(not_right(registry, ref, team="ovens"), Owners)
