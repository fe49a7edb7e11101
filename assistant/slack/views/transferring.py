"""The forms in which a component is given to a team, and in which somebody says what is not right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assistant.core.editing import DisputeForm, TransferForm
from assistant.core.entries import Ref, Team
from assistant.core.messages import Message
from assistant.core.wording.editing import dispute_intro, transfer_intro
from assistant.slack.views.inputs import VALUE_LIMIT, Block, input_block, kept, option, plain_text, select, text_input
from assistant.slack.views.messages import blocks_of
from assistant.slack.views.onboarding import OWNER_TYPED

TRANSFERRING = "transferring"
DISPUTING = "disputing"
TEAM = "team"
WRONG = "wrong"
WRONG_LIMIT = 1_000


def transfer_view(form: TransferForm) -> dict[str, Any]:
    label = "Who owns it from now on?" if form.card.owners else "Who owns it?"
    submit = "Transfer" if form.may_transfer else "Suggest"
    asked = [input_block(TEAM, label, _teams(form.teams), optional=False)]
    title = "Transfer" if form.card.owners else "Who owns it?"
    return _form(TRANSFERRING, title, submit, form.card.component.ref, transfer_intro(form), asked)


def dispute_view(form: DisputeForm) -> dict[str, Any]:
    wrong = text_input("", "It moved to another team in May", limit=WRONG_LIMIT) | {"multiline": True}
    asked = [
        input_block(TEAM, "Who should it be?", _teams(form.teams)),
        input_block(WRONG, "Or what is wrong?", wrong),
    ]
    return _form(DISPUTING, "Not right?", "Send", form.card.component.ref, dispute_intro(form), asked)


def _form(
    callback_id: str, title: str, submit: str, ref: Ref, intro: Message, asked: Iterable[Block]
) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain_text(title, 24),
        "submit": plain_text(submit, 24),
        "close": plain_text("Cancel", 24),
        "private_metadata": kept(ref),
        "blocks": [*blocks_of(intro, private=False), *asked],
    }


def _teams(teams: Iterable[Team]) -> Block:
    """Return a select of teams; a name that is longer than Slack's value is left out."""
    ordered = sorted(teams, key=lambda team: (team.label.casefold(), team.name))
    options = [option(team.label, team.name) for team in ordered if len(team.name) <= VALUE_LIMIT]
    return select("Choose a team", options, OWNER_TYPED)
