"""What is tried before `run`, each check against the stand-in as a process of its own."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from postgres import PostgresServer
from slack_server import BEN, GONE, GUEST, SlackServer

from assistant.doctor import room
from assistant.storage.database import downgrade, head_revision, open_engine

Setting = dict[str, str]
Defect = Callable[[SlackServer, Setting, Path], object]


@pytest.fixture
def environment(tmp_path: Path, sqlite_at_head: Path) -> Setting:
    """What makes a sound installation, beside what the stand-in adds."""
    (tmp_path / "assistant.db").write_bytes(sqlite_at_head.read_bytes())
    return {"DATABASE_URL": f"sqlite:///{tmp_path}/assistant.db", "ASSISTANT_ADMINS": BEN}


def doctor(*options: str, environment: Setting) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assistant", "doctor", *options]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, timeout=60)


def checks(environment: Setting) -> dict[str, tuple[str, str]]:
    """Return the status and the message of each check, by its name."""
    done = doctor("--json", environment=environment)
    assert done.stderr == ""
    found: list[dict[str, Any]] = json.loads(done.stdout)
    assert all(row.keys() == {"check", "status", "message"} for row in found)
    assert done.returncode == any(row["status"] == "problem" for row in found)
    return {row["check"]: (row["status"], row["message"]) for row in found}


def test_an_order_of_trust(environment: Setting) -> None:
    """A pattern of ASSISTANT_TRUST that fits no source is named, since it would have no effect."""
    found = checks(environment | {"ASSISTANT_TRUST": "registry.yaml"})
    assert found["trust"][0] == "warning"
    assert "registry.yaml, which fits no source: `assistant sources` lists" in found["trust"][1]


@pytest.mark.parametrize("over", ["socket", "http"])
def test_a_sound_installation(environment: Setting, over: Any) -> None:
    """Where everything is right each check is a line that says so, over both transports, and none holds a secret."""
    with SlackServer(over=over) as slack:
        done = doctor(environment=environment | slack.environment)
        secrets = [slack.bot_token, slack.app_token, slack.environment.get("SLACK_SIGNING_SECRET", slack.bot_token)]
    assert done.returncode == 0, done.stdout
    lines = done.stdout.splitlines()
    assert [line for line in lines if not line.startswith("ok ")] == []
    assert [line[9:23].strip() for line in lines] == [
        "settings",
        "bot token",
        "scopes",
        "transport",
        "administrators",
        "clock",
        "database",
        "writing",
        "disk",
        "rulebook",
    ]
    assert not [secret for secret in secrets if secret in done.stdout + done.stderr]


def test_without_slack(environment: Setting) -> None:
    """Where no Slack variable is set that is said, and everything else is checked."""
    found = checks(environment)
    status, message = found.pop("slack")
    assert (status, "No Slack variable is set" in message) == ("warning", True)
    assert {status for status, _ in found.values()} == {"ok"}
    assert set(found) == {"settings", "database", "writing", "disk", "rulebook"}


def _set(**variables: str) -> Defect:
    return lambda slack, environment, folder: environment.update(variables)


def _fault(line: str) -> Defect:
    return lambda slack, environment, folder: slack.fault(line)


def _scope_taken(scope: str) -> Defect:
    return lambda slack, environment, folder: slack.standin.api.scopes.discard(scope)


def _scope_given(scope: str) -> Defect:
    return lambda slack, environment, folder: slack.standin.api.scopes.add(scope)


def _clock(ahead_s: float) -> Defect:
    """Slack's clock, ahead of this machine's."""
    return lambda slack, environment, folder: setattr(slack.standin, "ahead_s", ahead_s)


def _faulty_rulebook(slack: SlackServer, environment: Setting, folder: Path) -> None:
    (folder / "rules.yaml").write_text("facts: []\nmodels: []\nrulez: []\n")
    environment["ASSISTANT_RULEBOOK"] = f"{folder}/rules.yaml"


def _behind(slack: SlackServer, environment: Setting, folder: Path) -> None:
    engine = open_engine(environment["DATABASE_URL"])
    downgrade(engine, "0001")
    engine.dispose()


def _newer(slack: SlackServer, environment: Setting, folder: Path) -> None:
    with closing(sqlite3.connect(folder / "assistant.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.parametrize(
    ("defect", "check", "status", "said", "unknown"),
    [
        (_set(PORT="many"), "settings", "problem", "PORT", ()),
        (_set(SLACK_BOT_TOKEN="xoxb-wrong"), "bot token", "problem", "Slack refused", ("scopes", "administrators")),
        (_set(SLACK_BOT_TOKEN=""), "bot token", "problem", "is not set", ("scopes", "administrators", "clock")),
        (_fault("error auth.test 503"), "bot token", "problem", "not as Slack", ("scopes", "administrators", "clock")),
        (_scope_taken("users:read"), "scopes", "problem", "Not granted: users:read;", ("administrators",)),
        (_scope_given("channels:history"), "scopes", "warning", "never used: channels:history;", ()),
        (_set(SLACK_APP_TOKEN="xapp-wrong"), "transport", "problem", "Slack refused SLACK_APP_TOKEN", ()),
        (_set(SLACK_APP_TOKEN=""), "transport", "problem", "SLACK_APP_TOKEN is not set", ()),
        (_set(ASSISTANT_TRANSPORT="http"), "transport", "problem", "SLACK_SIGNING_SECRET is not set", ()),
        (_set(ASSISTANT_ADMINS=""), "administrators", "warning", "Nobody administers the registry", ()),
        (_set(ASSISTANT_ADMINS="ben"), "administrators", "problem", "'ben', which is no id", ()),
        (_set(ASSISTANT_ADMINS=f"{BEN},U0NOBODY"), "administrators", "problem", "U0NOBODY cannot be found", ()),
        (_set(ASSISTANT_ADMINS="S0NOTHING"), "administrators", "problem", "S0NOTHING cannot be found", ()),
        (_set(ASSISTANT_ADMINS=GONE), "administrators", "problem", f"{GONE} is no full member", ()),
        (_set(ASSISTANT_ADMINS=GUEST), "administrators", "problem", f"{GUEST} is no full member", ()),
        (_set(ASSISTANT_ADMINS="S0EMPTY"), "administrators", "problem", "S0EMPTY has no members", ()),
        (_set(ASSISTANT_DIGEST="everyone"), "digest", "problem", "'everyone': list channels", ()),
        (_set(ASSISTANT_DIGEST="#random"), "digest", "problem", "the assistant is not in #random", ()),
        (_set(ASSISTANT_DIGEST="C0PARTNERS"), "digest", "problem", "another company reads C0PARTNERS", ()),
        (_set(ASSISTANT_DIGEST=f"admins,{GUEST}"), "digest", "problem", f"{GUEST} is no full member", ()),
        (_set(ASSISTANT_REGISTRARS=GONE), "administrators", "problem", "correct ASSISTANT_REGISTRARS", ()),
        (_set(ASSISTANT_REGISTRARS="ana"), "administrators", "problem", "ASSISTANT_REGISTRARS holds 'ana'", ()),
        (_clock(400), "clock", "problem", "behind Slack's", ()),
        (_clock(-100), "clock", "warning", "ahead of Slack's", ()),
        (_set(DATABASE_URL="oracle://x"), "database", "problem", "oracle://", ("writing", "disk")),
        (_set(DATABASE_URL="sqlite:////none/a.db"), "database", "problem", "cannot be written", ("writing", "disk")),
        (_set(DATABASE_URL="postgresql://ana:canary@127.0.0.1:9/x"), "database", "problem", "cannot be", ("writing",)),
        (_behind, "database", "warning", "0001", ("writing",)),
        (_newer, "database", "problem", "9999", ("writing",)),
        (_faulty_rulebook, "rulebook", "problem", "rules.yaml:1:1: has no rules", ()),
        (_set(ASSISTANT_RULEBOOK="none.yaml"), "rulebook", "problem", "none.yaml", ()),
    ],
)
def test_a_defect(
    environment: Setting,
    tmp_path: Path,
    defect: Defect,
    check: str,
    status: str,
    said: str,
    unknown: tuple[str, ...],
) -> None:
    """One thing that is wrong is one line with its remedy; what does not depend on it is checked all the same."""
    with SlackServer() as slack:
        slack.workspace.usergroups["S0EMPTY"] = []
        environment |= slack.environment
        defect(slack, environment, tmp_path)
        found = checks(environment)
    assert "canary" not in str(found)
    found_status, message = found.pop(check)
    assert (found_status, said in message) == (status, True), message
    for name in unknown:
        assert found.pop(name) == ("warning", f"Not checked: see to the {check} first.")
    assert {name: row for name, row in found.items() if row[0] != "ok"} == {}


def test_where_the_digest_goes(environment: Setting) -> None:
    """Whoever asked for a digest reads where it goes and when; nobody else reads of it."""
    with SlackServer() as slack:
        environment |= slack.environment
        assert "digest" not in checks(environment)
        found = checks(environment | {"ASSISTANT_DIGEST": "admins, #payments"})["digest"]
    assert found == ("ok", "It goes to admins, #payments on Mondays from 09:00 UTC.")


def test_without_a_network(environment: Setting) -> None:
    """Where Slack does not answer each check still has its line, and the rest is checked."""
    with SlackServer() as slack:
        environment |= slack.environment
    found = checks(environment)
    for name in ("bot token", "transport"):
        assert "does not answer" in found[name][1]
    assert {found[name][0] for name in ("settings", "database", "writing", "disk", "rulebook")} == {"ok"}


def test_a_new_installation(tmp_path: Path) -> None:
    """Before anything is imported the database is said to be missing; looking for it does not make it."""
    found = checks({"DATABASE_URL": f"sqlite:///{tmp_path}/new.db"})
    assert "does not exist yet: `assistant import` makes it" in found["database"][1]
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_takes_no_writes(postgres: PostgresServer) -> None:
    """A server that only reads, and a user who may not write, are found before somebody's change is lost."""
    with postgres.database("at_head") as url:
        name = url.partition("@/")[2].partition("?")[0]
        assert checks({"DATABASE_URL": url})["writing"] == ("ok", "It takes writes.")
        postgres.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        status, message = checks({"DATABASE_URL": url})["writing"]
        assert (status, "takes writes" in message) == ("problem", True)
        postgres.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        postgres.execute("CREATE ROLE reader LOGIN")
        status, message = checks({"DATABASE_URL": url.replace("postgres@", "reader@")})["database"]
        assert (status, "read and write every table" in message) == ("problem", True)


def test_room_on_the_disk() -> None:
    """Too little free disk is a problem; too little to restore a backup is worth knowing before."""
    assert room(50_000_000, 0)[0] == "problem"
    assert room(300_000_000, 250_000_000)[0] == "warning"
    assert room(400_000_000, 250_000_000)[0] == "ok"


def test_the_checks_name_this_version(environment: Setting) -> None:
    """Whoever reads the report learns which layout the database has."""
    assert head_revision() in checks(environment)["database"][1]
