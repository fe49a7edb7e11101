"""The commands about the rulebook: check it, show it, explain a case, and compare two."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from assistant.core.answers import Map
from assistant.core.messages import plain
from assistant.core.portfolio import Portfolio, Share, portfolio
from assistant.core.rulebook import Cell, Decision, Fact, Rulebook, cautions_for, decide, ruled_out
from assistant.core.wording import word
from assistant.errors import ConfigurationError
from assistant.formats.rulebook_file import check_rulebook, read_rulebook
from assistant.settings import Settings, packaged_rulebook_file
from assistant.storage.repository import open_repository
from assistant.use_cases.ruling import Change, changes
from assistant.use_cases.snapshots import Registry

app = typer.Typer(no_args_is_help=True, help="The rulebook: check it, show it, explain a case, compare two.")

_File = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="A rulebook; without one, ASSISTANT_RULEBOOK or the packaged one.")
]


@app.command()
def check(
    file: _File = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list, an object for each finding.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings count as errors.")] = False,
) -> None:
    """Say everything that is wrong with a rulebook, and where. Exit status 1 when something is."""
    label, content = _source(file)
    rows = check_rulebook(label, content)
    if as_json:
        print(json.dumps([row.record() for row in rows], ensure_ascii=False, indent=2))
    else:
        for row in rows:
            about = f"“{row.rule}”: " if row.rule else ""
            severity = "warning, " if row.severity == "warning" else ""
            print(f"{label}:{row.line}:{row.column}: {about}{row.message} ({severity}{row.check})")
        if not rows:
            print(f"{label}: nothing is wrong. {_extent(read_rulebook(label, content))}")
    sys.exit(1 if any(strict or row.severity == "error" for row in rows) else 0)


@app.command()
def show(file: _File = None) -> None:
    """Show a rulebook as a table: its facts, and what follows from them."""
    rulebook = read_rulebook(*_source(file))
    for fact in rulebook.facts:
        print(f"{fact.name}: {fact.ask}")
        for value, label in _answers(fact):
            print(f"    {value}: {label}")
    print()
    names = [fact.name for fact in rulebook.facts if any(fact.name in rule.when for rule in rulebook.rules)]
    rows = [[*names, "use"]]
    rows += [[*(_cell(rule.when.get(name)) for name in names), rule.use] for rule in rulebook.rules]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@app.command()
def explain(
    facts: Annotated[list[str], typer.Argument(metavar="FACT=VALUE…", help="What is known: lifecycle=shared, say.")],
    rulebook_file: Annotated[Path | None, typer.Option("--rulebook", help="Another rulebook.")] = None,
) -> None:
    """Say what the rules decide from some facts, and why no other rule applies."""
    rulebook = read_rulebook(*_source(rulebook_file))
    stated = [_known(rulebook, each) for each in facts]
    known = dict(stated)
    if len(known) < len(stated):
        raise typer.BadParameter("a fact is stated twice; state each once")
    decision = decide(rulebook, known)
    print(_decided(decision))
    if decision.rule:
        print(f"Rule “{decision.rule.name}”: {decision.rule.because}")
    for fact in decision.missing:
        print(f"Missing: {fact.name}. {fact.ask}")
    for caution in cautions_for(rulebook, known):
        print(f"Weigh: {caution.advice}")
    for out in ruled_out(rulebook, known):
        print(f"Not “{out.rule.name}”: it wants {out.fact}: {_cell(out.rule.when[out.fact])}.")


@app.command("map")
def map_(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object: components by model.")] = False,
    png: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw it as a picture; needs matplotlib.")] = None,
) -> None:
    """Show all components by the model that the rules recommend, and what stands in the way of more."""
    settings = Settings.read()
    catalog = Registry(open_repository(settings.database_url, settings.trust)).snapshot().catalog
    found = portfolio(catalog, settings.rulebook(), datetime.now(UTC).date())
    if png:
        _draw(found, png)
    if as_json:
        record = {
            "models": {share.model.id: _by_team(share) for share in found.shares},
            "undecided": [component.ref.path for component in found.undecided],
            "ask": found.ask[0].name if found.ask else None,
            "differing": {component.ref.path: model.id for component, model in found.differing},
            "due": [component.ref.path for component in found.due],
        }
        print(json.dumps(record, ensure_ascii=False, indent=2))
        return
    print(plain(word(Map(found))))


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="The rulebook that applies today.")],
    new: Annotated[Path, typer.Argument(help="The one that is to apply.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list, an object for each component.")] = False,
) -> None:
    """Name the components for which another rulebook recommends something else, and the teams to tell."""
    before, after = read_rulebook(*_source(old)), read_rulebook(*_source(new))
    settings = Settings.read()
    catalog = Registry(open_repository(settings.database_url, settings.trust)).snapshot().catalog
    found = changes(catalog, before, after)
    if as_json:
        print(json.dumps([_record(change) for change in found], ensure_ascii=False, indent=2))
        return
    for change in found:
        print(f"{change.component.ref.path}: {_decided(change.before)} → {_decided(change.after)}")
    teams = sorted({owner for change in found for owner in change.component.owners})
    told = f" Tell {', '.join(teams)}." if teams else ""
    print(f"{len(found)} of {len(catalog.components)} components change.{told}")


def _by_team(share: Share) -> dict[str, list[str]]:
    """Return the components by the name of the team that owns them, which is unlike its label its own."""
    return {(theirs[0].owners or ("nobody",))[0]: [each.ref.path for each in theirs] for _, theirs in share.by_team}


def _draw(found: Portfolio, path: Path) -> None:
    try:
        from assistant.formats.map_picture import draw_map
    except ModuleNotFoundError as missing:
        raise ConfigurationError(f"--png needs {missing.name}; install platform-assistant[pictures].") from missing
    try:
        draw_map(found, path)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror}); name another file.") from error


def _record(change: Change) -> dict[str, object]:
    return {
        "component": change.component.ref.path,
        "owners": list(change.component.owners),
        "before": change.before.model.id if change.before.model else None,
        "after": change.after.model.id if change.after.model else None,
    }


def _source(file: Path | None) -> tuple[str, bytes]:
    """Return a rulebook's label and content."""
    file = file or Settings.read().assistant_rulebook
    if file is None:
        return packaged_rulebook_file()
    try:
        return str(file), file.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigurationError(f"{file}: {reason}; name a rulebook that can be read.") from None


def _known(rulebook: Rulebook, given: str) -> tuple[str, bool | float | str]:
    name, equals, text = given.partition("=")
    if not equals:
        raise typer.BadParameter(f"{given!r} states nothing; write it as {given}=VALUE")
    fact = rulebook.fact(name)
    if fact is None:
        names = ", ".join(each.name for each in rulebook.facts)
        raise typer.BadParameter(f"{name!r} is no fact of this rulebook; allowed: {names}")
    value: bool | float | str = text
    if fact.type == "yes-no":
        value = {"true": True, "yes": True, "false": False, "no": False}.get(text.casefold(), text)
    elif fact.type == "number":
        try:
            value = float(text)
        except ValueError:
            value = text
    if not fact.admits(value):
        allowed = ", ".join(each for each, _ in _answers(fact)) or f"numbers from {fact.min:g} to {fact.max:g}"
        raise typer.BadParameter(f"{text!r} is no value of {name}; allowed: {allowed}")
    return name, value


def _answers(fact: Fact) -> list[tuple[str, str]]:
    return [("true", "Yes"), ("false", "No")] if fact.type == "yes-no" else list(fact.answers.items())


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, tuple):
        return " or ".join(map(_cell, cell))
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _decided(decision: Decision) -> str:
    if decision.model:
        return decision.model.id
    possible = ", ".join(model.id for model in decision.possible)
    return f"undecided ({possible})" if possible else "no rule applies"


def _extent(rulebook: Rulebook) -> str:
    return f"{len(rulebook.rules)} rules over {len(rulebook.facts)} facts lead to {len(rulebook.models)} models."
