"""YAML 1.2 (core schema) and JSON, read into plain data that remembers where each key and each value stands.

Both become one stream of events, which is built into data without recursion: no nesting, however deep, can exhaust the
stack. Anchors, aliases and tags are refused: they make a file that says something else than it seems to. In files that
were written for other programs (`read_documents`) aliases are written out, up to a bound.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import yaml
from rapidfuzz import fuzz, process

from assistant.errors import FileError, Finding

LARGEST_BYTES = 20_000_000
DEEPEST = 50
MOST_WRITTEN_OUT = 100_000
"""Values that the aliases of one document may stand for, those inside of others counted each time."""

Path = tuple[str | int, ...]
Position = tuple[int, int]
"""Line and column, from 1."""


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
        document = _build(label, _events(label, text), found)
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
            document = _build(label, _events(label, part, before, written_out=True), found)
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
        at = _end_of(content[: error.start].decode())
        raise FileError([Finding(label, *at, "", "is not UTF-8; save it with that encoding")]) from None


def _end_of(text: str) -> Position:
    return text.count("\n") + 1, len(text) - text.rfind("\n")


class _Event(NamedTuple):
    kind: Literal["map", "list", "end", "value"]
    position: Position
    value: Any = None
    literal: str | None = None
    fault: str | None = None


# Absent where PyYAML was built without libyaml; then reading is slower and otherwise the same.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SHORTHAND = re.compile(r"(?:^|[\s\[{,])[&*]\S")
"""Where an anchor or an alias can be."""
_NOT_IN_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _events(label: str, text: str, before: int = 0, *, written_out: bool = False) -> Iterator[_Event]:
    """Read a text before which so many lines stand in its file."""
    # Other programs take { for YAML as well, so that theirs is JSON only if it can be.
    if text.lstrip()[:1] in ("{", "[") and not (written_out and not _is_json(text)):
        return _json_events(label, text, before)
    return _yaml_events(label, text, before, written_out=written_out)


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_int=str)
    except (ValueError, RecursionError):
        return False
    return True


def _yaml_events(label: str, text: str, before: int, *, written_out: bool) -> Iterator[_Event]:
    if control := _NOT_IN_YAML.search(text):
        line, column = _end_of(text[: control.start()])
        message = f"holds the control character U+{ord(control[0]):04X}; remove it"
        raise FileError([Finding(label, line + before, column, "", message)])
    documents = 0
    events = yaml.parse(text, Loader=_LOADER)
    if written_out and _SHORTHAND.search(text):
        events = _written_out(label, events, before)
    try:
        for event in events:
            at = _position(event.start_mark, before)
            if isinstance(event, yaml.ScalarEvent):
                plain = event.implicit[0] and event.tag is None
                value, fault = _scalar(event.value) if plain else (event.value, _lone_surrogate(event.value))
                yield _Event("value", at, value, event.value, _shorthand(event) or fault)
            elif isinstance(event, yaml.AliasEvent):
                yield _Event("value", at, fault="is an alias (*), which is not read here; write the value out")
            elif isinstance(event, yaml.CollectionStartEvent):
                kind: Literal["map", "list"] = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
                yield _Event(kind, at, fault=_shorthand(event))
            elif isinstance(event, yaml.CollectionEndEvent):
                yield _Event("end", at)
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    message = "begins a second document; keep one document in a file"
                    raise FileError([Finding(label, *at, "", message)])
    except yaml.MarkedYAMLError as error:
        raise FileError([_syntax_finding(label, text, error, before)]) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the latter two: odd escapes, without libyaml
        raise FileError([Finding(label, before + 1, 1, "", f"is not YAML: {error}")]) from None


def _written_out(label: str, events: Iterator[Any], before: int) -> Iterator[Any]:
    """Put what each anchor names in the place of its aliases. One that names nothing yet stays an alias."""
    named: dict[str, list[Any]] = {}
    recording: list[tuple[str, int, list[Any]]] = []
    depth = count = 0
    for event in events:
        replayed = [event]
        if isinstance(event, yaml.AliasEvent):
            replayed = named.get(event.anchor or "", replayed)
            count += len(replayed)
            if count > MOST_WRITTEN_OUT:
                message = f"stands, with the aliases before it, for more than {MOST_WRITTEN_OUT:,} values; write fewer"
                raise FileError([Finding(label, *_position(event.start_mark, before), "", message)])
        elif isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            recording.append((event.anchor, depth, []))
            event.anchor = None
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        for _, _, record in recording:
            record += replayed
        while recording and recording[-1][1] == depth:
            anchor, _, record = recording.pop()
            named[anchor] = record
        yield from replayed


def _shorthand(event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> str | None:
    if event.anchor is not None:
        return "has an anchor (&), which is not read here; write the value out where it is needed"
    return "has a tag (!), which is not read here; leave it out" if event.tag is not None else None


def _syntax_finding(label: str, text: str, error: yaml.MarkedYAMLError, before: int) -> Finding:
    line, column = _position(error.problem_mark or error.context_mark)
    rest = "".join(text.split("\n")[line - 1 : line])[column - 1 :]
    message = f"is not YAML: {', '.join(filter(None, (error.problem, error.context)))}"
    if rest.startswith("\t"):
        message = "is indented by a tab; use spaces"
    elif rest.startswith(("@", "`", "%")) and column > 1:
        message = f'holds a value that begins with {rest[0]}; quote it: "{rest[0]}…"'
    return Finding(label, line + before, column, "", message)


def _position(mark: Any, before: int = 0) -> Position:
    return mark.line + 1 + before, mark.column + 1


_JSON_LEXEME = re.compile(r'\n|[\[\]{}]|"(?:[^"\\]|\\.)*+"?|[^\s\[\]{},:"]+')


def _json_events(label: str, text: str, before: int) -> Iterator[_Event]:
    try:
        json.loads(text, parse_int=str, parse_float=str)  # numbers are read below, within limits
    except json.JSONDecodeError as error:
        message = f"is not JSON, as which it is read because it begins with {text.lstrip()[0]}: {error.msg}"
        raise FileError([Finding(label, error.lineno + before, error.colno, "", message)]) from None
    except RecursionError:
        pass  # what was read is sound up to a depth that _build refuses, and it can name the place
    line, line_start = before + 1, 0
    for match in _JSON_LEXEME.finditer(text):
        lexeme = match[0]
        at = line, match.start() - line_start + 1
        if lexeme == "\n":
            line, line_start = line + 1, match.end()
        elif lexeme in "{[":
            yield _Event("map" if lexeme == "{" else "list", at)
        elif lexeme in "}]":
            yield _Event("end", at)
        elif lexeme.startswith('"'):
            value = json.loads(lexeme)
            yield _Event("value", at, value, fault=_lone_surrogate(value))
        else:
            value, fault = _scalar(lexeme)
            yield _Event("value", at, value, lexeme, "is no number" if isinstance(value, str) else fault)


_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_ENDLESS = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def _scalar(literal: str) -> tuple[bool | int | float | str | None, str | None]:
    """Read an unquoted value by the core schema of YAML 1.2, of which JSON's is a part; the value and what is wrong."""
    if literal in _WORDS:
        return _WORDS[literal], None
    if _WHOLE.fullmatch(literal):
        # Longer ones are told apart before int() is asked, which refuses thousands of digits with an error of its own.
        number = int(literal, {"0o": 8, "0x": 16}.get(literal[:2], 10)) if len(literal) <= 30 else 1 << 64
        return number, None if abs(number) < 1 << 63 else "is too large a number; quote it if it is a name"
    if _DECIMAL.fullmatch(literal):
        return float(literal), None if math.isfinite(float(literal)) else "is too large a number"
    return literal, "is no finite number; quote it if it is a text" if _ENDLESS.fullmatch(literal) else None


def reads_as_text(text: str) -> bool:
    """Say whether a text that is written without quotes is read as that text."""
    return isinstance(_scalar(text)[0], str) and not _ENDLESS.fullmatch(text)


def _lone_surrogate(text: str) -> str | None:
    return "holds half of a surrogate pair (\\ud800 to \\udfff)" if re.search("[\ud800-\udfff]", text) else None


@dataclass
class _Open:
    """A mapping or list whose end is still to come. `path` is None inside of what a fault keeps out of the data."""

    data: dict[str, Any] | list[Any]
    path: Path | None
    key: str | None = None
    awaits_value: bool = False


def _build(label: str, events: Iterator[_Event], faults: list[Finding]) -> Document:
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
