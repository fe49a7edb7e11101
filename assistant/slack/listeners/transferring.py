"""Transferring: the forms are opened and sent, and what nobody owns is claimed."""

from __future__ import annotations

from assistant.core.answers import Invalid
from assistant.core.editing import DisputeForm, Faults, TransferForm
from assistant.core.messages import Claim, Dispute, Transfer
from assistant.core.outcomes import Proposition
from assistant.core.policy import Actor
from assistant.core.wording import word
from assistant.slack.delivery import Outcome, reply
from assistant.slack.desk import Desk
from assistant.slack.listeners.clicks import EXPIRED, act_of, fill, opened, place
from assistant.slack.payloads import Click, Submission
from assistant.slack.views.inputs import ref_in
from assistant.slack.views.naming import result_view
from assistant.slack.views.transferring import TEAM, WRONG, dispute_view, transfer_view
from assistant.use_cases.transferring import claim, dispute, dispute_form, transfer, transfer_form


async def on_transfer(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Transfer)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    view = await opened(click, desk)
    actor = await desk.beside_owners(actor, act.ref)
    form = await desk.run(lambda: transfer_form(act.ref, actor, desk.registry))
    await fill(view, transfer_view(form) if isinstance(form, TransferForm) else result_view(word(form)), desk)
    return Outcome()


async def on_transferred(submission: Submission, actor: Actor, desk: Desk) -> Outcome:
    ref, team = ref_in(submission.private_metadata), submission.values.get(TEAM, "")
    actor = await desk.beside_owners(actor, ref, (team,))
    administrators, now = await desk.administrators(), desk.now()
    done = await desk.write(lambda: transfer(ref, team, actor, desk.registry, desk.rulebook, now, administrators))
    return Outcome(ack={"response_action": "update", "view": result_view(word(done))})


async def on_claimed(click: Click, actor: Actor, desk: Desk) -> Outcome:
    """Give it to the team of whoever clicks, which the message shows; where that is not clear, ask them in a form."""
    act = act_of(click, Claim)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    view = await opened(click, desk)
    teams = await desk.run(lambda: tuple(desk.registry.catalog().teams))
    actor = await desk.beside_owners(actor, act.ref, teams)
    administrators, now = await desk.administrators(), desk.now()
    done = await desk.write(lambda: claim(act, actor, desk.registry, desk.rulebook, now, administrators))
    await fill(view, transfer_view(done) if isinstance(done, TransferForm) else result_view(word(done)), desk)
    return reply(done, place(click)) if isinstance(done, Proposition) and not click.view else Outcome()


async def on_dispute(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Dispute)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    view = await opened(click, desk)
    form = await desk.run(lambda: dispute_form(act.ref, desk.registry))
    await fill(view, dispute_view(form) if isinstance(form, DisputeForm) else result_view(word(form)), desk)
    return Outcome()


async def on_disputed(submission: Submission, actor: Actor, desk: Desk) -> Outcome:
    ref, values = ref_in(submission.private_metadata), submission.values
    team, wrong = values.get(TEAM, ""), values.get(WRONG, "")
    actor = await desk.beside_owners(actor, ref, (team,))
    administrators, now = await desk.administrators(), desk.now()
    done = await desk.write(lambda: dispute(ref, team, wrong, actor, desk.registry, desk.rulebook, now, administrators))
    if isinstance(done, Faults):
        return Outcome(ack={"response_action": "errors", "errors": dict(done.by_field)})
    return Outcome(ack={"response_action": "update", "view": result_view(word(done))})
