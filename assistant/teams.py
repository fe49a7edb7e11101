"""The commands about teams: for reorganisations, give one another name, merge some, or move components between two."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from assistant.core.notices import is_person
from assistant.core.reorganising import Reorganisation
from assistant.settings import Settings
from assistant.storage.repository import open_repository
from assistant.use_cases.reorganising import ask_to_move, merge, move, rename
from assistant.use_cases.snapshots import Registry

app = typer.Typer(no_args_is_help=True, help="Teams, when the organisation changes: rename, merge, move components.")

_DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command("rename")
def rename_(
    old: Annotated[str, typer.Argument(help="What it is called now.", show_default=False)],
    new: Annotated[str, typer.Argument(help="What it is to be called.", show_default=False)],
    title: Annotated[str | None, typer.Option(help="How answers are to call it, where that is not its name.")] = None,
    dry_run: _DryRun = False,
    as_json: _Json = False,
) -> None:
    """Give a team another name. Questions with the old one still find it."""
    registry = _registry()
    found = rename(old, new, title, registry, datetime.now(UTC), dry_run=dry_run)
    _show(found, f"{old} → {new}", dry_run=dry_run, as_json=as_json)
    called = found.title_of(new)
    if called and not title and not as_json:
        print(f"Answers go on calling it {called}, its title; --title gives it another.")


@app.command("merge")
def merge_(
    teams: Annotated[list[str], typer.Argument(metavar="FROM… INTO", show_default=False)],
    dry_run: _DryRun = False,
    as_json: _Json = False,
) -> None:
    """Let the last team take the place of the others. Questions with their names find it."""
    if len(teams) < 2:
        raise typer.BadParameter("name the teams to merge, and then the one to merge them into")
    found = merge(teams[:-1], teams[-1], _registry(), datetime.now(UTC), dry_run=dry_run)
    _show(found, f"{', '.join(teams[:-1])} → {teams[-1]}", dry_run=dry_run, as_json=as_json)


@app.command("move")
def move_(
    old: Annotated[str, typer.Option("--from", metavar="TEAM", help="The team that owns them now.")],
    new: Annotated[str, typer.Option("--to", metavar="TEAM", help="The team that is to own them.")],
    components: Annotated[list[str] | None, typer.Argument(metavar="[COMPONENT]…", show_default=False)] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask that team in Slack; it accepts all of them at once.")] = False,
    dry_run: _DryRun = False,
    as_json: _Json = False,
) -> None:
    """Let another team own components: those that are named, or all of a team's."""
    if ask and not dry_run:
        people = tuple(filter(is_person, Settings.read().admins))
        found, proposal = ask_to_move(old, new, components or (), _registry(), datetime.now(UTC), people)
        _show(found, f"{old} → {new}", asked=proposal.id, as_json=as_json)
        return
    found = move(old, new, components or (), _registry(), datetime.now(UTC), dry_run=dry_run)
    _show(found, f"{old} → {new}", dry_run=dry_run, as_json=as_json)


def _registry() -> Registry:
    settings = Settings.read()
    return Registry(open_repository(settings.database_url, settings.trust))


def _show(found: Reorganisation, what: str, *, as_json: bool, dry_run: bool = False, asked: int | None = None) -> None:
    """Print what changes; with `asked`, the number of a suggestion, what would change if it were accepted."""
    if as_json:
        print(json.dumps({**_record(found), "asked": asked}, ensure_ascii=False, indent=2))
        return
    for (ref, field), (before, after) in found.changes.items():
        if ref.kind == "team" and ref.name in found.gone:
            continue  # all of it is taken back
        print(f"~ {ref} {field}: {_value(before)} → {_value(after)}")
    for each in found.elsewhere:
        print(f"! {each.file}{f', line {each.line}' if each.line else ''}: {each.what}. Change it there.")
    for name in found.gone:
        print(f"- team:{name}")
    owners = "1 component gets" if found.components == 1 else f"{found.components or 'no'} components get"
    end = f", once suggestion {asked} is accepted in Slack. Nothing was changed yet." if asked else "."
    print(f"{'Dry run, nothing was changed. ' if dry_run else ''}{what}: {owners} another owner{end}")


def _record(found: Reorganisation) -> dict[str, Any]:
    return {
        "changed": [
            {"subject": str(ref), "field": field, "before": before, "after": after}
            for (ref, field), (before, after) in found.changes.items()
        ],
        "elsewhere": [{"what": each.what, "file": each.file, "line": each.line} for each in found.elsewhere],
        "gone": list(found.gone),
        "statements": len(found.statements),
    }


def _value(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)
