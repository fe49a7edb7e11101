"""What `run` needs, tried one by one: what is right, what is wrong, and what to do about it."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from typing import Literal, TypeAlias

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from assistant.core.notices import is_person
from assistant.errors import AssistantError
from assistant.formats.rulebook_file import check_rulebook
from assistant.settings import Settings
from assistant.slack import payloads
from assistant.slack.channels import Channels
from assistant.slack.manifest import manifest
from assistant.slack.tokens import accepted, answered
from assistant.storage.database import current_revision, head_revision, open_engine, sqlite_file, try_writing
from assistant.storage.repository import Repository

Status = Literal["ok", "warning", "problem"]
Finding: TypeAlias = tuple[Status, str]

TIMEOUT_S = 10
SIGNED_S = 300
"""Slack's signatures count for five minutes: https://docs.slack.dev/authentication/verifying-requests-from-slack"""
NOTICEABLE_S = 30
NEEDED_MB = 100
"""Less free disk than this, and a busy day can fill it."""


@dataclass(frozen=True)
class Check:
    """What was tried, and what came of it. The message holds the remedy, where one is needed."""

    check: str
    status: Status
    message: str


def examine() -> list[Check]:
    """Try everything, in an order in which things depend on one another. What fails never hides what is behind it."""
    settings, unreadable = Settings.usable()
    slack, database = _Slack(settings), _Database(settings.database_url)
    checks: dict[str, Callable[[], Finding]] = {"settings": lambda: _settings(unreadable)}
    if settings.names_slack:
        checks |= {"bot token": slack.bot_token, "scopes": slack.scopes, "transport": slack.transport}
        checks |= {"administrators": slack.administrators, "clock": slack.clock}
        checks |= {"digest": slack.digest} if settings.digest else {}
    else:
        checks |= {"slack": lambda: _NO_SLACK}
    checks |= {"database": database.layout, "writing": database.writing, "disk": database.disk}
    checks |= {"trust": lambda: database.trust(settings.trust)} if settings.assistant_trust else {}
    checks |= {"rulebook": lambda: _rulebook(settings)}
    return [Check(name, *_tried(check)) for name, check in checks.items()]


def _tried(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except AssistantError as error:
        return "problem", str(error)
    except Exception as error:  # noqa: BLE001  whatever it is, the other checks are wanted all the more
        return (
            "problem",
            f"This could not be checked ({type(error).__name__}): report it, it is a fault of this program.",
        )


_NO_SLACK: Finding = (
    "warning",
    "No Slack variable is set, so Slack was not asked: `run` needs SLACK_BOT_TOKEN, and SLACK_APP_TOKEN or "
    "SLACK_SIGNING_SECRET.",
)


def _not_checked(first: str) -> Finding:
    return "warning", f"Not checked: see to the {first} first."


def _settings(unreadable: list[str]) -> Finding:
    if unreadable:
        return "problem", " ".join([*unreadable, "Correct or unset it; here it counted as not set."])
    return "ok", "Every variable that is set can be read."


class _Slack:
    """What is asked of Slack. The first answer is kept, for the checks that read more in it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._answer: AsyncSlackResponse | None = None
        self._answered_at = datetime.now(UTC)
        self._missing: set[str] = set()

    def bot_token(self) -> Finding:
        client = self._client()
        self._answer = self._ask(client.auth_test())
        self._answered_at = datetime.now(UTC)
        identity = accepted(self._answer, "SLACK_BOT_TOKEN")
        return "ok", f"Slack takes it, for {identity.get('user')} in the workspace {identity.get('team')}."

    def scopes(self) -> Finding:
        if not self._is_let_in():
            return _not_checked("bot token")
        assert self._answer
        listed = self._answer.headers.get("x-oauth-scopes")
        if listed is None:
            return (
                "warning",
                "Slack did not say which are granted: let the proxy, if there is one, pass its headers on.",
            )
        granted = {scope.strip() for scope in listed.split(",")}
        needed = set(manifest()["oauth_config"]["scopes"]["bot"])
        remedy = "paste what `assistant manifest` prints into the app's page under App Manifest, and reinstall the app."
        self._missing = needed - granted
        if self._missing:
            return "problem", f"Not granted: {', '.join(sorted(self._missing))}; {remedy}"
        if unused := granted - needed:
            return "warning", f"Granted and never used: {', '.join(sorted(unused))}; {remedy}"
        return "ok", f"All {len(needed)} are granted, and no others."

    def transport(self) -> Finding:
        app_token, _ = self._settings.transport()
        if app_token is None:
            return "ok", "HTTP, with a signing secret. Whether it is this app's shows at the first post of Slack."
        client = AsyncWebClient(base_url=self._settings.api_url(), timeout=TIMEOUT_S)
        accepted(self._ask(client.apps_connections_open(app_token=app_token)), "SLACK_APP_TOKEN")
        return "ok", "Socket Mode. Slack takes the app token."

    def administrators(self) -> Finding:
        self._settings.check_people()
        admins = self._settings.admins
        if not admins:
            return "warning", "Nobody administers the registry: list user ids or usergroup ids in ASSISTANT_ADMINS."
        if not self._is_let_in():
            return _not_checked("bot token")
        if self._missing:
            return _not_checked("scopes")
        registrars = self._settings.registrars
        for name, people in (("ASSISTANT_ADMINS", admins), ("ASSISTANT_REGISTRARS", registrars)):
            if faults := [fault for each in people if (fault := self._fault_of(each))]:
                return "problem", f"{'; '.join(faults)}: correct {name}."
        may_register = f" Of the others only {', '.join(registrars)} may register components." if registrars else ""
        return "ok", f"Slack knows {', '.join(admins)}.{may_register}"

    def clock(self) -> Finding:
        if self._answer is None or "date" not in self._answer.headers:
            return _not_checked("bot token")
        ahead_s = (self._answered_at - parsedate_to_datetime(self._answer.headers["date"])).total_seconds()
        if abs(ahead_s) <= NOTICEABLE_S:
            return "ok", "It agrees with Slack's."
        differs = f"It is {abs(ahead_s):.0f} s {'ahead of' if ahead_s > 0 else 'behind'} Slack's"
        if abs(ahead_s) <= SIGNED_S:
            return "warning", f"{differs}: let this machine set its clock by the network."
        return (
            "problem",
            f"{differs}, and over HTTP nothing of Slack's is taken: let this machine set its clock by the network.",
        )

    def digest(self) -> Finding:
        self._settings.check_digest()
        if self._missing or not self._is_let_in():
            return _not_checked("bot token" if not self._is_let_in() else "scopes")
        if faults := [fault for each in self._settings.digest if (fault := self._fault_of_place(each))]:
            return "problem", f"{'; '.join(faults)}: correct ASSISTANT_DIGEST."
        return "ok", f"It goes to {', '.join(self._settings.digest)} on Mondays from 09:00 UTC."

    def _fault_of_place(self, place: str) -> str | None:
        if place == "admins":
            return None if self._settings.admins else "ASSISTANT_ADMINS names nobody"
        if is_person(place):
            return self._fault_of(place)
        channel = asyncio.run(Channels().find(self._client(), place))
        if channel is None:
            return f"the assistant is not in {place}"
        return f"another company reads {place}" if channel.shared else None

    def _client(self) -> AsyncWebClient:
        return AsyncWebClient(self._settings.bot_token(), self._settings.api_url(), timeout=TIMEOUT_S)

    def _ask(self, call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
        return asyncio.run(answered(call, self._settings.api_url()))

    def _is_let_in(self) -> bool:
        return self._answer is not None and bool(self._answer.get("ok"))

    def _fault_of(self, admin: str) -> str | None:
        client = self._client()
        if admin.startswith("S"):
            answer = self._ask(client.usergroups_users_list(usergroup=admin))
            is_of_use = bool(answer.get("users"))
            lacking = "has no members"
        else:
            answer = self._ask(client.users_info(user=admin))
            person = payloads.person(answer.data) if answer.get("ok") else {}  # type: ignore[arg-type]
            is_of_use = bool(person) and person["alive"] and not person["guest"]
            lacking = "is no full member of the workspace"
        if not answer.get("ok"):
            return f"{admin} cannot be found ({answer.get('error')})"
        return None if is_of_use else f"{admin} {lacking}"


class _Database:
    def __init__(self, url: str) -> None:
        self._url = url
        self._has_place = False
        self._is_current = False

    def layout(self) -> Finding:
        engine, file, head = open_engine(self._url), sqlite_file(self._url), head_revision()
        self._has_place = file is None or file.parent.exists()
        if file and not file.exists():
            if not os.access(file.parent, os.W_OK):
                return "problem", f"{file.parent} cannot be written to: let DATABASE_URL name a file elsewhere."
            return "warning", f"{file} does not exist yet: `assistant import` makes it, or correct DATABASE_URL."
        revision = current_revision(engine)
        if revision is None:
            return "warning", "It is empty: `assistant import` fills it."
        if revision != head:
            return (
                "warning",
                f"Its layout is {revision}, this version's {head}: `run` or `assistant db upgrade` upgrades it.",
            )
        self._is_current = True
        return "ok", f"It is reachable, with this version's layout, {revision}."

    def writing(self) -> Finding:
        if not self._is_current:
            return _not_checked("database")
        try_writing(open_engine(self._url))
        return "ok", "It takes writes."

    def trust(self, patterns: Sequence[str]) -> Finding:
        if not self._is_current:
            return _not_checked("database")
        sources = Repository(open_engine(self._url)).catalog().sources
        without = [each for each in patterns if not any(PurePosixPath(source).match(each) for source in sources)]
        if without:
            fits = f"ASSISTANT_TRUST names {', '.join(without)}, which fits no source"
            return "warning", f"{fits}: `assistant sources` lists what there is."
        return "ok", "Every pattern of ASSISTANT_TRUST fits a source."

    def disk(self) -> Finding:
        if not self._has_place:
            return _not_checked("database")
        file = sqlite_file(self._url)
        if file is None:
            return "ok", "The database is on its own server."
        size = file.stat().st_size if file.exists() else 0
        return room(shutil.disk_usage(file.parent).free, size)


def room(free_bytes: int, database_bytes: int) -> Finding:
    """Judge the free disk beside a SQLite file: its changes need some, and a copy of it as much as it has."""
    free_mb, database_mb = free_bytes // 1_000_000, database_bytes // 1_000_000
    if free_mb < NEEDED_MB:
        return "problem", f"{free_mb} MB are free beside the database: make room."
    if free_mb < NEEDED_MB + database_mb:
        return "warning", f"{free_mb} MB are free, and `db restore` needs {database_mb} for a copy: make room."
    return "ok", f"{free_mb} MB are free beside the database."


def _rulebook(settings: Settings) -> Finding:
    label, content = settings.rulebook_file()
    rows = check_rulebook(label, content)
    if not rows:
        return "ok", f"Nothing is wrong with {label}."
    worst = next((row for row in rows if row.severity == "error"), rows[0])
    found = f"{label}:{worst.line}:{worst.column}: {worst.message.rstrip('.')}"
    all_of_it = "it" if len(rows) == 1 else f"all {len(rows)} findings"
    status: Status = "problem" if worst.severity == "error" else "warning"
    return status, f"{found}: correct that; `assistant rules check` shows {all_of_it}."
