"""Proposing: a change goes to those who may make it, and one of them accepts it, or does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from assistant.core.advice import Known
from assistant.core.answers import Answer, Invalid, Models, Refusal
from assistant.core.cards import owner_card
from assistant.core.catalog import PROPOSED, Catalog, Statement, id_in
from assistant.core.entries import Component, Ref, Team
from assistant.core.messages import Accept, Decline, Propose, Withdraw
from assistant.core.notices import Notice, WasDeclined, WasProposed, addressees, people_behind, people_of
from assistant.core.outcomes import Overtaken, Proposed, Proposition
from assistant.core.policy import Actor, authorize, belongs
from assistant.core.proposals import Change, Proposal, receiver_of
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
        card, (told, _) = owner_card(component, unit.catalog), _whom(change, component, unit.catalog, administrators)
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
        proposal = put(change, actor, unit, administrators, now)
    return Proposed(proposal, card, told)


def put(change: Change, actor: Actor, unit: Unit, administrators: Sequence[str], now: datetime) -> Proposal:
    """Add a proposal within a write, and tell those who may accept it. An owner that is proposed shows so at once.

    What the write has stated by now counts, such as a component that is registered by it.
    """
    catalog = unit.so_far()
    component = catalog.components.get(change.ref) or Component(name=change.ref.name)
    if change.owners:
        teams = [catalog.teams.get(name) or Team(name=name) for name in (*component.owners, *change.owners)]
        agreed = {team.name for team in teams if belongs(actor, team)}
        agreed |= set(component.owners) if actor.role == "administrator" else set()
        change = replace(change, agreed=tuple(sorted(agreed)))
        unit.state([Statement(change.ref, "owners", list(change.owners), PROPOSED, actor.signature, now)])
    proposal = unit.proposals.add(change, actor.signature, now)
    told, instead = _whom(change, component, catalog, administrators)
    unit.notify(_notices(proposal, told, instead), now)
    return proposal


def _whom(
    change: Change, component: Component, catalog: Catalog, administrators: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who is asked to accept a change: channels, or else people; and the people to ask where that fails."""
    if receiver := receiver_of(change, component):
        teams = [catalog.teams.get(receiver) or Team(name=receiver)]
        people = people_of(teams) or tuple(administrators)
        told = tuple(filter(None, [teams[0].slack_channel])) or people
    else:
        people = people_behind(component, catalog, administrators)
        told = addressees(component, catalog, administrators)
    return told, (*people, *administrators)


def _notices(proposal: Proposal, told: Sequence[str], instead: Sequence[str]) -> list[Notice]:
    """Return notices that at last come back to whoever proposed, so that they know that it reached nobody."""
    about, author = WasProposed(proposal.id), id_in(proposal.author)
    if not told:
        return [Notice(author, about, remark="Nobody who could accept this can be reached in Slack.")]
    return [
        Notice(to, about, (*(each for each in dict.fromkeys(instead) if each not in (to, author)), author))
        for to in told
    ]


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
