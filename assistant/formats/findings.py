"""What a model refuses, in plain words and at its place in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from assistant.errors import Finding
from assistant.formats.positions import Document, Path, nearest, quoted

_WRONG_TYPE = re.compile(r"([a-z]+)(_attributes)?(_type|_parsing|_from_float|_from_datetime_\w+)")
_EXPECTED = {
    "string": "a text",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "date": "a date such as 2027-05-01",
    **dict.fromkeys(("list", "tuple"), "a list"),
    **dict.fromkeys(("dict", "mapping", "model"), "keys with values"),
}


def findings_of(
    document: Document,
    error: ValidationError,
    model: type[BaseModel],
    prefix: Path = (),
    *,
    spelt: Mapping[Path, Path] = MappingProxyType({}),
) -> list[Finding]:
    """Say in plain words what a model refuses, each at its place in the file.

    `prefix` is where the validated value stands. `spelt` names what the model itself renames: its location → the path
    as it may be written in the file.
    """
    findings: list[Finding] = []
    alternatives: dict[Path, list[ErrorDetails]] = {}  # a union complains once for each of its members
    for detail in error.errors(include_url=False):
        written = spelt.get(detail["loc"], ())
        loc = written if written and prefix + written in document.values else detail["loc"]
        path = prefix
        for part in loc:  # pydantic's location also names members of unions, which the file does not have
            path = (*path, part) if (*path, part) in document.values else path
        if detail["type"] == "missing":
            findings.append(document.finding(path, f"has no {loc[-1]}, which it needs"))
        elif detail["type"] == "extra_forbidden":
            allowed = _keys_allowed(model, loc[:-1])
            allowed += [str(names[-1]) for names in spelt.values() if names[:-1] == loc[:-1]]
            message = f"is no key that is known here; {_instead(str(loc[-1]), sorted(allowed))}"
            findings.append(document.finding(path, message, key=True))
        elif loc and loc[-1] == "[key]":
            findings.append(document.finding(path, f"as a key {_sentence(detail)}", key=True))
        else:
            alternatives.setdefault(path, []).append(detail)
    for path, details in alternatives.items():
        findings.append(document.finding(path, _mistake(document, path, details)))
    return findings


def _instead(name: str, allowed: list[str]) -> str:
    near = nearest(name, allowed)
    return (f"did you mean {near[0]}? Allowed: " if near else "allowed: ") + ", ".join(allowed)


def _keys_allowed(model: type[BaseModel], location: Path) -> list[str]:
    models = [model]
    for part in location:
        fields = [each.model_fields[part] for each in models if isinstance(part, str) and part in each.model_fields]
        models = [inner for held in fields for inner in _models_in(held.annotation)] or models
    return list(dict.fromkeys(held.alias or name for each in models for name, held in each.model_fields.items()))


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_in(argument)]


def _mistake(document: Document, path: Path, details: list[ErrorDetails]) -> str:
    types = [_WRONG_TYPE.fullmatch(detail["type"]) for detail in details]
    if not all(types):
        wrong = [detail for detail, is_type in zip(details, types, strict=True) if not is_type]
        return " or ".join(dict.fromkeys(map(_sentence, wrong)))
    expected = ", or ".join(dict.fromkeys(_EXPECTED.get(match[1], match[1]) for match in types if match))
    value = details[0]["input"]
    if value is None:
        return f"is empty; write {expected}, or leave it out"
    kind = "a list" if isinstance(value, list) else "keys with values" if isinstance(value, dict) else "a number"
    kind = quoted(value) if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else kind
    if expected == "a text" and isinstance(value, bool | int | float):
        key = f"{path[-1]}: " if path and isinstance(path[-1], str) else ""
        return f"is {kind}; quote it: {key}{quoted(document.literals.get(path, str(value)))}"
    return f"is {kind}; write {expected}"


def _sentence(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    value = detail["input"]
    match detail["type"]:
        case "value_error":
            return str(context["error"])
        case "literal_error":
            allowed = re.findall(r"'([^']*)'", context["expected"])
            return f"{quoted(str(value))} is not known; {_instead(str(value), allowed)}"
        case "string_too_short":
            return "is empty; write at least one visible character"
        case "string_too_long":
            return f"is {len(value)} characters long; at most {context['max_length']} are allowed"
        case "string_pattern_mismatch":
            return f"does not match {context['pattern']}"
    return detail["msg"][:1].lower() + detail["msg"][1:]
