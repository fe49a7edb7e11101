"""Figures: what was done, what was wanted, what was measured."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the table. `count` says how much was done; `is_met` whether `measured` is within `goal`.

    `is_timed`: it depends on the machine as well, so that only `make chaos` holds to it, and no test does.
    """

    what: str
    transport: str
    database: str
    count: str
    goal: str
    measured: str
    is_met: bool
    is_timed: bool = False


def none_of(what: str, where: tuple[str, str], count: str, found: Iterable[str]) -> Figure:
    """Return the figure of something that must not be, with the first of what was found."""
    culprits = sorted(found)
    named = f" ({', '.join(culprits[:3])})" if culprits else ""
    return Figure(what, *where, count, "0", f"{len(culprits)}{named}", not culprits)


def at_most(what: str, where: tuple[str, str], count: str, goal: float, measured: float, unit: str) -> Figure:
    return Figure(what, *where, count, f"≤ {goal:g} {unit}", f"{measured:,.3g} {unit}", measured <= goal, is_timed=True)


def percentile(values: Sequence[float], part: float) -> float:
    """Return the value that this part of them does not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[math.ceil(part * len(ordered)) - 1] if ordered else 0.0


def table(figures: Sequence[Figure]) -> str:
    heads = ("what", "transport", "database", "count", "goal", "measured", "ok")
    rows = [
        (each.what, each.transport, each.database, each.count, each.goal, each.measured, "yes" if each.is_met else "NO")
        for each in figures
    ]
    lines = [heads, tuple("---" for _ in heads), *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )
