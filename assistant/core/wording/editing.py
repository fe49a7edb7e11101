"""Changing what is stated about a component: what its forms say, what came of them, and its history."""

from __future__ import annotations

from assistant.core.advice import OwnerCard
from assistant.core.catalog import PEOPLE, Statement
from assistant.core.editing import DisputeForm, EditForm, Retiring, TransferForm
from assistant.core.history import WORDS, Told
from assistant.core.messages import Button, Code, Line, Message, Retire, Row, Span, Strong, Undo
from assistant.core.outcomes import Altered, History, ToldStep
from assistant.core.wording.phrases import (
    ago,
    joined,
    listed,
    name_of,
    owned_by,
    reachable,
    separated,
    snippet,
    time_of,
    upper_first,
)

LISTED = 5
"""Fields of one step, and dependents, that are named before the rest is counted."""


def field_label(name: str) -> str:
    """Return a field as people call it: `On call`."""
    return upper_first(WORDS.get(name, name.replace("_", " ")))


def edit_intro(form: EditForm) -> Message:
    """Say above the form what it changes; or who changed the same meanwhile."""
    name = Strong(name_of(form.card.component))
    first: Line = ("What is stated about ", name, ", for everyone.")
    if not form.may_edit:
        first = (f"{_deciders(form.card)} about ", name, ". What you change here goes to them as a suggestion.")
    rows = [Row((first,))]
    if form.late and form.at:
        said = [_news(each, ago(each.stated_at, form.at)) for each in form.late]
        here = "Here they are now" if len(said) > 1 else "Here it is now"
        rows.append(Row(((*separated(said, ". "), f". {here}; nothing was saved yet."),)))
    return Message(tuple(rows))


def _news(late: Statement, when: str) -> Line:
    field = field_label(late.field).lower()
    if late.source == PEOPLE:
        return (f"{late.author_name} changed the {field} {when}",)
    return (Code(late.file), f" states the {field} now")


def _deciders(card: OwnerCard) -> str:
    verb = "decides" if len(card.owners) == 1 else "decide"
    return f"{listed([team.label for team in card.owners]) or 'The administrators'} {verb}"


def edit_rest(form: EditForm) -> Message:
    """Say below the form what is changed elsewhere, and how to retire the component."""
    rows = []
    by_place: dict[Line, list[Line]] = {}
    for name, origin in form.stated.items():
        shown = ("• ", field_label(name), " ", *_value(" ".join(str(origin.value).split())))
        file: Line = (Code(origin.file), f", line {origin.place.line}" if origin.place else "")
        by_place.setdefault(file, []).append(shown)
    rows += [Row((("Stated in ", *place, ", and changed there:"), *lines)) for place, lines in by_place.items()]
    if form.may_edit:
        gone: Line = ("Is ", Strong(name_of(form.card.component)), " no more?")
        rows.append(Row((gone,), Button("Retire…", Retire(form.card.component.ref))))
    return Message(tuple(rows))


def retiring_message(asked: Retiring) -> Message:
    """Ask whether to retire a component, and say what follows."""
    name = Strong(name_of(asked.card.component))
    lines: list[Line] = [("Retire ", name, "? All that people stated about it is taken back; it can be undone.")]
    if asked.dependents:
        lines.append(_depending(asked.dependents))
    return Message((Row(tuple(lines)),))


def _depending(dependents: tuple[str, ...]) -> Line:
    names: list[Span] = [Strong(each) for each in dependents[:LISTED]]
    rest = len(dependents) - len(names)
    names += [f"{rest} more"] if rest else []
    verb = "says that it depends" if len(dependents) == 1 else "say that they depend"
    return (*joined(names), f" still {verb} on it.")


def transfer_intro(form: TransferForm) -> Message:
    """Say above the form who owns a component, and who has to agree."""
    lines: list[Line] = [owned_by(form.card)]
    if form.may_transfer or not form.card.owners:
        lines.append(("The team that you choose is asked to accept, unless it is yours.",))
    else:
        lines.append((f"{_deciders(form.card)} about that, and then the team that you choose. Both are asked.",))
    return Message((Row(tuple(lines)),))


def dispute_intro(form: DisputeForm) -> Message:
    """Say above the form who reads what is entered."""
    who = listed([team.label for team in form.card.owners]) or "the administrators"
    return Message((Row((owned_by(form.card), (f"What you say goes to {who}, with your name.",))),))


def altered_message(answer: Altered) -> Message:
    """Say what was changed, by whom, and let it be undone."""
    name, ref = Strong(name_of(answer.card.component)), answer.card.component.ref
    told = [_alteration(each) for each in answer.told]
    lines: list[Line]
    if answer.how == "retired":
        lines = [(name, " is retired: questions about it find nothing any more.")]
        lines += [_depending(answer.dependents)] if answer.dependents else []
    elif answer.is_gone:
        gone = joined([name, *map(Strong, answer.beside)])
        lines = [(*gone, f" {'are' if answer.beside else 'is'} not registered any more.")]
    elif len(told) == 1:
        lines = [(name, ": ", *told[0], ".")]
    else:
        lines = [(name, " is changed:" if answer.how == "changed" else " is as it was before:")]
        lines += [("• ", *each) for each in told]
    verb = {"changed": "Changed", "retired": "Retired", "taken back": "Taken back"}[answer.how]
    undo = () if answer.how == "taken back" else (Button("Undo", Undo(ref, answer.at.timestamp())),)
    return Message((Row(tuple(lines)),), undo, context=((f"{verb} by {answer.by}, {time_of(answer.at)}.",),))


def _alteration(told: Told) -> Line:
    """`runbook https://…`, `kind service → library` or `no kind any more`."""
    if not told.after:
        return (f"no {told.what} any more",) if not told.what.endswith("?") else (f"{told.what} is open again",)
    if not told.before:
        return (f"{told.what} ", *_value(told.after))
    return (f"{told.what} ", *_value(told.before), " → ", *_value(told.after))


def _value(text: str) -> Line:
    shown = reachable(text)
    if not isinstance(shown, Code):
        return (shown,)
    return (Strong(text),) if len(text.split()) < 5 and len(text) <= 60 else (f"“{snippet(text)}”",)


def history_message(answer: History) -> Message:
    """Say what was stated about a component, newest first; beside the newest step of people is its undo."""
    component = answer.component
    undo_at = answer.undo_at
    rows = [Row((("What was stated about ", Strong(name_of(component)), ", newest first:"),))]
    for step in answer.steps:
        is_last = undo_at is not None and step.file is None and step.at == undo_at
        undo = Button("Undo", Undo(component.ref, step.at.timestamp())) if is_last else None
        rows.append(Row((_step(step),), undo))
    rest = answer.total - len(answer.steps)
    context: tuple[Line, ...] = ((f"{rest} older ones are not shown.",),) if rest else ()
    return Message(tuple(rows), context=context, private=True)


def _step(step: ToldStep) -> Line:
    by: Line = (Code(step.file.rsplit("/", 1)[-1]),) if step.file else (step.by,)
    told = [_alteration(each) for each in step.told]
    if step.how == "removed":
        told = [("retired" if step.file is None else "states it no more",)]
    elif step.how == "registered":
        told.insert(0, ("registered" if step.file is None else "first read from it",))
    rest = len(told) - LISTED
    told = [*told[:LISTED], (f"and {rest} more",)] if rest > 0 else told
    return (*by, f", {time_of(step.at)}: ", *separated(told, "; "))
