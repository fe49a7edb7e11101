"""Rulebooks of a pottery for tests: written, or generated so that each has exactly one answer for everything."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

from hypothesis import strategies as st

from assistant.core.entries import FactValue
from assistant.core.rulebook import Rulebook, holds

MODELS = ("solo", "guild", "utility")
FACTS: tuple[dict[str, Any], ...] = (
    {"name": "glaze", "ask": "Which glaze?", "type": "choice", "answers": {"ash": "Ash", "salt": "Salt", "tin": "Tin"}},
    {"name": "fired", "ask": "Is {component} fired?", "type": "yes-no"},
    {"name": "potters", "ask": "How many potters?", "type": "number", "min": 0, "max": 12},
)
ASIDE: tuple[dict[str, Any], ...] = (
    {"name": "wheel", "ask": "Is {component} thrown on a wheel?", "type": "yes-no"},
    {"name": "clay", "ask": "Which clay?", "type": "choice", "answers": {"red": "Red", "white": "White"}},
)
"""Facts that no rule reads."""
DOMAINS: Mapping[str, list[FactValue]] = {
    "glaze": ["ash", "salt", "tin"],
    "fired": [True, False],
    "potters": [half / 2 for half in range(25)],
    "wheel": [True, False],
    "clay": ["red", "white"],
}
RULED = ("glaze", "fired", "potters")


def book(rules: list[dict[str, Any]], **more: Any) -> Rulebook:
    """Return a rulebook of a pottery: three models, three facts, and these rules as (when, use)."""
    duties = {"operate": "both", "on_call": "both", "decide": "both"}
    models = [
        {"id": m, "title": m.title(), "context": "c", "benefits": ["b"], "practices": ["p"], "responsibilities": duties}
        for m in MODELS
    ]
    named = [{"name": f"rule {number}", "because": "So.", **rule} for number, rule in enumerate(rules)]
    return Rulebook.model_validate({"facts": FACTS, "models": models, "rules": named, **more})


@st.composite
def rules_without_gaps(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return rules of which exactly one applies, whatever the facts are: the leaves of a tree."""
    rules: list[dict[str, Any]] = []

    def grow(when: dict[str, Any]) -> None:
        open_facts = [name for name in RULED if name not in when]
        if not open_facts or draw(st.integers(0, 4)) == 0:
            rules.append({"when": when, "use": draw(st.sampled_from(MODELS))})
            return
        name, cut, lone = draw(st.sampled_from(open_facts)), draw(st.integers(1, 11)), draw(st.integers(0, 2))
        glazes = list(DOMAINS["glaze"])
        cells: dict[str, list[Any]] = {
            "glaze": [glazes.pop(lone), glazes],
            "fired": [True, False],
            "potters": [f"< {cut}", f">= {cut}"],
        }
        for cell in cells[name]:
            grow({**when, name: cell})

    grow({})
    return draw(st.permutations(rules))


_CELLS: dict[str, st.SearchStrategy[Any]] = {
    **{name: st.sampled_from(values) for name, values in DOMAINS.items()},
    "potters": st.integers(1, 11).map("< {}".format),
}
_SUGGESTIONS = st.lists(
    st.fixed_dictionaries(
        {
            "when": st.fixed_dictionaries({}, optional=_CELLS),
            "suggest": st.sampled_from([{name: value} for name in RULED for value in DOMAINS[name]]),
            "because": st.just("So."),
        }
    ),
    max_size=5,
)


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    """Return a rulebook without gaps and conflicts, its facts in any order."""
    facts = draw(st.permutations([*FACTS, *ASIDE]))
    return book(draw(rules_without_gaps()), facts=facts, suggestions=draw(_SUGGESTIONS))


def telling(rulebook: Rulebook, known: Mapping[str, FactValue]) -> set[str]:
    """Return the facts of which another answer can make it another model, by trying everything that can be so."""
    values = [[known[name]] if name in known else DOMAINS[name] for name in RULED]
    cases = [dict(zip(RULED, case, strict=True)) for case in product(*values)]
    models = [model_in(rulebook, case) for case in cases]
    found = set()
    for at, name in enumerate(RULED):
        seen: dict[Any, str] = {}
        for case, model in zip(product(*values), models, strict=True):
            if seen.setdefault((*case[:at], *case[at + 1 :]), model) != model:
                found.add(name)
    return found


def model_in(rulebook: Rulebook, facts: Mapping[str, FactValue]) -> str:
    """Return the model where everything is known, as plainly as can be."""
    (use,) = {r.use for r in rulebook.rules if all(holds(cell, facts[name]) for name, cell in r.when.items())}
    return use
