"""What becomes of each entity in the real files of `$TEST_DATA/catalog-info`: a table, and how long reading takes."""

from __future__ import annotations

import json
import os
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from assistant.formats.backstage import read_backstage

GENERATED = 10_000


class Outcome(NamedTuple):
    """`outcome`: imported, reported or lost. `why` is what was said about it."""

    file: str
    entity: str
    outcome: str
    why: str


def outcomes(folder: Path) -> Iterator[Outcome]:
    """Compare what INDEX.jsonl lists with what is read; of a file that holds no entity, the file itself."""
    for line in (folder / "INDEX.jsonl").read_text().splitlines():
        row = json.loads(line)
        label = row["file"]
        file = read_backstage(label, [(label, (folder / label).read_bytes())])
        said = "; ".join(each.message for each in (*file.faults, *file.warnings))
        entries = {entry.name for entry in file.entries}
        contacts = [contact for team in file.teams for contact in team.contacts]
        for entity in row["entities"] or [{"kind": None, "name": None}]:
            kind, name = entity["kind"], entity["name"]
            if kind == "User" and any(contact.strip("@").split("@")[0] == name for contact in contacts):
                yield Outcome(label, f"{kind} {name}", "imported", "as a contact")
            elif name in entries and kind != "Location":
                yield Outcome(label, f"{kind} {name}", "imported", "")
            else:
                yield Outcome(label, f"{kind} {name}", "reported" if said else "lost", said)


def generated(size: int) -> bytes:
    """Return a catalog of this many components of some 20 lines, and a group for every twenty."""
    groups = max(1, size // 20)
    parts = [
        f"---\napiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {{name: team-{number}}}\n"
        f"spec: {{type: team, children: [], members: [ana-{number}]}}\n"
        for number in range(groups)
    ]
    parts += [
        f"""---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: service-{number}
  title: Service {number}
  description: Does what number {number} does, for those who need it.
  annotations:
    github.com/project-slug: acme/service-{number}
    backstage.io/techdocs-ref: url:https://github.com/acme/service-{number}/tree/main
    pagerduty.com/service-id: P{number:06}
  tags: [python, tier-{number % 4}]
  links:
    - url: https://grafana.acme.example/d/{number}
      title: Dashboard
spec:
  type: service
  lifecycle: production
  owner: group:team-{number % groups}
  dependsOn:
    - component:service-{(number * 7 + 1) % size}
"""
        for number in range(size)
    ]
    return "".join(parts).encode()


def main() -> None:
    if "TEST_DATA" not in os.environ:
        sys.exit("TEST_DATA names no folder with catalog-info in it: set it.")
    rows = list(outcomes(Path(os.environ["TEST_DATA"], "catalog-info")))
    for row in rows:
        if row.outcome != "imported":
            print(f"{row.outcome:9} {row.entity:45} {row.file}\n{'':10}{row.why}")
    counts = Counter(row.outcome for row in rows)
    files = len({row.file for row in rows})
    print(f"{files} files: " + ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())))
    content = generated(GENERATED)
    started = time.perf_counter()
    file = read_backstage("generated", [("generated.yaml", content)])
    seconds = time.perf_counter() - started
    del file
    tracemalloc.start()
    file = read_backstage("generated", [("generated.yaml", content)])
    kept, peak = (size / 1e6 for size in tracemalloc.get_traced_memory())
    print(f"{len(file.components):,} generated components ({len(content) / 1e6:.1f} MB) in {seconds:.1f} s")
    print(f"{kept:.0f} MB kept, {peak:.0f} MB at the most")


if __name__ == "__main__":
    main()
