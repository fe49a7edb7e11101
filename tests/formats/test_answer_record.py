"""The answer as JSON: every key of the contract, whatever the answer, with the type that the contract says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registries import pottery, rulebook, snapshot

from assistant.core.answers import Invalid
from assistant.core.forms import Intent
from assistant.core.questions import Reading
from assistant.core.snapshot import Snapshot
from assistant.formats.answer_record import record
from assistant.use_cases.asking import ask

TEXT = (str, type(None))
CONTRACT: dict[str, type | tuple[type, ...]] = {
    "id": (int, str),
    "text": str,
    "intent": str,
    "outcome": str,
    "components": list,
    "refs": list,
    "owners": list,
    "team": TEXT,
    "owned": list,
    "choices": list,
    "unresolved": list,
    "attribute": TEXT,
    "value": TEXT,
    "model": TEXT,
    "missing": list,
    "models": dict,
    "new": (dict, type(None)),
    "because": str,
    "answer": str,
}
INTENTS = {"owner", "team", "model", "contact", "onboard", "help", "none"}
OUTCOMES = {"answer", "choices", "not_found", "onboard", "help", "none"}
ATTRIBUTES = {"channel", "oncall", "repo", "runbook", "contact", None}


def row(text: str, expect: Intent | None = None, registry: Snapshot | None = None) -> dict[str, Any]:
    reply = ask(text, registry or pottery(), rulebook(), expect)
    made = record("q1", text, reply.reading, reply.answer)
    keeps_the_contract(made)
    return made


def keeps_the_contract(made: dict[str, Any]) -> None:
    assert CONTRACT.keys() <= made.keys()
    for key, kind in CONTRACT.items():
        assert isinstance(made[key], kind), key
    for key in ("components", "refs", "owners", "owned", "choices", "missing"):
        assert all(isinstance(name, str) for name in made[key]), key
    assert made["intent"] in INTENTS
    assert made["outcome"] in OUTCOMES
    assert made["attribute"] in ATTRIBUTES
    assert len(made["choices"]) <= 8
    assert made["because"].strip()
    assert made["answer"].strip()
    assert all(item.keys() == {"mention", "choices"} for item in made["unresolved"])
    assert json.loads(json.dumps(made)) == made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "who owns kiln-control?",
            {"intent": "owner", "outcome": "answer", "components": ["kiln-control"], "owners": ["ovens"]},
        ),
        ("who owns attic-cron?", {"outcome": "answer", "components": ["attic-cron"], "owners": []}),
        ("who owns stamper?", {"outcome": "choices", "components": [], "choices": ["seal-press", "stamp-press"]}),
        ("who owns api-v3?", {"outcome": "not_found", "components": [], "choices": ["api-v1", "api-v2"]}),
        (
            "who owns wheel and api-v3?",
            {
                "outcome": "answer",
                "components": ["wheel"],
                "refs": ["default/wheel"],
                "unresolved": [{"mention": "api-v3", "choices": ["api-v1", "api-v2"]}],
            },
        ),
        (
            "what does shopfront own?",
            {"intent": "team", "team": "shopfront", "owned": ["help", "order-intake-gateway", "wheel"]},
        ),
        ("what does team xyzzy-9 own?", {"intent": "team", "outcome": "not_found", "team": None, "owned": []}),
        (
            "runbook for kiln-control?",
            {"intent": "contact", "attribute": "runbook", "value": "https://wiki.pots.example/kiln", "team": None},
        ),
        ("runbook for wheel?", {"outcome": "answer", "attribute": "runbook", "value": None, "components": ["wheel"]}),
        ("email for glaze?", {"intent": "contact", "team": "glaze", "attribute": "contact", "components": []}),
        (
            "which model should clay-ledger use?",
            {"intent": "model", "model": "platform-team", "missing": [], "models": {}, "owners": ["ovens"]},
        ),
        ("which model should glazeMixer use?", {"outcome": "answer", "model": None, "missing": ["ownership"]}),
        (
            "which model should clay-ledger and wheel use?",
            {"model": None, "models": {"clay-ledger": "platform-team", "wheel": None}},
        ),
        (
            "register pug-mill for glaze",
            {"intent": "onboard", "outcome": "onboard", "new": {"name": "pug-mill", "owner": "glaze"}, "refs": []},
        ),
        ("help", {"intent": "help", "outcome": "help", "new": None}),
        ("nice weather", {"intent": "none", "outcome": "none"}),
        ("", {"intent": "help", "outcome": "help"}),
    ],
)
def test_what_programs_read(text: str, expected: dict[str, Any]) -> None:
    """Each kind of answer says in its keys what the text says in words."""
    made = row(text)
    assert {key: made[key] for key in expected} == expected
    assert (made["id"], made["text"]) == ("q1", text)


def test_entries_of_one_name_and_one_owner_count_as_one() -> None:
    """A name that stands in two namespaces is named once, with both references beside it."""
    both = snapshot("""
teams: [{name: ovens}]
components: [{name: ledger, namespace: north, owner: ovens}, {name: ledger, namespace: south, owner: ovens}]
""")
    made = row("who owns ledger?", registry=both)
    assert (made["components"], made["refs"]) == (["ledger"], ["north/ledger", "south/ledger"])
    assert made["owners"] == ["ovens"]


def test_what_answers_no_question_has_no_record() -> None:
    """A refusal or a fault is not printed as if it answered something."""
    with pytest.raises(TypeError, match="Invalid"):
        record(1, "", Reading("none", "Nothing."), Invalid("Bad."))


@settings(deadline=None, max_examples=200)
@given(
    st.text(max_size=80) | st.sampled_from(["stamper", "kiln", "api-v3", "glaze", "wheel and wheal", "`press`"]),
    st.sampled_from(["{}", "who owns {}", "which model should {} use", "on call for {}", "what does {} own", "add {}"]),
    st.sampled_from([None, "owner", "model", "onboard"]),
)
def test_every_key_is_always_there(text: str, question: str, expect: Intent | None) -> None:
    """Whatever is asked, and by whichever way, every key is present and of its type."""
    row(question.format(text), expect)
