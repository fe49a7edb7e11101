"""A model that was chosen, and its record."""

from __future__ import annotations

from assistant.core.answers import Decided, DecisionRecord
from assistant.core.messages import Button, CopyRecord, Line, Message, Preformatted, Row, Strong, TakeBack
from assistant.core.wording.models import recommendation_message, titled
from assistant.core.wording.phrases import name_of, time_of


def decided_message(answer: Decided) -> Message:
    advice = answer.recommendation
    component, model = advice.card.component, advice.decision.model
    if answer.before is None or model is None:
        told = recommendation_message(advice)
        return Message(
            told.rows, told.buttons, context=(*told.context, (f"Taken back by {answer.by}, {time_of(answer.at)}.",))
        )
    until = component.review_by
    again = f", and is looked at again by {until.day} {until:%B %Y}." if until else "."
    first: Line = (Strong(name_of(component)), " is run as ", *titled(model), again)
    undo = TakeBack(component.ref, model.id, *answer.before)
    buttons = (Button("Copy decision record", CopyRecord(component.ref)), Button("Undo", undo))
    return Message((Row((first,)),), buttons, context=((f"Decided by {answer.by}, {time_of(answer.at)}.",),))


def record_message(answer: DecisionRecord) -> Message:
    first: Line = ("The decision about ", Strong(name_of(answer.component)), ", to copy:")
    return Message((Row((first,)), Row(((Preformatted(answer.markdown),),))), private=True)
