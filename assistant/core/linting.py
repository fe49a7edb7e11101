"""Linting: what in a registry will mislead people, or leave them without an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from assistant.core.catalog import Catalog, Place, Statement
from assistant.core.conflicts import conflicts
from assistant.core.entries import Component, Ref, Team
from assistant.core.gaps import PLACEHOLDERS
from assistant.core.rulebook import Rulebook, decide
from assistant.core.words import fold

CHECKS = (
    "unowned",
    "placeholder owner",
    "unknown owner",
    "team without channel",
    "team without members",
    "one person",
    "alias collision",
    "twins",
    "unknown dependency",
    "dependency cycle",
    "unknown model",
    "model differs",
    "conflict",
    "facts missing",
    "channel gone",
    "channel renamed",
    "person gone",
)
"""What is looked for; the last three in Slack."""


@dataclass(frozen=True)
class Doubt:
    """One thing to look at. `place`: where it is stated, if a file states it."""

    check: str
    subject: Ref
    message: str
    remedy: str
    place: Place | None = None


def lint(catalog: Catalog, rulebook: Rulebook) -> list[Doubt]:
    """Return everything doubtful, in the order of `CHECKS`, and of names."""
    components = [component for _, component in sorted(catalog.components.items())]
    teams = [team for _, team in sorted(catalog.teams.items())]
    checks = (
        _unowned(components, catalog),
        _placeholders(components, catalog),
        _unknown_owners(components, catalog),
        _teams(teams, catalog),
        _collisions(components, catalog),
        _twins(components, catalog),
        _dependencies(components, catalog),
        _cycles(components, catalog),
        _models(components, catalog, rulebook),
        _conflicts(catalog),
        _undecided(components, catalog, rulebook),
    )
    return sorted((doubt for check in checks for doubt in check), key=lambda doubt: CHECKS.index(doubt.check))


def _unowned(components: list[Component], catalog: Catalog) -> Iterator[Doubt]:
    for component in components:
        if not component.owners:
            remedy = "State its owner, or let its team claim it in Slack."
            yield _doubt("unowned", component.ref, "name", "nobody owns it", remedy, catalog)


def _placeholders(components: list[Component], catalog: Catalog) -> Iterator[Doubt]:
    for component in components:
        for owner in component.owners:
            if owner.casefold() in PLACEHOLDERS:
                remedy = "Name the team, or state no owner, so that it counts as unowned."
                message = f"its owner {owner} looks like a placeholder"
                yield _doubt("placeholder owner", component.ref, "owners", message, remedy, catalog)


def _unknown_owners(components: list[Component], catalog: Catalog) -> Iterator[Doubt]:
    for component in components:
        for owner in component.owners:
            if owner not in catalog.teams and owner.casefold() not in PLACEHOLDERS:
                remedy = "Add it under teams, or correct the name."
                message = f"its owner {owner} is no team that is registered"
                yield _doubt("unknown owner", component.ref, "owners", message, remedy, catalog)


def _teams(teams: list[Team], catalog: Catalog) -> Iterator[Doubt]:
    """Teams that own something and can't be reached, or are one person."""
    for team in teams:
        if not catalog.by_owner.get(team.name):
            continue
        if not team.slack_channel:
            remedy = "State its slack_channel, so that answers say where to ask."
            yield _doubt("team without channel", team.ref, "name", "it has no channel", remedy, catalog)
        if not team.contacts and not team.slack_usergroup:
            remedy = "State its slack_usergroup or its contacts, so that somebody can edit what it owns."
            yield _doubt("team without members", team.ref, "name", "it has no members", remedy, catalog)
        elif len(team.contacts) == 1 and not team.slack_usergroup and not team.slack_channel and not _is_group(team):
            message = f"it is one person, {team.contacts[0]}"
            remedy = "Name the team behind them: people leave, and teams stay."
            yield _doubt("one person", team.ref, "contacts", message, remedy, catalog)


def _is_group(team: Team) -> bool:
    """Say whether the one contact of a team is itself a team's, as in `@acme/payments`."""
    return "/" in team.contacts[0]


def _collisions(components: list[Component], catalog: Catalog) -> Iterator[Doubt]:
    named: dict[str, list[Component]] = {}
    for component in components:
        for name in {component.name.casefold(), *map(str.casefold, component.aliases)}:
            named.setdefault(name, []).append(component)
    for component in components:
        for alias in component.aliases:
            others = [each for each in named[alias.casefold()] if each.ref != component.ref]
            if others and any(each.owners != component.owners for each in others):
                message = f"its alias {alias} also means {others[0].ref.path}, which has another owner"
                remedy = "Take the alias from one of them."
                yield _doubt("alias collision", component.ref, "aliases", message, remedy, catalog)


def _twins(components: list[Component], catalog: Catalog) -> Iterator[Doubt]:
    first: dict[str, Component] = {}
    for component in components:
        twin = first.setdefault(fold(component.name), component)
        if twin.ref != component.ref and twin.owners != component.owners:
            message = f"{twin.ref.path} has nearly the same name, and another owner"
            remedy = "Keep one of them, or give them names that people can tell apart."
            yield _doubt("twins", component.ref, "name", message, remedy, catalog)


def _dependencies(components: list[Component], catalog: Catalog) -> Iterator[Doubt]:
    known = {name for ref in catalog.components for name in (ref.name, ref.path)}
    for component in components:
        for name in component.depends_on:
            if name not in known:
                message = f"it depends on {name}, which is not registered"
                remedy = "Register it, or correct the name."
                yield _doubt("unknown dependency", component.ref, "depends_on", message, remedy, catalog)


def _cycles(components: list[Component], catalog: Catalog) -> Iterator[Doubt]:
    """One circle of each group of components that depend on one another."""
    refs: dict[str, list[Ref]] = {}
    for component in components:
        for name in (component.name, component.ref.path):
            refs.setdefault(name, []).append(component.ref)
    needed = {each.ref: {ref for name in each.depends_on for ref in refs.get(name, ())} for each in components}
    while True:
        try:
            TopologicalSorter(needed).prepare()
        except CycleError as error:
            ring: list[Ref] = error.args[1][::-1]  # it names each before what needs it
            start = min(range(len(ring) - 1), key=lambda at: ring[at])
            ring = [*ring[start:-1], *ring[:start], ring[start]]
            remedy = "Take out the dependency that is none."
            message = f"what it depends on leads back to it: {' → '.join(ref.name for ref in ring)}"
            yield _doubt("dependency cycle", ring[0], "depends_on", message, remedy, catalog)
            gone = set(ring)
            needed = {ref: theirs - gone for ref, theirs in needed.items() if ref not in gone}
        else:
            return


def _models(components: list[Component], catalog: Catalog, rulebook: Rulebook) -> Iterator[Doubt]:
    for component in components:
        if not component.model:
            continue
        recommended = decide(rulebook, component.known_facts).model
        if rulebook.model(component.model) is None:
            message = f"its model {component.model} is none of the rulebook's"
            remedy = f"Write one of these: {', '.join(model.id for model in rulebook.models)}."
            yield _doubt("unknown model", component.ref, "model", message, remedy, catalog)
        elif recommended is not None and recommended.id != component.model:
            message = f"it is run as {component.model}, and the rules recommend {recommended.id}"
            remedy = "Decide again, or correct the facts."
            yield _doubt("model differs", component.ref, "model", message, remedy, catalog)


def _conflicts(catalog: Catalog) -> Iterator[Doubt]:
    for conflict in conflicts(catalog):
        said = "; ".join(f"{each.where} says {_plain(each)}" for each in conflict.statements)
        remedy = "Correct the file that is wrong; ASSISTANT_TRUST says which counts."
        message = f"sources disagree about its {conflict.field}: {said}"
        yield _doubt("conflict", conflict.subject, conflict.field, message, remedy, catalog)


def _plain(statement: Statement) -> str:
    value = statement.value
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _undecided(components: list[Component], catalog: Catalog, rulebook: Rulebook) -> Iterator[Doubt]:
    for component in components:
        missing = decide(rulebook, component.known_facts).missing
        if missing and not component.model:
            names = ", ".join(fact.name for fact in missing)
            remedy = "Answer the questions of /which-model NAME in Slack, or state the facts in a file."
            yield _doubt("facts missing", component.ref, "name", f"no model without {names}", remedy, catalog)


def _doubt(check: str, ref: Ref, field: str, message: str, remedy: str, catalog: Catalog) -> Doubt:
    origin = catalog.origin(ref, field)
    return Doubt(check, ref, message, remedy, origin.place if origin else None)
