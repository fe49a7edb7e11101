"""Checkouts: what the files of a repository tell by where they lie."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_PLACES = (".github", "", "docs", ".gitlab")
"""The folders of a repository in which its CODEOWNERS counts, the first first."""
_ORIGIN = re.compile(r'\[remote "origin"\][^\[]*?\n\s*url\s*=\s*(\S+)')
_REMOTE = re.compile(
    r"(?:(?:https?|ssh|git)://)?(?:[^@/\s]+@)?(\w[\w-]*\.[\w.-]*\w|localhost)(?::\d+(?=/))?[:/](\S+?)(?:\.git)?/?"
)


def repository_of(file: Path) -> str | None:
    """Return the web address of the repository in whose checkout a file lies, if that has one."""
    for folder in file.resolve().parents:
        if (config := folder / ".git" / "config").is_file():
            origin = _ORIGIN.search(config.read_text(errors="replace"))
            return web_address(origin[1]) if origin else None
    return None


def web_address(remote: str) -> str | None:
    """Turn `git@host:acme/mono.git` or `https://token@host/acme/mono.git` into `https://host/acme/mono`."""
    found = _REMOTE.fullmatch(remote)
    return f"https://{found[1]}/{found[2]}" if found else None


def counting(files: Iterable[Path]) -> set[Path]:
    """Return those CODEOWNERS files that count: one for each repository, and none deeper in it.

    A repository is told by its `.git`, or else by having such a file.
    """
    by_root: dict[Path, list[tuple[int, Path]]] = {}
    for file in files:
        place = file.parent.name if file.parent.name in _PLACES else ""
        root = file.parent.parent if place else file.parent
        by_root.setdefault(root, []).append((_PLACES.index(place), file))
    found: dict[Path, Path] = {}
    for root in sorted(by_root, key=lambda each: len(each.parts)):
        if (root / ".git").exists() or found.keys().isdisjoint(root.parents):
            found[root] = min(by_root[root])[1]
    return set(found.values())
