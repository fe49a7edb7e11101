"""The rulebook: what is decided follows from what is known, and what is still possible is exactly what could follow."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from registries import rulebook
from rulebooks import DOMAINS, MODELS, RULED, book, rulebooks, telling

from assistant.core.entries import FactValue
from assistant.core.rulebook import (
    Fact,
    Rulebook,
    cautions_for,
    decide,
    factors_for,
    failing_examples,
    suggestions_for,
    turns,
)


def possible(rules: Rulebook, **facts: FactValue) -> set[str]:
    return {model.id for model in decide(rules, facts).possible}


whole = st.integers(1, 11)
cells = {
    "glaze": st.one_of(st.sampled_from(DOMAINS["glaze"]), st.lists(st.sampled_from(DOMAINS["glaze"]), min_size=1)),
    "fired": st.booleans(),
    "potters": st.one_of(
        whole,
        st.lists(whole, min_size=1),
        st.tuples(st.sampled_from(["<", "<=", ">", ">="]), whole).map(lambda cell: f"{cell[0]} {cell[1]}"),
        st.tuples(whole, whole).map(lambda ends: f"{min(ends)}..{max(ends)}"),
    ),
}
rules_of_a_book = st.lists(
    st.fixed_dictionaries({"when": st.fixed_dictionaries({}, optional=cells), "use": st.sampled_from(MODELS)}),
    max_size=6,
)
known_facts = st.fixed_dictionaries({}, optional={name: st.sampled_from(DOMAINS[name]) for name in RULED})


def holds(cell: Any, value: FactValue) -> bool:
    """Say whether a cell holds a value, as slowly and plainly as can be."""
    if isinstance(cell, list):
        return any(holds(part, value) for part in cell)
    if isinstance(cell, str) and isinstance(value, float):
        if ".." in cell:
            low, high = cell.split("..")
            return int(low) <= value <= int(high)
        sign, number = cell.split()
        bound = int(number)
        return {"<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound}[sign]
    return bool(cell == value)


@settings(deadline=None)
@given(rules_of_a_book, known_facts)
def test_possible_is_what_some_completion_reaches(rules: list[dict[str, Any]], known: dict[str, FactValue]) -> None:
    """No model is called possible that nothing more could lead to, and none is left out that something could."""
    reachable = set()
    for values in product(*([known[name]] if name in known else DOMAINS[name] for name in RULED)):
        facts = dict(zip(RULED, values, strict=True))
        reachable |= {r["use"] for r in rules if all(holds(cell, facts[name]) for name, cell in r["when"].items())}
    decision = decide(book(rules), known)
    assert {model.id for model in decision.possible} == reachable
    assert (decision.model is None) == (len(reachable) != 1)
    known_to_hold = [r for r in rules if all(name in known and holds(c, known[name]) for name, c in r["when"].items())]
    assert (decision.rule is not None) == (len(reachable) == 1 and bool(known_to_hold))
    assert len(reachable) > 1 or decision.missing == ()
    assert not {fact.name for fact in decision.missing} & known.keys()


@settings(deadline=None)
@given(rulebooks(), known_facts)
def test_missing_is_what_can_change_the_model(rules: Rulebook, known: dict[str, FactValue]) -> None:
    """Every fact that could make it another model is asked for, and none that could not."""
    assert {fact.name for fact in decide(rules, known).missing} == telling(rules, known)


@settings(deadline=None)
@given(rules_of_a_book, known_facts, st.randoms(use_true_random=False))
def test_the_order_of_rules_never_matters(
    rules: list[dict[str, Any]], known: dict[str, FactValue], shuffler: Any
) -> None:
    """Rules may be written in any order."""
    shuffled = list(rules)
    shuffler.shuffle(shuffled)
    one, other = decide(book(rules), known), decide(book(shuffled), known)
    assert (one.possible, one.missing, one.used) == (other.possible, other.missing, other.used)


@pytest.mark.parametrize(
    ("lifecycle", "ownership", "model"),
    [
        ("application-bound", "developers", "you-build-it-you-run-it"),
        ("application-bound", "external-team", "embedded-platform-engineers"),
        ("shared", "developers", "complicated-subsystem-team"),
        ("shared", "external-team", "platform-team"),
    ],
)
def test_the_four_models(lifecycle: str, ownership: str, model: str) -> None:
    """The packaged rulebook is the article's table: two facts decide which of four models fits, and say why."""
    decision = decide(rulebook(), {"lifecycle": lifecycle, "ownership": ownership})
    assert decision.model is not None
    assert decision.model.id == model
    assert decision.rule is not None
    assert decision.rule.because
    assert decision.missing == ()


@pytest.mark.parametrize(
    ("known", "asks", "left"),
    [
        ({}, ["lifecycle", "ownership"], 4),
        ({"lifecycle": "shared"}, ["ownership"], 2),
        ({"ownership": "developers"}, ["lifecycle"], 2),
    ],
)
def test_what_the_packaged_rulebook_asks(known: dict[str, FactValue], asks: list[str], left: int) -> None:
    """While a fact is missing, exactly what is missing is asked, and only the models that are ruled out go."""
    decision = decide(rulebook(), known)
    assert [fact.name for fact in decision.missing] == asks
    assert len(decision.possible) == left


def test_the_packaged_rulebook_keeps_its_own_examples() -> None:
    """The packaged rulebook states examples of itself, and they hold."""
    assert len(rulebook().examples) >= 9
    assert failing_examples(rulebook()) == {}


def test_the_question_that_rules_out_most_comes_first() -> None:
    """Of two missing facts the one whose answers leave fewer models is asked first, wherever it stands."""
    rules = book(
        [
            {"when": {"fired": True, "glaze": ["ash", "salt"]}, "use": "solo"},
            {"when": {"fired": True, "glaze": "tin"}, "use": "guild"},
            {"when": {"fired": False}, "use": "guild"},
        ]
    )
    assert [fact.name for fact in decide(rules, {}).missing] == ["fired", "glaze"]


@pytest.mark.parametrize(
    ("known", "left"),
    [
        ({"potters": 4}, {"solo"}),
        ({"potters": 4.9}, {"solo"}),
        ({"potters": 5}, {"guild"}),
        ({"potters": 10}, {"guild"}),
        ({"potters": 11}, {"utility"}),
        ({}, {"solo", "guild", "utility"}),
        ({"potters": 13}, {"solo", "guild", "utility"}),
        ({"potters": "many"}, {"solo", "guild", "utility"}),
        ({"potters": True}, {"solo", "guild", "utility"}),
        ({"wheels": 4}, {"solo", "guild", "utility"}),
    ],
)
def test_number_cells(known: dict[str, FactValue], left: set[str]) -> None:
    """Bounds and ranges hold their ends as written; a value that the fact cannot have counts as missing."""
    rules = book(
        [
            {"when": {"potters": "< 5"}, "use": "solo"},
            {"when": {"potters": "5..10"}, "use": "guild"},
            {"when": {"potters": "> 10"}, "use": "utility"},
        ]
    )
    assert possible(rules, **known) == left
    assert bool(decide(rules, known).used) == (len(left) == 1)


def test_yes_no_cells() -> None:
    """Yes and no decide; a 1 or the word is neither."""
    rules = book([{"when": {"fired": True}, "use": "solo"}, {"when": {"fired": False}, "use": "guild"}])
    assert possible(rules, fired=True) == {"solo"}
    assert possible(rules, fired=False) == {"guild"}
    assert possible(rules, fired=1) == possible(rules, fired="true") == {"solo", "guild"}


def test_a_case_that_no_rule_covers() -> None:
    """Outside every rule there is no model and nothing to ask."""
    decision = decide(book([{"when": {"fired": True}, "use": "solo"}]), {"fired": False})
    assert (decision.possible, decision.model, decision.missing) == ((), None, ())


@pytest.mark.parametrize(
    ("example", "failure"),
    [
        ({"given": {"fired": True}, "model": "solo"}, None),
        ({"given": {"fired": True}, "model": "guild"}, "says guild; the rules leave solo"),
        ({"given": {}, "still_possible": ["guild", "solo"]}, None),
        ({"given": {}, "still_possible": ["solo"]}, "the models still possible are guild, solo"),
        ({"given": {}, "asks": "fired"}, None),
        ({"given": {}, "asks": "glaze"}, "says that glaze is asked next; it is fired"),
        ({"given": {"fired": True}, "asks": "fired"}, "says that fired is asked next; it is nothing"),
    ],
)
def test_examples_are_checked(example: dict[str, Any], failure: str | None) -> None:
    """An example that the rules contradict is found, with what came out instead."""
    rules = [{"when": {"fired": True}, "use": "solo"}, {"when": {"fired": False}, "use": "guild"}]
    assert failing_examples(book(rules, examples=[example])).get(0) == failure


def test_cautions_need_every_fact() -> None:
    """A caution is given once all that it speaks of is known, never on a guess."""
    caution = {"name": "few", "when": {"fired": True, "potters": "< 5"}, "advice": "Rest.", "because": "Few hands."}
    rules = book([], cautions=[caution])
    assert cautions_for(rules, {"fired": True}) == ()
    assert cautions_for(rules, {"fired": True, "potters": 7}) == ()
    assert [each.advice for each in cautions_for(rules, {"fired": True, "potters": 4})] == ["Rest."]


@pytest.mark.parametrize(
    "fact",
    [
        {"type": "choice", "answers": {"one": "One"}},
        {"type": "number", "min": 3, "max": 3},
        {"type": "number", "max": float("inf")},
        {"type": "number", "max": "12"},
        {"type": "yes-no", "answers": {"yes": "Yes", "no": "No"}},
        {"type": "choice", "answers": {"ash": "Ash", "not-sure": "Who knows"}},
        {"type": "choice", "answers": {str(number): "Ash" for number in range(100)}},
        {"type": "mood"},
    ],
)
def test_facts_that_cannot_be_asked(fact: dict[str, Any]) -> None:
    """A choice needs something to choose from, as much as a list holds, and a number room between its bounds."""
    with pytest.raises(ValidationError):
        Fact.model_validate({"name": "glaze", "ask": "Which?", **fact})


@pytest.mark.parametrize(
    "section",
    [
        {"examples": [{"given": {"potters": 3}}]},
        {"suggestions": [{"when": {"potters": 3}, "suggest": {}, "because": "So."}]},
    ],
)
def test_entries_that_say_nothing(section: dict[str, Any]) -> None:
    """An example that expects nothing and a suggestion of nothing are refused, since each looks as if it did."""
    with pytest.raises(ValidationError):
        book([], **section)


def test_what_would_change_a_decision() -> None:
    """Each other answer that would lead to another model is named, and no other."""
    rules = [
        {"when": {"glaze": "ash", "fired": True}, "use": "solo"},
        {"when": {"glaze": "ash", "fired": False}, "use": "guild"},
        {"when": {"glaze": ["salt", "tin"]}, "use": "solo"},
    ]
    found = turns(book(rules), decide(book(rules), {"glaze": "ash", "fired": True}))
    assert [(turn.fact.name, turn.value, turn.model.id) for turn in found] == [("fired", False, "guild")]


def test_suggestions_and_what_could_bring_them() -> None:
    """What other facts suggest is found when they are known, and so is what is worth asking until then."""
    suggestions = [
        {"when": {"potters": "< 3"}, "suggest": {"fired": False}, "because": "Few."},
        {"when": {"glaze": "tin", "potters": ">= 3"}, "suggest": {"fired": True}, "because": "Tin."},
        {"when": {"glaze": "ash"}, "suggest": {"potters": 2}, "because": "Ash."},
    ]
    rules = book([{"when": {"fired": True}, "use": "solo"}], suggestions=suggestions)

    def because(**facts: FactValue) -> list[str]:
        return [each.because for each in suggestions_for(rules, facts, ["fired"])]

    def factors(**facts: FactValue) -> list[str]:
        return [fact.name for fact in factors_for(rules, facts, ["fired"])]

    assert because(potters=2) == ["Few."]
    assert because(potters=4, glaze="tin") == ["Tin."]
    assert because(glaze="ash") == []
    assert factors() == ["glaze", "potters"]
    assert factors(potters=4) == ["glaze"]
    assert factors(potters=4, glaze="ash") == []
    assert [fact.name for fact in factors_for(rules, {}, ["fired"], skipped=["potters"])] == []
