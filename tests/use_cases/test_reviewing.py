"""Reviewing: those who own a decision are asked once when its day has come or the rules say something else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from registries import NOW, rulebook

from assistant.core.answers import Invalid, Models, Refusal
from assistant.core.catalog import PEOPLE, Statement
from assistant.core.entries import FactValue, Ref
from assistant.core.messages import Adopt, AnswerAgain, Keep, Later, LookAt, Settle, TakeBack, buttons_of, plain
from assistant.core.notices import LookAgain, Notice
from assistant.core.outcomes import Decided, FactsSaved, LooksDue
from assistant.core.policy import Actor
from assistant.core.proposals import Change
from assistant.core.wording import word
from assistant.use_cases.asking import settle
from assistant.use_cases.deciding import adopt, take_back
from assistant.use_cases.notifying import message_of
from assistant.use_cases.reviewing import answer_again, ask_to_look, keep, later, look_again
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.stating import save_facts

KILN, LEDGER, API, CRON = (Ref.component(name) for name in ("kiln-control", "clay-ledger", "api-v2", "attic-cron"))
BUILD_IT = "you-build-it-you-run-it"
MEMBER = Actor("U0MEM", "Mem Ber", "member")
CONTACT = Actor("U0OVA", "Ova", "member")
ADMIN = Actor("U0ADM", "Adi", "administrator")
TOMORROW = NOW + timedelta(days=1)
HALF_A_YEAR_ON = NOW + timedelta(days=182)


def asked(registry: Registry, at: datetime) -> list[Notice]:
    """Go through the decisions, and take the notices that come of it."""
    ask_to_look(registry, rulebook(), at, ("U0ADM",))
    found = []
    while taken := registry.notices.take(at):
        found.append(taken.notice)
        registry.notices.sent(taken, at)
    return found


def decide(registry: Registry, ref: Ref = KILN, model: str = BUILD_IT, actor: Actor = CONTACT) -> None:
    assert isinstance(adopt(Adopt(ref, model), actor, registry, rulebook(), NOW), Decided)


def state(registry: Registry, ref: Ref, **values: Any) -> None:
    with registry.writing() as unit:
        unit.state(Statement(ref, name, value, PEOPLE, "Ova <U0OVA>", NOW) for name, value in values.items())


def answered(registry: Registry, **facts: FactValue) -> None:
    """Decide about a component whose facts people stated, and not a file."""
    save_facts(Change(API, facts), CONTACT, registry, rulebook(), NOW)
    decide(registry, API, "complicated-subsystem-team")


def answered_anew(registry: Registry, ownership: str, before: str) -> None:
    change = Change(API, {"ownership": ownership}, before={"ownership": before})
    assert isinstance(save_facts(change, ADMIN, registry, rulebook(), NOW), FactsSaved)


def test_the_owners_are_asked_once_when_the_day_comes(registry: Registry) -> None:
    """Half a year after a decision its owner's channel is asked, once, however often it is looked for."""
    decide(registry)
    assert asked(registry, HALF_A_YEAR_ON - timedelta(days=1)) == []
    (notice,) = asked(registry, HALF_A_YEAR_ON)
    assert isinstance(notice.about, LookAgain)
    assert (notice.to, notice.about.refs, notice.instead) == ("#ovens", (KILN,), ("U0OVA",))
    message = message_of(notice, registry, rulebook(), HALF_A_YEAR_ON)
    assert message is not None
    assert plain(message).startswith(
        "kiln-control is run as “you build it, you run it”, and was to be looked at again by"
    )
    assert asked(registry, HALF_A_YEAR_ON + timedelta(days=1)) == []


def test_they_are_asked_when_the_rules_say_something_else(registry: Registry) -> None:
    """A fact that changes what is recommended has the owners asked, once, and again for another decision."""
    answered(registry, lifecycle="shared", ownership="developers")
    assert asked(registry, NOW) == []
    answered_anew(registry, "external-team", "developers")
    (notice,) = asked(registry, TOMORROW)
    message = message_of(notice, registry, rulebook(), TOMORROW)
    assert message is not None
    assert "By what is known now it would be a platform team." in plain(message)
    assert asked(registry, TOMORROW) == []
    decide(registry, API, "platform-team")
    answered_anew(registry, "developers", "external-team")
    assert len(asked(registry, TOMORROW + timedelta(days=1))) == 1


def test_they_are_asked_again_about_a_new_decision(registry: Registry) -> None:
    """Whoever decides the same anew is asked when the rules say the same other thing once more."""
    answered(registry, lifecycle="shared", ownership="developers")
    for day in (0, 1):
        answered_anew(registry, "external-team", "developers")
        assert len(asked(registry, NOW + timedelta(days=day))) == 1
        answered_anew(registry, "developers", "external-team")
        again = Adopt(API, "complicated-subsystem-team")
        assert isinstance(adopt(again, CONTACT, registry, rulebook(), NOW + timedelta(days=day + 1)), Decided)


def test_a_decision_that_is_kept_is_settled(registry: Registry) -> None:
    """Whoever keeps a model against the rules is not asked about that again until its new day."""
    answered(registry, lifecycle="shared", ownership="developers")
    answered_anew(registry, "external-team", "developers")
    assert len(asked(registry, NOW)) == 1
    assert isinstance(keep(Keep(API, "complicated-subsystem-team"), CONTACT, registry, rulebook(), TOMORROW), Decided)
    for days in (1, 2, 100):
        assert asked(registry, NOW + timedelta(days=days)) == []
    assert len(asked(registry, NOW + timedelta(days=184))) == 1


def test_a_channel_is_asked_about_a_few_decisions_a_day(registry: Registry) -> None:
    """However many decisions come due, a channel gets one message a day, until each was asked about once."""
    names = [f"vase-{number}" for number in range(10)]
    with registry.writing() as unit:
        for name in names:
            values = {"name": name, "owners": ["ovens"], "model": BUILD_IT, "review_by": "2026-06-01"}
            ref = Ref.component(name)
            unit.state(Statement(ref, field, value, PEOPLE, "Ova <U0OVA>", NOW) for field, value in values.items())
    counts = []
    for day in range(5):
        notices = asked(registry, NOW + timedelta(days=day, hours=day))
        counts.append([len(each.about.refs) for each in notices if isinstance(each.about, LookAgain)])
    assert counts == [[4], [4], [2], [], []]


def test_nobody_to_ask_is_no_question(registry: Registry) -> None:
    """A decision that nobody could be asked about is asked about as soon as there is somebody."""
    with registry.writing() as unit:
        for name, value in {"model": BUILD_IT, "review_by": "2026-06-01"}.items():
            unit.state([Statement(CRON, name, value, "kilns.yaml", "importer", NOW)])
    assert ask_to_look(registry, rulebook(), NOW, ()) == 0
    assert ask_to_look(registry, rulebook(), NOW, ("U0ADM",)) == 1


def test_replicas_ask_once(registry: Registry) -> None:
    """Any number of processes that look at once ask once."""
    decide(registry)
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: ask_to_look(registry, rulebook(), HALF_A_YEAR_ON, ()), range(8)))
    assert sorted(counts) == [0] * 7 + [1]
    assert registry.notices.waiting() == 1


def test_one_message_for_many_decisions(registry: Registry) -> None:
    """A channel is asked about all its decisions in one message; each can then be looked at alone."""
    decide(registry)
    decide(registry, LEDGER, "platform-team")
    (notice,) = asked(registry, HALF_A_YEAR_ON)
    assert isinstance(notice.about, LookAgain)
    assert notice.about.refs == (LEDGER, KILN)
    message = message_of(notice, registry, rulebook(), HALF_A_YEAR_ON)
    assert message is not None
    assert plain(message).startswith("Do these two decisions still fit?")
    alone = look_again(LookAt(KILN, HALF_A_YEAR_ON.timestamp()), registry, rulebook(), HALF_A_YEAR_ON.date())
    assert isinstance(alone, LooksDue)
    assert len(alone.looks) == 1


def test_what_was_looked_at_before_it_is_sent_is_left_out(registry: Registry) -> None:
    """A question that was answered before it could be sent is not sent."""
    decide(registry)
    (notice,) = asked(registry, HALF_A_YEAR_ON)
    keep(Keep(KILN, BUILD_IT), CONTACT, registry, rulebook(), HALF_A_YEAR_ON + timedelta(minutes=1))
    assert message_of(notice, registry, rulebook(), HALF_A_YEAR_ON) is None
    late = look_again(LookAt(KILN, HALF_A_YEAR_ON.timestamp()), registry, rulebook(), HALF_A_YEAR_ON.date())
    assert isinstance(late, Invalid)


def test_where_nobody_owns_it(registry: Registry) -> None:
    """What nobody owns is asked of the administrators, else of whoever decided."""
    state(registry, CRON, lifecycle="shared", ownership="developers", model="platform-team")
    assert [notice.to for notice in asked(registry, NOW)] == ["U0ADM"]
    state(registry, CRON, model="embedded-platform-engineers")
    assert ask_to_look(registry, rulebook(), TOMORROW, ()) == 1
    taken = registry.notices.take(TOMORROW)
    assert taken is not None
    assert taken.notice.to == "U0OVA"


def test_a_model_in_a_file_is_no_decision(registry: Registry) -> None:
    """A model that a file states is asked about when its day comes, not because the rules never agreed."""
    with registry.writing() as unit:
        for name, value in {"model": "platform-team", "review_by": "2026-08-01"}.items():
            unit.state([Statement(KILN, name, value, "kilns.yaml", "importer", NOW)])
    assert asked(registry, NOW) == []
    assert len(asked(registry, NOW + timedelta(days=60))) == 1
    refused = keep(Keep(KILN, "platform-team"), ADMIN, registry, rulebook(), NOW)
    assert isinstance(refused, Refusal)
    assert refused.sentence == "Its day to look again is stated in kilns.yaml."
    look = look_again(LookAt(KILN, NOW.timestamp()), registry, rulebook(), (NOW + timedelta(days=60)).date())
    assert "Its day to look again stands in kilns.yaml: move it there." in plain(word(look))
    assert not buttons_of(word(look))


@pytest.mark.parametrize(
    ("act", "day"),
    [(Keep(KILN, BUILD_IT), date(2027, 6, 30)), (Later(KILN, BUILD_IT), date(2027, 1, 29))],
)
def test_a_decision_stands(registry: Registry, act: Keep | Later, day: date) -> None:
    """Keep and Later leave the model as it is and move the day; Undo moves it back; others may not."""
    decide(registry)
    do = keep if isinstance(act, Keep) else later
    assert isinstance(do(act, MEMBER, registry, rulebook(), HALF_A_YEAR_ON), Refusal)  # type: ignore[arg-type]
    done = do(act, CONTACT, registry, rulebook(), HALF_A_YEAR_ON)  # type: ignore[arg-type]
    assert isinstance(done, Decided)
    kiln = registry.snapshot().catalog.components[KILN]
    assert (kiln.model, kiln.review_by) == (BUILD_IT, day)
    assert done.before is not None
    again = do(act, CONTACT, registry, rulebook(), HALF_A_YEAR_ON)  # type: ignore[arg-type]
    assert isinstance(again, Decided)
    assert again.before is None
    take_back(TakeBack(KILN, BUILD_IT, *done.before), CONTACT, registry, rulebook(), HALF_A_YEAR_ON)
    assert registry.snapshot().catalog.components[KILN].review_by == date(2026, 12, 30)
    stale = type(act)(KILN, "platform-team")
    assert isinstance(do(stale, CONTACT, registry, rulebook(), NOW), Invalid)  # type: ignore[arg-type]


def test_answering_again(registry: Registry) -> None:
    """What people answered is asked once more, one by one, and the new answers can be saved; nothing changes before."""
    answered(registry, lifecycle="shared", ownership="developers")
    first = answer_again(AnswerAgain(API), registry, rulebook(), "Ova")
    assert isinstance(first, Models)
    advice = first.recommendations[0]
    assert advice.decision.model is None
    assert advice.before == {"lifecycle": "shared", "ownership": "developers"}
    same = settle(Settle(API, "lifecycle", "shared", anew=True), registry.snapshot(), rulebook(), "Ova")
    assert isinstance(same, Models)
    assert [fact.name for fact in same.recommendations[0].decision.missing] == ["ownership"]
    other = Settle(API, "ownership", "external-team", {"lifecycle": "shared"}, anew=True)
    decided = settle(other, registry.snapshot(), rulebook(), "Ova")
    assert isinstance(decided, Models)
    advice = decided.recommendations[0]
    assert advice.decision.model is not None
    assert advice.decision.model.id == "platform-team"
    assert {known.fact.name for known in advice.known if known.statement is None} == {"ownership"}


def test_what_a_file_states_is_not_asked_again(registry: Registry) -> None:
    """Facts that a file states stay: they are changed in the file."""
    again = answer_again(AnswerAgain(LEDGER), registry, rulebook(), "Ova")
    assert isinstance(again, Models)
    assert again.recommendations[0].decision.model is not None
    assert isinstance(answer_again(AnswerAgain(Ref.component("bygone")), registry, rulebook(), "Ova"), Invalid)
