"""How long an import takes, in each format, and how much memory: run by `make bench-import`.

Each runs as a process of its own, into a new SQLite database, so that its memory is its own. Beside the first import
stands the next one, of files that did not change, which is what following files does.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from generated import catalog

from assistant.core.catalog import Catalog
from assistant.formats.exports import WRITTEN

SIZES = (1_000, 10_000)
FORMATS = {"registry": "registry.yaml", "json": "registry.json", "backstage": "catalog-info.yaml", "csv": "apps.csv"}


def main() -> None:
    print(f"{'entries':>9} {'format':18} {'MB':>5} {'first s':>8} {'again s':>8} {'memory MB':>10}")
    for size in SIZES:
        registry = catalog(size)
        for label, write in _forms(registry):
            with tempfile.TemporaryDirectory() as folder:
                given = Path(folder) / "given"
                write(given)
                megabytes = sum(file.stat().st_size for file in _files(given)) / 1e6
                (first_s, memory_mb), (again_s, _) = (_imported(given, folder) for _ in range(2))
            row = f"{size:>9,} {label:18} {megabytes:5.1f} {first_s:8.1f} {again_s:8.1f} {memory_mb:10.0f}"
            print(row, flush=True)


def _forms(registry: Catalog) -> Iterator[tuple[str, Callable[[Path], None]]]:
    for name, file in FORMATS.items():
        yield name, lambda given, name=name, file=file: _one_file(given, file, WRITTEN[name](registry))  # type: ignore[misc]
    yield "backstage, a file each", lambda given: _file_each(given, WRITTEN["backstage"](registry))


def _one_file(given: Path, name: str, text: str) -> None:
    given.mkdir()
    (given / name).write_text(text)


def _file_each(given: Path, text: str) -> None:
    for number, document in enumerate(re.split("^---$", text, flags=re.MULTILINE)):
        folder = given / str(number)
        folder.mkdir(parents=True)
        (folder / "catalog-info.yaml").write_text(document)


def _files(given: Path) -> Iterator[Path]:
    return (file for file in given.rglob("*") if file.is_file())


def _imported(given: Path, folder: str) -> tuple[float, float]:
    """Import, and return the seconds and the megabytes that it took."""
    code = "import resource, sys; from assistant.cli import app; sys.argv[0] = 'assistant'\n"
    code += "try: app()\nfinally: print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{folder}/a.db"}
    begun = time.perf_counter()
    command = [sys.executable, "-c", code, "import", "--yes", str(given)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    taken_s = time.perf_counter() - begun
    peak = re.search(r"^peak (\d+)", done.stderr, re.MULTILINE)
    assert done.returncode == 0, done.stderr[-2000:]
    assert peak, done.stderr[-2000:]
    return taken_s, int(peak[1]) / 1024


if __name__ == "__main__":
    main()
