"""The terminal: the stand-in without its page. A number presses a button, and a form is asked field by field."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from assistant.sandbox.mrkdwn import plain
from assistant.sandbox.standin import StandIn
from assistant.sandbox.workspace import BOT_USER, Json, Message, View, Workspace, elements_of

PATIENCE_S = 5.0
"""How long an answer may take before the prompt comes back without it."""
QUIET_S = 0.25
"""No change for so long: the answer is complete."""

Read = Callable[[str], "asyncio.Future[str | None]"]
Write = Callable[[str], None]


class Lines:
    """Reads lines beside the event loop; None at the end of input. Through a pipe, each line is shown as it is read."""

    def __init__(self) -> None:
        self._interactive = bool(sys.stdin and sys.stdin.isatty())
        self._loop = asyncio.get_running_loop()
        if self._interactive:
            with suppress(ImportError):  # gives input() its history and editing, where the platform has it
                import readline  # noqa: F401

    def read(self, prompt: str) -> asyncio.Future[str | None]:
        future: asyncio.Future[str | None] = self._loop.create_future()
        # A daemon thread: a prompt that nobody answers must not keep the process from ending.
        threading.Thread(target=self._read, args=(prompt, future), daemon=True).start()
        return future

    def _read(self, prompt: str, future: asyncio.Future[str | None]) -> None:
        line: str | None = None
        with suppress(EOFError, KeyboardInterrupt, OSError, RuntimeError):  # the input or the output has ended
            line = input(prompt).encode("utf-8", "replace").decode()
            if not self._interactive:
                sys.stdout.write(f"{line}\n")
        with suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(_settle, future, line)


def _settle(future: asyncio.Future[str | None], line: str | None) -> None:
    if not future.done():
        future.set_result(line)


class Chat:
    """One person at a terminal, in direct messages with the assistant; commands are typed in #general."""

    def __init__(self, standin: StandIn, user: str, read: Read, write: Write) -> None:
        self._standin = standin
        self._workspace = standin.workspace
        self._user = user
        self._read = read
        self._write = write
        self._seen: dict[tuple[str, str], str] = {}
        self._buttons: list[tuple[Message, str, Json, str | None]] = []

    async def talk(self) -> None:
        """Read and answer until the end of input."""
        self._news()
        while (line := await self._read("> ")) is not None:
            text = line.strip()
            if text in ("quit", "exit"):
                return
            if text:
                await self._do(text)
                if self._user in self._workspace.modals:
                    await self._fill_in(self._workspace.modals[self._user])
                    self._news()

    async def _do(self, text: str) -> None:
        standin, user = self._standin, self._user
        if text.isdecimal() and self._buttons:
            if not 1 <= int(text) <= len(self._buttons):
                self._write(f"Press one of 1 to {len(self._buttons)}, or ask something else.")
                return
            message, block_id, element, chosen = self._buttons[int(text) - 1]
            ids = {"block_id": block_id, "action_id": element["action_id"], "value": chosen}
            failed = await standin.click(user, message=message, **ids)
            if failed:
                self._write(failed)
        elif text.startswith("/"):
            await standin.command(user, "C0GENERAL", text)
        else:
            await standin.say(user, self._workspace.direct(user).id, text)
        await self._answered()

    async def _answered(self) -> None:
        """Wait until there is something to show, and until nothing more comes; then show it."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_S
        while loop.time() < deadline and not (self._changes() or self._modal_is_ready()):
            await self._standin.changed(self._standin.revision, 0.1)
        revision = -1
        while loop.time() < deadline and revision != self._standin.revision:
            revision = self._standin.revision
            await self._standin.changed(revision, QUIET_S)
        if not self._news() and self._user not in self._workspace.modals:
            self._write("Nothing came back.")

    def _modal_is_ready(self) -> bool:
        modal = self._workspace.modals.get(self._user)
        return bool(modal and (modal.body["submit"] or not list(elements_of(modal.body["blocks"]))))

    # Showing

    def _changes(self) -> list[Message]:
        """Return the messages that this person has not seen as they are now, the own ones left out."""
        mine = {channel.id for channel in self._workspace.channels.values() if self._user in channel.members}
        return [
            message
            for message in self._workspace.messages.values()
            if message.channel in mine
            and message.only_for in (None, self._user)
            and message.shown
            and (message.user != self._user or message.from_system)
            and self._seen.get((message.channel, message.ts)) != _fingerprint(message)
        ]

    def _news(self) -> bool:
        changes = self._changes()
        if changes:
            self._buttons = []
        for message in changes:
            self._seen[message.channel, message.ts] = _fingerprint(message)
            channel = self._workspace.channels[message.channel]
            where = "" if channel.person else f"#{channel.name}"
            only = "only you see this" if message.only_for else ""
            note = ", ".join(filter(None, (where, only)))
            author = "Slack" if message.from_system else self._workspace.people[message.user].real_name
            self._write(f"{author}{f' ({note})' if note else ''}:")
            for line in self._rendered(message):
                self._write(f"  {line}")
        return bool(changes)

    def _rendered(self, message: Message) -> Iterator[str]:
        """Return a message's lines; its buttons get the numbers that press them."""
        if not message.blocks:
            yield from plain(message.text, self._workspace).splitlines()
        for block in message.blocks:
            buttons = []
            for _, element in elements_of([block]):
                for label, chosen in _ways_to_press(element) if message.user == BOT_USER else ():
                    self._buttons.append((message, block["block_id"], element, chosen))
                    buttons.append(f"[{len(self._buttons)}] {label}")
            lines = list(block_lines(block, self._workspace))
            if lines and buttons and block["type"] == "section":
                lines[-1] += "  " + "  ".join(buttons)
            elif buttons:
                lines.append("  ".join(buttons))
            yield from lines

    # Forms

    async def _fill_in(self, view: View) -> None:
        """Go through a form until it is closed: ask its fields, and go on with what comes of it."""
        while True:
            self._show(view)
            values: dict[str, Any] = {}
            if not (view.body["submit"] or _buttons(view)):
                return self._standin.close(self._user)
            if not await self._through(view, values):
                return self._closed()
            await self._answered()
            if self._user not in self._workspace.modals:
                return None
            view = self._workspace.modals[self._user]

    async def _through(self, view: View, values: dict[str, Any]) -> bool:
        """Have one screen of a form filled in, and sent or a button of it pressed. False: it is to be closed."""
        errors: dict[str, str] = {}
        asked = _fields(view)
        while True:
            done = ""
            for block in asked:
                done = done or await self._field(view, block, errors.get(block["block_id"]), values)
            if not asked:
                done = await self._checked(view, values)
            if done:
                return done == "pressed"
            outcome = await self._standin.submit(self._user, view.id, values)
            errors = outcome.get("errors", {})
            asked = [block for block in _fields(view) if block["block_id"] in errors]
            if "failed" in outcome:
                self._write(outcome["failed"])
            if not outcome:
                return True

    async def _pressed(self, view: View, line: str | None, values: dict[str, Any]) -> str:
        """Press the button that a line names. Return `pressed`, `closed` when that is wanted instead, or nothing."""
        text = "/cancel" if line is None else line.strip()
        if text == "/cancel":
            return "closed"
        buttons = _buttons(view)
        if not (text.startswith("/") and text[1:].isdecimal() and 1 <= int(text[1:]) <= len(buttons)):
            return ""
        block_id, element = buttons[int(text[1:]) - 1]
        ids = {"block_id": block_id, "action_id": element["action_id"]}
        failed = await self._standin.click(self._user, view=view, values=values, **ids)
        if failed:
            self._write(failed)
        return "pressed"

    def _show(self, view: View) -> None:
        self._write(f"— {view.body['title']['text']} —")
        number = 0
        for block in view.body["blocks"]:
            lines = list(block_lines(block, self._workspace))
            labels = [element["text"]["text"] for _, element in elements_of([block]) if element["type"] == "button"]
            shown = "  ".join(f"[/{number + at}] {label}" for at, label in enumerate(labels, start=1))
            number += len(labels)
            for line in filter(None, [*lines[:-1], "  ".join(filter(None, [*lines[-1:], shown]))]):
                self._write(f"  {line}")

    def _closed(self) -> None:
        self._standin.close(self._user)
        self._write("Closed.")

    async def _checked(self, view: View, values: dict[str, Any]) -> str:
        """Have the whole form looked at once more. Return what `_pressed` does; nothing when it is to be sent."""
        fields = _fields(view)
        ways = ["Enter sends it" if view.body["submit"] else "Enter closes it"]
        ways += ["a number changes that field"] if fields else []
        ways += ["/1 presses [/1]"] if _buttons(view) else []
        while True:
            for number, block in enumerate(fields, start=1):
                self._write(f"  {number}. {block['label']['text']}: {_shown(_entered(block, values)) or '—'}")
            line = await self._read(f"  {', '.join(ways)}, /cancel closes: ")
            if done := await self._pressed(view, line, values):
                return done
            text = (line or "").strip()
            if not text:
                return "" if view.body["submit"] else "closed"
            named = text.isdecimal() and 1 <= int(text) <= len(fields)
            if named and (done := await self._field(view, fields[int(text) - 1], None, values)):
                return done

    async def _field(self, view: View, block: Json, error: str | None, values: dict[str, Any]) -> str:
        """Ask one field until what is entered fits it; nothing keeps what stands. Return what `_pressed` does."""
        element, block_id = block["element"], block["block_id"]
        options: list[Json] = element.get("options", [])
        label = block["label"]["text"] + (" (optional)" if block.get("optional") else "")
        current = _shown(_entered(block, values))
        if error:
            self._write(f"  ! {error}")
        self._list(options)
        while True:
            line = await self._read(f"  {label}{f' [{current}]' if current else ''}: ")
            if done := await self._pressed(view, line, values):
                return done
            text = (line or "").strip()
            chosen = next((o for n, o in enumerate(options, start=1) if text in (str(n), o["text"]["text"])), None)
            if not text:
                return ""
            if chosen or element["type"] == "plain_text_input":
                values[block_id] = chosen or text[: element.get("max_length", 3_000)]
                return ""
            if element["type"] == "external_select":
                options = await self._standin.suggest(self._user, view.id, block_id, element["action_id"], text)
                self._list(options)
            if not options:
                self._write("  Nothing fits; type other letters, or press Enter to leave it.")
            elif element["type"] != "external_select":
                self._write(f"  Choose a number from 1 to {len(options)}.")

    def _list(self, options: list[Json]) -> None:
        for number, option in enumerate(options, start=1):
            self._write(f"  {number}. {option['text']['text']}")


def _ways_to_press(element: Json) -> list[tuple[str, str | None]]:
    """Return the labels of a button, or of a menu's options, and what each option is worth."""
    if element["type"] == "overflow":
        return [(option["text"]["text"], option["value"]) for option in element["options"]]
    return [(element["text"]["text"], None)]


def _fields(view: View) -> list[Json]:
    """Return what a form asks; nothing, when it cannot be submitted."""
    return [block for block in view.body["blocks"] if block["type"] == "input" and view.body["submit"]]


def _buttons(view: View) -> list[tuple[str, Json]]:
    """Return a form's buttons with their blocks' ids, in reading order."""
    return [(b, element) for b, element in elements_of(view.body["blocks"]) if element["type"] == "button"]


def _entered(block: Json, values: dict[str, Any]) -> Any:
    element = block["element"]
    return values.get(block["block_id"], element.get("initial_value") or element.get("initial_option"))


def _shown(entered: Any) -> str:
    return str(entered["text"]["text"] if isinstance(entered, dict) else entered or "")


def block_lines(block: Json, workspace: Workspace) -> Iterator[str]:
    """Return what a block says, as plain lines."""
    if block["type"] == "section":
        yield from plain(block["text"]["text"], workspace).splitlines()
    elif block["type"] == "header":
        yield block["text"]["text"]
    elif block["type"] == "context":
        for element in block["elements"]:
            yield from plain(element["text"], workspace).splitlines()
    elif block["type"] == "divider":
        yield "────"


def _fingerprint(message: Message) -> str:
    return message.text + json.dumps(message.blocks)
