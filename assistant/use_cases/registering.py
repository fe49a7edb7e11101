"""Registering: what a finished draft comes to, stated and put to others in one transaction, and what is said of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.core.answers import Answer, Models
from assistant.core.catalog import PEOPLE, PROPOSED, Catalog, Statement
from assistant.core.drafts import Draft, Part
from assistant.core.entries import DEFAULT_NAMESPACE, Component, Ref, Team, field_of_fact, fields_of
from assistant.core.gaps import missing_in
from assistant.core.notices import Notice, WasRegistered, people_of
from assistant.core.outcomes import Laid, Registered
from assistant.core.policy import Actor, belongs
from assistant.core.proposals import Change
from assistant.core.questionnaire import Answers
from assistant.core.recommending import recommend
from assistant.core.rulebook import Rulebook
from assistant.core.snapshot import Snapshot
from assistant.storage.repository import Unit
from assistant.use_cases.deciding import model_to_state
from assistant.use_cases.proposing import put
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.stating import gone


@dataclass(frozen=True)
class Plan:
    """What a draft comes to when it is finished. `catalog`: as it would be."""

    ref: Ref
    new_parts: tuple[Ref, ...]
    new_team: str | None
    statements: tuple[Statement, ...]
    changes: tuple[Change, ...]
    """What is put to other teams."""
    catalog: Catalog
    laid: tuple[Laid, ...]


def service_of(draft: Draft, owners: Iterable[str] = ()) -> Component:
    """Build the service that a draft describes. Raises ValidationError where a field is not as it must be."""
    values: dict[str, Any] = {"name": draft.name, "owners": tuple(owners)}
    values |= {name: getattr(draft, name) for name in ("kind", "description", "repo") if getattr(draft, name)}
    values["depends_on"] = tuple(_name_for(part) for part in draft.parts)
    return Component.model_validate({**values, **_facts(draft.answers)})


def part_of(part: Part, owners: Iterable[str] = ()) -> Component:
    """Build a new part. Raises ValidationError where a field is not as it must be."""
    values: dict[str, Any] = {"name": part.name, "owners": tuple(owners)}
    return Component.model_validate({**values, **({"kind": part.kind} if part.kind else {}), **_facts(part.answers)})


def team_of(draft: Draft, actor: Actor) -> Team | None:
    """Build the team that is new with a draft. Whoever names it is its first contact, and speaks for it."""
    if not draft.has_new_team or not draft.new_team:
        return None
    channel = {"slack_channel": draft.team_channel} if draft.team_channel else {}
    return Team.model_validate({"name": draft.new_team, "contacts": (actor.id,), **channel})


def owners_of(draft: Draft, snapshot: Snapshot) -> list[str]:
    """Return the teams that are to own the service, primary first; further ones by whatever name they were given."""
    further = (snapshot.teams.find(name, guess=False).refs for name in draft.further_owners)
    names = [draft.primary_owner, *(refs[0].name for refs in further if refs)]
    return list(dict.fromkeys(filter(None, names)))


def plan(draft: Draft, actor: Actor, snapshot: Snapshot, catalog: Catalog, rulebook: Rulebook, now: datetime) -> Plan:
    """Work out what is stated and asked when a draft is finished. Raises ValidationError."""
    team, wanted = team_of(draft, actor), owners_of(draft, snapshot)
    service = service_of(draft)
    statements = list(_stating([each for each in (team, service) if each], actor, now))
    changes: list[Change] = []
    new = [part for part in draft.parts if not part.existing]
    teams = {**catalog.teams, **({team.name: team} if team else {})}
    for component, owners in [
        (service, wanted),
        *((part_of(part), [part.owner] if part.owner else []) for part in new),
    ]:
        if component is not service:
            statements += _stating([component], actor, now)
        own = _spoken_for(owners, actor, teams)
        if own:
            statements.append(Statement(component.ref, "owners", own, PEOPLE, actor.signature, now))
        if own != owners:
            changes.append(Change(component.ref, owners=tuple(owners), agreed=tuple(own)))
    for part in draft.parts:
        held = catalog.components.get(part.ref) if part.existing else None
        asked = [team for team in catalog.owners_of(held) if _has_known_people(team)] if held else []
        if held and asked and not any(belongs(actor, team) for team in asked):
            changes.append(Change(held.ref, serves=service.ref))
    refs = [service.ref, *(part.ref for part in new)]
    statements = [*_forgetting([*refs, *([team.ref] if team else [])], actor, catalog, now), *statements]
    stated = catalog.following(statements, catalog.revision + 1)
    for ref in refs:
        model = recommend(stated.components[ref], stated, rulebook).decision.model
        if model is not None:
            statements += model_to_state(ref, model.id, actor, stated, now)
    after = catalog.following(statements, catalog.revision + 1)
    laid = laid_out(service.ref, refs, changes, after, rulebook)
    name = team.name if team else None
    return Plan(service.ref, tuple(refs[1:]), name, tuple(statements), tuple(changes), after, laid)


def carry_out(plan: Plan, actor: Actor, unit: Unit, administrators: Sequence[str], now: datetime) -> None:
    """State what a plan holds, put to others what is theirs, and tell the owner, in a transaction that goes on."""
    unit.state(plan.statements)
    for change in plan.changes:
        put(change, actor, unit, administrators, now)
    about = WasRegistered(plan.ref, actor.name, now, plan.new_team, plan.new_parts)
    unit.notify([Notice(to, about, (actor.id,)) for to in told(plan, actor)], now)


def told(plan: Plan, actor: Actor) -> tuple[str, ...]:
    """Return where it is told that something was registered: its owners' channels, or whoever registered it."""
    return _channels_of((plan.ref, *plan.new_parts), plan.catalog) or (actor.id,)


def _channels_of(refs: Iterable[Ref], catalog: Catalog) -> tuple[str, ...]:
    components = [catalog.components[ref] for ref in refs if ref in catalog.components]
    channels = [catalog.channel_of(component) for component in components]
    channels += [team.slack_channel for component in components for team in catalog.owners_of(component)[1:]]
    return tuple(dict.fromkeys(filter(None, channels)))


def registered(about: WasRegistered, registry: Registry, rulebook: Rulebook) -> Registered | None:
    """Return what is said of something that was registered, as it is now; None when it is gone."""
    catalog = registry.catalog()
    component = catalog.components.get(about.ref)
    if component is None:
        return None
    changes = [proposal.change for proposal in registry.open_proposals()]
    laid = laid_out(about.ref, (about.ref, *about.parts), changes, catalog, rulebook)
    team = catalog.teams.get(about.new_team) if about.new_team else None
    card = laid[0].advice.card
    missing = missing_in(card.component, card.owners, card.oncall)
    return Registered(laid, about.by, about.at, team, missing, _channels_of((about.ref, *about.parts), catalog))


def why(ref: Ref, registry: Registry, rulebook: Rulebook) -> Answer:
    """Say why a service and its parts each have their model."""
    catalog = registry.catalog()
    if ref not in catalog.components:
        return gone(ref)
    advice = tuple(each.advice for each in laid_out(ref, (), (), catalog, rulebook))
    if advice[0].decision.model is None:
        return Models(advice[:1], "It was registered without it.")
    return Models(advice, f"{ref.name} and what it needs.")


def laid_out(
    ref: Ref, new: Collection[Ref], changes: Collection[Change], catalog: Catalog, rulebook: Rulebook
) -> tuple[Laid, ...]:
    """Return a service and its parts, each with its model. `changes`: what was put to other teams about them."""
    service = catalog.components[ref]
    parts = [part for name in service.depends_on if (part := _called(name, catalog)) is not None]
    laid = []
    for each in (service, *parts):
        wanted = [name for change in changes if change.ref == each.ref for name in change.owners]
        proposed = [catalog.teams.get(name) or Team(name=name) for name in wanted if name not in each.owners]
        is_asked = any(change.ref == each.ref and change.serves == ref for change in changes)
        is_part = each.ref != ref
        laid.append(
            Laid(recommend(each, catalog, rulebook), is_part, is_part and each.ref in new, tuple(proposed), is_asked)
        )
    return tuple(laid)


def _stating(entries: Iterable[Component | Team], actor: Actor, now: datetime) -> Iterable[Statement]:
    return (
        Statement(entry.ref, name, value, PEOPLE, actor.signature, now)
        for entry in entries
        for name, value in fields_of(entry).items()
    )


def _forgetting(refs: Iterable[Ref], actor: Actor, catalog: Catalog, now: datetime) -> Iterable[Statement]:
    """Take back what people said before of something that had such a name, and is gone."""
    return (
        Statement(ref, name, None, source, actor.signature, now)
        for ref in refs
        for source in (PEOPLE, PROPOSED)
        for name in catalog.stated_about(ref, source)
    )


def _spoken_for(owners: Iterable[str], actor: Actor, teams: Mapping[str, Team]) -> list[str]:
    """Return the teams for which somebody may speak: their own, and those of which nobody is known to Slack, who could
    not accept anything, and are told instead.
    """
    known = [teams.get(name) or Team(name=name) for name in owners]
    return [team.name for team in known if belongs(actor, team) or not _has_known_people(team)]


def _has_known_people(team: Team) -> bool:
    return bool(people_of([team]) or team.slack_usergroup)


def _called(name: str, catalog: Catalog) -> Component | None:
    """Return the component that another one calls so, bare or with its namespace."""
    namespace, slash, bare = name.partition("/")
    ref = Ref.component(bare, namespace) if slash else Ref.component(name)
    return catalog.components.get(ref) or catalog.components.get(Ref.component(name))


def _name_for(part: Part) -> str:
    return part.ref.name if part.ref.namespace == DEFAULT_NAMESPACE else part.ref.path


def _facts(answers: Answers) -> dict[str, Any]:
    """Return answers as fields of a component; *Not sure* leaves a fact missing."""
    known = {name: value for name, value in answers.items() if value is not None}
    values: dict[str, Any] = {name: value for name, value in known.items() if field_of_fact(name, value) == name}
    facts = {name: value for name, value in known.items() if name not in values}
    return {**values, "facts": facts} if facts else values
