"""The commands about what files state: take it in, look at it, try it, and write it out."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.console import Console
from rich.table import Table

from assistant.core.catalog import NOT_MADE, PEOPLE, Catalog
from assistant.core.entries import DEFAULT_NAMESPACE
from assistant.core.linting import CHECKS, Doubt, lint
from assistant.core.messages import plain
from assistant.core.policy import OPERATOR
from assistant.core.wording import word
from assistant.errors import ConfigurationError
from assistant.formats.codeowners import read_mapping
from assistant.formats.codeowners_export import codeowners
from assistant.formats.exports import WRITTEN
from assistant.formats.registry_file import RegistryFile, merge
from assistant.formats.sources import FORMATS, Format, Found, Source, find_sources, read_file, read_sources
from assistant.progress import progress
from assistant.settings import Settings
from assistant.storage.repository import open_repository
from assistant.use_cases.importing import ImportPlan, import_registry, no_longer_read
from assistant.use_cases.trying import try_out

_Format = Annotated[str, typer.Option("--format", help=f"auto, {', '.join(FORMATS)}; auto: as each file looks.")]
_Repo = Annotated[
    str | None, typer.Option(help="The web address of CODEOWNERS' repository; by default its checkout's origin.")
]
_Mapping = Annotated[
    Path | None, typer.Option(help="A file that says which component a path of CODEOWNERS is: {/path/: name}.")
]


def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Files, folders of them, or patterns in quotes ('*/catalog-info.yaml').", show_default=False
        ),
    ],
    format_: _Format = "auto",
    source: Annotated[str | None, typer.Option(help="The name of the source; by default the path.")] = None,
    repo: _Repo = None,
    mapping: _Mapping = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove what this source stated and no longer states.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Import tables without asking whether they are read right.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a source.")] = False,
) -> None:
    """Import registry files, Backstage catalogs, CODEOWNERS and tables, or nothing when a registry file is wrong.

    What can't be read of the other formats is left out and reported; the exit status is 1 then.
    """
    settings = Settings.read()
    found = _found(paths, format_)
    sources = [each for one in found for each in one.sources]
    files = _read(sources, repo, mapping)
    tables = {each.name for each in sources if each.format == "csv"}
    for file in files:
        for note in file.notes if dry_run or (file.label in tables and not yes) else ():
            print(f"{file.label}: {note}", file=sys.stderr)
    if tables and sys.stdin.isatty() and not (yes or dry_run):
        typer.confirm("Import it so?", abort=True, err=True)
    repository = open_repository(settings.database_url, settings.trust)
    unreadable = _shown_unreadable(found, repository.catalog())
    if unreadable and prune:
        print("warning: --prune is left out, since not all files can be read", file=sys.stderr)
        prune = False
    by_source = {source: merge(files)} if source else {file.label: file for file in files}
    read_at: dict[str, set[str]] = {}
    for path, each in zip(paths, found, strict=True) if source is None else ():
        root, names = str(path.absolute()), {one.name for one in each.sources}
        gone = repository.found_at(root) - names
        read_at[root] = names if prune else names | gone
        by_source |= {name: RegistryFile(name) for name in sorted(gone - by_source.keys())} if prune else {}
    with progress("Importing"):
        plans = import_registry(
            repository,
            by_source,
            dry_run=dry_run,
            prune=prune,
            author=OPERATOR.name,
            now=datetime.now(UTC),
            read_at=read_at,
        )
    for plan in plans:
        print(json.dumps(plan.record(), ensure_ascii=False)) if as_json else _show_plan(plan, dry_run=dry_run)
    if unreadable or any(plan.faults for plan in plans):
        sys.exit(1)


def _found(paths: list[Path], format_: str) -> list[Found]:
    """Return what was found at each argument, and say which files there hold something else."""
    if format_ not in ("auto", *FORMATS):
        raise typer.BadParameter(
            f"{format_} is no format; these are: auto, {', '.join(FORMATS)}", param_hint="--format"
        )
    found = [find_sources(path, None if format_ == "auto" else cast(Format, format_)) for path in paths]
    for left in (left for each in found for left in each.left_out):
        print(f"warning: {left} holds nothing that is read here; left out", file=sys.stderr)
    return found


def _shown_unreadable(found: list[Found], catalog: Catalog) -> bool:
    """Say which files can't be read, or not any more, and return whether there are any."""
    faults = [fault for each in found for fault in (*each.faults, *no_longer_read(each, catalog))]
    for fault in faults:
        print(f"left out: {fault}", file=sys.stderr)
    return bool(faults)


def _read(sources: list[Source], repo: str | None, mapping: Path | None) -> list[RegistryFile]:
    """Read sources; everything that is wrong in any of them comes at once."""
    names = read_mapping(str(mapping), read_file(mapping)) if mapping else None
    with progress("Reading") as report:
        return read_sources(sources, repository=repo, mapping=names, report=report)


def try_(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders of any format.", show_default=False)],
    format_: _Format = "auto",
    repo: _Repo = None,
    mapping: _Mapping = None,
) -> None:
    """Show what would be understood of files, what looks doubtful, and five answers; writes nothing, needs nothing."""
    rulebook = Settings.read().rulebook()
    found = _found(paths, format_)
    files = _read([each for one in found for each in one.sources], repo, mapping)
    unreadable = _shown_unreadable(found, Catalog())
    tried = try_out(files, Settings.read().trust, rulebook, datetime.now(UTC))
    for file in files:
        print(f"{file.label}: {counted(len(file.components), 'component')}, {counted(len(file.teams), 'team')}.")
        for note in file.notes:
            print(f"  {note}")
        for fault in file.faults:
            print(f"  left out: {fault}")
    if tried.warnings:
        print(f"\nTo look at ({len(tried.warnings)}):")
        for warning in tried.warnings[:SHOWN]:
            print(f"  {warning}")
        if len(tried.warnings) > SHOWN:
            print(f"  and {len(tried.warnings) - SHOWN} more; `assistant import --dry-run` shows all")
    print("\nDoubtful:" if tried.doubts else "\nNothing looks doubtful.")
    for check, doubts in groupby(tried.doubts, key=lambda doubt: doubt.check):
        theirs = list(doubts)
        names = list(dict.fromkeys(doubt.subject.name for doubt in theirs))
        named = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
        print(f"  {check}: {len(theirs)} ({named}). {theirs[0].remedy}")
    for question, answer in tried.answers:
        print(f"\n> {question}\n{plain(word(answer))}")
    if unreadable or any(file.faults for file in files):
        sys.exit(1)


def counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


WARNED = 40
"""Warnings of a source that are printed before the rest is counted."""
SHOWN = 10
"""Of each kind, as many are named before the rest is counted."""


def lint_(
    check: Annotated[
        list[str] | None, typer.Option(help="Only this check, such as unowned; repeatable.", show_default=False)
    ] = None,
    skip: Annotated[list[str] | None, typer.Option(help="All but this check; repeatable.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list, an object for each finding.")] = False,
) -> None:
    """Look for what misleads people or leaves them without an answer; exit status 1 where there is any.

    With SLACK_BOT_TOKEN, also for channels and people that Slack no longer has.
    """
    for name in (*(check or ()), *(skip or ())):
        if name not in CHECKS:
            raise typer.BadParameter(f"{name} is no check; these are: {', '.join(CHECKS)}")
    settings = Settings.read()
    catalog = open_repository(settings.database_url, settings.trust).catalog()
    found = lint(catalog, settings.rulebook())
    if settings.slack_bot_token:
        from assistant.slack.standing import gone_from_slack  # Slack's libraries take half a second

        found += gone_from_slack(catalog, settings.bot_token(), settings.api_url())
    found = [doubt for doubt in found if (not check or doubt.check in check) and doubt.check not in (skip or ())]
    if as_json:
        print(json.dumps([_doubt_record(doubt) for doubt in found], ensure_ascii=False, indent=2))
    elif found:
        _show_doubts(found)
    else:
        print(
            "Nothing looks doubtful." if catalog.components else "Nothing is registered yet: `assistant import` does."
        )
    if found:
        sys.exit(1)


def _doubt_record(doubt: Doubt) -> dict[str, Any]:
    place = doubt.place
    return {
        "check": doubt.check,
        "kind": doubt.subject.kind,
        "name": doubt.subject.path,
        "message": doubt.message,
        "remedy": doubt.remedy,
        "file": place.file if place else None,
        "line": place.line if place else None,
    }


def _show_doubts(found: Sequence[Doubt]) -> None:
    """Print findings by their check: in columns on a terminal, and elsewhere a line each, however long."""
    for check, doubts in groupby(found, key=lambda doubt: doubt.check):
        theirs = list(doubts)
        remedies = {doubt.remedy for doubt in theirs}
        one = remedies.pop() if len(remedies) == 1 else ""
        print(f"{check} · {len(theirs)}" + (f" · {one}" if one else ""))
        table = Table.grid(padding=(0, 2))
        for doubt in theirs:
            place = f"{doubt.place.file}:{doubt.place.line}" if doubt.place else ""
            name = doubt.subject.path.removeprefix(f"{DEFAULT_NAMESPACE}/")
            row = ("", name, place, doubt.message if one else f"{doubt.message}. {doubt.remedy}")
            table.add_row(*row)
            if not sys.stdout.isatty():
                print("  ".join(filter(None, row[1:])))
        if sys.stdout.isatty():
            Console(highlight=False, markup=False).print(table)
    counts = Counter(doubt.check for doubt in found)
    print(f"{counted(len(found), 'finding')}: {', '.join(f'{count} {check}' for check, count in counts.items())}.")


def sources_(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object: source → number of entries.")] = False,
) -> None:
    """List what states something about the registry: files by the names they were imported by, and people."""
    settings = Settings.read()
    counts = open_repository(settings.database_url, settings.trust).catalog().sources
    counts = {name: count for name, count in sorted(counts.items()) if name not in NOT_MADE}
    if as_json:
        print(json.dumps(counts, ensure_ascii=False))
        return
    for name, count in counts.items():
        print(f"{count:>7}  {'people in Slack' if name == PEOPLE else name}")
    if not counts:
        print("Nothing is registered yet: use `assistant import`.")


def forget_(
    source: Annotated[str, typer.Argument(help="The name of the source, as `assistant sources` lists it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go, and change nothing.")] = False,
) -> None:
    """Take back all that a source states, such as a file that is gone. What others state stays."""
    settings = Settings.read()
    repository = open_repository(settings.database_url, settings.trust)
    if source not in repository.catalog().sources.keys() - {PEOPLE, *NOT_MADE}:
        raise ConfigurationError(f"{source} is no source that was imported; `assistant sources` lists those.")
    nothing = {source: RegistryFile(source)}
    now = datetime.now(UTC)
    [plan] = import_registry(repository, nothing, dry_run=dry_run, prune=True, author=OPERATOR.name, now=now)
    _show_plan(plan, dry_run=dry_run)


def export_(
    format_: Annotated[str, typer.Option("--format", help=", ".join(WRITTEN))] = "registry",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file; standard output without it.")] = None,
    repo: Annotated[str | None, typer.Option(help="The web address of the repository whose CODEOWNERS it is.")] = None,
) -> None:
    """Write the whole registry out: what people said, and what every source states."""
    if format_ not in WRITTEN:
        raise typer.BadParameter(f"{format_} is no format to write; these are: {', '.join(WRITTEN)}")
    if repo and format_ != "codeowners":
        raise typer.BadParameter(f"{format_} is of all repositories; leave --repo out, or add --format codeowners")
    settings = Settings.read()
    catalog = open_repository(settings.database_url, settings.trust).catalog()
    text = codeowners(catalog, repo) if format_ == "codeowners" else WRITTEN[format_](catalog)
    if output is None:
        print(text, end="")
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigurationError(f"{output}: {reason}; name a file that can be written.") from None


def _show_plan(plan: ImportPlan, *, dry_run: bool) -> None:
    for fault in plan.faults:
        print(f"left out: {fault}", file=sys.stderr)
    for warning in plan.warnings[:WARNED]:
        print(f"warning: {warning}", file=sys.stderr)
    if len(plan.warnings) > WARNED:
        print(f"warning: and {len(plan.warnings) - WARNED} more, which --json lists", file=sys.stderr)
    if dry_run:
        for ref in plan.added:
            print(f"+ {ref}")
        for ref, changes in plan.changed.items():
            for name, (before, after) in changes.items():
                print(f"~ {ref} {name}: {_value(before)} → {_value(after)}")
        for ref in plan.removed:
            print(f"- {ref}")
    for old, new in plan.renamed.items():
        print(f"> {old} looks renamed to {new}; with {old.name} among its aliases, old questions find it")
    kept = "kept, since not all of it could be read" if plan.faults else "--prune removes it"
    for ref in plan.gone:
        print(f"? {ref} is no longer in the file; {kept}")
    print(("Dry run, nothing was changed. " if dry_run else "") + f"{plan.source}: {plan.summary()}")


def _value(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)
