"""Folders as components: which folders of a CODEOWNERS file are one, and what each is called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from assistant.core.paths import PathRule

_INSIDE = frozenset({"", "*", "**"})
"""Parts with which the pattern of a folder may end: `/`, `/*`, `/**`, `/**/*`."""
_FILE = re.compile(r"\.[A-Za-z][\w-]*$|^(?:[A-Z]+|[A-Z][a-z]+file)$")
"""What is no folder unless a slash follows: `main.ts`, `LICENSE`, `Dockerfile`."""
_LONGEST = 255
"""Characters of a name."""


def folder_of(pattern: str) -> str | None:
    """Return the path of the one folder that a pattern is about; None for files and for what wildcards match."""
    written = pattern.split("/")
    while len(written) > 1 and written[-1] in _INSIDE:
        written.pop()
    path = "/".join(written)
    parts = re.sub(r"\\(.)", r"\1", path).removeprefix("/").split("/")
    is_bare = path == pattern and ("/" not in path or _FILE.search(parts[-1]))
    several = "*" in path or "?" in path or path.startswith("!")
    if is_bare or several or len(path) > _LONGEST or not all(part.strip() for part in parts):
        return None
    return "/".join(parts)


def subject_of(pattern: str) -> str:
    """Return what a pattern is about, which is the same for `/docs/` and `docs/**`."""
    return folder_of(pattern) or pattern


def components_of(rules: Iterable[PathRule], mapping: Mapping[str, str | None]) -> dict[str, str]:
    """Return the components by what their rules are about: what the mapping names, and folders that have owners.

    A folder is none where it is hidden, or a part of another component.
    """
    mapped = {subject_of(pattern): name for pattern, name in mapping.items()}
    owners = {
        folder: rule.owners
        for rule in rules
        if (folder := folder_of(rule.pattern)) and rule.owners and folder not in mapped and "/." not in f"/{folder}"
    }
    parts = _parts(owners)
    named = {subject: name for subject, name in mapped.items() if name}
    return _names(owners.keys() - parts, parts, named.values()) | named


def _parts(owners: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Return the folders that are parts of other components.

    Whoever owns the component owns its part too, beside others; or a folder deep inside is called as others are, such
    as `zlib/assets/monitors`. What stands beside others in a folder is no part of that: `packages` holds components.
    """
    called = Counter(folder.rpartition("/")[2].casefold() for folder in owners)
    held = Counter(folder.rpartition("/")[0] for folder in owners)
    parts = set()
    for folder, own in owners.items():
        above, _, name = folder.rpartition("/")
        is_deep = above not in owners
        while above and above not in owners:
            above = above.rpartition("/")[0]
        if not above or (not is_deep and held[above] > 1):
            continue
        if set(own) >= set(owners[above]) or (is_deep and called[name.casefold()] > 1):
            parts.add(folder)
    return parts


def _names(folders: Iterable[str], parts: Iterable[str], others: Iterable[str]) -> dict[str, str]:
    """Name each folder by its last part, with as many of those before it as tell it from other components.

    It has to be told from a part of one as well, unless that lies deeper.
    """
    taken = Counter(name.casefold() for name in others)
    taken.update(end for folder in folders for end in _ends(folder.casefold()))
    highest: dict[str, int] = {}
    for part in sorted(parts, key=_depth, reverse=True):
        highest |= dict.fromkeys(_ends(part.casefold()), _depth(part))
    names = {}
    for folder in folders:
        free = (end for end in _ends(folder) if taken[end.casefold()] == 1)
        names[folder] = next((end for end in free if _depth(folder) < highest.get(end.casefold(), _LONGEST)), folder)
    return names


def _ends(folder: str) -> list[str]:
    """`c`, `b/c` and `a/b/c` of `a/b/c`."""
    parts = folder.split("/")
    return ["/".join(parts[at:]) for at in reversed(range(len(parts)))]


def _depth(folder: str) -> int:
    return folder.count("/")
