"""Editing: the form is opened and saved, a component is retired, its history is shown, and a step is taken back."""

from __future__ import annotations

import json

from assistant.core.answers import Invalid
from assistant.core.editing import EditForm, Faults, Retiring
from assistant.core.messages import Edit, Retire, ShowHistory, Undo
from assistant.core.policy import Actor
from assistant.core.wording import word
from assistant.slack.delivery import Outcome, reply
from assistant.slack.desk import Desk
from assistant.slack.listeners.clicks import EXPIRED, act_of, fill, opened, place
from assistant.slack.payloads import Click, Submission
from assistant.slack.views.editing import edit_view, entered_in, retire_view
from assistant.slack.views.inputs import ACK_LIMIT, ref_in
from assistant.slack.views.naming import result_view
from assistant.use_cases.editing import edit, edit_form, retire, retiring
from assistant.use_cases.undoing import history_of, undo

_LATE = "Somebody changed this meanwhile, and nothing was saved. Close the form and open it again to see it."


async def on_edit(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Edit)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    view = await opened(click, desk)
    actor = await desk.beside_owners(actor, act.ref)
    form = await desk.run(lambda: edit_form(act.ref, actor, desk.registry))
    await fill(view, edit_view(form) if isinstance(form, EditForm) else result_view(word(form)), desk)
    return Outcome()


async def on_edited(submission: Submission, actor: Actor, desk: Desk) -> Outcome:
    ref, entered, marks = entered_in(submission.values, submission.private_metadata)
    actor, administrators, now = await desk.beside_owners(actor, ref), await desk.administrators(), desk.now()
    done = await desk.write(lambda: edit(ref, entered, marks, actor, desk.registry, desk.rulebook, now, administrators))
    if isinstance(done, Faults):
        return Outcome(ack={"response_action": "errors", "errors": dict(done.by_field)})
    view = edit_view(done) if isinstance(done, EditForm) else result_view(word(done))
    if isinstance(done, EditForm) and len(json.dumps(view)) > ACK_LIMIT:
        return Outcome(ack={"response_action": "errors", "errors": {each.field: _LATE for each in done.late}})
    return Outcome(ack={"response_action": "update", "view": view})


async def on_retire(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Retire)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    view = await opened(click, desk)
    actor = await desk.beside_owners(actor, act.ref)
    asked = await desk.run(lambda: retiring(act.ref, actor, desk.registry))
    await fill(view, retire_view(asked) if isinstance(asked, Retiring) else result_view(word(asked)), desk)
    return Outcome()


async def on_retired(submission: Submission, actor: Actor, desk: Desk) -> Outcome:
    ref = ref_in(submission.private_metadata)
    actor, now = await desk.beside_owners(actor, ref), desk.now()
    done = await desk.write(lambda: retire(ref, actor, desk.registry, now))
    return Outcome(ack={"response_action": "update", "view": result_view(word(done))})


async def on_history_wanted(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, ShowHistory)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    view = await opened(click, desk)
    actor, now = await desk.beside_owners(actor, act.ref), desk.now()
    told = await desk.run(lambda: history_of(act.ref, actor, desk.registry, desk.rulebook, now))
    await fill(view, result_view(word(told), "History"), desk)
    return Outcome()


async def on_undone(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Undo)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    actor, now = await desk.beside_owners(actor, act.ref), desk.now()
    return reply(await desk.write(lambda: undo(act, actor, desk.registry, desk.rulebook, now)), place(click))
