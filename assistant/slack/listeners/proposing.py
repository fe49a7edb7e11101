"""Changes that are proposed: put to those who may make them, accepted, declined with a reason, and withdrawn."""

from __future__ import annotations

from assistant.core.answers import Invalid
from assistant.core.messages import Accept, Decline, Propose, Withdraw
from assistant.core.outcomes import Proposition
from assistant.core.policy import Actor
from assistant.core.wording import word
from assistant.slack.delivery import InHome, InPlace, Outcome, reply
from assistant.slack.desk import Desk
from assistant.slack.listeners.clicks import EXPIRED, act_of, fill, opened, place
from assistant.slack.payloads import Click, Submission
from assistant.slack.views.proposing import REASON, declining_of, declining_view, late_view
from assistant.use_cases.proposing import accept, change_of, decline, propose, why_not_decline, withdraw


async def on_proposed(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Propose)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    actor = await desk.beside_owners(actor, act.change.ref, act.change.owners)
    administrators, now = await desk.administrators(), desk.now()
    answer = await desk.write(lambda: propose(act, actor, desk.registry, desk.rulebook, now, administrators))
    return reply(answer, place(click))


async def on_accepted(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Accept)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    actor = await _beside(act.proposal, actor, desk)
    administrators, now = await desk.administrators(), desk.now()
    answer = await desk.write(lambda: accept(act, actor, desk.registry, desk.rulebook, now, administrators))
    return reply(answer, place(click))


async def on_declining(click: Click, actor: Actor, desk: Desk) -> Outcome:
    """Ask for the reason, where there is something left to decline; what was answered meanwhile shows so in place."""
    act = act_of(click, Decline)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    view = await opened(click, desk)
    actor = await _beside(act.proposal, actor, desk)
    obstacle = await desk.run(lambda: why_not_decline(act, actor, desk.registry, desk.rulebook))
    asked = declining_view(act.proposal, click.response_url, ephemeral=click.ephemeral)
    await fill(view, late_view(word(obstacle)) if obstacle else asked, desk)
    return reply(obstacle, place(click)) if isinstance(obstacle, Proposition) and not click.view else Outcome()


async def on_declined(submission: Submission, actor: Actor, desk: Desk) -> Outcome:
    number, url, ephemeral = declining_of(submission.private_metadata)
    act = Decline(number, submission.values.get(REASON, ""))
    actor = await _beside(number, actor, desk)
    now = desk.now()
    answer = await desk.write(lambda: decline(act, actor, desk.registry, desk.rulebook, now))
    if not isinstance(answer, Proposition):
        return Outcome(ack={"response_action": "update", "view": late_view(word(answer))})
    outcome = reply(answer, InPlace(url, ephemeral) if url else InHome(submission.user))
    is_theirs = (answer.proposal.state, answer.proposal.closed_by) == ("declined", actor.signature)
    late = {} if is_theirs else {"response_action": "update", "view": late_view(word(answer))}
    return Outcome(outcome.replies, late)


async def on_withdrawn(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Withdraw)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    now = desk.now()
    return reply(await desk.write(lambda: withdraw(act, actor, desk.registry, now)), place(click))


async def _beside(proposal: int, actor: Actor, desk: Desk) -> Actor:
    """Return an actor that knows whether it is of the teams that have a say about a proposal."""
    change = await desk.run(lambda: change_of(proposal, desk.registry))
    return await desk.beside_owners(actor, change.ref, change.owners) if change else actor
