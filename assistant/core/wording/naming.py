"""Other names of a component."""

from __future__ import annotations

from assistant.core.messages import Button, CallIt, Leave, Line, Message, Row, Strong
from assistant.core.outcomes import AliasChanged, AliasOffer
from assistant.core.wording.phrases import clipped, name_of, time_of


def alias_offer_message(answer: AliasOffer) -> Message:
    name = name_of(answer.component)
    first: Line = (f"Always answer “{clipped(answer.name)}” with ", Strong(name), "?")
    buttons = (Button("Yes, for everyone", CallIt(answer.component.ref, answer.name)), Button("No", Leave(answer.name)))
    context = (f"It becomes another name of {name}, and can be taken back.",)
    return Message((Row((first,)),), buttons, context=(context,), private=True)


def alias_changed_message(answer: AliasChanged) -> Message:
    name = Strong(name_of(answer.component))
    line: Line = (f"“{clipped(answer.name)}” is another name of ", name, " now, for everyone.")
    if answer.dropped:
        line = (f"“{clipped(answer.name)}” is not a name of ", name, " any more.")
    done = "Taken back" if answer.dropped else "Added"
    other = Button("Add it again" if answer.dropped else "Undo", _opposite(answer))
    context = (f"{done} by {answer.by}, {time_of(answer.at)}." if answer.by else "It was so already.",)
    return Message((Row((line,)),), (other,), context=(context,))


def _opposite(answer: AliasChanged) -> CallIt:
    return CallIt(answer.component.ref, answer.name, not answer.dropped)
