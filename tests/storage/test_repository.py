"""Statements go in, and every reader's catalog is what they add up to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres import PostgresServer
from pydantic import ValidationError
from sqlalchemy import Engine, event, text

from assistant.core.catalog import PEOPLE, Catalog, Statement
from assistant.core.entries import Ref
from assistant.errors import DatabaseUnreachableError
from assistant.storage.database import open_engine, upgrade
from assistant.storage.repository import Repository

NOW = datetime(2026, 5, 4, 12, 30, 15, 123456, tzinfo=UTC)
CHECKOUT = Ref.component("checkout-api")


def stated(
    subject: Ref, field: str, value: Any, *, source: str = "registry.yaml", author: str = "U1", at: datetime = NOW
) -> Statement:
    return Statement(subject, field, value, source, author, at)


def write(repository: Repository, *statements: Statement) -> None:
    with repository.writing() as unit:
        unit.state(statements)


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM statements")).scalar_one())


def test_an_empty_workspace(engine: Engine) -> None:
    """A workspace that nobody has written to reads as an empty catalog at revision 0."""
    assert Repository(engine).catalog() == Catalog()


def test_a_write_is_seen(engine: Engine) -> None:
    """What was committed is in the next catalog of the writer, and of a reader that has read before."""
    writer, reader = Repository(engine), Repository(engine)
    assert reader.catalog().revision == 0
    write(writer, stated(CHECKOUT, "name", "checkout-api"), stated(CHECKOUT, "owners", ["payments"]))
    for repository in (writer, reader):
        catalog = repository.catalog()
        assert catalog.revision == 1
        assert catalog.components[CHECKOUT].owners == ("payments",)


def test_what_was_stated_last(engine: Engine) -> None:
    """The newest statements come first, by whichever process and source, and no more than are asked for."""
    repository = Repository(engine)
    write(repository, stated(CHECKOUT, "name", "checkout-api"), stated(CHECKOUT, "owners", ["payments"]))
    write(Repository(engine), stated(CHECKOUT, "repo", "https://x.example", source=PEOPLE))
    write(repository, stated(CHECKOUT, "owners", None))
    newest = repository.latest(3)
    assert [(each.field, each.value) for each in newest] == [
        ("owners", None),
        ("repo", "https://x.example"),
        ("owners", ["payments"]),
    ]
    assert newest[0].stated_at == NOW


def test_a_catalog_is_read_once(engine: Engine) -> None:
    """Reading again without a write returns the very same catalog, with one small query."""
    repository = Repository(engine)
    write(repository, stated(CHECKOUT, "name", "checkout-api"))
    before = repository.catalog()
    queries: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: queries.append(args[2]))
    assert repository.catalog() is before
    assert [query for query in queries if not query.startswith("BEGIN")] == queries[-1:]


def test_statements_of_one_unit_are_one_revision(engine: Engine) -> None:
    """However often a unit states, its statements are committed together, in order; the later one counts."""
    repository = Repository(engine)
    with repository.writing() as unit:
        unit.state([stated(CHECKOUT, "name", "checkout-api"), stated(CHECKOUT, "title", "First")])
        unit.state(stated(CHECKOUT, "title", title) for title in ("Second", "Third"))
        assert repository.catalog().revision == 0
    assert repository.catalog().revision == 1
    assert repository.catalog().components[CHECKOUT].title == "Third"
    assert count(engine) == 4


def test_a_statement_is_taken_back(engine: Engine) -> None:
    """None takes a source's statement back, and leaves the row that says so."""
    repository = Repository(engine)
    write(repository, stated(CHECKOUT, "name", "checkout-api"), stated(CHECKOUT, "title", "Checkout"))
    write(repository, stated(CHECKOUT, "title", None))
    for catalog in (repository.catalog(), Repository(engine).catalog()):
        assert catalog.components[CHECKOUT].title is None
    assert count(engine) == 3


def test_nothing_stated_is_no_revision(engine: Engine) -> None:
    """A unit that states nothing changes nothing."""
    repository = Repository(engine)
    write(repository)
    assert repository.catalog().revision == 0


def test_a_failed_unit_leaves_nothing(engine: Engine) -> None:
    """An exception takes back all that was stated; the catalog in memory does not know it either."""
    repository = Repository(engine)
    write(repository, stated(CHECKOUT, "name", "checkout-api"))
    before = repository.catalog()

    def fail() -> None:
        with repository.writing() as unit:
            unit.state([stated(CHECKOUT, "title", "Lost")])
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert repository.catalog() is before
    assert count(engine) == 1
    write(repository, stated(CHECKOUT, "title", "Kept"))
    assert repository.catalog() == Repository(engine).catalog()


def test_what_core_refuses_is_not_committed(engine: Engine) -> None:
    """A statement that makes an invalid entry cannot get in, where it would break every later reader."""
    repository = Repository(engine)
    with pytest.raises(ValidationError):
        write(repository, stated(CHECKOUT, "name", "checkout-api"), stated(CHECKOUT, "lifecycle", "eternal"))
    assert repository.catalog() == Repository(engine).catalog() == Catalog()


def test_the_unit_is_current(engine: Engine) -> None:
    """A unit sees what others committed, although its repository has not read since."""
    late, other = Repository(engine), Repository(engine)
    write(other, stated(CHECKOUT, "name", "checkout-api"))
    with late.writing() as unit:
        assert unit.catalog.revision == 1
        assert CHECKOUT in unit.catalog.components


def test_workspaces_do_not_meet(engine: Engine) -> None:
    """A workspace sees its own statements only, at its own revision."""
    acme, bolt = Repository(engine, "acme"), Repository(engine, "bolt")
    for _ in range(2):
        write(acme, stated(CHECKOUT, "name", "checkout-api"))
    write(bolt, stated(Ref.team("payments"), "name", "payments"))
    assert (acme.catalog().revision, bolt.catalog().revision) == (2, 1)
    assert not acme.catalog().teams
    assert not bolt.catalog().components


def test_odd_values_come_back(engine: Engine) -> None:
    """Whatever JSON can say comes back as it was, and a time comes back in UTC to the microsecond."""
    odd = [
        "🧑‍🚀 naïve",
        'it\'s "quoted"; DROP TABLE statements --',
        "%s :name \\ {}",
        "עברית‏ ثم",
        "a\x00b",
        "\u2028",
        "",
    ]
    value = {"z": odd, "a": [1, 2.5, True, None, {"deep": []}]}
    subject = Ref.component("päge/🚀 %(x)s", "my 'space'")
    local = NOW.astimezone(timezone(timedelta(hours=-7)))
    statement = stated(subject, "links", value, source="dir/ファイル.yaml", author="Zoë", at=local)
    write(Repository(engine), statement)
    # Without a name there is no entry yet, so core does not look at the value.
    found = Repository(engine).catalog().origin(subject, "links")
    assert found == statement
    assert found.stated_at.tzinfo is UTC


def test_writers_lose_nothing(engine: Engine) -> None:
    """Four replicas that read, add one and write 25 times each make 100 revisions in order, from the first on."""
    name = stated(CHECKOUT, "name", "checkout-api")

    def count_up(replica: int) -> list[int]:
        opened = open_engine(engine.url.render_as_string(hide_password=False))
        repository = Repository(opened)
        seen = []
        for _ in range(25):
            with repository.writing() as unit:
                entry = unit.catalog.components.get(CHECKOUT)
                runs = int(entry.facts["runs"]) if entry else 0
                unit.state([name, stated(CHECKOUT, "facts.runs", runs + 1, author=f"U{replica}")])
            seen.append(repository.catalog().revision)
        opened.dispose()
        return seen

    with ThreadPoolExecutor(4) as pool:
        for seen in pool.map(count_up, range(4)):
            assert seen == sorted(set(seen))
    catalog = Repository(engine).catalog()
    assert catalog.revision == 100
    assert catalog.components[CHECKOUT].facts == {"runs": 100}
    assert count(engine) == 200


def test_readers_never_see_half_a_write(engine: Engine) -> None:
    """Threads that share a repository read whole revisions, never an older one than before."""
    repository = Repository(engine)
    other = Ref.component("orders-kafka")

    def read() -> None:
        last = 0
        while last < 40:
            catalog = repository.catalog()
            assert catalog.revision >= last
            last = catalog.revision
            if last:
                facts = [catalog.components[ref].facts["turn"] for ref in (CHECKOUT, other)]
                assert facts == [last, last]

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        for turn in range(1, 41):
            write(
                repository if turn % 2 else Repository(engine),
                *(
                    stated(ref, field, value)
                    for ref in (CHECKOUT, other)
                    for field, value in (("name", ref.name), ("facts.turn", turn))
                ),
            )
        for reader in readers:
            reader.result(timeout=60)


def test_a_large_import_is_one_write(engine: Engine) -> None:
    """Thousands of components are written, read by the writer and read cold as the same catalog."""
    repository = Repository(engine)
    refs = [Ref.component(f"service-{number}") for number in range(2000)]
    write(
        repository, *(stated(ref, field, value) for ref in refs for field, value in (("name", ref.name), ("kind", "x")))
    )
    assert len(repository.catalog().components) == 2000
    assert repository.catalog() == Repository(engine).catalog()


def test_a_file_that_goes_away(tmp_path: Path) -> None:
    """When SQLite's file has gone bad, reading and writing both say that the database cannot be used."""
    file = tmp_path / "assistant.db"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    file.write_bytes(b"no longer a database" * 1000)
    for attempt in (Repository(engine).catalog, lambda: write(Repository(engine))):
        with pytest.raises(DatabaseUnreachableError, match="cannot be used"):
            attempt()


def test_a_server_that_goes_away(postgres: PostgresServer) -> None:
    """When PostgreSQL ends a connection in the middle of a unit, the unit says so; the next one connects anew."""
    with postgres.database("at_head") as url:
        engine = open_engine(url)
        repository = Repository(engine)

        def write_while_ended() -> None:
            with repository.writing() as unit:
                postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test_%'")
                unit.state([stated(CHECKOUT, "name", "lost")])

        with pytest.raises(DatabaseUnreachableError, match="cannot be used"):
            write_while_ended()
        write(repository, stated(CHECKOUT, "name", "checkout-api"))
        assert repository.catalog().components[CHECKOUT].name == "checkout-api"
        assert repository.catalog().revision == 1
        engine.dispose()


FIELDS = {
    "name": st.just("a"),
    "title": st.text("abc", min_size=1, max_size=3),
    "aliases": st.lists(st.text("xyz", min_size=1, max_size=2), max_size=2),
    "facts.size": st.integers(0, 9),
}
STATEMENT = st.sampled_from(sorted(FIELDS)).flatmap(
    lambda field: st.builds(
        stated,
        st.sampled_from([Ref.component("a"), Ref.component("a", "other")]),
        st.just(field),
        st.none() | FIELDS[field],
        source=st.sampled_from(["one.yaml", "two.yaml", PEOPLE]),
    )
)


@settings(max_examples=40, deadline=None)
@given(units=st.lists(st.tuples(st.booleans(), st.lists(STATEMENT, max_size=4)), max_size=6))
def test_catching_up_equals_replaying(tmp_path_factory: pytest.TempPathFactory, units: list[Any]) -> None:
    """Whoever wrote, and whenever one read, a catalog that caught up equals the one read cold."""
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('replay') / 'assistant.db'}")
    upgrade(engine)
    ours, theirs = Repository(engine), Repository(engine)
    for is_ours, statements in units:
        write(ours if is_ours else theirs, *statements)
        if is_ours:
            assert ours.catalog() == Repository(engine).catalog()
    assert theirs.catalog() == ours.catalog() == Repository(engine).catalog()
    engine.dispose()


def test_a_check_tells_a_database_that_takes_no_writes(engine: Engine) -> None:
    """A database that can be read and not written does not pass the check; one that takes writes does, unchanged."""
    read_only = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET default_transaction_read_only = on"}
    repository = Repository(engine)
    write(repository, stated(CHECKOUT, "name", "checkout-api"))
    repository.check()
    assert repository.catalog().revision == 1

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _: object) -> None:
        connection.execute(read_only[engine.dialect.name])
        connection.commit()

    engine.dispose()
    with pytest.raises(DatabaseUnreachableError):
        repository.check()
    assert repository.catalog().revision == 1
