"""YAML 1.2 (core schema) and JSON as one stream of events, each with its place and with what is wrong about it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import yaml

from assistant.errors import FileError, Finding

MOST_WRITTEN_OUT = 100_000
"""Values that the aliases of one document may stand for, those inside of others counted each time."""

Position = tuple[int, int]
"""Line and column, from 1."""


def end_of(text: str) -> Position:
    return text.count("\n") + 1, len(text) - text.rfind("\n")


class Event(NamedTuple):
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


def events_of(label: str, text: str, before: int = 0, *, written_out: bool = False) -> Iterator[Event]:
    """Read a text before which so many lines stand in its file."""
    # Other programs take { for YAML as well, so that theirs is JSON only if it can be.
    if text.lstrip()[:1] in ("{", "[") and not (written_out and not is_json(text)):
        return _json_events(label, text, before)
    return _yaml_events(label, text, before, written_out=written_out)


def is_json(text: str) -> bool:
    try:
        json.loads(text, parse_int=str)
    except (ValueError, RecursionError):
        return False
    return True


def _yaml_events(label: str, text: str, before: int, *, written_out: bool) -> Iterator[Event]:
    if control := _NOT_IN_YAML.search(text):
        line, column = end_of(text[: control.start()])
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
                yield Event("value", at, value, event.value, _shorthand(event) or fault)
            elif isinstance(event, yaml.AliasEvent):
                yield Event("value", at, fault="is an alias (*), which is not read here; write the value out")
            elif isinstance(event, yaml.CollectionStartEvent):
                kind: Literal["map", "list"] = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
                yield Event(kind, at, fault=_shorthand(event))
            elif isinstance(event, yaml.CollectionEndEvent):
                yield Event("end", at)
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


def _json_events(label: str, text: str, before: int) -> Iterator[Event]:
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
            yield Event("map" if lexeme == "{" else "list", at)
        elif lexeme in "}]":
            yield Event("end", at)
        elif lexeme.startswith('"'):
            value = json.loads(lexeme)
            yield Event("value", at, value, fault=_lone_surrogate(value))
        else:
            value, fault = _scalar(lexeme)
            yield Event("value", at, value, lexeme, "is no number" if isinstance(value, str) else fault)


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
