"""The homepage, for the one person who opens it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assistant.core.answers import Help, Pick
from assistant.core.catalog import name_in
from assistant.core.entries import FACT_FIELDS, FACT_PREFIX, Ref
from assistant.core.history import WORDS
from assistant.core.home import Changed, Gap, Homepage, TeamGaps
from assistant.core.messages import Button, Code, Continue, GoHome, Line, Message, Register, Row, Span, Strong
from assistant.core.wording.digest import digest_lines
from assistant.core.wording.onboarding import draft_line, help_message
from assistant.core.wording.phrases import clipped, joined, listed, name_of, time_of
from assistant.core.wording.proposing import proposition_message

NAMED = 3
"""Entries of one write that are named before the rest is left out."""


def homepage_message(answer: Homepage) -> Message:
    """Say what waits, what was begun, what the teams' components lack, what changed, and how to ask."""
    if answer.is_empty:
        return help_message(Help("", empty=True))
    rows = [*_waiting(answer), *_drafts(answer)]
    for gaps in answer.teams:
        rows += _team(gaps)
    if answer.further_teams:
        names = [team.label for team in answer.further_teams]
        rest = [f"{len(names) - NAMED} more"] if len(names) > NAMED else []
        rows.append(Row(((f"You are also of {listed([*names[:NAMED], *rest])}. Ask what one of them owns.",),)))
    if not answer.teams:
        rows += _no_team(answer)
    if answer.digest is not None:
        lines = digest_lines(replace(answer.digest, suggested=()))  # they stand above
        rows += [_heading("For administrators"), *(Row((line,)) for line in lines)] if lines else []
    if answer.changed:
        rows += [_heading("Changed lately"), Row(tuple(("• ", *_change(each)) for each in answer.changed))]
    end: Line = ("Mentions and direct messages are answered too. Ask for ", Code("help"), " to see what can be asked.")
    return Message(tuple(rows), (Button("Register a component", Register()),), context=(end,))


def _heading(text: str) -> Row:
    return Row(((text,),), is_heading=True)


def _waiting(answer: Homepage) -> Iterator[Row]:
    if answer.waiting:
        yield _heading("Waiting for your answer")
    for each in answer.waiting:
        message = proposition_message(each)
        lines = tuple(line for row in message.rows for line in row.lines)
        yield Row(lines, below=message.buttons, note=message.context)
    if answer.waiting_beside:
        yield Row(((f"{answer.waiting_beside} more wait; they move up as you answer.",),))


def _drafts(answer: Homepage) -> Iterator[Row]:
    if answer.drafts:
        yield _heading("Begun and not registered yet")
    for kept in answer.drafts:
        yield Row((draft_line(kept),), Button("Continue", Continue(kept.id)))


def _team(gaps: TeamGaps) -> Iterator[Row]:
    """Say how complete a team's components are, and page through those that lack something."""
    team = gaps.team
    yield _heading(team.label)
    if not gaps.owned:
        yield Row((("Owns no component yet. Register one, or name the team as its owner.",),))
        return
    owned = "1 component" if gaps.owned == 1 else f"{gaps.owned} components"
    if not gaps.lacking:
        each = "It has" if gaps.owned == 1 else "Each has"
        yield Row(((f"Owns {owned}. {each} a description, a repository, a runbook, somebody on call and a model.",),))
        return
    yield Row(((f"Owns {owned}{_lacking(gaps)}",),))
    yield from map(_gap, gaps.page)
    buttons = []
    if gaps.start:
        buttons.append(Button(f"Previous {gaps.rows}", GoHome(team.name, gaps.start - gaps.rows)))
    end = gaps.start + len(gaps.page)
    if end < gaps.lacking:
        buttons.append(Button(f"Next {min(gaps.rows, gaps.lacking - end)}", GoHome(team.name, end)))
    if buttons:
        yield Row(
            ((f"{gaps.start + 1} to {end} of {gaps.lacking}, those that lack most first.",),), below=tuple(buttons)
        )


def _lacking(gaps: TeamGaps) -> str:
    if gaps.owned == 1:
        return ", and it lacks something:"
    lack = "All of them lack" if gaps.lacking == gaps.owned else f"{gaps.lacking} of them lack"
    if gaps.lacking == 1:
        lack = "One of them lacks"
    if gaps.lacking == len(gaps.page):
        return f". {lack} something:"
    counts = [f"{what} ({count})" for what, count in gaps.counts]
    return f". {lack} something: {listed(counts)}."


def _gap(gap: Gap) -> Row:
    component = gap.component
    line: Line = (Strong(name_of(component)), f" · missing {listed(gap.missing)}")
    return Row((line,), Button("Open", Pick(component.ref, "owner", None, component.name)))


def _no_team(answer: Homepage) -> Iterator[Row]:
    yield _heading("Your team")
    why: Line = ("No team in the registry names you yet: let whoever keeps its entry add ", Code(answer.person))
    told = help_message(Help("", component=answer.example))
    yield Row(
        (
            (
                *why,
                " to its contacts, or its usergroup. Then what it owns stands here.",
            ),
        )
    )
    yield from (replace(row, button=None) for row in told.rows)


def _change(change: Changed) -> Line:
    by = (Code(change.file),) if change.file else (name_in(change.author),)
    return (*_what(change), " · ", *by, f", {time_of(change.at)}")


def _what(change: Changed) -> Line:
    names: list[Span] = [_name(ref) for ref in change.refs[:NAMED]]
    if len(change.refs) > NAMED:
        names.append("others")
    were = "was" if len(change.refs) == 1 else "were"
    if change.how != "changed":
        return (*joined(names), f" {were} {change.how}")
    if len(change.refs) > 1:
        return (*joined(names), " were changed")
    fields = dict.fromkeys(map(_field, change.fields))
    return (*names, f": {listed(list(fields))}")


def _name(ref: Ref) -> Strong:
    return Strong(clipped(ref.path if ref.namespace not in ("", "default") else ref.name))


def _field(name: str) -> str:
    if name in FACT_FIELDS or name.startswith(FACT_PREFIX):
        return "answers about its model"
    return WORDS.get(name, name.replace("_", " "))
