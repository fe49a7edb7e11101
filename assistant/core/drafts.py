"""Drafts: an onboarding that is under way, as values, and the ways through its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, NamedTuple

from assistant.core.entries import FactValue, Ref
from assistant.core.questionnaire import Answers, Screen, next_screen
from assistant.core.rulebook import Rulebook

StepName = Literal["what", "questions", "parts", "review"]

PARTS = 12
"""Parts of one onboarding; more are added to the registry afterwards."""


class Stop(NamedTuple):
    """One screen of the form. `part`: the part that its questions are about, by position; None: the service itself."""

    step: StepName
    part: int | None = None
    facts: tuple[str, ...] = ()

    @property
    def heading(self) -> StepName:
        """The step under which people see it: the questions about a part belong to the parts."""
        return self.step if self.part is None else "parts"


@dataclass(frozen=True)
class Part:
    """What a service needs: a component that exists, by `namespace/name`, or a new one, with its kind and owner."""

    kind: str = ""
    existing: str = ""
    name: str = ""
    owner: str = ""
    answers: Answers = field(default_factory=dict)

    @property
    def ref(self) -> Ref:
        return Ref.parse(f"component:{self.existing}") if self.existing else Ref.component(self.name)


@dataclass(frozen=True)
class Draft:
    """What was entered so far, and the screens that were seen, the one that is shown last.

    `confirmed`: a name that was shown the names that come near it. `adding`: what is being described as a part; one
    that exists and a new one can be so at once.
    """

    name: str = ""
    kind: str = ""
    description: str = ""
    repo: str = ""
    owner: str = ""
    more_owners: str = ""
    new_team: str = ""
    team_channel: str = ""
    has_new_team: bool = False
    answers: Answers = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    adding: Part = Part()
    confirmed: tuple[str, ...] = ()
    trail: tuple[Stop, ...] = (Stop("what"),)

    @property
    def stop(self) -> Stop:
        return self.trail[-1]

    @property
    def primary_owner(self) -> str:
        return self.new_team if self.has_new_team else self.owner

    @property
    def further_owners(self) -> tuple[str, ...]:
        """The names of further teams, as they were typed; the form asks for none beside a new team."""
        typed = () if self.has_new_team else self.more_owners.replace(";", ",").split(",")
        return tuple(name.strip() for name in typed if name.strip())

    def answers_at(self, part: int | None) -> Answers:
        return self.answers if part is None else self.parts[part].answers

    def asked(self, part: int | None) -> list[str]:
        """Return the facts that were asked about the service or a part, in order, as often as they were."""
        return [fact for stop in self.trail if stop.step == "questions" and stop.part == part for fact in stop.facts]


DraftState = Literal["open", "finished", "dropped"]


@dataclass(frozen=True)
class Kept:
    """A draft as it is kept. `version` counts its steps, so that one that was sent twice is taken once."""

    id: str
    person: str
    version: int
    draft: Draft
    state: DraftState
    changed_at: datetime


def answered(draft: Draft, given: Mapping[str, FactValue | None]) -> Draft:
    """Return a draft with answers to the questions that are shown; one that is not in `given` was left empty."""
    part, shown = draft.stop.part, set(draft.stop.facts)
    answers = {name: value for name, value in draft.answers_at(part).items() if name not in shown}
    answers |= {name: value for name, value in given.items() if name in shown}
    return replace(draft, answers=answers) if part is None else with_part(draft, part, answers=answers)


def with_part(draft: Draft, position: int, **changes: object) -> Draft:
    """Return a draft in which a part is different."""
    parts = list(draft.parts)
    parts[position] = replace(parts[position], **changes)  # type: ignore[arg-type]
    return replace(draft, parts=tuple(parts))


def onward(draft: Draft, rulebook: Rulebook) -> Draft:
    """Return a draft at its next screen: what it is, questions, parts, each new part's questions, review."""
    stop = draft.stop
    if stop.step in ("what", "questions") and (facts := _facts_after(draft, stop.part, rulebook)):
        return _at(draft, Stop("questions", stop.part, facts))
    if stop.part is None and stop.step != "parts":
        return _at(draft, Stop("parts"))
    asked = {stop.part for stop in draft.trail}
    part = next((at for at, part in enumerate(draft.parts) if not part.existing and at not in asked), None)
    return _at(draft, Stop("review") if part is None else Stop("questions", part, _facts_after(draft, part, rulebook)))


def without_part(draft: Draft, position: int) -> Draft:
    """Return a draft without a part, at the screen that lists them."""
    return replace(back_to(draft, "parts"), parts=draft.parts[:position] + draft.parts[position + 1 :])


def back(draft: Draft) -> Draft:
    """Return a draft at the screen before; what was entered stays."""
    return replace(draft, trail=draft.trail[:-1] or draft.trail)


def back_to(draft: Draft, step: StepName) -> Draft:
    """Return a draft at the first of its screens that was such a step, or at one that is."""
    steps = [stop.step for stop in draft.trail]
    return replace(draft, trail=draft.trail[: steps.index(step) + 1]) if step in steps else _at(draft, Stop(step))


def screen_after(draft: Draft, part: int | None, rulebook: Rulebook) -> Screen:
    """Return what is asked next about the service or a part."""
    return next_screen(rulebook, draft.answers_at(part), draft.asked(part))


def screen_at(draft: Draft, rulebook: Rulebook) -> Screen:
    """Return the questions that are shown, as far as the rulebook still has them, with what is suggested to them."""
    part, before = draft.stop.part, replace(draft, trail=draft.trail[:-1])
    facts = tuple(fact for name in draft.stop.facts if (fact := rulebook.fact(name)))
    return Screen(facts, screen_after(before, part, rulebook).suggested)


def _facts_after(draft: Draft, part: int | None, rulebook: Rulebook) -> tuple[str, ...]:
    return tuple(fact.name for fact in screen_after(draft, part, rulebook).facts)


def _at(draft: Draft, stop: Stop) -> Draft:
    return replace(draft, trail=(*draft.trail, stop))
