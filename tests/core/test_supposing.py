"""Facts that a question states itself."""

from __future__ import annotations

import pytest
from registries import pottery, rulebook, snapshot

from assistant.core.clauses import asks_what_if, supposes
from assistant.core.entries import FactValue, Ref
from assistant.core.rulebook import Rulebook
from assistant.core.snapshot import Snapshot
from assistant.core.supposing import how_to_suppose, names_read_as, owner_read_as, stated_in
from assistant.core.words import tokenize

SHARED, DEDICATED = {"lifecycle": "shared"}, {"lifecycle": "application-bound"}
OURS, THEIRS = {"ownership": "developers"}, {"ownership": "external-team"}


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("which model for a shared kiln that the clay team runs?", SHARED | THEIRS),
        ("a dedicated kiln which we run", DEDICATED | OURS),
        ("which model for the kiln, it is shared", SHARED),
        ("it will be shared, and it has been run by the clay team", SHARED | THEIRS),
        ("since the kiln is used by everyone, who runs it", SHARED),
        ("which model should the kiln we run use", OURS),
        ("should a kiln used by two workshops have a team", SHARED),
        ("the kiln is dedicated, should it be shared?", DEDICATED),
        ("what if the kiln became shared", SHARED),
        ("the kiln is dedicated today; what if it became shared?", SHARED),
        ("suppose that others ran it", THEIRS),
        ("why does another team run it?", THEIRS),
        ("which model should the kiln use", {}),
    ],
)
def test_what_a_question_states(text: str, facts: dict[str, FactValue]) -> None:
    """What is said of a thing is known, wherever it stands in the question."""
    assert stated_in(tokenize(text), rulebook()) == facts


@pytest.mark.parametrize(
    "text",
    [
        "should the kiln be shared?",
        "is the kiln shared or dedicated?",
        "the kiln: shared, or dedicated?",
        "is the kiln better as a workshop or run by its developers?",
        "isn't it shared?",
        "could it become a shared one?",
        "it should be shared",
        "we could run it",
        "does another team run it?",
        "why should the clay team run it?",
        "which team runs it?",
        "not sure if it is shared",
        "we don't know whether another team runs it",
        "which uses a shared drying rack",
        "for a dedicated team",
        "what if we stopped counting",
    ],
)
def test_what_a_question_asks(text: str) -> None:
    """What is asked, wished, left open between two, or said of something else, states nothing."""
    assert stated_in(tokenize(text), rulebook()) == {}


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("the kiln is not shared", DEDICATED),
        ("a kiln that isn't shared, run by another team", DEDICATED | THEIRS),
        ("what if the kiln were no longer dedicated", SHARED),
        ("what if it stopped being shared", DEDICATED),
        ("which no other team runs", OURS),
        ("I don't think that developers run it", THEIRS),
        ("the developers don't run it", THEIRS),
        ("more than one application uses it", SHARED),
        ("what if it were neither shared nor dedicated", {}),
    ],
)
def test_what_a_question_denies(text: str, facts: dict[str, FactValue]) -> None:
    """What is denied has its other answer, and where both are denied, none."""
    assert stated_in(tokenize(text), rulebook()) == facts


def test_a_denial_among_more_than_two_answers() -> None:
    """Of three answers the one that is denied leaves two, so nothing is stated; of a yes or no it leaves one."""
    rulebook = Rulebook.model_validate(
        {
            "facts": [
                {
                    "name": "heat",
                    "ask": "How hot?",
                    "type": "choice",
                    "answers": {"low": "Low", "middle": "Middle", "high": "High"},
                    "said": {"low": ["lukewarm"], "high": ["white-hot"]},
                },
                {"name": "audited", "ask": "Audited?", "type": "yes-no", "said": {"true": ["audited"]}},
            ],
            "models": [],
            "rules": [],
        }
    )
    assert stated_in(tokenize("a kiln that is white-hot and audited"), rulebook) == {"heat": "high", "audited": True}
    assert stated_in(tokenize("a kiln that is not white-hot, and not audited"), rulebook) == {"audited": False}


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("our team runs it", OURS),
        ("my squad operates it", OURS),
        ("our own team runs it and only we use it", OURS | DEDICATED),
        ("run mostly by our own developers", OURS),
        ("the people who build it also run it", OURS),
        ("if the developers ran it", OURS),
        ("what if it became shared and was then run by developers?", OURS | SHARED),
        ("which we have always maintained", OURS),
        ("with ops running it", THEIRS),
        ("what if another team took it over", THEIRS),
        ("what if another team took over the kiln", THEIRS),
        ("run by the developers of another team", THEIRS),
        ("our platform team runs it", THEIRS),
        ("somebody else hosts it", THEIRS),
        ("used by 12 services", SHARED),
        ("several of our services use it", SHARED),
        ("only one application uses it", DEDICATED),
        ("nobody else uses it", DEDICATED),
        ("used by us alone", DEDICATED),
        ("everyone needs it", SHARED),
        ("three other apps read it", SHARED),
        ("the others would miss it", SHARED),
        ("nobody would miss it", DEDICATED),
        ("it is managed by each team", OURS),
        ("we all need a model", {}),
        ("several squads read the minutes", {}),
        ("we only use it at night", {}),
        ("what if the developers ran on coffee", {}),
    ],
)
def test_the_forms_of_what_is_said(text: str, facts: dict[str, FactValue]) -> None:
    """Who runs or uses something is said actively or passively, in any tense, with words between."""
    assert stated_in(tokenize(text), rulebook()) == facts


WORKSHOP = snapshot("""
teams: [{name: fire, aliases: [fire brigade]}, {name: smiths}, {name: carters}]
components:
  - {name: forge, owner: smiths, depends_on: [bellows, coal-yard]}
  - {name: bellows, owner: fire}
  - {name: coal-yard, owner: smiths}
""")


@pytest.mark.parametrize(
    ("component", "text", "facts"),
    [
        ("bellows", "what if carters ran the bellows", THEIRS),
        ("bellows", "what if the bellows were run by the carters team", THEIRS),
        ("bellows", "what if smiths ran the bellows", OURS),
        ("bellows", "what if the fire brigade ran the bellows", {}),
        ("coal-yard", "what if smiths ran the coal-yard", OURS),
        ("bellows", "given that only forge uses them", DEDICATED),
        ("bellows", "what if the bellows were for forge only", DEDICATED),
        ("bellows", "which coal-yard uses too", SHARED),
        ("bellows", "if coal-yard needed the bellows too", SHARED),
        ("bellows", "used by forge and coal-yard", SHARED),
        ("bellows", "what if forge ran the bellows", OURS),
        ("bellows", "if the people who build forge ran them", OURS),
    ],
)
def test_teams_and_components_by_name(component: str, text: str, facts: dict[str, FactValue]) -> None:
    """A team that is named runs it as another one, unless it builds the application; who owns it may be either."""
    tokens = tokenize(text)
    subject = WORKSHOP.catalog.components[Ref.component(component)]
    assert stated_in(tokens, rulebook(), names_read_as(tokens, WORKSHOP, subject)) == facts


@pytest.mark.parametrize(
    ("known", "text", "facts"),
    [
        (", ownership: developers", "run by the weavers", OURS),
        (", ownership: developers", "what if it was no longer run by the weavers", THEIRS),
        (", ownership: external-team", "run by the weavers", THEIRS),
        ("", "run by the weavers", {}),
    ],
)
def test_who_owns_it_runs_it_as_is_known(known: str, text: str, facts: dict[str, FactValue]) -> None:
    """That its owner runs it says what is known of that; where nothing is known, it says nothing."""
    held = snapshot(f"teams: [{{name: weavers}}]\ncomponents: [{{name: loom, owner: weavers{known}}}]")
    loom = held.catalog.components[Ref.component("loom")]
    tokens = tokenize(text)
    read_as = names_read_as(tokens, held, loom, owner_read_as(loom, rulebook()))
    assert stated_in(tokens, rulebook(), read_as) == facts


@pytest.mark.parametrize("registry", [pottery(), WORKSHOP])
def test_words_of_the_language_are_no_names(registry: Snapshot) -> None:
    """What any sentence holds is never read as somebody's name."""
    assert names_read_as(tokenize("which model should it use if another team ran it"), registry) == {}


@pytest.mark.parametrize(
    ("text", "is_supposed"),
    [("what if it were shared", True), ("for a shared kiln", False), ("not sure if it is shared", False)],
)
def test_what_is_supposed(text: str, is_supposed: bool) -> None:
    """`What if` asks what would be, and not what is; `if` behind a doubt means `whether`."""
    assert supposes(tokenize(text)) is is_supposed
    assert asks_what_if(tokenize(text)) is is_supposed


def test_how_to_suppose() -> None:
    """An example of supposing something is of what is not so."""
    assert how_to_suppose(rulebook(), {}) == "shared"
    assert how_to_suppose(rulebook(), SHARED) == "dedicated"
