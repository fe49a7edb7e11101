"""The registry follows its files."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.core.catalog import PEOPLE, Statement
from assistant.core.entries import Component, Ref
from assistant.errors import ConfigurationError, DatabaseUnreachableError, FileError
from assistant.formats.registry_file import read_registry
from assistant.storage.repository import Repository, open_repository
from assistant.use_cases.importing import import_registry
from assistant.use_cases.syncing import SyncedFiles

NOW = datetime(2026, 5, 3, tzinfo=UTC)
TWO = "teams: [{name: web}]\ncomponents:\n  - {name: api, owner: web}\n  - {name: cron, owner: web}\n"
ONE = "teams: [{name: web}]\ncomponents:\n  - {name: api, owner: web}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return open_repository(f"sqlite:///{tmp_path}/a.db")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "registry").mkdir()
    return tmp_path / "registry"


def written(path: Path, text: str) -> None:
    """Write a file anew, as it is told apart from the one before even within a clock's tick."""
    path.write_text(text)
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000 * len(text)))


def names(repository: Repository) -> set[str]:
    return {ref.name for ref in repository.catalog().components}


def look(files: SyncedFiles, times: int = 2) -> list[str | None]:
    return [files.look(NOW) for _ in range(times)]


def test_a_changed_file_is_taken_once_it_rests(folder: Path, repository: Repository) -> None:
    """What is added, changed and removed in the file is so in the registry, once nobody writes any more."""
    file = folder / "registry.yaml"
    written(file, TWO)
    files = SyncedFiles(file, repository)
    files.begin(NOW)
    assert names(repository) == {"api", "cron"}
    revision = repository.catalog().revision
    assert look(files) == [None, None]
    written(file, ONE)
    assert look(files, 3) == [None, "taken", None]
    assert names(repository) == {"api"}
    assert repository.catalog().revision == revision + 1


def test_a_broken_file_changes_nothing(folder: Path, repository: Repository) -> None:
    """A file that is wrong, or gone, is refused once; when it is right again, it is taken."""
    file = folder / "registry.yaml"
    written(file, ONE)
    files = SyncedFiles(file, repository)
    files.begin(NOW)
    written(file, "components: [{name: api, owner: nobody}]")
    assert look(files, 4) == [None, "refused", None, None]
    assert not files.is_current
    file.unlink()
    assert look(files, 4) == [None, "refused", None, None]
    assert names(repository) == {"api"}
    written(file, TWO)
    assert look(files) == [None, "taken"]
    assert files.is_current
    assert names(repository) == {"api", "cron"}


def test_it_starts_with_a_broken_file_where_something_is_registered(folder: Path, repository: Repository) -> None:
    """A restart during a bad commit goes on with what was registered; a first start says what is wrong."""
    file = folder / "registry.yaml"
    written(file, "components: [{name: api, owner: nobody}]")
    with pytest.raises(FileError):
        SyncedFiles(file, repository).begin(NOW)
    with pytest.raises(ConfigurationError):
        SyncedFiles(folder / "missing.yaml", repository).begin(NOW)
    written(file, ONE)
    SyncedFiles(file, repository).begin(NOW)
    written(file, "components: [{name: api, owner: nobody}]")
    SyncedFiles(file, repository).begin(NOW)
    assert names(repository) == {"api"}


def test_files_of_a_folder_come_and_go(folder: Path, repository: Repository) -> None:
    """Each file of a folder is followed, and what a removed file stated goes with it."""
    written(folder / "a.yaml", ONE)
    files = SyncedFiles(folder, repository)
    files.begin(NOW)
    written(folder / "b.yaml", "components: [{name: cron, owner: web}]")
    assert look(files) == [None, "taken"]
    assert names(repository) == {"api", "cron"}
    (folder / "b.yaml").unlink()
    assert look(files) == [None, "taken"]
    assert names(repository) == {"api"}


def test_a_mounted_config_map_is_read_once(folder: Path, repository: Repository) -> None:
    """Kubernetes swaps a folder behind two links: its files are one registry, and a swap is a change."""
    for at, text in (("..1", ONE), ("..2", TWO)):
        (folder / at).mkdir()
        written(folder / at / "registry.yaml", text)
    (folder / "..data").symlink_to("..1")
    (folder / "registry.yaml").symlink_to("..data/registry.yaml")
    files = SyncedFiles(folder, repository)
    files.begin(NOW)
    assert list(repository.catalog().places) == [str(folder / "registry.yaml")]
    (folder / "..new").symlink_to("..2")
    (folder / "..new").rename(folder / "..data")
    assert look(files) == [None, "taken"]
    assert names(repository) == {"api", "cron"}


def test_a_file_that_lost_most_of_it_is_not_taken(folder: Path, repository: Repository) -> None:
    """A file that was cut off by accident empties no registry."""
    file = folder / "registry.yaml"
    written(file, ONE + "".join(f"  - {{name: job-{number}}}\n" for number in range(20)))
    files = SyncedFiles(file, repository)
    files.begin(NOW)
    written(file, ONE)
    assert look(files) == [None, "refused"]
    assert len(names(repository)) == 21


@pytest.mark.parametrize("text", ["", "component: [{name: cron}]", "\ufeffnothing: here"])
def test_a_file_that_holds_nothing_any_more_changes_nothing(folder: Path, repository: Repository, text: str) -> None:
    """A file of a folder that was emptied, or whose first key was misspelt, is refused, not taken for removed."""
    written(folder / "a.yaml", ONE)
    written(folder / "b.yaml", "components: [{name: cron, owner: web}]")
    files = SyncedFiles(folder, repository)
    files.begin(NOW)
    written(folder / "b.yaml", text)
    assert look(files) == [None, "refused"]
    assert names(repository) == {"api", "cron"}
    written(folder / "b.yaml", "\ufeffcomponents: [{name: cron, owner: web, kind: job}]")
    assert look(files) == [None, "taken"]
    assert repository.catalog().components[Ref.component("cron")].kind == "job"


def test_a_file_that_cannot_be_read_changes_nothing(
    folder: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder or a file that can't be read is no reason to remove what it stated."""
    (folder / "sub").mkdir()
    written(folder / "sub" / "a.yaml", ONE)
    written(folder / "b.yaml", "components: [{name: cron, owner: web}]")
    files = SyncedFiles(folder, repository)
    files.begin(NOW)

    def denied(at: object) -> object:
        if str(at).endswith("sub"):
            raise PermissionError(13, "Permission denied", str(at))
        return scandir(at)  # type: ignore[call-overload]

    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", denied)
    assert look(files) == [None, "refused"]
    monkeypatch.undo()
    assert look(files) == [None, "taken"]
    assert names(repository) == {"api", "cron"}


def test_a_file_may_be_renamed(folder: Path, repository: Repository) -> None:
    """What moves from one file to another is not gone, however much of it there is."""
    written(folder / "jobs.yaml", ONE + "".join(f"  - {{name: job-{number}}}\n" for number in range(20)))
    files = SyncedFiles(folder, repository)
    files.begin(NOW)
    (folder / "jobs.yaml").rename(folder / "cron-jobs.yaml")
    assert look(files) == [None, "taken"]
    assert len(names(repository)) == 21


def test_most_files_of_a_folder_go_at_once(folder: Path, repository: Repository) -> None:
    """However it is spread over files, what the files lose at once is counted together."""
    for number in range(30):
        text = f"components: [{{name: a{number}}}, {{name: b{number}}}]"
        written(folder / f"{number}.yaml", text)
    files = SyncedFiles(folder, repository)
    files.begin(NOW)
    for number in range(1, 30):
        (folder / f"{number}.yaml").unlink()
    assert look(files) == [None, "refused"]
    assert len(names(repository)) == 60


def test_what_was_imported_by_hand_stays(folder: Path, repository: Repository) -> None:
    """Following a folder removes nothing that was imported from below it under another name."""
    by_hand = read_registry(f"{folder}/team-x", b"components: [{name: manual}]")
    import_registry(repository, {by_hand.label: by_hand}, dry_run=False, prune=False, author="cli", now=NOW)
    written(folder / "a.yaml", ONE)
    files = SyncedFiles(folder, repository)
    files.begin(NOW)
    written(folder / "a.yaml", TWO)
    look(files)
    assert names(repository) == {"manual", "api", "cron"}


def test_an_outage_of_the_database_loses_no_change(
    folder: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change that could not be written is written once the database is back."""
    file = folder / "registry.yaml"
    written(file, ONE)
    files = SyncedFiles(file, repository)
    files.begin(NOW)
    written(file, TWO)
    assert files.look(NOW) is None
    with monkeypatch.context() as patched:
        patched.setattr(
            repository, "writing", lambda *_: (_ for _ in ()).throw(DatabaseUnreachableError("It is away."))
        )
        with pytest.raises(DatabaseUnreachableError):
            files.look(NOW)
    assert files.look(NOW) == "taken"
    assert names(repository) == {"api", "cron"}


def test_files_that_a_catalog_names_are_followed_too(folder: Path, repository: Repository) -> None:
    """A catalog file that names others changes when one of those does."""
    head = "apiVersion: backstage.io/v1alpha1\nkind: "
    written(folder / "all.yaml", f"{head}Location\nmetadata: {{name: all}}\nspec: {{targets: [./api.yaml]}}\n")
    entity = f"{head}Component\nmetadata: {{name: api}}\nspec: {{type: %s, lifecycle: production, owner: web}}\n"
    written(folder / "api.yaml", entity % "service")
    files = SyncedFiles(folder / "all.yaml", repository)
    files.begin(NOW)
    written(folder / "api.yaml", entity % "website")
    assert look(files) == [None, "taken"]
    assert repository.catalog().components[Ref.component("api")].kind == "website"


def test_what_people_said_stays(folder: Path, repository: Repository) -> None:
    """Following files changes nothing that people stated."""
    file = folder / "registry.yaml"
    written(file, ONE)
    files = SyncedFiles(file, repository)
    files.begin(NOW)
    api = Ref.component("api")
    with repository.writing() as unit:
        unit.state([Statement(api, "runbook", "https://wiki.example/api", PEOPLE, "Ana <U0ANA>", NOW)])
    written(file, TWO)
    look(files)
    assert repository.catalog().components[api] == Component(
        name="api", owners=("web",), runbook="https://wiki.example/api"
    )
