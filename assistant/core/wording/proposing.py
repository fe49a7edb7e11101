"""Changes that somebody proposes: for them, and for those who may accept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.core.advice import Known, Recommendation
from assistant.core.answers import Refusal
from assistant.core.catalog import name_in
from assistant.core.entries import FACT_PREFIX, Team
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
    Undo,
    Withdraw,
)
from assistant.core.notices import is_person
from assistant.core.outcomes import Accepted, Declined, Proposed, Proposition
from assistant.core.proposals import Change
from assistant.core.wording.models import decidable, known_of, question_of, recommendation_message, titled
from assistant.core.wording.phrases import (
    clipped,
    day_of,
    joined,
    listed,
    name_of,
    naming,
    owned_by,
    reachable,
    time_of,
)

NAMED = 5
"""Components that are handed on at once and named before the rest is counted."""
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
    shows = proposal.change.owners and not answer.card.owners
    until = "Until somebody there accepts it, " + ("it shows as proposed." if shows else "nothing changes.")
    return Message((Row((first,)),), (undo,), context=((until,),))


def proposition_message(answer: Proposition) -> Message:
    """Put a change to those who may accept it; afterwards, say what became of it."""
    proposal, advice = answer.proposal, answer.recommendation
    lines: list[Line] = _change(answer)
    if proposal.state == "accepted" and proposal.author == proposal.closed_by and proposal.closed_at == proposal.at:
        return _done_at_once(answer, lines)
    told: tuple[Line, ...] = ((f"Suggested by {name_in(proposal.author)}, {time_of(proposal.at)}.",),)
    is_advised = bool(proposal.change.facts or proposal.change.model)
    if proposal.state == "open":
        if advice.decision.model and is_advised:
            lines += recommendation_message(advice).rows[0].lines[1 if proposal.change.model else 0 :]
        accepted = "Fixed" if _is_note(proposal.change) else "Accept"
        buttons = (Button(accepted, Accept(proposal.id), likely=True), Button("Decline…", Decline(proposal.id)))
        told = ((*told[0], f" {_until(answer)}"), *((known_of(advice),) if is_advised else ()))
        return Message((Row(tuple(lines)),), buttons, context=told)
    told = (*told, (_end(answer),))
    if not is_advised or proposal.state != "accepted" or advice.decision.model is None:
        return Message((Row(tuple(lines)),), _undoing(answer), context=told)
    if proposal.change.model:
        again: Line = (f"It is looked at again by {day_of(advice.card.component.review_by)}.",)
        record = Button("Copy decision record", CopyRecord(advice.card.component.ref))
        return Message((Row((*lines, again)),), (record,), context=told)
    lines += recommendation_message(advice).rows[0].lines
    return Message((Row(tuple(lines)),), decidable(advice, advice.decision.model), context=told)


def _done_at_once(answer: Proposition, lines: list[Line]) -> Message:
    """Say what somebody has changed, since nobody else had a say."""
    proposal = answer.proposal
    done: Line = (f"Changed by {name_in(proposal.author)}, {time_of(proposal.at)}.",)
    return Message((Row(tuple(lines)),), _undoing(answer), context=(done,))


def _undoing(answer: Proposition) -> tuple[Button, ...]:
    proposal = answer.proposal
    can_undo = answer.is_made and answer.asked is None and (answer.owners or proposal.change.fields)
    if not can_undo or proposal.closed_at is None:
        return ()
    return (Button("Undo", Undo(proposal.change.ref, proposal.closed_at.timestamp())),)


def _is_note(change: Change) -> bool:
    """Say whether nothing exact is proposed: whoever accepts it says that it is seen to."""
    return bool(change.note) and not change.owners


def _until(answer: Proposition) -> str:
    """Say what holds until somebody accepts."""
    if answer.serves or (answer.owners and not answer.recommendation.card.owners):
        return "Until you accept, it shows as proposed."
    if answer.owners and answer.asked:
        owners = [team.label for team in answer.recommendation.card.owners]
        return f"{listed(owners)} agreed, and until you accept, nothing changes."
    return "Until you accept, nothing changes."


def _end(answer: Proposition) -> str:
    """Say what became of a change, who decided so, and why."""
    proposal = answer.proposal
    became = "Fixed" if _is_note(proposal.change) and proposal.state == "accepted" else _BECAME[proposal.state]
    end = f"{became} by {name_in(proposal.closed_by or '')}"
    if proposal.closed_at:
        end += f", {time_of(proposal.closed_at)}"
    end += f": {_sentence(proposal.reason)}" if proposal.reason else "."
    return f"{end} {answer.asked.label} is asked now; until it accepts, nothing changes." if answer.asked else end


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def accepted_message(answer: Accepted) -> Message:
    """Tell whoever proposed something that it is done, by whom, and when: a message is read long after it was sent."""
    proposition = answer.proposition
    proposal, card = proposition.proposal, proposition.recommendation.card
    name = Strong(name_of(card.component))
    first: Line = ("What you suggested for ", name, " is done.")
    if proposition.owners:
        first = owned_by(card)
    elif _is_note(proposal.change):
        first = (name, ": ", _sentence(proposal.change.note))
    elif proposition.serves:
        runs: Line = joined([Strong(team.label) for team in card.owners])
        first = (*runs, " runs ", name, f" for {name_of(proposition.serves.component)}.")
    assert proposal.closed_at is not None, "it was accepted"
    became = "Fixed" if proposal.change.note else "Accepted"
    by = f"{became} by {name_in(proposal.closed_by or '')}, {time_of(proposal.closed_at)}."
    return Message((Row((first, (by,))),))


def declined_message(answer: Declined) -> Message:
    """Tell whoever proposed something that it was declined, or is gone with what it was about, and why."""
    proposition = answer.proposition
    proposal, name = proposition.proposal, Strong(name_of(proposition.recommendation.card.component))
    if proposal.state == "withdrawn":
        why_closed = f" is withdrawn: {proposal.reason} by {name_in(proposal.closed_by or '')}."
        return Message((Row((("What you suggested for ", name, why_closed),)),))
    what: Line = ("what you suggested for ", name)
    if proposition.owners:
        more = f" and {len(proposal.change.beside)} more" if proposal.change.beside else ""
        what = ("that ", *_labels(proposition.owners), _owns(proposition.owners), name, more)
    elif proposition.serves:
        what = ("to run ", name, f" for {name_of(proposition.serves.component)}")
    why: Line = (f": {_sentence(proposal.reason)}",) if proposal.reason else (".",)
    kept = " Everything stays as it is." if proposition.owners or proposition.serves else " Nothing was changed."
    asking = "to talk about it" if proposal.reason else "for the reason"
    ask: Line = (" Ask in ", Channel(answer.channel), f" {asking}.") if answer.channel else ()
    return Message((Row(((f"{name_in(proposal.closed_by or '')} declined ", *what, *why, kept, *ask),)),))


def _change(answer: Proposition) -> list[Line]:
    """Say what is proposed: owners, to run it for something else, that something is wrong, the model, or facts."""
    proposal, advice = answer.proposal, answer.recommendation
    change, card = proposal.change, advice.card
    who, name = Strong(name_in(proposal.author)), Strong(name_of(card.component))
    if answer.owners:
        return [_owners(answer), *([(change.note,)] if change.note else [])]
    if answer.serves:
        asking = joined([Strong(team.label) for team in answer.serves.owners]) or (who,)
        runs = listed([team.label for team in card.owners]) or "somebody"
        names = "name" if len(answer.serves.owners) > 1 else "names"
        end = f" for {name_of(answer.serves.component)}."
        if proposal.state == "open" and card.owners:
            end += f" {'Do' if len(card.owners) > 1 else 'Does'} {runs} run it?"
        return [(*asking, f" {names} {runs} as the team that runs ", name, end)]
    if change.note:
        return [(who, " says what is not right about ", name, ":"), (change.note,)]
    if change.model:
        model = titled(answer.model) if answer.model else (Strong(change.model),)
        return [(who, " suggests that ", name, " is run as ", *model, ".")]
    said = [_said(known, advice) for known in answer.said]
    said += [_field(field.removeprefix(FACT_PREFIX), value) for field, value in change.fields.items()]
    if not said:
        return [(who, " suggests something for ", name, " that the rulebook does not ask for any more.")]
    if len(said) == 1:
        return [(who, " suggests for ", name, ": ", *said[0])]
    return [(who, " suggests for ", name, ":"), *(("• ", *each) for each in said)]


def _owners(answer: Proposition) -> Line:
    card, author = answer.recommendation.card, name_in(answer.proposal.author)
    name = Strong(name_of(card.component))
    if answer.proposal.change.leaving:
        return _handing_on(answer)
    if card.owners == answer.owners:
        return owned_by(card)
    if not card.owners:
        return (*naming(author, answer.owners, name), ".")
    now = listed([team.label for team in card.owners])
    verb = "own" if len(card.owners) > 1 else "owns"
    return (
        f"{author} suggests that ",
        *_labels(answer.owners),
        _owns(answer.owners),
        name,
        f", which {now} {verb} now.",
    )


def _handing_on(answer: Proposition) -> Line:
    """Say that a team takes over several components from another."""
    change = answer.proposal.change
    names = [ref.name for ref in (change.ref, *change.beside)]
    rest = [f"{len(names) - NAMED} more"] if len(names) > NAMED else []
    owners = answer.recommendation.card.owners
    leaving = next((team.label for team in owners if team.name == change.leaving), change.leaving)
    what = "1 component" if len(names) == 1 else f"{len(names)} components"
    spans = joined([*map(Strong, names[:NAMED]), *rest])
    who: Line = (f"{name_in(answer.proposal.author)} suggests that ", *_labels(answer.owners))
    return (*who, f" takes over {what} from {leaving}: ", *spans, ".")


def _labels(teams: Sequence[Team]) -> Line:
    return joined([Strong(team.label) for team in teams])


def _owns(teams: Sequence[Team]) -> str:
    return " owns " if len(teams) == 1 else " own "


def _said(known: Known, advice: Recommendation) -> Line:
    return (question_of(known.fact, advice), " ", Strong(known.fact.label(known.value)))


def _field(name: str, value: Any) -> Line:
    """Say what a field is to hold: `runbook https://…`; or that it is to hold nothing."""
    words = name.replace("_", " ")
    if value is None:
        return (f"{words} ", Strong("nothing"))
    shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return (f"{words} ", reachable(shown) if shown.startswith("http") else Strong(shown))
