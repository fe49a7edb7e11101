"""Deciding: the model that the rules recommend becomes the one that was chosen, by somebody who may, until a date."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from assistant.core.answers import Answer, Decided, DecisionRecord, Invalid, Known, OwnerCard, Recommendation, Refusal
from assistant.core.catalog import PEOPLE, Component, Ref, Statement
from assistant.core.messages import Adopt
from assistant.core.policy import Actor, authorize
from assistant.core.rulebook import Rulebook
from assistant.core.snapshot import Snapshot
from assistant.use_cases.asking import recommend
from assistant.use_cases.snapshots import Registry

LOOK_AGAIN = timedelta(days=182)
"""How long a decision stands before it is looked at again."""


def adopt(act: Adopt, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime) -> Answer:
    """State the recommended model as the one chosen, and the day to look again; or take that back.

    What is recommended is worked out anew: a click on an older answer adopts nothing else than what it showed.
    """
    with registry.writing() as unit:
        catalog = unit.catalog
        component = catalog.components.get(act.ref)
        if component is None:
            return Invalid(
                f"{act.ref.name} was removed since. Nothing was changed; ask again to see what is there now."
            )
        verdict = authorize(actor, "state facts", component, catalog)
        if not verdict.allowed:
            return Refusal(
                f"Only {verdict.who_can} can decide for {component.name}.", "Ask them to; the answer stands here."
            )
        advice = recommend(component, catalog, rulebook)
        recommended = advice.decision.model.id if advice.decision.model else None
        if act.model is not None and act.model != recommended:
            return Invalid("The facts or the rules have changed since this was asked. Nothing was changed; ask again.")
        first = catalog.origin(act.ref, "model")
        if first is not None and first.source != PEOPLE and act.model != component.model:
            return Refusal(
                f"Its model is stated in {first.source.rsplit('/', 1)[-1]}.",
                "Change it there; an import brings it here.",
            )
        author = f"{actor.name} <{actor.id}>"
        until = (now.date() + LOOK_AGAIN).isoformat() if act.model else None
        if act.model != catalog.stated_by(PEOPLE).get(act.ref, {}).get("model"):
            values = {"model": act.model, "review_by": until}
            unit.state(Statement(act.ref, name, value, PEOPLE, author, now) for name, value in values.items())
    after = registry.snapshot().catalog
    chosen = after.components[act.ref]
    return Decided(recommend(chosen, after, rulebook), actor.name, now, chosen.review_by if act.model else None)


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
    model, rule = advice.decision.model, advice.decision.rule
    assert model is not None
    lines = [f"# {component.name}: {model.title}", "", f"Date: {today.isoformat()}. {_owners(advice.card)}", ""]
    lines += ["## Context", "", model.context, ""]
    lines += ["## Decision", "", f"{component.name} uses the model “{model.title}”.", ""]
    if rule:
        lines += [rule.because, ""]
    lines += ["Facts:", ""]
    for known in advice.known:
        origin = known.statement
        source = (
            f" ({origin.author_name if origin.source == PEOPLE else origin.source}, {origin.stated_at:%Y-%m-%d})"
            if origin
            else ""
        )
        lines.append(f"- {known.fact.label(known.value)}{source}")
    lines += ["", "## Consequences", "", *(f"- {each}" for each in model.benefits)]
    lines += ["", "To do:", "", *(f"- {each}" for each in model.practices)]
    if advice.cautions:
        lines += ["", "To weigh:", "", *(f"- {each.advice} {each.because}" for each in advice.cautions)]
    if component.review_by:
        lines += ["", f"Look again by {component.review_by.isoformat()}."]
    return "\n".join(lines)


def _origin(known: Known) -> str:
    if known.statement is None:
        return ""
    by = known.statement.author_name if known.statement.source == PEOPLE else known.statement.source
    return f" ({by}, {known.statement.stated_at:%Y-%m-%d})"


def _owners(card: OwnerCard) -> str:
    return f"Owner: {', '.join(team.label for team in card.owners)}." if card.owners else "Nobody owns it yet."
