"""Whom an entity of a Backstage catalog names: owners, members, and what it depends on.

The forms are described in https://backstage.io/docs/features/software-catalog/references.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from assistant.core.gaps import PLACEHOLDERS
from assistant.formats.backstage.fields import OURS, Report, listed, name_faults, value_at
from assistant.formats.events import Position
from assistant.formats.positions import Document, Path, quoted

COMPONENT_KINDS = ("component", "resource", "api", "system", "domain")
_REFERENCE = re.compile(r"(?:([A-Za-z][A-Za-z0-9]*):(?!//))?(?:([^/]+)/)?(.+)", re.DOTALL)


class Mention(NamedTuple):
    """A reference as it is written: `[kind:][namespace/]name`, kind and namespace in lower case, and where."""

    kind: str | None
    namespace: str | None
    name: str
    position: Position


class Relation(NamedTuple):
    """What one entity says of another. `kinds`: what the other is, where that is not written, likeliest first.

    `needs`: it depends on the other; else the other depends on it.
    """

    other: Mention
    kinds: tuple[str, ...]
    needs: bool


def mentions_in(document: Document, report: Report, *path: str) -> Iterator[Mention]:
    """Return the references that a field holds: one or a list of them, each as a text or in parts."""
    written = value_at(document, *path)
    for index, item in enumerate(written if isinstance(written, list) else [written]):
        place: Path = (*path, index) if isinstance(written, list) else path
        if isinstance(item, dict) and isinstance(item.get("name"), str):
            item = "".join(
                f"{item[part]}{mark}" if isinstance(item.get(part), str) else ""
                for part, mark in (("kind", ":"), ("namespace", "/"), ("name", ""))
            )
        elif not isinstance(item, dict | list):
            item = value_at(document, *place)
        if item not in (None, "", [], {}):
            yield from _parsed(item, document, report, place)


def _parsed(text: Any, document: Document, report: Report, path: Path) -> Iterator[Mention]:
    text = text.strip() if isinstance(text, str) else text
    if faults := name_faults(text, document, path):
        report.warnings += faults
        return
    if text.lower() in PLACEHOLDERS:  # such as n/a, which is no namespace
        yield Mention(None, None, text, document.position(path))
        return
    match = _REFERENCE.fullmatch(text)
    if match is None or not match[3].strip():
        report.warn(document, f"{quoted(text)} names nothing; it is left out", *path)
        return
    kind, namespace, name = match.groups()
    yield Mention(kind and kind.lower(), namespace and namespace.lower(), name.strip(), document.position(path))


def owners_in(document: Document, report: Report) -> tuple[Mention, ...]:
    """Return whom an entity names as owner. Backstage has one; a plugin of it, and our export, have several."""
    found = [*mentions_in(document, report, "spec", "owner"), *mentions_in(document, report, "spec", "owners")]
    path = ("metadata", "annotations", f"{OURS}further-owners")
    further = value_at(document, *path)
    for part in further.split(",") if isinstance(further, str) else ():
        found += _parsed(part, document, report, path)
    return tuple(each._replace(name=each.name.removeprefix("@") or each.name) for each in found)


_RELATIONS: Mapping[str, tuple[tuple[str, ...], bool]] = {
    "dependsOn": (COMPONENT_KINDS, True),
    "consumesApis": (("api",), True),
    "providesApis": (("api",), True),
    "dependencyOf": (COMPONENT_KINDS, False),
    "partOf": (("system", "component", "domain"), False),
    "system": (("system",), False),
    "subcomponentOf": (("component",), False),
    "domain": (("domain",), False),
    "subdomainOf": (("domain",), False),
}
"""Fields that name other entities: their kinds, and whether this one depends on them.

A whole depends on its parts, as a service does on its database, and not a part on the whole: what is asked of a part is
whether anybody else would miss it if the whole were switched off.
"""


def relations_in(document: Document, report: Report) -> Iterator[Relation]:
    """Return what an entity says of others, in the order in which it says it."""
    spec = document.data.get("spec")
    for name in spec if isinstance(spec, dict) else ():
        if name in _RELATIONS:
            for mention in mentions_in(document, report, "spec", name):
                yield Relation(mention, *_RELATIONS[name])
    path = ("metadata", "annotations", f"{OURS}depends-on")
    names = listed(text) if isinstance(text := value_at(document, *path), str) else ()
    for each in names if isinstance(names, list) else ():
        if not (faults := name_faults(each, document, path)):
            yield Relation(Mention(None, None, each, document.position(path)), (), True)
        report.warnings += faults
