"""The rulebook file: YAML or JSON in the shape of the core's Rulebook, with its own examples checked."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from assistant.core.rulebook import Rulebook, failing_examples
from assistant.errors import FileError, Finding
from assistant.formats.findings import findings_of
from assistant.formats.positions import Document, read


def read_rulebook(label: str, content: bytes) -> Rulebook:
    """Read a rulebook, or raise FileError with everything that is wrong with it."""
    document = read(label, content)
    try:
        rulebook = Rulebook.model_validate(document.data)
    except ValidationError as error:
        raise FileError(findings_of(document, error, Rulebook)) from None
    findings = [*_unknown_names(rulebook, document)]
    findings += [
        document.finding(("examples", number), f"fails: {failure}")
        for number, failure in (failing_examples(rulebook) if not findings else {}).items()
    ]
    if findings:
        raise FileError(findings)
    return rulebook


def _unknown_names(rulebook: Rulebook, document: Document) -> Iterator[Finding]:
    facts = {fact.name for fact in rulebook.facts}
    models = {model.id for model in rulebook.models}
    conditions = [(("rules", number), rule.when) for number, rule in enumerate(rulebook.rules)]
    conditions += [(("cautions", number), caution.when) for number, caution in enumerate(rulebook.cautions)]
    conditions += [(("suggestions", number), each.when) for number, each in enumerate(rulebook.suggestions)]
    for path, when in conditions:
        for fact in when.keys() - facts:
            message = f"is no fact of this rulebook; allowed: {', '.join(sorted(facts))}"
            yield document.finding((*path, "when", fact), message, key=True)
    for number, rule in enumerate(rulebook.rules):
        if rule.use not in models:
            yield document.finding(
                ("rules", number, "use"), f"is no model of this rulebook; allowed: {', '.join(sorted(models))}"
            )
