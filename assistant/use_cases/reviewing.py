"""Reviewing: those who own a component are asked once whether its model still fits, and answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from assistant.core.answers import Answer, Decided, Invalid, Look, LooksDue, Models
from assistant.core.catalog import PEOPLE, Catalog, Component, Ref
from assistant.core.messages import AnswerAgain, Keep, Later
from assistant.core.notices import LookAgain, Notice, addressees
from assistant.core.policy import Actor
from assistant.core.recommending import recommend
from assistant.core.reviewing import look_at, looks
from assistant.core.rulebook import Rulebook
from assistant.use_cases.deciding import DECIDE, LOOK_AGAIN, model_to_state, said_by_people
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.stating import gone, stated_in_file, to_state

A_MONTH = timedelta(days=30)


def ask_to_look(registry: Registry, rulebook: Rulebook, now: datetime, administrators: Sequence[str]) -> int:
    """Have the owners of decisions asked that are to be looked at again: once a reason, in one message a channel.

    Returns how many are asked. Any number of replicas may do this at once.
    """
    catalog = registry.snapshot().catalog
    due = list(looks(catalog, rulebook, now.date()))
    if not due:
        return 0
    with registry.writing() as unit:
        by_addressee: dict[tuple[str, ...], list[Ref]] = {}
        for look in due:
            if unit.ask_once(_reason(look), now):
                component = look.recommendation.card.component
                whom = addressees(component, catalog, administrators) or (look.decided.author_id,)
                by_addressee.setdefault(tuple(whom), []).append(component.ref)
        instead = next(iter(administrators), None)
        told = [(whom, LookAgain(tuple(refs))) for those, refs in by_addressee.items() for whom in those if whom]
        unit.notify([Notice(whom, about, instead) for whom, about in told], now)
    return sum(map(len, by_addressee.values()))


def _reason(look: Look) -> str:
    """Name what is asked, so that it is asked once: for a day, or for a decision and what the rules say of it."""
    component, model = look.recommendation.card.component, look.recommendation.decision.model
    if look.is_due:
        return f"{component.ref} by {component.review_by}"
    at = look.decided.stated_at.isoformat()
    return f"{component.ref} {component.model} of {at}, now {model.id if model else 'undecided'}"


def looks_due(refs: Iterable[Ref], catalog: Catalog, rulebook: Rulebook, today: date) -> LooksDue | None:
    """Return those of some decisions that are to be looked at, still."""
    components = [catalog.components[ref] for ref in refs if ref in catalog.components]
    found = [look for each in components if (look := look_at(each, catalog, rulebook, today))]
    return LooksDue(tuple(found)) if found else None


def look_again(ref: Ref, registry: Registry, rulebook: Rulebook, today: date) -> Answer:
    """Ask about one decision, of several that were listed."""
    due = looks_due([ref], registry.snapshot().catalog, rulebook, today)
    return due or Invalid(f"{ref.name} was looked at already. Ask which model it should use to see what holds.")


def answer_again(act: AnswerAgain, registry: Registry, rulebook: Rulebook, by: str) -> Answer:
    """Ask once more what people have answered about a component. Nothing is changed until somebody saves it."""
    catalog = registry.snapshot().catalog
    component = catalog.components.get(act.ref)
    if component is None:
        return gone(act.ref)
    return Models((recommend(component, catalog, rulebook, anew=True),), f"{by} answers again.")


def keep(act: Keep, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime) -> Answer:
    """Let a decision stand, whatever the rules say, until half a year from now."""
    return _move(act, actor, registry, rulebook, now, LOOK_AGAIN)


def later(act: Later, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime) -> Answer:
    """Have a decision looked at in a month."""
    return _move(act, actor, registry, rulebook, now, A_MONTH)


def _move(
    act: Keep | Later, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime, after: timedelta
) -> Answer:
    with registry.writing(actor.delivery) as unit:
        component = to_state(act.ref, actor, unit.catalog, DECIDE)
        if not isinstance(component, Component):
            return component
        day = unit.catalog.origin(act.ref, "review_by")
        if component.model != act.model:
            return Invalid("Its model was changed since. Nothing was changed; ask again to see what is there now.")
        if day is not None and day.source != PEOPLE:
            return stated_in_file("Its day to look again", day)
        before = said_by_people(act.ref, unit.catalog)
        unit.state(model_to_state(act.ref, before[0], actor, unit.catalog, now, after))
    after_that = registry.snapshot().catalog
    advice = recommend(after_that.components[act.ref], after_that, rulebook)
    return Decided(advice, actor.name, now, before, "kept" if isinstance(act, Keep) else "later")
