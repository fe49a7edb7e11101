"""The map: every component stands on it once, under the model that the rules recommend for it."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from registries import pottery, rulebook, statements

from assistant.core.catalog import Catalog
from assistant.core.entries import Component, Team
from assistant.core.portfolio import portfolio
from assistant.core.rulebook import decide

TODAY = date(2026, 7, 1)
components = st.builds(
    Component,
    name=st.sampled_from([f"part-{number}" for number in range(12)]),
    owners=st.sampled_from([(), ("mill",), ("oven", "mill")]),
    lifecycle=st.sampled_from([None, "shared", "application-bound"]),
    ownership=st.sampled_from([None, "developers", "external-team"]),
    model=st.sampled_from([None, "platform-team", "something-else"]),
    review_by=st.sampled_from([None, date(2026, 6, 30), TODAY, date(2026, 7, 2)]),
)


@settings(deadline=None)
@given(st.lists(components, unique_by=lambda each: each.name))
def test_every_component_stands_on_it_once(each: list[Component]) -> None:
    """Nothing is left out or counted twice; what differs, and what is due, is named."""
    catalog = Catalog().following(statements(Team(name="mill"), Team(name="oven", title="Ovens"), *each), 1)
    found = portfolio(catalog, rulebook(), TODAY)
    placed = [c.name for share in found.shares for _, cs in share.by_team for c in cs] + [
        c.name for c in found.undecided
    ]
    assert sorted(placed) == sorted(c.name for c in each)
    assert found.count == len(each)
    for share in found.shares:
        for team, theirs in share.by_team:
            assert {c.owners[0] if c.owners else "nobody" for c in theirs} == {"oven" if team == "Ovens" else team}
            assert {decide(rulebook(), c.known_facts).model for c in theirs} == {share.model}
    assert {c.name for c in found.due} == {c.name for c in each if c.review_by and c.review_by <= TODAY}
    recommended = {c.name: decide(rulebook(), c.known_facts).model for c in each}
    differ = {c.name for c in each if c.model and (model := recommended[c.name]) and model.id != c.model}
    assert {c.name for c, _ in found.differing} == differ


def test_teams_of_one_label_are_told_apart() -> None:
    """Two teams that are called the same are two, each with its components."""
    teams = [Team(name="mill-a", title="Mill"), Team(name="mill-b", title="Mill")]
    facts = {"lifecycle": "application-bound", "ownership": "developers"}
    each = [Component.model_validate({"name": name, "owners": [name], **facts}) for name in ("mill-a", "mill-b")]
    found = portfolio(Catalog().following(statements(*teams, *each), 1), rulebook(), TODAY)
    assert [share.by_team for share in found.shares if share.count] == [(("Mill", (each[0],)), ("Mill", (each[1],)))]


def test_the_question_that_decides_most() -> None:
    """The question is one whose answer alone decides, and for as many as it says."""
    catalog = pottery().catalog
    found = portfolio(catalog, rulebook(), TODAY)
    assert found.ask is not None
    fact, count = found.ask
    alone = [
        c
        for c in catalog.components.values()
        if [f.name for f in decide(rulebook(), c.known_facts).missing] == [fact.name]
    ]
    assert count == len(alone) == 1
