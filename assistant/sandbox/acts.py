"""What a person does on the page, as its script posts it: read, checked, and done in the stand-in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from assistant.sandbox.standin import StandIn
from assistant.sandbox.web_api import TEXT_LIMIT
from assistant.sandbox.workspace import Json, Message, Person, View


class WrongError(ValueError):
    """A request that the script does not make. The text says what is wrong with it."""


@dataclass(frozen=True)
class Act:
    """What a person does, as the script posts it."""

    standin: StandIn
    person: Person
    given: Json

    def text(self, name: str) -> str:
        value = self.given.get(name)
        if not isinstance(value, str):
            raise WrongError(f"{name} must be a text.")
        if len(value) > TEXT_LIMIT:
            raise WrongError(f"That is too long: Slack takes {TEXT_LIMIT:,} characters.")
        return value.encode("utf-8", "replace").decode()  # half a surrogate pair is no text

    def optional(self, name: str) -> str | None:
        return None if self.given.get(name) is None else self.text(name)

    @property
    def values(self) -> Json:
        values = self.given.get("values")
        if not isinstance(values, dict | None):
            raise WrongError("values must be an object.")
        return values or {}

    @property
    def channel(self) -> str:
        channel = self.standin.workspace.channels.get(self.text("channel"))
        if channel is None or self.person.id not in channel.members:
            raise WrongError(f"{self.person.real_name} is not in that channel.")
        return channel.id

    @property
    def message(self) -> Message:
        message = self.standin.workspace.messages.get((self.channel, self.text("ts")))
        if message is None or message.only_for not in (None, self.person.id):
            raise WrongError("That message is no longer there.")
        return message

    @property
    def view(self) -> View:
        view = self.standin.workspace.views.get(self.text("view"))
        if view is None or view.user != self.person.id:
            raise WrongError("That form is no longer open.")
        return view


async def _say(act: Act) -> None:
    if not act.text("text").strip():
        raise WrongError("There is nothing to send.")
    await act.standin.say(act.person.id, act.channel, act.text("text"), act.optional("thread"))


async def _edit(act: Act) -> None:
    if act.message.user != act.person.id or act.message.from_system:
        raise WrongError("Only your own messages can be edited.")
    await act.standin.edit(act.person.id, act.channel, act.message.ts, act.text("text"))


async def _command(act: Act) -> None:
    await act.standin.command(act.person.id, act.channel, act.text("line"))


async def _click(act: Act) -> Json:
    pressed = {"view": act.view} if "view" in act.given else {"message": act.message}
    ids = {"action_id": act.text("action_id"), "block_id": act.text("block_id"), "value": act.optional("value")}
    return {"failed": await act.standin.click(act.person.id, **pressed, **ids, values=act.values)}  # type: ignore[arg-type]


async def _shortcut(act: Act) -> Json:
    chosen = act.text("callback_id")
    return {"failed": await act.standin.shortcut(act.person.id, act.channel, act.message.ts, chosen)}


async def _submit(act: Act) -> Json:
    return await act.standin.submit(act.person.id, act.view.id, act.values)


async def _suggest(act: Act) -> Json:
    ids = act.view.id, act.text("block_id"), act.text("action_id")
    return {"options": await act.standin.suggest(act.person.id, *ids, act.text("typed"))}


async def _home(act: Act) -> None:
    await act.standin.open_home(act.person.id, act.optional("tab") or "home")


async def _close(act: Act) -> None:
    act.standin.close(act.person.id)


async def _reload(act: Act) -> None:
    act.standin.reload(act.person.id)
    act.standin.close(act.person.id)


async def _fault(act: Act) -> Json:
    return {"said": act.standin.fault(act.text("line"))}


ACTS: dict[str, Callable[[Act], Awaitable[Json | None]]] = {
    "say": _say,
    "edit": _edit,
    "command": _command,
    "click": _click,
    "shortcut": _shortcut,
    "submit": _submit,
    "suggest": _suggest,
    "home": _home,
    "close": _close,
    "reload": _reload,
    "fault": _fault,
}
