"""The onboarding form: one modal that changes from screen to screen, and the drafts that can be continued."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from assistant.core.answers import Answer
from assistant.core.drafts import Kept, Part, StepName
from assistant.core.entries import Team
from assistant.core.messages import Button, Continue, Discard, Line, Message, Register, Row, Strong
from assistant.core.outcomes import Registered
from assistant.core.questionnaire import answer_of, choices
from assistant.core.rulebook import Fact
from assistant.core.wording import word
from assistant.core.wording.onboarding import (
    STEPS,
    closing_message,
    draft_line,
    laid_line,
    new_kind,
    review_message,
)
from assistant.core.wording.phrases import clipped, name_of, owned_by
from assistant.slack.payloads import Click, Submission
from assistant.slack.views.inputs import (
    ACK_LIMIT,
    ENTERED,
    PLAIN_LIST,
    VALUE_LIMIT,
    Block,
    input_block,
    option,
    plain_text,
    text_input,
)
from assistant.slack.views.messages import blocks_of
from assistant.slack.views.naming import component_options
from assistant.use_cases.onboarding import FACT, Move, MoveKind, Sheet
from assistant.use_cases.onboarding_obstacles import PART_OWNER

ONBOARDING = "onboarding"
OFFERED = 8
"""Drafts that are offered to continue."""
OWNER_TYPED = "owner-typed"
PART_TYPED = "part-typed"
STEP = "step:"
"""Before what a button of the form does, in its action_id: `step:back`."""
RADIO_LIMIT = 10
TITLE = "Register a component"


def onboarding_view(sheet: Sheet, kinds: Sequence[str], *, listed: bool = True) -> dict[str, Any]:
    """Return the form as it shows a sheet. `kinds`: of parts; `listed`: short lists stand in the form.

    Where they are long, people type to search. A fault stands below its field, which Slack does by itself where a form
    was submitted.
    """
    screens = {"what": _what, "questions": _questions, "parts": _parts, "review": _review}
    step = sheet.draft.stop.step
    fields = screens[step](sheet, kinds, listed)
    blocks = [_progress(sheet.draft.stop.heading), *_elsewhere(sheet, fields), *_in_the_way(sheet), *fields]
    return {
        "type": "modal",
        "callback_id": ONBOARDING,
        "title": plain_text(TITLE, 24),
        "submit": plain_text("Mine is different" if sheet.near else "Register" if step == "review" else "Next", 24),
        "close": plain_text("Close", 24),
        "private_metadata": json.dumps({"draft": sheet.id, "version": sheet.version}),
        "blocks": blocks,
    }


def view_for_ack(sheet: Sheet, kinds: Sequence[str]) -> dict[str, Any]:
    """Return the form as an acknowledgement can carry it: without lists, or reasons, where they are long."""
    view = onboarding_view(sheet, kinds)
    return view if len(json.dumps(view)) <= ACK_LIMIT else onboarding_view(sheet, kinds, listed=False)


def errors_of(sheet: Sheet) -> dict[str, str]:
    """Return what is wrong, by the block of its field."""
    return {_id(name, sheet): fault for name, fault in sheet.faults.items()}


def drafts_view(drafts: Sequence[Kept], name: str | None, owner: str | None) -> dict[str, Any]:
    """Return what somebody has begun, to go on with one of them, most likely the newest, or to start another."""
    one = "You have an unfinished registration. Go on with it?"
    rows = [Row(((one if len(drafts) == 1 else "You have unfinished registrations. Go on with one?",),))]
    for kept in drafts[:OFFERED]:
        go_on = Button("Continue", Continue(kept.id), likely=kept is drafts[0])
        rows.append(Row((draft_line(kept),), below=(go_on, Button("Discard", Discard(kept.id)))))
    another = Button("Start another", Register(name, owner, another=True))
    return _told(blocks_of(Message(tuple(rows), (another,)), private=False), "Close")


def outcome_view(answer: Answer) -> dict[str, Any]:
    """Return what stands in the form's place once it is registered, or what ended it."""
    message = closing_message(answer) if isinstance(answer, Registered) else word(answer)
    if len(json.dumps(blocks_of(message, private=False))) > ACK_LIMIT // 2:
        message = Message((Row(message.rows[0].lines[:1]),))
    return _told(blocks_of(message, private=False), "Done")


def move_of(request: Submission | Click) -> Move:
    """Read what somebody did in the form. Raises ValueError where it is none of ours."""
    metadata = json.loads(request.private_metadata or "{}")
    kind: MoveKind = "next"
    about = ""
    if isinstance(request, Click):
        named = request.action_id.removeprefix(STEP).partition(":")[0]
        kind, about = TypeAdapter[MoveKind](MoveKind).validate_python(named), request.value
    values = dict(request.values)
    if isinstance(request, Click) and kind == "finish":  # what would be registered must stand there
        values |= dict.fromkeys(request.emptied, "")
    values = {name.partition("~")[0]: value for name, value in values.items()}
    return Move(str(metadata["draft"]), int(metadata["version"]), kind, values, about)


def draft_in(private_metadata: str) -> str | None:
    """Read which draft a form is about, if any."""
    draft = json.loads(private_metadata or "{}").get("draft")
    return str(draft) if draft else None


def team_options(teams: Iterable[Team]) -> list[Block]:
    """Return teams as the options of a select; a name that is longer than Slack's value is left out."""
    return [option(team.label, team.name) for team in teams if len(team.name) <= VALUE_LIMIT][:PLAIN_LIST]


# The screens


def _what(sheet: Sheet, _: Sequence[str], listed: bool) -> list[Block]:
    draft = sheet.draft
    blocks = _field("name", "Name", text_input(draft.name, "e.g. seed-catalogue", limit=255), sheet, optional=False)
    options = bool(team_options(sheet.teams))
    more: list[Block] = []
    if draft.has_new_team or not options:
        label = "A new team, which owns it" if options else "Team that owns it"
        blocks += _field("new_team", label, text_input(draft.new_team, "Gift Cards", limit=255), sheet)
        channel = text_input(draft.team_channel, "#gift-cards", limit=100)
        blocks += _field("team_channel", "Its channel", channel, sheet)
        other = [_step_button("Choose a team from the list", "listed-team")] if options else []
    else:
        blocks += _field("owner", "Team that owns it", _team_select(draft.owner, sheet, listed), sheet)
        names = text_input(draft.more_owners, "Names, with commas between them", limit=500)
        more = _field("more_owners", "Teams that own it too", names, sheet)
        other = [_step_button("The team is not in the list", "new-team")]
    purpose = text_input(draft.description, "e.g. Lists all seeds that we sell.", limit=1000)
    return [
        *blocks,
        *_field("description", "What it is for", purpose, sheet),
        *_field("kind", "Kind", text_input(draft.kind, "service, library, website, pipeline …", limit=100), sheet),
        *_field("repo", "Repository", text_input(draft.repo, "https://…", limit=500), sheet),
        *more,
        *_steps(*other, _FINISH),
    ]


def _questions(sheet: Sheet, _: Sequence[str], listed: bool) -> list[Block]:
    draft, stop = sheet.draft, sheet.draft.stop
    blocks: list[Block] = []
    name, application = draft.name, None
    if stop.part is not None:
        part = draft.parts[stop.part]
        name, application = part.name, draft.name
        blocks += _section((Strong(name), f", the new {part.kind or 'part'} for ", Strong(application)))
        if PART_OWNER in sheet.faults or not any(each.part == stop.part for each in draft.trail[:-1]):
            blocks += _part_owner(part, sheet, listed)
    for each in sheet.screen.suggested:
        for fact_name, value in each.suggest.items():
            fact = next((fact for fact in sheet.screen.facts if fact.name == fact_name), None)
            if fact is not None:
                said = f"What you said suggests “{fact.label(value)}”: {each.because} It decides nothing by itself."
                blocks += _section((said,))
    answers = draft.answers_at(stop.part)
    for fact in sheet.screen.facts:
        is_known = stop.part is not None and fact.name in draft.asked(None)  # what it means was read there
        blocks += _question(fact, answers, fact.question(name, application), "" if is_known else fact.help or "", sheet)
    return [*blocks, *_steps(_BACK, _FINISH)]


def _parts(sheet: Sheet, kinds: Sequence[str], listed: bool) -> list[Block]:
    draft = sheet.draft
    blocks = _section(
        ("What does ", Strong(draft.name), " need to run? Choose what exists, name what is new, or both.")
    )
    laid = {each.advice.card.component.ref: each for each in sheet.laid}
    for position, part in enumerate(draft.parts):
        new: Line = (Strong(part.name), f" ({new_kind(part.kind)})")
        line = laid_line(laid[part.ref]) if part.ref in laid else new
        section = _section(("• ", *line))[0]
        blocks.append({**section, "accessory": _step_button("Remove", "remove", str(position))})
    adding = draft.adding
    components = component_options(sheet.components)
    if components:
        element: Block = {"type": "static_select", "options": components}
        if not listed or len(components) > PLAIN_LIST:
            element = {"type": "external_select", "action_id": PART_TYPED, "min_query_length": 1}
        chosen = component_options([c for c in sheet.components if c.ref.path == adding.existing])
        existing = _select(element, "Choose a component", adding.existing, chosen)
        blocks += _field("part_existing", "Existing component", existing, sheet)
    new_name = text_input(adding.name, "e.g. seeds-db", limit=255)
    blocks += _field("part_name", "New component: name", new_name, sheet)
    kind = {"type": "static_select", "options": [option(each, each) for each in kinds]}
    blocks += _field("part_kind", "New component: kind", _select(kind, "Choose a kind", adding.kind), sheet)
    return [*blocks, *_steps(_step_button("Add another", "add"), _BACK, _FINISH)]


def _review(sheet: Sheet, _: Sequence[str], listed: bool) -> list[Block]:
    message = review_message(sheet.laid, sheet.told, reasons=listed)
    return [*blocks_of(message, private=False), *_steps(_BACK)]


# What screens are made of


def _progress(step: StepName) -> Block:
    path = " › ".join(f"*{title}*" if name == step else title for name, title in STEPS.items())
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": path, "verbatim": True}]}


def _elsewhere(sheet: Sheet, fields: Sequence[Block]) -> list[Block]:
    """Say what is wrong with what this screen has no field for, such as a team where none is left to choose from."""
    asked = {block.get("block_id") for block in fields}
    lines: list[Line] = [(Strong(fault),) for block_id, fault in errors_of(sheet).items() if block_id not in asked]
    return _section(*lines) if lines else []


def _in_the_way(sheet: Sheet) -> list[Block]:
    """Say which names come near, before anything is saved."""
    if not sheet.near:
        return []
    name = sheet.draft.adding.name if sheet.draft.stop.step == "parts" else sheet.draft.name
    blocks = _section((f"“{clipped(name)}” is close to what is registered. Is it one of these?",))
    for position, card in enumerate(sheet.near):
        that = _step_button("That’s it", f"that:{position}", card.component.ref.path)
        blocks.append({**_section(owned_by(card))[0], "accessory": that})
    return blocks


def _field(
    name: str, label: str, element: Block, sheet: Sheet, *, optional: bool = True, hint: str = ""
) -> list[Block]:
    """Return a field, and below it what is wrong with what was entered there."""
    block = input_block(_id(name, sheet), label, element, optional=optional)
    if hint:
        block["hint"] = plain_text(hint, 2000)
    blocks = [block]
    if name in sheet.faults:
        blocks += _section((Strong(sheet.faults[name]),))
    if name in ("name", "part_name") and sheet.taken is not None:
        held = sheet.taken.component
        there: Line = ("There is a component called ", Strong(name_of(held)), " already. Nothing was saved. ")
        path = held.ref.path
        show = _step_button("Use it", "that", path) if name == "part_name" else _step_button("Show it", "show", path)
        blocks.append({**_section((*there, *owned_by(sheet.taken)))[0], "accessory": show})
    return blocks


def _id(name: str, sheet: Sheet) -> str:
    """Return a field's block_id: its name. What is asked of each part anew bears the version of the form as well, since
    Slack keeps what was entered under an id it has seen.
    """
    stop = sheet.draft.stop
    return f"{name}~{sheet.version}" if stop.part is not None or stop.step == "parts" else name


def _question(fact: Fact, answers: Mapping[str, Any], asked: str, hint: str, sheet: Sheet) -> list[Block]:
    """Ask for a fact: by choosing an answer, or a number."""
    given = answer_of(fact, answers[fact.name]) if fact.name in answers else ""
    options = [option(text, value) for value, text in choices(fact)]
    element: Block = {"type": "static_select", "action_id": ENTERED, "options": options}
    if len(options) <= RADIO_LIMIT:
        element |= {"type": "radio_buttons"}
    if fact.type == "number":
        element = text_input(given, "A number; leave it empty when you are not sure", limit=20)
    elif chosen := next((each for each in options if each["value"] == given), None):
        element["initial_option"] = chosen
    return _field(FACT + fact.name, asked, element, sheet, hint=hint)


def _team_select(chosen: str, sheet: Sheet, listed: bool) -> Block:
    element: Block = {"type": "static_select", "options": team_options(sheet.teams)}
    if not listed or len(sheet.teams) > PLAIN_LIST:
        element = {"type": "external_select", "action_id": OWNER_TYPED, "min_query_length": 1}
    return _select(element, "Choose a team", chosen, team_options([t for t in sheet.teams if t.name == chosen]))


def _part_owner(part: Part, sheet: Sheet, listed: bool) -> list[Block]:
    """Ask who owns a new part: a team that is registered, or the one that is new with the service."""
    draft = sheet.draft
    teams = sheet.teams
    if draft.has_new_team and draft.new_team:
        teams = (Team(name=draft.new_team), *teams)
    if not team_options(teams):
        return []
    select = _team_select(part.owner, replace(sheet, teams=teams), listed)
    return _field(PART_OWNER, f"Team that owns {part.name}", select, sheet)


def _select(element: Block, placeholder: str, chosen: str, options: Sequence[Block] = ()) -> Block:
    """Return a select with what was chosen before. `options`: where it holds none of its own."""
    element = {"action_id": ENTERED, "placeholder": plain_text(placeholder, 150), **element}
    known = element.get("options") or options
    initial = next((each for each in known if each["value"] == chosen), None)
    return element | ({"initial_option": initial} if initial else {})


def _step_button(label: str, kind: str, about: str = "") -> Block:
    shown = {"type": "button", "action_id": f"{STEP}{kind}", "text": plain_text(label, 75)}
    return shown | ({"value": about} if about else {})


def _steps(*buttons: Block) -> list[Block]:
    return [{"type": "actions", "elements": list(buttons)}]


_BACK = _step_button("Back", "back")
_FINISH = _step_button("Register without the rest", "finish")


def _section(*lines: Line) -> list[Block]:
    return blocks_of(Message((Row(lines),)), private=False)


def _told(blocks: list[Block], close: str) -> dict[str, Any]:
    return {"type": "modal", "title": plain_text(TITLE, 24), "close": plain_text(close, 24), "blocks": blocks}
