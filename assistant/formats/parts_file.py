"""The list of the kinds of parts that a service can need: YAML or JSON, a file of its own."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.core.rulebook import Label
from assistant.errors import FileError
from assistant.formats.findings import findings_of
from assistant.formats.positions import read


class PartsFile(BaseModel):
    """`parts`: kinds, in the order in which they are offered. A list in Slack holds a hundred."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parts: Annotated[tuple[Label, ...], Field(min_length=1, max_length=100)]


def read_parts(label: str, content: bytes) -> tuple[str, ...]:
    """Read the kinds of parts, each once, or raise FileError with everything that is wrong."""
    document = read(label, content)
    try:
        return tuple(dict.fromkeys(PartsFile.model_validate(document.data).parts))
    except ValidationError as error:
        raise FileError(findings_of(document, error, PartsFile)) from None
