"""Proposing: whoever may not make a change can put it to those who may, who accept it once, or do not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from registries import NOW, rulebook

from assistant.core.answers import Answer, Invalid, Models, Owners, Refusal
from assistant.core.cards import owner_card
from assistant.core.catalog import PEOPLE, PROPOSED, Statement
from assistant.core.entries import Ref
from assistant.core.messages import Accept, Decline, Message, Propose, Withdraw, plain, plain_context
from assistant.core.notices import Notice, WasDeclined, WasProposed
from assistant.core.outcomes import Overtaken, Proposed, Proposition
from assistant.core.policy import Actor
from assistant.core.proposals import Change
from assistant.core.wording import word
from assistant.formats.answer_record import record
from assistant.use_cases.asking import ask
from assistant.use_cases.notifying import message_of
from assistant.use_cases.proposing import accept, decline, propose, withdraw
from assistant.use_cases.proposing import put as put_within
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
    message = message_of(notice, registry, rulebook(), NOW)
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
    text = "Mem Ber suggests for api-v2: Do other applications use api-v2, or will they? "
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
    assert message_of(notice, registry, rulebook(), NOW) is None


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
    assert message_of(notice, registry, rulebook(), NOW) is None


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


# Owners that are proposed

KILN, WHEEL, MILL = (Ref.component(name) for name in ("kiln-control", "wheel", "pug-mill"))
MIRA = Actor("U0MIRA", "Mira", "member")
"""Of the Glaze Guild."""


def taken(answer: Answer) -> int:
    assert isinstance(answer, Proposed)
    return answer.proposal.id


def stated(registry: Registry, ref: Ref, field: str, value: object, source: str = PEOPLE) -> None:
    with registry.writing() as unit:
        unit.state([Statement(ref, field, value, source, "Ova <U0OVA>", NOW)])


@pytest.fixture
def pottery_of_people(registry: Registry) -> Registry:
    """The pottery, with somebody in the Glaze Guild; people have said that Ovens owns the mill."""
    stated(registry, Ref.team("glaze"), "contacts", ["U0MIRA"], "people.yaml")
    stated(registry, MILL, "name", "pug-mill")
    stated(registry, MILL, "owners", ["ovens"])
    return registry


def owners(registry: Registry, ref: Ref) -> tuple[str, ...]:
    return registry.catalog().components[ref].owners


def card(registry: Registry, name: str) -> tuple[str, str]:
    message = word(ask(f"who owns {name}?", registry.snapshot(), rulebook()).answer)
    return plain(message), plain_context(message)


def test_a_proposed_owner_shows_so_until_it_accepts(registry: Registry) -> None:
    """The card says who names whom, JSON has no owner, the team's channel is asked; accepted, it owns it."""
    number = taken(put(registry, Change(CRON, owners=("ovens",)), admins=("U0ADM",)))
    said_first, where_from = card(registry, "attic-cron")
    assert said_first.startswith("Mem Ber names Ovens as the owner of attic-cron; Ovens has not accepted yet.")
    assert "Until then, ask in #ovens." in said_first
    assert "Proposed by Mem Ber, 1 July." in where_from
    asked = ask("who owns attic-cron?", registry.snapshot(), rulebook())
    told = record("1", "who owns attic-cron?", asked.reading, asked.answer)
    assert (told["owners"], told["outcome"]) == ([], "answer")
    assert "Ovens has not accepted yet" in told["answer"]
    (notice,) = waiting(registry)
    assert (notice.to, notice.instead) == ("#ovens", ("U0OVA", "U0ADM", "U0MEM"))
    assert said(registry, notice).startswith("Mem Ber names Ovens as the owner of attic-cron.")
    done = accept(Accept(number), CONTACT, registry, rulebook(), NOW)
    assert plain(word(done)).startswith("attic-cron is owned by Ovens.")
    assert "Accepted by Ova, 1 July, 14:02 UTC." in plain_context(word(done))
    assert owners(registry, CRON) == ("ovens",)
    origin = registry.catalog().origin(CRON, "owners")
    assert origin is not None
    assert (origin.source, origin.author) == (PEOPLE, "Ova <U0OVA>")
    assert not registry.catalog().stated_about(CRON, PROPOSED)


def test_a_team_declines_with_a_reason(registry: Registry) -> None:
    """Nobody owns it then, the message says who declined and why, and whoever proposed it hears so."""
    number = taken(put(registry, Change(CRON, owners=("ovens",))))
    waiting(registry)
    done = decline(Decline(number, "We are four\npeople"), CONTACT, registry, rulebook(), NOW)
    assert plain_context(word(done)).endswith("Declined by Ova, 1 July, 14:02 UTC: We are four people.")
    (notice,) = waiting(registry)
    assert said(registry, notice) == (
        "Ova declined that Ovens owns attic-cron: We are four people. Everything stays as it is. "
        "Ask in #ovens to talk about it."
    )
    assert card(registry, "attic-cron")[0].startswith("Nobody has claimed attic-cron.")


def test_those_who_own_it_are_asked_first(pottery_of_people: Registry) -> None:
    """Somebody else's idea of a new owner goes to those who own it, then to the new one; until then nothing moves."""
    registry = pottery_of_people
    number = taken(put(registry, Change(MILL, owners=("glaze",))))
    (notice,) = waiting(registry)
    assert notice.to == "#ovens"
    assert said(registry, notice).startswith("Mem Ber suggests that Glaze Guild owns pug-mill, which Ovens owns now.")
    assert isinstance(accept(Accept(number), MIRA, registry, rulebook(), NOW), Refusal)
    done = accept(Accept(number), CONTACT, registry, rulebook(), NOW)
    assert plain_context(word(done)).endswith("Glaze Guild is asked now; until it accepts, nothing changes.")
    assert owners(registry, MILL) == ("ovens",)
    (notice,) = waiting(registry)
    assert notice.to == "#glaze"
    message = message_of(notice, registry, rulebook(), NOW)
    assert message is not None
    assert "Ovens agreed, and until you accept, nothing changes." in plain_context(message)
    assert isinstance(notice.about, WasProposed)
    follow_up = notice.about.proposal
    assert isinstance(accept(Accept(follow_up), CONTACT, registry, rulebook(), NOW), Refusal)
    done = accept(Accept(follow_up), MIRA, registry, rulebook(), NOW)
    assert plain(word(done)).startswith("pug-mill is owned by Glaze Guild.")
    assert owners(registry, MILL) == ("glaze",)
    late = accept(Accept(number), MIRA, registry, rulebook(), NOW)
    assert "Accepted by Ova" in plain_context(word(late))
    assert registry.open_proposals() == []


def test_a_receiver_declines_what_the_owners_agreed_to(pottery_of_people: Registry) -> None:
    """The old owner stays, and whoever suggested it hears why."""
    registry = pottery_of_people
    number = taken(put(registry, Change(MILL, owners=("glaze",))))
    accept(Accept(number), CONTACT, registry, rulebook(), NOW)
    waiting(registry)
    (follow_up,) = registry.open_proposals()
    decline(Decline(follow_up.id, "Too heavy."), MIRA, registry, rulebook(), NOW)
    assert owners(registry, MILL) == ("ovens",)
    assert [notice.to for notice in waiting(registry)] == ["U0MEM"]


@pytest.mark.parametrize("who", [CONTACT, ADMIN])
def test_owners_and_administrators_ask_the_receiver_at_once(who: Actor, pottery_of_people: Registry) -> None:
    """Whoever may hand a component over has only the team to ask that is to receive it."""
    registry = pottery_of_people
    number = taken(put(registry, Change(MILL, owners=("glaze",)), who))
    assert [notice.to for notice in waiting(registry)] == ["#glaze"]
    accept(Accept(number), MIRA, registry, rulebook(), NOW)
    assert owners(registry, MILL) == ("glaze",)


def test_a_team_takes_what_nobody_owns(registry: Registry) -> None:
    """Where nobody else has a say, whoever claims a component for their team has it at once."""
    done = put(registry, Change(CRON, owners=("ovens",)), CONTACT)
    assert isinstance(done, Proposition)
    assert (done.proposal.state, owners(registry, CRON)) == ("accepted", ("ovens",))
    assert not waiting(registry)
    assert isinstance(put(registry, Change(CRON, owners=("ovens",))), Owners)


def test_each_team_that_is_to_own_it_is_asked(pottery_of_people: Registry) -> None:
    """Where two are to own a component, both accept, one after the other, the primary one first."""
    registry = pottery_of_people
    first = taken(put(registry, Change(CRON, owners=("glaze", "ovens"))))
    assert [notice.to for notice in waiting(registry)] == ["#glaze"]
    accept(Accept(first), MIRA, registry, rulebook(), NOW)
    assert owners(registry, CRON) == ()
    assert [notice.to for notice in waiting(registry)] == ["#ovens"]
    (second,) = registry.open_proposals()
    accept(Accept(second.id), CONTACT, registry, rulebook(), NOW)
    assert owners(registry, CRON) == ("glaze", "ovens")


def test_an_owner_in_a_file_is_changed_there(pottery_of_people: Registry) -> None:
    """Nothing overwrites what a file states; the refusal says where, and those who own it can be told."""
    registry = pottery_of_people
    refused = put(registry, Change(KILN, owners=("glaze",)))
    assert isinstance(refused, Refusal)
    assert "registry.yaml" in refused.sentence
    assert refused.change == Change(KILN, note="The owner should be Glaze Guild.")
    assert refused.to == "Ovens"
    number = taken(put(registry, Change(MILL, owners=("glaze",))))
    stated(registry, MILL, "owners", ["shopfront"], "mills.yaml")
    late = accept(Accept(number), ADMIN, registry, rulebook(), NOW)
    assert isinstance(late, Refusal)
    assert "mills.yaml" in late.sentence
    assert owners(registry, MILL) == ("shopfront",)


def test_an_import_wins_over_what_is_proposed(registry: Registry) -> None:
    """A file that states the owner decides it, whatever is proposed; the same owner accepted is a confirmation."""
    number = taken(put(registry, Change(CRON, owners=("ovens",))))
    stated(registry, CRON, "owners", ["ovens"], "cron.yaml")
    assert owners(registry, CRON) == ("ovens",)
    accept(Accept(number), CONTACT, registry, rulebook(), NOW)
    assert "confirmed by Ova on 1 July" in card(registry, "attic-cron")[1]


def test_a_team_that_went_meanwhile(registry: Registry) -> None:
    """What names a team that is not registered is not put, and can't be accepted any more."""
    assert isinstance(put(registry, Change(CRON, owners=("bygones",))), Invalid)
    number = taken(put(registry, Change(CRON, owners=("ovens",))))
    stated(registry, Ref.team("ovens"), "name", None, "registry.yaml")
    for field in ("title", "slack_channel", "slack_usergroup", "contacts"):
        stated(registry, Ref.team("ovens"), field, None, "registry.yaml")
    assert isinstance(accept(Accept(number), ADMIN, registry, rulebook(), NOW), Invalid)
    decline(Decline(number), ADMIN, registry, rulebook(), NOW)
    assert not registry.catalog().proposed_owners(CRON)


def test_of_several_that_are_proposed_the_newest_shows(pottery_of_people: Registry) -> None:
    """Declining or withdrawing one proposal leaves the other standing, on the card as in the list."""
    registry = pottery_of_people
    first = taken(put(registry, Change(CRON, owners=("ovens",))))
    second = taken(put(registry, Change(CRON, owners=("glaze",)), MEMBER))
    assert [team.name for team in registry.catalog().proposed_owners(CRON)] == ["glaze"]
    withdraw(Withdraw(second), MEMBER, registry, NOW)
    assert [team.name for team in registry.catalog().proposed_owners(CRON)] == ["ovens"]
    decline(Decline(first), CONTACT, registry, rulebook(), NOW)
    assert registry.catalog().proposed_owners(CRON) == []


def test_several_are_put_within_another_write(registry: Registry) -> None:
    """Registering something asks others in the same transaction; without anybody to ask the registrant hears so."""
    with registry.writing() as unit:
        unit.state([Statement(MILL, "name", "pug-mill", PEOPLE, MEMBER.signature, NOW)])
        put_within(Change(MILL, owners=("ovens",)), MEMBER, unit, (), NOW)
        put_within(Change(LEDGER, serves=MILL), MEMBER, unit, (), NOW)
        put_within(Change(CRON, note="Who has this?"), MEMBER, unit, (), NOW)
    owned, served, noted = waiting(registry)
    assert [owned.to, served.to, noted.to] == ["#ovens", "#ovens", "U0MEM"]
    assert noted.remark == "Nobody who could accept this can be reached in Slack."
    assert said(registry, served).startswith("Mem Ber names Ovens as the team that runs clay-ledger for pug-mill.")
    assert registry.catalog().proposed_owners(MILL)
    assert len(registry.open_proposals()) == 3


def test_running_it_for_another(registry: Registry) -> None:
    """A team accepts to run something for another component, which shows it as proposed until then; or declines, and
    says why.
    """

    def shown() -> str:
        catalog = registry.catalog()
        return plain_context(word(Owners((owner_card(catalog.components[WHEEL], catalog),), "So.")))

    change = Change(LEDGER, serves=WHEEL)
    number = taken(put(registry, change))
    components = registry.catalog().components
    first = "shopfront names Ovens as the team that runs clay-ledger for wheel."
    (request,) = waiting(registry)
    assert said(registry, request).startswith(f"{first} Does Ovens run it?")
    assert "Proposed: Ovens runs clay-ledger for it, and has not accepted yet." in shown()
    done = accept(Accept(number), CONTACT, registry, rulebook(), NOW)
    assert plain(word(done)) == first
    assert "Accepted by Ova" in plain_context(word(done))
    assert registry.catalog().components == components
    assert "Proposed" not in shown()
    second = taken(put(registry, change, Actor("U0NEW", "New", "member")))
    waiting(registry)
    decline(Decline(second, "No room"), CONTACT, registry, rulebook(), NOW)
    (notice,) = waiting(registry)
    assert said(registry, notice).startswith("Ova declined to run clay-ledger for wheel: No room. Everything stays")


def test_other_fields_are_proposed(registry: Registry) -> None:
    """A runbook that somebody suggests is stated once it is accepted; what could not be is refused at once."""
    change = Change(API, fields={"runbook": "https://wiki.pots.example/api", "tags": ["hot"]})
    number = taken(put(registry, change))
    (notice,) = waiting(registry)
    assert "runbook https://wiki.pots.example/api" in said(registry, notice)
    accept(Accept(number), CONTACT, registry, rulebook(), NOW)
    component = registry.catalog().components[API]
    assert (component.runbook, component.tags) == ("https://wiki.pots.example/api", ("hot",))
    taken_back = taken(put(registry, Change(API, fields={"runbook": None})))
    accept(Accept(taken_back), CONTACT, registry, rulebook(), NOW)
    assert registry.catalog().components[API].runbook is None
    for fields in ({"name": "other"}, {"colour": "red"}, {"review_by": "soon"}, {"owners": ["glaze"]}):
        assert isinstance(put(registry, Change(API, fields=fields)), Invalid)
    assert isinstance(put(registry, Change(KILN, fields={"runbook": "https://elsewhere.example"})), Refusal)
    assert isinstance(put(registry, Change(API, fields={"tags": ["hot"]})), Models)


def test_something_is_not_right(registry: Registry) -> None:
    """What somebody says is wrong reaches those who may mend it, in their words, and is answered with who fixed it."""
    number = taken(put(registry, Change(KILN, note="The runbook is of another kiln.")))
    (notice,) = waiting(registry)
    assert said(registry, notice) == (
        "Mem Ber says what is not right about kiln-control:\nThe runbook is of another kiln."
    )
    done = word(accept(Accept(number), CONTACT, registry, rulebook(), NOW))
    assert "Fixed by Ova, 1 July, 14:02 UTC." in plain_context(done)


def test_one_accepts_while_another_declines(registry: Registry) -> None:
    """Of two clicks at once, one to accept and one to decline, there is one outcome, and both are shown it."""
    number = taken(put(registry, Change(CRON, owners=("ovens",)), admins=("U0ADM",)))
    with ThreadPoolExecutor(2) as pool:
        yes = pool.submit(accept, Accept(number), CONTACT, registry, rulebook(), NOW)
        no = pool.submit(decline, Decline(number, "No."), ADMIN, registry, rulebook(), NOW)
        answers = [yes.result(), no.result()]
    states = {each.proposal.state for each in answers if isinstance(each, Proposition)}
    assert len(states) == 1
    assert owners(registry, CRON) == (("ovens",) if states == {"accepted"} else ())
    assert not registry.catalog().stated_about(CRON, PROPOSED)


def test_components_of_proposed_owners_are_not_of_one_owner(registry: Registry) -> None:
    """Two that one question fits are told apart where only one of them has a proposed owner."""
    for name in ("north/pot-lift", "south/pot-lift"):
        space, _, bare = name.partition("/")
        ref = Ref.component(bare, space)
        for field, value in (("name", bare), ("namespace", space)):
            stated(registry, ref, field, value)
    put(registry, Change(Ref.component("pot-lift", "north"), owners=("ovens",)))
    text, _ = card(registry, "pot-lift")
    assert "Ovens (proposed)" in text
    catalog = registry.catalog()
    assert owner_card(catalog.components[Ref.component("pot-lift", "north")], catalog).owners == ()


def test_what_an_owner_wrote_meanwhile_stays(registry: Registry) -> None:
    """A field that somebody filled in after it was suggested otherwise stays, and whoever accepts sees it."""
    made = put(registry, Change(API, fields={"kind": "library"}))
    assert isinstance(made, Proposed)
    with registry.writing() as unit:
        unit.state([Statement(API, "kind", "service", PEOPLE, CONTACT.signature, NOW)])
    late = accept(Accept(made.proposal.id), CONTACT, registry, rulebook(), NOW)
    assert late == Invalid("Its kind was changed since, to service. Nothing was changed; decline this, or edit it.")
    assert registry.catalog().components[API].kind == "service"
    anew = put(registry, Change(API, fields={"kind": "library"}))
    assert isinstance(anew, Proposed)
    assert isinstance(accept(Accept(anew.proposal.id), CONTACT, registry, rulebook(), NOW), Proposition)
    assert registry.catalog().components[API].kind == "library"


def test_what_was_suggested_once_can_be_done(pottery_of_people: Registry) -> None:
    """Somebody who suggested their team before takes the component at once when nobody else has a say any more."""
    change = Change(MILL, owners=("glaze",))
    made = put(pottery_of_people, change, MIRA)
    assert isinstance(made, Proposed)
    with pottery_of_people.writing() as unit:
        unit.state([Statement(MILL, "owners", None, PEOPLE, CONTACT.signature, NOW)])
    done = put(pottery_of_people, change, MIRA)
    assert isinstance(done, Proposition)
    assert pottery_of_people.catalog().components[MILL].owners == ("glaze",)
    assert pottery_of_people.open_proposals() == []
