"""The rulebook: facts in, model out, with reasons.

A rule is a box over facts, and what is known is a box too: a fact that is missing may have any of its values. A rule
whose box misses the known one is ruled out. When the rules left agree on one model, it is decided.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from assistant.core.entries import FactName, FactValue

Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=75)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Bound = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Bearer = Literal["application-team", "other-team", "both"]
Scalar = bool | int | float | str
Cell = Scalar | tuple[Scalar, ...]
When = Mapping[FactName, Cell]

NUMBER = r"-?\d+(?:\.\d+)?"
_COMPARISON = re.compile(rf"(<=|>=|<|>)\s*({NUMBER})$")
_RANGE = re.compile(rf"({NUMBER})\s*\.\.\s*({NUMBER})$")
CONSUMERS = "consumers"
"""The fact that is counted: how many registered components depend on one. It is never asked, and never decides."""
PIECES = 100
"""Pieces of a number that are compared, to see which question is best."""
ANSWERS = 99
"""Answers of a choice: with *Not sure* a list in Slack holds them."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fact(_Part):
    """Something that rules may ask about a component. `ask` may name {component} and {application}.

    `ask_alone`: the question where no one application is known for which the component is there. `sentences`: how an
    answer to a choice reads away from its question, without a full stop.
    """

    name: FactName
    ask: Text
    ask_alone: Text | None = None
    help: Text | None = None
    type: Literal["choice", "yes-no", "number"]
    answers: Annotated[Mapping[Label, Label], Field(max_length=ANSWERS)] = Field(default_factory=dict)
    sentences: Mapping[str, Text] = Field(default_factory=dict)
    min: Bound | None = None
    max: Bound | None = None
    said: Mapping[str, tuple[Text, ...]] = Field(default_factory=dict)
    """How people state an answer in a question: value → phrases, in lower case."""

    def question(self, component: str, application: str | None = None) -> str:
        """Return the question, asked about a component."""
        asked = self.ask if application or self.ask_alone is None else self.ask_alone
        its_application = application or "the application it serves"
        return asked.replace("{component}", component).replace("{application}", its_application)

    @model_validator(mode="after")
    def _has_what_its_type_needs(self) -> Fact:
        if self.type == "choice" and len(self.answers) < 2:
            raise ValueError("a choice needs at least two answers: {value: what people read}")
        if self.type != "choice" and self.answers:
            raise ValueError("answers are for a choice; leave them out")
        if "not-sure" in self.answers:
            raise ValueError("every question can be answered with not sure; call the answer something else")
        if self.min is not None and self.max is not None and self.min >= self.max:
            raise ValueError("min is not below max")
        return self

    def admits(self, value: Any) -> bool:
        """Say whether a value is one that this fact can have."""
        if self.type == "choice":
            return isinstance(value, str) and value in self.answers
        if self.type == "yes-no":
            return isinstance(value, bool)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and (self.min is None or self.min <= value) and (self.max is None or value <= self.max)

    def label(self, value: FactValue) -> str:
        """Return a value as people read it."""
        if isinstance(value, bool):
            return "Yes" if value else "No"
        return self.answers.get(str(value), str(value))


class Responsibilities(_Part):
    operate: Bearer
    on_call: Bearer
    decide: Bearer


class Model(_Part):
    """An organisation model: the answer to "which model should it use"."""

    id: Id
    title: Label
    context: Text
    benefits: tuple[Text, ...]
    practices: tuple[Text, ...]
    responsibilities: Responsibilities
    said: tuple[Text, ...] = ()
    """What else people call it."""


class Rule(_Part):
    name: Label
    when: When
    use: Id
    because: Text


class Caution(_Part):
    """Advice that does not change the model but belongs beside it."""

    name: Label
    when: When
    advice: Text
    consider: Id | None = None
    because: Text


class Suggestion(_Part):
    """What other facts suggest when people are not sure. It never decides."""

    when: When
    suggest: Annotated[Mapping[FactName, Scalar], Field(min_length=1)]
    because: Text


class Example(_Part):
    """A case that the rulebook itself states and that is checked whenever it is read."""

    given: Mapping[FactName, Scalar]
    model: Id | None = None
    still_possible: tuple[Id, ...] | None = None
    asks: FactName | None = None

    @model_validator(mode="after")
    def _expects_something(self) -> Example:
        if self.model is None and self.still_possible is None and self.asks is None:
            raise ValueError("expects nothing; write model, still_possible or asks")
        return self


class Rulebook(_Part):
    source: Text | None = None
    facts: tuple[Fact, ...]
    models: tuple[Model, ...]
    rules: tuple[Rule, ...]
    cautions: tuple[Caution, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    examples: tuple[Example, ...] = ()

    def fact(self, name: str) -> Fact | None:
        return next((fact for fact in self.facts if fact.name == name), None)

    def model(self, model_id: str) -> Model | None:
        return next((model for model in self.models if model.id == model_id), None)


@dataclass(frozen=True)
class Decision:
    """What the rules say. `model` is set when decided; else `missing` names what to ask, best first.

    `rule` is the one whose every condition is known to hold; None where several lead to the model, whatever is missing.
    """

    possible: tuple[Model, ...]
    rule: Rule | None
    missing: tuple[Fact, ...]
    used: Mapping[str, FactValue]

    @property
    def model(self) -> Model | None:
        return self.possible[0] if len(self.possible) == 1 else None


def decide(rulebook: Rulebook, facts: Mapping[str, FactValue]) -> Decision:
    """Decide on a model from what is known; a value that its fact cannot have counts as missing."""
    asked = {fact.name: fact for fact in rulebook.facts}
    known = {name: value for name, value in facts.items() if name in asked and asked[name].admits(value)}
    left = [rule for rule in rulebook.rules if _fits(rule.when, known)]
    wanted = dict.fromkeys(rule.use for rule in left)
    possible = tuple(model for model in rulebook.models if model.id in wanted)
    used = {name: value for name, value in known.items() if any(name in rule.when for rule in rulebook.rules)}
    if len(possible) <= 1:
        sure = next((rule for rule in left if rule.when.keys() <= known.keys()), None)
        return Decision(possible, sure, (), used)
    open_facts = [fact for fact in rulebook.facts if fact.name not in known and any(fact.name in r.when for r in left)]
    apart = [(one, other) for one, other in combinations(left, 2) if one.use != other.use]

    def tells(fact: Fact) -> bool:
        """Whether the model can change with this fact alone: it alone keeps two rules for different models apart."""
        beside = [each for each in rulebook.facts if each.name != fact.name and each.name not in known]
        return any(all(_meet(each, one.when, other.when) for each in beside) for one, other in apart)

    open_facts = [fact for fact in open_facts if tells(fact)] or open_facts

    def models_left(fact: Fact) -> float:
        """Models still possible, on average over the answers to a question: less is better."""
        answers = representatives(fact, [rule.when for rule in left])
        answers = answers[:: 1 + len(answers) // PIECES]
        counts = [len({rule.use for rule in left if _fits(rule.when, {fact.name: answer})}) for answer in answers]
        return sum(counts) / len(counts)

    return Decision(possible, None, tuple(sorted(open_facts, key=models_left)), used)


@dataclass(frozen=True)
class Turn:
    """An answer that would change the model."""

    fact: Fact
    value: FactValue
    model: Model


def turns(rulebook: Rulebook, decision: Decision) -> tuple[Turn, ...]:
    """Return, for each fact that was used, the other answers with which another model would be decided."""
    found = []
    for name, value in decision.used.items():
        fact = rulebook.fact(name)
        if fact is None or fact.type == "number":
            continue
        for other in representatives(fact, ()):
            model = decide(rulebook, {**decision.used, name: other}).model
            if other != value and model is not None and model != decision.model:
                found.append(Turn(fact, other, model))
    return tuple(found)


def way_to(rulebook: Rulebook, known: Mapping[str, FactValue], model: Model) -> dict[str, FactValue]:
    """Return the answers that would make it another model, the fewest that differ from what is known; {} for none."""
    ways = []
    for rule in rulebook.rules:
        first = {name: cell[0] if isinstance(cell, tuple) else cell for name, cell in rule.when.items()}
        way = {
            name: cell for name, cell in first.items() if name not in known or not holds(rule.when[name], known[name])
        }
        if rule.use == model.id and decide(rulebook, {**known, **way}).model == model:
            ways.append(way)
    return min(ways, key=len, default={})


@dataclass(frozen=True)
class RuledOut:
    """A rule that does not apply, and the fact that rules it out."""

    rule: Rule
    fact: str


def ruled_out(rulebook: Rulebook, facts: Mapping[str, FactValue]) -> tuple[RuledOut, ...]:
    """Return the rules that what is known rules out, each with the first cell that does not hold."""
    out = []
    for rule in rulebook.rules:
        failing = (name for name, cell in rule.when.items() if name in facts and not holds(cell, facts[name]))
        if (fact := next(failing, None)) is not None:
            out.append(RuledOut(rule, fact))
    return tuple(out)


def cautions_for(rulebook: Rulebook, facts: Mapping[str, FactValue]) -> tuple[Caution, ...]:
    """Return the cautions whose every cell is known to hold."""
    return tuple(c for c in rulebook.cautions if c.when.keys() <= facts.keys() and _fits(c.when, facts))


def suggestions_for(
    rulebook: Rulebook, facts: Mapping[str, FactValue], open_facts: Iterable[str]
) -> tuple[Suggestion, ...]:
    """Return the suggestions for some open facts whose every cell is known to hold."""
    wanted = set(open_facts)
    return tuple(
        each
        for each in rulebook.suggestions
        if each.when.keys() <= facts.keys() and _fits(each.when, facts) and wanted & each.suggest.keys()
    )


def factors_for(
    rulebook: Rulebook, facts: Mapping[str, FactValue], open_facts: Iterable[str], skipped: Collection[str] = ()
) -> tuple[Fact, ...]:
    """Return the facts that are not known and could still bring a suggestion for some open facts.

    `skipped`: what nobody is sure of; a suggestion that needs it is out of reach.
    """
    wanted = set(open_facts)
    read: set[str] = set()
    for each in rulebook.suggestions:
        if wanted & each.suggest.keys() and _fits(each.when, facts) and each.when.keys().isdisjoint(skipped):
            read |= each.when.keys()
    return tuple(fact for fact in rulebook.facts if fact.name in read - facts.keys() - wanted)


def failing_examples(rulebook: Rulebook) -> dict[int, str]:
    """Check the examples that a rulebook states about itself: position → what came out instead."""
    failures = {}
    for position, example in enumerate(rulebook.examples):
        decision = decide(rulebook, example.given)
        model = decision.model.id if decision.model else None
        possible = {model.id for model in decision.possible}
        asks = decision.missing[0].name if decision.missing else None
        if example.model is not None and model != example.model:
            failures[position] = f"says {example.model}; the rules leave {', '.join(sorted(possible)) or 'no model'}"
        elif example.still_possible is not None and possible != set(example.still_possible):
            failures[position] = f"the models still possible are {', '.join(sorted(possible)) or 'none'}"
        elif example.asks is not None and asks != example.asks:
            failures[position] = f"says that {example.asks} is asked next; it is {asks or 'nothing'}"
    return failures


def _fits(when: When, known: Mapping[str, FactValue]) -> bool:
    return all(name not in known or holds(cell, known[name]) for name, cell in when.items())


def holds(cell: Cell, value: FactValue) -> bool:
    if isinstance(cell, tuple):
        return any(holds(part, value) for part in cell)
    if isinstance(cell, str) and isinstance(value, int | float) and not isinstance(value, bool):
        return _number_holds(cell, value)
    return (type(cell) is type(value) and cell == value) or (_numbers(cell, value) and cell == value)


def _meet(fact: Fact, one: When, other: When) -> bool:
    """Say whether some value of a fact lies in the cells of two rules."""
    if fact.name not in one or fact.name not in other or one[fact.name] == other[fact.name]:
        return True
    values = representatives(fact, (one, other))
    return any(holds(one[fact.name], value) and holds(other[fact.name], value) for value in values)


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _numbers_in(cell: str) -> list[float]:
    cell = cell.strip()
    found = _COMPARISON.match(cell) or _RANGE.match(cell)
    return [float(each) for each in (found.groups() if found else ()) if each not in ("<", "<=", ">", ">=")]


def _number_holds(cell: str, value: float) -> bool:
    cell = cell.strip()
    if match := _COMPARISON.match(cell):
        sign, bound = match[1], float(match[2])
        return {"<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound}[sign]
    if match := _RANGE.match(cell):
        return float(match[1]) <= value <= float(match[2])
    return False


def representatives(fact: Fact, conditions: Iterable[When]) -> list[FactValue]:
    """Return one value of each set of values that these conditions tell apart."""
    if fact.type == "choice":
        return list(fact.answers)
    if fact.type == "yes-no":
        return [True, False]
    cuts: set[float] = set()
    for when in conditions:
        cell = when.get(fact.name, ())
        for part in cell if isinstance(cell, tuple) else (cell,):
            if isinstance(part, str):
                cuts.update(_numbers_in(part))
            else:
                cuts.add(float(part))
    low = fact.min if fact.min is not None else min(cuts, default=0) - 1
    high = fact.max if fact.max is not None else max(cuts, default=0) + 1
    ordered = sorted({low, high, *(cut for cut in cuts if low < cut < high)})
    return [*ordered, *((below + above) / 2 for below, above in pairwise(ordered))]
