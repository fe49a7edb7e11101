"""Onboarding as conversations with the bot: a service is walked in with its parts, by people who change their minds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slack_server import ANA, BEN, SlackServer, found
from test_bot import bot, posted, shown

from assistant.formats.registry_file import read_registry
from assistant.sandbox import payloads
from assistant.sandbox.workspace import Json, elements_of
from assistant.storage.repository import open_repository
from assistant.use_cases.importing import import_registry

KOFI = "U0KOFI"
SHOP = """
teams:
  - {name: payments, title: Payments, slack_channel: "#payments", contacts: [U0ANA]}
  - {name: streaming, title: Streaming, slack_channel: "#streaming", contacts: [U0KOFI]}
  - {name: risk, title: Risk}
components:
  - {name: till, owner: payments, lifecycle: application-bound, ownership: developers}
  - {name: orders-kafka, owner: streaming, lifecycle: shared, ownership: external-team}
"""
BOUND = {"fact.lifecycle": "application-bound", "fact.ownership": "developers"}


def serving(folder: Path, registry: str = SHOP) -> str:
    """The URL of a database that holds a registry."""
    url = f"sqlite:///{folder}/registry.db"
    files = {"shop.yaml": read_registry("shop.yaml", registry.encode())}
    now = datetime.now(UTC)
    import_registry(open_repository(url), files, dry_run=False, prune=False, author="test", now=now)
    return url


@pytest.fixture(scope="module", params=["socket", "http"])
def slack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlackServer]:
    """A Slack with the bot connected to it, over each transport."""
    folder = tmp_path_factory.mktemp("bot")
    with SlackServer(timeout_s=10, over=request.param) as server, bot(server, serving(folder), folder):
        yield server


def opened(slack: SlackServer, name: str, user: str = ANA) -> None:
    """Open the form for a name, and no draft."""
    slack.look(lambda: slack.standin.close(user))
    slack.command("/onboard", name, user)
    begun(slack, user)


def begun(slack: SlackServer, user: str = ANA) -> None:
    """Begin another draft, where the form offers to go on with one."""
    if "unfinished registration" in form(slack, user):
        pressed(slack, "Start another", user=user)


def form(slack: SlackServer, user: str = ANA) -> str:
    """All that stands in the form that somebody has open."""
    return str(slack.modal(user).body)


def pressed(slack: SlackServer, label: str, values: Json | None = None, user: str = ANA) -> str:
    """Press a button of the form, and return what it shows then."""
    slack.click(user, slack.modal(user), label, values)
    return form(slack, user)


def sent(slack: SlackServer, values: Json | None = None, user: str = ANA) -> Json:
    """Press Next or Register; what the form was acknowledged with. Fields of a part are named without their number."""
    fields = {block["block_id"] for block in slack.modal(user).body["blocks"] if block["type"] == "input"}
    named = {field.partition("~")[0]: field for field in fields}
    return slack.submit(user, {named.get(name, name): value for name, value in (values or {}).items()})


def of_part(slack: SlackServer, **values: Any) -> Json:
    """Values by the ids that the fields of a part have just now."""
    fields = [block["block_id"] for block in slack.modal(ANA).body["blocks"] if block["type"] == "input"]
    return {field: values[field.partition("~")[0]] for field in fields if field.partition("~")[0] in values}


def test_a_service_with_a_new_and_a_shared_part(slack: SlackServer) -> None:
    """What is entered on five screens is registered at once, and its owner and the other team hear of it."""
    opened(slack, "gift-cards")
    sent(slack, {"owner": "payments", "kind": "service", "description": "Keeps balances."})
    assert "Do other applications use gift-cards, or will they?" in form(slack)
    sent(slack, BOUND)
    added = pressed(slack, "Add another", of_part(slack, part_existing="default/orders-kafka"))
    assert "*orders-kafka* (Streaming’s): platform team." in added
    sent(slack, {"part_kind": "database", "part_name": "gift-cards-db"})
    asked_about = form(slack)
    assert "*gift-cards-db*, the new database for *gift-cards*" in asked_about
    assert "Does anything besides gift-cards use gift-cards-db?" in asked_about
    sent(slack, {**BOUND, "part_owner": "payments"})
    review = form(slack)
    assert "*gift-cards* (service) will be registered. *Payments* owns it." in review
    assert (
        "*orders-kafka* (Streaming’s): platform team. *Streaming* will be asked to confirm that it runs it." in review
    )
    assert "<#" in review or "#payments" in review
    done = sent(slack)
    assert "*gift-cards-db* (new database): you build it, you run it." in str(done["view"])
    told = posted(slack, channel="#payments")
    assert told.body["text"].startswith("gift-cards is registered. Payments owns it.")
    assert "Still missing: a repository, a runbook, on call." in told.body["text"]
    asked = posted(slack, channel=KOFI)  # there is no #streaming here
    assert (
        "Payments names Streaming as the team that runs orders-kafka for gift-cards. Does Streaming run it?"
        in asked.body["text"]
    )
    assert "gift-cards-db is owned by Payments." in slack.command("/who-owns", "gift cards db")["text"]
    assert slack.command("/which-model", "gift-cards")["text"].startswith("gift-cards fits “you build it, you run it”")


def test_a_name_that_is_taken_or_near(slack: SlackServer) -> None:
    """A taken name is refused beside the field, with the one that has it; a near one is shown, and ends there or goes
    on.
    """
    opened(slack, "till")
    taken = str(sent(slack)["view"])
    assert "There is a component called *till* already. Nothing was saved. *till* is owned by *Payments*." in taken
    near = sent(slack, {"name": "tills"})["view"]
    assert near["submit"]["text"] == "Mine is different"
    assert "“tills” is close to what is registered." in str(near)
    found = pressed(slack, "That’s it")
    assert "*till* is owned by *Payments*." in found
    assert "nothing was added" in found
    opened(slack, "till-rolls")
    if "Mine is different" in str(sent(slack)):
        sent(slack)
    assert "applications use till-rolls" in form(slack)


def test_a_fault_stands_beside_its_field(slack: SlackServer) -> None:
    """What is wrong with a field is said below it, when the form is sent as well as when a button is pressed."""
    opened(slack, "tulip-index")
    wrong = {"repo": "git at home", "more_owners": "paymints"}
    faults = sent(slack, wrong)["errors"]
    assert faults["repo"] == "Enter an address that begins with https://, or leave it empty."
    assert faults["more_owners"] == "There is no team called paymints; closest: payments."
    now = pressed(slack, "Register without the rest", wrong)
    assert "Enter an address that begins with https://, or leave it empty." in now
    assert "git at home" in now
    assert "There is no component called tulip-index" in slack.command("/who-owns", "tulip-index")["text"]


def test_back_keeps_what_was_typed(slack: SlackServer) -> None:
    """Going back loses neither the screen that is left nor the one that is shown again."""
    opened(slack, "wren-feeder")
    sent(slack, {"kind": "machine", "owner": "payments"})
    before = pressed(slack, "Back", BOUND)
    assert "machine" in before
    sent(slack)
    chosen = [block["element"].get("initial_option") for block in slack.modal(ANA).body["blocks"] if "element" in block]
    assert [option["value"] for option in chosen] == ["application-bound", "developers"]


def test_a_draft_is_continued(tmp_path: Path) -> None:
    """Whoever closes the form, or whose bot is started anew, goes on where they left it, until it is finished."""
    url = serving(tmp_path)
    with SlackServer(timeout_s=10) as slack:
        with bot(slack, url, tmp_path):
            opened(slack, "wren-feeder")
            sent(slack, {"owner": "payments"})
            slack.look(lambda: slack.standin.close(ANA))
        with bot(slack, url, tmp_path):
            slack.command("/onboard", "")
            assert "*wren-feeder* · at “Questions”" in form(slack)
            assert "applications use wren-feeder" in pressed(slack, "Continue")
            sent(slack, BOUND)
            done = pressed(slack, "Register without the rest")
            assert "wren-feeder* is registered. *Payments* owns it." in done
            posted(slack, channel="#payments")
            slack.look(lambda: slack.standin.close(ANA))
            slack.command("/onboard", "")
            assert "unfinished registration" not in form(slack)


def test_the_draft_of_a_name_goes_on_at_once(tmp_path: Path) -> None:
    """Whoever names what they have begun goes on with it; else the form asks first, and Continue stands out."""
    with SlackServer(timeout_s=10) as slack, bot(slack, serving(tmp_path), tmp_path):
        opened(slack, "wren-feeder")
        sent(slack, {"owner": "payments"})
        slack.command("/onboard", "Wren Feeder")
        assert "applications use wren-feeder" in form(slack)
        slack.command("/onboard", "moss-meter")
        assert "You have an unfinished registration. Go on with it?" in form(slack)
        buttons = [each for _, each in elements_of(slack.modal(ANA).body["blocks"])]
        assert [each["text"]["text"] for each in buttons if each.get("style") == "primary"] == ["Continue"]
        assert slack.modal(ANA).body.get("submit") is None
        assert "moss-meter" in pressed(slack, "Start another")
        sent(slack)
        slack.command("/onboard", "")
        assert "You have unfinished registrations. Go on with one?" in form(slack)


def test_a_taken_name_is_said_to_be_so_at_once(slack: SlackServer) -> None:
    """/onboard with the name of what is registered says so below the name; another name goes on."""
    opened(slack, "till")
    assert "There is a component called *till* already." in form(slack)
    sent(slack, {"name": "till-drawer-lock"})
    assert "already" not in form(slack)


def test_what_stays_open_is_answered_where_it_was_told(slack: SlackServer) -> None:
    """The closing form asks nothing that can't be answered in it, and names the channel whose message can."""
    opened(slack, "quince-press")
    done = pressed(slack, "Register without the rest", {"owner": "payments"})
    assert "Its model stays open until somebody knows the answers." in done
    assert "applications use quince-press" not in done
    assert re.search(r"(<#C\w+>|#payments) was told the same, with a button to answer the open question\.", done)
    told = posted(slack, channel="#payments")
    assert "applications use quince-press" in told.body["text"]
    assert "Answer the question" in shown(told)


def test_a_team_that_is_new(slack: SlackServer) -> None:
    """A team can be registered with what it owns; its channel is told, or whoever registered it where that fails."""
    opened(slack, "bulb-index")
    assert "Its channel" in pressed(slack, "The team is not in the list", {"name": "bulb-index"})
    pressed(slack, "Register without the rest", {"new_team": "Bulbs", "team_channel": "bulbs-that-nobody-made"})
    told = posted(slack, channel=ANA)
    assert "bulb-index is registered. Bulbs owns it." in told.body["text"]
    assert "#bulbs-that-nobody-made, which could not be reached" in shown(told)


def test_what_is_said_is_filled_in(slack: SlackServer) -> None:
    """A sentence, and a message of which somebody chooses Register this, fill in the name and the owner."""
    slack.look(lambda: slack.standin.close(ANA))
    ts = slack.mention(ANA, "please onboard frost-alarm, owner is #streaming")
    slack.click(ANA, posted(slack, thread_ts=ts), "Open the form")
    begun(slack)
    assert "frost-alarm" in form(slack)
    blocks = {block["block_id"]: block for block in slack.modal(ANA).body["blocks"] if block["type"] == "input"}
    assert blocks["owner"]["element"]["initial_option"]["value"] == "streaming"
    slack.look(lambda: slack.standin.close(ANA))
    slack.shortcut(ANA, "register-this", "we should register moss-meter for team risk")
    begun(slack)
    assert "moss-meter" in form(slack)


@pytest.mark.parametrize(
    ("name", "told"), [("peat-press", {}), ("peat-cutter", {"name": None}), ("peat-kiln", {"fact.lifecycle": "shared"})]
)
def test_what_was_filled_in_counts_although_nobody_touched_it(slack: SlackServer, name: str, told: Json) -> None:
    """Where Slack tells nothing of a name that was filled in for people, or of an earlier screen, the name stays."""
    state = {field: {"entered": {"type": "plain_text_input", "value": value}} for field, value in told.items()}

    def interacted(kind: str, **more: Any) -> Json:
        view = slack.modal(ANA).body | {"state": {"values": state}}
        more |= {"view": view, "trigger_id": slack.look(lambda: slack.standin.api.new_trigger(ANA))}
        body = payloads.interaction(kind, slack.workspace.people[ANA], **more)
        return slack.run(slack.standin.delivery.interact("interactive", kind, body, accepts_payload=True))

    opened(slack, name)
    block_id, button, _ = found(slack.modal(ANA), "The team is not in the list")
    interacted("block_actions", actions=[payloads.action_of(button, block_id, "1.2")])
    slack.wait_for("views.update", lambda call: "'new_team'" in str(call.body) and name in str(call.body))
    opened(slack, name)
    assert f"applications use {name}" in str(interacted("view_submission", response_urls=[])["view"])


def test_somebody_elses_form_is_not_ones_own(slack: SlackServer) -> None:
    """A form that carries another person's draft, or a step that it never had, changes nothing."""
    opened(slack, "shed-lamp")
    sent(slack, {"owner": "payments"})
    view = slack.modal(ANA)
    opened(slack, "shed-door", BEN)
    mine = slack.modal(BEN)
    mine.body["private_metadata"] = view.body["private_metadata"]
    assert "This draft is gone, and nothing was saved." in str(slack.submit(BEN, {"name": "shed-lamp"})["view"])
    assert "There is no component called shed-lamp" in slack.command("/who-owns", "shed-lamp")["text"]


def test_a_large_workspace_types_to_find_its_team_and_parts(tmp_path: Path) -> None:
    """With more teams or components than a list can hold, the form searches them while somebody types."""
    teams = ", ".join(f"{{name: team-{number}}}" for number in range(120))
    components = ", ".join(f"{{name: fern-{number}}}" for number in range(120))
    registry = f"teams: [{teams}, {{name: moss, title: Moss and Fern}}]\ncomponents: [{components}, {{name: bog}}]"
    with SlackServer(timeout_s=10) as slack, bot(slack, serving(tmp_path, registry), tmp_path):
        slack.command("/onboard", "heather-api")
        offered = slack.suggest(ANA, "owner", "owner-typed", "fern")
        assert [option["value"] for option in offered] == ["moss"]
        assert len(slack.suggest(ANA, "owner", "owner-typed", "team")) == 30
        sent(slack, {"owner": offered[0]})
        sent(slack, BOUND)
        field = next(
            b["block_id"] for b in slack.modal(ANA).body["blocks"] if b["block_id"].startswith("part_existing")
        )
        bog = slack.suggest(ANA, field, "part-typed", "bo")
        assert "*bog*" in pressed(slack, "Add another", {field: bog[0]})
        sent(slack)
        sent(slack)
        assert "Moss and Fern" in slack.command("/who-owns", "heather-api")["text"]


def test_nobody_is_mentioned(slack: SlackServer) -> None:
    """Whatever is typed into the form pings nobody, in the form or in what is told of it."""
    opened(slack, "pots")
    pressed(
        slack, "Register without the rest", {"name": "<!channel> pots", "description": "<@U0KOFI>", "owner": "payments"}
    )
    told = posted(slack, channel="#payments")
    blocks = [*slack.modal(ANA).body["blocks"], *told.body["blocks"]]
    texts = [told.body["text"], *(block["text"]["text"] for block in blocks if "text" in block)]
    assert "channel&gt; pots" in str(texts)
    assert not re.search(r"<[!@]", str(texts))
