"""The bot as its own process, over real HTTP and WebSocket, against a Slack-compatible server."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from postgres import PostgresServer
from slack_server import (
    ANA,
    BEN,
    GENERAL,
    GUEST,
    KOFI,
    OTHER_BOT,
    PARTNERS,
    PAYMENTS,
    STRANGER,
    SlackServer,
)
from sqlalchemy import make_url

from assistant.core.catalog import PEOPLE, Statement
from assistant.core.entries import Ref
from assistant.core.policy import Actor
from assistant.core.proposals import Change
from assistant.formats.registry_file import read_registry
from assistant.sandbox import payloads
from assistant.sandbox.delivery import SIGNING_SECRET as SECRET
from assistant.sandbox.delivery import signed
from assistant.sandbox.record import Entry
from assistant.sandbox.workspace import BOT_USER, Channel, Person
from assistant.settings import packaged_sample
from assistant.storage.repository import open_repository
from assistant.use_cases.importing import import_registry
from assistant.use_cases.proposing import put


@pytest.fixture(scope="module", params=["socket", "http"])
def slack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlackServer]:
    """A Slack with the bot connected to it, over each transport; the bot holds the sample registry."""
    folder = tmp_path_factory.mktemp("bot")
    url = f"sqlite:///{folder}/registry.db"
    sample = read_registry("sample.yaml", packaged_sample())
    now = datetime.now(UTC)
    import_registry(open_repository(url), {"sample.yaml": sample}, dry_run=False, prune=False, author="test", now=now)
    with SlackServer(timeout_s=10, over=request.param) as server, bot(server, url, folder):
        server.workspace.usergroups["S0STREAMING"] = [KOFI]
        yield server


@contextmanager
def bot(
    server: SlackServer, database_url: str, folder: Path, exit_status: int = 0, options: Sequence[str] = (), **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the unmodified bot, with more variables; its log is in `folder`/log. It must end as expected."""
    environment = os.environ | server.environment | {"DATABASE_URL": database_url, "ASSISTANT_ADMINS": BEN} | more
    with open(folder / "log", "ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "assistant", "run", *options], env=environment, stderr=log)
        try:
            server.wait_until_connected()
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(25) == exit_status, (folder / "log").read_text()


def posted(slack: SlackServer, **wanted: Any) -> Entry:
    return slack.wait_for("chat.postMessage", lambda call: all(call.body.get(k) == v for k, v in wanted.items()))


def shown(carrier: Any) -> str:
    """Return everything that stands in a message: its text and its blocks."""
    args = carrier.body if isinstance(carrier, Entry) else carrier
    return str(args.get("text")) + str(args.get("blocks") or args.get("view"))


def test_a_mention_is_answered_in_its_thread(slack: SlackServer) -> None:
    """Whoever asks in a channel gets the owner in the thread of the question, and nobody is notified."""
    ts = slack.mention(ANA, "chekout-api is throwing 502s again, who owns it?")
    answer = posted(slack, channel=GENERAL, thread_ts=ts)
    assert answer.body["text"].startswith("checkout-api is owned by Payments.")
    assert "<@" not in shown(answer)
    assert "<!subteam" not in shown(answer)
    assert answer.body["unfurl_links"] is False
    assert answer.body["unfurl_media"] is False
    assert slack.acknowledged().answer == {}


def test_the_next_question_in_a_thread_is_about_the_same(slack: SlackServer) -> None:
    """In a thread `it` is what was answered or chosen there; elsewhere it is nothing."""
    ts = slack.mention(ANA, "who owns checkout?")
    slack.click(ANA, posted(slack, thread_ts=ts), "pick:2")
    slack.wait_for("response_url")
    slack.mention(BEN, "and who is on call for it?", thread_ts=ts)
    assert "checkout-web" in posted(slack, thread_ts=ts).body["text"]
    other = slack.mention(BEN, "who is on call for it?")
    assert "checkout-web" not in shown(posted(slack, thread_ts=other))


def test_a_choice_can_answer_everyone_from_now_on(slack: SlackServer) -> None:
    """An administrator who chose is asked, alone, whether the words always mean that; everyone can be answered so."""
    ts = slack.mention(BEN, "who owns checkout?")
    question = posted(slack, thread_ts=ts)
    slack.click(ANA, question, "pick:2")
    slack.wait_for("response_url")
    ts = slack.mention(BEN, "who owns checkout?")
    slack.click(BEN, posted(slack, thread_ts=ts), "pick:1")
    slack.wait_for("response_url")
    offer = slack.wait_for("chat.postEphemeral", lambda call: call.body.get("thread_ts") == ts)
    assert offer.body["user"] == BEN
    assert "Always answer “checkout” with checkout-api?" in offer.body["text"]
    assert not [call for call in slack.calls("chat.postEphemeral") if call.body["user"] == ANA]  # she may not say it
    slack.click(BEN, offer, "Yes, for everyone")
    done = slack.wait_for("response_url")
    assert "“checkout” is another name of checkout-api now" in done.body["text"]
    assert "checkout-api is owned by Payments." in slack.command("/who-owns", "checkout")["text"]
    slack.click(BEN, done, "Undo")
    assert "is not a name of checkout-api any more" in slack.wait_for("response_url").body["text"]
    assert "checkout-api is owned by" not in slack.command("/who-owns", "checkout")["text"]


def test_a_choice_is_remembered_for_whoever_made_it(slack: SlackServer) -> None:
    """Who chose once is answered so the next time, and can choose again; nobody else is."""
    first = slack.command("/who-owns", "plant")
    slack.click(ANA, first, "pick:2")
    slack.wait_for("response_url")
    answered = slack.command("/who-owns", "plant")
    assert "plantFinder is owned by" in answered["text"]
    assert "chose plantFinder for “plant” before" in shown(answered)
    assert "fits three components" in slack.command("/who-owns", "plant", user=BEN)["text"]
    slack.click(ANA, answered, "Another “plant”")
    offered = slack.wait_for("response_url")
    assert "fits three components" in offered.body["text"]
    assert "fits three components" in slack.command("/who-owns", "plant")["text"]


def names_listed(slack: SlackServer, wanted: str) -> Any:
    """Return the list of names that nobody could find, once it says this: names are counted behind the answers."""
    deadline = time.monotonic() + 10
    while wanted not in (listed := slack.command("/assistant", "unfound", user=BEN))["text"]:
        assert time.monotonic() < deadline, listed["text"]
    return listed


def test_a_model_is_decided_on(slack: SlackServer) -> None:
    """Who may decides on the recommended model with a click, copies the record, and can take it back."""
    asked = slack.command("/which-model", "orders", user=BEN)
    slack.click(ANA, slack.command("/which-model", "orders"), "Decide so")
    assert "Nothing was changed" in slack.wait_for("response_url").body["text"]
    slack.click(BEN, asked, "Decide so")
    decided = slack.wait_for("response_url")
    assert "orders is run as “you build it, you run it”, and is looked at again by" in decided.body["text"]
    slack.click(BEN, decided, "Copy decision record")
    record = slack.wait_for("response_url")
    assert "# orders: you build it, you run it" in record.body["text"]
    slack.click(BEN, decided, "Undo")
    assert "Taken back by" in shown(slack.wait_for("response_url"))


def suggested(slack: SlackServer, component: str, answer: str) -> Entry:
    """Have Kofi, who is of Streaming, suggest an answer about a component of Payments; the message in #payments."""
    asked = slack.command("/which-model", component, user=KOFI)
    slack.click(KOFI, asked, answer)
    slack.click(KOFI, slack.wait_for("response_url"), "Save my answer")
    slack.click(KOFI, slack.wait_for("response_url"), "Suggest it to Payments")
    told = slack.wait_for("response_url").body["text"]
    assert f"Your suggestion for {component} goes to #payments." in told
    return posted(slack, channel="#payments")


def test_a_suggestion_is_declined_with_a_reason(slack: SlackServer) -> None:
    """Decline asks why not; the reason stands on the message, and reaches whoever suggested it."""
    put = suggested(slack, "refund-worker", "Application developers")
    slack.click(KOFI, put, "Decline…")
    assert "Only Payments or a registry administrator can decline" in shown(slack.wait_for("views.update"))
    slack.click(ANA, put, "Decline…")
    assert "Why not?" in shown(slack.wait_for("views.update"))
    assert slack.submit(ANA, {"reason": "We are four\npeople."}) == {}
    done = slack.wait_for("response_url")
    assert done.body["replace_original"] is True
    assert "Declined by Ana Ruiz" in shown(done)
    assert ": We are four people." in shown(done)
    told = posted(slack, channel=KOFI).body["text"]
    assert told.startswith("Ana Ruiz declined what you suggested for refund-worker: We are four people.")


def test_a_change_is_suggested_and_accepted(slack: SlackServer) -> None:
    """Whoever may not save can suggest it: the owner's channel is asked, and one click there makes it so for all."""
    put = suggested(slack, "refund-worker", "Another team")
    assert put.body["text"].startswith("Kofi Mensah suggests for refund-worker:")
    slack.click(KOFI, put, "Accept")
    assert "Nothing was changed" in slack.wait_for("response_url").body["text"]
    slack.click(BEN, put, "Decline…")
    slack.wait_for("views.update")
    slack.click(ANA, put, "Accept")
    done = slack.wait_for("response_url")
    assert done.body["replace_original"] is True
    assert "Accepted by Ana Ruiz" in shown(done)
    late = slack.submit(BEN, {"reason": "No."})
    assert (late["response_action"], "Accepted by Ana Ruiz" in str(late["view"])) == ("update", True)
    assert "Accepted by Ana Ruiz" in shown(slack.wait_for("response_url"))
    assert "refund-worker" in slack.command("/which-model", "refund-worker")["text"]
    assert "“Another team runs it” (Ana Ruiz" in str(slack.command("/which-model", "refund-worker")["blocks"])


def test_work_for_another_is_accepted(tmp_path: Path) -> None:
    """The team that is to run something is asked in its channel; somebody of its usergroup accepts, nobody else."""
    url = f"sqlite:///{tmp_path}/r.db"
    text = """
teams: [{name: moss, slack_usergroup: S0MOSS, slack_channel: C0PAYMENTS}, {name: fern}]
components: [{name: fern-queue, owner: moss}, {name: fern-api, owner: fern}]
"""
    registry, now = open_repository(url), datetime.now(UTC)
    files = {"r.yaml": read_registry("r.yaml", text.encode())}
    import_registry(registry, files, dry_run=False, prune=False, author="test", now=now)
    change = Change(Ref.component("fern-queue"), serves=Ref.component("fern-api"))
    with registry.writing() as unit:
        put(change, Actor(ANA, "Ana Ruiz", "member"), unit, (), now)
    with SlackServer(timeout_s=10) as server, bot(server, url, tmp_path):
        server.workspace.usergroups["S0MOSS"] = [KOFI]
        asked = posted(server, channel="C0PAYMENTS")
        assert asked.body["text"].startswith(
            "fern names moss as the team that runs fern-queue for fern-api. Does moss run it?"
        )
        assert "Until you accept, it shows as proposed." in shown(asked)
        server.click(ANA, asked, "Accept")
        assert "Only moss or a registry administrator can accept" in server.wait_for("response_url").body["text"]
        server.click(KOFI, asked, "Accept")
        assert "Accepted by Kofi Mensah" in shown(server.wait_for("response_url"))


def test_an_owner_confirms(slack: SlackServer) -> None:
    """Whoever owns it says that it is still right, and the card says so beside the file; others are refused."""
    card = slack.command("/who-owns", "schema-registry", user=KOFI)
    slack.click(ANA, slack.command("/who-owns", "schema-registry"), "Still right")
    assert "Only Streaming or a registry administrator" in slack.wait_for("response_url").body["text"]
    slack.click(KOFI, card, "Still right")
    assert "confirmed by Kofi Mensah on" in shown(slack.wait_for("response_url"))


def test_the_map_of_models(slack: SlackServer) -> None:
    """Anyone sees which components the rules recommend which model for."""
    shown = slack.command("/assistant", "map")["text"]
    assert "The rules recommend a model for" in shown
    assert "Platform team · " in shown


def test_sources_that_disagree(tmp_path: Path) -> None:
    """The card says what the other source says, `/assistant conflicts` lists it, and the order of trust decides."""
    url = f"sqlite:///{tmp_path}/assistant.db"
    text = "teams: [{name: moss}, {name: fern, title: Fern}]\ncomponents: [{name: fern-queue, owner: %s}]"
    files = {
        name: read_registry(name, (text % owner).encode()) for name, owner in (("a.yaml", "moss"), ("b.yaml", "fern"))
    }
    import_registry(open_repository(url), files, dry_run=False, prune=False, author="test", now=datetime.now(UTC))
    with SlackServer(timeout_s=10) as server, bot(server, url, tmp_path, ASSISTANT_TRUST="b.yaml"):
        card = server.command("/who-owns", "fern-queue")["text"]
        assert card.startswith("fern-queue is owned by Fern.\na.yaml, line 2, says moss instead.")
        listed = server.command("/assistant", "conflicts")["text"]
        assert "• the owner of fern-queue: b.yaml, line 2, says Fern; a.yaml, line 2, says moss." in listed


def test_the_registry_follows_a_file(tmp_path: Path) -> None:
    """`run --registry FILE` answers from the file, and a few seconds after it was changed from what it says then."""
    file = tmp_path / "registry.yaml"
    file.write_text("teams: [{name: moss}, {name: fern}]\ncomponents: [{name: fern-queue, owner: moss}]\n")
    url = f"sqlite:///{tmp_path}/assistant.db"
    with SlackServer(timeout_s=10) as server, bot(server, url, tmp_path, options=("--registry", str(file))):
        assert server.command("/who-owns", "fern-queue")["text"].startswith("fern-queue is owned by moss.")
        file.write_text("teams: [{name: moss}, {name: fern}]\ncomponents: [{name: fern-queue, owner: nobody-here}]\n")
        wait_until(lambda: "the changed files are not taken" in (tmp_path / "log").read_text())
        assert server.command("/who-owns", "fern-queue")["text"].startswith("fern-queue is owned by moss.")
        file.write_text("teams: [{name: moss}, {name: fern}]\ncomponents: [{name: fern-queue, owner: fern}]\n")
        wait_until(lambda: "fern-queue is owned by fern." in server.command("/who-owns", "fern-queue")["text"])


def wait_until(holds: Callable[[], bool], timeout_s: float = 30) -> None:
    until = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.2)


def test_names_that_nobody_could_find(slack: SlackServer) -> None:
    """Administrators see which names were asked for in vain, how often, and give them to a component; others don't."""
    for text in ("seed-bank", "who owns seed bank?", "Seed-Bank"):
        assert "There is no component called" in slack.command("/who-owns", text)["text"]
    slack.command("/who-owns", "who on earth has the moon-base, it is paging me at night")
    assert "Only a registry administrator can see" in slack.command("/assistant", "unfound")["text"]
    listed = names_listed(slack, "moon-base · asked for once")
    assert "Nobody could find 2 names" in listed["text"]
    assert "seed-bank · asked for 3 times" in listed["text"]
    assert "paging" not in shown(listed)
    slack.click(BEN, listed, "name:2")
    assert "seed-bank" in str(slack.modal(BEN).body)
    done = slack.submit(BEN, {"component": "default/plant-catalogue"})
    assert "“seed-bank” is another name of *plant-catalogue* now" in shown(done)
    assert "plant-catalogue is owned by" in slack.command("/who-owns", "seed bank")["text"]
    listed = slack.command("/assistant", "unfound", user=BEN)
    assert "Nobody could find 1 name:" in listed["text"]
    slack.click(BEN, listed, "Forget it")
    assert "Everything that people asked for was found" in slack.wait_for("response_url").body["text"]


def test_a_name_given_in_a_form_can_be_taken_back(slack: SlackServer) -> None:
    """The form in which a name was given becomes the outcome, with an undo that works in it."""
    slack.command("/who-owns", "tulip-vault")
    slack.click(BEN, names_listed(slack, "tulip-vault"), "Another name for…")
    slack.wait_for("views.open")
    slack.submit(BEN, {"component": "default/plant-catalogue"})
    slack.click(BEN, slack.modal(BEN), "Undo")
    slack.wait_for("views.update", lambda call: "is not a name of *plant-catalogue* any more" in str(call.body))
    assert "There is no component called" in slack.command("/who-owns", "tulip-vault")["text"]


def test_a_direct_message_is_answered(slack: SlackServer) -> None:
    """In a direct message no mention is needed."""
    slack.direct_message(ANA, "what does streaming own?")
    assert "Streaming owns" in shown(slack.wait_for("chat.postMessage", lambda c: c.body["channel"].startswith("D")))


def test_a_slash_command_is_answered_to_its_sender(slack: SlackServer) -> None:
    """A command's answer rides in the acknowledgement, so it appears at once and only to whoever typed it."""
    ack = slack.command("/who-owns", "checkout api")
    assert ack["response_type"] == "ephemeral"
    assert "checkout-api is owned by Payments." in ack["text"]


def test_help_for_an_empty_command(slack: SlackServer) -> None:
    """A command without a word says what can be asked."""
    assert "/who-owns" in slack.command("/assistant", "")["text"]


def test_a_choice_becomes_the_answer(slack: SlackServer) -> None:
    """Of two components that fit, a click on one turns the question into its answer, in place."""
    ts = slack.mention(ANA, "who owns stock?")
    question = posted(slack, thread_ts=ts)
    assert "fits two components" in question.body["text"]
    slack.click(BEN, question, "pick:2")
    outcome = slack.wait_for("response_url")
    assert outcome.body["replace_original"] is True
    assert "stock_levels is owned by" in outcome.body["text"]
    assert "ben ode chose stock_levels." in shown(outcome).casefold()


def test_a_missing_fact_is_asked_for_and_the_click_answers(slack: SlackServer) -> None:
    """Which model? asks in plain words for what is missing; a click answers, and saving is a second click."""
    ack = slack.command("/which-model", "orders-kafka", user=BEN)
    assert "Does anything besides orders use orders-kafka?" in ack["text"]
    slack.click(BEN, ack, "Yes, others use it")
    decided = slack.wait_for("response_url")
    assert "orders-kafka fits a platform team" in decided.body["text"]
    assert "not saved" in shown(decided)
    slack.click(ANA, decided, "Save my answer")
    refused = slack.wait_for("response_url")
    assert "Nothing was changed." in refused.body["text"]
    assert not refused.body.get("replace_original")
    slack.click(BEN, decided, "Save my answer")
    assert "Saved by" in shown(slack.wait_for("response_url"))
    assert "orders-kafka fits a platform team" in slack.command("/which-model", "orders-kafka")["text"]


def test_the_owners_usergroup_may_save(tmp_path: Path) -> None:
    """Whoever is in the usergroup of the team that owns a component may save facts about it."""
    (tmp_path / "r.yaml").write_text(
        "teams: [{name: moss, slack_usergroup: S0MOSS}]\ncomponents: [{name: fern-db, owner: moss, lifecycle: shared}]"
    )
    url = f"sqlite:///{tmp_path}/r.db"
    environment = os.environ | {"DATABASE_URL": url}
    command = [sys.executable, "-m", "assistant", "import", str(tmp_path / "r.yaml")]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    with SlackServer(timeout_s=10) as server, bot(server, url, tmp_path):
        server.workspace.usergroups["S0MOSS"] = [ANA]
        server.click(ANA, server.command("/which-model", "fern-db"), "Another team")
        decided = server.wait_for("response_url")
        server.click(ANA, decided, "Save my answer")
        assert "Saved by" in shown(server.wait_for("response_url"))


def test_only_some_may_register(tmp_path: Path) -> None:
    """Where the operator names who may register, others are told so at once; administrators always may."""
    with (
        SlackServer(timeout_s=10) as server,
        bot(server, f"sqlite:///{tmp_path}/r.db", tmp_path, ASSISTANT_REGISTRARS="S0MOSS"),
    ):
        server.workspace.usergroups["S0MOSS"] = [KOFI]
        refused = server.command("/onboard", "fern-ana", user=ANA)
        assert "Only those named for it" in refused["text"]
        for user in (KOFI, BEN):
            server.command("/onboard", f"fern-{user.lower()}", user=user)
            server.wait_for("views.update")
            assert server.submit(user)["response_action"] == "update"


def test_the_owners_are_asked_to_look_again(tmp_path: Path) -> None:
    """When the day of a decision has come, its owner's channel is asked, once over restarts, and the click answers."""
    registry = b"""
        teams: [{name: payments, slack_channel: "#payments"}]
        components:
          - {name: till, owner: payments, lifecycle: shared, ownership: developers, model: platform-team}
    """
    url = f"sqlite:///{tmp_path}/registry.db"
    now = datetime.now(UTC)
    repository = open_repository(url)
    files = {"shop.yaml": read_registry("shop.yaml", registry)}
    import_registry(repository, files, dry_run=False, prune=False, author="test", now=now)
    with repository.writing() as unit:
        unit.state([Statement(Ref.component("till"), "review_by", "2026-01-31", PEOPLE, "Ana Ruiz <U0ANA>", now)])
    with SlackServer(timeout_s=10) as slack:
        with bot(slack, url, tmp_path):
            question = posted(slack, channel="#payments")
            asked = "till is run as a platform team, and was to be looked at again by 31 January 2026"
            assert asked in question.body["text"]
        with bot(slack, url, tmp_path):
            slack.click(BEN, question, "Keep")
            assert (
                "till stays a platform team, and is looked at again by" in slack.wait_for("response_url").body["text"]
            )
        assert len(slack.calls("chat.postMessage")) == 1


def test_sigterm_finishes_what_was_taken(tmp_path: Path) -> None:
    """At SIGTERM every question that is being answered gets its answer and its acknowledgement; none is half done."""
    with SlackServer(timeout_s=20) as server:
        with bot(server, f"sqlite:///{tmp_path}/s.db", tmp_path):
            server.standin.api.rates.is_on = False
            for _ in range(40):
                server.mention(ANA, "help")
            server.wait_for("chat.postMessage")
        acknowledged = [event for event in server.calls("app_mention") if event.answer is not None]
        assert len(acknowledged) == len(server.calls("chat.postMessage"))


def test_an_answer_can_be_shared(slack: SlackServer) -> None:
    """What only one person saw is shown to the channel by a click, saying by whom; theirs goes away."""
    ack = slack.command("/who-owns", "ledger")
    slack.click(ANA, ack, "Share")
    shared = slack.wait_for("response_url")
    assert shared.body["response_type"] == "in_channel"
    assert "Shared by" in shown(shared)
    assert slack.wait_for("response_url").body["delete_original"] is True


def test_an_edited_or_repeated_mention_is_answered_once(slack: SlackServer) -> None:
    """Slack sends a mention again when it was edited, or when it thinks the first was lost: one answer is enough."""
    ts = slack.mention(ANA, "who owns fraud-scores?")
    posted(slack, thread_ts=ts)
    slack.run(slack.standin.edit(ANA, GENERAL, ts, "@assistant who owns fraud-scores now?"))
    slack.fault("duplicate")
    slack.event(slack.calls("app_mention")[-1].body["event"])
    slack.acknowledged()
    assert len([call for call in slack.calls("chat.postMessage") if call.body.get("thread_ts") == ts]) == 1


def test_a_screenshot_does_not_hide_the_question(slack: SlackServer) -> None:
    """A direct message with a file in it is a question like any other."""
    ts = slack.direct_message(ANA, "hello")
    event = slack.acknowledged("message").body["event"]
    slack.event({**event, "ts": f"{ts}1", "subtype": "file_share", "text": "who owns delivery-slots-api?"})
    answer = slack.wait_for("chat.postMessage", lambda call: "delivery-slots-api" in call.body["text"])
    assert "is owned by" in answer.body["text"]


def test_the_shortcut_reads_an_alert(slack: SlackServer) -> None:
    """An alert that has its words in attachments only is read all the same."""
    slack.shortcut(ANA, "who-owns-this", "", [{"title": "orders-kafka: disk almost full", "fallback": "alert"}])
    assert "orders-kafka is owned by Streaming." in slack.wait_for("response_url").body["text"]


def test_the_shortcut_answers_privately(slack: SlackServer) -> None:
    """“Who owns this?” on somebody's message tells only whoever asked."""
    slack.shortcut(ANA, "who-owns-this", "the orders-kafka brokers are full")
    answer = slack.wait_for("response_url")
    assert "orders-kafka is owned by Streaming." in answer.body["text"]
    assert answer.body["response_type"] == "ephemeral"


def test_app_home_answers(slack: SlackServer) -> None:
    """App Home shows my team's components and a box; what is asked there is answered there, with a way back."""
    slack.home_opened(KOFI)
    home = slack.wait_for("views.publish")
    assert "events-client* · missing a runbook and a model" in shown(home)
    slack.enter(KOFI, home, "ask", "who owns legacy-cron?")
    answered = slack.wait_for("views.publish")
    assert "Nobody has claimed" in shown(answered)
    slack.click(KOFI, answered, "Back to the overview")
    assert "events-client" in shown(slack.wait_for("views.publish"))


def test_app_home_holds_what_waits(slack: SlackServer) -> None:
    """What is suggested to a team stands in the Home tab of its people, who accept it there."""
    slack.click(ANA, slack.command("/which-model", "events-client"), "Another team")
    slack.click(ANA, slack.wait_for("response_url"), "Save my answer")
    slack.click(ANA, slack.wait_for("response_url"), "Suggest it to Streaming")
    assert "goes to" in shown(slack.wait_for("response_url"))
    slack.home_opened(KOFI)
    home = slack.wait_for("views.publish")
    assert "suggests for *events-client*" in shown(home)
    slack.click(KOFI, home, "Accept")
    assert "Accepted by Kofi Mensah" in shown(slack.wait_for("views.publish"))
    slack.home_opened(KOFI)
    again = shown(slack.wait_for("views.publish"))
    assert "suggests" not in again
    assert "events-client*: answers about its model · Kofi Mensah" in again


def test_many_usergroups_are_read_at_once(tmp_path: Path) -> None:
    """However many teams have a usergroup, one call tells whose components somebody sees; again within minutes none."""
    teams = ", ".join(f"{{name: team-{number}, slack_usergroup: S0T{number}}}" for number in range(40))
    (tmp_path / "r.yaml").write_text(f"teams: [{teams}]\ncomponents: [{{name: fern-db, owner: team-7}}]")
    url = f"sqlite:///{tmp_path}/r.db"
    command = [sys.executable, "-m", "assistant", "import", str(tmp_path / "r.yaml")]
    subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=True, capture_output=True)
    with SlackServer(timeout_s=10) as server, bot(server, url, tmp_path):
        server.workspace.usergroups |= {"S0T7": [ANA], "S0T8": [BEN]}
        server.home_opened(ANA)
        assert "fern-db" in shown(server.wait_for("views.publish"))
        server.home_opened(BEN)
        assert "fern-db" not in shown(server.wait_for("views.publish")).partition("Changed lately")[0]
        assert (len(server.calls("usergroups.list")), server.calls("usergroups.users.list")) == (1, [])


def test_app_home_answers_where_its_channel_is_blank(slack: SlackServer) -> None:
    """What is asked in App Home is answered there, also of a Slack-compatible server that names its channel ""."""
    trigger = slack.look(lambda: slack.standin.api.new_trigger(ANA))
    asked = {"type": "plain_text_input", "action_id": "ask", "value": "who owns legacy-cron?"}
    container = {"type": "message", "channel_id": "", "is_ephemeral": False}
    person = slack.workspace.people[ANA]
    body = payloads.interaction("block_actions", person, container=container, actions=[asked], trigger_id=trigger)
    slack.run(slack.standin.delivery.interact("interactive", "block_actions", body, accepts_payload=False))
    assert "Nobody has claimed" in shown(slack.wait_for("views.publish"))


def test_not_found_offers_to_register(slack: SlackServer) -> None:
    """What nobody registered is offered for registration, with its name filled in."""
    ts = slack.mention(ANA, "who owns `frost-alarm`?")
    answer = posted(slack, thread_ts=ts)
    assert "There is no component called frost-alarm." in answer.body["text"]
    slack.click(ANA, answer, "Register frost-alarm")
    assert "frost-alarm" in str(slack.modal(ANA).body)


def test_a_form_closed_at_once_is_no_failure(slack: SlackServer) -> None:
    """Whoever closes the form before it is filled hears nothing more of it."""
    slack.look(lambda: slack.standin.close(ANA))  # what another test left open
    slack.fault("slow views.update 0.5")
    typed = slack.begin(slack.standin.command(ANA, GENERAL, "/onboard frost-alarm"))
    slack.modal(ANA)
    slack.look(lambda: slack.standin.close(ANA))
    assert typed.result(10) == {}
    failed = slack.wait_for("views.update", lambda call: not (call.answer or {})["ok"])
    assert failed.answer == {"ok": False, "error": "not_found"}


GLOBEX = "T0GLOBEX"
OUTSIDERS = {
    "U0STRANGE": Person("U0STRANGE", "stranger", "A Stranger", is_stranger=True),
    "U0ELSEWHERE": Person("U0ELSEWHERE", "elsewhere", "From Elsewhere", team=GLOBEX),
    "U0GRID": Person("U0GRID", "grid", "From A Grid", team=GLOBEX, enterprise="E0GLOBEX"),
}
"""One mark each: a stranger by name, somebody of another workspace, and somebody of another company's grid."""


@pytest.mark.parametrize("user", [GUEST, STRANGER, OTHER_BOT, *OUTSIDERS])
def test_outsiders_get_nothing(slack: SlackServer, user: str) -> None:
    """Guests, other companies' people and other bots get no answer, neither in a channel nor to a command."""
    slack.workspace.people |= OUTSIDERS
    ts = slack.mention(user, "who owns checkout-api?")
    slack.acknowledged()
    # Slack lets no outsider type a command; one that came all the same gets nothing either.
    person, channel = slack.workspace.people[user], slack.workspace.channels[GENERAL]
    typed = payloads.command(person, channel, "/who-owns", "checkout-api", "1.2.3", "http://127.0.0.1:9/")
    assert slack.run(slack.standin.delivery.interact("slash_commands", "/who-owns", typed, accepts_payload=True)) == {}
    assert not [call for call in slack.calls("chat.postMessage") if call.body.get("thread_ts") == ts]


@pytest.mark.parametrize("shared_with", ["Globex", None])
def test_nothing_is_shared_where_others_read(slack: SlackServer, shared_with: str | None) -> None:
    """Share shows nothing to another company, nor where it can't be told who reads: the asker is told so instead."""
    private = Channel(f"C0PRIV{slack.workspace.number()}", "private", {ANA}, shared=shared_with)
    slack.workspace.channels[private.id] = private
    ack = slack.command("/who-owns", "ledger", channel=private.id)
    assert "Finance Platform" in ack["text"]
    if shared_with is None:
        slack.fault("fail conversations.info channel_not_found")
    slack.click(ANA, ack, "Share")
    told = slack.wait_for("response_url").body
    assert told["response_type"] == "ephemeral"
    assert "registry entries aren't shown here" in told["text"]


def test_a_channel_that_is_shared_later(slack: SlackServer) -> None:
    """A click on what was posted before another company joined shows nothing new there."""
    channel = Channel(f"C0LATER{slack.workspace.number()}", "later", {ANA, BOT_USER})
    slack.workspace.channels[channel.id] = channel
    slack.mention(ANA, "who owns checkout?", channel=channel.id)
    choices = posted(slack, channel=channel.id)
    channel.shared = "Globex"
    slack.click(ANA, choices, "pick:1")
    told = slack.wait_for("response_url").body
    assert (told["response_type"], "Payments" in str(told)) == ("ephemeral", False)


def test_a_channel_shared_with_another_company_shows_nothing(slack: SlackServer) -> None:
    """Where another company reads along, the asker alone is told where to ask instead."""
    slack.mention(ANA, "who owns checkout-api?", channel=PARTNERS)
    told = slack.wait_for("chat.postEphemeral", lambda call: call.body["channel"] == PARTNERS)
    assert "shared with another company" in told.body["text"]
    assert "Payments" not in shown(told)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "🌱🌱",
        ":seedling:",
        "<@U0ASSIST>",
        "\u202egnp.exe\u0007",
        "<!channel>",
        "x" * 40_000,
        "`" * 500,
        "<>|&" * 50,
    ],
)
def test_odd_input_gets_one_sentence(slack: SlackServer, text: str) -> None:
    """Whatever is typed, one clear answer comes back and the process lives on."""
    ts = slack.mention(ANA, text, channel=PAYMENTS)
    answer = posted(slack, thread_ts=ts)
    assert answer.body["text"].strip()
    assert "<!channel>" not in shown(answer)
    assert "Something failed" not in answer.body["text"]


def test_edits_and_unknown_events_are_acknowledged_and_ignored(slack: SlackServer) -> None:
    """An edit, or an event that nobody asked for, gets its acknowledgement and no answer."""
    ts = slack.direct_message(ANA, "who owns ledger?")
    slack.acknowledged("message")
    before = len(slack.calls("chat.postMessage"))
    slack.run(slack.standin.edit(ANA, "D0ANA", ts, "who owns checkout-api?"))
    assert slack.acknowledged("message").body["event"]["subtype"] == "message_changed"
    slack.event({"type": "emoji_changed", "event_ts": "1.2"})
    slack.acknowledged("emoji_changed")
    assert len(slack.calls("chat.postMessage")) == before


def test_the_log_holds_no_message_and_no_token(postgres: PostgresServer, tmp_path: Path) -> None:
    """When the database goes away the asker is told so in a sentence; no message and no secret reaches the log."""
    with (
        SlackServer(timeout_s=20) as server,
        postgres.database() as url,
        bot(server, url, tmp_path, ASSISTANT_LOG_LEVEL="debug"),
    ):
        server.mention(ANA, "who owns canary-wren?")
        server.wait_for("chat.postMessage")
        name = make_url(url).database
        postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608
        server.mention(ANA, "who owns canary-finch?")
        told = server.wait_for("chat.postEphemeral")
        assert "can't be reached" in told.body["text"]
        assert "nothing was saved" in told.body["text"]
        server.mention(ANA, "help")
        secrets = [server.environment["SLACK_BOT_TOKEN"], server.environment["SLACK_APP_TOKEN"], "canary"]
    log = (tmp_path / "log").read_text()
    assert '"an answer failed"' in log
    assert not [secret for secret in secrets if secret in log]


def test_a_file_has_one_run(tmp_path: Path) -> None:
    """A second `run` on a SQLite file is refused in one line until the first is gone, even killed; all else works."""
    url = f"sqlite:///{tmp_path}/r.db"

    def assistant(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "assistant", *arguments]
        environment = os.environ | server.environment | {"DATABASE_URL": url}
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=30)

    (tmp_path / "r.yaml").write_text("teams: [{name: moss}]\ncomponents: [{name: fern-db, owner: moss}]")
    with SlackServer(timeout_s=10) as server:
        environment = os.environ | server.environment | {"DATABASE_URL": url}
        with subprocess.Popen(
            [sys.executable, "-m", "assistant", "run"], env=environment, stderr=subprocess.DEVNULL
        ) as first:
            server.wait_until_connected()
            for refused in (assistant("run"), assistant("db", "restore", str(tmp_path / "r.yaml"))):
                assert refused.returncode == 2
                assert refused.stderr.count("\n") == 1
                assert f"process {first.pid} on" in refused.stderr
                assert "stop that first" in refused.stderr
            assert assistant("import", "r.yaml").returncode == 0
            assert "moss" in assistant("ask", "who owns fern-db?").stdout
            assert assistant("db", "backup", "b.db").returncode == 0
            first.kill()
        with bot(server, url, tmp_path):
            assert "fern-db is owned by moss" in server.command("/who-owns", "fern-db")["text"]


def test_what_is_no_slack_is_said(tmp_path: Path) -> None:
    """An address that answers with something else than Slack's JSON ends the start with one line, and status 2."""
    with SlackServer() as server:
        server.fault("error auth.test 503")
        environment = os.environ | server.environment | {"DATABASE_URL": f"sqlite:///{tmp_path}/r.db"}
        command = [sys.executable, "-m", "assistant", "run"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "answers, but not as Slack does" in done.stderr


@pytest.mark.parametrize("variable", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
def test_a_refused_token_is_one_line(tmp_path: Path, variable: str) -> None:
    """A token that Slack refuses ends the start with one line that names it, and status 2."""
    with SlackServer() as server:
        wrong = server.environment[variable][:5] + "wrong"
        environment = os.environ | server.environment | {"DATABASE_URL": f"sqlite:///{tmp_path}/r.db", variable: wrong}
        done = subprocess.run(
            [sys.executable, "-m", "assistant", "run"], env=environment, capture_output=True, text=True, timeout=30
        )
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert variable in done.stderr
    assert wrong not in done.stderr


def test_the_bot_answers_after_slack_closes_the_socket(slack: SlackServer) -> None:
    """When Slack asks for a new connection, the bot makes one and goes on answering."""
    if slack.over == "http":
        pytest.skip("HTTP has no socket")
    slack.fault("refresh")
    slack.wait_until_connected()
    ts = slack.mention(ANA, "who owns ledger-export?")
    assert "ledger-export is owned by" in posted(slack, thread_ts=ts).body["text"]


@pytest.fixture(scope="module")
def posted_to(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a bot that takes what Slack posts, with a secret and the one before it."""
    folder = tmp_path_factory.mktemp("http")
    with SlackServer(over="http") as server:
        server.environment["SLACK_SIGNING_SECRET_PREVIOUS"] = "older-secret"
        with bot(server, f"sqlite:///{folder}/r.db", folder):
            yield server.request_url


def post(url: str, body: str, headers: dict[str, str]) -> tuple[int, str]:
    request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json", **headers})  # noqa: S310
    try:
        with urllib.request.urlopen(request) as response:  # noqa: S310
            return response.status, response.read().decode()
    except HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


CHALLENGE = json.dumps({"type": "url_verification", "challenge": "3eZbrw"})


@pytest.mark.parametrize("secret", [SECRET, "older-secret"])
def test_what_slack_signed_is_taken(posted_to: str, secret: str) -> None:
    """A post signed with the secret, or with the one before it while it is exchanged, is answered."""
    status, text = post(posted_to, CHALLENGE, signed(CHALLENGE, secret))
    assert (status, "3eZbrw" in text) == (200, True)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(CHALLENGE, "another-secret"),
        signed(CHALLENGE + " ", SECRET),
        signed(CHALLENGE, SECRET, at=1_600_000_000),
        {"X-Slack-Request-Timestamp": "soon", "X-Slack-Signature": "v0=1"},
        {"X-Slack-Request-Timestamp": "1" * 5_000, "X-Slack-Signature": "v0=1"},
        signed(CHALLENGE, SECRET) | {"X-Slack-Signature": "v0=é"},
    ],
    ids=["unsigned", "another secret", "another body", "years ago", "no time", "no number", "no ASCII"],
)
def test_what_slack_did_not_sign_is_refused(posted_to: str, headers: dict[str, str]) -> None:
    """A post that is not signed, by another secret, for another body or long ago, learns and changes nothing."""
    status, text = post(posted_to, CHALLENGE, headers)
    assert status == 401
    assert "3eZbrw" not in text
    assert "SLACK_SIGNING_SECRET" in text


def test_a_body_that_is_no_text_is_refused(posted_to: str) -> None:
    """Bytes that are no UTF-8 are not signed by Slack, whatever else they are."""
    connection = http.client.HTTPConnection("127.0.0.1", int(posted_to.split(":")[2].partition("/")[0]), timeout=10)
    connection.request("POST", "/slack/events", b"\xff\xfe", {"Content-Type": "application/json"} | signed("", SECRET))
    assert connection.getresponse().status == 401
    connection.close()


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "null",
        "{",
        '{"type": "event_callback", "event": 1}',
        '{"type": "view_submission", "view": {}}',
        "[" * 5_000,
    ],
)
def test_what_is_no_payload_is_refused(posted_to: str, body: str) -> None:
    """What is signed and yet no payload of Slack's is refused, without a failure and without a word of the code."""
    status, text = post(posted_to, body, signed(body, SECRET))
    assert status in (200, 400)
    assert text in ("", "That is no payload of Slack's.")


def test_a_slow_sender_keeps_nobody_waiting(tmp_path: Path) -> None:
    """A post that never ends, from anybody, does not keep the bot from stopping."""
    with SlackServer(over="http") as server, bot(server, f"sqlite:///{tmp_path}/r.db", tmp_path) as process:
        port = int(server.environment["PORT"])
        with socket.create_connection(("127.0.0.1", port)) as slow:
            head = "POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100"
            slow.sendall(f"{head}\r\n\r\n{{".encode())
            slow.settimeout(0.5)
            with pytest.raises(TimeoutError):
                slow.recv(1)
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0


def test_what_slack_never_posts_is_refused(posted_to: str) -> None:
    """Too large a body and another content type are refused, signed or not."""
    large = "x" * 1_100_000
    assert post(posted_to, large, signed(large, SECRET))[0] == 413
    assert post(posted_to, CHALLENGE, signed(CHALLENGE, SECRET) | {"Content-Type": "text/plain"})[0] == 415


def test_an_event_that_nothing_listens_to_is_taken(posted_to: str) -> None:
    """An event that is none of the bot's business is acknowledged, so that Slack does not send it for ever."""
    body = json.dumps({"type": "event_callback", "event": {"type": "team_join"}, "team_id": "T0ACME"})
    assert post(posted_to, body, signed(body, SECRET))[0] == 200
