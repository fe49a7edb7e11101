"""Judging answers: was the right thing answered, or at least offered, and was anything stated that is not so?

A question holds `expected`: one `component` (any of several spellings), several that must all be answered
(`components_all`), `candidates` that fit equally well, a `team`, or `none`; and `gold`: the owners there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
INTENTS = {"ownership": "owner", "team_owns": "team", "model": "model", "contact": "contact", "register": "onboard"}
NONE_OF = {
    "help": ("help",),
    "smalltalk": ("none", "help"),
    "offtopic": ("none", "help"),
    "unspecified": ("none", "help", "not_found"),
}
"""What is right where nothing is to be found, by the kind of question."""


@dataclass(frozen=True)
class Verdict:
    """`strict`: right outright. `offered`: that, or among the choices. `wrong`: stated, and not so."""

    strict: bool
    offered: bool
    wrong: bool
    understood: bool = True


def judge(question: Json, answer: Json) -> Verdict:
    """Judge an answer by the best of what counts as right."""
    verdicts = [
        _against(question, right, answer) for right in (question["expected"], *question.get("alt_expected", ()))
    ]
    wanted = {
        INTENTS[intent] for intent in (question["intent"], *question.get("also_intents", ())) if intent in INTENTS
    }
    return Verdict(
        strict=any(verdict.strict for verdict in verdicts),
        offered=any(verdict.offered for verdict in verdicts),
        wrong=all(verdict.wrong for verdict in verdicts),
        understood=answer["intent"] in wanted if wanted else answer["outcome"] != "answer",
    )


def _against(question: Json, right: Json, answer: Json) -> Verdict:
    answered, asked = answer["outcome"] == "answer", answer["outcome"] == "choices"
    if "none" in right:
        return _nothing(question, answer)
    if "team" in right:
        hit = answered and _fold(answer["team"]) in _folds(right["team"])
        return _verdict(hit, asked and bool(_folds(answer["choices"]) & _folds(right["team"])), answered)
    components, choices = _folds(answer["components"]), _folds(answer["choices"])
    honest = _is_honest(question, answer)
    if "component" in right:
        wanted = _folds(right["component"])
        told = bool(answer["owners"] or not _owners(question)) or question["intent"] != "ownership"
        told |= "ownerless" in question["noise"]
        hit = answered and bool(components) and components <= wanted and honest and told
        return _verdict(hit, asked and bool(choices & wanted), answered)
    if "components_all" in right:
        groups = [_folds(group) for group in right["components_all"]]
        part = answered and bool(components) and components <= set[str]().union(*groups) and honest
        offered = part or (asked and all(choices & group for group in groups))
        return Verdict(part and all(components & group for group in groups), offered, answered and not part)
    wanted = _folds(right["candidates"])
    if not answered:
        return _verdict(asked and wanted <= choices, asked and bool(choices & wanted), answered)
    fair = bool(components) and components <= wanted and honest
    one_owner = bool(question["gold"].get("same_owner") and answer["owners"])
    return Verdict(fair and (components == wanted or one_owner), fair, not fair)


def _nothing(question: Json, answer: Json) -> Verdict:
    outcome = answer["outcome"]
    if question["intent"] == "register":
        return _verdict(outcome == "onboard", False, outcome == "answer")
    hit = outcome in NONE_OF.get(question.get("sub", ""), ("not_found",))
    return _verdict(hit, outcome in ("not_found", "choices", "help", "none"), outcome == "answer")


def _verdict(hit: bool, near: bool, answered: bool) -> Verdict:
    return Verdict(hit, hit or near, answered and not hit)


def _is_honest(question: Json, answer: Json) -> bool:
    """Say whether every owner that was stated is one."""
    stated, owners = _folds(answer["owners"]), _owners(question)
    return stated <= owners if owners else not stated


def _owners(question: Json) -> set[str]:
    return {_fold(name) for names in question["gold"].get("owners", {}).values() for name in names}


def _fold(name: str | None) -> str:
    return "".join(letter for letter in str(name).lower() if letter.isalnum())


def _folds(names: list[str]) -> set[str]:
    return {_fold(name) for name in names}
