"""Components and teams, and how they are named: `Component` and `Team` are the schema of the registry file.

A field is spelt here and nowhere else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

DEFAULT_NAMESPACE = "default"
_JOINERS = "\u200c\u200d"
"""What some scripts and emoji need between letters."""
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

FactValue = bool | int | float | str


def _printable(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; write at least one visible character")
    if not text.isprintable():
        raise ValueError("holds a control or invisible character; remove it")
    return text


def _readable(text: str) -> str:
    """Prose may hold whatever writing needs, but no control characters and nothing that turns text around."""
    if text.isprintable():  # as nearly all are, which spares a look at each character
        return text
    if any((unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t") or char in _TURNING for char in text):
        raise ValueError("holds a control character; remove it")
    return text


def _one_line(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; write at least one visible character")
    if text.isprintable():
        return text
    if not all(char.isprintable() or unicodedata.category(char) == "Zs" or char in _JOINERS for char in text):
        raise ValueError("holds a control or invisible character; remove it")
    return text


def _web_address(text: str) -> str:
    if not re.match(r"https?://[^\s<>|]+$", text):
        raise ValueError("is no web address; it begins with http:// or https://")
    return text


def _namespace(text: str) -> str:
    if "/" in text:
        raise ValueError("must not hold a slash; it stands before the slash in namespace/name")
    return text


Name = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=255), AfterValidator(_printable)]
Line = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=1000), AfterValidator(_one_line)]
Prose = Annotated[str, StringConstraints(strict=True, max_length=10_000), AfterValidator(_readable)]
FactName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


def is_member(contact: str) -> bool:
    """Say whether a contact is somebody in Slack, who belongs to the team by it."""
    return bool(re.fullmatch(r"[UW][A-Z0-9]+", contact))


FACT_FIELDS = ("lifecycle", "ownership", "stage")
"""Facts that are fields of a component; all others are stated under `facts`."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Link(_Entry):
    title: Line
    url: Annotated[Line, AfterValidator(_web_address)]


class Team(_Entry):
    """Who owns components."""

    name: Name
    title: Line | None = None
    aliases: tuple[Name, ...] = ()
    parent: Name | None = None
    slack_channel: Line | None = None
    slack_usergroup: Line | None = None
    oncall: Line | None = None
    contacts: tuple[Line, ...] = ()
    description: Prose | None = None

    @property
    def ref(self) -> Ref:
        return Ref.team(self.name)

    @property
    def label(self) -> str:
        return self.title or self.name


class Component(_Entry):
    """Anything that somebody must own. `owners` may be written as `owner` when there is one."""

    name: Name
    namespace: Annotated[Name, AfterValidator(_namespace)] = DEFAULT_NAMESPACE
    title: Line | None = None
    aliases: tuple[Name, ...] = ()
    kind: Line | None = None
    description: Prose | None = None
    owners: tuple[Name, ...] = ()
    slack_channel: Line | None = None
    oncall: Line | None = None
    lifecycle: Literal["application-bound", "shared"] | None = None
    ownership: Literal["developers", "external-team"] | None = None
    stage: Literal["experimental", "production", "deprecated"] | None = None
    facts: Mapping[FactName, FactValue] = Field(default_factory=dict)
    model: Name | None = None
    review_by: date | None = None
    repo: Line | None = None
    runbook: Line | None = None
    links: tuple[Link, ...] = ()
    tags: tuple[Line, ...] = ()
    depends_on: tuple[Name, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _one_owner_is_a_list_of_one(cls, data: Any) -> Any:
        if isinstance(data, dict) and "owner" in data:
            if "owners" in data:
                raise ValueError("has both owner and owners; keep one of them")
            data = {("owners" if key == "owner" else key): value for key, value in data.items()}
            if isinstance(data["owners"], list | tuple):
                raise ValueError("owner is one team; write several as owners: [a, b]")
            data["owners"] = [] if data["owners"] is None else [data["owners"]]
        return data

    @property
    def ref(self) -> Ref:
        return Ref.component(self.name, self.namespace)

    @property
    def known_facts(self) -> dict[str, FactValue]:
        """Every fact that rules may use, by the name that the rulebook gives it."""
        facts = dict(self.facts)
        for name in FACT_FIELDS:
            value = getattr(self, name)
            if value is not None:
                facts[name] = value
        return facts


class Ref(NamedTuple):
    """What a statement is about: one component or one team."""

    kind: Literal["component", "team"]
    namespace: str
    name: str

    @classmethod
    def component(cls, name: str, namespace: str = DEFAULT_NAMESPACE) -> Self:
        return cls("component", namespace, name)

    @classmethod
    def team(cls, name: str) -> Self:
        return cls("team", "", name)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str(ref)` wrote: `component:namespace/name` or `team:name`."""
        kind, _, rest = text.partition(":")
        if kind == "team":
            return cls.team(rest)
        if kind != "component":
            raise ValueError(f"not a reference: {text[:80]!r}")
        namespace, _, name = rest.partition("/")
        return cls.component(name, namespace)

    def __str__(self) -> str:
        return f"team:{self.name}" if self.kind == "team" else f"component:{self.path}"

    @property
    def path(self) -> str:
        """`namespace/name`, or a team's bare name."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


SCHEMA: Mapping[str, type[Component] | type[Team]] = {"component": Component, "team": Team}
FACT_PREFIX = "facts."
"""Facts are stated one by one, so that a file and a person can each know some of them."""


def field_of_fact(name: str, value: FactValue) -> str:
    """Return the field under which a fact is stated: a component's own, where that has such a value."""
    own = Component.model_fields[name].annotation if name in FACT_FIELDS else None
    return name if any(value in get_args(values) for values in get_args(own)) else FACT_PREFIX + name


def fields_of(entry: Component | Team) -> dict[str, Any]:
    """Return an entry as the fields that are stated about it, in JSON's types: the inverse of `_assemble`."""
    fields = entry.model_dump(mode="json", exclude_defaults=True)
    fields["name"] = entry.name
    for fact, value in fields.pop("facts", {}).items():
        fields[FACT_PREFIX + fact] = value
    return fields
