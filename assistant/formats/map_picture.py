"""The map of models as a picture: a panel for each model, a bar for each team. Needs matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from assistant.core.entries import Component
from assistant.core.portfolio import Portfolio

TEAMS, CHARACTERS = 10, 60
"""Bars in a panel, and characters of the names beside a bar; the rest is counted."""
BAR, UNDECIDED_BAR = "#2f6f8f", "#b0b0b0"


def draw_map(found: Portfolio, path: Path) -> None:
    """Write a portfolio as PNG. Raises OSError when the file cannot be written."""
    panels = [(share.model.title, share.by_team, BAR) for share in found.shares]
    if found.undecided:
        panels.append(("undecided", (("", found.undecided),), UNDECIDED_BAR))
    rows = (len(panels) + 1) // 2
    figure = Figure(figsize=(14, 3.2 * rows), layout="constrained")
    axes = list(figure.subplots(rows, 2, squeeze=False).flat)
    widest = max((len(components) for _, teams, _ in panels for _, components in teams), default=1)
    tallest = max((len(teams[:TEAMS]) for _, teams, _ in panels), default=1)
    for panel, (title, teams, colour) in zip(axes, panels, strict=False):
        panel.set_xlim(0, widest * 2.6)
        panel.set_ylim(tallest - 0.5, -0.5)
        _draw(panel, title, teams, colour)
    for empty in axes[len(panels) :]:
        empty.set_axis_off()
    figure.savefig(path, format="png", dpi=110)


def _draw(panel: Axes, title: str, teams: Sequence[tuple[str, tuple[Component, ...]]], colour: str) -> None:
    count = sum(len(components) for _, components in teams)
    panel.set_title(f"{title} · {count}", loc="left", fontweight="bold", parse_math=False)
    shown = teams[:TEAMS]
    places = range(len(shown))
    panel.barh(places, [len(components) for _, components in shown], color=colour, height=0.7)
    panel.set_yticks(places, [label for label, _ in shown], parse_math=False)
    panel.set_xticks([])
    panel.spines[:].set_visible(False)
    panel.tick_params(length=0)
    for place, (_, components) in zip(places, shown, strict=True):
        text = f"  {len(components)}  {_names(components)}"
        panel.text(len(components), place, text, va="center", fontsize=8, parse_math=False)
    if len(teams) > TEAMS:
        panel.set_xlabel(f"and {len(teams) - TEAMS} more teams", loc="left")


def _names(components: Sequence[Component]) -> str:
    shown: list[str] = []
    for component in components:
        if shown and len(", ".join([*shown, component.name])) > CHARACTERS:
            return f"{', '.join(shown)} and {len(components) - len(shown)} more"
        shown.append(component.name)
    return ", ".join(shown)
