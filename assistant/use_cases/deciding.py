"""Deciding: the model that the rules recommend becomes the one that was chosen, by somebody who may, until a date."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from assistant.core.answers import Answer, Decided, DecisionRecord, Invalid, OwnerCard, Recommendation, Refusal
from assistant.core.catalog import PEOPLE, Catalog, Component, Ref, Statement
from assistant.core.messages import Adopt, TakeBack
from assistant.core.policy import Actor
from assistant.core.recommending import recommend
from assistant.core.rulebook import Rulebook
from assistant.core.snapshot import Snapshot
from assistant.core.wording.models import question_of
from assistant.storage.repository import Unit
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.stating import to_state

LOOK_AGAIN = timedelta(days=182)
"""How long a decision stands before it is looked at again."""
_DECIDING = ("decide for", "Ask them to; the answer stands here.")


def adopt(act: Adopt, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime) -> Answer:
    """State the recommended model as the one chosen, and the day to look again. Deciding again moves the day.

    What is recommended is worked out anew: a click on an older answer adopts nothing else than what it showed.
    """
    with registry.writing() as unit:
        found = to_state(act.ref, actor, unit.catalog, *_DECIDING)
        if not isinstance(found, Component):
            return found
        recommended = recommend(found, unit.catalog, rulebook).decision.model
        if recommended is None or act.model != recommended.id:
            return Invalid("The facts or the rules have changed since this was asked. Nothing was changed; ask again.")
        first = unit.catalog.origin(act.ref, "model")
        if first is not None and first.source != PEOPLE and act.model != found.model:
            return Refusal(
                f"Its model is stated in {first.source.rsplit('/', 1)[-1]}.",
                "Change it there; an import brings it here.",
            )
        before = _said_by_people(act.ref, unit.catalog)
        until = (now.date() + LOOK_AGAIN).isoformat()
        if (act.model, until) != before:
            _state(unit, act.ref, act.model, until, actor, now)
    after = registry.snapshot().catalog
    return Decided(recommend(after.components[act.ref], after, rulebook), actor.name, now, before)


def take_back(act: TakeBack, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime) -> Answer:
    """State again what people had stated before a decision, unless somebody decided anew since."""
    with registry.writing() as unit:
        found = to_state(act.ref, actor, unit.catalog, *_DECIDING)
        if not isinstance(found, Component):
            return found
        stands, before = _said_by_people(act.ref, unit.catalog), (act.model, act.review_by)
        if stands != before and stands[0] != act.decided:
            return Invalid("Its model was changed since. Nothing was changed; ask again to see what is there now.")
        if stands != before:
            _state(unit, act.ref, act.model, act.review_by, actor, now)
    after = registry.snapshot().catalog
    return Decided(recommend(after.components[act.ref], after, rulebook), actor.name, now, None)


def _said_by_people(ref: Ref, catalog: Catalog) -> tuple[str | None, str | None]:
    """Return the model and the day to look again that people stated, of whatever a file states beside them."""
    stated = catalog.stated_by(PEOPLE).get(ref, {})
    return stated.get("model"), stated.get("review_by")


def _state(unit: Unit, ref: Ref, model: str | None, review_by: str | None, actor: Actor, now: datetime) -> None:
    values = {"model": model, "review_by": review_by}
    author = f"{actor.name} <{actor.id}>"
    unit.state(Statement(ref, name, value, PEOPLE, author, now) for name, value in values.items())


def decision_record(ref: Ref, snapshot: Snapshot, rulebook: Rulebook, today: date) -> Answer:
    """Write a decision down as Markdown, to copy into a design document."""
    component = snapshot.catalog.components.get(ref)
    if component is None:
        return Invalid(f"{ref.name} was removed since. Ask again to see what is there now.")
    advice = recommend(component, snapshot.catalog, rulebook)
    if advice.decision.model is None:
        return Invalid(f"No model is decided for {ref.name} yet. Ask which model it should use.")
    return DecisionRecord(component, _markdown(component, advice, snapshot.catalog, today))


def _markdown(component: Component, advice: Recommendation, catalog: Catalog, today: date) -> str:
    model, rule = advice.decision.model, advice.decision.rule
    assert model is not None
    decided = catalog.origin(component.ref, "model") if component.model == model.id else None
    lines = [f"# {component.name}: {model.title}", "", f"Date: {today.isoformat()}. {_owners(advice.card)}", ""]
    lines += ["## Context", "", model.context, "", "## Decision", ""]
    if decided:
        lines.append(f"{component.name} uses the model “{model.title}”{_origin(decided)}.")
    else:
        lines.append(f"Proposed: {component.name} should use the model “{model.title}”. Nobody has decided so yet.")
    lines.append("")
    if rule:
        lines += [rule.because, ""]
    lines += ["Facts:", ""]
    for known in advice.known:
        answer = f"{question_of(known.fact, advice)} {known.fact.label(known.value)}"
        lines.append(f"- {answer}{_origin(known.statement)}")
    lines += ["", "## Consequences", "", *(f"- {each}" for each in model.benefits)]
    lines += ["", "To do:", "", *(f"- {each}" for each in model.practices)]
    if advice.cautions:
        lines += ["", "To weigh:", "", *(f"- {each.advice} {each.because}" for each in advice.cautions)]
    if decided and component.review_by:
        lines += ["", f"Look again by {component.review_by.isoformat()}."]
    return "\n".join(lines)


def _origin(statement: Statement | None) -> str:
    if statement is None:
        return ""
    by = statement.author_name if statement.source == PEOPLE else statement.source
    return f" ({by}, {statement.stated_at:%Y-%m-%d})"


def _owners(card: OwnerCard) -> str:
    return f"Owner: {', '.join(team.label for team in card.owners)}." if card.owners else "Nobody owns it yet."
