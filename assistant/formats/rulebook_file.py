"""The rulebook file: YAML or JSON in the shape of the core's Rulebook, verified whenever it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import ValidationError

from assistant.core.entries import FactValue
from assistant.core.rulebook import Rulebook
from assistant.core.verifying import Defect, verify
from assistant.errors import FileError, Finding
from assistant.formats.findings import findings_of
from assistant.formats.positions import Document, read


@dataclass(frozen=True)
class Checked:
    """One thing that a check of a rulebook found, and where. Lines and columns from 1."""

    check: str
    severity: str
    rule: str | None
    fact: str | None
    line: int
    column: int
    message: str
    example: Mapping[str, FactValue] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        return asdict(self)


def read_rulebook(label: str, content: bytes) -> Rulebook:
    """Read a rulebook, or raise FileError with everything that is wrong with it."""
    document = read(label, content)
    try:
        rulebook = Rulebook.model_validate(document.data)
    except ValidationError as error:
        raise FileError(findings_of(document, error, Rulebook)) from None
    errors = [defect for defect in verify(rulebook) if defect.severity == "error"]
    if errors:
        raise FileError([_finding(document, defect) for defect in errors])
    return rulebook


def check_rulebook(label: str, content: bytes) -> list[Checked]:
    """Check a rulebook: everything that is wrong with it, and what deserves a look, in the order of the file."""
    try:
        document = read(label, content)
    except FileError as error:
        return [_malformed(finding) for finding in error.findings]
    try:
        rulebook = Rulebook.model_validate(document.data)
    except ValidationError as error:
        return [_malformed(finding) for finding in sorted(findings_of(document, error, Rulebook))]
    rows = []
    for defect in verify(rulebook):
        line, column = document.position(defect.path, key=defect.at_key)
        place = (defect.rule, defect.fact, line, column)
        rows.append(Checked(defect.check, defect.severity, *place, defect.message, dict(defect.example)))
    return sorted(rows, key=lambda row: (row.line, row.column, row.check))


def _finding(document: Document, defect: Defect) -> Finding:
    return document.finding(defect.path, f"{defect.message} ({defect.check})", key=defect.at_key)


def _malformed(finding: Finding) -> Checked:
    """Say what the file's form makes impossible to read; in a rule's cell that is a bad cell."""
    check = "bad cell" if ".when" in finding.path else "malformed"
    path = f"{finding.path}: " if finding.path else ""
    return Checked(check, "error", None, None, finding.line, finding.column, f"{path}{finding.message}")
