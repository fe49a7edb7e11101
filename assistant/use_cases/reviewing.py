"""Reviewing: those who own a component are asked once whether its model still fits, and answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from assistant.core.answers import Answer, Invalid, Models
from assistant.core.catalog import PEOPLE, Catalog, Statement
from assistant.core.entries import Component, Ref
from assistant.core.messages import AnswerAgain, Keep, Later, LookAt
from assistant.core.notices import LookAgain, Notice, addressees, people_behind
from assistant.core.outcomes import Decided, LooksDue
from assistant.core.policy import Actor
from assistant.core.recommending import recommend
from assistant.core.reviewing import Reason, look_at, reasons
from assistant.core.rulebook import Rulebook
from assistant.use_cases.deciding import LOOK_AGAIN, day_after, said_by_people
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.stating import gone, stated_in_file, to_state

A_MONTH = timedelta(days=30)
AT_ONCE = 4
"""Decisions that one channel is asked about in a day, in one message."""


def ask_to_look(registry: Registry, rulebook: Rulebook, now: datetime, administrators: Sequence[str]) -> int:
    """Have the owners of decisions asked that are to be looked at again: once a reason, in one message a day.

    Returns how many decisions are asked about. Any number of replicas may do this at once.
    """
    catalog = registry.catalog()
    due = {reason.key: reason for reason in reasons(catalog, rulebook, now.date())}
    new = [due[key] for key in registry.never_asked(due)]
    by_addressee: dict[str, list[Reason]] = {}
    for reason in new:
        for whom in addressees(reason.component, catalog, administrators) or _decider(reason.component, catalog):
            by_addressee.setdefault(whom, []).append(reason)
    todays = {f"{whom} on {now.date()}": whom for whom in by_addressee}
    whoms = [todays[key] for key in registry.never_asked(todays)]
    if not whoms:
        return 0
    asked: dict[str, Reason] = {}
    with registry.writing() as unit:
        for whom in whoms:
            mine = by_addressee[whom][:AT_ONCE]
            if not unit.ask_once(f"{whom} on {now.date()}", now):
                continue
            mine = [each for each in mine if each.key in asked or unit.ask_once(each.key, now)]
            asked |= {each.key: each for each in mine}
            if mine:
                about = LookAgain(tuple(each.component.ref for each in mine), tuple(each.key for each in mine), now)
                instead = people_behind(mine[0].component, catalog, administrators)
                unit.notify([Notice(whom, about, tuple(each for each in instead if each != whom))], now)
    return len(asked)


def _decider(component: Component, catalog: Catalog) -> tuple[str, ...]:
    """Return whoever stated a component's model, where there is nobody else to ask."""
    decided = catalog.origin(component.ref, "model")
    return (decided.author_id,) if decided and decided.author_id else ()


def looks_due(
    refs: Iterable[Ref], since: datetime, catalog: Catalog, rulebook: Rulebook, today: date
) -> LooksDue | None:
    """Return those of some decisions that are to be looked at, still."""
    components = [catalog.components[ref] for ref in refs if ref in catalog.components]
    found = [look for each in components if (look := look_at(each, catalog, rulebook, today, since))]
    return LooksDue(tuple(found), since) if found else None


def look_again(act: LookAt, registry: Registry, rulebook: Rulebook, today: date) -> Answer:
    """Ask about one decision, of several that were listed."""
    catalog = registry.catalog()
    if act.ref not in catalog.components:
        return gone(act.ref)
    since = datetime.fromtimestamp(act.listed_at_s, UTC)
    due = looks_due([act.ref], since, catalog, rulebook, today)
    return due or Invalid(f"{act.ref.name} was looked at already. Ask which model it should use to see what holds.")


def answer_again(act: AnswerAgain, registry: Registry, rulebook: Rulebook, by: str) -> Answer:
    """Ask once more what people have answered about a component. Nothing is changed until somebody saves it."""
    catalog = registry.catalog()
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
        component = to_state(act.ref, actor, unit.catalog, "decide")
        if not isinstance(component, Component):
            return component
        day = unit.catalog.origin(act.ref, "review_by")
        if component.model != act.model:
            return Invalid("Its model was changed since. Nothing was changed; ask again to see what is there now.")
        if day is not None and day.source != PEOPLE:
            return stated_in_file("Its day to look again", day)
        before, until = said_by_people(act.ref, unit.catalog), day_after(now, after)
        moved = before[1] != until
        if moved:  # the model is not stated anew: it is the decision of whoever made it
            unit.state([Statement(act.ref, "review_by", until, PEOPLE, actor.signature, now)])
    after_that = registry.catalog()
    advice = recommend(after_that.components[act.ref], after_that, rulebook)
    return Decided(advice, actor.name, now, before if moved else None, "kept" if isinstance(act, Keep) else "later")
