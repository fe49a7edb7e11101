"""Verifying a rulebook: what is wrong with it is found, all of it, and nothing that is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registries import rulebook

from assistant.core.rulebook import Rulebook, holds
from assistant.core.verifying import verify

SLAT, YES, SALTED = {"glaze": "slat"}, {"fired": "yes"}, {"slat": "It is salted"}
DUTIES = {"operate": "both", "on_call": "both", "decide": "both"}
WHOLE: dict[str, Any] = {
    "facts": [
        {"name": "glaze", "ask": "Which?", "type": "choice", "answers": {"ash": "Ash", "salt": "Salt", "tin": "Tin"}},
        {"name": "fired", "ask": "Fired?", "type": "yes-no"},
        {"name": "potters", "ask": "How many?", "type": "number", "min": 1, "max": 12},
    ],
    "models": [
        {"id": m, "title": m, "context": "c", "benefits": ["b"], "practices": ["p"], "responsibilities": DUTIES}
        for m in ("solo", "guild")
    ],
    "rules": [
        {"name": "few", "when": {"potters": "< 5"}, "use": "solo", "because": "Few."},
        {"name": "many, fired", "when": {"potters": ">= 5", "fired": True}, "use": "guild", "because": "Many."},
        {"name": "many, raw", "when": {"potters": ">= 5", "fired": False}, "use": "solo", "because": "Raw."},
    ],
    "cautions": [
        {"name": "salt", "when": {"glaze": ["salt", "tin", "ash"]}, "advice": "Mind the fumes.", "because": "Salt."}
    ],
    "suggestions": [{"when": {"glaze": "tin"}, "suggest": {"fired": True}, "because": "Tin melts."}],
    "examples": [{"given": {"potters": 3}, "model": "solo"}],
}


def changed(change: Callable[[dict[str, Any]], None]) -> Rulebook:
    """Return the whole rulebook with one change."""
    book = {section: [dict(entry) for entry in entries] for section, entries in WHOLE.items()}
    change(book)
    return Rulebook.model_validate(book)


def test_a_whole_rulebook() -> None:
    """Nothing is found in a rulebook with one answer for everything, nor in the packaged one."""
    assert verify(Rulebook.model_validate(WHOLE)) == ()
    assert [defect for defect in verify(rulebook()) if defect.severity == "error"] == []


def _set(section: str, number: int, **fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda book: book[section][number].update(fields)


def _add(section: str, **fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda book: book[section].append(fields)


@pytest.mark.parametrize(
    ("check", "path", "rule", "fact", "change"),
    [
        ("gap", ("rules",), None, None, _set("rules", 0, when={"potters": "< 4"})),
        ("conflict", ("rules", 1), "many, fired", None, _set("rules", 1, when={"potters": ">= 4", "fired": True})),
        (
            "dead rule",
            ("rules", 3),
            "three",
            None,
            _add("rules", name="three", when={"potters": 3}, use="solo", because="Three."),
        ),
        ("unreachable model", ("models", 1, "id"), None, None, _set("rules", 1, use="solo")),
        ("unknown fact", ("rules", 0, "when", "poters"), "few", "poters", _set("rules", 0, when={"poters": "< 5"})),
        (
            "unknown value",
            ("cautions", 0, "when", "glaze"),
            "salt",
            "glaze",
            _set("cautions", 0, when=SLAT),
        ),
        ("unknown value", ("rules", 0, "when", "potters"), "few", "potters", _set("rules", 0, when={"potters": 13})),
        (
            "unknown value",
            ("examples", 0, "given", "fired"),
            None,
            "fired",
            _set("examples", 0, given=YES),
        ),
        ("unknown value", ("facts", 0, "said", "slat"), None, "glaze", _set("facts", 0, said={"slat": ["salted"]})),
        ("unknown value", ("facts", 0, "sentences", "slat"), None, "glaze", _set("facts", 0, sentences=SALTED)),
        ("bad cell", ("rules", 0, "when", "potters"), "few", "potters", _set("rules", 0, when={"potters": "under 5"})),
        ("bad cell", ("rules", 0, "when", "potters"), "few", "potters", _set("rules", 0, when={"potters": "5..1"})),
        ("bad cell", ("rules", 0, "when", "potters"), "few", "potters", _set("rules", 0, when={"potters": "> 12"})),
        ("bad cell", ("rules", 0, "when", "glaze"), "few", "glaze", _set("rules", 0, when={"glaze": True})),
        ("bad cell", ("rules", 0, "when", "potters"), "few", "potters", _set("rules", 0, when={"potters": []})),
        (
            "bad cell",
            ("rules", 0, "when", "potters"),
            "few",
            "potters",
            _set("rules", 0, when={"potters": ["< 5", "> 12"]}),
        ),
        ("failing example", ("examples", 0), None, None, _set("examples", 0, model="guild")),
        ("duplicate", ("rules", 2, "name"), "few", None, _set("rules", 2, name="few")),
        ("duplicate", ("models", 1, "id"), None, None, _set("models", 1, id="solo")),
        ("unbounded number", ("facts", 2), None, "potters", _set("facts", 2, max=None)),
        ("unknown model", ("rules", 0, "use"), "few", None, _set("rules", 0, use="duo")),
        ("unknown model", ("cautions", 0, "consider"), "salt", None, _set("cautions", 0, consider="duo")),
        ("unused", ("facts", 3, "name"), None, "wheel", _add("facts", name="wheel", ask="Wheel?", type="yes-no")),
        ("unused", ("facts", 1, "name"), None, "fired", _set("rules", 2, when={"potters": ">= 5", "glaze": "tin"})),
        ("unused", ("facts", 0, "answers", "ash"), None, "glaze", _set("cautions", 0, when={"glaze": ["salt", "tin"]})),
    ],
)
def test_every_defect_is_found(
    check: str, path: tuple[Any, ...], rule: str | None, fact: str | None, change: Callable[[dict[str, Any]], None]
) -> None:
    """What is wrong is named, with the row, and the rule and the fact where it is about one."""
    found = [defect for defect in verify(changed(change)) if defect.check == check]
    assert [(each.path, each.rule, each.fact) for each in found] == [(path, rule, fact)]
    assert found[0].severity == ("warning" if check == "unused" else "error")


def test_an_example_shows_a_gap_and_a_conflict() -> None:
    """The example of a gap is covered by no rule, that of a conflict by two."""
    [gap] = [d for d in verify(changed(_set("rules", 0, when={"potters": "< 4"}))) if d.check == "gap"]
    assert gap.example == {"potters": 4}
    conflicting = changed(_set("rules", 1, when={"potters": ">= 4", "fired": True}))
    [conflict] = [d for d in verify(conflicting) if d.check == "conflict"]
    assert all(holds(cell, conflict.example[name]) for name, cell in conflicting.rules[1].when.items())


def test_what_takes_too_long_is_not_checked() -> None:
    """Past the limit of work a check says that it was not finished, as a warning."""
    [defect] = verify(Rulebook.model_validate(WHOLE), limit=1)
    assert (defect.check, defect.severity) == ("not checked", "warning")


CELLS: Mapping[str, st.SearchStrategy[Any]] = {
    "glaze": st.lists(st.sampled_from(["ash", "salt", "tin"]), min_size=1, max_size=3, unique=True),
    "fired": st.booleans(),
    "potters": st.sampled_from(["< 3", ">= 3", "3..7", "> 7", 5, "<= 7", 4.5, " <3.5 ", "3.5..4.5"]),
}
VALUES: Mapping[str, list[Any]] = {
    "glaze": ["ash", "salt", "tin"],
    "fired": [True, False],
    "potters": [half / 2 for half in range(2, 25)],
}
RULES = st.lists(
    st.fixed_dictionaries(
        {"when": st.fixed_dictionaries({}, optional=dict(CELLS)), "use": st.sampled_from(["solo", "guild"])}
    ),
    min_size=1,
    max_size=7,
)


@settings(deadline=None, max_examples=300)
@given(RULES)
def test_gaps_conflicts_and_dead_rules_are_exact(rules: list[dict[str, Any]]) -> None:
    """What is found is what trying all facts finds: no gap, conflict or dead rule more, and none less."""
    named = [{"name": f"rule {number}", "because": "So.", **rule} for number, rule in enumerate(rules)]
    book = Rulebook.model_validate({**WHOLE, "rules": named, "examples": []})
    cases = [dict(zip(VALUES, values, strict=True)) for values in product(*VALUES.values())]
    held = [[n for n, rule in enumerate(book.rules) if _applies(rule.when, case)] for case in cases]
    found = verify(book)
    assert any(d.check == "gap" for d in found) == any(not rules for rules in held)
    for defect in found:  # whatever else is true, no rule applies where the example of a gap holds
        if defect.check == "gap":
            examples = [{**case, **defect.example} for case in cases]
            assert not any(_applies(rule.when, example) for rule in book.rules for example in examples)
    meeting = {n for rules in held for n in rules for m in rules if m < n and book.rules[m].use != book.rules[n].use}
    assert {d.path[1] for d in found if d.check == "conflict"} == meeting
    dead = [d.path[1] for d in found if d.check == "dead rule"]
    alive = [n for n in range(len(book.rules)) if n not in dead]
    for applying in held:  # without the dead ones every answer stays the same …
        assert {book.rules[n].use for n in applying} == {book.rules[n].use for n in applying if n in alive}
    for n in alive:  # … and each of the others decides something alone
        assert any(n in rules and not any(m in alive and m != n and book.rules[m].use == book.rules[n].use
                                          for m in rules) for rules in held)  # fmt: skip


def _applies(when: Mapping[str, Any], case: Mapping[str, Any]) -> bool:
    return all(holds(cell, case[name]) for name, cell in when.items())
