"""`assistant chat`: the stand-in and the real bot in a terminal, or through a pipe."""

from __future__ import annotations

import subprocess
import sys

import pytest

from assistant.sandbox.mrkdwn import plain
from assistant.sandbox.workspace import fernwood


def chat(*lines: str, options: tuple[str, ...] = ()) -> str:
    """Return what a conversation prints."""
    command = [sys.executable, "-m", "assistant", "chat", *options]
    done = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_conversation_through_a_pipe() -> None:
    """Questions, buttons, commands and a form with a fault in it: everything that Slack offers, line by line."""
    said = chat(
        "who owns checkout?",
        "1",
        "9",
        "/which-model orders-kafka",
        "1",
        "/onboard",
        *("ledger", "", "", "", "", ""),  # it is taken
        *("wren-feeder", "", "", "machine", "", ""),  # Payments, her one team, owns it
        *("2", "1"),  # no, nothing else uses it, and its developers run it
        *("orders-kafka", "", ""),  # it needs that, and nothing new
        *("", ""),  # registered, and closed
        "who owns wren-feeder?",
    )
    assert "[1] This one" in said
    assert "Ana Ruiz chose checkout-api." in said
    assert "Press one of 1 to " in said
    assert "orders-kafka fits a platform team" in said
    assert "There is a component called ledger already. Nothing was saved." in said
    assert "wren-feeder (machine) will be registered. Payments owns it." in said
    assert "Assistant (#payments):\n  wren-feeder is registered. Payments owns it." in said
    assert "wren-feeder is owned by Payments." in said


def test_a_menu_is_numbered_with_the_buttons() -> None:
    """What stands in a menu elsewhere has a number of its own behind the buttons'."""
    said = chat("/which-model checkout-api", "/which-model checkout-api", "3")
    assert "[2] Share  [3] Copy decision record" in said
    assert "The decision about checkout-api, to copy:" in said


def test_a_form_can_be_left() -> None:
    """/cancel leaves a form, at any field; what was sent of it can be continued."""
    said = chat("/onboard wren-feeder", "", "/cancel", "who owns wren-feeder?")
    assert "Name [wren-feeder]:" in said
    assert "Closed." in said
    assert "There is no component called wren-feeder." in said


def test_a_button_of_a_form() -> None:
    """A number behind a stroke presses a button of the form, with what was entered so far."""
    said = chat("/onboard wren-feeder", "", "", "Feeds wrens.", "/2", "/onboard", "/cancel", "who owns wren-feeder?")
    assert "[/2] Register without the rest" in said
    assert "wren-feeder is registered. Payments owns it." in said
    assert "Still missing: a repository, a runbook." in said
    assert "wren-feeder is owned by Payments." in said


def test_whoever_may_not_ask_is_told_nothing() -> None:
    """A guest gets no answer, and the terminal says that none came; an unknown person is refused with the names."""
    assert "Nothing came back." in chat("who owns ledger?", options=("--as", "gus"))
    command = [sys.executable, "-m", "assistant", "chat", "--as", "nobody"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "ana" in done.stderr


def test_what_is_no_number_and_no_text() -> None:
    """A digit that is none, and bytes that are no UTF-8, are questions like others."""
    command = [sys.executable, "-m", "assistant", "chat"]
    typed = "who owns checkout?\n²\n".encode() + b"\xff\n" + b"who owns ledger?\n"
    done = subprocess.run(command, input=typed, capture_output=True, timeout=90)
    assert done.returncode == 0, done.stderr
    assert b"ledger is owned by Finance Platform." in done.stdout


def test_a_reader_that_goes_away() -> None:
    """When nobody reads what it prints any more, the conversation ends, with its bot and its folder."""
    command = f"{sys.executable} -m assistant chat | head -n 1"
    done = subprocess.run(command, shell=True, input=b"help\n" * 50, capture_output=True, timeout=60)  # noqa: S602
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("mrkdwn", "shown"),
    [
        ("*checkout-api* is owned by `payments`", "checkout-api is owned by payments"),
        ("<https://a.example/x|Runbook>", "Runbook https://a.example/x"),
        ("<#C0GENERAL> and <@U0ANA>", "#general and @ana"),
        ("&lt;!channel&gt; 2 * 3 * 4", "<!channel> 2 * 3 * 4"),
        ("*\u2060.example", "*.example"),
    ],
)
def test_marks_are_not_shown(mrkdwn: str, shown: str) -> None:
    """A terminal shows names and addresses, not Slack's marks."""
    assert plain(mrkdwn, fernwood()) == shown
