"""The questions that onboarding asks, derived from the facts that the rulebook uses."""

from __future__ import annotations

from assistant.core.rulebook import Fact, Rulebook

NOT_SURE = "not-sure"


def questions(rulebook: Rulebook) -> tuple[Fact, ...]:
    """Return the facts that rules use and that can be answered by choosing, in the rulebook's order."""
    used = {name for rule in rulebook.rules for name in rule.when}
    return tuple(fact for fact in rulebook.facts if fact.name in used and fact.type != "number")


def choices(fact: Fact) -> tuple[tuple[str, str], ...]:
    """Return the answers to a question as (value, what people read), *Not sure* last."""
    known = (("yes", "Yes"), ("no", "No")) if fact.type == "yes-no" else tuple(fact.answers.items())
    return (*known, (NOT_SURE, "Not sure"))


def value_of(fact: Fact, answer: str) -> str | bool | None:
    """Return the fact's value for an answer; None when not sure, or when it is no answer to this question."""
    if fact.type == "yes-no":
        return {"yes": True, "no": False}.get(answer)
    return answer if fact.admits(answer) else None
