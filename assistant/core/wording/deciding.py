"""What was decided about a model, its record, and decisions to look at again."""

from __future__ import annotations

from assistant.core.catalog import PEOPLE, Statement
from assistant.core.messages import (
    AnswerAgain,
    Button,
    Code,
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
from assistant.core.outcomes import Decided, DecisionRecord, Look, LooksDue
from assistant.core.wording.models import is_answered_by_people, known_of, recommendation_message, titled
from assistant.core.wording.phrases import day_of, lower_first, name_of, number_of, origin_of, time_of


def decided_message(answer: Decided) -> Message:
    advice = answer.recommendation
    component, model = advice.card.component, advice.in_use
    if answer.how == "taken back" or component.model is None:
        told = recommendation_message(advice)
        end = f"Taken back by {answer.by}, {time_of(answer.at)}."
        return Message(told.rows, told.buttons, context=(*told.context, (end,)))
    name, run_as = Strong(name_of(component)), titled(model) if model else (Strong(component.model),)
    is_ahead = component.review_by is not None and component.review_by > answer.at.date()
    until = f", and is looked at again by {day_of(component.review_by)}." if is_ahead else "."
    first: Line = (name, " is run as ", *run_as, until)
    if answer.how == "kept":
        first = (name, " stays ", *run_as, until)
    if answer.how == "later":
        first = (name, f" is looked at again by {day_of(component.review_by)}; until then it stays ", *run_as, ".")
    buttons: tuple[Button, ...] = ()
    if answer.how == "chosen":
        buttons = (Button("Copy decision record", CopyRecord(component.ref)),)
    if answer.before is not None:
        buttons = (*buttons, Button("Undo", TakeBack(component.ref, component.model, *answer.before)))
    verb = {"chosen": "Decided", "kept": "Kept", "later": "Put off"}[answer.how]
    return Message((Row((first,)),), buttons, context=((f"{verb} by {answer.by}, {time_of(answer.at)}.",),))


def looks_due_message(answer: LooksDue) -> Message:
    """Ask whether a decision still fits; of several, list them, each with a button that asks about it alone."""
    if len(answer.looks) == 1:
        return _look_message(answer.looks[0])
    rows = [Row(((f"Do these {number_of(len(answer.looks))} decisions still fit?",),))]
    for look in answer.looks:
        ref = look.recommendation.card.component.ref
        rows.append(Row((_why(look),), Button("Look", LookAt(ref, answer.at.timestamp()))))
    return Message(tuple(rows))


def _look_message(look: Look) -> Message:
    advice = look.recommendation
    component, model = advice.card.component, advice.decision.model
    assert component.model is not None, "what is looked at has a model"
    lines: list[Line] = [(*_why(look), " Does that still fit?")]
    if look.is_changed and model is not None and advice.decision.rule is not None:
        lines.append(("The reason: ", lower_first(advice.decision.rule.because)))
    buttons: tuple[Button, ...] = ()
    if look.day is not None and look.day.source != PEOPLE:
        lines.append(
            (
                "Its day to look again stands in ",
                Code(look.day.file),
                f"{_line(look.day)}: move it there.",
            )
        )
    else:
        keep, put_off = Keep(component.ref, component.model), Later(component.ref, component.model)
        buttons = (Button("Keep", keep), Button("Later", put_off))
    if is_answered_by_people(advice):
        buttons = (*buttons[:1], Button("Answer again", AnswerAgain(component.ref)), *buttons[1:])
    decided: Line = ("Stated by ", *origin_of(look.decided), ". ")
    return Message((Row(tuple(lines)),), buttons, context=((*decided, *known_of(advice)),))


def _why(look: Look) -> Line:
    """Say as what it is run, and why that is asked about."""
    advice = look.recommendation
    component, model = advice.card.component, advice.decision.model
    run_as: Line = titled(advice.in_use) if advice.in_use else (Strong(component.model or ""),)
    first: Line = (Strong(name_of(component)), " is run as ", *run_as)
    if look.is_changed and model is not None:
        return (*first, ". By what is known now it would be ", *titled(model), ".")
    if look.is_changed:
        return (*first, ". The rules no longer settle that.")
    return (*first, f", and was to be looked at again by {day_of(component.review_by)}.")


def _line(statement: Statement) -> str:
    return f", line {statement.place.line}" if statement.place else ""


def record_message(answer: DecisionRecord) -> Message:
    first: Line = ("The decision about ", Strong(name_of(answer.component)), ", to copy:")
    return Message((Row((first,)), Row(((Preformatted(answer.markdown),),))), private=True)
