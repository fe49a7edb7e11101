"""Deciding: the model that the rules recommend becomes the one that was chosen, by somebody who may, until a date."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from assistant.core.advice import OwnerCard, Recommendation
from assistant.core.answers import Answer, Invalid, Refusal
from assistant.core.catalog import PEOPLE, Catalog, Statement
from assistant.core.entries import Component, Ref
from assistant.core.messages import Adopt, TakeBack
from assistant.core.outcomes import Decided, DecisionRecord
from assistant.core.policy import Actor
from assistant.core.proposals import Change
from assistant.core.recommending import recommend
from assistant.core.rulebook import Rulebook
from assistant.core.snapshot import Snapshot
from assistant.core.wording.models import question_of
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.stating import stated_in_file, to_state

LOOK_AGAIN = timedelta(days=182)
"""How long a decision stands before it is looked at again."""


def adopt(act: Adopt, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime) -> Answer:
    """State the recommended model as the one chosen, and the day to look again. Deciding again moves the day.

    What is recommended is worked out anew: a click on an older answer adopts nothing else than what it showed.
    """
    with registry.writing(actor.delivery) as unit:
        found = to_state(act.ref, actor, unit.catalog, "decide", Change(act.ref, model=act.model))
        if not isinstance(found, Component):
            return found
        obstacle = why_not_adopt(found, act.model, unit.catalog, rulebook)
        if obstacle is not None:
            return obstacle
        before = said_by_people(act.ref, unit.catalog)
        statements = model_to_state(act.ref, act.model, actor, unit.catalog, now)
        unit.state(statements)
    after = registry.catalog()
    advice = recommend(after.components[act.ref], after, rulebook)
    return Decided(advice, actor.name, now, before if statements else None)


def why_not_adopt(component: Component, model: str, catalog: Catalog, rulebook: Rulebook) -> Invalid | Refusal | None:
    """Say what keeps a model from being chosen: it is not recommended any more, or a file states another."""
    recommended = recommend(component, catalog, rulebook).decision.model
    if recommended is None or model != recommended.id:
        return Invalid("The facts or the rules have changed since this was asked. Nothing was changed; ask again.")
    first = catalog.origin(component.ref, "model")
    if first is not None and first.source != PEOPLE and model != component.model:
        return stated_in_file("Its model", first)
    return None


def take_back(act: TakeBack, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime) -> Answer:
    """State again what people had stated before a decision, unless somebody decided anew since."""
    with registry.writing(actor.delivery) as unit:
        found = to_state(act.ref, actor, unit.catalog, "decide")
        if not isinstance(found, Component):
            return found
        stands, before = said_by_people(act.ref, unit.catalog), (act.model, act.review_by)
        if stands != before and stands[0] != act.decided:
            return Invalid("Its model was changed since. Nothing was changed; ask again to see what is there now.")
        if stands != before:
            unit.state(_statements(act.ref, before, actor, now))
    after = registry.catalog()
    return Decided(recommend(after.components[act.ref], after, rulebook), actor.name, now, how="taken back")


def model_to_state(ref: Ref, model: str, actor: Actor, catalog: Catalog, now: datetime) -> list[Statement]:
    """Return what there is to state so that people say this model, from now on, and to look again in half a year."""
    wanted = (model, day_after(now, LOOK_AGAIN))
    return [] if wanted == said_by_people(ref, catalog) else _statements(ref, wanted, actor, now)


def day_after(now: datetime, time: timedelta) -> str:
    return (now.date() + time).isoformat()


def said_by_people(ref: Ref, catalog: Catalog) -> tuple[str | None, str | None]:
    """Return the model and the day to look again that people stated, of whatever a file states beside them."""
    stated = catalog.stated_about(ref, PEOPLE)
    return stated.get("model"), stated.get("review_by")


def _statements(ref: Ref, wanted: tuple[str | None, str | None], actor: Actor, now: datetime) -> list[Statement]:
    fields = zip(("model", "review_by"), wanted, strict=True)
    return [Statement(ref, name, value, PEOPLE, actor.signature, now) for name, value in fields]


def decision_record(ref: Ref, snapshot: Snapshot, rulebook: Rulebook, today: date) -> Answer:
    """Write a decision down as Markdown, to copy into a design document."""
    component = snapshot.catalog.components.get(ref)
    if component is None:
        return Invalid(f"{ref.name} was removed since. Ask again to see what is there now.")
    advice = recommend(component, snapshot.catalog, rulebook)
    if advice.decision.model is None:
        return Invalid(f"No model is decided for {ref.name} yet. Ask which model it should use.")
    return DecisionRecord(component, _markdown(component, advice, today))


def _markdown(component: Component, advice: Recommendation, today: date) -> str:
    recommended, rule = advice.decision.model, advice.decision.rule
    assert recommended is not None
    decided, model = advice.decided, advice.in_use or recommended
    lines = [f"# {component.name}: {model.title}", "", f"Date: {today.isoformat()}. {_owners(advice.card)}", ""]
    lines += ["## Context", "", model.context, "", "## Decision", ""]
    if decided and advice.in_use:
        lines.append(f"{component.name} uses the model “{model.title}”{_origin(decided)}.")
    else:
        lines.append(f"Proposed: {component.name} should use the model “{model.title}”. Nobody has decided so yet.")
    lines.append("")
    if model.id != recommended.id:
        lines += [f"By what is known today the rules recommend “{recommended.title}” instead.", ""]
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
    by = statement.author_name if statement.source == PEOPLE else statement.where
    return f" ({by}, {statement.stated_at:%Y-%m-%d})"


def _owners(card: OwnerCard) -> str:
    return f"Owner: {', '.join(team.label for team in card.owners)}." if card.owners else "Nobody owns it yet."
