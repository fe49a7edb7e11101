"""Proposing: a change goes to those who may make it, and one of them accepts it, or does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from assistant.core.advice import Known
from assistant.core.answers import Answer, Invalid, Models, Refusal
from assistant.core.cards import owner_card
from assistant.core.catalog import Catalog, Statement, id_in
from assistant.core.entries import Component, Ref
from assistant.core.messages import Accept, Decline, Propose, Withdraw
from assistant.core.notices import Notice, WasDeclined, WasProposed, addressees, people_behind
from assistant.core.outcomes import Overtaken, Proposed, Proposition
from assistant.core.policy import Actor, authorize
from assistant.core.proposals import Change, Proposal
from assistant.core.recommending import recommend
from assistant.core.rulebook import Rulebook
from assistant.storage.repository import Unit
from assistant.use_cases.deciding import model_to_state, why_not_adopt
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.stating import facts_to_state, gone, to_state

A_DAY = timedelta(days=1)
AT_MOST = 5
"""Suggestions that one person makes about one component in a day: each is a message to others."""
GONE = "That suggestion is gone. Nothing was changed."


def propose(
    act: Propose, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime, administrators: Sequence[str]
) -> Answer:
    """Put a change to those who may make it. The same change by the same person is put once a day."""
    change = act.change
    if not authorize(actor, "propose").allowed:
        return Refusal("Only a member of this workspace can suggest a change.", "Ask one of them.")
    with registry.writing(actor.delivery) as unit:
        component = unit.catalog.components.get(change.ref)
        if component is None:
            return gone(change.ref)
        statements = _to_make(change, component, actor, unit.catalog, rulebook, now)
        if not isinstance(statements, list):
            return statements
        if not statements:
            return Models((recommend(component, unit.catalog, rulebook),), "That was saved already.")
        card, told = owner_card(component, unit.catalog), addressees(component, unit.catalog, administrators)
        lately = [each for each in unit.proposals.about(change.ref, now - A_DAY) if id_in(each.author) == actor.id]
        again = next((each for each in lately if each.change == change and each.state in ("open", "declined")), None)
        if again is not None:
            return Proposed(again, card, told, again=True)
        if len(lately) >= AT_MOST:
            return Invalid(
                f"You made {AT_MOST} suggestions for {component.name} today. Talk with those who own it instead."
            )
        if not told:
            return Invalid(
                "Nobody who could accept this can be reached in Slack, so nothing was sent. Whoever runs this "
                "assistant can name administrators in ASSISTANT_ADMINS."
            )
        proposal = unit.proposals.add(change, actor.signature, now)
        instead = (*people_behind(component, unit.catalog, administrators), *administrators)
        unit.notify([_notice(each, proposal, instead) for each in told], now)
    return Proposed(proposal, card, told)


def _notice(to: str, proposal: Proposal, instead: Sequence[str]) -> Notice:
    """Return a notice that at last comes back to whoever proposed, so that they know that it reached nobody."""
    others = [each for each in dict.fromkeys(instead) if each != to]
    return Notice(to, WasProposed(proposal.id), (*others, id_in(proposal.author)))


def accept(act: Accept, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime) -> Answer:
    """Make a change that somebody proposed. One that was answered already stays as it is."""
    with registry.writing(actor.delivery) as unit:
        found = _to_answer(act.proposal, actor, unit)
        if not isinstance(found, Proposal):
            return found
        if found.state == "open":
            component = unit.catalog.components[found.change.ref]
            statements = _to_make(found.change, component, actor, unit.catalog, rulebook, now)
            if not isinstance(statements, list):
                return statements
            unit.state(statements)
            unit.proposals.close(found.id, "accepted", actor.signature, now)
    return shown(found.id, registry, rulebook)


def decline(act: Decline, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime) -> Answer:
    """Say no to a change that somebody proposed, and tell them."""
    with registry.writing(actor.delivery) as unit:
        found = _to_answer(act.proposal, actor, unit)
        if not isinstance(found, Proposal):
            return found
        if found.state == "open":
            unit.proposals.close(found.id, "declined", actor.signature, now)
            unit.notify([Notice(id_in(found.author), WasDeclined(found.id))], now)
    return shown(found.id, registry, rulebook)


def withdraw(act: Withdraw, actor: Actor, registry: Registry, now: datetime) -> Answer:
    """Take back a change that nobody has answered yet."""
    with registry.writing(actor.delivery) as unit:
        found = unit.proposals.get(act.proposal)
        if found is None or id_in(found.author) != actor.id:
            return Invalid("There is no suggestion of yours here any more. Nothing was changed.")
        if found.state == "open":
            unit.proposals.close(found.id, "withdrawn", actor.signature, now)
        component = unit.catalog.components.get(found.change.ref) or Component(name=found.change.ref.name)
    return Proposed(registry.proposal(found.id) or found, owner_card(component, registry.catalog()), ())


def subject_of(proposal: int, registry: Registry) -> Ref | None:
    """Return the component that a proposal is about."""
    found = registry.proposal(proposal)
    return found.change.ref if found else None


def shown(number: int, registry: Registry, rulebook: Rulebook) -> Answer:
    """Return a proposal as it stands, as those see it who may accept it."""
    proposal, catalog = registry.proposal(number), registry.catalog()
    if proposal is None:
        return Invalid(GONE)
    component = catalog.components.get(proposal.change.ref)
    if component is None:
        return gone(proposal.change.ref)
    is_open = proposal.state == "open"
    facts = proposal.change.facts if is_open else {}
    said = [Known(fact, value, None) for name, value in proposal.change.facts.items() if (fact := rulebook.fact(name))]
    advice = recommend(component, catalog, rulebook, facts, supposed=is_open)
    model = rulebook.model(proposal.change.model) if proposal.change.model else None
    return Proposition(proposal, advice, tuple(said), model)


def _to_answer(number: int, actor: Actor, unit: Unit) -> Proposal | Invalid | Refusal:
    """Return a proposal about a component whose facts somebody may state; else why not."""
    found = unit.proposals.get(number)
    if found is None:
        return Invalid(GONE)
    component = to_state(found.change.ref, actor, unit.catalog, "accept or decline suggestions for")
    return found if isinstance(component, Component) else component


def _to_make(
    change: Change, component: Component, actor: Actor, catalog: Catalog, rulebook: Rulebook, now: datetime
) -> list[Statement] | Invalid | Refusal | Overtaken:
    """Return what there is to state so that a change is made, or what keeps anybody from making it."""
    statements = facts_to_state(change, component, actor, catalog, rulebook, now)
    if change.model is None or not isinstance(statements, list):
        return statements
    obstacle = why_not_adopt(component, change.model, catalog, rulebook)
    return obstacle or statements + model_to_state(component.ref, change.model, actor, catalog, now)
