"""Changes that somebody proposes: for them, and for those who may accept."""

from __future__ import annotations

from assistant.core.advice import Known, Recommendation
from assistant.core.answers import Refusal
from assistant.core.catalog import name_in
from assistant.core.messages import (
    Accept,
    Button,
    Channel,
    CopyRecord,
    Decline,
    Line,
    Message,
    Propose,
    Row,
    Span,
    Strong,
    Withdraw,
)
from assistant.core.notices import is_person
from assistant.core.outcomes import Declined, Proposed, Proposition
from assistant.core.wording.models import decidable, known_of, question_of, recommendation_message, titled
from assistant.core.wording.phrases import clipped, day_of, joined, name_of, time_of

_BECAME = {"accepted": "Accepted", "declined": "Declined", "withdrawn": "Withdrawn"}


def refusal_message(answer: Refusal) -> Message:
    """Say who may, and offer to suggest it to them where that is possible."""
    row = Row(((answer.sentence + " Nothing was changed.",), (answer.who_can,)))
    if answer.change is None:
        return Message((row,), private=True)
    suggest = Button(clipped(f"Suggest it to {answer.to}", 60), Propose(answer.change))
    return Message((row,), (suggest,), private=True)


def proposed_message(answer: Proposed) -> Message:
    """Tell whoever proposed something where it goes."""
    proposal, name = answer.proposal, Strong(name_of(answer.card.component))
    if proposal.state != "open":
        by = f" by {name_in(proposal.closed_by)}" if proposal.closed_by and proposal.state != "withdrawn" else ""
        nothing = "" if proposal.state == "accepted" else " Nothing was changed."
        return Message((Row((("Your suggestion for ", name, f" was {proposal.state}{by}.{nothing}"),)),))
    channels: list[Span] = [Channel(each) for each in answer.to if not is_person(each)]
    where: Line = joined(channels) if channels else ("those who decide about it, in person",)
    verb = " is with them already: " if answer.again else " goes to "
    first: Line = ("Your suggestion for ", name, verb, *where, ".")
    undo = Button("Withdraw", Withdraw(proposal.id))
    return Message((Row((first,)),), (undo,), context=(("Until somebody there accepts it, nothing changes.",),))


def proposition_message(answer: Proposition) -> Message:
    """Put a change to those who may accept it; afterwards, say what became of it."""
    proposal, advice = answer.proposal, answer.recommendation
    lines: list[Line] = _change(answer)
    told: tuple[Line, ...] = ((f"Suggested by {name_in(proposal.author)}, {time_of(proposal.at)}.",),)
    if proposal.state == "open":
        if advice.decision.model:
            lines += recommendation_message(advice).rows[0].lines[1 if proposal.change.model else 0 :]
        buttons = (Button("Accept", Accept(proposal.id), likely=True), Button("Decline", Decline(proposal.id)))
        told = ((*told[0], " Until you accept, nothing changes."), known_of(advice))
        return Message((Row(tuple(lines)),), buttons, context=told)
    end = f"{_BECAME[proposal.state]} by {name_in(proposal.closed_by or '')}"
    told = (*told, (f"{end}, {time_of(proposal.closed_at)}." if proposal.closed_at else f"{end}.",))
    if proposal.state != "accepted" or advice.decision.model is None:
        return Message((Row(tuple(lines)),), context=told)
    if proposal.change.model:
        again: Line = (f"It is looked at again by {day_of(advice.card.component.review_by)}.",)
        record = Button("Copy decision record", CopyRecord(advice.card.component.ref))
        return Message((Row((*lines, again)),), (record,), context=told)
    lines += recommendation_message(advice).rows[0].lines
    return Message((Row(tuple(lines)),), decidable(advice, advice.decision.model), context=told)


def declined_message(answer: Declined) -> Message:
    """Tell whoever proposed something that it was declined."""
    component, proposal = answer.card.component, answer.proposal
    first: Line = (
        f"{name_in(proposal.closed_by or '')} declined what you suggested for ",
        Strong(name_of(component)),
        ".",
    )
    ask: Line = (" Ask in ", Channel(answer.card.channel), " for the reason.") if answer.card.channel else ()
    return Message((Row(((*first, " Nothing was changed.", *ask),)),))


def _change(answer: Proposition) -> list[Line]:
    """Say what is proposed: questions and their answers, or the model."""
    proposal, advice = answer.proposal, answer.recommendation
    who, name = Strong(name_in(proposal.author)), Strong(name_of(advice.card.component))
    if proposal.change.model:
        model = titled(answer.model) if answer.model else (Strong(proposal.change.model),)
        return [(who, " suggests that ", name, " is run as ", *model, ".")]
    if not answer.said:
        return [(who, " suggests something for ", name, " that the rulebook does not ask for any more.")]
    if len(answer.said) == 1:
        return [(who, " suggests for ", name, ": ", *_said(answer.said[0], advice))]
    return [(who, " suggests for ", name, ":"), *(("• ", *_said(known, advice)) for known in answer.said)]


def _said(known: Known, advice: Recommendation) -> Line:
    return (question_of(known.fact, advice), " ", Strong(known.fact.label(known.value)))
