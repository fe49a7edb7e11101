"""An answer as one JSON object: what `assistant ask --json` prints. Every key is always present."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assistant.core.advice import OwnerCard
from assistant.core.answers import (
    Answer,
    Choices,
    Contact,
    Explained,
    Help,
    Models,
    NotFound,
    NotUnderstood,
    Onboard,
    Owners,
    PathOwners,
    TeamCard,
    TeamChoices,
    TeamNotFound,
    outcome_of,
)
from assistant.core.match import CHOICES
from assistant.core.messages import plain
from assistant.core.questions import Reading
from assistant.core.wording import word


def record(question_id: Any, text: str, reading: Reading, answer: Answer) -> dict[str, Any]:
    """Return one answer with every key of the contract."""
    row: dict[str, Any] = {
        "id": question_id,
        "text": text,
        "intent": reading.intent,
        "outcome": outcome_of(answer),
        "components": [],
        "refs": [],
        "owners": [],
        "otherwise": [],
        "team": None,
        "owned": [],
        "teams": {},
        "under": {},
        "choices": [],
        "unresolved": [],
        "attribute": reading.attribute,
        "value": None,
        "values": {},
        "model": None,
        "missing": [],
        "models": {},
        "new": None,
        "because": reading.because,
        "answer": plain(word(answer)),
    }
    row.update(_own_keys(answer))
    return row


def _own_keys(answer: Answer) -> dict[str, Any]:
    match answer:
        case Owners():
            keys = {**_about(answer.cards), "otherwise": _otherwise(answer.cards)}
            return {**keys, "unresolved": _unresolved(answer.unresolved), "because": answer.because}
        case PathOwners():
            return {
                "owners": _distinct(team.name for each in answer.paths for team in each.teams),
                "because": answer.because,
            }
        case Contact():
            contacts = (answer, *answer.beside)
            about = _about([each.card for each in contacts if each.card])
            values = {each.card.component.name: each.value for each in contacts if each.card}
            return {
                **about,
                "team": answer.team.name if answer.team else None,
                "value": answer.value,
                "values": values if answer.beside else {},
                "unresolved": _unresolved(answer.unresolved),
                "because": answer.because,
            }
        case TeamCard():
            return {
                "team": answer.team.name,
                "owned": [component.name for component in answer.owned],
                "teams": {each.team.name: [c.name for c in each.owned] for each in (answer, *answer.beside)},
                "under": {team.name: [component.name for component in owned] for team, owned in answer.under},
                "because": answer.because,
            }
        case Models():
            advice = answer.recommendations
            models = {
                each.card.component.name: each.decision.model.id if each.decision.model else None for each in advice
            }
            # Entries of one name and one owner count as one; where they differ, the first speaks for them.
            single = advice[0].decision if len(models) == 1 else None
            return {
                **_about([each.card for each in advice if each.registered]),
                "model": single.model.id if single and single.model else None,
                "missing": [fact.name for fact in single.missing] if single else [],
                "models": models if len(models) > 1 else {},
                "unresolved": _unresolved(answer.unresolved),
                "because": answer.because,
            }
        case Choices():
            names = [card.component.name for card in answer.options]
            return {"choices": _distinct(names), "because": answer.because}
        case TeamChoices():
            return {
                "choices": [team.name for team in answer.teams][:CHOICES],
                "because": answer.because,
            }
        case NotFound():
            names = [card.component.name for card in answer.nearest]
            return {"choices": _distinct(names), "because": answer.because}
        case TeamNotFound():
            return {
                "choices": [team.name for team in answer.nearest],
                "because": answer.because,
            }
        case Onboard():
            return {"new": {"name": answer.new.name, "owner": answer.new.owner}}
        case Help():
            return {}
        case Explained():
            return {"intent": "help", "attribute": None}
        case NotUnderstood():
            return {"intent": "none", "attribute": None, "because": answer.because}
        case _:
            raise TypeError(f"{type(answer).__name__} answers no question")


def _about(cards: Iterable[OwnerCard]) -> dict[str, Any]:
    cards = list(cards)
    return {
        "components": _distinct(card.component.name for card in cards),
        "refs": [card.component.ref.path for card in cards],
        "owners": _distinct(team.name for card in cards for team in card.owners),
    }


def _otherwise(cards: Iterable[OwnerCard]) -> list[dict[str, Any]]:
    """Return which owners other sources state than the one that counts."""
    return [
        {"component": card.component.ref.path, "source": each.source, "owners": each.value}
        for card in cards
        for each, _ in card.otherwise
    ]


def _unresolved(unresolved: Iterable[Any]) -> list[dict[str, Any]]:
    return [
        {"mention": item.mention, "choices": _distinct(card.component.name for card in item.choices)}
        for item in unresolved
    ]


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
