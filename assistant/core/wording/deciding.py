"""What was decided about a model, its record, and decisions to look at again."""

from __future__ import annotations

from datetime import date

from assistant.core.answers import Decided, DecisionRecord, Look, LooksDue
from assistant.core.messages import (
    AnswerAgain,
    Button,
    CopyRecord,
    Keep,
    Later,
    Line,
    LookAt,
    Message,
    Preformatted,
    Row,
    Strong,
    TakeBack,
)
from assistant.core.wording.models import known_of, recommendation_message, titled
from assistant.core.wording.phrases import lower_first, name_of, origin_of, time_of

LISTED = 4
"""Decisions that are listed with a button each, of those that one channel is asked about."""


def decided_message(answer: Decided) -> Message:
    advice = answer.recommendation
    component, model = advice.card.component, advice.in_use
    if answer.how == "taken back" or component.model is None:
        told = recommendation_message(advice)
        end = f"Taken back by {answer.by}, {time_of(answer.at)}."
        return Message(told.rows, told.buttons, context=(*told.context, (end,)))
    name, run_as = Strong(name_of(component)), titled(model) if model else (Strong(component.model),)
    until = f", and is looked at again by {_day(component.review_by)}." if component.review_by else "."
    first: Line = (name, " is run as ", *run_as, until)
    if answer.how == "kept":
        first = (name, " stays ", *run_as, until)
    if answer.how == "later" and component.review_by:
        first = (name, f" is looked at again by {_day(component.review_by)}; until then it stays ", *run_as, ".")
    undo = Button("Undo", TakeBack(component.ref, component.model, *answer.before))
    verb = {"chosen": "Decided", "kept": "Kept", "later": "Put off", "taken back": ""}[answer.how]
    buttons = (Button("Copy decision record", CopyRecord(component.ref)), undo) if answer.how == "chosen" else (undo,)
    return Message((Row((first,)),), buttons, context=((f"{verb} by {answer.by}, {time_of(answer.at)}.",),))


def looks_due_message(answer: LooksDue) -> Message:
    """Ask whether a decision still fits; of several, list them, each with a button that asks about it alone."""
    if len(answer.looks) == 1:
        return _look_message(answer.looks[0])
    first = f"{len(answer.looks)} decisions are due for another look:"
    rows = [Row(((first,),))]
    for look in answer.looks[:LISTED]:
        component = look.recommendation.card.component
        line: Line = (Strong(name_of(component)), ": ", *_why(look))
        rows.append(Row((line,), Button("Look", LookAt(component.ref))))
    rest = [name_of(look.recommendation.card.component) for look in answer.looks[LISTED:]]
    if rest:
        rows.append(Row(((f"And {len(rest)} more: {', '.join(rest)}. Ask which model each of them should use.",),)))
    return Message(tuple(rows))


def _look_message(look: Look) -> Message:
    advice = look.recommendation
    component, model = advice.card.component, advice.decision.model
    assert component.model is not None, "what is looked at has a model"
    lines: list[Line] = [("Does this still fit? ", Strong(name_of(component)), " ", *_why(look))]
    if look.is_changed and model is not None and advice.decision.rule is not None:
        lines.append(("The reason: ", lower_first(advice.decision.rule.because)))
    buttons = (
        Button("Keep", Keep(component.ref, component.model)),
        Button("Answer again", AnswerAgain(component.ref)),
        Button("Later", Later(component.ref, component.model)),
    )
    decided: Line = ("Stated by ", *origin_of(look.decided), ". ")
    return Message((Row(tuple(lines)),), buttons, context=((*decided, *known_of(advice)),))


def _why(look: Look) -> Line:
    """Say as what it is run, and why that is asked about."""
    advice = look.recommendation
    component, model = advice.card.component, advice.decision.model
    run_as: Line = titled(advice.in_use) if advice.in_use else (Strong(component.model or ""),)
    if look.is_changed and model is not None:
        return ("is run as ", *run_as, ". By what is known now it would be ", *titled(model), ".")
    if look.is_changed:
        return ("is run as ", *run_as, ". The rules no longer settle that.")
    return ("is run as ", *run_as, f", to be looked at by {_day(component.review_by)}.")


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "today"


def record_message(answer: DecisionRecord) -> Message:
    first: Line = ("The decision about ", Strong(name_of(answer.component)), ", to copy:")
    return Message((Row((first,)), Row(((Preformatted(answer.markdown),),))), private=True)
