"""Other names of a component."""

from __future__ import annotations

from assistant.core.answers import AliasChanged, AliasOffer
from assistant.core.messages import Button, CallIt, Leave, Line, Message, Row, Strong
from assistant.core.wording.phrases import clipped, name_of, time_of


def alias_offer_message(answer: AliasOffer) -> Message:
    name = name_of(answer.component)
    first: Line = (f"Always answer “{clipped(answer.name)}” with ", Strong(name), "?")
    buttons = (Button("Yes, for everyone", CallIt(answer.component.ref, answer.name)), Button("No", Leave(answer.name)))
    context = (f"It becomes another name of {name}, and can be taken back.",)
    return Message((Row((first,)),), buttons, context=(context,), private=True)


def alias_changed_message(answer: AliasChanged) -> Message:
    now = "is no other name of " if answer.dropped else "is another name of "
    first: Line = (f"“{clipped(answer.name)}” ", now, Strong(name_of(answer.component)))
    done = "Taken back" if answer.dropped else "Added"
    undo = CallIt(answer.component.ref, answer.name, not answer.dropped)
    line: Line = (*first, " any more." if answer.dropped else " now, for everyone.")
    context = (f"{done} by {answer.by}, {time_of(answer.at)}.",)
    return Message((Row((line,)),), (Button("Undo", undo),), context=(context,))
