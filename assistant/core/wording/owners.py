"""Who owns it, how to reach them, and what a team owns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.core.advice import OwnerCard
from assistant.core.answers import Contact, OwnedPath, Owners, PathOwners, Pick, TeamCard
from assistant.core.catalog import PEOPLE, PROPOSED, Statement
from assistant.core.entries import Component, Team
from assistant.core.gaps import missing_in
from assistant.core.messages import (
    Button,
    Channel,
    Claim,
    Confirm,
    Dispute,
    Edit,
    Line,
    Message,
    Row,
    Share,
    ShowHistory,
    Span,
    Strong,
    Transfer,
)
from assistant.core.wording.finding import unresolved_rows
from assistant.core.wording.phrases import (
    distinct_names,
    dotted,
    joined,
    listed,
    name_of,
    origin_of,
    owned_by,
    owner_label,
    reachable,
    snippet,
    source_of,
)

CONTRADICTIONS = 2
"""Sources that are named which contradict the one that counts."""
LISTED = 12
"""Components of a team that are named before the rest is counted."""
PATHS = 5
"""Paths whose owners are named in one answer."""


_ATTRIBUTES = {
    "channel": "channel",
    "oncall": "on call",
    "repo": "repository",
    "runbook": "runbook",
    "contact": "contact",
}


def owners_message(answer: Owners) -> Message:
    cards = answer.cards
    context: tuple[Line, ...] = (_evidence(answer.because, cards),)
    if len(cards) == 1:
        about = cards[0].component.description
        otherwise = [_said_otherwise(*each) for each in cards[0].otherwise[:CONTRADICTIONS]]
        rows = [Row((owned_by(cards[0]), *otherwise, _ways(cards[0]), *([(snippet(about),)] if about else [])))]
    elif answer.same:
        first = cards[0]
        names = joined([Strong(name) for name in distinct_names(cards)])
        verb = "are" if len(distinct_names(cards)) > 1 else "is"
        owners = joined([Strong(team.label) for team in first.owners]) or (owner_label(first),)
        # What belongs to the first component alone, such as its repository, is no way to reach the others.
        channel, oncall = _first(t.slack_channel for t in first.owners), _first(t.oncall for t in first.owners)
        shared = replace(first, component=Component(name=first.component.name), channel=channel, oncall=oncall)
        rows = [Row(((*names, f" {verb} owned by ", *owners, "."), _ways(shared)))]
    else:
        rows = [Row(tuple(owned_by(card) for card in cards))]
    rows += unresolved_rows(answer.unresolved)
    buttons: tuple[Button, ...] = ()
    more: tuple[Button, ...] = ()
    if len(cards) == 1:
        if missing := _missing(cards[0]):
            rows.append(Row(((f"Still missing: {', '.join(missing)}.",),)))
        context = (*context, *_waiting(cards[0]))
        buttons, more = _ways_on(cards[0])
    share = Share(Pick(cards[0].component.ref, "owner", None, cards[0].component.name)) if len(cards) == 1 else None
    return Message(tuple(rows), buttons, more, context, share)


def _said_otherwise(statement: Statement, teams: Sequence[Team]) -> Line:
    """Say which owner another source states."""
    owners = joined([Strong(team.label) for team in teams]) or ("that nobody does",)
    return (*source_of(statement), "," if statement.place else "", " says ", *owners, " instead.")


def _waiting(card: OwnerCard) -> tuple[Line, ...]:
    """Say which parts are only proposed, since their teams have not accepted them."""
    return tuple(
        (f"Proposed: {listed([team.label for team in teams])} runs {name} for it, and has not accepted yet.",)
        for name, teams in card.waiting[:3]
    )


def _missing(card: OwnerCard) -> tuple[str, ...]:
    """Return what is missing of what was registered in Slack; what a file states is completed in the file."""
    is_from_people = card.origin is not None and card.origin.source in (PEOPLE, PROPOSED)
    return missing_in(card.component, card.owners, card.oncall) if is_from_people else ()


def _ways_on(card: OwnerCard) -> tuple[tuple[Button, ...], tuple[Button, ...]]:
    """What can be done with a component: two buttons, and what stands in the menu behind them.

    There are five at most in a menu, with the button whose place Share takes. So an owner is confirmed where a file
    states it, and transferred where none does.
    """
    ref = card.component.ref
    model, wrong = Button("Which model?", Pick(ref, "model", None, ref.name)), Button("Not right?", Dispute(ref))
    edit, history = Button("Edit", Edit(ref)), Button("History", ShowHistory(ref))
    if not card.owners:
        return (Button("My team owns it", Claim(ref)), Button("I know who", Transfer(ref))), (
            model,
            wrong,
            edit,
            history,
        )
    owner = card.owners[0]
    owned = Button(f"What {owner.label} owns", Pick(owner.ref, "team", None, owner.name))
    if card.origin is None or card.origin.source in (PEOPLE, PROPOSED):
        transfer = Button("Transfer", Transfer(ref))
        if _missing(card):
            return (wrong, Button("Add what is missing", Edit(ref))), (model, transfer, history, owned)
        return (wrong, model), (edit, transfer, history, owned)
    return (wrong, model), (edit, history, owned, Button("Still right", Confirm(ref)))


def _first(values: Iterable[str | None]) -> str | None:
    return next(filter(None, values), None)


def _ways(card: OwnerCard) -> Line:
    """The ways in: channel, on call, runbook, repository."""
    ways: list[Line] = []
    if card.channel:
        ways.append(("Ask in ", Channel(card.channel)))
    if card.oncall:
        ways.append(("on call ", reachable(card.oncall)))
    if card.component.runbook:
        ways.append((reachable(card.component.runbook, "Runbook"),))
    if card.component.repo:
        ways.append((reachable(card.component.repo, "Repository"),))
    if not card.owners:
        asked = _first(team.slack_channel for team in card.proposed)
        way: Line = ("Its team can claim it in Slack, or the registry file can state an owner.",)
        way = ("Until then, ask in ", Channel(asked), ".") if asked else way
        return (*way, " ", *dotted(ways)) if ways else way
    if not card.oncall and card.channel:
        channel: Line = ("On call isn't recorded; ", Channel(card.channel), " is the way in.")
        return (*channel, " ", *dotted(ways[1:])) if ways[1:] else channel
    if not ways:
        return (f"No channel and no on-call are recorded for {card.owners[0].label}.",)
    return dotted(ways)


def _evidence(because: str, cards: Sequence[OwnerCard]) -> Line:
    origin = cards[0].origin
    if len(cards) != 1 or origin is None:
        return (because,)
    if origin.source == PROPOSED:
        return (f"{because} Proposed by ".lstrip(), *origin_of(origin), ".")
    confirmed: Line = ()
    if said := cards[0].confirmed:
        confirmed = (f", confirmed by {said.author_name} on {said.stated_at.day} {said.stated_at:%B}",)
    return (f"{because} Owner from ".lstrip(), *origin_of(origin), *confirmed, ".")


def path_owners_message(answer: PathOwners) -> Message:
    lines = [_path_owned(each) for each in answer.paths[:PATHS]]
    teams = list(dict.fromkeys(team for each in answer.paths for team in each.teams))
    if len(answer.paths) > PATHS:
        more = len(answer.paths) - PATHS
        lines.append((f"There are {more} more; paste a link to a file to say which is meant.",))
    elif len(teams) == 1:
        team = teams[0]
        ways: list[Line] = [("Ask in ", Channel(team.slack_channel))] if team.slack_channel else []
        ways += [("on call ", reachable(team.oncall))] if team.oncall else []
        lines += [dotted(ways)] if ways else []
    buttons = tuple(Button(f"What {team.label} owns", Pick(team.ref, "team", None, team.name)) for team in teams[:2])
    return Message((Row(tuple(lines)),), buttons, context=((answer.because,),))


def _path_owned(owned: OwnedPath) -> Line:
    where = f"In {owned.place}, " if owned.place else ""
    if not owned.teams:
        nobody = "nobody owns " if where else "Nobody owns "
        return (f"{where}{nobody}", Strong(owned.path), ": its rule names no team. Add one there to change that.")
    return (where, Strong(owned.path), " is owned by ", *joined([Strong(team.label) for team in owned.teams]), ".")


def contact_message(answer: Contact) -> Message:
    if answer.beside:
        lines = [_way_in(each) for each in (answer, *answer.beside)]
        return Message((Row(tuple(lines)), *unresolved_rows(answer.unresolved)), context=((answer.because,),))
    lines = [_way_in(answer)]
    buttons: tuple[Button, ...] = ()
    if answer.card:
        component = answer.card.component
        lines.append(owned_by(answer.card))
        if answer.value is None or answer.attribute == "contact":
            lines.append(_ways(answer.card))
        buttons = (Button("Who owns it?", Pick(component.ref, "owner", None, component.name)),)
    elif answer.team and answer.value is None:
        channel = answer.team.slack_channel
        if channel and answer.attribute != "channel":
            lines.append(("Ask in ", Channel(channel), "."))
        else:
            lines.append(("Record it in the registry file, under teams.",))
    subject = answer.card.component.ref if answer.card else answer.team.ref if answer.team else None
    share = Share(Pick(subject, "contact", answer.attribute, subject.name)) if subject else None
    rows = (Row(tuple(lines)), *unresolved_rows(answer.unresolved))
    return Message(rows, buttons, context=((answer.because,),), share=share)


def _way_in(answer: Contact) -> Line:
    """Say one way to reach somebody, or that none is recorded."""
    what = _ATTRIBUTES[answer.attribute]
    whose: Line = ()
    if answer.card:
        whose = (Strong(name_of(answer.card.component)),)
    elif answer.team:
        whose = (Strong(answer.team.label),)
    if answer.value is None:
        return (f"No {what} is recorded for " if what != "on call" else "On call isn't recorded for ", *whose, ".")
    if answer.attribute == "channel":
        return ("The channel for ", *whose, " is ", Channel(answer.value), ".")
    if answer.attribute == "oncall":
        return ("On call for ", *whose, ": ", reachable(answer.value), ".")
    if answer.attribute == "contact":
        return (*whose, " is reached through ", answer.value, ".")
    return (f"The {what} of ", *whose, " is ", reachable(answer.value), ".")


def team_message(answer: TeamCard) -> Message:
    if answer.beside:
        rows = tuple(Row(tuple(_what_it_owns(each))) for each in (answer, *answer.beside))
        return Message(rows, context=((answer.because,),))
    share = Share(Pick(answer.team.ref, "team", None, answer.team.name))
    return Message((Row(tuple(_what_it_owns(answer))),), context=((answer.because,),), share=share)


def _what_it_owns(answer: TeamCard) -> list[Line]:
    """Say what a team owns, what is under it, and the ways in."""
    team, owned = answer.team, answer.owned
    if owned:
        names: list[Span] = [Strong(name_of(c)) for c in owned[:LISTED]]
        rest = len(owned) - len(names)
        if rest:
            names.append(f"{rest} more")
        count = f"{len(owned)} components" if len(owned) > 1 else "1 component"
        first: Line = (Strong(team.label), f" owns {count}: ", *joined(names), ".")
    elif any(below for _, below in answer.under):
        first = (Strong(team.label), " owns no component itself.")
    else:
        first = (
            Strong(team.label),
            " owns no component yet. ",
            "Register one, or name it as an owner in the registry file.",
        )
    lines = [first]
    if answer.under:
        below = [f"{each.label} ({len(theirs) or 'none'})" for each, theirs in answer.under[:LISTED]]
        more = len(answer.under) - len(below)
        lines.append(("Under it: ", ", ".join(below), f" and {more} more teams." if more else "."))
    ways: list[Line] = []
    if team.slack_channel:
        ways.append(("Ask in ", Channel(team.slack_channel)))
    if team.oncall:
        ways.append(("on call ", reachable(team.oncall)))
    return [*lines, dotted(ways)] if ways else lines
