"""The commands about what files state, each as its own process, on several formats."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from slack_server import SlackServer
from test_cli import Cli

REGISTRY = """\
teams:
  - {name: moss, title: Moss, slack_channel: "#moss", slack_usergroup: S0MOSS}
components:
  - {name: fern-api, owner: moss, depends_on: [fern-store], model: platform-team}
  - {name: fern-store}
"""
BACKSTAGE = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: fern-api}
spec: {type: service, lifecycle: production, owner: ferns}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: fern-web}
spec: {type: website, lifecycle: [, owner: ferns}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: ferns, title: The Ferns}
spec: {type: team, children: []}
"""
OWNERS = "# who reviews what\n/packages/fern-api/ @acme/moss\n*.md @acme/writers\n"
TABLE = "Service;Squad;Slack\nfern-api;moss;#moss\nfern-mail;moss;#moss\n"


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    for name, text in (("registry.yaml", REGISTRY), ("CODEOWNERS", OWNERS), ("apps.csv", TABLE)):
        (tmp_path / name).write_text(text)
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "catalog-info.yaml").write_text(BACKSTAGE)
    return Cli(tmp_path, f"sqlite:///{tmp_path}/registry.db")


def test_every_format_is_told_by_itself(cli: Cli) -> None:
    """What can be read of each is imported; what can't is named with file, line and column, and the status says so."""
    done = cli("import", "catalog", "CODEOWNERS", "apps.csv", "registry.yaml")
    assert done.returncode == 1
    assert "left out: catalog/catalog-info.yaml:9:" in done.stderr
    assert "apps.csv: " in done.stderr  # how the columns were read
    card = cli("ask", "who owns fern-api?").stdout
    assert "fern-api is owned by Moss." in card
    assert "catalog/catalog-info.yaml, line 1, says The Ferns instead." in card
    assert "fern-mail is owned by Moss." in cli("ask", "who owns fern-mail?").stdout
    trusting = cli("ask", "who owns fern-api?", ASSISTANT_TRUST="catalog").stdout
    assert "fern-api is owned by The Ferns." in trusting


def test_importing_again_changes_nothing(cli: Cli) -> None:
    """Whatever the format, a source that is as it was changes nothing, and is not written anew."""
    given = ("catalog", "CODEOWNERS", "apps.csv", "registry.yaml")
    cli("import", *given)
    again = cli("import", "--json", *given).stdout
    assert [json.loads(line)["statements"] for line in again.splitlines()] == [0, 0, 0, 0]


def test_a_folder_with_other_files(cli: Cli) -> None:
    """A folder is read through; a file in it that is something else is named and left out."""
    (cli.folder / "values.yaml").write_text("replicas: 2\n")
    done = cli("import", ".")
    assert "values.yaml holds nothing that is read here; left out" in done.stderr
    assert "fern-mail" in cli("ask", "who owns fern-mail?").stdout


def test_a_file_that_cannot_be_read(cli: Cli) -> None:
    """One file of a folder that can't be read stops no other, is named with a remedy, and nothing is pruned then."""
    cli("import", ".")
    name = os.fsencode(cli.folder) + b"/caf\xe9.yaml"
    Path(os.fsdecode(name)).write_text(REGISTRY)
    (cli.folder / "apps.csv").write_text(TABLE.replace("fern-mail;moss;#moss\n", ""))
    done = cli("import", ".", "--prune")
    assert done.returncode == 1
    assert "has a name that is not UTF-8; rename it" in done.stderr
    assert "--prune is left out, since not all files can be read" in done.stderr
    assert "fern-mail is owned by Moss." in cli("ask", "who owns fern-mail?").stdout


def test_what_left_a_folder(cli: Cli) -> None:
    """With --prune what a file of a folder stated goes with it; one that is there and empty takes nothing away."""
    cli("import", ".")
    (cli.folder / "apps.csv").unlink()
    (cli.folder / "catalog" / "catalog-info.yaml").write_text("")
    done = cli("import", ".", "--prune")
    assert done.returncode == 1
    assert "catalog/catalog-info.yaml:1:1: stated something before, and holds nothing now" in done.stderr
    assert "fern-mail is owned by Moss." in cli("ask", "who owns fern-mail?").stdout
    (cli.folder / "catalog" / "catalog-info.yaml").write_text(BACKSTAGE.replace("[, owner", "production, owner"))
    assert cli("import", ".", "--prune").returncode == 0
    assert json.loads(cli("sources", "--json").stdout).keys() == {".", "CODEOWNERS", "registry.yaml"}
    assert "fern-mail is not in apps.csv any more" in cli("ask", "who owns fern-mail?").stdout


def test_standard_input(cli: Cli) -> None:
    """A registry can come through a pipe, under a name of its own."""
    assert cli("import", "--source", "registry.yaml", "/dev/stdin", given=REGISTRY).returncode == 0
    assert "fern-api is owned by Moss." in cli("ask", "who owns fern-api?").stdout


def test_a_source_is_forgotten(cli: Cli) -> None:
    """Sources are listed with how many entries each speaks of; one that is forgotten takes only its own."""
    cli("import", "registry.yaml", "apps.csv")
    assert json.loads(cli("sources", "--json").stdout) == {"apps.csv": 3, "registry.yaml": 3}
    assert "      3  apps.csv" in cli("sources").stdout
    assert "- component:default/fern-mail" in cli("forget", "apps.csv", "--dry-run").stdout
    assert cli("forget", "apps.csv").returncode == 0
    assert "fern-api is owned by Moss." in cli("ask", "who owns fern-api?").stdout
    assert json.loads(cli("sources", "--json").stdout) == {"registry.yaml": 3}
    refused = cli("forget", "apps.csv")
    assert (refused.returncode, "`assistant sources` lists those" in refused.stderr) == (2, True)


def test_a_format_that_is_given(cli: Cli) -> None:
    """--format says how to read what a name does not tell, and an unknown one is refused with those there are."""
    (cli.folder / "list.txt").write_text(TABLE)
    assert cli("import", "--format", "csv", "list.txt").returncode == 0
    assert "names no file" in cli("lint", ASSISTANT_TRUST="a.yaml, .").stderr
    assert "fern-mail is owned by" in cli("ask", "who owns fern-mail?").stdout
    refused = cli("import", "--format", "toml", "list.txt")
    assert (refused.returncode, "toml is no format" in refused.stderr) == (2, True)


def test_trying_needs_nothing(cli: Cli) -> None:
    """`try` says what it understood, what is doubtful, and five answers, and leaves no database behind."""
    done = cli("try", "catalog", "CODEOWNERS", "registry.yaml")
    assert done.returncode == 1  # a part of the catalog can't be read
    lines = done.stdout.splitlines()
    assert "registry.yaml: 2 components, 1 team." in lines
    assert any(line.startswith("  left out: catalog/catalog-info.yaml:9:") for line in lines)
    assert any(line.startswith("  unowned: 1 (fern-store).") for line in lines)
    assert sum(line.startswith("> ") for line in lines) == 5
    assert not list(cli.folder.glob("*.db"))


def test_linting(cli: Cli) -> None:
    """`lint` lists what misleads with its place and its remedy, and its status says whether there is anything."""
    cli("import", "registry.yaml")
    done = cli("lint", "--json")
    assert done.returncode == 1
    rows = json.loads(done.stdout)
    assert [(row["check"], row["name"], row["file"], row["line"]) for row in rows] == [
        ("unowned", "default/fern-store", "registry.yaml", 5),
        ("facts missing", "default/fern-store", "registry.yaml", 5),
    ]
    assert all(row["remedy"] and row["message"] for row in rows)
    table = cli("lint", "--skip", "facts missing").stdout
    assert "State its owner, or let its team claim it in Slack." in " ".join(table.split())
    assert table.endswith("1 finding: 1 unowned.\n")
    assert cli("lint", "--check", "conflict").returncode == 0
    assert "no check" in cli("lint", "--check", "unowend").stderr


def test_linting_with_slack(cli: Cli) -> None:
    """With a token, channels that Slack does not have are found as well."""
    cli("import", "registry.yaml")
    with SlackServer() as slack:
        done = cli("lint", "--json", "--check", "channel gone", **slack.environment)
    assert [row["name"] for row in json.loads(done.stdout)] == ["moss"]


def test_what_is_exported_is_the_same_registry(cli: Cli) -> None:
    """The registry file → the database → the registry file → another database is the same registry."""
    cli("import", "registry.yaml", "apps.csv")
    exported = cli("export").stdout
    other = Cli(cli.folder, f"sqlite:///{cli.folder}/other.db")
    (cli.folder / "again.yaml").write_text(exported)
    assert other("import", "again.yaml").returncode == 0
    assert other("export").stdout == exported
    assert json.loads(other("export", "--format", "json").stdout)["components"][0]["name"] == "fern-api"
    assert cli("export", "--format", "toml").returncode == 2
    assert cli("export", "-o", "nowhere/x.yaml").returncode == 2


@pytest.mark.parametrize("name", ["registry", "json", "csv", "backstage", "codeowners"])
def test_every_export_can_be_imported(cli: Cli, name: str) -> None:
    """Whatever format is written is read again, and names the same owner."""
    cli("import", "registry.yaml", "CODEOWNERS")
    suffix = {"json": ".json", "csv": ".csv", "codeowners": ".CODEOWNERS"}.get(name, ".yaml")
    assert cli("export", "--format", name, "--output", f"out{suffix}").returncode == 0
    other = Cli(cli.folder, f"sqlite:///{cli.folder}/other.db")
    done = other("import", f"out{suffix}")
    assert done.returncode == 0, done.stderr
    assert json.loads(other("ask", "--json", "who owns fern-api?").stdout)["owners"] == ["moss"]


def test_one_codeowners_file_for_each_repository(cli: Cli) -> None:
    """Of several repositories the one is written that `--repo` names, and without it one sentence lists them."""
    for name in ("mono", "shop"):
        (cli.folder / name).mkdir()
        (cli.folder / name / "CODEOWNERS").write_text(f"/{name}/ @acme/moss\n")
        cli("import", f"{name}/CODEOWNERS", "--repo", f"https://git.example/acme/{name}")
    done = cli("export", "--format", "codeowners")
    assert done.returncode == 2
    assert done.stderr.endswith("of these: https://git.example/acme/mono, https://git.example/acme/shop.\n")
    done = cli("export", "--format", "codeowners", "--repo", "https://git.example/acme/shop")
    assert done.stdout == "# https://git.example/acme/shop\n/shop/ @acme/moss\n"
    assert cli("export", "--repo", "https://git.example/acme/shop").returncode == 2


def test_a_file_in_a_repository(cli: Cli) -> None:
    """A path and a link to a file are answered from the rule that counts, with its line."""
    cli("import", "CODEOWNERS", "--repo", "https://git.example/acme/mono")
    answer = cli("ask", "who owns packages/fern-api/src/main.ts?").stdout
    assert "moss" in answer
    assert "line 2" in answer
    link = "<https://git.example/acme/mono/blob/main/docs/README.md>"
    row = json.loads(cli("ask", "--json", f"who owns {link}").stdout)
    assert (row["outcome"], row["owners"], row["components"]) == ("answer", ["writers"], [])
    assert "line 3" in row["because"]
