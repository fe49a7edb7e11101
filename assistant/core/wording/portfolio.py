"""All components by the model that the rules recommend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.core.answers import Map
from assistant.core.messages import Line, Message, Row, Strong
from assistant.core.portfolio import Share
from assistant.core.wording.phrases import joined, listed, name_of, number_of, upper_first

TEAMS, NAMES = 5, 3
"""Teams, and components of each, that are named before the rest is counted."""


def map_message(answer: Map) -> Message:
    found = answer.portfolio
    if not found.count:
        return Message((Row((("Nothing is registered yet, so there is nothing to show on a map.",),)),))
    decided = found.count - len(found.undecided)
    first = f"The rules recommend a model for {decided} of {found.count} components."
    rows = [Row(((first, *_question(answer)),)), *(Row((_share(share),)) for share in found.shares)]
    others: list[Line] = []
    if found.undecided:
        others.append(_counted("Undecided", map(name_of, found.undecided)))
    if found.differing:
        rather = (f"{name_of(component)} (rather {model.title})" for component, model in found.differing)
        others.append(_counted("Run as something else today", rather))
    if found.due:
        others.append(_counted("Due for another look", map(name_of, found.due)))
    if others:
        rows.append(Row(tuple(others)))
    return Message(tuple(rows), context=((f"Ask “which model should {_example(answer)} use?” for one of them.",),))


def _share(share: Share) -> Line:
    title = upper_first(share.model.title)
    if not share.count:
        return (Strong(title), " · none.")
    teams = [f"{team} {len(theirs)} ({_some(map(name_of, theirs), NAMES)})" for team, theirs in share.by_team]
    return (Strong(title), f" · {share.count}: ", *joined(_first(teams, TEAMS)), ".")


def _counted(title: str, names: Iterable[str]) -> Line:
    each = list(names)
    return (Strong(title), f" · {len(each)}: {_some(each, TEAMS)}.")


def _question(answer: Map) -> Line:
    """Say which question alone would decide most of those that are undecided."""
    if answer.portfolio.ask is None:
        return ()
    fact, count = answer.portfolio.ask
    return (f" The answer to “{fact.question('it')}” alone would decide {number_of(count)} more.",)


def _some(names: Iterable[str], limit: int) -> str:
    return listed(_first(list(names), limit))


def _first(names: Sequence[str], limit: int) -> Sequence[str]:
    """Name some, and count the rest."""
    return [*names[:limit], f"{len(names) - limit} more"] if len(names) > limit + 1 else names


def _example(answer: Map) -> str:
    undecided = answer.portfolio.undecided
    first = undecided[0] if undecided else next(c for s in answer.portfolio.shares for _, cs in s.by_team for c in cs)
    return name_of(first)
