"""Deciding: a recommended model is chosen by somebody who may, with the day to look again, and can be taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from registries import NOW, rulebook

from assistant.core.answers import Invalid, Refusal
from assistant.core.catalog import Statement
from assistant.core.entries import Ref
from assistant.core.messages import Adopt, TakeBack
from assistant.core.outcomes import Decided, DecisionRecord
from assistant.core.policy import Actor
from assistant.use_cases.deciding import adopt, decision_record, take_back
from assistant.use_cases.snapshots import Registry

KILN = Ref.component("kiln-control")
BUILD_IT = "you-build-it-you-run-it"
MEMBER = Actor("U0MEM", "Mem Ber", "member")
CONTACT = Actor("U0OVA", "Ova", "member")


def test_a_decision_and_back(registry: Registry) -> None:
    """What is recommended becomes the model in use, until half a year later, until that is taken back."""
    decided = adopt(Adopt(KILN, BUILD_IT), CONTACT, registry, rulebook(), NOW)
    assert isinstance(decided, Decided)
    kiln = registry.snapshot().catalog.components[KILN]
    assert (kiln.model, kiln.review_by) == (BUILD_IT, date(2026, 12, 30))
    assert decided.before == (None, None)
    assert isinstance(take_back(TakeBack(KILN, BUILD_IT, None, None), CONTACT, registry, rulebook(), NOW), Decided)
    kiln = registry.snapshot().catalog.components[KILN]
    assert (kiln.model, kiln.review_by) == (None, None)


def test_a_decision_is_renewed(registry: Registry) -> None:
    """Deciding twice on a day is deciding once; deciding later moves the day, and Undo moves it back."""
    adopt(Adopt(KILN, BUILD_IT), CONTACT, registry, rulebook(), NOW)
    revision = registry.snapshot().catalog.revision
    assert isinstance(adopt(Adopt(KILN, BUILD_IT), CONTACT, registry, rulebook(), NOW), Decided)
    assert registry.snapshot().catalog.revision == revision
    later = NOW + timedelta(days=180)
    renewed = adopt(Adopt(KILN, BUILD_IT), CONTACT, registry, rulebook(), later)
    assert isinstance(renewed, Decided)
    assert renewed.recommendation.card.component.review_by == date(2027, 6, 28)
    assert renewed.before == (BUILD_IT, "2026-12-30")
    take_back(TakeBack(KILN, BUILD_IT, *renewed.before), CONTACT, registry, rulebook(), later)
    kiln = registry.snapshot().catalog.components[KILN]
    assert (kiln.model, kiln.review_by) == (BUILD_IT, date(2026, 12, 30))


def test_a_day_that_a_file_states_stays(registry: Registry) -> None:
    """The day to look again that stands in a registry file holds, whoever decides."""
    with registry.writing() as unit:
        unit.state([Statement(KILN, "review_by", "2026-09-01", "kilns.yaml", "importer", NOW)])
    adopt(Adopt(KILN, BUILD_IT), CONTACT, registry, rulebook(), NOW)
    kiln = registry.snapshot().catalog.components[KILN]
    assert (kiln.model, kiln.review_by) == (BUILD_IT, date(2026, 9, 1))


@pytest.mark.parametrize(
    ("actor", "model", "refused"), [(MEMBER, BUILD_IT, Refusal), (CONTACT, "platform-team", Invalid)]
)
def test_what_is_not_taken_back(registry: Registry, actor: Actor, model: str, refused: type) -> None:
    """Others may not take a decision back, and an old Undo undoes no other decision than its own."""
    adopt(Adopt(KILN, BUILD_IT), CONTACT, registry, rulebook(), NOW)
    revision = registry.snapshot().catalog.revision
    assert isinstance(take_back(TakeBack(KILN, model, None, None), actor, registry, rulebook(), NOW), refused)
    assert registry.snapshot().catalog.revision == revision


@pytest.mark.parametrize(
    ("actor", "act", "refused"),
    [
        (MEMBER, Adopt(KILN, BUILD_IT), Refusal),
        (CONTACT, Adopt(KILN, "platform-team"), Invalid),
        (CONTACT, Adopt(Ref.component("bygone"), BUILD_IT), Invalid),
    ],
)
def test_what_is_not_decided(registry: Registry, actor: Actor, act: Adopt, refused: type) -> None:
    """Others may not, an answer that no longer holds adopts nothing, and nothing is changed."""
    revision = registry.snapshot().catalog.revision
    assert isinstance(adopt(act, actor, registry, rulebook(), NOW), refused)
    assert registry.snapshot().catalog.revision == revision


def test_a_decision_record(registry: Registry) -> None:
    """The record names the model, why, the facts with where they come from, what follows, and the day to look again."""
    adopt(Adopt(KILN, BUILD_IT), CONTACT, registry, rulebook(), NOW)
    record = decision_record(KILN, registry.snapshot(), rulebook(), NOW.date())
    assert isinstance(record, DecisionRecord)
    for part in (
        "# kiln-control: you build it, you run it",
        "Date: 2026-07-01. Owner: Ovens.",
        "kiln-control uses the model “you build it, you run it” (Ova, 2026-07-01).",
        "Only one application needs it",
        "use kiln-control, or will they? No, nothing else does (registry.yaml, 2026-07-01)",
        "- One team answers for the code",
        "Look again by 2026-12-30.",
    ):
        assert part in record.markdown
    take_back(TakeBack(KILN, BUILD_IT, None, None), CONTACT, registry, rulebook(), NOW)
    proposed = decision_record(KILN, registry.snapshot(), rulebook(), NOW.date())
    assert isinstance(proposed, DecisionRecord)
    assert "Proposed: kiln-control should use the model “you build it, you run it”." in proposed.markdown
    assert "Look again" not in proposed.markdown
    undecided = decision_record(Ref.component("wheel"), registry.snapshot(), rulebook(), NOW.date())
    assert isinstance(undecided, Invalid)
