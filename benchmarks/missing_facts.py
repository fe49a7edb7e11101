"""What becomes of missing facts: this product's rules beside a decision table of zen-engine.

The table has the rulebook's rows, once with a last row for whatever is left, as such tables are commonly written, and
once with every row spelt out. With every fact known, all say the same. Then every set of facts with some of them
missing is put to each.

    pip install -e '.[compare]' -c constraints.txt
    python benchmarks/missing_facts.py [RULEBOOK]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import zen

from assistant.core.entries import FactValue
from assistant.core.rulebook import Fact, Rulebook, Scalar, decide, representatives
from assistant.formats.rulebook_file import read_rulebook
from assistant.settings import packaged_rulebook_file

SHOWN = 5
"""Cases that are printed."""


def cell(value: Scalar) -> str:
    if isinstance(value, str) and ".." in value:
        return f"[{value.replace(' ', '')}]"
    return value if isinstance(value, str) and value[:1] in "<>" else json.dumps(value)


def table(rulebook: Rulebook, facts: list[Fact], *, spelt_out: bool) -> dict[str, Any]:
    """Return the rules as zen-engine reads a decision table: the first row that holds decides, else the last one."""
    rows = []
    for number, rule in enumerate(rulebook.rules):
        row = {"_id": f"row{number}", "model": json.dumps(rule.use)}
        for fact in facts:
            found = rule.when.get(fact.name) if spelt_out or rule is not rulebook.rules[-1] else None
            parts = found if isinstance(found, tuple) else () if found is None else (found,)
            row[fact.name] = ", ".join(map(cell, parts))
        rows.append(row)
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": fact.name, "name": fact.name, "field": fact.name} for fact in facts],
        "outputs": [{"id": "model", "name": "model", "field": "model"}],
        "rules": rows,
    }
    kinds = {"in": "inputNode", "table": "decisionTableNode", "out": "outputNode"}
    nodes: list[dict[str, Any]] = [
        {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}} for name, kind in kinds.items()
    ]
    nodes[1]["content"] = content
    edges = [
        {"id": f"{start}-{end}", "sourceId": start, "targetId": end, "type": "edge"}
        for start, end in (("in", "table"), ("table", "out"))
    ]
    return {"nodes": nodes, "edges": edges}


def every(facts: list[Fact], rulebook: Rulebook, *missing: None) -> Iterator[dict[str, FactValue]]:
    """Return every set of facts that rules tell apart; with None given, those too in which some are missing."""
    values = [[*representatives(fact, [rule.when for rule in rulebook.rules]), *missing] for fact in facts]
    for chosen in product(*values):
        yield {fact.name: value for fact, value in zip(facts, chosen, strict=True) if value is not None}


def main() -> None:
    path, text = packaged_rulebook_file()
    if len(sys.argv) > 1:
        path, text = sys.argv[1], Path(sys.argv[1]).read_bytes()
    rulebook = read_rulebook(path, text)
    facts = [fact for fact in rulebook.facts if any(fact.name in rule.when for rule in rulebook.rules)]
    whole = [(given, decide(rulebook, given).model) for given in every(facts, rulebook)]
    parts = [given for given in every(facts, rulebook, None) if len(given) < len(facts)]
    possible = [{model.id for all_, model in whole if model and given.items() <= all_.items()} for given in parts]
    ours = [decide(rulebook, given) for given in parts]
    print(f"{path}: {len(rulebook.rules)} rules over {len(facts)} facts, {len(parts)} sets with some of them missing.")
    named = [{model.id for model in decision.possible} for decision in ours]
    faults = sum(mine != each for mine, each in zip(named, possible, strict=True))
    answered = sum(decision.model is not None for decision in ours)
    print(f"  ours: {answered} answered, {len(parts) - answered} asked back, {faults} wrong about what is possible")
    for spelt_out in (True, False):
        other = zen.ZenEngine().create_decision(json.dumps(table(rulebook, facts, spelt_out=spelt_out)))
        assert all(model and said(other, given) == model.id for given, model in whole), "complete facts, same answers"
        theirs = [said(other, given) for given in parts]
        wrong = [n for n, answer in enumerate(theirs) if answer and possible[n] != {answer}]
        print(f"  zen-engine, {'every row spelt out' if spelt_out else 'a last row for the rest'}:", end=" ")
        print(f"{len(parts) - theirs.count(None)} answered, {len(wrong)} of them while other models were possible")
        for n in wrong[:SHOWN]:
            asked = ours[n].missing[0].name if ours[n].missing else "nothing"
            print(f"    {parts[n]}: {theirs[n]}; ours asks for {asked} ({' or '.join(sorted(possible[n]))})")


def said(other: zen.ZenDecision, given: Mapping[str, FactValue]) -> str | None:
    found = other.evaluate(dict(given))["result"] or {}
    return str(found["model"]) if "model" in found else None


if __name__ == "__main__":
    main()
