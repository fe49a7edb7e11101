"""YAML 1.2 (core schema) and JSON, read into plain data that remembers where each key and each value stands.

Both become one stream of events, which is built into data without recursion: no nesting, however deep, can exhaust the
stack. Anchors, aliases and tags are refused: they make a file that says something else than it seems to. In files that
were written for other programs (`read_documents`) aliases are written out, up to a bound.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz, process

from assistant.errors import FileError, Finding
from assistant.formats.events import Event, Position, end_of, events_of

LARGEST_BYTES = 20_000_000
DEEPEST = 50
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """What a file holds, and where. `literals` keeps how a value that is not a text was written (`1.10`, `007`)."""

    label: str
    data: Any
    values: Mapping[Path, Position] = field(default_factory=dict, repr=False)
    keys: Mapping[Path, Position] = field(default_factory=dict, repr=False)
    literals: Mapping[Path, str] = field(default_factory=dict, repr=False)

    def position(self, path: Path, *, key: bool = False) -> Position:
        """Return where the value (or the key) of a path stands; where the file has no such path, what would hold it."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, (1, 1))

    def finding(self, path: Path, message: str, *, key: bool = False) -> Finding:
        return Finding(self.label, *self.position(path, key=key), path_text(path), message)


def path_text(path: Path) -> str:
    """Write a path as people read it: `components[3].owner`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif re.fullmatch(r"[\w-]{1,80}", part):
            text += f".{part}" if text else part
        else:
            text += f"[{quoted(part)}]"
    return text


def quoted(text: str) -> str:
    """Quote a text from a file for a message: clipped, and without characters that could disturb a terminal."""
    clipped = text if len(text) <= 80 else text[:79] + "…"
    return json.dumps(clipped, ensure_ascii=not clipped.isprintable())


def nearest(name: str, choices: Collection[str], limit: int = 1) -> list[str]:
    """Return the choices that a misspelt name most likely means, best first; none when nothing is near."""
    found = process.extract(
        name[:255], choices, scorer=fuzz.ratio, processor=str.casefold, limit=limit, score_cutoff=60
    )
    return [choice for choice, _, _ in found]


# Reading


def read(label: str, content: bytes, *, faults: list[Finding] | None = None) -> Document:
    """Read a file, or raise FileError with everything that is wrong with it.

    Whoever goes on to validate hands in `faults`: what leaves the rest readable (a duplicate key, an anchor) is then
    added to it instead of raised, so that both kinds of errors are reported at once.
    """
    found: list[Finding] = []
    text = _decode(label, content)
    try:
        document = _build(label, events_of(label, text), found)
        if document.data is None and not found:
            raise FileError([Finding(label, 1, 1, "", "is empty")])
    except FileError as error:
        raise FileError(found + error.findings) from None
    if found and faults is None:
        raise FileError(found)
    if faults is not None:
        faults += found
    return document


def read_documents(label: str, content: bytes) -> Iterator[tuple[Document | None, list[Finding]]]:
    """Read the documents of a file one by one, so that what is wrong in one of them costs no other.

    With each comes what is wrong with it; it is None where that left nothing to read. Aliases are written out, merge
    keys merged, empty documents passed over.
    """
    try:
        text = _decode(label, content).replace("\r\n", "\n").replace("\r", "\n")
    except FileError as error:
        yield None, error.findings
        return
    for part, before in _parts(text):
        found: list[Finding] = []
        try:
            document = _build(label, events_of(label, part, before, written_out=True), found)
        except FileError as error:
            yield None, found + error.findings
        else:
            if found or document.data is not None:
                _merge(document)
                yield document, found


# At the beginning of a line these are markers wherever they stand, even in the middle of a quoted text.
_MARKER = re.compile(r"^(?:---|\.\.\.)(?=\s|$)", re.MULTILINE)


def _parts(text: str) -> Iterator[tuple[str, int]]:
    """Cut a text at its markers: each document that holds something, and how many lines stand before it."""
    starts = [0, *(match.start() for match in _MARKER.finditer(text))]
    before = 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        part = text[start:end]
        if part.startswith("..."):
            part = "   " + part[3:]
        if any(
            line.strip() and line.lstrip()[0] != "#" and line[0] != "%" for line in _lines(part.removeprefix("---"))
        ):
            yield part, before
        before += part.count("\n")


def _lines(text: str) -> Iterator[str]:
    return (match[0] for match in re.finditer(r"[^\n]+", text))


def _merge(document: Document) -> None:
    """Put what stands under a merge key (<<) into the mapping that holds it, where that has no such key of its own."""
    for path in sorted((path for path in document.keys if path[-1] == "<<"), key=len, reverse=True):
        holder = document.data
        for part in path[:-1]:
            holder = holder[part]
        merged = holder.pop("<<")
        for each in merged if isinstance(merged, list) else [merged]:
            for key, value in each.items() if isinstance(each, dict) else ():
                holder.setdefault(key, value)


def _decode(label: str, content: bytes) -> str:
    if len(content) > LARGEST_BYTES:
        raise FileError([Finding(label, 1, 1, "", f"is larger than {LARGEST_BYTES // 1_000_000} MB; split it")])
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        at = end_of(content[: error.start].decode())
        raise FileError([Finding(label, *at, "", "is not UTF-8; save it with that encoding")]) from None


@dataclass
class _Open:
    """A mapping or list whose end is still to come. `path` is None inside of what a fault keeps out of the data."""

    data: dict[str, Any] | list[Any]
    path: Path | None
    key: str | None = None
    awaits_value: bool = False


def _build(label: str, events: Iterator[Event], faults: list[Finding]) -> Document:
    values: dict[Path, Position] = {}
    keys: dict[Path, Position] = {}
    literals: dict[Path, str] = {}
    root: list[Any] = []
    opened: list[_Open] = []

    def fault(position: Position, path: Path | None, message: str) -> None:
        faults.append(Finding(label, *position, path_text(path or ()), message))

    for kind, position, value, literal, problem in events:
        if kind == "end":
            opened.pop()
            continue
        top = opened[-1] if opened else _Open(root, ())
        path = top.path
        if isinstance(top.data, dict) and not top.awaits_value:
            top.key, top.awaits_value = None, True
            if kind != "value" or not isinstance(value, str):
                fix = f"; quote it: {quoted(literal)}" if literal else ""
                fault(position, path, problem or f"has a key that is not a text{fix}")
            elif value in top.data:
                first = f", first in line {keys[(*path, value)][0]}" if path is not None else ""
                fault(position, path, f"has the key {quoted(value)} twice{first}; keep one of them")
            else:
                top.key = value
                if path is not None:
                    keys[(*path, value)] = position
                if problem:
                    fault(position, path, problem)
            if kind != "value":
                opened.append(_Open([], None))
        else:
            data: Any = {} if kind == "map" else [] if kind == "list" else value
            if isinstance(top.data, dict):
                top.awaits_value = False
                path = (*path, top.key) if path is not None and top.key is not None else None
                if top.key is not None:
                    top.data[top.key] = data
            else:
                path = (*path, len(top.data)) if path is not None and opened else path
                top.data.append(data)
            if path is not None:
                values[path] = position
                if literal is not None and not isinstance(value, str):
                    literals[path] = literal
            if problem:
                fault(position, path, problem)
            if kind != "value":
                opened.append(_Open(data, path))
        if len(opened) > DEEPEST:
            raise FileError([Finding(label, *position, "", f"is nested deeper than {DEEPEST} levels")])
    return Document(label, root[0] if root else None, values, keys, literals)
