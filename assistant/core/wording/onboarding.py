"""Registering something, saving what was said, and help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.core.answers import Help, NotUnderstood, Onboard, Pick
from assistant.core.drafts import Kept, StepName
from assistant.core.entries import Team
from assistant.core.messages import (
    Button,
    Channel,
    Code,
    CopyRecord,
    Edit,
    Line,
    Message,
    Register,
    Row,
    ShowHistory,
    Strong,
    Undo,
    Why,
)
from assistant.core.notices import is_person
from assistant.core.outcomes import FactsSaved, Laid, Overtaken, Registered
from assistant.core.wording.models import overtaking, recommendation_message
from assistant.core.wording.phrases import clipped, day_of, joined, listed, name_of, separated, time_of


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


STEPS: Mapping[StepName, str] = {"what": "What it is", "questions": "Questions", "parts": "Parts", "review": "Review"}
"""The screens of the form, as people see them called."""


def draft_line(kept: Kept) -> Line:
    """Say what somebody has begun, and where they were."""
    name = Strong(clipped(kept.draft.name)) if kept.draft.name else "Something without a name yet"
    return (name, f" · at “{STEPS[kept.draft.stop.heading]}”, {time_of(kept.changed_at)}")


def registered_message(answer: Registered) -> Message:
    """Say what was registered, each part with its model, and what is still missing; ask what leaves a model open."""
    service = answer.laid[0]
    model = service.advice.decision.model
    asked = recommendation_message(service.advice).rows[0].lines[1 if len(answer.laid) > 1 else 0 : 2]
    lines = _registered(answer, asked)
    context: Line = (f"Registered by {answer.by}, {time_of(answer.at)}.{_again(answer)}",)
    ref = service.advice.card.component.ref
    buttons: tuple[Button, ...] = (Button("Add what is missing", Edit(ref)),) if answer.missing else ()
    more = (
        Button("Edit", Edit(ref)),
        Button("History", ShowHistory(ref)),
        Button("Undo", Undo(ref, answer.at.timestamp())),
    )
    if model is None:
        return Message(
            (Row(tuple(lines)),), (Button("Answer the question", Why(ref)), *buttons), more, context=(context,)
        )
    why = Button("Why these models?" if len(answer.laid) > 1 else "Why this model?", Why(ref))
    record = Button("Copy decision record", CopyRecord(ref))
    return Message((Row(tuple(lines)),), (why, *buttons), (record, *more), context=(context,))


def closing_message(answer: Registered) -> Message:
    """Say the same to whoever registered it, who can answer nothing there, and where that can be done."""
    is_open, has_parts = answer.recommendation.decision.model is None, len(answer.laid) > 1
    lines = _registered(answer, () if has_parts else ((_OPEN,),))
    to: Line = joined([Channel(each) for each in answer.told])
    where = ", with a button to answer the open question." if is_open else "."
    told: Line = (*to, f" {'were' if len(answer.told) > 1 else 'was'} told the same{where}")
    if not answer.told:
        told = (f"You are told the same in a direct message{where}",)
    return Message((Row(tuple(lines)),), context=((*told, _again(answer)),))


def _registered(answer: Registered, undecided: Sequence[Line]) -> list[Line]:
    """Say what was registered; `undecided`: what is said where the service has no model yet."""
    service = answer.laid[0]
    lines: list[Line] = [(Strong(service.advice.card.component.name), " is registered. ", *owned_line(service))]
    if answer.new_team:
        lines.append(("The team ", Strong(answer.new_team.label), " is new."))
    if len(answer.laid) > 1:
        lines += [("• ", *laid_line(each)) for each in answer.laid]
    elif service.advice.decision.model:
        lines += recommendation_message(service.advice).rows[0].lines[:1]
    if service.advice.decision.model is None:
        lines += undecided
    if answer.missing:
        lines.append((f"Still missing: {', '.join(answer.missing)}.",))
    return lines


def _again(answer: Registered) -> str:
    review_by = answer.recommendation.card.component.review_by
    return f" Look again by {day_of(review_by)}." if review_by else ""


def review_message(laid: Sequence[Laid], told: Sequence[str], *, reasons: bool = True) -> Message:
    """Say what would be registered, with the reason for each model, who is told, and who is asked."""
    if not laid:
        return Message((Row((("Something has changed since this was entered. Press Register to see what.",),)),))
    service, will = laid[0], "will be asked"
    component = service.advice.card.component
    kind = f" ({clipped(component.kind)})" if component.kind else ""
    name = Strong(clipped(component.name))
    rows = [Row(((name, f"{kind} will be registered. ", *owned_line(service, will)),))]
    rows += [Row((("• ", *laid_line(each, will)),), note=(_reason(each),) if reasons else ()) for each in laid]
    to: Line = joined([Channel(each) for each in told])
    ending: Line = ("You are told so in a direct message.",) if all(map(is_person, told)) else (*to, " will be told.")
    return Message((*rows, Row((ending,))))


def _reason(laid: Laid) -> Line:
    decision = laid.advice.decision
    component, owners = laid.advice.card.component, laid.advice.card.owners
    unsaid: Line = ()
    if component.ownership == "external-team" and owners and not laid.is_part:
        names = listed([team.label for team in owners], "or")
        unsaid = (f" If it is not {names} that runs it, go back and choose the team that does.",)
    return ((decision.rule.because if decision.rule else _OPEN), *unsaid)


_OPEN = "Its model stays open until somebody knows the answers."


def owned_line(laid: Laid, asks: str = "has been asked") -> Line:
    """Say who owns something that is registered, and who is asked to: `has been asked`, or will be."""
    owners, proposed = laid.advice.card.owners, laid.proposed
    line: Line = ("Nobody owns it yet.",)
    if owners:
        line = (*_teams(owners), " own it." if len(owners) > 1 else " owns it.")
    if not proposed:
        return line
    return (*line, " ", *_teams(proposed), f" {_agreeing(asks, proposed)} to own it{' too' if owners else ''}.")


def laid_line(laid: Laid, asks: str = "has been asked") -> Line:
    """Say with which model a service or a part of it is run, and which team is asked."""
    card, advice = laid.advice.card, laid.advice
    nobodys = "" if card.owners or laid.proposed else ", nobody’s yet"
    whose = f" ({new_kind(card.component.kind)}{nobodys})" if laid.is_new else ""
    if laid.is_part and not laid.is_new:
        whose = f" ({listed([team.label for team in card.owners])}’s)" if card.owners else " (nobody’s yet)"
    model = advice.in_use or advice.decision.model
    line: Line = (
        Strong(clipped(name_of(card.component))),
        f"{whose}: {model.title if model else 'its model is not decided yet'}.",
    )
    asked = card.owners if laid.is_asked else laid.proposed if laid.is_part else ()
    what = "confirm that it runs it" if laid.is_asked and len(asked) == 1 else "confirm that they run it"
    what = what if laid.is_asked else "own it"
    return (*line, " ", *_teams(asked), f" {_agreeing(asks, asked)} to {what}.") if asked else line


def new_kind(kind: str | None) -> str:
    """Say of a part that it is new, and what it is: `new database`."""
    return f"new {clipped(kind)}" if kind else "new"


def _teams(teams: Sequence[Team]) -> Line:
    return joined([Strong(team.label) for team in teams])


def _agreeing(asks: str, teams: Sequence[Team]) -> str:
    return asks.replace("has ", "have ") if len(teams) > 1 else asks


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
