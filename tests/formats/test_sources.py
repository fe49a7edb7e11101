"""What is found where people point to, and as which format it is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import ConfigurationError
from assistant.formats.sources import find_sources, read_sources

ENTITY = (
    "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: api}\nspec:\n  components:\n  owner: web\n"
)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.yaml", "# ours\nteams: []\n", "registry"),
        ("a.yaml", "components:\n- name: api\n  kind: service\n", "registry"),
        ("a.json", '{"components": [{"name": "api", "kind": "service"}]}', "registry"),
        ("a.yaml", "{teams: [{name: a}]}", "registry"),
        ("a.yml", ENTITY, "backstage"),
        ("a.yaml", f"---\n{ENTITY}", "backstage"),
        ("a.json", '{"apiVersion": "backstage.io/v1", "kind": "API", "spec": {"components": 1}}', "backstage"),
        ("a.yaml", "'kind': Component\nspec: {}\n", "backstage"),
        ("CODEOWNERS", "* @acme/web\n", "codeowners"),
        ("mono.CODEOWNERS", "", "codeowners"),
        ("apps.CSV", "name,owner\n", "csv"),
        ("a.yaml", "\ufeffteams: []\n", "registry"),
        ("a.yaml", "{teams: [{name: a}], components: []}", "registry"),
        ("a.yml", "kind: component\nmetadata: {name: a}\n", "backstage"),
        ("apps.tsv", "components:\n", "csv"),
    ],
)
def test_the_format_of_a_file(tmp_path: Path, name: str, text: str, expected: str) -> None:
    """A file's name tells its format, or else the first of its keys at the top."""
    (tmp_path / name).write_text(text)
    [source] = find_sources(tmp_path / name).sources
    assert source.format == expected
    [again] = find_sources(tmp_path).sources
    assert again.format == expected


def test_a_folder(tmp_path: Path) -> None:
    """Backstage files of a folder are one source, others each their own; what is something else is named, not read."""
    for name in ("svc/a/catalog-info.yaml", "svc/b/catalog-info.yaml", ".git/x.yaml", "node_modules/y/z.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(ENTITY)
    (tmp_path / "registry.yaml").write_text("teams: []")
    (tmp_path / "values.yaml").write_text("replicas: 2")
    (tmp_path / "openapi.yaml").write_text("openapi: 3.1.0\ncomponents: {schemas: {}}")
    (tmp_path / "api.json").write_text('{"openapi": "3.1.0", "components": {"x": {"kind": "Component"}}}')
    (tmp_path / "deployment.yaml").write_text("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}")
    (tmp_path / "README.md").write_text("components: many")
    found = find_sources(tmp_path)
    assert [(source.name, source.format, len(source.files)) for source in found.sources] == [
        (str(tmp_path), "backstage", 2),
        (str(tmp_path / "registry.yaml"), "registry", 1),
    ]
    assert [path.name for path in found.left_out] == ["api.json", "deployment.yaml", "openapi.yaml", "values.yaml"]
    assert [source.format for source in find_sources(tmp_path, "registry").sources] == ["registry"] * 7


def test_the_owners_of_a_repository(tmp_path: Path) -> None:
    """Of a checkout that CODEOWNERS counts which its host reads, and none of a folder deeper in it."""
    for name in ("CODEOWNERS", ".github/CODEOWNERS", "vendor/x/CODEOWNERS", "sub/.git/config", "sub/docs/CODEOWNERS"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("* @acme/web\n")
    found = find_sources(tmp_path)
    counting = [tmp_path / ".github" / "CODEOWNERS", tmp_path / "sub" / "docs" / "CODEOWNERS"]
    assert [source.name for source in found.sources] == [str(path) for path in counting]
    assert found.left_out == (tmp_path / "CODEOWNERS", tmp_path / "vendor" / "x" / "CODEOWNERS")


def test_a_pattern_is_one_source(tmp_path: Path) -> None:
    """What a pattern in quotes finds is one source by that name."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "catalog-info.yaml").write_text(ENTITY.replace("api", name))
    pattern = tmp_path / "*" / "catalog-info.yaml"
    [source] = find_sources(pattern).sources
    assert (source.name, len(source.files)) == (str(pattern), 2)
    [file] = read_sources([source])
    assert {component.name for component in file.components} == {"a", "b"}


@pytest.mark.parametrize("given", ["missing.yaml", "empty", "empty/*.yaml"])
def test_nothing_to_read(tmp_path: Path, given: str) -> None:
    """Where nothing can be read, one sentence says so."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigurationError, match=given.replace("*", r"\*")):
        find_sources(tmp_path / given)


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("git@git.example:acme/mono.git", "https://git.example/acme/mono"),
        ("https://token@git.example/acme/mono", "https://git.example/acme/mono"),
        ("ssh://git@git.example:2222/acme/mono.git", "https://git.example/acme/mono"),
        ("../mono.git", None),
        ("file:///srv/git/mono.git", None),
    ],
)
def test_the_repository_of_a_checkout(tmp_path: Path, remote: str, expected: str | None) -> None:
    """CODEOWNERS in a checkout belongs to the repository that its remote names, whatever the protocol, and no token."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(f'[core]\n\tbare = false\n[remote "origin"]\n\turl = {remote}\n')
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "CODEOWNERS").write_text("/web/ @acme/web\n")
    [file] = read_sources(find_sources(tmp_path / ".github" / "CODEOWNERS").sources)
    assert file.paths is not None
    assert file.paths.repository == expected
