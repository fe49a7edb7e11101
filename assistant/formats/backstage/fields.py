"""The fields of one entry, gathered from a document of a Backstage catalog, and what is said about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from assistant.core.entries import Component, Name, Team
from assistant.errors import FileError, Finding
from assistant.formats.events import Position
from assistant.formats.findings import findings_of
from assistant.formats.positions import Document, Path, read

OURS = "platform-assistant/"
"""Annotations of our own export: what a registry holds and Backstage has no field for."""
AS_JSON = frozenset({"aliases", "contacts", "links", "tags", "facts"})
"""Fields that an annotation of ours holds as JSON; others are texts, of which an empty one says that there is none."""
REFERENCES = frozenset({"owners", "depends_on", "parent"})
"""Fields that name other entries, and which are known when all of these are."""
_NAME: TypeAdapter[str] = TypeAdapter(Name)
_Entry = TypeVar("_Entry", Component, Team)


@dataclass
class Report:
    """What is wrong with a source, as it is found."""

    faults: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    def fault(self, document: Document, message: str, *path: str | int) -> None:
        self.faults.append(document.finding(path, message))

    def warn(self, document: Document, message: str, *path: str | int) -> None:
        self.warnings.append(document.finding(path, message))


class Sheet:
    """The fields of one entry, as they are gathered, and where each of them stands.

    `annotations` are those of others. What they say does not depend on `ours`, so that an export can tell what will be
    read from them before it adds its own.
    """

    def __init__(self, document: Document, report: Report) -> None:
        self.document = document
        self.report = report
        self.values: dict[str, Any] = {}
        self.places: dict[Path, Position] = {}
        written = value_at(document, "metadata", "annotations")
        keys = written if isinstance(written, dict) else ()
        found = {key: value_at(document, "metadata", "annotations", key) for key in keys}
        texts = {key: value for key, value in found.items() if isinstance(value, str)}
        self.ours = {key: text for key, text in texts.items() if key.startswith(OURS)}
        self.annotations = {key: text.strip() for key, text in texts.items() if key not in self.ours}

    def put(self, name: str, value: Any, *path: str | int) -> None:
        if value is not None:
            self.values[name] = value
            self.places[(name,)] = self.document.position(path)

    def put_text(self, name: str, *path: str | int) -> None:
        value = value_at(self.document, *path)
        self.put(name, (value.strip() if isinstance(value, str) else value) or None, *path)

    def add(self, name: str, value: Any, *path: str | int) -> None:
        if value is not None:
            items = self.values.setdefault(name, [])
            self.places.setdefault((name,), self.document.position(path))
            self.places[(name, len(items))] = self.document.position(path)
            items.append(value)

    def links(self) -> Iterator[tuple[Any, Any, str]]:
        """Return each link's title, type and address, as they are written."""
        written = value_at(self.document, "metadata", "links")
        for index in range(len(written) if isinstance(written, list) else 0):
            path = ("metadata", "links", index)
            title, sort, url = (value_at(self.document, *path, name) for name in ("title", "type", "url"))
            yield title, sort, url if isinstance(url, str) else ""

    def admitted(self, model: type[_Entry]) -> _Entry | None:
        """Return the entry, without what its model refuses; of each refusal there is a finding."""
        self._take_our_own(model)
        written = Document(self.document.label, None, self.places)
        while True:
            try:
                return model.model_validate(self.values)
            except ValidationError as error:
                refused = {detail["loc"][:2] for detail in error.errors(include_url=False)}
                findings = findings_of(written, error, model)
            if refused & {("name",), ("namespace",)}:
                self.report.faults += left_out(findings, "the entity")
                return None
            self.report.warnings += left_out(findings, "it")
            for name in {str(loc[0]) for loc in refused}:
                value, items = self.values[name], {loc[1] for loc in refused if loc[0] == name and len(loc) > 1}
                if isinstance(value, list) and items:
                    self.values[name] = [item for index, item in enumerate(value) if index not in items]
                elif isinstance(value, dict) and items:
                    self.values[name] = {key: item for key, item in value.items() if key not in items}
                else:
                    del self.values[name]

    def _take_our_own(self, model: type[Component] | type[Team]) -> None:
        for key, text in self.ours.items():
            name = key.removeprefix(OURS).replace("-", "_")
            if name in model.model_fields and name not in REFERENCES:
                self.values.pop(name, None)
                self.put(name, (listed(text) if name in AS_JSON else text) or None, "metadata", "annotations", key)


def value_at(document: Document, *path: str | int) -> Any:
    """Return the value at a path, a number or a truth value as it is written; None where nothing stands."""
    value = document.data
    for part in path:
        if not (isinstance(part, int) if isinstance(value, list) else isinstance(value, dict) and part in value):
            return None
        value = value[part]
    if isinstance(value, bool | int | float):
        return document.literals.get(path, value)
    return value.strip() if isinstance(value, str) and path[-1] in ("name", "kind", "owner", "type") else value


def listed(text: str) -> Any:
    """Return the list that an annotation holds as JSON, or the text itself, for the model to refuse."""
    try:
        return read("", text.encode()).data
    except (FileError, ValueError):  # the latter: half of a surrogate pair
        return text


def name_faults(value: Any, document: Document, path: Path, what: str = "it") -> list[Finding]:
    """Say why a value is no name, if it is none, and that therefore `what` is left out."""
    try:
        _NAME.validate_python(value)
    except ValidationError as error:
        return left_out(findings_of(document, error, Component, path), what)
    return []


def left_out(findings: list[Finding], what: str) -> list[Finding]:
    return [Finding(f.file, f.line, f.column, f.path, f"{f.message}; {what} is left out") for f in findings]
