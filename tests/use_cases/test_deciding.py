"""Deciding: a recommended model is chosen by somebody who may, with the day to look again, and can be taken back."""

from __future__ import annotations

from datetime import date

import pytest
from registries import NOW, rulebook

from assistant.core.answers import Decided, DecisionRecord, Invalid, Refusal
from assistant.core.catalog import Ref
from assistant.core.messages import Adopt
from assistant.core.policy import Actor
from assistant.use_cases.deciding import adopt, decision_record
from assistant.use_cases.snapshots import Registry

KILN = Ref.component("kiln-control")
BUILD_IT = "you-build-it-you-run-it"
MEMBER = Actor("U0MEM", "Mem Ber", "member")
CONTACT = Actor("U0OVA", "Ova", "member")


def test_a_decision_and_back(registry: Registry) -> None:
    """What is recommended becomes the model in use, until half a year later; deciding twice is deciding once."""
    decided = adopt(Adopt(KILN, BUILD_IT), CONTACT, registry, rulebook(), NOW)
    assert isinstance(decided, Decided)
    kiln = registry.snapshot().catalog.components[KILN]
    assert (kiln.model, kiln.review_by) == (BUILD_IT, date(2026, 12, 30))
    assert decided.review_by == kiln.review_by
    revision = registry.snapshot().catalog.revision
    assert isinstance(adopt(Adopt(KILN, BUILD_IT), CONTACT, registry, rulebook(), NOW), Decided)
    assert registry.snapshot().catalog.revision == revision
    assert isinstance(adopt(Adopt(KILN, None), CONTACT, registry, rulebook(), NOW), Decided)
    kiln = registry.snapshot().catalog.components[KILN]
    assert (kiln.model, kiln.review_by) == (None, None)


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
        "Only one application needs it",
        "- No, only one application does (registry.yaml, 2026-07-01)",
        "- One team answers for the code",
        "Look again by 2026-12-30.",
    ):
        assert part in record.markdown
    undecided = decision_record(Ref.component("wheel"), registry.snapshot(), rulebook(), NOW.date())
    assert isinstance(undecided, Invalid)
