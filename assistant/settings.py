"""Settings: the only reader of the environment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.core.rulebook import Rulebook
from assistant.errors import ConfigurationError, FileError
from assistant.formats.parts_file import read_parts
from assistant.formats.rulebook_file import read_rulebook

SLACK_API = "https://slack.com/api/"


HTTP_PORT = 3_000


@dataclass(frozen=True)
class Slack:
    """How Slack is reached, and how it reaches the bot: over Socket Mode with the app token, else over HTTP."""

    bot_token: str
    api_url: str
    app_token: str | None
    signing_secrets: tuple[str, ...]
    host: str
    port: int | None
    """Where posts are taken and health is served; None in Socket Mode: nothing is."""


class Settings(BaseSettings):
    """What the environment says. An empty variable counts as one that is not set."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: str = SLACK_API
    slack_client_id: str | None = None
    slack_signing_secret: SecretStr | None = None
    slack_signing_secret_previous: SecretStr | None = None
    port: int | None = Field(default=None, ge=1, le=65_535)
    assistant_log_level: Literal["debug", "info", "warning", "error"] = "info"
    assistant_transport: Literal["socket", "http"] | None = None
    assistant_host: str = "0.0.0.0"  # noqa: S104  Slack posts from outside; a proxy on this machine narrows it
    database_url: str = "sqlite:///assistant.db"
    assistant_rulebook: Path | None = None
    assistant_parts: Path | None = None
    assistant_admins: str = Field(default="")
    assistant_digest: str = Field(default="")
    assistant_registrars: str = Field(default="")
    assistant_trust: str = Field(default="")

    @property
    def trust(self) -> tuple[str, ...]:
        """The order of trust in sources: patterns for their paths, the most trusted first, or ConfigurationError."""
        patterns = _listed(self.assistant_trust)
        for pattern in patterns:
            if not PurePosixPath(pattern).parts:
                raise ConfigurationError(
                    f"ASSISTANT_TRUST holds {pattern!r}, which names no file: list ends of paths, such as CODEOWNERS."
                )
        return patterns

    @property
    def admins(self) -> tuple[str, ...]:
        """Ids of the users and usergroups that administer the registry."""
        return _listed(self.assistant_admins)

    @property
    def registrars(self) -> tuple[str, ...]:
        """Ids of the users and usergroups that may register components; none: every member may."""
        return _listed(self.assistant_registrars)

    @property
    def digest(self) -> tuple[str, ...]:
        """Where the digest goes: channels by `#name` or id, people by id, or `admins`; none: nobody asks for it."""
        return _listed(self.assistant_digest)

    def check_digest(self) -> None:
        """Raise ConfigurationError when the digest is to go where nothing can go."""
        for each in self.digest:
            if not re.fullmatch(r"admins|#\S+|[CGUW][A-Z0-9]{2,}", each):
                raise ConfigurationError(
                    f"ASSISTANT_DIGEST holds {each!r}: list channels (#name or C…), people (U…), or write admins."
                )

    @property
    def names_slack(self) -> bool:
        """Whether any of the secrets is set with which the bot and Slack know each other."""
        return any((self.slack_bot_token, self.slack_app_token, self.slack_signing_secret))

    def slack(self) -> Slack:
        """Return how to talk with Slack, or raise ConfigurationError."""
        bot = self.bot_token()
        app, secrets = self.transport()
        address = self.api_url()
        self.check_people()
        self.check_digest()
        return Slack(bot, address, app, secrets, self.assistant_host, self.port or (None if app else HTTP_PORT))

    def bot_token(self) -> str:
        """Return the token that the bot calls Slack with, or raise ConfigurationError."""
        token = _token("SLACK_BOT_TOKEN", self.slack_bot_token, "xoxb-", "the app's page under OAuth & Permissions")
        if self.slack_client_id:
            raise ConfigurationError(
                "SLACK_CLIENT_ID is set, and Slack's library would then ignore SLACK_BOT_TOKEN: unset it."
            )
        return token

    def transport(self) -> tuple[str | None, tuple[str, ...]]:
        """Return the app token, None over HTTP, and the signing secrets, or raise ConfigurationError."""
        given = (self.slack_signing_secret, self.slack_signing_secret_previous)
        current, previous = (secret.get_secret_value().strip() if secret else "" for secret in given)
        secrets = tuple(filter(None, (current, previous)))
        over_http = self.assistant_transport == "http" or (
            self.assistant_transport is None and self.slack_app_token is None and bool(current)
        )
        if not over_http:
            where = "the app's page under Basic Information"
            return _token("SLACK_APP_TOKEN", self.slack_app_token, "xapp-", where), secrets
        if not current:
            raise ConfigurationError(
                "SLACK_SIGNING_SECRET is not set, and ASSISTANT_TRANSPORT=http needs it: "
                "copy it from the app's page under Basic Information."
            )
        return None, secrets

    def api_url(self) -> str:
        """Return the address of Slack's Web API, or raise ConfigurationError."""
        address = self.slack_api_url
        if not address.startswith(("http://", "https://")) or not address.endswith("/api/"):
            raise ConfigurationError(
                "SLACK_API_URL is no address of an API: it begins with https:// and ends in /api/."
            )
        return address

    def check_people(self) -> None:
        """Raise ConfigurationError when an administrator, or somebody who may register, is no id."""
        for name, listed in (("ASSISTANT_ADMINS", self.admins), ("ASSISTANT_REGISTRARS", self.registrars)):
            for each in listed:
                if not (each[0] in "UWS" and each.isalnum()):
                    raise ConfigurationError(
                        f"{name} holds {each!r}, which is no id: list user ids (U…) or usergroup ids (S…)."
                    )

    @classmethod
    def read(cls) -> Self:
        """Read the environment, or raise a ConfigurationError that names what is wrong."""
        settings, wrong = cls.usable()
        if wrong:
            raise ConfigurationError(wrong[0])
        return settings

    @classmethod
    def usable(cls) -> tuple[Self, list[str]]:
        """Return what can be read of the environment, and a sentence for each variable that counts as not set."""
        try:
            return cls(), []
        except ValidationError as error:
            wrong = {str(detail["loc"][0]): detail["msg"] for detail in error.errors()}
        instead = {name: cls.model_fields[name].default for name in wrong}
        return cls(**instead), [f"{name.upper()} is not usable: {message}." for name, message in wrong.items()]

    def rulebook(self) -> Rulebook:
        """Return the rulebook that ASSISTANT_RULEBOOK names, else the packaged one."""
        try:
            return read_rulebook(*self.rulebook_file())
        except FileError as error:
            raise ConfigurationError(str(error)) from None

    def rulebook_file(self) -> tuple[str, bytes]:
        """Return the label and the content of the rulebook's file, or raise ConfigurationError."""
        if self.assistant_rulebook is None:
            return packaged_rulebook_file()
        return _content("ASSISTANT_RULEBOOK", self.assistant_rulebook)

    def parts(self) -> tuple[str, ...]:
        """Return the kinds of parts that a service can need, which ASSISTANT_PARTS names, else the packaged ones."""
        if self.assistant_parts is None:
            return read_parts("parts.yaml", (files("assistant") / "data" / "parts.yaml").read_bytes())
        try:
            return read_parts(*_content("ASSISTANT_PARTS", self.assistant_parts))
        except FileError as error:
            raise ConfigurationError(str(error)) from None


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip() for each in text.split(","))))


def _content(name: str, path: Path) -> tuple[str, bytes]:
    """Return the label and the content of a file that a variable names, or raise ConfigurationError."""
    try:
        return str(path), path.read_bytes()
    except OSError as error:
        reason = f"{error.strerror or type(error).__name__}; name a file that can be read"
        raise ConfigurationError(f"{name}: {path}: {reason}.") from None


def packaged_rulebook_file() -> tuple[str, bytes]:
    """Return the label and the content of the rulebook that applies where no other is named."""
    return "rulebook.yaml", (files("assistant") / "data" / "rulebook.yaml").read_bytes()


def packaged_rulebook() -> Rulebook:
    return read_rulebook(*packaged_rulebook_file())


def packaged_sample() -> bytes:
    """Return the sample registry: an invented company."""
    return (files("assistant") / "data" / "sample.yaml").read_bytes()


def _token(name: str, value: SecretStr | None, prefix: str, where: str) -> str:
    token = value.get_secret_value().strip() if value else ""
    if not token:
        raise ConfigurationError(f"{name} is not set: copy the token that begins with {prefix} from {where}.")
    if not token.startswith(prefix):
        raise ConfigurationError(f"{name} does not begin with {prefix}: copy the token from {where}.")
    return token
