"""Proposing: a change goes to those who may make it, and one of them accepts it, or does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from assistant.core.advice import Known
from assistant.core.answers import Answer, Invalid, Models, Owners, Refusal
from assistant.core.cards import owner_card
from assistant.core.catalog import PEOPLE, PROPOSED, Catalog, Statement, id_in
from assistant.core.entries import Component, Ref
from assistant.core.messages import Accept, Decline, Propose, Withdraw
from assistant.core.notices import Notice, WasAccepted, WasDeclined, WasProposed, addressees, people_behind, people_of
from assistant.core.outcomes import Declined, Overtaken, Proposed, Proposition
from assistant.core.policy import Actor, authorize, belongs
from assistant.core.proposals import Change, Proposal, receiver_of
from assistant.core.recommending import recommend
from assistant.core.rulebook import Rulebook
from assistant.core.wording.phrases import listed
from assistant.storage.repository import Unit
from assistant.use_cases.deciding import model_to_state, why_not_adopt
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.stating import facts_to_state, fields_to_state, gone, held_of, owners_to_state, to_state

A_DAY = timedelta(days=1)
AT_MOST = 5
"""Suggestions that one person makes about one component in a day: each is a message to others."""
GONE = "That suggestion is gone. Nothing was changed."


def propose(
    act: Propose, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime, administrators: Sequence[str]
) -> Answer:
    """Put a change to those who may make it. The same change by the same person is put once a day.

    Where nobody else has a say about new owners, they own it at once.
    """
    if not authorize(actor, "propose").allowed:
        return Refusal("Only a full member of this workspace can suggest a change.", "Ask one of them.")
    with registry.writing(actor.delivery) as unit:
        component = unit.catalog.components.get(act.change.ref)
        if component is None:
            return gone(act.change.ref)
        before = {name: held_of(act.change.ref, name, unit.catalog) for name in act.change.fields}
        change = replace(act.change, agreed=(), fields_before=before)
        change = _with_agreement(change, component, actor, unit.catalog)
        statements = _to_make(change, component, actor, unit.catalog, rulebook, now)
        if isinstance(statements, Refusal) and change.owners:
            return _offering_a_note(statements, change, component, actor, unit.catalog)
        if not isinstance(statements, list):
            return statements
        card, (told, _) = owner_card(component, unit.catalog), _whom(change, component, unit.catalog, administrators)
        if change.owners and change.owners == component.owners:
            return Owners((card,), "That is stated already.")
        if not statements and not change.note and not change.serves:
            return Models((recommend(component, unit.catalog, rulebook),), "That was saved already.")
        lately = [each for each in unit.proposals.about(change.ref, now - A_DAY) if id_in(each.author) == actor.id]
        same = (each for each in lately if replace(each.change, agreed=change.agreed) == change)
        again = next((each for each in same if each.state in ("open", "declined")), None)
        if _is_settled(change, component):
            if again is not None and again.state == "open":
                unit.proposals.close(again.id, "accepted", actor.signature, now)
            proposal = unit.proposals.add(change, actor.signature, now)
            unit.proposals.close(proposal.id, "accepted", actor.signature, now)
            unit.state(statements)
            _show_proposed(change, unit, actor.signature, now)
        elif again is not None:
            return Proposed(again, card, told, again=True)
        elif len(lately) >= AT_MOST:
            return Invalid(
                f"You made {AT_MOST} suggestions for {component.name} today. Talk with those who own it instead."
            )
        elif not told:
            return Invalid(
                "Nobody who could accept this can be reached in Slack, so nothing was sent. Whoever runs this "
                "assistant can name administrators in ASSISTANT_ADMINS."
            )
        else:
            return Proposed(put(change, actor, unit, administrators, now), card, told)
    return shown(proposal.id, registry, rulebook)


def _offering_a_note(refusal: Refusal, change: Change, component: Component, actor: Actor, catalog: Catalog) -> Refusal:
    """Have somebody who can't change what a file states tell those who own the component that it is wrong."""
    if authorize(actor, "transfer", component, catalog).allowed:
        return refusal
    note = f"The owner should be {listed([catalog.team(name).label for name in change.owners])}."
    owners = listed([team.label for team in catalog.owners_of(component)])
    return replace(refusal, change=Change(change.ref, note=note), to=owners)


def put(change: Change, actor: Actor, unit: Unit, administrators: Sequence[str], now: datetime) -> Proposal:
    """Add a proposal within a write, and tell those who may accept it. An owner that is proposed shows so at once.

    What the write has stated by now counts, such as a component that is registered by it.
    """
    catalog = unit.so_far()
    component = catalog.components.get(change.ref) or Component(name=change.ref.name)
    return _put(_with_agreement(change, component, actor, catalog), actor.signature, unit, administrators, now)


def _put(change: Change, author: str, unit: Unit, administrators: Sequence[str], now: datetime) -> Proposal:
    catalog = unit.so_far()
    component = catalog.components.get(change.ref) or Component(name=change.ref.name)
    proposal = unit.proposals.add(change, author, now)
    _show_proposed(change, unit, author, now)
    told, instead = _whom(change, component, catalog, administrators)
    unit.notify(_notices(proposal, told, instead), now)
    return proposal


def _with_agreement(change: Change, component: Component, actor: Actor, catalog: Catalog) -> Change:
    """Return a change of owners with the teams for which somebody agrees: their own; administrators for the owners."""
    if not change.owners:
        return change
    agreed = {name for name in (*component.owners, *change.owners) if belongs(actor, catalog.team(name))}
    agreed |= set(component.owners) if actor.role == "administrator" else set()
    return replace(change, agreed=tuple(sorted(agreed.union(change.agreed))))


def _is_settled(change: Change, component: Component) -> bool:
    """Say whether all have agreed who have a say about new owners: one of those who own it now, and each that is to."""
    has_left = not component.owners or not set(component.owners).isdisjoint(change.agreed)
    return bool(change.owners) and has_left and receiver_of(change, component) is None


def _show_proposed(change: Change, unit: Unit, author: str, now: datetime) -> None:
    """State what is proposed now and nobody has answered: the newest owners, or the parts that wait for their teams."""
    if change.serves:
        waiting = [
            each.change.ref.path for each in unit.proposals.open() if each.change.serves == change.serves
        ] or None
        if waiting != unit.so_far().stated_about(change.serves, PROPOSED).get("depends_on"):
            unit.state([Statement(change.serves, "depends_on", waiting, PROPOSED, author, now)])
    if not change.owners:
        return
    still_open = [each for each in unit.proposals.open_about(change.ref) if each.change.owners]
    value = list(still_open[-1].change.owners) if still_open else None
    if value != unit.so_far().stated_about(change.ref, PROPOSED).get("owners"):
        unit.state([Statement(change.ref, "owners", value, PROPOSED, author, now)])


def _whom(
    change: Change, component: Component, catalog: Catalog, administrators: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who is asked to accept a change: channels, or else people; and the people to ask where that fails."""
    if receiver := receiver_of(change, component):
        teams = [catalog.team(receiver)]
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


def accept(
    act: Accept,
    actor: Actor,
    registry: Registry,
    rulebook: Rulebook,
    now: datetime,
    administrators: Sequence[str] = (),
) -> Answer:
    """Make a change that somebody proposed. One that was answered already stays as it is.

    New owners are made once each team that has a say has accepted: the next one is asked then.
    """
    with registry.writing(actor.delivery) as unit:
        found = to_answer(unit.proposals.get(act.proposal), "accept", actor, unit.catalog)
        if not isinstance(found, Proposal):
            return found
        if found.state == "open":
            change, component = found.change, unit.catalog.components[found.change.ref]
            statements = _to_make(change, component, actor, unit.catalog, rulebook, now)
            if not isinstance(statements, list):
                return statements
            unit.proposals.close(found.id, "accepted", actor.signature, now)
            agreed = (receiver_of(change, component),) if receiver_of(change, component) else component.owners
            further = replace(change, agreed=tuple(sorted({*change.agreed, *agreed})))
            further = _with_agreement(further, component, actor, unit.catalog)
            if change.owners and not _is_settled(further, component):
                _put(further, found.author, unit, administrators, now)
            else:
                unit.state(statements)
                _show_proposed(change, unit, actor.signature, now)
                if id_in(found.author) != actor.id:
                    unit.notify([Notice(id_in(found.author), WasAccepted(found.id))], now)
    return shown(found.id, registry, rulebook)


def decline(act: Decline, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime) -> Answer:
    """Say no to a change that somebody proposed, and tell them. Everything stays as it is."""
    with registry.writing(actor.delivery) as unit:
        found = to_answer(unit.proposals.get(act.proposal), "decline", actor, unit.catalog)
        if not isinstance(found, Proposal):
            return found
        if found.state == "open":
            reason = " ".join(act.reason.split())
            unit.proposals.close(found.id, "declined", actor.signature, now, reason or None)
            _show_proposed(found.change, unit, actor.signature, now)
            unit.notify([Notice(id_in(found.author), WasDeclined(found.id))], now)
    return shown(found.id, registry, rulebook)


def why_not_decline(act: Decline, actor: Actor, registry: Registry, rulebook: Rulebook) -> Answer | None:
    """Return what is said to somebody who can't decline a proposal, or not any more; None where they can."""
    found = to_answer(registry.proposal(act.proposal), "decline", actor, registry.catalog())
    if not isinstance(found, Proposal):
        return found
    return None if found.state == "open" else shown(found.id, registry, rulebook)


def withdraw(act: Withdraw, actor: Actor, registry: Registry, now: datetime) -> Answer:
    """Take back a change that nobody has answered yet."""
    with registry.writing(actor.delivery) as unit:
        found = unit.proposals.get(act.proposal)
        if found is None or id_in(found.author) != actor.id:
            return Invalid("There is no suggestion of yours here any more. Nothing was changed.")
        if found.state == "open":
            unit.proposals.close(found.id, "withdrawn", actor.signature, now)
            _show_proposed(found.change, unit, actor.signature, now)
        component = unit.catalog.components.get(found.change.ref) or Component(name=found.change.ref.name)
    return Proposed(registry.proposal(found.id) or found, owner_card(component, registry.catalog()), ())


def close_about_gone(refs: Iterable[Ref], unit: Unit, author: str, now: datetime) -> None:
    """Close what waits about components, where they are registered no more, so that it never holds for a namesake."""
    gone_ones = set(refs) - unit.so_far().components.keys()
    for each in unit.proposals.open():
        about = next((ref for ref in (each.change.ref, each.change.serves) if ref in gone_ones), None)
        if about is not None:
            reason = f"{about.name} was taken out of the registry"
            unit.proposals.close(each.id, "withdrawn", author, now, reason)
            _show_proposed(each.change, unit, author, now)
            if id_in(each.author) != id_in(author):
                unit.notify([Notice(id_in(each.author), WasDeclined(each.id))], now)


def to_answer(
    found: Proposal | None, action: Literal["accept", "decline"], actor: Actor, catalog: Catalog
) -> Proposal | Invalid | Refusal:
    """Return a proposal that somebody may answer, or that was answered; else why they may not."""
    if found is None:
        return Invalid(GONE)
    component = catalog.components.get(found.change.ref)
    receiver = receiver_of(found.change, component) if component else None
    if component and found.state != "open":
        return found
    if receiver is None:
        may = to_state(found.change.ref, actor, catalog, action)
        return found if isinstance(may, Component) else may
    verdict = authorize(actor, action, receivers=[catalog.team(receiver)])
    if verdict.allowed:
        return found
    return Refusal(f"Only {verdict.who_can} can {action} this.", "Ask them to.")


def change_of(proposal: int, registry: Registry) -> Change | None:
    """Return the change that was proposed."""
    found = registry.proposal(proposal)
    return found.change if found else None


def shown(number: int, registry: Registry, rulebook: Rulebook) -> Answer:
    """Return a proposal as it stands, as those see it who may accept it."""
    proposal, catalog = registry.proposal(number), registry.catalog()
    if proposal is None:
        return Invalid(GONE)
    component = catalog.components.get(proposal.change.ref)
    if component is None:
        return gone(proposal.change.ref)
    return _proposition(proposal, component, registry, rulebook)


def _proposition(proposal: Proposal, component: Component, registry: Registry, rulebook: Rulebook) -> Proposition:
    catalog = registry.catalog()
    change, is_open = proposal.change, proposal.state == "open"
    facts = change.facts if is_open else {}
    said = [Known(fact, value, None) for name, value in change.facts.items() if (fact := rulebook.fact(name))]
    advice = recommend(component, catalog, rulebook, facts, supposed=is_open)
    waiting = proposal if is_open else _continued(proposal, registry)
    receiver = receiver_of(waiting.change, component) if waiting else None
    served = catalog.components.get(change.serves) if change.serves else None
    return Proposition(
        proposal,
        advice,
        tuple(said),
        rulebook.model(change.model) if change.model else None,
        tuple(map(catalog.team, change.owners)),
        catalog.team(receiver) if receiver else None,
        owner_card(served or Component(name=change.serves.name), catalog) if change.serves else None,
        is_made=_is_made(proposal, registry),
    )


def _is_made(proposal: Proposal, registry: Registry) -> bool:
    """Say whether something was stated when a proposal was accepted, which can be taken back as one."""
    if proposal.state != "accepted" or proposal.change.leaving:
        return False
    stated = registry.statements_about(proposal.change.ref)
    return any((each.stated_at, each.source) == (proposal.closed_at, PEOPLE) for each in stated)


def _continued(proposal: Proposal, registry: Registry) -> Proposal | None:
    """Return the proposal by which others are asked for the same, since it was accepted."""
    change = proposal.change
    if proposal.state != "accepted" or not change.owners:
        return None
    same = (each for each in registry.open_proposals() if each.author == proposal.author and each.id > proposal.id)
    return next((each for each in same if replace(each.change, agreed=change.agreed) == change), None)


def declined(number: int, registry: Registry, rulebook: Rulebook) -> Declined | None:
    """Return what is said to whoever proposed something that was declined, or closed with what it was about."""
    proposal, catalog = registry.proposal(number), registry.catalog()
    if proposal is None:
        return None
    ref = proposal.change.ref
    component = catalog.components.get(ref) or Component(name=ref.name, namespace=ref.namespace)
    answer = _proposition(proposal, component, registry, rulebook)
    receiver = receiver_of(proposal.change, component)
    channel = catalog.team(receiver).slack_channel if receiver else answer.recommendation.card.channel
    return Declined(answer, channel)


def _to_make(
    change: Change, component: Component, actor: Actor, catalog: Catalog, rulebook: Rulebook, now: datetime
) -> list[Statement] | Invalid | Refusal | Overtaken:
    """Return what there is to state so that a change is made, or what keeps anybody from making it."""
    statements = facts_to_state(change, component, actor, catalog, rulebook, now)
    if not isinstance(statements, list):
        return statements
    fields = fields_to_state(change, component, actor, catalog, now)
    if not isinstance(fields, list):
        return fields
    owners = owners_to_state(change, component, actor, catalog, now) if change.owners else []
    if not isinstance(owners, list):
        return owners
    statements += fields + owners
    if change.model is None:
        return statements
    obstacle = why_not_adopt(component, change.model, catalog, rulebook)
    return obstacle or statements + model_to_state(component.ref, change.model, actor, catalog, now)
