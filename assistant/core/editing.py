"""Editing: the forms in which people change what is stated about a component, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from assistant.core.advice import OwnerCard
from assistant.core.catalog import Statement
from assistant.core.entries import Team

EDITABLE = ("title", "kind", "description", "stage", "repo", "runbook", "oncall", "slack_channel")
"""What the form asks, in order. Who owns it is transferred, and what decides about the model is answered elsewhere."""
TEXT_LIMIT = 1_000
"""Characters of a field."""


@dataclass(frozen=True)
class EditForm:
    """A form for the fields of a component. `values`: what people may change, as it stands.

    `opened`: what stood there when the form was opened, as marks to compare. `stated`: what files state.
    `late`: what others stated meanwhile of what was changed in the form, so that nothing was saved, `at` that time.
    """

    card: OwnerCard
    values: Mapping[str, str]
    opened: Mapping[str, str]
    stated: Mapping[str, Statement]
    may_edit: bool
    late: tuple[Statement, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True)
class Faults:
    """What is wrong in a form, by field. Nothing was changed."""

    by_field: Mapping[str, str]


@dataclass(frozen=True)
class Retiring:
    """Whether to retire a component is asked once more. `dependents`: what says that it depends on it."""

    card: OwnerCard
    dependents: tuple[str, ...]


@dataclass(frozen=True)
class TransferForm:
    """A form in which a component is given to one of these teams; by whoever may not, as a suggestion."""

    card: OwnerCard
    teams: tuple[Team, ...]
    may_transfer: bool


@dataclass(frozen=True)
class DisputeForm:
    """A form in which somebody says what is not right about a component: who owns it, or something else."""

    card: OwnerCard
    teams: tuple[Team, ...]


def mark(text: str) -> str:
    """Return a few characters by which one text is told from another."""
    return f"{crc32(text.encode()):08x}"
