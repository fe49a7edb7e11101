"""The rulebook file: read whole, or refused with every mistake and where it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.core.rulebook import Rulebook
from assistant.errors import FileError
from assistant.formats.rulebook_file import check_rulebook, read_rulebook

BOOK = """\
facts:
  - {name: fired, ask: Is it fired?, type: yes-no}
  - {name: potters, ask: How many?, type: number, min: 0, max: 12}
models:
  - id: solo
    title: solo potter
    context: One potter.
    benefits: [Quiet.]
    practices: [Sweep.]
    responsibilities: {operate: both, on_call: both, decide: both}
rules:
  - {name: fired, when: {fired: true, potters: "< 5"}, use: solo, because: It is fired.}
  - {name: more potters, when: {fired: true, potters: ">= 5"}, use: solo, because: Still solo.}
  - {name: raw, when: {fired: false}, use: solo, because: It is raw.}
examples:
  - {given: {fired: true, potters: 3}, model: solo}
"""


def findings(text: str) -> list[str]:
    with pytest.raises(FileError) as caught:
        read_rulebook("rules.yaml", text.encode())
    return [str(finding) for finding in caught.value.findings]


def test_yaml_and_json_are_one_format() -> None:
    """A rulebook may be written in YAML or in JSON."""
    book = read_rulebook("rules.yaml", BOOK.encode())
    assert isinstance(book, Rulebook)
    assert book.rules[0].when == {"fired": True, "potters": "< 5"}
    assert read_rulebook("rules.json", json.dumps(book.model_dump(mode="json", exclude_defaults=True)).encode()) == book


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (
            "when: {fired: true,",
            "when: {fried: true,",
            "rules.yaml:12:26: rules[0].when.fried: “fried” is no fact of this",
        ),
        ("use: solo", "use: duo", "rules.yaml:12:61: rules[0].use: “duo” is no model of this rulebook; allowed: solo"),
        ("model: solo}", "model: duo}", "rules.yaml:16:47: examples[0].model: “duo” is no model of this"),
        ("type: yes-no", "type: mood", "rules.yaml:2:"),
        ("min: 0, max: 12", "min: 12, max: 0", "rules.yaml:3:"),
        ("title: solo potter", "titel: solo potter", "rules.yaml:"),
        ("because: It is fired.", "why: It is fired.", "rules.yaml:12:"),
        ("facts:", "fact:", "rules.yaml:1:"),
    ],
)
def test_a_mistake_is_found_where_it_stands(old: str, new: str, finding: str) -> None:
    """Each mistake is named with its line, and with what would be allowed there."""
    assert any(found.startswith(finding) for found in findings(BOOK.replace(old, new))), findings(
        BOOK.replace(old, new)
    )


def test_every_mistake_at_once() -> None:
    """All unknown names are listed together, in the order in which they stand."""
    found = findings(BOOK.replace("when: {fired", "when: {fried", 1).replace("use: solo", "use: duo", 1))
    assert [line.partition(": ")[2].partition(":")[0] for line in found] == ["rules[0].when.fried", "rules[0].use"]


@pytest.mark.parametrize("text", ["", "[]", "facts", "{", "facts: &x []\nmodels: *x\nrules: []", "\x00"])
def test_what_is_no_rulebook(text: str) -> None:
    """A file of another kind is refused with a finding, never with an error of the parser."""
    assert findings(text)


def test_the_rulebook_in_the_documents_is_sound() -> None:
    """Whoever starts from the stricter rulebook starts from one in which nothing is wrong."""
    file = Path(__file__).parents[2] / "docs" / "strict-rulebook.yaml"
    assert check_rulebook(file.name, file.read_bytes()) == []


def test_a_check_names_row_rule_and_place() -> None:
    """A finding has the line and the column, the rule and the fact, and facts that show it."""
    more = "Still solo.}\n  - {name: gone, when: {fired: true, potters: 3}, use: solo, because: So.}"
    [row] = check_rulebook("rules.yaml", BOOK.replace("Still solo.}", more).encode())
    assert (row.check, row.severity, row.rule, row.line) == ("dead rule", "error", "gone", 14)
    [gap] = check_rulebook("rules.yaml", BOOK.replace('potters: ">= 5"', 'potters: ">= 6"').encode())
    assert (gap.check, gap.line, gap.example) == ("gap", 12, {"fired": True, "potters": 5})
