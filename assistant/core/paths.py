"""Who owns which paths of a repository: the rules of a CODEOWNERS file, of which the last that matches counts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from posixpath import normpath
from typing import Literal, NamedTuple

from assistant.core.entries import Ref

_LONGEST = 1_000
"""Characters of a pattern."""

Syntax = Literal["github", "gitlab"]


class PathRule(NamedTuple):
    """One rule. `line`: in its file, from 1. `owners`: teams, none where the rule takes a path from its owners.

    `component`: what the rule makes of a folder. `section`: of GitLab's, each of which is matched by itself.
    `handles`: the owners as the file writes them, with roles, which are no teams. `header`: the section's, likewise.
    """

    line: int
    pattern: str
    owners: tuple[str, ...] = ()
    component: Ref | None = None
    section: str | None = None
    handles: tuple[str, ...] = ()
    header: str | None = None

    @property
    def excludes(self) -> bool:
        """Whether it takes what it matches out of its section, which is so at GitLab."""
        return self.pattern.startswith("!")

    @property
    def is_for_all(self) -> bool:
        """Whether it matches whatever no other rule is about."""
        return not self.pattern.strip("/*")


@dataclass(frozen=True)
class PathRules:
    """The rules of one file, in its order. `repository`: its web address, where it is known."""

    file: str
    rules: tuple[PathRule, ...] = ()
    repository: str | None = None
    syntax: Syntax = "github"

    @property
    def name(self) -> str:
        """The file's name, without its folder."""
        return self.file.rsplit("/", 1)[-1]

    @property
    def place(self) -> str:
        """The repository as people call it, `acme/mono`, or the file where no repository is known."""
        return self.repository.partition("://")[2].partition("/")[2] if self.repository else self.file

    def matching(self, path: str) -> tuple[PathRule, ...]:
        """Return the rules that count for a file or a folder: of each section the last that matches.

        A section counts for nothing that one of its rules excludes, wherever that stands. No rule is about what lies
        outside the repository.
        """
        names = normpath(path.strip("/")).split("/")
        if names[0] in (".", ".."):
            return ()
        counting: dict[str, PathRule] = {}
        excluded: set[str] = set()
        for rule, pattern in self._near(names):
            if pattern.matches(names):
                section = (rule.section or "").casefold()
                counting[section] = rule
                if rule.excludes:
                    excluded.add(section)
        return tuple(sorted(rule for section, rule in counting.items() if section not in excluded))

    def _near(self, names: Sequence[str]) -> list[tuple[PathRule, Pattern]]:
        """Return the rules that may match a path, in their order."""
        found = [at for name in {None, *names} for at in self._by_name.get(name, ())]
        return [(self.rules[at], self._patterns[at]) for at in sorted(found)]

    @cached_property
    def _patterns(self) -> tuple[Pattern, ...]:
        return tuple(pattern_of(rule.pattern.removeprefix("!"), self.syntax) for rule in self.rules)

    @cached_property
    def _by_name(self) -> Mapping[str | None, list[int]]:
        """The rules by a name that a path must hold for each to match, so that few are tried; None: by no name."""
        by_name: dict[str | None, list[int]] = defaultdict(list)
        for at, pattern in enumerate(self._patterns):
            by_name[pattern.needed].append(at)
        return by_name


class _Wild(Enum):
    """What stands for characters of one name, or for names."""

    ONE = "?"
    MANY = "*"
    FOLDERS = "**"
    """As a part of a pattern: any folders, or none."""


@dataclass(frozen=True)
class _Class:
    """One character of several, `[a-c]`, or one that is none of them, `[^a-c]`."""

    ranges: tuple[tuple[str, str], ...] = ()
    negated: bool = False

    def holds(self, char: str) -> bool:
        return any(first <= char <= last or char in (first, last) for first, last in self.ranges) != self.negated


_Glob = tuple[str | _Wild | _Class, ...]
"""What a name is compared with, a character at a time."""
_Part = str | _Glob | Literal[_Wild.FOLDERS]
"""One part of a pattern: a name, what fits several, or any folders."""


@dataclass(frozen=True)
class Pattern:
    """A pattern, part by part. `holds`: a match of a folder is one of all that is in it."""

    parts: tuple[_Part, ...]
    holds: bool

    @property
    def needed(self) -> str | None:
        """A name without which no path matches: the last, since folders near the root are in many patterns."""
        return next((part for part in reversed(self.parts) if isinstance(part, str)), None)

    def matches(self, names: Sequence[str]) -> bool:
        """Say whether the pattern is about a path, which may be that of a file or of a folder.

        It is about a folder too where it is about whatever is in that. The time that it takes grows with the length of
        the pattern times that of the path, at most.
        """
        ends = _ends(self.parts, names)
        if self.holds:
            return bool(ends)
        is_within = self.parts[-1] == (_Wild.MANY,) and len(names) in _ends(self.parts[:-1], names)
        return is_within or len(names) in ends


def _ends(parts: Sequence[_Part], names: Sequence[str]) -> set[int]:
    """Return how many of a path's names, from the first, the parts of a pattern can stand for."""
    ends = {0}
    for part in parts:
        if part is _Wild.FOLDERS:
            ends = set(range(min(ends), len(names) + 1))
        else:
            ends = {end + 1 for end in ends if end < len(names) and _fits(part, names[end])}
        if not ends:
            break
    return ends


def _fits(part: str | _Glob, name: str) -> bool:
    """Compare one part with one name: where they differ, the last star takes one character more, no earlier one."""
    if isinstance(part, str):
        return part == name
    at = read = after_star = from_star = 0
    while read < len(name):
        wanted = part[at] if at < len(part) else None
        if wanted is _Wild.MANY:
            at += 1
            after_star, from_star = at, read
        elif wanted == name[read] or wanted is _Wild.ONE or (isinstance(wanted, _Class) and wanted.holds(name[read])):
            at += 1
            read += 1
        elif after_star:
            from_star += 1
            at, read = after_star, from_star
        else:
            return False
    return part[at:] in ((), (_Wild.MANY,))


_TOKEN = {
    "github": re.compile(r"\\?(?P<slash>/)|\\(?P<char>.)|(?P<stars>\*+)|(?P<one>\?)|(?P<other>.)", re.DOTALL),
    "gitlab": re.compile(
        r"\\?(?P<slash>/)|\\(?P<char>.)|(?P<stars>\*+)|(?P<one>\?)"
        r"|\[(?P<negated>[!^]?)(?P<class>(?:\\.|[^\]\\])*)\]|(?P<open>\[.*)|(?P<other>.)",
        re.DOTALL,
    ),
}
_RANGE = re.compile(r"\\?(?P<first>.)(?:-\\?(?P<last>.))?", re.DOTALL)


def pattern_of(text: str, syntax: Syntax) -> Pattern:
    """Read a pattern as its host does: GitHub as git reads `.gitignore`, GitLab as Ruby's `File.fnmatch`."""
    return _of_github(text) if syntax == "github" else _of_gitlab(text)


def _of_github(text: str) -> Pattern:
    """A pattern without a slash but at its end is a name at any depth; another begins at the root.

    What matches a folder matches all that is in it, but for `/*` at the end: that is what is directly in it.
    """
    bare = text.removesuffix("/")
    globs = list(_split(bare.removeprefix("/"), "github"))
    if "/" not in bare:
        return Pattern((_Wild.FOLDERS, _part(globs[0])), holds=True)
    parts: list[_Part] = [
        _Wild.FOLDERS if len(glob) > 1 and set(glob) == {_Wild.MANY} else _part(glob) for glob in globs
    ]
    is_of_folders = text.endswith("/")
    if parts[-1] is _Wild.FOLDERS:  # all that is in a folder; with a slash behind it, in the folders that are in it
        return Pattern((*parts[:-1], (_Wild.MANY,)) if is_of_folders else tuple(parts[:-1]), holds=True)
    return Pattern(tuple(parts), holds=is_of_folders or parts[-1] != (_Wild.MANY,))


def _of_gitlab(text: str) -> Pattern:
    """A pattern is one at any depth unless it begins with a slash, and holds what is in a folder where it ends in one.

    Two stars are any folders only where a slash follows.
    """
    text = text if text.startswith("/") else f"/**/{text}"
    text = f"{text}**/*" if text.endswith("/") else text
    *folders, name = _split(text.removeprefix("/"), "gitlab")
    parts: list[_Part] = [_Wild.FOLDERS if folder == (_Wild.MANY, _Wild.MANY) else _part(folder) for folder in folders]
    return Pattern((*parts, _part(name)), holds=False)


def _split(text: str, syntax: Syntax) -> Iterator[_Glob]:
    """Return the parts of a pattern, each star by itself."""
    part: list[str | _Wild | _Class] = []
    for token in _TOKEN[syntax].finditer(text):
        found = token.groupdict()
        if found["slash"]:
            yield tuple(part)
            part = []
        elif found["stars"]:
            part += [_Wild.MANY] * len(found["stars"])
        elif found["one"]:
            part.append(_Wild.ONE)
        elif found.get("class") is not None:
            ranges = tuple((each["first"], each["last"] or each["first"]) for each in _RANGE.finditer(found["class"]))
            part.append(_Class(ranges, bool(found["negated"])))
        elif found.get("open"):
            part.append(_Class())  # what is closed nowhere fits nothing
        else:
            part.append(found["char"] or found["other"])
    yield tuple(part)


def _part(glob: _Glob) -> str | _Glob:
    """Return a part as the name that it is, or with one star for several that stand together."""
    chars = [token for token in glob if isinstance(token, str)]
    if len(chars) == len(glob):
        return "".join(chars)
    return tuple(token for at, token in enumerate(glob) if token is not _Wild.MANY or glob[at - 1 : at] != (token,))


def fault_of(pattern: str) -> str:
    """Say why a pattern cannot be matched; nothing where it can."""
    if not pattern.strip("!/"):
        return "names no path; write * for everything"
    if len(pattern) > _LONGEST:
        return f"is longer than {_LONGEST} characters; write it with wildcards"
    if not pattern.isprintable():
        return "holds a control or invisible character; remove it"
    return ""
