"""Verifying a rulebook: whether it has exactly one answer for whatever is known, and says what it means.

Gaps, conflicts and dead rules are found exactly, over all facts at once, not by trying examples.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from assistant.core.boxes import Box, Space, TooMuchWorkError, Work, both, uncovered
from assistant.core.entries import FactValue
from assistant.core.rulebook import NUMBER, Cell, Fact, Rulebook, Scalar, When, failing_examples, holds, representatives

Check = Literal[
    "gap",
    "conflict",
    "dead rule",
    "unreachable model",
    "unknown fact",
    "unknown value",
    "bad cell",
    "failing example",
    "duplicate",
    "unbounded number",
    "unknown model",
    "unused",
    "not checked",
]
Severity = Literal["error", "warning"]
Path = tuple[str | int, ...]

WORK_LIMIT = 3_000_000
"""Boxes that may be looked at: some seconds, for a rulebook of thousands of rules."""
_COMPARISON = re.compile(rf"(?:<=|>=|<|>)\s*{NUMBER}|({NUMBER})\s*\.\.\s*({NUMBER})")


@dataclass(frozen=True)
class Defect:
    """Something wrong with a rulebook. `path` is where it stands, `example` facts that show it."""

    check: Check
    path: Path
    message: str
    rule: str | None = None
    fact: str | None = None
    example: Mapping[str, FactValue] = field(default_factory=dict)
    at_key: bool = False

    @property
    def severity(self) -> Severity:
        return "warning" if self.check in ("unused", "not checked") else "error"


def verify(rulebook: Rulebook, limit: int = WORK_LIMIT) -> tuple[Defect, ...]:
    """Return every defect. Where cells make no sense, what follows from the cells together is left unchecked."""
    checks = (_duplicates, _unbounded, _cells, _unknown_models, _phrases)
    defects = [defect for check in checks for defect in check(rulebook)]
    if not any(defect.path[0] in ("facts", "rules", "models") and _confuses(defect) for defect in defects):
        defects += _geometry(rulebook, limit)
        if not any(_confuses(defect) for defect in defects if defect.path[0] == "examples"):
            defects += _examples(rulebook)
    defects += _unreachable(rulebook)
    return (*defects, *_unused(rulebook))


def _confuses(defect: Defect) -> bool:
    """Say whether a defect keeps the rules from meaning anything together. Two rules of one name mean what they say."""
    return defect.check != "duplicate" or defect.path[0] != "rules"


def _phrases(rulebook: Rulebook) -> Iterator[Defect]:
    """Find phrases and sentences for what is no answer."""
    for number, fact in enumerate(rulebook.facts):
        sayable = {"choice": list(fact.answers), "yes-no": ["true", "false"], "number": []}[fact.type]
        for key, values, allowed in (("said", fact.said, sayable), ("sentences", fact.sentences, list(fact.answers))):
            for value in values:
                if value not in allowed:
                    message = f"“{value}” is no value of {fact.name}; allowed: {', '.join(allowed) or 'none'}"
                    yield Defect("unknown value", ("facts", number, key, value), message, None, fact.name, at_key=True)


def _duplicates(rulebook: Rulebook) -> Iterator[Defect]:
    named = {
        "facts": [fact.name for fact in rulebook.facts],
        "models": [model.id for model in rulebook.models],
        "rules": [rule.name for rule in rulebook.rules],
        "cautions": [caution.name for caution in rulebook.cautions],
    }
    for section, names in named.items():
        counts = Counter(names)
        for number, name in enumerate(names):
            if counts[name] > 1 and names.index(name) < number:
                key = "id" if section == "models" else "name"
                rule = name if section in ("rules", "cautions") else None
                yield Defect(
                    "duplicate", (section, number, key), f"“{name}” is named twice; give it another name", rule
                )


def _unbounded(rulebook: Rulebook) -> Iterator[Defect]:
    for number, fact in enumerate(rulebook.facts):
        if fact.type == "number" and (fact.min is None or fact.max is None):
            message = f"{fact.name} is a number without {'min' if fact.min is None else 'max'}; write both"
            yield Defect("unbounded number", ("facts", number), message, fact=fact.name)


def _conditions(rulebook: Rulebook) -> Iterator[tuple[Path, str | None, When]]:
    for number, rule in enumerate(rulebook.rules):
        yield ("rules", number, "when"), rule.name, rule.when
    for number, caution in enumerate(rulebook.cautions):
        yield ("cautions", number, "when"), caution.name, caution.when
    for number, suggestion in enumerate(rulebook.suggestions):
        yield ("suggestions", number, "when"), None, suggestion.when


def _values(rulebook: Rulebook) -> Iterator[tuple[Path, Mapping[str, Scalar]]]:
    for number, suggestion in enumerate(rulebook.suggestions):
        yield ("suggestions", number, "suggest"), suggestion.suggest
    for number, example in enumerate(rulebook.examples):
        yield ("examples", number, "given"), example.given


def _cells(rulebook: Rulebook) -> Iterator[Defect]:
    facts = {fact.name: fact for fact in rulebook.facts}
    for path, rule, when in _conditions(rulebook):
        for name, cell in when.items():
            yield from _cell(facts, (*path, name), rule, name, cell)
    for path, values in _values(rulebook):
        for name, value in values.items():
            if name not in facts:
                yield _unknown_fact(facts, (*path, name), None, name)
            elif not facts[name].admits(value):
                yield _unknown_value(facts[name], (*path, name), None, value)


def _cell(facts: Mapping[str, Fact], path: Path, rule: str | None, name: str, cell: Cell) -> Iterator[Defect]:
    if name not in facts:
        yield _unknown_fact(facts, path, rule, name)
        return
    fact = facts[name]
    parts = cell if isinstance(cell, tuple) else (cell,)
    wrong = [found for part in parts for found in _part(fact, path, rule, part)]
    yield from wrong
    values = representatives(fact, [{name: cell}])
    if not wrong and not (parts and all(any(holds(part, value) for value in values) for part in parts)):
        yield Defect("bad cell", path, f"holds for nothing, or a part of it does; {_allowed(fact)}", rule, name)


def _part(fact: Fact, path: Path, rule: str | None, part: Scalar) -> Iterator[Defect]:
    """Find what is wrong with one of the values of a cell."""
    if fact.type == "number" and isinstance(part, str):
        match = _COMPARISON.fullmatch(part.strip())
        if match is None:
            message = f"“{part}” is no condition on a number; write a number, “>= 5”, “< 5” or “5..10”"
            yield Defect("bad cell", path, message, rule, fact.name)
        elif match[1] and float(match[1]) > float(match[2]):
            yield Defect("bad cell", path, f"“{part}” runs backwards; write the smaller number first", rule, fact.name)
    elif fact.type == "choice" and not isinstance(part, str):
        yield Defect("bad cell", path, f"{_said(part)} is no text; {_allowed(fact)}", rule, fact.name)
    elif not fact.admits(part):
        yield _unknown_value(fact, path, rule, part)


def _unknown_fact(facts: Mapping[str, Fact], path: Path, rule: str | None, name: str) -> Defect:
    message = f"“{name}” is no fact of this rulebook; allowed: {', '.join(sorted(facts))}"
    return Defect("unknown fact", path, message, rule, name, at_key=True)


def _unknown_value(fact: Fact, path: Path, rule: str | None, value: Scalar) -> Defect:
    return Defect(
        "unknown value", path, f"{_said(value)} is no value of {fact.name}; {_allowed(fact)}", rule, fact.name
    )


def _allowed(fact: Fact) -> str:
    if fact.type == "choice":
        return f"allowed: {', '.join(fact.answers)}"
    if fact.type == "yes-no":
        return "allowed: true, false"
    return (
        f"allowed: numbers from {fact.min:g} to {fact.max:g}" if fact.min is not None and fact.max is not None else ""
    )


def _said(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else f"“{value}”" if isinstance(value, str) else f"{value:g}"


def _unknown_models(rulebook: Rulebook) -> Iterator[Defect]:
    models = [model.id for model in rulebook.models]
    used: list[tuple[Path, str | None, str | None]] = [
        (("rules", number, "use"), rule.use, rule.name) for number, rule in enumerate(rulebook.rules)
    ]
    used += [
        (("cautions", number, "consider"), each.consider, each.name) for number, each in enumerate(rulebook.cautions)
    ]
    for number, example in enumerate(rulebook.examples):
        used.append((("examples", number, "model"), example.model, None))
        used += [(("examples", number, "still_possible"), model, None) for model in example.still_possible or ()]
    for path, model, rule in used:
        if model is not None and model not in models:
            message = f"“{model}” is no model of this rulebook; allowed: {', '.join(sorted(set(models)))}"
            yield Defect("unknown model", path, message, rule)
    asked = [(number, example.asks) for number, example in enumerate(rulebook.examples) if example.asks]
    for number, name in asked:
        if rulebook.fact(name) is None:
            yield _unknown_fact({f.name: f for f in rulebook.facts}, ("examples", number, "asks"), None, name)


def _examples(rulebook: Rulebook) -> Iterator[Defect]:
    for number, failure in failing_examples(rulebook).items():
        given = rulebook.examples[number].given
        yield Defect("failing example", ("examples", number), f"fails: {failure}", example=dict(given))


def _geometry(rulebook: Rulebook, limit: int) -> Iterator[Defect]:
    """Find what is wrong with the rules together: as boxes they have to fill all facts, and none may meet another."""
    space = Space(rulebook.facts, tuple(rule.when for rule in rulebook.rules))
    pieces = max(map(len, space.pieces.values()), default=0)
    if pieces * len(rulebook.rules) > limit:
        message = f"tells too many values of a fact apart to be checked as a whole, within {limit} steps"
        yield Defect("not checked", ("rules",), message)
        return
    boxes = {number: box for number, rule in enumerate(rulebook.rules) if (box := space.box(rule.when)) is not None}
    for what, find in (("gaps", _gaps), ("contradictions", _conflicts), ("dead rules", _dead)):
        try:
            yield from find(rulebook, space, boxes, Work(limit))
        except TooMuchWorkError:
            message = f"is too large to look for all {what} in it, within {limit} steps"
            yield Defect("not checked", ("rules",), message)


def _unreachable(rulebook: Rulebook) -> Iterator[Defect]:
    used = {rule.use for rule in rulebook.rules}
    for number, model in enumerate(rulebook.models):
        if model.id not in used:
            message = f"no rule leads to {model.id}; write one, or remove the model"
            yield Defect("unreachable model", ("models", number, "id"), message)


def _gaps(rulebook: Rulebook, space: Space, boxes: Mapping[int, Box], work: Work) -> Iterator[Defect]:
    missed = uncovered(space, {}, boxes.values(), work)
    if missed is not None:
        example = space.example(missed)
        yield Defect("gap", ("rules",), f"no rule covers {_facts(example)}; add one", example=example)


def _conflicts(rulebook: Rulebook, space: Space, boxes: Mapping[int, Box], work: Work) -> Iterator[Defect]:
    """Find rules that meet an earlier one with another model, each once."""
    for number, box in boxes.items():
        rule = rulebook.rules[number]
        for earlier in range(number):
            work.spend(1)
            other = rulebook.rules[earlier]
            if rule.use == other.use or earlier not in boxes:
                continue
            common = both(boxes[earlier], box)
            if common is not None:
                example = space.example(common)
                where = f"for {_facts(example)}" if example else "always"
                message = f"{where} it says {rule.use}, and rule “{other.name}” says {other.use}"
                yield Defect("conflict", ("rules", number), message, rule.name, example=example)
                break


def _dead(rulebook: Rulebook, space: Space, boxes: Mapping[int, Box], work: Work) -> Iterator[Defect]:
    """Find rules without which every answer would be the same: others with the same model cover all that they cover."""
    alive = dict(boxes)
    for number in reversed(range(len(rulebook.rules))):
        rule, box = rulebook.rules[number], boxes.get(number)
        same = [other for at, other in alive.items() if at != number and rulebook.rules[at].use == rule.use]
        if box is None or (same and uncovered(space, box, same, work) is None):
            alive.pop(number, None)
            message = "no facts lead to it that other rules do not cover with the same model; remove it"
            yield Defect("dead rule", ("rules", number), message, rule.name)


def _unused(rulebook: Rulebook) -> Iterator[Defect]:
    """Find facts and answers that nothing reads."""
    read: dict[str, set[str]] = {}
    for _, _, when in _conditions(rulebook):
        for name, cell in when.items():
            read.setdefault(name, set()).update(map(str, cell if isinstance(cell, tuple) else (cell,)))
    for number, fact in enumerate(rulebook.facts):
        if fact.name not in read:
            message = f"no rule, caution or suggestion reads {fact.name}"
            yield Defect("unused", ("facts", number, "name"), message, fact=fact.name)
            continue
        answers = ["True", "False"] if fact.type == "yes-no" else fact.answers
        for value in answers:
            if value not in read[fact.name]:
                yes_no = fact.type == "yes-no"
                said = value.lower() if yes_no else value
                path = ("facts", number, "name") if yes_no else ("facts", number, "answers", value)
                message = f"no rule, caution or suggestion reads the answer {said}"
                yield Defect("unused", path, message, fact=fact.name, at_key=not yes_no)


def _facts(example: Mapping[str, FactValue]) -> str:
    return ", ".join(f"{name}: {_said(value)}" for name, value in example.items()) or "anything"
