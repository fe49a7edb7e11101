"""Onboarding: the form is opened, its teams are searched, and it is submitted."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

from assistant.core.answers import Invalid
from assistant.core.messages import Register
from assistant.core.outcomes import Registered
from assistant.core.policy import Actor
from assistant.slack.delivery import Outcome, reply
from assistant.slack.desk import Desk
from assistant.slack.limits import report
from assistant.slack.listeners.clicks import act_of, place
from assistant.slack.payloads import Click, Command, OpenedView, Submission, Typing, opened_view
from assistant.slack.views.inputs import SUGGESTED, suggestions
from assistant.slack.views.onboarding import (
    form_of,
    loading_view,
    near_view,
    onboarding_view,
    registered_view,
    team_options,
)
from assistant.use_cases.asking import ask
from assistant.use_cases.onboarding import Faults, Form, Near, register
from assistant.use_cases.teams import matching_teams


async def on_command(command: Command, actor: Actor, desk: Desk) -> Outcome:
    """Open the form with what was said: a name alone, or a sentence that names it and its owner."""
    opened = await _open(command.trigger_id, desk)
    reading = await desk.run(lambda: ask(command.text, desk.registry.snapshot(), desk.rulebook, "onboard").reading)
    new = reading.new
    await _fill(opened, Form(name=new.name or "", owner=new.owner or "") if new else Form(), desk)
    return Outcome()


async def on_register(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Register)
    if act is None:
        return reply(Invalid("That button is from an older answer. Type /onboard instead."), place(click))
    opened = await _open(click.trigger_id, desk)
    await _fill(opened, Form(name=act.name or "", owner=act.owner or ""), desk)
    return Outcome()


async def on_typing(typing: Typing, actor: Actor, desk: Desk) -> Outcome:
    teams = await desk.run(lambda: matching_teams(typing.typed, desk.registry.snapshot(), SUGGESTED))
    return Outcome(ack={"options": suggestions(team_options(teams))})


async def on_submitted(submission: Submission, actor: Actor, desk: Desk) -> Outcome:
    form = form_of(submission.values, submission.private_metadata)
    now = desk.now()
    outcome = await desk.write(lambda: register(form, actor, desk.registry, desk.rulebook, now))
    match outcome:
        case Faults(by_field):
            return Outcome(ack={"response_action": "errors", "errors": dict(by_field)})
        case Near():
            teams = (await desk.run(desk.registry.snapshot)).catalog.teams.values()
            view = near_view(form, teams, desk.rulebook, outcome)
            return Outcome(ack={"response_action": "update", "view": view})
        case Registered():
            return Outcome(ack={"response_action": "update", "view": registered_view(outcome)})


async def _open(trigger_id: str, desk: Desk) -> OpenedView:
    """Open an empty form before anything else is done, because its trigger lives three seconds."""
    return opened_view((await desk.client.views_open(trigger_id=trigger_id, view=loading_view())).data)  # type: ignore[arg-type]


async def _fill(opened: OpenedView, form: Form, desk: Desk) -> None:
    """Put the form in the place of what was opened. Whoever has closed it meanwhile wants none."""
    teams = (await desk.run(desk.registry.snapshot)).catalog.teams.values()
    view = onboarding_view(form, teams, desk.rulebook)
    report("views.update", {"view": view})
    try:
        await desk.client.views_update(view_id=opened.id, hash=opened.hash, view=view)
    except SlackApiError as error:
        if error.response.get("error") != "not_found":
            raise
