"""Registering something, saving what was said, and help."""

from __future__ import annotations

from assistant.core.answers import Help, NotUnderstood, Onboard, Pick
from assistant.core.messages import Button, Code, Line, Message, Register, Row, Strong
from assistant.core.outcomes import FactsSaved, Overtaken, Registered
from assistant.core.wording.models import overtaking, recommendation_message
from assistant.core.wording.phrases import clipped, separated, time_of


def onboard_message(answer: Onboard) -> Message:
    new = answer.new
    what: Line = (Strong(clipped(new.name)),) if new.name else ("a component",)
    first: Line = (
        "Register ",
        *what,
        f" for {new.owner}" if new.owner else "",
        " here: a short form asks for the rest.",
    )
    return Message(
        (Row((first,)),), (Button("Open the form", Register(new.name, new.owner)),), context=((answer.because,),)
    )


def registered_message(answer: Registered) -> Message:
    card = answer.recommendation.card
    owned: Line = (Strong(card.owners[0].label), " owns it.") if card.owners else ("Nobody owns it yet.",)
    lines: list[Line] = [(Strong(card.component.name), " is registered. ", *owned)]
    if answer.new_team:
        lines.append(("The team ", Strong(answer.new_team.label), " is new."))
    advice = recommendation_message(answer.recommendation)
    lines += advice.rows[0].lines[: 1 if answer.recommendation.decision.model else 2]
    if answer.missing:
        lines.append((f"Still missing: {', '.join(answer.missing)}.",))
    context: Line = (f"Registered by {answer.by}, {time_of(answer.at)}.",)
    buttons = advice.buttons if not answer.recommendation.decision.model else ()
    return Message((Row(tuple(lines)),), buttons, context=(context,))


def facts_saved_message(answer: FactsSaved) -> Message:
    message = recommendation_message(answer.recommendation)
    context: Line = (f"Saved by {answer.by}, {time_of(answer.at)}.",)
    return Message(message.rows, message.buttons, message.more, (*message.context, context), message.share)


def overtaken_message(answer: Overtaken) -> Message:
    """Say who has answered meanwhile, and what the rules say now."""
    told = recommendation_message(answer.recommendation)
    news = [overtaking(known, answer.recommendation) for known in answer.instead if known.statement]
    first: Line = (*separated(news, " "), " Your answer was not saved; here it is now:")
    rows = (Row((first,)), *told.rows)
    return Message(rows, told.buttons, told.more, told.context, told.share)


def help_message(answer: Help) -> Message:
    name, team = answer.component or "checkout-api", answer.team or "Payments"
    lines: list[Line] = [
        ("Ask in a mention, a direct message or a command:",),
        (f"• who owns {name}? · ", Code(f"/who-owns {name}")),
        (f"• which model should {name} use? · ", Code(f"/which-model {name}")),
        (f"• what does {team} own? · who is on call for {name}? · where is its repository?",),
        ("• register gift-card-ledger · ", Code("/onboard gift-card-ledger")),
    ]
    if answer.empty:
        lines.insert(
            0,
            (
                "Nothing is registered yet: import a registry file with ",
                Code("assistant import FILE"),
                ", or register the first component.",
            ),
        )
    return Message((Row(tuple(lines)),), (Button("Register a component", Register()),))


def not_understood_message(answer: NotUnderstood) -> Message:
    """Say what can be asked; where a component stands in the text, about that one."""
    name = answer.named[0].component.name if answer.named else answer.example or "checkout-api"
    example: Line = (f"{answer.because} Ask “who owns {name}?”, “which model should {name} use?”, or say help.",)
    buttons = tuple(
        Button(f"Who owns {card.component.name}?", Pick(card.component.ref, "owner", None, card.component.name))
        for card in answer.named
    )
    return Message((Row((example,)),), buttons)
