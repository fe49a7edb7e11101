"""Trying: what files would make of a registry, without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.core.answers import Answer
from assistant.core.catalog import Catalog
from assistant.core.linting import Doubt, lint
from assistant.core.policy import OPERATOR
from assistant.core.rulebook import Rulebook
from assistant.core.snapshot import index
from assistant.formats.registry_file import RegistryFile
from assistant.use_cases.asking import ask
from assistant.use_cases.importing import plan_import

LONG = 6
"""Letters that a name has which can be misspelt and still be told."""


@dataclass(frozen=True)
class Tried:
    """What came of it. `doubts` leaves out the facts that are missing: no other format has them."""

    catalog: Catalog
    warnings: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    answers: tuple[tuple[str, Answer], ...]


def try_out(files: Sequence[RegistryFile], trust: tuple[str, ...], rulebook: Rulebook, now: datetime) -> Tried:
    """Import files into nothing, look for what is doubtful, and ask five questions."""
    by_source = {file.label: file for file in files}
    plans = plan_import(by_source, Catalog(trust=trust), prune=False, author=OPERATOR.name, now=now)
    places = {file.label: file.places for file in files}
    paths = {file.label: file.paths for file in files}
    catalog = Catalog(trust=trust).following((each for plan in plans for each in plan.statements), 1, places, paths)
    snapshot = index(catalog)
    return Tried(
        catalog,
        tuple(warning for plan in plans for warning in plan.warnings),
        tuple(doubt for doubt in lint(catalog, rulebook) if doubt.check != "facts missing"),
        tuple((question, ask(question, snapshot, rulebook).answer) for question in questions(catalog)),
    )


def questions(catalog: Catalog) -> list[str]:
    """Return five questions that a catalog lends itself to, or fewer where little stands in it."""
    owned = sorted((each for each in catalog.components.values() if each.owners), key=lambda each: each.ref)
    owned.sort(key=lambda each: -len(catalog.dependents_of(each)))
    if not owned:
        return [f"who owns {name}?" for name in sorted({ref.name for ref in catalog.components})[:5]]
    first, last = owned[0], owned[-1]
    busiest = max(sorted(catalog.by_owner), key=lambda name: len(catalog.by_owner[name]))
    misspelt = (_misspelt(each.name) for each in (*owned[1:], first) if each.name.isascii() and len(each.name) >= LONG)
    return [
        f"who owns {first.name}?",
        next((f"{name} is down, who do I ask?" for name in misspelt), f"who is on call for {first.name}?"),
        f"what does {busiest} own?",
        f"what is the channel of {last.name}?",
        f"which model should {first.name} use?",
    ]


def _misspelt(name: str) -> str:
    """Return a name with two letters in its middle exchanged."""
    at = len(name) // 2
    return f"{name[: at - 1]}{name[at]}{name[at - 1]}{name[at + 1 :]}"
