"""The snapshot is as new as the database, or, while a new one is built for long, the one before."""

from __future__ import annotations

import threading

import pytest
from registries import NOW
from sqlalchemy import Engine

from assistant.core.catalog import PEOPLE, Catalog, Statement
from assistant.core.entries import Ref
from assistant.core.snapshot import Snapshot, index
from assistant.storage.repository import Repository
from assistant.use_cases import snapshots
from assistant.use_cases.snapshots import Registry


def register(registry: Registry, name: str) -> None:
    with registry.writing() as unit:
        unit.state([Statement(Ref.component(name), "name", name, PEOPLE, "Ana <U0ANA>", NOW)])


def test_a_change_of_another_process_is_seen_at_once(engine: Engine) -> None:
    """The next question knows what any process has committed."""
    mine, others = Registry(Repository(engine)), Registry(Repository(engine))
    assert mine.snapshot().catalog.components == {}
    register(others, "kiln")
    assert mine.snapshot().components.find("kiln").refs == (Ref.component("kiln"),)


def test_a_large_registry_keeps_answering_while_it_changes(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """While an index takes long, questions are answered from the one before; what was written is in the catalog."""
    registry = Registry(Repository(engine))
    register(registry, "kiln")
    before = registry.snapshot()
    go_on = threading.Event()

    def slowly(catalog: Catalog, held: Snapshot | None) -> Snapshot:
        go_on.wait(10)
        return index(catalog, held)

    monkeypatch.setattr(snapshots, "index", slowly)
    monkeypatch.setattr(snapshots, "PATIENCE_S", 0.02)
    register(registry, "wheel")
    assert registry.snapshot() is before
    assert Ref.component("wheel") in registry.catalog().components
    go_on.set()
    monkeypatch.setattr(snapshots, "PATIENCE_S", 10)
    assert registry.snapshot().components.find("wheel").refs == (Ref.component("wheel"),)
