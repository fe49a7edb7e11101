"""Onboarding: the form is opened, goes from screen to screen, and registers what was entered; drafts are continued."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from assistant.core.answers import Answer, Invalid
from assistant.core.messages import Continue, Discard, Register, Why
from assistant.core.newcomers import New
from assistant.core.outcomes import Registered
from assistant.core.policy import Actor
from assistant.slack.delivery import InAck, Outcome, ToAsker, reply
from assistant.slack.desk import Desk
from assistant.slack.listeners.clicks import EXPIRED, act_of, fill, open_form, opened, place
from assistant.slack.payloads import Click, Command, OpenedView, Shortcut, Submission, Typing
from assistant.slack.views.inputs import SUGGESTED, suggestions
from assistant.slack.views.onboarding import (
    draft_in,
    drafts_view,
    errors_of,
    move_of,
    onboarding_view,
    outcome_view,
    team_options,
    view_for_ack,
)
from assistant.use_cases.asking import ask
from assistant.use_cases.onboarding import (
    Move,
    Sheet,
    begin,
    draft_called,
    drop,
    refusal,
    resume,
    take,
    teams_in,
    teams_matching,
)
from assistant.use_cases.registering import why


async def on_command(command: Command, actor: Actor, desk: Desk) -> Outcome:
    """Open the form with what was said: a name alone, or a sentence that names it and its owner."""
    if (refused := refusal(actor)) is not None:
        return reply(refused, InAck())
    return await _on_said(command.text, await open_form(command.trigger_id, desk), actor, desk)


async def on_shortcut(shortcut: Shortcut, actor: Actor, desk: Desk) -> Outcome:
    """Open the form with what a message says."""
    if (refused := refusal(actor)) is not None:
        return reply(refused, ToAsker(shortcut.response_url))
    return await _on_said(shortcut.text, await open_form(shortcut.trigger_id, desk), actor, desk)


async def _on_said(text: str, form: OpenedView, actor: Actor, desk: Desk) -> Outcome:
    reading = await desk.run(lambda: ask(text, desk.registry.snapshot(), desk.rulebook, "onboard").reading)
    await fill(form, await _first(reading.new or New(), actor, desk), desk)
    return Outcome()


async def on_register(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Register)
    if act is None:
        return reply(Invalid("That button is from an older answer. Type /onboard instead."), place(click))
    if (refused := refusal(actor)) is not None:
        return reply(refused, place(click))
    form, said = await opened(click, desk), New(act.name, act.owner)
    view = _view(await _empty(said, actor, desk), desk) if act.another else await _first(said, actor, desk)
    await fill(form, view, desk)
    return Outcome()


async def on_continued(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Continue)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    form = await opened(click, desk)
    shown = await desk.run(lambda: resume(act.draft, actor, desk.registry, desk.rulebook))
    await fill(form, _view(shown, desk), desk)
    return Outcome()


async def on_discarded(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Discard)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    now = desk.now()
    await desk.write(lambda: drop(act.draft, actor, desk.registry, now))
    if click.view:
        await fill(OpenedView(click.view, click.hash), await _first(New(), actor, desk), desk)
    return Outcome()


async def on_typing(typing: Typing, actor: Actor, desk: Desk) -> Outcome:
    draft = draft_in(typing.private_metadata)
    teams = await desk.run(lambda: teams_matching(typing.typed, draft, desk.registry, SUGGESTED))
    return Outcome(ack={"options": suggestions(team_options(teams))})


async def on_submitted(submission: Submission, actor: Actor, desk: Desk) -> Outcome:
    shown = await _taken(move_of(submission), actor, desk)
    if isinstance(shown, Sheet) and shown.faults and set(errors_of(shown)) <= set(submission.fields):
        return Outcome(ack={"response_action": "errors", "errors": errors_of(shown)})
    view = view_for_ack(shown, desk.kinds) if isinstance(shown, Sheet) else outcome_view(shown)
    return Outcome(ack={"response_action": "update", "view": view})


async def on_stepped(click: Click, actor: Actor, desk: Desk) -> Outcome:
    """Do what a button of the form says: back, a part more or less, or enough for now."""
    if click.view is None:
        return Outcome()
    shown = await _taken(move_of(click), replace(actor, delivery=None), desk)  # a draft tells steps apart by itself
    await fill(OpenedView(click.view, click.hash), _view(shown, desk), desk)
    return Outcome()


async def on_why(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Why)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    answer = await desk.run(lambda: why(act.ref, desk.registry, desk.rulebook))
    # What was registered stays where it stands, for everybody.
    return reply(answer, ToAsker(click.response_url) if click.response_url else place(click))


async def _taken(move: Move, actor: Actor, desk: Desk) -> Sheet | Registered | Answer:
    teams = await desk.run(lambda: teams_in(move, desk.registry))
    actor = await desk.beside_owners(actor, None, teams)
    administrators, now = await desk.administrators(), desk.now()
    return await desk.write(lambda: take(move, actor, desk.registry, desk.rulebook, now, administrators))


async def _first(said: New, actor: Actor, desk: Desk) -> dict[str, Any]:
    """Return what is shown first: the draft of what was said, the list of what was begun before, or an empty form."""
    drafts = await desk.run(lambda: desk.registry.drafts_of(actor.id))
    if (kept := draft_called(said.name or "", drafts)) is not None:
        return _view(await desk.run(lambda: resume(kept.id, actor, desk.registry, desk.rulebook)), desk)
    return drafts_view(drafts, said.name, said.owner) if drafts else _view(await _empty(said, actor, desk), desk)


async def _empty(said: New, actor: Actor, desk: Desk) -> Sheet:
    """Return the sheet of another draft, with what was said filled in."""
    identifier = secrets.token_urlsafe(9)
    return await desk.run(lambda: begin(identifier, said, actor, desk.registry.snapshot(), desk.rulebook))


def _view(shown: Sheet | Registered | Answer, desk: Desk) -> dict[str, Any]:
    return onboarding_view(shown, desk.kinds) if isinstance(shown, Sheet) else outcome_view(shown)
