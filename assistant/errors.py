"""What can go wrong that is no Answer: the error tree. Each message is one sentence with a remedy."""

from __future__ import annotations

from dataclasses import dataclass


class AssistantError(Exception):
    """Any error that this product raises on purpose; its text is written for the person who caused it."""

    exit_status = 1


class ConfigurationError(AssistantError):
    """A setting is missing or wrong. The text names the variable and the remedy."""

    exit_status = 2


class DatabaseBehindError(ConfigurationError):
    """The database has an older layout than this version, and the command at hand does not upgrade it."""


class DatabaseUnreachableError(AssistantError):
    """The database cannot be opened or does not answer."""


class RepeatedError(AssistantError):
    """What Slack delivers again has had its effect already."""


class DatabaseSlowError(DatabaseUnreachableError):
    """The database takes longer than whoever asks can wait."""


class SlackUnreachableError(AssistantError):
    """Slack could not be reached for so long that whoever supervises the process should start another."""


class BackupError(AssistantError):
    """A backup that cannot be made, or a file that cannot be put back."""


@dataclass(frozen=True, order=True)
class Finding:
    """One thing wrong in a file: `file:line:col: path: what is wrong, what is allowed`. Lines and columns from 1."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.path + ': ' if self.path else ''}{self.message}"


class FileError(AssistantError):
    """A file that could not be taken: every finding at once, in the order in which they stand in the file."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = sorted(findings)
        super().__init__("\n".join(map(str, self.findings)))
