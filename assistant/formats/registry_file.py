"""The registry file: teams and components in YAML or JSON, in the shape of the core's own models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.core.catalog import Catalog, Place
from assistant.core.entries import Component, Ref, Team
from assistant.core.paths import PathRules
from assistant.errors import FileError, Finding
from assistant.formats.findings import findings_of
from assistant.formats.positions import Document, Path, nearest, quoted, read

Origin = tuple[Document, Path]
"""Where an entry stands: the document, and the entry's path in it."""

_Entry = TypeVar("_Entry", Component, Team)
_SPELT: Mapping[Path, Path] = {("owners", 0): ("owner",)}
"""How a file may write what the model calls otherwise."""


@dataclass(frozen=True)
class RegistryFile:
    """Valid teams and components, each once: what one source states. Every format makes this value."""

    label: str
    teams: tuple[Team, ...] = ()
    components: tuple[Component, ...] = ()
    warnings: tuple[Finding, ...] = ()
    origins: Mapping[Ref, Origin] = field(default_factory=dict, repr=False)
    faults: tuple[Finding, ...] = ()
    """What could not be read, while the rest could."""
    notes: tuple[str, ...] = ()
    """How it was read, where that had to be guessed: a sentence each."""
    paths: PathRules | None = None
    """Who owns which paths of a repository."""

    @property
    def entries(self) -> tuple[Team | Component, ...]:
        return self.teams + self.components

    def origin(self, ref: Ref) -> Origin:
        return self.origins.get(ref, (Document(self.label, None), ()))

    @property
    def places(self) -> dict[Ref, Place]:
        """Return where each entry begins."""
        return {
            ref: Place(document.label, document.position(path)[0]) for ref, (document, path) in self.origins.items()
        }

    def finding(self, ref: Ref, message: str, *parts: str | int) -> Finding:
        """Return a finding about an entry, or about the part of it at `parts`."""
        document, path = self.origin(ref)
        written = path + _SPELT.get(parts, parts)
        return document.finding(written if written in document.values else path + parts, message)


class _Layout(BaseModel):
    model_config = ConfigDict(extra="forbid")

    teams: list[Any] | None = None
    components: list[Any] | None = None


def read_registry(label: str, content: bytes) -> RegistryFile:
    """Read a registry file, or raise FileError with everything that is wrong with it."""
    findings: list[Finding] = []
    document = read(label, content, faults=findings)
    at_fault = {(finding.line, finding.column) for finding in findings}
    origins: dict[Ref, Origin] = {}
    mistakes: list[Finding] = []
    try:
        _Layout.model_validate(document.data)
    except ValidationError as error:
        mistakes += findings_of(document, error, _Layout)
    teams = _entries(document, "teams", Team, origins, mistakes)
    components = _entries(document, "components", Component, origins, mistakes)
    # What stands where a fault is (an alias, say) was not read, so that a second complaint about it means nothing.
    findings += [mistake for mistake in mistakes if (mistake.line, mistake.column) not in at_fault]
    if findings:
        raise FileError(findings)
    return RegistryFile(label, teams, components, tuple(_lost_to_comments(document)), origins)


def merge(files: Iterable[RegistryFile]) -> RegistryFile:
    """Return several files as one; FileError names every entry that stands in more than one of them."""
    files = list(files)
    findings: list[Finding] = []
    origins: dict[Ref, Origin] = {}
    for file in files:
        for entry in file.entries:
            _place(entry.ref, *file.origin(entry.ref), origins, findings)
    ruled = [file for file in files if file.paths]
    if len(ruled) > 1:
        message = f"says who owns paths, as {ruled[0].label} does: let each be a source of its own"
        findings.append(Finding(ruled[1].label, 1, 1, "", message))
    if findings:
        raise FileError(findings)
    return RegistryFile(
        ", ".join(file.label for file in files),
        tuple(team for file in files for team in file.teams),
        tuple(component for file in files for component in file.components),
        tuple(warning for file in files for warning in file.warnings),
        origins,
        tuple(fault for file in files for fault in file.faults),
        tuple(note for file in files for note in file.notes),
        ruled[0].paths if ruled else None,
    )


def _entries(
    document: Document,
    section: str,
    model: type[_Entry],
    origins: dict[Ref, Origin],
    findings: list[Finding],
) -> tuple[_Entry, ...]:
    raw = document.data.get(section) if isinstance(document.data, dict) else None
    entries: list[_Entry] = []
    for index, item in enumerate(raw if isinstance(raw, list) else []):
        path: Path = (section, index)
        # By what is written, so that a duplicate of an entry with another mistake is found as well.
        match item:
            case {"name": str(name), "namespace": str(namespace)} if model is Component:
                _place(Ref.component(name, namespace), document, path, origins, findings)
            case {"name": str(name)}:
                _place(Ref.component(name) if model is Component else Ref.team(name), document, path, origins, findings)
        try:
            entries.append(model.model_validate(item))
        except ValidationError as error:
            findings += findings_of(document, error, model, path, spelt=_SPELT if model is Component else {})
    return tuple(entries)


def _place(ref: Ref, document: Document, path: Path, origins: dict[Ref, Origin], findings: list[Finding]) -> None:
    if ref not in origins:
        origins[ref] = document, path
        return
    other, first = origins[ref]
    line, _ = other.position((*first, "name"))
    where = f"line {line}" if other is document else f"{other.label}, line {line}"
    findings.append(document.finding((*path, "name"), f"{ref.kind} {quoted(ref.path)} stands in {where} already"))


def _lost_to_comments(document: Document) -> Iterator[Finding]:
    """`slack_channel: #checkout` is, to YAML, a key with a comment after it: valid, and not what was meant."""
    for section in ("teams", "components"):
        for index, item in enumerate(document.data.get(section) or ()):
            if item.get("slack_channel", "") is None:
                message = 'is empty; a # begins a comment, so quote a channel: slack_channel: "#name"'
                yield document.finding((section, index, "slack_channel"), message)


def check_references(file: RegistryFile, catalog: Catalog) -> tuple[list[Finding], list[Finding]]:
    """Return the errors and the warnings about what entries say of each other, in the file and in the catalog."""
    teams = {**catalog.teams, **{team.name: team for team in file.teams}}
    components = {**catalog.components, **{component.ref: component for component in file.components}}
    return References(teams, components).check(file)


class References:
    """What entries say of each other. The names of all that there is are gone through once, for however many files."""

    def __init__(self, teams: Mapping[str, Team], components: Mapping[Ref, Component]) -> None:
        self._teams = teams
        self._components = components

    def check(self, file: RegistryFile) -> tuple[list[Finding], list[Finding]]:
        """Return the errors and the warnings about what the entries of a file say of each other and of others."""
        errors = [*self._unknown_teams(file), *self._parent_cycles(file)]
        return sorted(errors), sorted([*self._unknown_dependencies(file), *self._confusions(file)])

    def _unknown_teams(self, file: RegistryFile) -> Iterator[Finding]:
        named: list[tuple[Ref, str, Path]] = [(t.ref, t.parent, ("parent",)) for t in file.teams if t.parent]
        for component in file.components:
            for index, owner in enumerate(component.owners):
                named.append((component.ref, owner, ("owners", index)))
        hints: dict[str, str] = {}  # a name that many components share is looked for once
        for ref, name, parts in named:
            if name in self._teams:
                continue
            if name not in hints:
                near = nearest(name, self._teams.keys(), limit=3)
                hints[name] = f"did you mean {' or '.join(near)}?" if near else "add it under teams"
            yield file.finding(ref, f"there is no team {quoted(name)}; {hints[name]}", *parts)

    def _parent_cycles(self, file: RegistryFile) -> Iterator[Finding]:
        settled: set[str] = set()
        for team in file.teams:
            way: list[str] = []
            name = team.name
            while name in self._teams and name not in settled:
                settled.add(name)
                way.append(name)
                name = self._teams[name].parent or ""
            if name in way:
                ring = " → ".join([*way[way.index(name) :], name])
                yield file.finding(team.ref, f"the parents of this team lead in a circle: {ring}", "parent")

    def _unknown_dependencies(self, file: RegistryFile) -> Iterator[Finding]:
        for component in file.components:
            for index, name in enumerate(component.depends_on):
                if name not in self._known:
                    yield file.finding(component.ref, f"no component is called {quoted(name)}", "depends_on", index)

    def _confusions(self, file: RegistryFile) -> Iterator[Finding]:
        """Names that people could take for one another. Each is worth a line, none is wrong."""
        for component in file.components:
            namesakes = [each for each in self._by_name[component.name.casefold()] if each.name == component.name]
            if namesakes[0].ref != component.ref:
                yield file.finding(component.ref, f"{namesakes[0].ref.path} has the same name", "name")
            for index, alias in enumerate(component.aliases):
                named = [each for each in self._by_name.get(alias.casefold(), ()) if each.ref != component.ref]
                if named:
                    message = f"alias {quoted(alias)} is the name of {named[0].ref.path}"
                    yield file.finding(component.ref, message, "aliases", index)
                sharing = self._by_alias[alias.casefold()]
                if sharing[0].ref != component.ref and sharing[0].owners != component.owners:
                    message = f"alias {quoted(alias)} is also of {sharing[0].ref.path}, which has other owners"
                    yield file.finding(component.ref, message, "aliases", index)
        for team in file.teams:
            name, first = team.name, self._spellings[team.name.casefold()]
            if first != name:
                message = f"team {quoted(name)} and {quoted(first)} differ only by case"
                yield file.finding(Ref.team(name), message, "name")

    @cached_property
    def _known(self) -> set[str]:
        return {name for ref in self._components for name in (ref.name, ref.path)}

    @cached_property
    def _by_name(self) -> Mapping[str, list[Component]]:
        return _grouped((component.name.casefold(), component) for component in self._components.values())

    @cached_property
    def _by_alias(self) -> Mapping[str, list[Component]]:
        return _grouped(
            (alias, component)
            for component in self._components.values()
            for alias in {alias.casefold() for alias in component.aliases}
        )

    @cached_property
    def _spellings(self) -> Mapping[str, str]:
        return {name.casefold(): name for name in reversed(list(self._teams))}


def _grouped(pairs: Iterable[tuple[str, Component]]) -> dict[str, list[Component]]:
    groups: dict[str, list[Component]] = {}
    for name, component in pairs:
        groups.setdefault(name, []).append(component)
    return groups
