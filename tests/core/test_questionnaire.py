"""The questionnaire: what is asked counts, is asked once, and leads to the model that the rules have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registries import rulebook
from rulebooks import ASIDE, DOMAINS, FACTS, book, model_in, rulebooks, telling

from assistant.core.entries import FactValue
from assistant.core.questionnaire import AT_ONCE, NOT_SURE, Screen, answer_of, choices, next_screen, value_of
from assistant.core.rulebook import Fact, Rulebook, decide, holds

EMPTY = "left empty"
"""What stands for a question that somebody passes by."""


class Seen(NamedTuple):
    """A screen, and what was asked and answered before it."""

    screen: Screen
    answers: Mapping[str, FactValue | None]
    asked: tuple[str, ...]

    @property
    def known(self) -> dict[str, FactValue]:
        return {name: value for name, value in self.answers.items() if value is not None}

    @property
    def unsure(self) -> set[str]:
        return {name for name, value in self.answers.items() if value is None}


def followed(rules: Rulebook, reply: Callable[[Fact, int], Any]) -> list[Seen]:
    """Return what somebody sees who answers so, to the end. `reply`: to a question, and how often it was asked."""
    seen = [Seen(next_screen(rules, {}), {}, ())]
    while seen[-1].screen.facts:
        assert len(seen) < 2 * len(rules.facts) + 1, "it goes on for ever"
        screen, answers, asked = seen[-1]
        replies = {fact.name: reply(fact, asked.count(fact.name)) for fact in screen.facts}
        given = {name: value for name, value in {**answers, **replies}.items() if value != EMPTY}
        asked = (*asked, *replies)
        seen.append(Seen(next_screen(rules, given, asked), given, asked))
    return seen


whole_truth = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in DOMAINS.items()})
replies = st.fixed_dictionaries(
    {name: st.tuples(*[st.sampled_from([*values, None, EMPTY])] * 2) for name, values in DOMAINS.items()}
)
"""What is answered to each question the first time, and the second."""


@settings(deadline=None, max_examples=200)
@given(rulebooks(), replies)
def test_a_question_is_asked_only_where_its_answer_counts(
    rules: Rulebook, given: Mapping[str, tuple[Any, Any]]
) -> None:
    """Whatever people answer, the questions end, and each could still change the model, or suggest what does."""
    for seen in followed(rules, lambda fact, time: given[fact.name][time]):
        needed = telling(rules, seen.known)
        suggestible = {
            name
            for each in rules.suggestions
            if needed & seen.unsure & each.suggest.keys()
            and all(holds(cell, seen.known[fact]) for fact, cell in each.when.items() if fact in seen.known)
            for name in each.when
        }
        assert {fact.name for fact in seen.screen.facts} <= needed | suggestible
        assert len(seen.screen.facts) <= AT_ONCE


@settings(deadline=None, max_examples=200)
@given(rulebooks(), replies)
def test_nothing_is_asked_twice_without_help(rules: Rulebook, given: Mapping[str, tuple[Any, Any]]) -> None:
    """A question comes at most once more: to whoever was not sure of it, beside what their other answers suggest."""
    for seen in followed(rules, lambda fact, time: given[fact.name][time]):
        for again in (fact.name for fact in seen.screen.facts if fact.name in seen.asked):
            assert seen.asked.count(again) == 1
            assert again in seen.unsure
            assert any(again in each.suggest for each in seen.screen.suggested)
        for each in seen.screen.suggested:
            assert all(name in seen.known and holds(cell, seen.known[name]) for name, cell in each.when.items())


@settings(deadline=None, max_examples=200)
@given(rulebooks(), replies)
def test_questions_stand_together_where_all_are_needed(rules: Rulebook, given: Mapping[str, tuple[Any, Any]]) -> None:
    """Nobody answers two questions at once of which one answer makes the other one idle."""
    for seen in followed(rules, lambda fact, time: given[fact.name][time]):
        names = [fact.name for fact in seen.screen.facts]
        if not set(names) <= telling(rules, seen.known):
            continue  # further facts, that only suggest
        for name in names:
            others = [each for each in names if each != name]
            for values in product(*(DOMAINS[each] for each in others)):
                assert name in telling(rules, {**seen.known, **dict(zip(others, values, strict=True))})


@settings(deadline=None)
@given(rulebooks(), whole_truth)
def test_whoever_knows_everything_gets_the_model(rules: Rulebook, truth: Mapping[str, FactValue]) -> None:
    """Whoever answers each question gets the model that the rules have for all that is so, though not all was asked."""
    end = followed(rules, lambda fact, _: truth[fact.name])[-1]
    model = decide(rules, end.known).model
    assert model is not None
    assert model.id == model_in(rules, truth)
    assert all(end.asked.count(name) == 1 for name in end.asked)


@pytest.mark.parametrize("reply", [None, EMPTY])
@settings(deadline=None)
@given(rules=rulebooks())
def test_whoever_knows_nothing_gets_to_the_end(reply: str | None, rules: Rulebook) -> None:
    """Not sure everywhere ends the questions, and so does leaving them all empty; nothing is known by a guess then."""
    assert followed(rules, lambda *_: reply)[-1].known == {}


@settings(deadline=None)
@given(rulebooks(), replies)
def test_what_was_answered_is_what_decides(rules: Rulebook, given: Mapping[str, tuple[Any, Any]]) -> None:
    """Once nothing is asked, the model is decided, or is open for a question that somebody could not answer."""
    end = followed(rules, lambda fact, time: given[fact.name][time])[-1]
    decision = decide(rules, end.known)
    assert decision.model is not None or {fact.name for fact in decision.missing} <= set(end.asked)


@pytest.mark.parametrize(
    ("fact", "cells", "asked", "offered"),
    [
        ("fired", (True, False), "Is pug-mill fired?", ["Yes", "No", "Not sure"]),
        ("glaze", ("ash", ["salt", "tin"]), "Which glaze?", ["Ash", "Salt", "Tin", "Not sure"]),
        ("potters", ("< 5", ">= 5"), "How many potters?", []),
    ],
)
def test_another_rulebook_asks_other_questions(
    fact: str, cells: tuple[Any, Any], asked: str, offered: list[str]
) -> None:
    """Whoever replaces the rulebook changes the questions and what they lead to, with no code."""
    rules = book([{"when": {fact: cells[0]}, "use": "solo"}, {"when": {fact: cells[1]}, "use": "guild"}])
    (question,) = next_screen(rules, {}).facts
    assert question.question("pug-mill") == asked
    assert [text for _, text in choices(question)] == offered
    for value in DOMAINS[fact]:
        assert next_screen(rules, {fact: value}, [fact]) == Screen()
        assert model_in(rules, {fact: value}) in ("solo", "guild")


def test_the_packaged_questions() -> None:
    """Both questions of the packaged rulebook are needed, and stand on one screen."""
    assert [fact.name for fact in next_screen(rulebook(), {}).facts] == ["lifecycle", "ownership"]
    answers = {"lifecycle": "shared", "ownership": "developers"}
    assert next_screen(rulebook(), answers, ["lifecycle", "ownership"]) == Screen()


def test_not_sure_leads_to_what_suggests_an_answer() -> None:
    """Whoever is not sure is asked what else could tell, and then once more, with what that suggests and why."""
    asked, answers = ["lifecycle", "ownership"], {"lifecycle": "shared", "ownership": None}
    further = next_screen(rulebook(), answers, asked)
    assert [fact.name for fact in further.facts] == ["expertise", "regulated"]
    asked += [fact.name for fact in further.facts]
    again = next_screen(rulebook(), {**answers, "expertise": "low"}, asked)
    assert [fact.name for fact in again.facts] == ["ownership"]
    assert [each.suggest for each in again.suggested] == [{"ownership": "external-team"}]
    assert next_screen(rulebook(), {**answers, "expertise": "low"}, [*asked, "ownership"]) == Screen()
    assert next_screen(rulebook(), {**answers, "expertise": None}, asked) == Screen()


def test_what_is_counted_is_not_asked() -> None:
    """How many components depend on one is counted; nobody is asked for it, though it suggests something."""
    reply = {"lifecycle": None, "ownership": None, "goal": None, "expertise": None, "regulated": None}
    assert "consumers" not in followed(rulebook(), lambda fact, _: reply.get(fact.name, EMPTY))[-1].asked


QUESTIONS = [*book([], facts=[*FACTS, *ASIDE]).facts, *rulebook().facts]


@pytest.mark.parametrize("fact", QUESTIONS, ids=lambda fact: fact.name)
def test_answers_and_values_are_the_same_thing(fact: Fact) -> None:
    """What was answered stands in the form again as it was answered, and means the same."""
    for answer, _ in choices(fact):
        value = value_of(fact, answer)
        assert (value is None) == (answer == NOT_SURE)
        assert answer_of(fact, value) == answer
    assert fact.type == "number" or choices(fact)[-1] == (NOT_SURE, "Not sure")


@given(st.floats(0, 12) | st.integers(0, 12))
def test_numbers_stay_as_they_were_entered(number: float) -> None:
    """A number stands in the form again with all its digits."""
    potters = next(fact for fact in QUESTIONS if fact.name == "potters")
    value = value_of(potters, answer_of(potters, number))
    assert value == number
    assert value is not None
    assert value_of(potters, answer_of(potters, value)) == number


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("fired", "ash", "That is no answer to this question any more; choose one of the list."),
        ("fired", "", "That is no answer to this question any more; choose one of the list."),
        ("glaze", "yes", "That is no answer to this question any more; choose one of the list."),
        ("potters", "13", "Enter a number from 0 to 12, without commas, or leave it empty."),
        ("potters", "-1", "Enter a number from 0 to 12, without commas, or leave it empty."),
        ("potters", "many", "Enter a number from 0 to 12, without commas, or leave it empty."),
        ("potters", "inf", "Enter a number from 0 to 12, without commas, or leave it empty."),
        ("potters", "nan", "Enter a number from 0 to 12, without commas, or leave it empty."),
        ("potters", "True", "Enter a number from 0 to 12, without commas, or leave it empty."),
    ],
)
def test_what_is_no_answer(name: str, answer: str, said: str) -> None:
    """What the question does not take is refused, with what it takes."""
    fact = next(fact for fact in QUESTIONS if fact.name == name)
    with pytest.raises(ValueError, match=said):
        value_of(fact, answer)


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({"min": 1}, "Enter a number of 1 or more, without commas, or leave it empty."),
        ({"max": 5.5}, "Enter a number of 5.5 or less, without commas, or leave it empty."),
        ({}, "Enter a number, without commas, or leave it empty."),
    ],
)
def test_bounds_are_said_as_far_as_there_are_any(bounds: dict[str, float], said: str) -> None:
    """Whoever enters no number hears which numbers there are."""
    fact = Fact.model_validate({"name": "wheels", "ask": "How many?", "type": "number", **bounds})
    with pytest.raises(ValueError, match=said):
        value_of(fact, "some")
    assert value_of(fact, "2,5") == 2.5
