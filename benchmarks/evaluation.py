"""How well questions are understood, and how it compares. Run by `make eval`.

1. The questions of `$TEST_DATA/questions/dev.jsonl`: by intent, registry and kind of noise, and in five folds in which
   no way of asking stands in two.
2. Questions made of the names of every registry of `$TEST_DATA/registries`, written as people write them: how often an
   answer given outright is right, with its interval; and how often what is not registered is answered all the same.
3. Finding a name among 1,000 to 100,000, beside what one would take off the shelf, in the same run.
"""

from __future__ import annotations

import json
import math
import os
import random
import sqlite3
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from generated import catalog as generated_catalog
from noise import ABSENT, ASKED, KINDS, slip
from postgres import PostgresAbsentError, running_postgres
from rapidfuzz import fuzz, process
from scoring import Verdict, judge

from assistant.core.catalog import Catalog, Statement
from assistant.core.entries import Component, Team, fields_of
from assistant.core.rulebook import Rulebook
from assistant.core.snapshot import Snapshot, index
from assistant.core.words import fold
from assistant.formats.answer_record import record
from assistant.formats.registry_file import read_registry
from assistant.settings import packaged_rulebook
from assistant.use_cases.asking import ask

Json = dict[str, Any]
GENERATED = 3_000
SIZES = (1_000, 10_000, 100_000)
QUERIES = 200
FOLDS = 5
DESCRIBED = "described"


def main() -> None:
    data = Path(os.environ.get("TEST_DATA", "nowhere"))
    if not (data / "registries").is_dir():
        sys.exit("TEST_DATA names no folder with registries in it: set it, or ask whoever keeps the questions.")
    rulebook = packaged_rulebook()
    snapshots = {path.stem: _snapshot(path) for path in sorted((data / "registries").glob("*.yaml"))}
    _questions(data / "questions" / "dev.jsonl", snapshots, rulebook)
    _outright(snapshots, rulebook)
    _absent(snapshots, rulebook)
    _side_by_side()


def _snapshot(path: Path) -> Snapshot:
    file = read_registry(path.name, path.read_bytes())
    now = datetime.now(UTC)
    entries: list[Team | Component] = [*file.teams, *file.components]
    statements = [
        Statement(entry.ref, field, value, path.name, "evaluation", now)
        for entry in entries
        for field, value in fields_of(entry).items()
    ]
    return index(Catalog().following(statements, 1))


def _answered(text: str, snapshot: Snapshot, rulebook: Rulebook) -> Json:
    reply = ask(text, snapshot, rulebook)
    return record(None, text, reply.reading, reply.answer)


# The questions that people asked


def _questions(path: Path, snapshots: dict[str, Snapshot], rulebook: Rulebook) -> None:
    with path.open(encoding="utf-8") as lines:
        questions = [json.loads(line) for line in lines if line.strip()]
    judged = [(q, judge(q, _answered(q["text"], snapshots[q["registry"]], rulebook))) for q in questions]
    groupings: dict[str, Callable[[Json], Iterable[str]]] = {
        "noise": lambda question: question["noise"] or ["none"],
        "registry": lambda question: [question["registry"]],
        "intent": lambda question: [question["intent"]],
        "all": lambda question: ["all"],
    }
    for title, keys_of in groupings.items():
        print(f"\n{title:28}{'n':>6}{'strict':>9}{'offered':>9}{'wrong':>9}{'intent':>9}")
        groups: dict[str, list[Verdict]] = defaultdict(list)
        for question, verdict in judged:
            for key in keys_of(question):
                groups[key].append(verdict)
        for key, verdicts in sorted(groups.items(), key=lambda item: -len(item[1])):
            print(f"  {key:26}{len(verdicts):6}" + "".join(f"{share:9.4f}" for share in _shares(verdicts)))
    folds: list[list[Verdict]] = [[] for _ in range(FOLDS)]
    ways = sorted({_way(question) for question, _ in judged})
    for question, verdict in judged:
        folds[ways.index(_way(question)) % FOLDS].append(verdict)
    shares = list(zip(*map(_shares, folds), strict=True))
    print(
        f"\nin {FOLDS} folds     " + "  ".join(f"{statistics.mean(s):.4f} ± {statistics.stdev(s):.4f}" for s in shares)
    )
    print("\nNot right:")
    for question, verdict in judged:
        if not (verdict.strict and verdict.understood):
            print(f"  {'WRONG' if verdict.wrong else 'missed':7} {question['registry']}: {question['text'][:120]!r}")


def _way(question: Json) -> str:
    """Return the way of asking; one that somebody wrote by hand goes with its registry."""
    return question["registry"] if question["template"] == "hand" else str(question["template"])


def _shares(verdicts: list[Verdict]) -> tuple[float, ...]:
    counted = (
        sum(verdict.strict for verdict in verdicts),
        sum(verdict.offered for verdict in verdicts),
        sum(verdict.wrong for verdict in verdicts),
        sum(verdict.understood for verdict in verdicts),
    )
    return tuple(count / len(verdicts) for count in counted)


# Questions made of names


def _outright(snapshots: dict[str, Snapshot], rulebook: Rulebook) -> None:
    chance = random.Random(11)  # noqa: S311  the same questions every time
    rows: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
    wrong: list[str] = []
    kinds = [*KINDS, DESCRIBED]
    while sum(map(len, rows.values())) < GENERATED:
        registry, snapshot = chance.choice(list(snapshots.items()))
        component = chance.choice(list(snapshot.catalog.components.values()))
        kind = chance.choice(kinds)
        if kind == DESCRIBED:
            text = _described(component.description or "", chance)
        else:
            written = KINDS[kind](component.name, chance)
            means_another = written is None or _means_another(written, component.name, snapshot)
            text = "" if means_another else chance.choice(ASKED).format(written)
        if not text:
            continue
        answer = _answered(text, snapshot, rulebook)
        outright = answer["outcome"] == "answer"
        owners = [team.name for team in snapshot.catalog.owners_of(component)]
        same = set(answer["owners"]) == set(owners)
        right = outright and component.name in answer["components"] and (len(answer["components"]) == 1 or same)
        rows[kind].append((outright, right, right or component.name in answer["choices"]))
        if outright and not right:
            wrong.append(f"{registry}: {text!r} for {component.name}, answered {answer['components'][:3]}")
    print(f"\n{'written':28}{'n':>6}{'answered':>10}{'right of these':>16}{'right or offered':>18}")
    for kind in kinds:
        print(f"  {kind:26}" + _row(rows[kind]))
    every = [row for kind in kinds for row in rows[kind]]
    print(f"  {'all':26}" + _row(every))
    low, high = _interval(sum(row[1] for row in every), sum(row[0] for row in every))
    print(f"right when answered outright, 95 % interval: {low:.4f} to {high:.4f}")
    print("\nAnswered, and not right:", *wrong, sep="\n  ")


def _described(description: str, chance: random.Random) -> str:
    """Return a question with a few words in a row of a description; "" for one that is too short."""
    words, count = description.split(), chance.choice((3, 4, 5))
    if len(words) < 2 * count:
        return ""
    start = chance.randrange(len(words) - count)
    return f"who owns the thing that {' '.join(words[start : start + count])}?"


def _absent(snapshots: dict[str, Snapshot], rulebook: Rulebook) -> None:
    """Print how often what is not registered is answered all the same: with something else, stated as a fact."""
    chance = random.Random(13)  # noqa: S311
    rows: dict[str, list[bool]] = defaultdict(list)
    stated: list[str] = []
    while sum(map(len, rows.values())) < GENERATED // 3:
        registry, snapshot = chance.choice(list(snapshots.items()))
        component = chance.choice(list(snapshot.catalog.components.values()))
        kind = chance.choice(list(ABSENT))
        written = ABSENT[kind](component.name, chance)
        if written is None or snapshot.components.find(written, guess=False).refs:
            continue
        text = f"who owns {written}?"
        answer = _answered(text, snapshot, rulebook)
        rows[kind].append(answer["outcome"] == "answer")
        if answer["outcome"] == "answer":
            stated.append(f"{registry}: {text!r} answered {answer['components'][:3] or answer['team']}")
    print(f"\n{'not registered':28}{'n':>6}{'answered all the same':>24}")
    for kind, wrong in rows.items():
        print(f"  {kind:26}{len(wrong):6}{sum(wrong) / len(wrong):24.4f}")
    print(*stated[:10], sep="\n  ")


def _means_another(written: str, name: str, snapshot: Snapshot) -> bool:
    """Say whether what was written is, to the letter, a name of another component, or of a team."""
    match = snapshot.components.find(written, guess=False, generic=False)
    others = {ref.name for ref in match.refs} - {name}
    return bool(others) or bool(snapshot.teams.find(written, guess=False).refs)


def _row(rows: list[tuple[bool, bool, bool]]) -> str:
    outright, right, offered = (sum(column) for column in zip(*rows, strict=True))
    return f"{len(rows):6}{outright / len(rows):10.3f}{right / max(1, outright):16.4f}{offered / len(rows):18.3f}"


def _interval(hits: int, trials: int) -> tuple[float, float]:
    """Return the Wilson interval of a share, at 95 %."""
    z, share = 1.96, hits / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    spread = z / (1 + z * z / trials) * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return middle - spread, middle + spread


# Beside what one would take off the shelf

Find = Callable[[str], str | None]


def _side_by_side() -> None:
    print(f"\n{'names':>8} {'found by':16}{'p50 ms':>9}{'p99 ms':>9}{'one slip':>10}{'mixed':>8}")
    for size in SIZES:
        registry = generated_catalog(size)
        names = [component.name for component in registry.components.values()]
        chance = random.Random(size)  # noqa: S311
        picked = chance.choices(names, k=QUERIES)
        slips = [(slip(name, chance) or name, name) for name in picked]
        mixed = [(KINDS[chance.choice(list(KINDS))](name, chance) or name, name) for name in picked]
        for title, find in _ways(registry, names):
            times, right = _timed(find, slips)
            print(
                f"{size:>8,} {title:16}{statistics.median(times):9.2f}{times[int(len(times) * 0.99)]:9.2f}"
                f"{right:10.2f}{_timed(find, mixed)[1]:8.2f}",
                flush=True,
            )


def _timed(find: Find, queries: list[tuple[str, str]]) -> tuple[list[float], float]:
    """Return the times in milliseconds, sorted, and the share that was found first."""
    times, right = [], 0
    for written, name in queries:
        started = time.perf_counter()
        found = find(written)
        times.append((time.perf_counter() - started) * 1_000)
        right += found is not None and fold(found) == fold(name)
    return sorted(times), right / len(queries)


def _ways(registry: Catalog, names: list[str]) -> Iterator[tuple[str, Find]]:
    components = index(registry).components

    def ours(written: str) -> str | None:
        match = components.with_nearest(components.find(written))
        return next((ref.name for ref in (*match.refs, *match.nearest)), None)

    def wratio(written: str) -> str | None:
        hit = process.extractOne(written, names, scorer=fuzz.WRatio)
        return hit[0] if hit else None

    yield "assistant", ours
    yield "WRatio", wratio
    yield "SQLite FTS5", _fts5(names)
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_postgres())
        except PostgresAbsentError:
            print("  PostgreSQL is not installed: pg_trgm is left out.")
            return
        connection = stack.enter_context(psycopg.connect(server.url("postgres"), autocommit=True))
        yield "pg_trgm", _trgm(connection, names)


def _fts5(names: list[str]) -> Find:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE names USING fts5(name, tokenize='trigram')")
    connection.executemany("INSERT INTO names VALUES (?)", ((name,) for name in names))

    def find(written: str) -> str | None:
        words = written.replace('"', "")
        trigrams = " OR ".join(f'"{words[at : at + 3]}"' for at in range(len(words) - 2))
        query = "SELECT name FROM names WHERE names MATCH ? ORDER BY rank LIMIT 1"
        row = connection.execute(query, (trigrams,)).fetchone() if trigrams else None
        return row[0] if row else None

    return find


def _trgm(connection: psycopg.Connection[Any], names: list[str]) -> Find:
    connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    connection.execute("CREATE TABLE names (name text)")
    with connection.cursor().copy("COPY names FROM STDIN") as copy:
        for name in names:
            copy.write_row((name,))
    connection.execute("CREATE INDEX ON names USING gist (name gist_trgm_ops)")
    connection.execute("ANALYZE names")

    def find(written: str) -> str | None:
        row = connection.execute("SELECT name FROM names ORDER BY name <-> %s LIMIT 1", (written,)).fetchone()
        return row[0] if row else None

    return find


if __name__ == "__main__":
    main()
