"""A model that was chosen, and its record."""

from __future__ import annotations

from assistant.core.answers import Decided, DecisionRecord
from assistant.core.messages import Adopt, Button, CopyRecord, Line, Message, Preformatted, Row, Strong
from assistant.core.wording.models import recommendation_message, titled
from assistant.core.wording.phrases import name_of, time_of


def decided_message(answer: Decided) -> Message:
    advice = answer.recommendation
    component, model = advice.card.component, advice.decision.model
    if answer.review_by is None or model is None:
        told = recommendation_message(advice)
        return Message(
            told.rows, told.buttons, context=(*told.context, (f"Taken back by {answer.by}, {time_of(answer.at)}.",))
        )
    day = f"{answer.review_by.day} {answer.review_by:%B %Y}"
    first: Line = (Strong(name_of(component)), " is run as ", *titled(model), f", and is looked at again by {day}.")
    buttons = (Button("Copy decision record", CopyRecord(component.ref)), Button("Undo", Adopt(component.ref, None)))
    return Message((Row((first,)),), buttons, context=((f"Decided by {answer.by}, {time_of(answer.at)}.",),))


def record_message(answer: DecisionRecord) -> Message:
    first: Line = ("The decision about ", Strong(name_of(answer.component)), ", to copy:")
    return Message((Row((first,)), Row(((Preformatted(answer.markdown),),))), private=True)
