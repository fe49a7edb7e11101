"""What stands in the way of an onboarding: entries that are wrong, names that are taken, and what has changed since."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from pydantic import ValidationError

from assistant.core.advice import OwnerCard
from assistant.core.cards import owner_card
from assistant.core.catalog import Catalog
from assistant.core.drafts import Draft, Part, back_to, with_part
from assistant.core.grammar import FUNCTION_WORDS
from assistant.core.match import NEAREST, Step
from assistant.core.policy import Actor
from assistant.core.rulebook import Rulebook
from assistant.core.snapshot import Snapshot
from assistant.core.words import fold, split
from assistant.use_cases.registering import Plan, owners_of, part_of, plan, service_of, team_of

OWN_FIELDS = ("name", "kind", "description", "repo", "owner", "more_owners", "new_team", "team_channel")
"""The fields of the first screen."""
PART_OWNER = "part_owner"


class ObstacleError(Exception):
    """What keeps a draft from going on. `draft`: what to show instead, with all that was entered.

    `is_kept`: showing that counts as a step.
    """

    def __init__(
        self,
        draft: Draft,
        faults: Mapping[str, str] | None = None,
        *,
        taken: OwnerCard | None = None,
        is_kept: bool = False,
    ) -> None:
        super().__init__()
        self.draft = draft
        self.faults = faults or {}
        self.taken = taken
        self.is_kept = is_kept


def checked(draft: Draft, snapshot: Snapshot) -> Draft:
    """Return a draft whose first screen is right. Raises ObstacleError."""
    faults = _faults(draft, snapshot)
    if faults:
        raise ObstacleError(draft, faults)
    if (holder := holder_of(draft.name, snapshot)) is not None:
        raise ObstacleError(draft, taken=holder)
    if draft.name not in draft.confirmed and near_names(draft.name, snapshot):
        raise ObstacleError(replace(draft, confirmed=(*draft.confirmed, draft.name)), is_kept=True)
    return draft


def _faults(draft: Draft, snapshot: Snapshot) -> dict[str, str]:
    """Say what is wrong on the first screen, by field."""
    faults: dict[str, str] = {}
    for build, of_team in ((lambda: service_of(draft), False), (lambda: team_of(draft, _NOBODY), True)):
        try:
            build()
        except ValidationError as error:
            for detail in error.errors():
                faults.setdefault(_field_of(detail["loc"], of_team=of_team), _sentence(detail["msg"]))
    if draft.repo and not draft.repo.startswith(("http://", "https://")):
        faults["repo"] = "Enter an address that begins with https://, or leave it empty."
    if draft.has_new_team:
        known = snapshot.teams.find(draft.new_team, guess=False) if draft.new_team else None
        if known and known.refs and known.sure:
            faults["new_team"] = f"There is a team called {known.refs[0].name}; choose it from the list."
        elif _is_named(draft.new_team, snapshot.catalog):
            faults["new_team"] = _NAMED.format(name=draft.new_team)
    elif draft.owner and draft.owner not in snapshot.catalog.teams:
        faults["owner"] = "That team is not registered any more; choose another."
    for name in draft.further_owners:
        found = snapshot.teams.find(name, guess=False)
        if not (found.sure and len(found.refs) == 1):
            near = snapshot.teams.with_nearest(snapshot.teams.find(name))
            names = [ref.name for ref in near.refs or near.nearest][:NEAREST]
            closest = f"; closest: {', '.join(names)}" if names else ""
            faults["more_owners"] = f"There is no team called {name[:80]}{closest}."
    if not faults and (fault := _unfindable(draft.name)):
        faults["name"] = fault
    elif fold(draft.name) in {fold(part.name) for part in draft.parts if not part.existing}:
        faults["name"] = f"{draft.name} is the name of one of its parts; give it another."
    return faults


_NAMED = "{name} is named as an owner of something already; call the new team otherwise."


def _is_named(team: str, catalog: Catalog) -> bool:
    """Say whether a team that is not there is named as an owner: whoever makes it would have its rights."""
    return any(team in (statement.value or ()) for statement in catalog.stated("owners"))


_NOBODY = Actor("U00", "", None)


def _unfindable(name: str) -> str | None:
    """Say why no question would find a name."""
    if not split(name):
        return f"“{name[:80]}” holds no letter and no digit, and no question finds it; add a word."
    if set(split(name)) <= FUNCTION_WORDS:
        example = "-".join([*split(name[:80]), "ledger"])
        return f"“{name[:80]}” is made of everyday words; add one that stands out, as in “{example}”."
    return None


def holder_of(name: str, snapshot: Snapshot) -> OwnerCard | None:
    """Return the component that has a name, or that people already mean by it."""
    match = snapshot.components.find(name, guess=False, generic=False)
    if not match.refs or match.step > Step.LETTERS:
        return None
    return owner_card(snapshot.catalog.components[match.refs[0]], snapshot.catalog)


def _holder_in(name: str, snapshot: Snapshot, catalog: Catalog) -> OwnerCard | None:
    """Return the component that has a name in a catalog, of which the snapshot may be an older state."""
    if snapshot.catalog.revision < catalog.revision:
        wanted = fold(name)
        held = (each for each in catalog.components.values() if wanted in map(fold, (each.name, *each.aliases)))
        if (holder := next(held, None)) is not None:
            return owner_card(holder, catalog)
    return holder_of(name, snapshot)


def near_names(name: str, snapshot: Snapshot) -> tuple[OwnerCard, ...]:
    """Return the components whose names could be meant by this one."""
    match = snapshot.components.find(name, generic=False)
    components = snapshot.catalog.components
    return tuple(owner_card(components[ref], snapshot.catalog) for ref in match.refs[:NEAREST])


def check_part_owner(draft: Draft, snapshot: Snapshot, *, is_asked: bool) -> None:
    """Raise ObstacleError where the team that is to own a new part is none, or is not the other one that runs it.

    `is_asked`: the screen asks for that team.
    """
    assert draft.stop.part is not None, "asked of a part only"
    part = draft.parts[draft.stop.part]
    if is_asked and part.owner and part.owner not in snapshot.catalog.teams and part.owner != draft.primary_owner:
        raise ObstacleError(draft, {PART_OWNER: "That team is not registered any more; choose another."})
    if part.answers.get("ownership") == "external-team" and part.owner in owners_of(draft, snapshot):
        # Nobody's from here on, since what is chosen in Slack can't be taken back.
        nobodys = with_part(draft, draft.stop.part, owner="")
        raise ObstacleError(nobodys, {PART_OWNER: _RUN_BY_OTHERS}, is_kept=True)


_RUN_BY_OTHERS = "Another team runs it: choose that team here, or leave this empty if you do not know which."


def check_new_part(part: Part, draft: Draft, snapshot: Snapshot) -> None:
    """Raise ObstacleError where a new part may not be called so, or something is called nearly so."""
    if fold(part.name) == fold(draft.name):
        raise ObstacleError(draft, {"part_name": f"{part.name} is the service itself; name what it needs."})
    new_names = {fold(each.name) for each in draft.parts if not each.existing}
    if part.ref in {each.ref for each in draft.parts} or fold(part.name) in new_names:
        raise ObstacleError(draft, {"part_name": f"{part.name} is here already."})
    try:
        part_of(part)
    except ValidationError as error:
        detail = error.errors()[0]
        field_name = "part_kind" if detail["loc"] == ("kind",) else "part_name"
        raise ObstacleError(draft, {field_name: _sentence(detail["msg"])}) from None
    if fault := _unfindable(part.name):
        raise ObstacleError(draft, {"part_name": fault})
    if (holder := holder_of(part.name, snapshot)) is not None:
        raise ObstacleError(draft, taken=holder)
    if part.name not in draft.confirmed and near_names(part.name, snapshot):
        raise ObstacleError(replace(draft, confirmed=(*draft.confirmed, part.name)), is_kept=True)


def plan_of(
    draft: Draft, actor: Actor, snapshot: Snapshot, catalog: Catalog, rulebook: Rulebook, now: datetime
) -> Plan:
    """Return what a draft comes to. Raises ObstacleError where something has changed since it was entered."""
    taken = _holder_in(draft.name, snapshot, catalog)
    if taken is not None:
        raise ObstacleError(back_to(draft, "what"), taken=taken, is_kept=True)
    if draft.has_new_team and (draft.new_team in catalog.teams or _is_named(draft.new_team, catalog)):
        fault = f"A team called {draft.new_team} was registered meanwhile; choose it from the list."
        if draft.new_team not in catalog.teams:
            fault = _NAMED.format(name=draft.new_team)
        raise ObstacleError(back_to(draft, "what"), {"new_team": fault}, is_kept=True)
    if gone := [name for name in owners_of(draft, snapshot) if name not in catalog.teams and name != draft.new_team]:
        fault = f"The team {gone[0]} is not registered any more; choose another."
        raise ObstacleError(back_to(draft, "what"), {"owner": fault}, is_kept=True)
    if faults := _faults(draft, snapshot):
        raise ObstacleError(back_to(draft, "what"), faults, is_kept=True)
    for part in draft.parts:
        if changed := _fault_of(part, draft, snapshot, catalog):
            raise ObstacleError(back_to(draft, "parts"), {"part_name": changed}, is_kept=True)
    return plan(draft, actor, snapshot, catalog, rulebook, now)


def _fault_of(part: Part, draft: Draft, snapshot: Snapshot, catalog: Catalog) -> str | None:
    """Say what keeps a part from being registered that could be one when it was added."""
    is_there, name = part.ref in catalog.components, part.ref.name
    if part.existing:
        return None if is_there else f"{name} was removed meanwhile; remove it here."
    if is_there or _holder_in(name, snapshot, catalog):
        return f"{name} was registered meanwhile; remove it here, and choose it from the list."
    if part.owner and part.owner not in catalog.teams and part.owner != draft.primary_owner:
        return f"{part.owner}, which was to own {name}, is not registered any more; remove {name} here."
    return None


def _field_of(location: tuple[int | str, ...], *, of_team: bool) -> str:
    """Return the field of the form behind a field of the schema."""
    name = str(location[0]) if location else "name"
    if of_team:
        return "team_channel" if name == "slack_channel" else "new_team"
    return name if name in OWN_FIELDS else "name"


def _sentence(message: str) -> str:
    """Turn the schema's words about a value into a sentence for beside its field."""
    message = re.sub(r"^(Value error|Assertion failed), ", "", message)
    if message.startswith("String should have at least"):
        return "Enter a name."
    if message.startswith("String should have at most"):
        return "That is too long: " + message.removeprefix("String should have ") + "."
    return f"This {message[0].lower()}{message[1:]}."
