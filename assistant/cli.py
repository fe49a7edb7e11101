"""The commands. Thin: each reads its arguments, calls a use case, and prints."""

from __future__ import annotations

import asyncio
import io
import json
import sys
import webbrowser
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from assistant import db, files, rules, teams
from assistant.core.answers import NotUnderstood, Pick
from assistant.core.entries import Ref
from assistant.core.messages import Message, Settle, buttons_of, plain, plain_context
from assistant.core.questions import Reading
from assistant.core.rulebook import Rulebook
from assistant.core.wording import word
from assistant.errors import AssistantError
from assistant.formats.answer_record import record
from assistant.formats.registry_file import RegistryFile, read_registry
from assistant.formats.sources import find_sources, read_file, read_sources
from assistant.settings import Settings, packaged_sample
from assistant.storage.repository import open_repository
from assistant.trial import trial, until_stopped
from assistant.use_cases.asking import ask, pick, settle, subject
from assistant.use_cases.snapshots import Registry

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Who owns it, and which ownership model should it use? Answers in Slack and on this terminal.",
)
app.command("import")(files.import_)
app.command("export")(files.export_)
app.command("lint")(files.lint_)
app.command("try")(files.try_)
app.command("sources")(files.sources_)
app.command("forget")(files.forget_)
app.add_typer(db.app, name="db")
app.add_typer(rules.app, name="rules")
app.add_typer(teams.app, name="team")


def main() -> None:
    """Run a command. What went wrong is one clear sentence on stderr; the exit status is 1 or, for configuration, 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that is not UTF-8 shows what it can
    try:
        app()
    except AssistantError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


@app.command("run")
def run_(
    registry: Annotated[
        Path | None,
        typer.Option(help="A file or a folder that the registry follows: it is imported again when it changes."),
    ] = None,
) -> None:
    """Connect to Slack and answer until stopped."""
    from assistant.app import run  # Slack's libraries take half a second that no other command needs

    run(Settings.read(), registry)


@app.command("ask")
def ask_(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT", help="The question; - reads it from standard input.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    file: Annotated[
        Path | None, typer.Option(help="Answer a JSON Lines file of {id, text}, or -; one object a line.")
    ] = None,
) -> None:
    """Answer a question; without one, open a prompt that keeps asking."""
    text = " ".join(words) if words else None
    if file is not None and text is not None:
        raise typer.BadParameter("give a question or --file, not both")
    settings = Settings.read()
    rulebook = settings.rulebook()
    registry = Registry(open_repository(settings.database_url, settings.trust))
    if file is not None:
        content = sys.stdin.buffer.read() if str(file) == "-" else read_file(file)
        sys.exit(_answer_file(content.splitlines(), registry, rulebook))
    if text is None:
        _prompt(registry, rulebook, as_json=as_json)
        return
    if text == "-":
        text = sys.stdin.read()
    reply = ask(text, registry.snapshot(), rulebook)
    if as_json:
        _print_json(record(None, text, reply.reading, reply.answer))
    else:
        _show(word(reply.answer))


@app.command()
def demo(
    registry: Annotated[
        Path | None,
        typer.Option(help="A registry of your own, a file or a folder of any format, instead of the sample."),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Where the page is served; 0: any free port.")] = 8484,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    http: Annotated[bool, typer.Option("--http", help="Let the bot take signed posts instead of Socket Mode.")] = False,
    fault: Annotated[
        list[str] | None, typer.Option(help="Something to go wrong, such as “slow chat.postMessage 2”; repeatable.")
    ] = None,
) -> None:
    """Try it: a local workspace in the browser, with the real bot and a sample registry in a temporary database."""
    with trial(_tried(registry), http=http) as (standin, database_url, folder):
        from assistant.sandbox.demonstration import running
        from assistant.sandbox.faults import parse
        from assistant.sandbox.page import routes

        for line in fault or ():
            try:
                if parse(line).is_immediate:
                    raise ValueError(f"{line} strikes at once: ask for it on the page, when the bot is connected.")
                standin.fault(line)
            except ValueError as error:
                raise typer.BadParameter(str(error), param_hint="--fault") from None

        async def demonstrate() -> None:
            async with running(standin, database_url, folder, port, routes(standin)) as bot:
                print(f"The workspace is at {standin.base_url}  Ctrl-C stops it.", flush=True)
                if open_page:
                    webbrowser.open(standin.base_url)
                await bot

        asyncio.run(until_stopped(demonstrate()))


@app.command()
def chat(
    registry: Annotated[
        Path | None,
        typer.Option(help="A registry of your own, a file or a folder of any format, instead of the sample."),
    ] = None,
    user: Annotated[str, typer.Option("--as", help="Who you are: ana, ben (an administrator), kofi, gus …")] = "ana",
) -> None:
    """Try it in this terminal: a number presses a button, and a form is asked field by field. Reads a pipe too."""
    with trial(_tried(registry)) as (standin, database_url, folder):
        from assistant.sandbox.chat import Chat, Lines
        from assistant.sandbox.demonstration import running

        known = {person.name: person for person in standin.workspace.people.values() if not person.bot}
        if user not in known:
            raise typer.BadParameter(f"{user} is nobody here; these are: {', '.join(known)}", param_hint="--as")

        async def converse() -> None:
            async with running(standin, database_url, folder) as bot:
                while not standin.connected and not bot.done():
                    await standin.changed(standin.revision, 0.1)
                talking = asyncio.create_task(Chat(standin, known[user].id, Lines().read, print).talk())
                await asyncio.wait([talking, bot], return_when=asyncio.FIRST_COMPLETED)
                await (bot if bot.done() else talking)

        asyncio.run(until_stopped(converse()))


def _tried(path: Path | None) -> list[RegistryFile]:
    """Return the registry to try: what a file or a folder states, or the sample."""
    if path is None:
        return [read_registry("sample.yaml", packaged_sample())]
    return read_sources(find_sources(path).sources)


@app.command()
def manifest(
    url: Annotated[str | None, typer.Option(help="The app's public address: prints the HTTP form instead.")] = None,
) -> None:
    """Print the Slack app manifest."""
    from assistant.slack.manifest import manifest_text  # as above

    print(manifest_text(url), end="")


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list, an object for each check.")] = False,
) -> None:
    """Try everything that `run` needs, and say what to do about what is wrong. Exit status 1 when something is."""
    from assistant.doctor import examine  # as above

    checks = examine()
    if as_json:
        print(json.dumps([asdict(check) for check in checks], ensure_ascii=False, indent=2))
    else:
        for check in checks:
            print(f"{check.status:8} {check.check:14} {check.message}")
    sys.exit(1 if any(check.status == "problem" for check in checks) else 0)


def _answer_file(lines: list[bytes], registry: Registry, rulebook: Rulebook) -> int:
    """Print one answer a line; a line that is no question has `error` beside the keys of an answer."""
    snapshot = registry.snapshot()
    status = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        identifier, text, wrong = _question(line, number)
        if wrong:
            status = 1
            nothing = record(identifier, text, Reading("none", wrong), NotUnderstood(wrong))
            _print_json({**nothing, "error": wrong})
            continue
        reply = ask(text, snapshot, rulebook)
        _print_json(record(identifier, text, reply.reading, reply.answer))
    return status


def _question(line: bytes, number: int) -> tuple[Any, str, str]:
    """Read one line as its id, its text, and what is wrong with it."""
    try:
        question = json.loads(line)
    except (ValueError, RecursionError):
        return None, "", f"line {number} is not valid JSON; write an object with id and text."
    if not isinstance(question, dict) or not isinstance(question.get("text"), str) or "id" not in question:
        identifier = question.get("id") if isinstance(question, dict) else None
        return identifier, "", f"line {number} is no object with id and text, text being a string."
    return question["id"], question["text"], ""


def _print_json(row: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n")


def _prompt(registry: Registry, rulebook: Rulebook, *, as_json: bool = False) -> None:
    """Keep asking until the end of input. A number presses the button of that number."""
    interactive = sys.stdin.isatty()
    buttons: dict[str, Pick | Settle] = {}
    before: Ref | None = None
    if interactive:
        with suppress(ImportError):  # gives input() its history and editing, where the platform has it
            import readline  # noqa: F401
        print("Ask a question, or press Ctrl-D to leave.")
    while True:
        try:
            text = input("\n> " if interactive else "").strip()
        except (EOFError, KeyboardInterrupt):
            if interactive:
                print()
            return
        if text in ("quit", "exit"):
            return
        if not text:
            continue
        if text.isdigit() and buttons and text not in buttons:
            print(f"Press one of 1 to {len(buttons)}, or ask something else.")
            continue
        snapshot = registry.snapshot()
        if as_json:
            reply = ask(text, snapshot, rulebook, before=before)
            before = subject(reply.answer) or before
            _print_json(record(None, text, reply.reading, reply.answer))
            continue
        match buttons.get(text):
            case Pick() as act:
                answer = pick(act, snapshot, rulebook, f"You chose {act.ref.name}.")
            case Settle() as act:
                answer = settle(act, snapshot, rulebook, "You")
            case None:
                answer = ask(text, snapshot, rulebook, before=before).answer
        before = subject(answer) or before
        message = word(answer)
        offered = [button for button in buttons_of(message) if isinstance(button.act, Pick | Settle)]
        buttons = {str(number): button.act for number, button in enumerate(offered, start=1)}  # type: ignore[misc]
        _show(message)
        if offered:
            print("  ".join(f"[{number}] {button.label}" for number, button in enumerate(offered, start=1)))


def _show(message: Message) -> None:
    print(plain(message))
    context = plain_context(message)
    if context:
        Console(highlight=False, markup=False, soft_wrap=True).print(context, style="dim")
