"""Recommending a model: the rules, applied to what is known of a component and where that comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from assistant.core.advice import Known, Recommendation, Weighed
from assistant.core.cards import owner_card
from assistant.core.catalog import PEOPLE, Catalog, Statement
from assistant.core.entries import FACT_PREFIX, Component, FactValue, Team
from assistant.core.match import MENTION_LIMIT
from assistant.core.rulebook import (
    CONSUMERS,
    Decision,
    Model,
    Rulebook,
    cautions_for,
    decide,
    factors_for,
    representatives,
    suggestions_for,
    turns,
    way_to,
)


def recommend(
    component: Component,
    catalog: Catalog,
    rulebook: Rulebook,
    assumed: Mapping[str, FactValue] | None = None,
    skipped: frozenset[str] = frozenset(),
    *,
    supposed: bool = False,
    anew: bool = False,
) -> Recommendation:
    """Apply the rules to what is known of a component and what was said just now; what is known wins.

    `supposed`: what was said wins, as in `what if it became shared?`. `anew`: what people have stated and would decide
    does not count, and is asked once more.
    """
    stated = {name: value for name, value in component.known_facts.items() if _admitted(name, value, rulebook)}
    before: dict[str, FactValue] = {}
    if anew:
        used = decide(rulebook, stated).used
        before = {name: value for name, value in used.items() if _by_people(name, component, catalog)}
        stated = {name: value for name, value in stated.items() if name not in before}
    if supposed:
        stated = {name: value for name, value in stated.items() if name not in (assumed or {})}
    facts = {**(assumed or {}), **stated}
    decision = decide(rulebook, facts)
    known = []
    for name, value in decision.used.items():
        fact = rulebook.fact(name)
        assert fact is not None, "decide uses facts of the rulebook only"
        is_stated = name in stated or before.get(name) == value
        known.append(Known(fact, value, origin_of_fact(name, component, catalog) if is_stated else None))
    dependents = catalog.dependents_of(component)
    unsure = [fact.name for fact in decision.missing]
    counted = {CONSUMERS: len(dependents)} if CONSUMERS not in facts else {}
    hints = [each for each in suggestions_for(rulebook, {**facts, **counted}, unsure) if CONSUMERS in each.when]
    if not skipped.issuperset(unsure):
        unsure = []  # what decides is asked first
    factors = factors_for(rulebook, facts, unsure, skipped)
    factor = next((fact for fact in factors if fact.type != "number"), None)  # a number has no buttons
    return Recommendation(
        card=owner_card(component, catalog),
        decision=decision,
        known=tuple(known),
        application=dependents[0].name if len(dependents) == 1 else None,
        cautions=cautions_for(rulebook, facts),
        in_use=rulebook.model(component.model) if component.model else None,
        skipped=skipped,
        assumed={name: value for name, value in (assumed or {}).items() if name not in stated},
        suggested=suggestions_for(rulebook, facts, unsure),
        hints=tuple(hints) if counted else (),
        factor=factor,
        supposed=supposed,
        before=before,
        decided=catalog.origin(component.ref, "model"),
        overruled={name: value for name, value in (assumed or {}).items() if stated.get(name, value) != value},
        turns=turns(rulebook, decision) if decision.model else (),
        runs=_runner(component, decision, stated, catalog, rulebook),
        leads=_leads(decision, facts, skipped, rulebook),
    )


def _runner(
    component: Component, decision: Decision, stated: Mapping[str, FactValue], catalog: Catalog, rulebook: Rulebook
) -> Team | None:
    """Return the team that runs a component, its owner, where what is stated alone says which side runs it."""
    owners = catalog.owners_of(component)
    if decision.model is None or len(owners) != 1:
        return None
    sides = {model.responsibilities.operate for model in decide(rulebook, stated).possible}
    return owners[0] if sides == {decision.model.responsibilities.operate} else None


def _leads(
    decision: Decision, facts: Mapping[str, FactValue], skipped: frozenset[str], rulebook: Rulebook
) -> tuple[tuple[FactValue, tuple[Model, ...]], ...]:
    """Return, for each answer to what is asked next, the models that it leaves."""
    asked = next((fact for fact in decision.missing if fact.name not in skipped), None)
    if asked is None or asked.type == "number":
        return ()
    values = representatives(asked, ())
    return tuple((value, decide(rulebook, {**facts, asked.name: value}).possible) for value in values)


def weigh(advice: Recommendation, models: Iterable[Model], rulebook: Rulebook) -> Recommendation:
    """Add, for each of some models that is not the one recommended, the answers that would make it that."""
    weighed = []
    for model in models:
        if model != advice.decision.model and (way := way_to(rulebook, advice.decision.used, model)):
            facts = [(rulebook.fact(name), value) for name, value in way.items()]
            weighed.append(Weighed(model, tuple(Known(fact, value, None) for fact, value in facts if fact)))
    told = [each.model for each in weighed]
    turns_left = tuple(turn for turn in advice.turns if turn.model not in told)
    return replace(advice, weighed=tuple(weighed), turns=turns_left)


def origin_of_fact(name: str, component: Component, catalog: Catalog) -> Statement | None:
    """Return the statement that a fact comes from."""
    return catalog.origin(component.ref, name) or catalog.origin(component.ref, FACT_PREFIX + name)


def _by_people(name: str, component: Component, catalog: Catalog) -> bool:
    origin = origin_of_fact(name, component, catalog)
    return origin is not None and origin.source == PEOPLE


def _admitted(name: str, value: FactValue, rulebook: Rulebook) -> bool:
    """A value that its fact cannot have is as good as none: it is asked for again."""
    fact = rulebook.fact(name)
    return fact is not None and fact.admits(value)


def recommend_for_new(
    label: str,
    catalog: Catalog,
    rulebook: Rulebook,
    assumed: Mapping[str, FactValue],
    skipped: frozenset[str] = frozenset(),
) -> Recommendation:
    """Apply the rules to what was said of something that nobody registered."""
    component = Component(name=label[:MENTION_LIMIT])
    return replace(recommend(component, catalog, rulebook, assumed, skipped, supposed=True), registered=False)
