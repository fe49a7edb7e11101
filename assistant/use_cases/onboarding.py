"""Onboarding: a new service is walked in, step by step, with its parts. Each step is kept; the last registers all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from assistant.core.advice import OwnerCard
from assistant.core.answers import Answer, Invalid, Owners, Refusal
from assistant.core.cards import owner_card
from assistant.core.drafts import (
    PARTS,
    Draft,
    Kept,
    Part,
    answered,
    back,
    onward,
    screen_at,
    with_part,
    without_part,
)
from assistant.core.entries import Component, FactValue, Ref, Team
from assistant.core.newcomers import New
from assistant.core.notices import WasRegistered
from assistant.core.outcomes import Laid, Registered
from assistant.core.policy import Actor, authorize, belongs
from assistant.core.questionnaire import Screen, value_of
from assistant.core.recommending import recommend
from assistant.core.rulebook import Rulebook
from assistant.core.snapshot import Snapshot
from assistant.core.words import fold
from assistant.storage.repository import Unit
from assistant.use_cases.onboarding_obstacles import (
    OWN_FIELDS,
    PART_OWNER,
    ObstacleError,
    check_new_part,
    check_part_owner,
    checked,
    holder_of,
    near_names,
    plan_of,
)
from assistant.use_cases.registering import (
    carry_out,
    owners_of,
    registered,
    told,
)
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.teams import matching_teams

PART_FIELDS = {"part_kind": "kind", "part_existing": "existing", "part_name": "name"}
"""The fields that describe a part, and what they are of it."""
FACT = "fact."
"""Before the name of a fact, in the name of the field that asks for it."""

MoveKind = Literal["next", "back", "finish", "new-team", "listed-team", "add", "remove", "that", "show"]


@dataclass(frozen=True)
class Move:
    """What somebody did in the form of a draft that was at `version`. `values` by field: all that the form tells.

    `about`: the position of a part to remove, or the `namespace/name` of the component that is what was meant.
    """

    draft: str
    version: int
    kind: MoveKind
    values: Mapping[str, str] = field(default_factory=dict)
    about: str = ""


@dataclass(frozen=True)
class Sheet:
    """What the form shows: a draft at its screen, and all that it takes to draw that.

    `faults`: what is wrong, by field, and nothing was saved. `taken`: what has the name; `near`: what comes near it.
    `laid`: the service and its parts as they would be registered.
    """

    id: str
    version: int
    draft: Draft
    screen: Screen
    teams: tuple[Team, ...]
    components: tuple[Component, ...]
    faults: Mapping[str, str] = field(default_factory=dict)
    taken: OwnerCard | None = None
    near: tuple[OwnerCard, ...] = ()
    laid: tuple[Laid, ...] = ()
    told: tuple[str, ...] = ()
    """Where the owners are told: channels, or the id of whoever registers."""


def teams_matching(typed: str, draft: str | None, registry: Registry, limit: int) -> Sequence[Team]:
    """Return the teams that fit what somebody types, beginning with the one that is new with their draft."""
    kept = registry.draft(draft) if draft else None
    new = kept.draft.new_team if kept and kept.draft.has_new_team else ""
    found = matching_teams(typed, registry.snapshot(), limit)
    return [Team(name=new), *found][:limit] if new and fold(typed) in fold(new) else found


def begin(identifier: str, said: New | None, actor: Actor, snapshot: Snapshot, rulebook: Rulebook) -> Sheet:
    """Return the form, with what was said filled in, or the one team of whoever opens it. Nothing is kept as yet; a
    name that is taken is said to be so at once.
    """
    mine = [team.name for team in snapshot.catalog.teams.values() if belongs(actor, team)]
    draft = Draft(name=(said.name if said else "") or "", owner=mine[0] if len(mine) == 1 else "")
    if said and said.owner:
        found = snapshot.teams.find(said.owner, guess=False)
        if found.sure and len(found.refs) == 1:
            draft = replace(draft, owner=found.refs[0].name)
        else:
            draft = replace(draft, owner="", has_new_team=True, new_team=said.owner)
    taken = holder_of(draft.name, snapshot) if draft.name else None
    return replace(_sheet(identifier, 0, draft, snapshot, rulebook), taken=taken)


def draft_called(name: str, drafts: Iterable[Kept]) -> Kept | None:
    """Return the first of some drafts that is about what has a name, however that is written."""
    return next((kept for kept in drafts if name and fold(kept.draft.name) == fold(name)), None)


def resume(identifier: str, actor: Actor, registry: Registry, rulebook: Rulebook) -> Sheet | Registered | Invalid:
    """Return the form of a draft, where it was left."""
    kept = registry.draft(identifier)
    if kept is None or kept.person != actor.id or kept.state != "open":
        return Invalid("That draft is finished or gone. Type /onboard to start another.")
    return _shown(kept, actor, registry, rulebook)


def drop(identifier: str, actor: Actor, registry: Registry, now: datetime) -> None:
    """Forget a draft of one's own."""
    with registry.writing() as unit:
        kept = unit.drafts.get(identifier)
        if kept is not None and kept.person == actor.id and kept.state == "open":
            unit.drafts.keep(replace(kept, version=kept.version + 1, state="dropped", changed_at=now))


def teams_in(move: Move, registry: Registry) -> frozenset[str]:
    """Return the names of the teams that a draft is about: for some of them whoever fills it in may speak."""
    kept, snapshot = registry.draft(move.draft), registry.snapshot()
    draft = kept.draft if kept else Draft()
    typed = {name: move.values[name] for name in ("owner", "more_owners") if name in move.values}
    draft = replace(draft, **typed)  # type: ignore[arg-type]
    paths = [*(part.existing for part in draft.parts), move.values.get("part_existing", ""), move.about]
    existing = [snapshot.catalog.components.get(Ref.parse(f"component:{path}")) for path in paths if path]
    names = [*owners_of(draft, snapshot), move.values.get(PART_OWNER, ""), *(part.owner for part in draft.parts)]
    return frozenset([*filter(None, names), *(name for each in existing if each for name in each.owners)])


def take(
    move: Move, actor: Actor, registry: Registry, rulebook: Rulebook, now: datetime, administrators: Sequence[str] = ()
) -> Sheet | Registered | Answer:
    """Take one step of a draft, and return what the form shows then. The last step registers everything, or nothing.

    A step that was taken before, or that comes from a form that is not the newest, changes nothing, and returns what
    the newest shows.
    """
    snapshot = registry.snapshot()
    with registry.writing(actor.delivery) as unit:
        kept = unit.drafts.get(move.draft)
        if (wrong := _why_not(kept, move, actor)) is not None:
            return wrong
        kept = kept or Kept(move.draft, actor.id, 0, Draft(), "open", now)
        if kept.state == "open" and kept.version == move.version:
            following = replace(kept, version=kept.version + 1, changed_at=now)
            if (shown := _meant(move, following, rulebook, unit)) is not None:
                return shown
            try:
                draft, is_last = _moved(move, kept.draft, snapshot, rulebook)
                following = replace(following, draft=draft)
                if is_last or draft.stop.step == "review":
                    planned = plan_of(draft, actor, snapshot, unit.catalog, rulebook, now)
                if is_last:
                    carry_out(planned, actor, unit, administrators, now)
                    following = replace(following, state="finished")
            except ObstacleError as obstacle:
                if obstacle.is_kept:
                    kept = replace(following, draft=obstacle.draft, state="open")
                    unit.drafts.keep(kept)
                sheet = _sheet(kept.id, kept.version, obstacle.draft, snapshot, rulebook)
                near = () if obstacle.taken else sheet.near
                return replace(sheet, faults=obstacle.faults, taken=obstacle.taken, near=near)
            kept = following
            unit.drafts.keep(kept)
    return _shown(kept, actor, registry, rulebook)


def _meant(move: Move, kept: Kept, rulebook: Rulebook, unit: Unit) -> Owners | None:
    """Show what is registered already. Where that was meant, the draft ends; else it can be continued."""
    found = unit.catalog.components.get(Ref.parse(f"component:{move.about}"))
    if found is None or move.kind not in ("that", "show") or kept.draft.stop.step != "what":
        return None
    card = owner_card(found, unit.catalog)
    if move.kind == "that":
        unit.drafts.keep(replace(kept, state="dropped"))
        return Owners((card,), "It is registered already, so nothing was added.")
    unit.drafts.keep(replace(kept, draft=_entered(kept.draft, move.values, rulebook, {})))
    return Owners((card,), "What you entered is kept: type /onboard to go on with another name.")


def refusal(actor: Actor) -> Refusal | None:
    """Return why somebody may register nothing; None where they may."""
    verdict = authorize(actor, "register")
    return None if verdict.allowed else Refusal(f"Only {verdict.who_can} can register a component.", "Ask them to.")


def _why_not(kept: Kept | None, move: Move, actor: Actor) -> Invalid | Refusal | None:
    """Say why no step can be taken."""
    if (refused := refusal(actor)) is not None:
        return refused
    is_mine = kept is not None and kept.person == actor.id and kept.state != "dropped"
    if (kept is None and move.version == 0) or is_mine:
        return None
    return Invalid("This draft is gone, and nothing was saved. Type /onboard to start another.")


def _shown(kept: Kept, actor: Actor, registry: Registry, rulebook: Rulebook) -> Sheet | Registered | Invalid:
    """Return what the form shows of a draft: what came of it, once it is finished."""
    draft = kept.draft
    if kept.state == "finished":
        parts = tuple(part.ref for part in draft.parts if not part.existing)
        new_team = draft.new_team if draft.has_new_team else None
        about = WasRegistered(Ref.component(draft.name), actor.name, kept.changed_at, new_team, parts)
        gone = f"{draft.name} was registered with this form, and is gone by now. Type /onboard to start another."
        return registered(about, registry, rulebook) or Invalid(gone)
    snapshot = registry.snapshot()
    sheet = _sheet(kept.id, kept.version, draft, snapshot, rulebook)
    if draft.stop.step != "review":
        return sheet
    try:
        planned = plan_of(draft, actor, snapshot, registry.catalog(), rulebook, kept.changed_at)
    except ObstacleError:  # somebody has changed something since; the last step says so
        return sheet
    return replace(sheet, laid=planned.laid, told=told(planned, actor))


def _sheet(identifier: str, version: int, draft: Draft, snapshot: Snapshot, rulebook: Rulebook) -> Sheet:
    catalog = snapshot.catalog
    teams = tuple(sorted(catalog.teams.values(), key=lambda team: (team.label.casefold(), team.name)))
    components = tuple(each for _, each in sorted(catalog.components.items())) if draft.stop.step == "parts" else ()
    existing = [part.ref for part in draft.parts if part.existing and part.ref in catalog.components]
    laid = tuple(Laid(recommend(catalog.components[ref], catalog, rulebook), is_part=True) for ref in existing)
    name = {"what": draft.name, "parts": draft.adding.name}.get(draft.stop.step)
    near = near_names(name, snapshot) if name in draft.confirmed else ()
    return Sheet(identifier, version, draft, screen_at(draft, rulebook), teams, components, laid=laid, near=near)


# From screen to screen


def _moved(move: Move, draft: Draft, snapshot: Snapshot, rulebook: Rulebook) -> tuple[Draft, bool]:
    """Return a draft after a step, and whether that was the last. Raises ObstacleError."""
    step, is_finish, team_before = draft.stop.step, move.kind == "finish", draft.new_team
    faults: dict[str, str] = {}
    draft = _entered(draft, move.values, rulebook, faults)
    match move.kind:
        case "back":
            return back(draft), False
        case "new-team" | "listed-team":
            return replace(draft, has_new_team=move.kind == "new-team"), False
        case "remove" if step == "parts" and move.about.isdecimal():
            return without_part(draft, int(move.about)), False
        case "that" | "show" if step == "what":  # what was meant is gone
            return draft, False
    if faults:
        raise ObstacleError(draft, faults)
    if step == "what":
        draft = _with_parts_of(team_before, checked(draft, snapshot), snapshot)
    elif draft.stop.part is not None:
        check_part_owner(draft, snapshot, is_asked=PART_OWNER in move.values)
    elif step == "parts" and (move.kind in ("add", "that") or draft.adding != Part()):
        draft = _with_parts_added(draft, snapshot, move.about if move.kind == "that" else "")
    if move.kind in ("add", "that"):
        return draft, False
    is_last = is_finish or step == "review"
    return (draft, True) if is_last else (onward(draft, rulebook), False)


def _entered(draft: Draft, values: Mapping[str, str], rulebook: Rulebook, faults: dict[str, str]) -> Draft:
    """Return a draft with what stands in the form, and add what is no answer to `faults`. What the form does not tell
    stays as it was.
    """
    stop = draft.stop
    if stop.step == "what" and (given := {name: values[name] for name in OWN_FIELDS if name in values}):
        if channel := given.get("team_channel"):
            given["team_channel"] = channel if _CHANNEL.match(channel) else f"#{channel}"
        return replace(draft, **given, has_new_team="new_team" in given)  # type: ignore[arg-type]
    if stop.step == "parts":
        given = {own: values[name] for name, own in PART_FIELDS.items() if name in values}
        return replace(draft, adding=replace(draft.adding, **given))  # type: ignore[arg-type]
    if stop.step != "questions":
        return draft
    if stop.part is not None and PART_OWNER in values:
        draft = with_part(draft, stop.part, owner=values[PART_OWNER])
    answers: dict[str, FactValue | None] = {}
    for fact in filter(None, map(rulebook.fact, stop.facts)):
        answer, before = values.get(FACT + fact.name), draft.answers_at(stop.part)
        try:
            if answer:
                answers[fact.name] = value_of(fact, answer)
            elif answer is None and fact.name in before:
                answers[fact.name] = before[fact.name]
        except ValueError as error:
            faults[FACT + fact.name] = str(error)
    return answered(draft, answers)


_CHANNEL = re.compile(r"#|[CG][A-Z0-9]{6,}$")


def _with_parts_of(team: str, draft: Draft, snapshot: Snapshot) -> Draft:
    """Return a draft in which the new parts of a team that was new, and is not any more, are its owner's."""
    if not team or team in snapshot.catalog.teams:
        return draft
    owner = draft.primary_owner
    return replace(draft, parts=tuple(replace(p, owner=owner) if p.owner == team else p for p in draft.parts))


def _with_parts_added(draft: Draft, snapshot: Snapshot, meant: str = "") -> Draft:
    """Return a draft with the parts that are described: one that exists, a new one, or both. Raises ObstacleError.

    `meant`: the `namespace/name` of what exists, and is meant instead of the new one.
    """
    adding = draft.adding
    added = [Part(existing=path) for path in dict.fromkeys(filter(None, (adding.existing, meant)))]
    for part in added:
        if part.ref not in snapshot.catalog.components:
            raise ObstacleError(draft, {"part_existing": "That is not registered any more; choose another."})
        if part.ref in {each.ref for each in draft.parts}:
            raise ObstacleError(draft, {"part_existing": f"{part.ref.name} is here already."})
    if adding.name and not meant:
        added.append(Part(adding.kind, name=adding.name, owner=draft.primary_owner))
    if not added:
        wanted = f"Choose a component above, or name a new {adding.kind or 'one'} here."
        raise ObstacleError(draft, {"part_name": wanted})
    if len(draft.parts) + len(added) > PARTS:
        raise ObstacleError(draft, {"part_name": f"A form takes {PARTS} parts; add the others afterwards."})
    if not added[-1].existing:
        check_new_part(added[-1], draft, snapshot)
    return replace(draft, parts=(*draft.parts, *added), adding=Part())
