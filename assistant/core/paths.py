"""Who owns which paths of a repository: the rules of a CODEOWNERS file, of which the last that matches counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from codeowners import CodeOwners

from assistant.core.entries import Ref

_SPACE = "\0"
"""Stands for a space of a path, since a pattern ends where a space is. No path and no pattern holds it."""
_LONGEST = 1_000
"""Characters of a pattern."""
_WILDCARDS = 4
"""Stars in one part of a pattern: each more multiplies the time that it takes to see that a path does not match."""


class PathRule(NamedTuple):
    """One rule. `line`: in its file, from 1. `owners`: teams, none where the rule takes a path from its owners.

    `component`: what the rule makes of a folder. `section`: of GitLab's, each of which is matched by itself.
    """

    line: int
    pattern: str
    owners: tuple[str, ...] = ()
    component: Ref | None = None
    section: str | None = None

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
    syntax: Literal["github", "gitlab"] = "github"

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

        A section counts for nothing that one of its rules excludes, wherever that stands.
        """
        path = path.removeprefix("./").strip("/").replace(" ", _SPACE)
        if not path:
            return ()
        found = {line for form in (path, f"{path}/") for _, line, *_ in self._matcher.matching_lines(form) if line}
        counting: dict[str, PathRule] = {}
        excluded: set[str] = set()
        for line in sorted(found):
            rule = self.rules[line - 1]
            section = (rule.section or "").casefold()
            counting[section] = rule
            if rule.excludes:
                excluded.add(section)
        return tuple(sorted(rule for section, rule in counting.items() if section not in excluded))

    @cached_property
    def _matcher(self) -> CodeOwners:
        """The library's matcher over the patterns alone, a line each; what else stands in a rule it need not know."""
        return CodeOwners("\n".join(map(self._as_matched, self.rules)))

    def _as_matched(self, rule: PathRule) -> str:
        pattern = rule.pattern.removeprefix("!").replace("\\ ", _SPACE)
        pattern = re.sub(r"\\.|\[", lambda found: "\\[" if found[0] == "[" else found[0], pattern)
        if self.syntax == "gitlab" and not pattern.startswith("/"):
            return f"/**/{pattern}"  # there a path is one at any depth unless it begins with a slash
        return pattern


def fault_of(pattern: str) -> str:
    """Say why a pattern cannot be matched; nothing where it can."""
    if not pattern.strip("!/"):
        return "names no path; write * for everything"
    if len(pattern) > _LONGEST:
        return f"is longer than {_LONGEST} characters; write it with wildcards"
    if not pattern.isprintable():
        return "holds a control or invisible character; remove it"
    parts = pattern.split("/")
    if sum(part == "**" for part in parts) > _WILDCARDS or any(part.count("*") > _WILDCARDS for part in parts):
        return f"holds more than {_WILDCARDS} wildcards in a part of the path; write it with fewer"
    return ""
