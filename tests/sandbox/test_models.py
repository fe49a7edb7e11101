"""Which model, as conversations with the real bot: the four models, each caution, what-ifs, and what stays open."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path

import yaml
from test_chat import chat

from assistant.core.entries import FACT_FIELDS, FactValue
from assistant.core.rulebook import Rulebook, cautions_for, representatives
from assistant.settings import packaged_rulebook

CELLS = [
    ("application-bound", "developers", "you build it, you run it"),
    ("application-bound", "external-team", "embedded platform engineers"),
    ("shared", "developers", "complicated-subsystem team"),
    ("shared", "external-team", "platform team"),
]
SECRET_WORDS = ("lifecycle", "ownership", "application-bound", "external-team")
"""What the rules are about has everyday words for people."""


def component(name: str, facts: Mapping[str, FactValue], **more: object) -> dict[str, object]:
    own = {fact: value for fact, value in facts.items() if fact in FACT_FIELDS}
    others = {fact: value for fact, value in facts.items() if fact not in FACT_FIELDS}
    return {"name": name, "owner": "potters", **own, **({"facts": others} if others else {}), **more}


def cautioned(rulebook: Rulebook) -> dict[str, dict[str, FactValue]]:
    """Return facts for which each caution speaks, with all that decides beside them."""
    found = {}
    for number, caution in enumerate(rulebook.cautions):
        names = dict.fromkeys(("lifecycle", "ownership", *caution.when))
        asked = [fact for fact in rulebook.facts if fact.name in names]
        choices = product(*(representatives(fact, [caution.when]) for fact in asked))
        every = (dict(zip((fact.name for fact in asked), values, strict=True)) for values in choices)
        found[f"vase-{number}"] = next(facts for facts in every if caution in cautions_for(rulebook, facts))
    return found


def test_every_model_and_every_caution_in_a_conversation(tmp_path: Path) -> None:
    """Each of the four models, and each caution of the packaged rulebook, is an answer that people see; nobody sees the
    words that the rules are written in."""
    rulebook = packaged_rulebook()
    cautions = cautioned(rulebook)
    components = [
        component(f"pot-{number}", {"lifecycle": shared, "ownership": run})
        for number, (shared, run, _) in enumerate(CELLS)
    ]
    components += [component(name, facts) for name, facts in cautions.items()]
    file = tmp_path / "pottery.yaml"
    teams = [{"name": "potters", "slack_channel": "#general"}]
    file.write_text(yaml.safe_dump({"teams": teams, "components": components}, allow_unicode=True))
    asked = [f"/which-model {each['name']}" for each in components]
    said = chat(*asked, options=("--registry", str(file)))
    for number, (_, _, title) in enumerate(CELLS):
        assert f"pot-{number} fits " in said
        assert title in said.partition(f"pot-{number} fits ")[2][:60]
    for name, caution in zip(cautions, rulebook.cautions, strict=True):
        told = " ".join(said.partition(f"{name} fits ")[2].partition("/which-model")[0].split())
        assert caution.advice in told, name
    assert not [word for word in SECRET_WORDS if word in said.lower()]


def test_what_if_and_what_stays_open() -> None:
    """Three suppositions each have their answer and save nothing; what nobody is sure of leads to a suggestion, or to
    whom to ask."""
    said = chat(
        "what if ledger was only used by one application?",
        "what if stock-events was run by its developers?",
        "what if checkout-api became shared?",
        "/which-model ledger",
        "/which-model refund-worker",
        "3",
        "3",
        "/which-model legacy-cron",
        "3",
    )
    answers = [" ".join(each.split()) for each in said.split("Assistant")]
    for start in ("If so, ledger would fit", "If so, stock-events would fit", "If so, checkout-api would fit"):
        assert any(start in each for each in answers), start
    assert any("ledger fits a complicated-subsystem team" in each for each in answers)
    assert any("It decides nothing by itself: take it, or say what you know." in each for each in answers)
    assert not [word for word in SECRET_WORDS if word in said.lower()]
