"""Transferring: a component is given to a team, claimed by one's own, or somebody says that something is not right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from assistant.core.answers import Answer, Invalid, Owners, Refusal
from assistant.core.cards import owner_card
from assistant.core.catalog import Catalog
from assistant.core.editing import DisputeForm, Faults, TransferForm
from assistant.core.entries import Component, Ref, Team
from assistant.core.messages import Claim, Propose
from assistant.core.policy import Actor, authorize, teams_of
from assistant.core.proposals import Change
from assistant.core.rulebook import Rulebook
from assistant.use_cases.proposing import propose
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.stating import gone, stated_in_file


def transfer_form(ref: Ref, actor: Actor, registry: Registry) -> TransferForm | Invalid | Refusal:
    """Return the form for a component, unless a file states who owns it."""
    catalog = registry.catalog()
    component = catalog.components.get(ref)
    if component is None:
        return gone(ref)
    if origin := catalog.in_file(ref, "owners"):
        return stated_in_file("Its owner", origin)
    return _transfer_form(component, list(catalog.teams.values()), actor, catalog)


def _transfer_form(component: Component, teams: Sequence[Team], actor: Actor, catalog: Catalog) -> TransferForm:
    may_transfer = authorize(actor, "transfer", component, catalog).allowed
    others = [team for team in teams if team.name not in component.owners]
    return TransferForm(owner_card(component, catalog), tuple(others), may_transfer)


def transfer(
    ref: Ref,
    team: str,
    actor: Actor,
    registry: Registry,
    rulebook: Rulebook,
    now: datetime,
    administrators: Sequence[str],
) -> Answer:
    """Give a component to a team, once all have agreed who have a say: its owners, and the team."""
    return propose(Propose(Change(ref, owners=(team,))), actor, registry, rulebook, now, administrators)


def claim(
    act: Claim, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime, administrators: Sequence[str]
) -> Answer | TransferForm:
    """Give what nobody owns to the one team that somebody is of; of several, or none, return the form that asks."""
    catalog = registry.catalog()
    component = catalog.components.get(act.ref)
    if component is None:
        return gone(act.ref)
    if component.owners:
        return Owners((owner_card(component, catalog),), "It is owned by now.")
    mine = teams_of(actor, catalog)
    if len(mine) != 1:
        return _transfer_form(component, mine or list(catalog.teams.values()), actor, catalog)
    return transfer(act.ref, mine[0].name, actor, registry, rulebook, now, administrators)


def dispute_form(ref: Ref, registry: Registry) -> DisputeForm | Invalid:
    catalog = registry.catalog()
    component = catalog.components.get(ref)
    if component is None:
        return gone(ref)
    others = [team for team in catalog.teams.values() if team.name not in component.owners]
    return DisputeForm(owner_card(component, catalog), tuple(others))


def dispute(
    ref: Ref,
    team: str,
    wrong: str,
    actor: Actor,
    registry: Registry,
    rulebook: Rulebook,
    now: datetime,
    administrators: Sequence[str],
) -> Answer | Faults:
    """Tell those who decide about a component what is not right; who it should be is done where nobody else has a say.

    Of an owner that a file states they are told in words, since nobody changes it here.
    """
    if not team and not wrong:
        return Faults({"wrong": "Say what is wrong, or choose who it should be."})
    catalog = registry.catalog()
    component, origin = catalog.components.get(ref), catalog.in_file(ref, "owners")
    if component is not None and component.owners == (team,):
        if not wrong:
            return Owners((owner_card(component, catalog),), "That is stated already.")
        team = ""
    if team and origin is not None:
        if component is not None and authorize(actor, "transfer", component, catalog).allowed:
            return stated_in_file("Its owner", origin)
        wrong = f"{catalog.team(team).label} should own it; its owner is stated in {origin.where}. {wrong}".strip()
    change = Change(ref, owners=(team,) if team and origin is None else (), note=wrong)
    return propose(Propose(change), actor, registry, rulebook, now, administrators)
