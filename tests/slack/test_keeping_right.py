"""Keeping it right, as conversations with the bot as a process: changed, suggested, transferred, claimed and undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_server import ANA, BEN, GENERAL, GUEST, SlackServer
from test_bot import bot, posted, shown

from assistant.core.catalog import PEOPLE, Statement
from assistant.core.entries import Component, fields_of
from assistant.formats.registry_file import read_registry
from assistant.sandbox.record import Entry
from assistant.sandbox.workspace import View, elements_of
from assistant.settings import packaged_sample
from assistant.storage.repository import open_repository
from assistant.use_cases.importing import import_registry

KOFI = "U0KOFI"
"""Of Streaming, as Ana is of Payments, by their usergroups."""
BY_PEOPLE = ("rose-mill", "fern-press", "moss-kettle", "leaf-rake")


@pytest.fixture(scope="module", params=["socket", "http"])
def slack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlackServer]:
    """A Slack with the bot connected to it; the bot holds the sample, and what people of Payments registered."""
    folder = tmp_path_factory.mktemp("bot")
    url = f"sqlite:///{folder}/registry.db"
    repository = open_repository(url)
    files, before = (
        {"sample.yaml": read_registry("sample.yaml", packaged_sample())},
        datetime.now(UTC) - timedelta(days=1),
    )
    import_registry(repository, files, dry_run=False, prune=False, author="test", now=before)
    with repository.writing() as unit:
        for name in BY_PEOPLE:
            entry = Component(name=name, owners=("payments",), kind="machine")
            values = fields_of(entry).items()
            unit.state(
                Statement(entry.ref, field, value, PEOPLE, "Ana Ruiz <U0ANA>", before) for field, value in values
            )
    with SlackServer(timeout_s=10, over=request.param) as server:
        server.workspace.usergroups |= {"S0PAYMENTS": [ANA], "S0STREAMING": [KOFI]}
        with bot(server, url, folder):
            yield server


def labels(source: Any) -> list[str]:
    """Return what can be pressed in a message, menus as they stand in it."""
    found: list[str] = []
    for _, element in elements_of(source.body["blocks"] if isinstance(source, Entry | View) else source["blocks"]):
        options = element.get("options") if element["type"] == "overflow" else None
        found += [each["text"]["text"] for each in options or [element] if "text" in each]
    return found


def opened(slack: SlackServer, user: str, wanted: str) -> View:
    """Return the form that somebody has open, once it is filled."""
    slack.wait_for("views.update", lambda call: wanted in shown(call))
    return slack.modal(user)


def card(slack: SlackServer, name: str, user: str = ANA) -> Any:
    return slack.command("/who-owns", name, user=user)


def test_what_stands_on_a_card(slack: SlackServer) -> None:
    """Two buttons and a menu of five at most, where everybody reads the card and where one person does."""
    ts = slack.mention(ANA, "who owns checkout-api?")
    everybody = posted(slack, channel=GENERAL, thread_ts=ts)
    rest = ["Edit", "History", "What Payments owns", "Still right"]
    with_block_ids = [{**block, "block_id": str(number)} for number, block in enumerate(everybody.body["blocks"])]
    assert labels({"blocks": with_block_ids}) == ["Not right?", "Which model?", *rest]
    slack.click(ANA, everybody, "History")
    assert "sample.yaml" in shown(slack.wait_for("views.update"))
    slack.click(ANA, card(slack, "checkout-api"), "Which model?")
    assert "checkout-api fits" in slack.wait_for("response_url").body["text"]


def test_a_field_is_changed_and_undone(slack: SlackServer) -> None:
    """Whoever is of the owner's usergroup changes what no file states; the outcome stands in the form, with an undo."""
    slack.click(ANA, card(slack, "checkout-api"), "Edit")
    form = opened(slack, ANA, "What is stated about")
    assert "https://wiki.fernwood.example/runbooks/checkout-api" in str(form.body)
    saved = slack.submit(ANA, {"oncall": "@checkout-oncall"})
    assert "*checkout-api*: on call *@checkout-oncall*" in shown(saved)
    assert "on call @checkout-oncall" in card(slack, "checkout-api")["text"]
    slack.click(ANA, slack.modal(ANA), "Undo")
    assert "no on call any more" in shown(slack.wait_for("views.update"))
    assert "on call @payments-oncall" in card(slack, "checkout-api")["text"]


def test_two_people_at_once(slack: SlackServer) -> None:
    """Whoever saves second sees what the first one said, in the same form, and decides then."""
    for user in (ANA, BEN):
        slack.click(user, card(slack, "rose-mill", user), "Add what is missing")
        opened(slack, user, "What is stated about")
    slack.submit(BEN, {"kind": "mill"})
    late = slack.submit(ANA, {"kind": "grinder", "title": "Rose mill"})
    assert late["response_action"] == "update"
    assert "Ben Ode changed the kind just now. Here it is now; nothing was saved yet." in shown(late)
    assert "'initial_value': 'Rose mill'" in shown(late)
    saved = shown(slack.submit(ANA, {"kind": "grinder", "title": "Rose mill"}))
    assert "kind *mill* → *grinder*" in saved


def test_a_field_that_cannot_be(slack: SlackServer) -> None:
    """What is wrong stands beside its field, and the form stays."""
    slack.click(ANA, card(slack, "rose-mill"), "Add what is missing")
    opened(slack, ANA, "What is stated about")
    assert "begins with https://" in slack.submit(ANA, {"repo": "git@fernwood"})["errors"]["repo"]


def test_somebody_else_suggests_a_change(slack: SlackServer) -> None:
    """The same form, for who may not: the owner's channel is asked, and whoever suggested it is told who did it."""
    slack.click(KOFI, card(slack, "fern-press", KOFI), "Add what is missing")
    form = opened(slack, KOFI, "goes to them as a suggestion")
    assert form.body["submit"]["text"] == "Suggest"
    assert "Retire…" not in labels(form)
    assert "goes to #payments" in shown(slack.submit(KOFI, {"runbook": "https://wiki.fernwood.example/fern-press"}))
    put = posted(slack, channel="#payments")
    assert "Kofi Mensah suggests for fern-press: runbook https://wiki.fernwood.example/fern-press" in put.body["text"]
    slack.click(ANA, put, "Accept")
    assert "Accepted by Ana Ruiz" in shown(slack.wait_for("response_url"))
    told = posted(slack, channel=KOFI)
    assert told.body["text"].startswith("What you suggested for fern-press is done.\nAccepted by Ana Ruiz, ")
    slack.click(ANA, card(slack, "fern-press"), "History")
    history = slack.wait_for("views.update", lambda call: "newest first" in shown(call))
    assert "Ana Ruiz, " in shown(history)
    slack.click(ANA, slack.modal(ANA), "Undo")
    assert "no runbook any more" in shown(slack.wait_for("views.update"))


def test_something_is_retired_and_comes_back(slack: SlackServer) -> None:
    """It is asked once more, what people said is taken back, later questions say by whom, and Undo brings it back."""
    slack.click(ANA, card(slack, "moss-kettle"), "Add what is missing")
    opened(slack, ANA, "What is stated about")
    slack.click(ANA, slack.modal(ANA), "Retire…")
    opened(slack, ANA, "Retire *moss-kettle*?")
    assert "*moss-kettle* is retired" in shown(slack.submit(ANA))
    asked = card(slack, "moss-kettle")
    assert "moss-kettle was retired by Ana Ruiz on" in asked["text"]
    slack.click(KOFI, slack.modal(ANA), "Undo")
    assert "Only Payments or a registry administrator can edit moss-kettle" in shown(slack.wait_for("views.update"))
    slack.click(ANA, asked, "History")
    opened(slack, ANA, "newest first")
    slack.click(ANA, slack.modal(ANA), "Undo")
    slack.wait_for("views.update", lambda call: "Taken back by Ana Ruiz" in shown(call))
    assert "moss-kettle is owned by Payments." in card(slack, "moss-kettle")["text"]


def test_what_a_file_states_is_not_retired(slack: SlackServer) -> None:
    """Whoever would retire what a file states is told the file and the line."""
    slack.click(BEN, card(slack, "checkout-api", BEN), "Edit")
    opened(slack, BEN, "What is stated about")
    slack.click(BEN, slack.modal(BEN), "Retire…")
    refused = slack.wait_for("views.update", lambda call: "Remove it there" in shown(call))
    assert "checkout-api is stated in sample.yaml, line " in shown(refused)
    assert "Nothing was changed." in shown(refused)


def test_a_component_goes_to_another_team(slack: SlackServer) -> None:
    """The team that is to own it accepts in its channel; only then is it theirs, and whoever gave it is told."""
    slack.click(ANA, card(slack, "leaf-rake"), "Transfer")
    opened(slack, ANA, "is asked to accept")
    assert "goes to #streaming" in shown(slack.submit(ANA, {"team": "streaming"}))
    put = posted(slack, channel=KOFI)  # the channel is none in this workspace
    assert "leaf-rake is owned by Payments." in card(slack, "leaf-rake")["text"]
    slack.click(ANA, put, "Accept")
    assert "Only Streaming or a registry administrator can" in slack.wait_for("response_url").body["text"]
    slack.click(KOFI, put, "Accept")
    done = slack.wait_for("response_url")
    assert "leaf-rake is owned by Streaming." in done.body["text"]
    assert "leaf-rake is owned by Streaming.\nAccepted by Kofi Mensah, " in posted(slack, channel=ANA).body["text"]
    slack.click(KOFI, done, "Undo")
    assert (
        "Payments would have to take leaf-rake back. Nothing was changed."
        in slack.wait_for("response_url").body["text"]
    )


def test_what_nobody_owns_is_claimed(slack: SlackServer) -> None:
    """One click by somebody of one team makes it theirs: the message says so, by whom, and takes it back."""
    ts = slack.mention(ANA, "who owns legacy-cron?")
    asked = posted(slack, channel=GENERAL, thread_ts=ts)
    slack.click(ANA, asked, "My team owns it")
    done = slack.wait_for("response_url")
    assert done.body["replace_original"] is True
    assert "legacy-cron is owned by Payments." in done.body["text"]
    assert "Changed by Ana Ruiz" in shown(done)
    slack.click(ANA, done, "Undo")
    assert "no owner any more" in slack.wait_for("response_url").body["text"]
    slack.click(KOFI, card(slack, "legacy-cron", KOFI), "I know who")
    opened(slack, KOFI, "Nobody has claimed")
    assert "goes to #data" in shown(slack.submit(KOFI, {"team": "data"}))
    assert "Until then, ask in #data" in card(slack, "legacy-cron")["text"]


def test_something_is_not_right(slack: SlackServer) -> None:
    """Anybody says so, in a form that wants one of two; the owners see it to be fixed, and whoever said it hears so."""
    slack.click(KOFI, card(slack, "checkout-api", KOFI), "Not right?")
    opened(slack, KOFI, "What you say goes to Payments")
    assert "choose who it should be" in slack.submit(KOFI)["errors"]["wrong"]
    assert "goes to #payments" in shown(slack.submit(KOFI, {"wrong": "Its runbook is about\nsomething else."}))
    put = posted(slack, channel="#payments")
    assert "Kofi Mensah says what is not right about checkout-api:" in put.body["text"]
    slack.click(ANA, put, "Fixed")
    assert "Fixed by Ana Ruiz" in shown(slack.wait_for("response_url"))
    assert "Fixed by Ana Ruiz, " in posted(slack, channel=KOFI).body["text"]
    slack.click(ANA, card(slack, "checkout-api"), "Not right?")
    opened(slack, ANA, "What you say goes to Payments")
    assert "Its owner is stated in sample.yaml, line " in shown(slack.submit(ANA, {"team": "storefront"}))


def test_a_guest_changes_nothing(slack: SlackServer) -> None:
    """A guest who finds the buttons of a card gets no form and no answer, and nothing changes."""
    ts = slack.mention(ANA, "who owns rose-mill?")
    asked = posted(slack, channel=GENERAL, thread_ts=ts)
    before = len(slack.calls("views.open"))
    for target in ("Add what is missing", "Transfer", "History", "Not right?"):
        slack.click(GUEST, asked, target)
    assert len(slack.calls("views.open")) == before
