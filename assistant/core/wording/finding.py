"""Several that fit, and none."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.core.advice import OwnerCard
from assistant.core.answers import Choices, NotFound, Pick, TeamChoices, TeamNotFound, Unresolved
from assistant.core.catalog import PEOPLE, Statement
from assistant.core.messages import Button, Code, Line, Message, Register, Row, ShowHistory, Span, Strong
from assistant.core.wording.phrases import clipped, joined, listed, name_of, number_of, owner_label, snippet


def choices_message(answer: Choices) -> Message:
    cards = answer.options
    differ = len({card.component.owners for card in cards}) > 1
    tail = " with different owners:" if differ else ":"
    rows = [Row(((f"“{answer.mention}” fits {number_of(len(cards))} components{tail}",),))]
    for card in cards:
        act = Pick(card.component.ref, answer.intent, answer.attribute, answer.mention, offered=True)
        rows.append(Row((_option(card),), Button("This one", act)))
    return Message(tuple(rows), (Button("None of these", Register(answer.mention)),))


def _option(card: OwnerCard) -> Line:
    line: Line = (Strong(name_of(card.component)), f" · {owner_label(card)}")
    if card.component.namespace != "default":
        line = (*line, f" · in {card.component.namespace}")
    if card.component.description:
        line = (*line, f". {snippet(card.component.description)}")
    return line


def team_choices_message(answer: TeamChoices) -> Message:
    rows = [Row(((f"“{answer.mention}” fits {number_of(len(answer.teams))} teams:",),))]
    for team in answer.teams:
        act = Pick(team.ref, "team", None, answer.mention)
        description = f". {snippet(team.description)}" if team.description else ""
        rows.append(Row(((Strong(team.label), description),), Button("This one", act)))
    return Message(tuple(rows))


def not_found_message(answer: NotFound) -> Message:
    if not answer.searched and answer.ended is None:
        nothing: Line = ("Nothing is registered yet: import a registry file with ", Code("assistant import FILE"), ".")
        return Message((Row((nothing,)),), (Button(clipped(f"Register {answer.mention}"), Register(answer.mention)),))
    lines: list[Line] = [("There is no component called ", Strong(clipped(answer.mention)), ".")]
    if answer.unruled:
        lines = [(f"No rule of {listed(answer.unruled)} is about ", Strong(clipped(answer.mention)), ".")]
    if answer.ended:
        lines = [(Strong(answer.ended.subject.name), *_ended(answer.ended))]
    if answer.nearest:
        near = joined([near_of(card) for card in answer.nearest])
        lines[0] = (*lines[0], " Closest: ", *near, ".")
    else:
        way = "ask about a folder above it" if answer.unruled else "ask with another name, or register it"
        lines[0] = (*lines[0], f" Nothing registered comes close; {way}.")
    buttons = [
        Button(
            card.component.name, Pick(card.component.ref, answer.intent, answer.attribute, answer.mention, offered=True)
        )
        for card in answer.nearest
    ]
    if not answer.unruled:
        buttons.append(Button(f"Register {answer.mention}", Register(answer.mention)))
    more = (Button("History", ShowHistory(answer.ended.subject)),) if answer.ended else ()
    searched = f"{answer.searched} components" if answer.searched != 1 else "1 component"
    context: Line = (f"Searched names, aliases, repositories and descriptions of {searched}.",)
    return Message((Row(tuple(lines)),), tuple(buttons), more, context=(context,))


def _ended(last: Statement) -> Line:
    day = f"{last.stated_at.day} {last.stated_at:%B}"
    if last.source == PEOPLE:
        return (f" was retired by {last.author_name} on {day}.",)
    return (" is not in ", Code(last.file), f" any more since {day}.")


def near_of(card: OwnerCard) -> Span:
    return f"{name_of(card.component)} ({owner_label(card)})"


def team_not_found_message(answer: TeamNotFound) -> Message:
    first: Line = ("There is no team called ", Strong(clipped(answer.mention)), ".")
    if answer.nearest:
        first = (*first, " Closest: ", *joined([Strong(team.label) for team in answer.nearest]), ".")
    else:
        first = (*first, f" {answer.searched} teams are registered; ask with the name of one, or of a component.")
    buttons = tuple(Button(team.label, Pick(team.ref, "team", None, answer.mention)) for team in answer.nearest)
    return Message(
        (Row((first,)),), buttons, context=((f"Searched names, aliases and channels of {answer.searched} teams.",),)
    )


def unresolved_rows(unresolved: Iterable[Unresolved]) -> list[Row]:
    rows = []
    for item in unresolved:
        names = [card.component.name for card in item.choices]
        if names == [item.mention]:
            line: Line = ("Ask again about ", Strong(item.mention), ".")
        elif names:
            near = joined([near_of(card) for card in item.choices])
            line = (f"“{item.mention}” is not settled: it could be ", *near, ". Ask again with one of those names.")
        else:
            line = (f"There is no component called “{item.mention}”. Ask with another name, or register it.",)
        rows.append(Row((line,)))
    return rows
