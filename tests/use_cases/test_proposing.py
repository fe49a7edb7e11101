"""Proposing: whoever may not make a change can put it to those who may, who accept it once, or do not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from registries import NOW, rulebook

from assistant.core.answers import Answer, Invalid, Models, Refusal
from assistant.core.catalog import Statement
from assistant.core.entries import Ref
from assistant.core.messages import Accept, Decline, Message, Propose, Withdraw, plain
from assistant.core.notices import Notice, WasDeclined, WasProposed
from assistant.core.outcomes import Overtaken, Proposed, Proposition
from assistant.core.policy import Actor
from assistant.core.proposals import Change
from assistant.use_cases.notifying import message_of
from assistant.use_cases.proposing import accept, decline, propose, withdraw
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.stating import save_facts

MIXER, LEDGER, CRON = (Ref.component(name) for name in ("glazeMixer", "clay-ledger", "attic-cron"))
API = Ref.component("api-v2")
MEMBER = Actor("U0MEM", "Mem Ber", "member")
CONTACT = Actor("U0OVA", "Ova", "member")
ADMIN = Actor("U0ADM", "Adi", "administrator")
GUEST = Actor("U0GUS", "Gus", None)
SHARED = Change(API, {"lifecycle": "shared"})


def put(registry: Registry, change: Change = SHARED, actor: Actor = MEMBER, admins: tuple[str, ...] = ()) -> Answer:
    return propose(Propose(change), actor, registry, rulebook(), NOW, admins)


def waiting(registry: Registry) -> list[Notice]:
    """Take every notice that is due."""
    found = []
    while taken := registry.notices.take(NOW):
        found.append(taken.notice)
    return found


def said(registry: Registry, notice: Notice) -> str:
    message = message_of(notice, registry, rulebook(), NOW.date())
    assert isinstance(message, Message)
    return plain(message)


def test_a_refusal_offers_to_suggest_it(registry: Registry) -> None:
    """Whoever may not save is offered to suggest the same to the owners; a guest is not."""
    refused = save_facts(SHARED, MEMBER, registry, rulebook(), NOW)
    assert isinstance(refused, Refusal)
    assert (refused.change, refused.to) == (SHARED, "Ovens")
    guest = save_facts(SHARED, GUEST, registry, rulebook(), NOW)
    assert isinstance(guest, Refusal)
    assert guest.change is None
    assert isinstance(put(registry, actor=GUEST), Refusal)
    assert not waiting(registry)


def test_a_change_is_accepted(registry: Registry) -> None:
    """The owners' channel is asked, nothing changes until one of them accepts, and then it holds for everyone."""
    made = put(registry)
    assert isinstance(made, Proposed)
    (notice,) = waiting(registry)
    assert (notice.to, notice.about) == ("#ovens", WasProposed(made.proposal.id))
    text = "Mem Ber suggests for api-v2: Does more than one application or team rely on api-v2? "
    assert said(registry, notice).startswith(text)
    assert registry.snapshot().catalog.components[API].lifecycle is None
    done = accept(Accept(made.proposal.id), CONTACT, registry, rulebook(), NOW)
    assert isinstance(done, Proposition)
    assert (done.proposal.state, done.proposal.closed_by) == ("accepted", "Ova <U0OVA>")
    catalog = registry.snapshot().catalog
    assert catalog.components[API].lifecycle == "shared"
    stated = catalog.origin(API, "lifecycle")
    assert stated is not None
    assert stated.author == "Ova <U0OVA>"


def test_a_model_is_accepted(registry: Registry) -> None:
    """What can be decided can be suggested: accepted, the model is decided until half a year later."""
    made = put(registry, Change(LEDGER, model="platform-team"))
    assert isinstance(made, Proposed)
    accept(Accept(made.proposal.id), CONTACT, registry, rulebook(), NOW)
    ledger = registry.snapshot().catalog.components[LEDGER]
    assert ledger.model == "platform-team"
    assert ledger.review_by is not None


def test_only_those_who_may_answer(registry: Registry) -> None:
    """Somebody else's click neither accepts nor declines."""
    made = put(registry)
    assert isinstance(made, Proposed)
    for refused in (
        accept(Accept(made.proposal.id), MEMBER, registry, rulebook(), NOW),
        decline(Decline(made.proposal.id), MEMBER, registry, rulebook(), NOW),
    ):
        assert isinstance(refused, Refusal)
    proposal = registry.proposal(made.proposal.id)
    assert proposal is not None
    assert proposal.state == "open"


def test_the_first_answer_holds(registry: Registry) -> None:
    """Of many clicks on one suggestion, whoever makes them, the first counts and the others show it."""
    made = put(registry)
    assert isinstance(made, Proposed)
    number = made.proposal.id
    accept(Accept(number), CONTACT, registry, rulebook(), NOW)
    revision = registry.snapshot().catalog.revision
    for again in (
        accept(Accept(number), ADMIN, registry, rulebook(), NOW),
        decline(Decline(number), ADMIN, registry, rulebook(), NOW),
        withdraw(Withdraw(number), MEMBER, registry, NOW),
    ):
        assert isinstance(again, Proposition | Proposed)
        assert (again.proposal.state, again.proposal.closed_by) == ("accepted", "Ova <U0OVA>")
    assert registry.snapshot().catalog.revision == revision


def test_whoever_suggested_hears_of_a_no(registry: Registry) -> None:
    """A declined suggestion changes nothing, and its author is told who declined and where to ask."""
    made = put(registry)
    assert isinstance(made, Proposed)
    waiting(registry)
    decline(Decline(made.proposal.id), CONTACT, registry, rulebook(), NOW)
    (notice,) = waiting(registry)
    assert (notice.to, notice.about) == ("U0MEM", WasDeclined(made.proposal.id))
    assert said(registry, notice).startswith("Ova declined what you suggested for api-v2. Nothing was changed. Ask in")
    assert registry.snapshot().catalog.revision == 1


def test_a_suggestion_is_made_once_and_withdrawn(registry: Registry) -> None:
    """The same suggestion asks once while it is open; withdrawn by its author it can't be accepted any more."""
    made, again = put(registry), put(registry)
    assert isinstance(made, Proposed)
    assert isinstance(again, Proposed)
    assert (again.proposal.id, again.again) == (made.proposal.id, True)
    assert len(waiting(registry)) == 1
    assert isinstance(withdraw(Withdraw(made.proposal.id), CONTACT, registry, NOW), Invalid)
    gone = withdraw(Withdraw(made.proposal.id), MEMBER, registry, NOW)
    assert isinstance(gone, Proposed)
    assert gone.proposal.state == "withdrawn"
    late = accept(Accept(made.proposal.id), CONTACT, registry, rulebook(), NOW)
    assert isinstance(late, Proposition)
    assert late.proposal.state == "withdrawn"
    assert registry.snapshot().catalog.revision == 1
    anew = put(registry)
    assert isinstance(anew, Proposed)
    assert not anew.again


def test_where_nobody_owns_it_administrators_are_asked(registry: Registry) -> None:
    """A change to what nobody owns goes to each administrator; where there is none, nothing is pretended."""
    change = Change(CRON, {"lifecycle": "shared"})
    assert isinstance(put(registry, change), Invalid)
    made = put(registry, change, admins=("U0ADM", "U0BEA"))
    assert isinstance(made, Proposed)
    assert made.to == ("U0ADM", "U0BEA")
    assert [notice.to for notice in waiting(registry)] == ["U0ADM", "U0BEA"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change(MIXER, {"lifecycle": "application-bound"}), Refusal),  # a file says otherwise
        (Change(MIXER, {"lifecycle": "shared"}), Models),  # that is stated already
        (Change(API, {"colour": "blue"}), Invalid),
        (Change(API, model="platform-team"), Invalid),  # is not what the rules recommend
        (Change(Ref.component("bygone"), {"lifecycle": "shared"}), Invalid),
    ],
)
def test_what_could_not_be_accepted_is_not_put(registry: Registry, change: Change, expected: type[Answer]) -> None:
    """Nobody is asked to accept what can't be, or what is so already; whoever tries hears why at once."""
    assert isinstance(put(registry, change), expected)
    assert not waiting(registry)


def test_what_somebody_answered_meanwhile_stays(registry: Registry) -> None:
    """A suggestion from before somebody answered otherwise is not accepted over their head."""
    made = put(registry)
    assert isinstance(made, Proposed)
    save_facts(Change(API, {"lifecycle": "application-bound"}), CONTACT, registry, rulebook(), NOW)
    assert isinstance(accept(Accept(made.proposal.id), ADMIN, registry, rulebook(), NOW), Overtaken)
    assert registry.snapshot().catalog.components[API].lifecycle == "application-bound"


def test_what_a_file_says_meanwhile_stays(registry: Registry) -> None:
    """A suggestion that a file contradicts by now is not accepted, and stays open."""
    made = put(registry)
    assert isinstance(made, Proposed)
    with registry.writing() as unit:
        unit.state([Statement(API, "lifecycle", "application-bound", "pots.yaml", "importer", NOW)])
    assert isinstance(accept(Accept(made.proposal.id), CONTACT, registry, rulebook(), NOW), Refusal)
    proposal = registry.proposal(made.proposal.id)
    assert proposal is not None
    assert proposal.state == "open"
    with registry.writing() as unit:
        unit.state([Statement(API, name, None, "registry.yaml", "importer", NOW) for name in ("name", "owners")])
    (notice,) = waiting(registry)
    assert message_of(notice, registry, rulebook(), NOW.date()) is None


def test_whoever_changed_their_name_is_the_same(registry: Registry) -> None:
    """People are told apart by their ids: a new display name neither makes a suggestion somebody else's nor new."""
    made = put(registry, actor=Actor("U0MEM", "Mem <3", "member"))
    assert isinstance(made, Proposed)
    again = put(registry)
    assert isinstance(again, Proposed)
    assert again.again
    decline(Decline(made.proposal.id), CONTACT, registry, rulebook(), NOW)
    assert [notice.to for notice in waiting(registry)] == ["#ovens", "U0MEM"]


def test_what_was_withdrawn_is_not_sent(registry: Registry) -> None:
    """A suggestion that is withdrawn before it was sent bothers nobody."""
    made = put(registry)
    assert isinstance(made, Proposed)
    withdraw(Withdraw(made.proposal.id), MEMBER, registry, NOW)
    (notice,) = waiting(registry)
    assert message_of(notice, registry, rulebook(), NOW.date()) is None


def test_nobody_floods_a_channel(registry: Registry) -> None:
    """One person makes a few suggestions about a component in a day; then they are sent to talk."""
    for _ in range(5):
        made = put(registry)
        assert isinstance(made, Proposed)
        withdraw(Withdraw(made.proposal.id), MEMBER, registry, NOW)
    assert isinstance(put(registry), Invalid)
    assert isinstance(put(registry, actor=Actor("U0NEW", "New", "member")), Proposed)


def test_every_owner_is_told_and_somebody_hears_of_a_failure(registry: Registry) -> None:
    """Each owner's channel is asked; where one takes nothing it is people's turn, and at last the author's."""
    with registry.writing() as unit:
        unit.state([Statement(CRON, "owners", ["glaze", "ovens"], "cron.yaml", "importer", NOW)])
    made = put(registry, Change(CRON, {"lifecycle": "shared"}), admins=("U0ADM",))
    assert isinstance(made, Proposed)
    notices = waiting(registry)
    assert [notice.to for notice in notices] == ["#glaze", "#ovens"]
    assert notices[0].instead == ("U0OVA", "U0ADM", "U0MEM")


def test_two_accept_at_once(registry: Registry) -> None:
    """Of two who accept at the same time one does, and both are shown who."""
    made = put(registry)
    assert isinstance(made, Proposed)
    with ThreadPoolExecutor(2) as pool:
        actors = (CONTACT, ADMIN)
        answers = list(pool.map(lambda who: accept(Accept(made.proposal.id), who, registry, rulebook(), NOW), actors))
    closers = {each.proposal.closed_by for each in answers if isinstance(each, Proposition)}
    assert len(closers) == 1
    assert registry.snapshot().catalog.revision == 2
