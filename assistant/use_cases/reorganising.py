"""Reorganising: a team is renamed, merged into another, or hands components on, all at once or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from pydantic import ValidationError

from assistant.core.catalog import PEOPLE, Catalog
from assistant.core.entries import Ref, Team
from assistant.core.policy import OPERATOR, Actor
from assistant.core.proposals import Change, Proposal
from assistant.core.reorganising import Reorganisation, merging, moving, renamed
from assistant.core.wording.phrases import listed
from assistant.core.words import fold
from assistant.errors import ConfigurationError
from assistant.storage.repository import Unit
from assistant.use_cases.proposing import put
from assistant.use_cases.snapshots import Registry


def rename(
    old: str, new: str, title: str | None, registry: Registry, now: datetime, *, dry_run: bool
) -> Reorganisation:
    """Let a team have another name; the one before becomes another name of it."""

    def plan(catalog: Catalog) -> Reorganisation:
        _check_known(old, catalog)
        if new in catalog.teams:
            raise ConfigurationError(f"There is a team called {new} already: `assistant team merge` joins the two.")
        _check_free(old, new, title, catalog)
        return merging([old], new, catalog, OPERATOR.name, now, title)

    return _done(plan, [old], new, registry, dry_run=dry_run)


def merge(olds: Sequence[str], new: str, registry: Registry, now: datetime, *, dry_run: bool) -> Reorganisation:
    """Let a team take the place of others, whose names become other names of it."""

    def plan(catalog: Catalog) -> Reorganisation:
        for name in olds:
            _check_known(name, catalog)
        if new not in catalog.teams:
            raise ConfigurationError(f"{_unknown(new, catalog)} `assistant team rename` gives a team another name.")
        if new in olds:
            raise ConfigurationError(f"{new} can't be merged into itself; name the others, and {new} last.")
        return merging(olds, new, catalog, OPERATOR.name, now)

    return _done(plan, olds, new, registry, dry_run=dry_run)


def move(
    old: str, new: str, names: Sequence[str], registry: Registry, now: datetime, *, dry_run: bool
) -> Reorganisation:
    """Let a team own components in the place of another: those that are named, or all."""

    def plan(catalog: Catalog) -> Reorganisation:
        return moving(old, new, components_to_move(old, new, names, catalog), catalog, OPERATOR.name, now)

    return _done(plan, (), new, registry, dry_run=dry_run)


def ask_to_move(
    old: str, new: str, names: Sequence[str], registry: Registry, now: datetime, administrators: Sequence[str]
) -> tuple[Reorganisation, Proposal]:
    """Ask a team once whether it takes over components of another: nothing changes until somebody of it accepts.

    `administrators`: people by id, one of whom hears what comes of it.
    """
    with registry.writing() as unit:
        catalog = unit.catalog
        refs = components_to_move(old, new, names, catalog)
        found = moving(old, new, refs, catalog, OPERATOR.name, now)
        stated = [each.subject for each in found.statements if each.source == PEOPLE]
        first = next((ref for ref in stated if new not in catalog.components[ref].owners), None)
        author = next((each for each in administrators if each not in catalog.team(new).contacts), None)
        if first is None:
            raise ConfigurationError(f"There is nothing to ask {new}: files state the owners, or it owns them already.")
        if author is None:
            raise ConfigurationError(f"ASSISTANT_ADMINS names nobody outside of {new} to tell what comes of it.")
        beside = tuple(ref for ref in stated if ref != first)
        change = Change(first, owners=(new,), leaving=old, beside=beside)
        asking = Actor(author, OPERATOR.name, "administrator")
        return found, put(change, asking, unit, administrators, now)


def components_to_move(old: str, new: str, names: Sequence[str], catalog: Catalog) -> list[Ref]:
    """Return the components of a team that are meant, by `name` or `namespace/name`; all where none is named."""
    _check_known(old, catalog)
    if new not in catalog.teams:
        raise ConfigurationError(_unknown(new, catalog))
    owned = [component.ref for component in catalog.by_owner.get(old, ())]
    found = {name: [ref for ref in owned if name in (ref.name, ref.path)] for name in names}
    if missing := [name for name, refs in found.items() if not refs]:
        raise ConfigurationError(f"{old} does not own {listed(missing, 'or')}. Nothing was changed.")
    if several := [name for name, refs in found.items() if len(refs) > 1]:
        raise ConfigurationError(f"{old} owns several called {listed(several, 'or')}; write namespace/name.")
    return [ref for refs in found.values() for ref in refs] if names else owned


def _done(
    plan: Callable[[Catalog], Reorganisation], olds: Sequence[str], new: str, registry: Registry, *, dry_run: bool
) -> Reorganisation:
    """Make a plan, and state what it says while nobody else can write; with `dry_run`, only make it."""
    if dry_run:
        return plan(registry.catalog())
    with registry.writing() as unit:
        found = plan(unit.catalog)
        unit.state(found.statements)
        _amend(olds, new, unit)
    return found


def _amend(olds: Sequence[str], new: str, unit: Unit) -> None:
    """Have what waits to be accepted by teams that are gone wait for the one in their place."""
    for proposal in unit.proposals.open():
        change = proposal.change
        owners, agreed = (tuple(renamed(names, olds, new)) for names in (change.owners, change.agreed))
        leaving = new if change.leaving in olds else change.leaving
        amended = replace(change, owners=owners, agreed=agreed, leaving=leaving)
        if amended != change:
            unit.proposals.amend(proposal.id, amended)


def _check_known(name: str, catalog: Catalog) -> None:
    """Raise ConfigurationError where nothing is called so, and nothing is said to belong to it either."""
    if name not in catalog.teams and not any(name in each.value for each in catalog.stated("owners")):
        raise ConfigurationError(_unknown(name, catalog))


def _unknown(name: str, catalog: Catalog) -> str:
    wanted = fold(name)
    called = [
        team.name for team in catalog.teams.values() if wanted in map(fold, (team.label, *team.aliases, team.name))
    ]
    meant = f"; {listed(called, 'or')} may be meant" if called else ""
    return f"There is no team called {name}{meant}. Nothing was changed."


def _check_free(old: str, new: str, title: str | None, catalog: Catalog) -> None:
    """Raise ConfigurationError where a team can't have a name: it is none, or people call another team so."""
    try:
        Team(name=new, title=title)
    except ValidationError as error:
        message = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise ConfigurationError(f"The name or the title {message}.") from None
    for team in catalog.teams.values():
        if team.name != old and fold(new) in map(fold, (team.label, *team.aliases)):
            raise ConfigurationError(f"{new} is another name of {team.name}: merge into that, or choose another name.")
