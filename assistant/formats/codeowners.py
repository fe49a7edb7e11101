"""CODEOWNERS files of GitHub and GitLab: who owns which paths, and the components that folders are."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from assistant.core.entries import Component, Name, Ref, Team
from assistant.core.paths import PathRule, PathRules, Syntax, fault_of
from assistant.errors import FileError, Finding
from assistant.formats.folders import components_of, folder_of, subject_of
from assistant.formats.positions import Document, quoted, read
from assistant.formats.registry_file import Origin, RegistryFile

_WORD = re.compile(r"(?:\\.|\S)+")
_SECTION = re.compile(r"\s*\^?\[(?P<name>[^\]]+)\](?:\[\d+\])?(?=\s|$)")
_OWNER = re.compile(r"@\w[\w.-]*(?:/\w[\w.-]*)*|[^@\s]+@[^@\s]+")
_ROLE = "@@"
_LARGEST_BYTES = 3_000_000
"""GitHub reads no larger file."""
_COMPONENT: TypeAdapter[str | None] = TypeAdapter(Name | None)


def read_codeowners(
    label: str, content: bytes, *, repository: str | None = None, mapping: Mapping[str, str | None] | None = None
) -> RegistryFile:
    """Read a CODEOWNERS file: its rules, the teams that it names, and a component for each folder with owners.

    Whatever the content is, nothing is raised: what cannot be read is among the faults. `repository`: its web address.
    `mapping`: by a path or pattern of the file, the component that it is; None: it is none.
    """
    if len(content) > _LARGEST_BYTES:
        return RegistryFile(label, faults=(Finding(label, 1, 1, "", "is larger than 3 MB, which no host reads"),))
    reading = _Reading(label)
    lines = list(reading.lines(content))
    in_gitlab = _is_at_gitlab(label, repository) or any(_SECTION.match(line) for _, line in lines)
    syntax: Syntax = "gitlab" if in_gitlab else "github"
    written = list(reading.rules(lines, syntax))
    teams = reading.teams(written)
    names = components_of(written, mapping or {})
    subjects = {subject_of(rule.pattern) for rule in written}
    for pattern in mapping or {}:
        if subject_of(pattern) not in subjects:
            reading.warn(1, f"no rule is about {quoted(pattern)}, which the mapping names")
    rules: list[PathRule] = []
    counting: dict[str, dict[tuple[str, str], PathRule]] = defaultdict(dict)
    for rule in written:
        owners = tuple(dict.fromkeys(teams[owner.casefold()].name for owner in rule.owners))
        name = names.get(subject_of(rule.pattern))
        rules.append(rule._replace(owners=owners, component=Ref.component(name) if name else None))
        if name:  # of two rules about the same the last counts, in each section
            counting[name][subject_of(rule.pattern), (rule.section or "").casefold()] = rules[-1]
    home = (repository or "").removesuffix("/").removesuffix(".git")
    tree = f"{home}/-/tree/HEAD/" if in_gitlab else f"{home}/tree/HEAD/"
    components = []
    for name, of_component in counting.items():
        folders = list(dict.fromkeys(filter(None, (folder_of(rule.pattern) for rule in of_component.values()))))
        address = tree + quote(folders[0]) if home and folders else ""
        component = Component(
            name=name,
            aliases=tuple(folder for folder in folders if folder != name),
            owners=tuple(dict.fromkeys(owner for rule in of_component.values() for owner in rule.owners)),
            repo=address if 0 < len(address) <= 1000 else None,
        )
        components.append(component)
        reading.place(component.ref, max(rule.line for rule in of_component.values()))
    others = sum(rule.component is None for rule in rules)
    return RegistryFile(
        label,
        tuple(teams.values()),
        tuple(components),
        tuple(sorted(reading.warnings)),
        reading.origins,
        tuple(sorted(reading.faults)),
        (
            f"read as {'GitLab' if in_gitlab else 'GitHub'} reads it",
            f"components are made of {len(rules) - others} rules; {others} more say who owns a path, and make none",
        ),
        PathRules(label, tuple(rules), home or None, syntax),
    )


def _is_at_gitlab(label: str, repository: str | None) -> bool:
    host = (repository or "").rpartition("://")[2].partition("/")[0].rpartition("@")[2]
    return "gitlab" in host.casefold() or ".gitlab" in label.split("/")


def read_mapping(label: str, content: bytes) -> dict[str, str | None]:
    """Read which component each path of a CODEOWNERS file is, null for none; FileError says all that is wrong."""
    document = read(label, content)
    if not isinstance(document.data, dict):
        raise FileError([document.finding((), 'is no mapping; write "/path/": component, or null for none')])
    findings = []
    for pattern, name in document.data.items():
        try:
            _COMPONENT.validate_python(name)
        except ValidationError:
            message = "is no name of a component; write one, in quotes, or null for none"
            findings.append(document.finding((pattern,), message))
    if findings:
        raise FileError(findings)
    return dict(document.data)


@dataclass
class _Reading:
    """What is found while a file is read."""

    label: str
    faults: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    origins: dict[Ref, Origin] = field(default_factory=dict)

    def fault(self, line: int, column: int, message: str) -> None:
        self.faults.append(Finding(self.label, line, column, "", message))

    def warn(self, line: int, message: str) -> None:
        self.warnings.append(Finding(self.label, line, 1, "", message))

    def place(self, ref: Ref, line: int) -> None:
        self.origins[ref] = Document(self.label, None, {(): (line, 1)}), ()

    def lines(self, content: bytes) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(content.split(b"\n"), start=1):
            try:
                yield number, line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                self.fault(number, error.start + 1, "is not UTF-8; save the file with that encoding")

    def rules(self, lines: Iterable[tuple[int, str]], syntax: Syntax) -> Iterator[PathRule]:
        """Return the rules, with owners as they are written: their own, or those of their section."""
        section: str | None = None
        written: str | None = None
        of_section: tuple[str, ...] = ()
        for number, line in lines:
            if syntax == "gitlab" and (header := _SECTION.match(line)):
                section = " ".join(header["name"].split())
                written = header[0].strip()
                of_section = self._owners(number, line, header.end()) or ()
                continue
            found = _WORD.search(line)
            if not found or found[0].startswith("#"):
                continue
            pattern = found[0]
            excludes = pattern.startswith("!")
            problem = fault_of(pattern)
            if excludes and syntax == "github":
                problem = "begins with !, which GitHub does not read; write a rule without owners instead"
            if problem:
                self.fault(number, found.start() + 1, f"{quoted(pattern)} {problem}")
            elif excludes:
                yield PathRule(number, pattern, section=section, header=written)
            elif (own := self._owners(number, line, found.end())) is not None:
                handles = own or of_section
                owners = tuple(handle for handle in handles if not handle.startswith(_ROLE))
                yield PathRule(number, pattern, owners, None, section, handles, written)

    def _owners(self, number: int, line: str, start: int) -> tuple[str, ...] | None:
        """Return the owners that stand in a line from `start` on; None where there are words, and none is an owner.

        A role, `@@maintainer`, is one too, whose people nothing here knows: what it owns is nobody else's.
        """
        owners: list[str] = []
        is_silent = True
        for word in _WORD.finditer(line, start):
            if word[0].startswith("#"):
                break
            is_silent = False
            if word[0].startswith(_ROLE) and word[0].isprintable():
                self.warn(number, f"{quoted(word[0])} is a role, which names nobody; name a team to have it answered")
                owners.append(word[0])
            elif _OWNER.fullmatch(word[0]) and word[0].isprintable() and len(word[0]) <= 255:
                owners.append(word[0])
            else:
                message = f"{quoted(word[0])} is no owner; write @user, @organisation/team or an e-mail address"
                self.fault(number, word.start() + 1, message)
        return tuple(owners) if owners or is_silent else None

    def teams(self, rules: Iterable[PathRule]) -> dict[str, Team]:
        """Return a team for each owner, by how it is written, without regard to case.

        A team is called as its organisation calls it, so that other sources can mean the same. Where two would be
        called alike, that goes to the organisation that is named most in this file.
        """
        named: dict[str, tuple[str, int]] = {}
        counts: Counter[str] = Counter()
        for rule in rules:
            for owner in rule.owners:
                named.setdefault(owner.casefold(), (owner, rule.line))
                counts[owner.rpartition("/")[0].casefold()] += 1
        counts[""] = 0  # people belong to no organisation
        by_name: dict[str, str] = {}
        for key in sorted(named, key=lambda key: -counts[key.rpartition("/")[0]]):
            by_name.setdefault(_short(key), key)
        teams: dict[str, Team] = {}
        for key, (owner, line) in named.items():
            name, first = _short(owner), by_name[_short(key)]
            if first != key:
                name = owner.removeprefix("@") if "/" in owner else owner
                self.warn(line, f"{owner} is called {name} here, since {_short(owner)} is {named[first][0]}")
            teams[key] = Team(name=name, contacts=(owner,))
            self.place(teams[key].ref, line)
        return teams


def _short(owner: str) -> str:
    return owner.rpartition("/")[2].removeprefix("@")
