"""Changes that somebody proposes: for them, and for those who may accept."""

from __future__ import annotations

from assistant.core.answers import Declined, Known, Proposed, Proposition, Recommendation, Refusal
from assistant.core.messages import Accept, Button, Channel, Decline, Line, Message, Propose, Row, Strong, Withdraw
from assistant.core.proposals import Proposal
from assistant.core.wording.models import decidable, question_of, recommendation_message, titled
from assistant.core.wording.phrases import clipped, name_of, time_of

_BECAME = {"accepted": "Accepted", "declined": "Declined", "withdrawn": "Withdrawn"}


def refusal_message(answer: Refusal) -> Message:
    """Say who may, and offer to suggest it to them where that is possible."""
    row = Row(((answer.sentence + " Nothing was changed.",), (answer.who_can,)))
    if answer.change is None:
        return Message((row,), private=True)
    suggest = Button(clipped(f"Suggest it to {answer.to}", 60), Propose(answer.change))
    return Message((row,), (suggest,), private=True)


def proposed_message(answer: Proposed) -> Message:
    """Tell whoever proposed something who decides about it."""
    proposal, name = answer.proposal, Strong(name_of(answer.card.component))
    if proposal.state != "open":
        return Message((Row((("Your suggestion for ", name, f" is {proposal.state}.", *_nothing(proposal)),)),))
    where: Line = (" in ", Channel(answer.card.channel)) if answer.card.channel else ()
    asked = " has been asked already" if answer.again else " has been asked"
    first: Line = (Strong(answer.to), asked, *where, " to accept your suggestion for ", name, ".")
    context: Line = ("Until somebody accepts it, nothing changes.",)
    undo = Button("Withdraw", Withdraw(proposal.change.ref, proposal.id))
    return Message((Row((first,)),), (undo,), context=(context,))


def proposition_message(answer: Proposition) -> Message:
    """Put a change to those who may accept it; afterwards, say what became of it."""
    proposal, advice = answer.proposal, answer.recommendation
    lines: list[Line] = _change(answer)
    told: tuple[Line, ...] = ((f"Suggested by {proposal.author_name}, {time_of(proposal.at)}.",),)
    if proposal.state == "open":
        if advice.decision.model and not proposal.change.model:
            lines.append(("It would then fit ", *titled(advice.decision.model), "."))
        buttons = (Button("Accept", Accept(proposal.id), likely=True), Button("Decline", Decline(proposal.id)))
        return Message((Row(tuple(lines)),), buttons, context=((*told[0], " Until you accept, nothing changes."),))
    end = f"{_BECAME[proposal.state]} by {proposal.closed_by}"
    told = (*told, (f"{end}, {time_of(proposal.closed_at)}." if proposal.closed_at else f"{end}.",))
    if proposal.state != "accepted" or proposal.change.model or advice.decision.model is None:
        return Message((Row(tuple(lines)),), context=told)
    lines.append(recommendation_message(advice).rows[0].lines[0])
    return Message((Row(tuple(lines)),), decidable(advice, advice.decision.model), context=told)


def declined_message(answer: Declined) -> Message:
    """Tell whoever proposed something that it was declined."""
    component, proposal = answer.card.component, answer.proposal
    first: Line = (f"{proposal.closed_by} declined what you suggested for ", Strong(name_of(component)), ".")
    ask: Line = (" Ask in ", Channel(answer.card.channel), " for the reason.") if answer.card.channel else ()
    return Message((Row(((*first, " Nothing was changed.", *ask),)),))


def _nothing(proposal: Proposal) -> Line:
    return () if proposal.state == "accepted" else (" Nothing was changed.",)


def _change(answer: Proposition) -> list[Line]:
    """Say what is proposed: questions and their answers, or the model."""
    proposal, advice = answer.proposal, answer.recommendation
    who, name = Strong(proposal.author_name), Strong(name_of(advice.card.component))
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
