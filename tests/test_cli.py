"""The commands, each as its own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REGISTRY = """\
teams:
  - {name: moss, title: Moss, slack_channel: "#moss"}
components:
  - {name: fern-api, owner: moss, description: Keeps the ferns.}
  - {name: fern-web, owner: moss}
"""


class Cli:
    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self._environment = os.environ | {"DATABASE_URL": database_url}

    def __call__(self, *arguments: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "assistant", *arguments],
            cwd=self.folder,
            env=self._environment | environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
        )


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    (tmp_path / "registry.yaml").write_text(REGISTRY)
    return Cli(tmp_path, f"sqlite:///{tmp_path}/registry.db")


def test_import_then_ask(tmp_path: Path, database_url: str) -> None:
    """A file is imported, asking answers from it, and importing it again changes nothing; on both databases."""
    (tmp_path / "registry.yaml").write_text(REGISTRY)
    cli = Cli(tmp_path, database_url)
    first = cli("import", "registry.yaml")
    assert first.returncode == 0, first.stderr
    assert "Added 2 components and 1 team" in first.stdout
    assert "fern-api is owned by Moss." in cli("ask", "who owns fern api").stdout
    assert "Nothing to change" in cli("import", "registry.yaml").stdout


def test_a_faulty_file_changes_nothing_and_says_everything(cli: Cli) -> None:
    """Each fault comes with file, line and column; nothing is written when any is wrong; the status is 1."""
    (cli.folder / "bad.yaml").write_text("components:\n  - {name: a, ownr: b}\n  - {name: 7}\n")
    done = cli("import", "registry.yaml", "bad.yaml")
    assert done.returncode == 1
    assert "bad.yaml:2:" in done.stderr
    assert "bad.yaml:3:" in done.stderr
    assert "Nothing is registered yet" in cli("ask", "who owns fern-api").stdout


def test_a_dry_run_shows_and_changes_nothing(cli: Cli) -> None:
    """--dry-run shows what would be added; the database stays as it was."""
    shown = cli("import", "--dry-run", "registry.yaml")
    assert "+ component:default/fern-api" in shown.stdout
    assert "Nothing is registered yet" in cli("ask", "who owns fern-api").stdout


def test_what_left_the_file_is_reported_and_removed_only_on_request(cli: Cli) -> None:
    """A component that is no longer in the file stays until --prune."""
    cli("import", "registry.yaml")
    (cli.folder / "registry.yaml").write_text(REGISTRY.replace("  - {name: fern-web, owner: moss}\n", ""))
    assert "component:default/fern-web is no longer in the file" in cli("import", "registry.yaml").stdout
    assert "fern-web is owned by" in cli("ask", "who owns fern-web").stdout
    assert cli("import", "--prune", "registry.yaml").returncode == 0
    assert "fern-web is not in registry.yaml any more since" in cli("ask", "who owns fern-web").stdout


def test_json_answers_have_every_key(cli: Cli) -> None:
    """A program that reads answers finds every key of the contract in each of them."""
    cli("import", "registry.yaml")
    row = json.loads(cli("ask", "who owns fern-api?", "--json").stdout)
    assert row["intent"] == "owner"
    assert row["outcome"] == "answer"
    assert row["components"] == ["fern-api"]
    assert row["refs"] == ["default/fern-api"]
    assert row["owners"] == ["moss"]
    assert row["because"]


def test_a_file_of_questions(cli: Cli) -> None:
    """One answer a line, in order; a line that is no question has an error, the rest are answered; status 1."""
    cli("import", "registry.yaml")
    lines: list[Any] = [{"id": 1, "text": "who owns fern-api"}, {"id": 2}, {"id": 3, "text": "&lt;fern-web&gt; owner?"}]
    (cli.folder / "q.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\nnot json\n")
    done = cli("ask", "--json", "--file", "q.jsonl")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row.get("id") for row in rows] == [1, 2, 3, None]
    assert [bool(row.get("error")) for row in rows] == [False, True, False, True]
    assert rows[2]["components"] == ["fern-web"]
    assert done.returncode == 1
    lines.pop(1)
    (cli.folder / "q.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert cli("ask", "--json", "--file", "q.jsonl").returncode == 0


def test_a_prompt_keeps_asking(cli: Cli) -> None:
    """Without a question, each line is one; a number presses the button of that number."""
    cli("import", "registry.yaml")
    done = cli("ask", given="who owns fern?\nwhich model should fern-api use?\n1\n")
    assert done.returncode == 0
    assert "Do other applications use" in done.stdout
    assert "needs one more answer" in done.stdout


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({}, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN"),
        ({"SLACK_BOT_TOKEN": "nonsense", "SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": "here"}, "SLACK_API_URL"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "ASSISTANT_ADMINS": "ana"}, "ASSISTANT_ADMINS"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "ASSISTANT_DIGEST": "S0X"}, "ASSISTANT_DIGEST"),
        (
            {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "ASSISTANT_RULEBOOK": "no.yaml"},
            "ASSISTANT_RULEBOOK",
        ),
        (
            {
                "SLACK_BOT_TOKEN": "xoxb-1",
                "SLACK_APP_TOKEN": "xapp-1",
                "SLACK_API_URL": "http://127.0.0.1:9/api/",
            },
            "SLACK_API_URL",
        ),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "DATABASE_URL": "oracle://x"}, "DATABASE_URL"),
    ],
)
def test_wrong_configuration_is_one_line(tmp_path: Path, environment: dict[str, str], named: str) -> None:
    """A missing or wrong setting ends the start with one line that names it, and status 2."""
    cli = Cli(tmp_path, f"sqlite:///{tmp_path}/c.db")
    done = cli("run", **environment)
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert named in done.stderr


def test_a_database_that_cannot_be_reached_is_one_line(tmp_path: Path) -> None:
    """A database that does not open is named with a remedy, without its password."""
    done = Cli(tmp_path, "postgresql://ana:canary-secret@127.0.0.1:9/none")("ask", "who owns x?")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "canary-secret" not in done.stderr


def test_ask_works_on_a_database_that_nobody_made(cli: Cli) -> None:
    """The first command of a new installation makes the database; help says how to fill it."""
    assert "assistant import" in cli("ask", "help").stdout
    assert "The database is at" in cli("db", "check").stdout


def test_usage_errors_exit_with_2(cli: Cli) -> None:
    """A wrong option, or a file that is not there, is wrong usage."""
    assert cli("ask", "--nonsense").returncode == 2
    missing = cli("import", "missing.yaml")
    assert missing.returncode == 2
    assert "missing.yaml" in missing.stderr


def test_the_packaged_rulebook_is_sound(cli: Cli) -> None:
    """Nothing is wrong with the packaged rulebook, not even a warning, and it is shown as a table."""
    checked = cli("rules", "check", "--strict")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "nothing is wrong" in checked.stdout
    assert "shared             external-team  platform-team" in cli("rules", "show").stdout


def test_a_rulebook_with_faults(cli: Cli) -> None:
    """Each fault of a rulebook is a line with its place, and the exit status says so; `run` takes none of it."""
    book = (Path(__file__).parents[1] / "assistant" / "data" / "rulebook.yaml").read_text()
    (cli.folder / "rules.yaml").write_text(
        book.replace("{lifecycle: shared, ownership: developers}", "{lifecycle: shared}", 1)
    )
    checked = cli("rules", "check", "rules.yaml")
    assert checked.returncode == 1
    assert "rules.yaml:" in checked.stdout
    assert "(conflict)" in checked.stdout
    rows = json.loads(cli("rules", "check", "rules.yaml", "--json").stdout)
    keys = {"check", "severity", "rule", "fact", "line", "column", "message", "example"}
    assert all(row.keys() == keys for row in rows)
    assert {"conflict", "failing example"} <= {row["check"] for row in rows}
    asked = cli("ask", "who owns fern-api", ASSISTANT_RULEBOOK="rules.yaml")
    assert asked.returncode == 2
    assert "(conflict)" in asked.stderr


def test_a_case_is_explained(cli: Cli) -> None:
    """What is decided from some facts is said with its rule, and each other rule with what rules it out."""
    decided = cli("rules", "explain", "lifecycle=shared", "ownership=external-team").stdout
    assert decided.startswith("platform-team\nRule “shared and run by others”: ")
    assert "Not “shared and run by developers”: it wants ownership: developers." in decided
    assert "Missing: ownership." in cli("rules", "explain", "lifecycle=shared").stdout
    wrong = cli("rules", "explain", "lifecycle=short")
    assert wrong.returncode == 2
    assert "application-bound" in wrong.stderr


SMALL = """
facts:
  - {{name: lifecycle, ask: Shared?, type: choice, answers: {{shared: "Yes", application-bound: "No"}}}}
models:
  - {{id: alone, title: alone, context: c, benefits: [b], practices: [p],
     responsibilities: {{operate: both, on_call: both, decide: both}}}}
  - {{id: together, title: together, context: c, benefits: [b], practices: [p],
     responsibilities: {{operate: both, on_call: both, decide: both}}}}
rules:
  - {{name: shared, when: {{lifecycle: shared}}, use: {shared}, because: So.}}
  - {{name: bound, when: {{lifecycle: application-bound}}, use: {bound}, because: So.}}
"""


def test_what_another_rulebook_changes(cli: Cli) -> None:
    """Components whose recommendation changes are named, with the teams to tell."""
    (cli.folder / "registry.yaml").write_text(
        "teams: [{name: moss}]\ncomponents:\n"
        "  - {name: fern-api, owner: moss, lifecycle: shared}\n  - {name: fern-web, owner: moss}\n"
    )
    cli("import", "registry.yaml")
    (cli.folder / "old.yaml").write_text(SMALL.format(shared="together", bound="alone"))
    (cli.folder / "new.yaml").write_text(SMALL.format(shared="alone", bound="together"))
    compared = cli("rules", "diff", "old.yaml", "new.yaml")
    assert compared.stdout.splitlines() == [
        "default/fern-api: together → alone",
        "1 of 2 components change. Tell moss.",
    ]
    [row] = json.loads(cli("rules", "diff", "old.yaml", "new.yaml", "--json").stdout)
    assert row == {"component": "default/fern-api", "owners": ["moss"], "before": "together", "after": "alone"}


def test_the_map_as_a_picture(cli: Cli) -> None:
    """The map is drawn whatever names hold, even of nothing; where it cannot be written, one sentence says so."""
    cli("rules", "map", "--png", "empty.png")
    (cli.folder / "registry.yaml").write_text(
        "teams: [{name: moss, title: 'Moss $x_$ & <Co>'}]\ncomponents:\n"
        + "".join(
            f"  - {{name: fern-{number}, owner: moss, lifecycle: shared, ownership: external-team}}\n"
            for number in range(30)
        )
    )
    cli("import", "registry.yaml")
    shown = cli("rules", "map", "--png", "map.png")
    assert "The rules recommend a model for 30 of 30 components." in shown.stdout
    for name in ("empty.png", "map.png"):
        assert (cli.folder / name).read_bytes().startswith(b"\x89PNG")
    failed = cli("rules", "map", "--png", "nowhere/map.png")
    assert failed.returncode == 2
    assert failed.stderr.count("\n") == 1
    assert "nowhere/map.png cannot be written" in failed.stderr


def test_the_map(cli: Cli) -> None:
    """All components stand under their models, in words and as JSON."""
    (cli.folder / "registry.yaml").write_text(
        "teams: [{name: moss, title: Moss}]\ncomponents:\n  - {name: fern-web, owner: moss}\n"
        "  - {name: fern-api, owner: moss, lifecycle: shared, ownership: external-team}\n"
    )
    cli("import", "registry.yaml")
    shown = cli("rules", "map").stdout
    assert "The rules recommend a model for 1 of 2 components." in shown
    assert "Platform team · 1: Moss 1 (fern-api)." in shown
    record = json.loads(cli("rules", "map", "--json").stdout)
    assert record["models"]["platform-team"] == {"moss": ["default/fern-api"]}
    assert record["undecided"] == ["default/fern-web"]


def test_a_team_gets_another_name(cli: Cli) -> None:
    """`team` shows what would change, changes it, points out what a file states, and refuses what is wrong."""
    cli("import", "registry.yaml")
    shown = cli("team", "rename", "moss", "lichen", "--dry-run")
    assert shown.returncode == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert '~ team:lichen slack_channel: nothing → "#moss"' in lines
    assert "! registry.yaml, line 4: owner of default/fern-api: moss. Change it there." in lines
    assert lines[-2] == "Dry run, nothing was changed. moss → lichen: no components get another owner."
    assert lines[-1] == "Answers go on calling it Moss, its title; --title gives it another."
    assert "no team called" in cli("ask", "what does team lichen own?").stdout
    done = json.loads(cli("team", "rename", "moss", "lichen", "--title", "Lichen", "--json").stdout)
    assert done.keys() == {"changed", "elsewhere", "gone", "statements", "asked"}
    assert {"subject": "team:lichen", "field": "title", "before": None, "after": "Lichen"} in done["changed"]
    assert done["elsewhere"][-1] == {"what": "the team itself: moss", "file": "registry.yaml", "line": 2}
    assert "Lichen owns no component" in cli("ask", "what does lichen own?").stdout
    for wrong in (["rename", "moss", "lichen"], ["merge", "moss"], ["merge", "moss", "x"], ["move", "--from", "moss"]):
        assert cli("team", *wrong).returncode == 2
    moved = cli("team", "move", "--from", "moss", "--to", "lichen", "fern-web")
    assert "! registry.yaml, line 5: owner of default/fern-web: moss. Change it there." in moved.stdout
