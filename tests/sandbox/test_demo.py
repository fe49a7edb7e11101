"""`assistant demo`: the page, and the bot behind it, for as long as it runs."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from demo import COMMAND, demo


class Client:
    """What the page's script sends, sent by hand."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.host = urlsplit(url).netloc

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection(self.host, timeout=10)
        try:
            sent = json.dumps(body) if isinstance(body, dict) else body
            connection.request(method, path, sent, {"Content-Type": "application/json"} | headers)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode()
        finally:
            connection.close()

    def act(self, name: str, **given: Any) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.ask("POST", f"/client/{name}", {"user": "U0ANA", **given})[2])
        return answer

    def screen(self, user: str = "U0ANA", place: str = "general", thread: str = "") -> dict[str, Any]:
        query = urlencode({"user": user, "place": place, "thread": thread})
        screen: dict[str, Any] = json.loads(self.ask("GET", f"/client/screen?{query}")[2])
        return screen

    def wait(self, for_: Callable[[dict[str, Any]], bool], **where: str) -> dict[str, Any]:
        """Return a screen once it is as wanted."""
        end = time.monotonic() + 15
        while not for_(screen := self.screen(**where)):
            assert time.monotonic() < end, screen
            time.sleep(0.05)
        return screen

    def connected(self) -> None:
        self.wait(lambda screen: "not connected" not in screen["slots"]["banner"])


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A demonstration with its bot connected."""
    with demo() as url:
        client = Client(url)
        client.connected()
        yield client


def test_a_question_is_answered(client: Client) -> None:
    """Whoever writes to the assistant in the demonstration is answered by the real bot."""
    client.act("command", channel="C0GENERAL", line="/who-owns checkout-api")
    screen = client.wait(lambda screen: "Only visible to you" in screen["slots"]["main"])
    assert "<b>checkout-api</b> is owned by <b>Payments</b>." in screen["slots"]["main"]
    assert "Only visible to you" not in client.screen("U0BEN")["slots"]["main"]


def test_no_request_can_leave_this_machine(client: Client) -> None:
    """The browser is told to load nothing from elsewhere, to run no script but the page's, to be in no frame."""
    status, headers, page = client.ask("GET", "/")
    assert status == 200
    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"https?://", page)
    for name in ("app.js", "patch.js", "picker.js", "app.css"):
        status, _, text = client.ask("GET", f"/static/{name}")
        assert status == 200
        assert not re.search(r"https?://|//[a-z]+\.", re.sub(r"(?m)//\s.*$", "", text))


def test_other_sites_get_nothing(client: Client) -> None:
    """A name that points to this machine (DNS rebinding) is refused, and so is a form that another site posts."""
    status, _, text = client.ask("GET", "/client/screen", Host="evil.example:8484")
    assert (status, text) == (400, "Invalid host header")
    api = client.ask("POST", "/api/chat.postMessage", "channel=C0GENERAL&text=forged", Host="evil.example")
    assert api[0] == 400
    said = urlencode({"user": "U0ANA", "channel": "C0GENERAL", "text": "forged"})
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.ask("POST", "/client/say", said, **form)[0] == 400
    assert client.ask("POST", "/client/say", json.dumps({"user": "U0ANA"}), **{"Content-Type": "text/plain"})[0] == 400
    assert "forged" not in client.screen()["slots"]["main"]


@pytest.mark.parametrize(
    ("act", "given", "sentence"),
    [
        ("say", {"channel": "C0GENERAL", "text": " "}, "There is nothing to send."),
        ("say", {"channel": "C0NOWHERE", "text": "x"}, "Ana Ruiz is not in that channel."),
        ("say", {"channel": "C0RANDOM", "user": "U0SAM", "text": "x"}, "Sam Stranger is not in that channel."),
        ("say", {"channel": "C0GENERAL"}, "text must be a text."),
        ("say", {"channel": "C0GENERAL", "text": "x" * 40_001}, "That is too long: Slack takes 40,000 characters."),
        ("edit", {"channel": "C0GENERAL", "ts": "1.2", "text": "x"}, "That message is no longer there."),
        ("submit", {"view": "V1", "values": {}}, "That form is no longer open."),
        ("fault", {"line": "slow"}, "That does not fit. Write slow METHOD SECONDS"),
        ("say", {"user": "U0NOBODY"}, "Say what to do, and as whom."),
        ("dance", {}, "Say what to do, and as whom."),
    ],
)
def test_what_cannot_be_done_is_said(client: Client, act: str, given: dict[str, Any], sentence: str) -> None:
    """A request that makes no sense gets one sentence."""
    assert client.act(act, **given)["failed"].startswith(sentence)


@pytest.mark.parametrize("body", ["", "[]", "null", "{", "\xff", '"say"', "[" * 100_000, " " * 1_000_001])
def test_a_body_that_is_no_object(client: Client, body: str) -> None:
    """Whatever is posted, the page answers with a sentence and goes on."""
    status, _, text = client.ask("POST", "/client/say", body.encode("latin-1"))
    assert status == 400
    assert json.loads(text)["failed"]


def test_half_a_character_is_no_text(client: Client) -> None:
    """What cannot be written as UTF-8 is shown as a question mark, and harms nobody."""
    client.act("say", channel="C0GENERAL", text="broken \ud800 text")
    assert "broken ? text" in client.screen()["slots"]["main"]


def test_only_your_own(client: Client) -> None:
    """Nobody edits what somebody else wrote, submits their form, or presses what only they see."""
    client.act("say", channel="C0PAYMENTS", text="a note of Ana's")
    ts = re.findall(r'data-ts="([\d.]+)"', client.screen(place="payments")["slots"]["main"])[-1]
    refused = client.act("edit", user="U0BEN", channel="C0PAYMENTS", ts=ts, text="forged")
    assert refused["failed"] == "Only your own messages can be edited."
    client.act("command", channel="C0PAYMENTS", line="/onboard wren")
    view = re.search(
        r'data-view="(V\d+)"', client.wait(lambda s: "data-field" in s["slots"]["modal"])["slots"]["modal"]
    )
    assert view
    assert client.screen("U0BEN")["slots"]["modal"] == ""
    assert client.act("submit", user="U0BEN", view=view[1], values={})["failed"] == "That form is no longer open."
    assert client.act("submit", view=view[1], values={"colour": "x"})["failed"].startswith(
        "The form has no field colour"
    )
    client.act("close")
    assert client.screen()["slots"]["modal"] == ""


def test_the_log_is_searched(client: Client) -> None:
    """The raw traffic is there in order, a word narrows it, and an entry opens with what was sent and answered."""
    client.act("command", channel="C0GENERAL", line="/who-owns ledger")
    status, _, text = client.ask("GET", "/client/log?match=text%22:+%22ledger")
    html = json.loads(text)["html"]
    assert status == 200
    assert "/who-owns" in html
    assert "apps.connections.open" not in html
    number = re.findall(r'data-number="(\d+)"', html)[-1]
    entry = json.loads(client.ask("GET", f"/client/log/{number}")[2])
    assert '"command": "/who-owns"' in entry["body"]
    assert "ledger is owned by" in entry["answer"]
    assert "Nothing that fits" in client.ask("GET", "/client/log?match=nosuchword")[2]
    assert client.ask("GET", "/client/log/999999")[0] == 404
    assert client.ask("GET", f"/client/log/{'9' * 5000}")[0] == 404


def test_a_registry_of_your_own(tmp_path: Path) -> None:
    """Its channels, people and usergroups are in the workspace, and the first message names something that it holds."""
    (tmp_path / "mine.yaml").write_text(
        'teams: [{name: moss, slack_channel: "#moss-help", slack_usergroup: S0MOSS, contacts: [U0MIRA, "@x"]}]\n'
        'components: [{name: "<fern> & co", owner: moss}]\n'
    )
    with demo("--registry", str(tmp_path / "mine.yaml"), "--http") as url:
        client = Client(url)
        client.connected()
        screen = client.screen()
        assert "moss-help" in screen["known"]["channels"]
        assert {"name": "u0mira", "detail": "U0MIRA"} in screen["known"]["people"]
        assert "The registry holds 1 component and 1 team." in screen["slots"]["main"]
        assert "who owns &lt;fern&gt; &amp; co?" in screen["slots"]["main"]
        client.act("command", channel=screen["channel"], line="/who-owns <fern> & co")
        client.wait(lambda screen: "<b>&lt;fern&gt; &amp; co</b> is owned by <b>moss</b>." in screen["slots"]["main"])


def test_a_fault_from_the_command_line() -> None:
    """A fault that was asked for waits in sight, strikes, and is gone."""
    with demo("--fault", "fail chat.postMessage is_archived") as url:
        client = Client(url)
        client.connected()
        assert "fail chat.postMessage is_archived" in client.screen()["slots"]["banner"]
        client.act("say", channel="C0GENERAL", text="@assistant who owns ledger?")
        client.wait(lambda screen: "is_archived" not in screen["slots"]["banner"])


def test_a_file_that_is_wrong(tmp_path: Path) -> None:
    """A registry with a fault in it is refused with its place; so are a fault, and a port, that cannot be."""
    (tmp_path / "bad.yaml").write_text("components: [{name: a, colour: red}]\n")
    for options, said in (
        (["--registry", str(tmp_path / "bad.yaml")], "bad.yaml:1:"),
        (["--registry", str(tmp_path / "none.yaml")], "none.yaml"),
        (["--fault", "drop"], "drop strikes at once: ask for it on the page"),
        (["--fault", "explode"], "explode is no fault. These are: slow METHOD SECONDS [TIMES], "),
    ):
        done = subprocess.run([*COMMAND, "--port", "0", *options], capture_output=True, text=True, timeout=60)
        assert done.returncode in (1, 2)
        assert said in " ".join(re.sub(r"[│╭╮╰╯─]", " ", done.stderr).split())
        assert "Traceback" not in done.stderr


def test_a_port_that_is_taken() -> None:
    """A port that something else uses is named, with what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run([*COMMAND, "--port", port], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert f"Port {port} is in use" in done.stderr
    assert "--port" in done.stderr


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_with_its_bot(signum: signal.Signals) -> None:
    """Ctrl-C, or the end of a terminal, ends the page, the bot and the temporary folder."""
    with subprocess.Popen([*COMMAND, "--port", "0"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            address = re.search(r"http://\S+", process.stdout.readline())
            assert address
            Client(address[0]).connected()
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            folders = {Path(entry).parent for entry in _open_files(process.pid, *children)}
        finally:
            process.send_signal(signum)
        assert process.wait(30) == 0
    assert children
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    assert folders
    assert not [folder for folder in folders if folder.exists()]


def _open_files(*pids: int | str) -> list[str]:
    """Return the files of temporary folders that processes hold open."""
    names = []
    for link in (link for pid in pids for link in Path(f"/proc/{pid}/fd").iterdir()):
        with suppress(FileNotFoundError):  # a connection that was closed meanwhile
            names.append(os.readlink(link))
    return [name for name in names if "assistant-demo-" in name]
