"""Who owns which paths of a repository: the rules of a CODEOWNERS file, of which the last that matches counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from assistant.core.entries import Ref


class PathRule(NamedTuple):
    """One rule. `line`: in its file, from 1. `owners`: teams, none where the rule takes a path from its owners.

    `component`: what the rule makes of a folder. `section`: of GitLab's, each of which is matched by itself.
    """

    line: int
    pattern: str
    owners: tuple[str, ...] = ()
    component: Ref | None = None
    section: str | None = None


@dataclass(frozen=True)
class PathRules:
    """The rules of one file, in its order. `repository`: its web address, where it is known."""

    file: str
    rules: tuple[PathRule, ...] = ()
    repository: str | None = None
