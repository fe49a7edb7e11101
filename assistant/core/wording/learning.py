"""What was chosen before, and names that nobody could find."""

from __future__ import annotations

from dataclasses import replace

from assistant.core.answers import Remembered, UnfoundName, UnfoundNames
from assistant.core.messages import Button, Forget, Line, Message, NameIt, Reconsider, Register, Row, Strong
from assistant.core.wording.finding import near_of
from assistant.core.wording.phrases import clipped, joined, times_of


def remembered_message(answer: Remembered, told: Message) -> Message:
    """Return an answer with a way back to everything that the words fit."""
    again = Button(clipped(f"Another “{answer.pick.mention}”", 60), Reconsider(answer.pick))
    return replace(told, buttons=(*told.buttons, again))


def unfound_message(answer: UnfoundNames) -> Message:
    if not answer.names:
        return Message((Row((("Everything that people asked for was found, or nobody has asked yet.",),)),))
    more = f"; here are the {len(answer.names)} that were asked for most" if answer.total > len(answer.names) else ""
    names = "1 name" if answer.total == 1 else f"{answer.total} names"
    rows = [Row(((f"Nobody could find {names}{more}:",),))]
    rows += [_row(each) for each in answer.names]
    context: Line = ("Counted by name; who asked, and what else they wrote, is not kept.",)
    return Message(tuple(rows), context=(context,), private=True)


def _row(each: UnfoundName) -> Row:
    line: Line = (
        Strong(clipped(each.name)),
        f" · asked for {times_of(each.times)}, last on {each.asked_at.day} {each.asked_at:%B}.",
    )
    if each.nearest:
        line = (*line, " Closest: ", *joined([near_of(card) for card in each.nearest]), ".")
    buttons = (
        Button("Register it", Register(each.name)),
        Button("Another name for…", NameIt(each.name)),
        Button("Forget it", Forget(each.name)),
    )
    return Row((line,), below=buttons)
