"""The portfolio: all components by the model that the rules recommend, and what stands in the way of more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.core.catalog import Catalog
from assistant.core.entries import Component
from assistant.core.rulebook import Fact, Model, Rulebook, decide


@dataclass(frozen=True)
class Share:
    """The components for which one model is recommended, by the label of the team that owns them, most first."""

    model: Model
    by_team: tuple[tuple[str, tuple[Component, ...]], ...]

    @property
    def count(self) -> int:
        return sum(len(components) for _, components in self.by_team)


@dataclass(frozen=True)
class Portfolio:
    """`ask`: the one question that alone would decide most of those undecided, and for how many."""

    shares: tuple[Share, ...]
    undecided: tuple[Component, ...]
    ask: tuple[Fact, int] | None
    differing: tuple[tuple[Component, Model], ...]
    """Components whose model in use is another than the one recommended."""
    due: tuple[Component, ...]
    """Components whose model was to be looked at again by today."""

    @property
    def count(self) -> int:
        return sum(share.count for share in self.shares) + len(self.undecided)


def portfolio(catalog: Catalog, rulebook: Rulebook, today: date) -> Portfolio:
    """Apply the rules to every component."""
    decided: dict[str, list[Component]] = {model.id: [] for model in rulebook.models}
    undecided, differing = [], []
    settling: Counter[str] = Counter()
    for _, component in sorted(catalog.components.items()):
        decision = decide(rulebook, component.known_facts)
        if decision.model is None:
            undecided.append(component)
            settling.update(fact.name for fact in decision.missing[:1] if len(decision.missing) == 1)
            continue
        decided[decision.model.id].append(component)
        if component.model and component.model != decision.model.id:
            differing.append((component, decision.model))
    shares = tuple(Share(model, _by_team(decided[model.id], catalog)) for model in rulebook.models)
    ask = None
    if settling:
        name, count = max(settling.items(), key=lambda each: (each[1], each[0]))
        fact = rulebook.fact(name)
        assert fact is not None, "only facts of the rulebook are missing"
        ask = fact, count
    due = [each for _, each in sorted(catalog.components.items()) if each.review_by and each.review_by <= today]
    return Portfolio(shares, tuple(undecided), ask, tuple(differing), tuple(due))


def _by_team(components: Sequence[Component], catalog: Catalog) -> tuple[tuple[str, tuple[Component, ...]], ...]:
    # Two teams may bear one label.
    teams: dict[tuple[str, str], list[Component]] = {}
    for component in components:
        owners = catalog.owners_of(component)
        team = (owners[0].label, owners[0].name) if owners else ("nobody", "")
        teams.setdefault(team, []).append(component)
    ordered = sorted(teams.items(), key=lambda each: (-len(each[1]), each[0]))
    return tuple((label, tuple(theirs)) for (label, _), theirs in ordered)
