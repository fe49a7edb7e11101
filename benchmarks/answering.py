"""How long an answer takes, from text to plain text, at 1,000 and 10,000 components. Run by `make bench`.

Figures of one machine compare only with figures of the same run; beside each stands what rapidfuzz's WRatio over all
names takes on the same question.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable

from generated import catalog, misspelt
from rapidfuzz import fuzz, process

from assistant.core.messages import plain
from assistant.core.snapshot import index
from assistant.core.wording import word
from assistant.settings import packaged_rulebook
from assistant.use_cases.asking import ask

SIZES = (1_000, 10_000)
QUESTIONS = 500


def main() -> None:
    print(f"{'components':>10} {'question':28} {'p50 ms':>8} {'p99 ms':>8} {'WRatio p50 ms':>14}")
    for size in SIZES:
        _measure(size)


def _measure(size: int) -> None:
    rulebook = packaged_rulebook()
    registry = catalog(size)
    started = time.perf_counter()
    snapshot = index(registry)
    built_ms = (time.perf_counter() - started) * 1000
    names = [component.name for component in registry.components.values()]
    chance = random.Random(7)  # noqa: S311  the same questions every time
    picked = chance.choices(names, k=QUESTIONS)
    kinds: dict[str, list[str]] = {
        "exact": [f"who owns {name}?" for name in picked],
        "one slip": [f"hey, who owns {misspelt(name, chance)} these days?" for name in picked],
        "chatter": [f"we see 502s since noon, can somebody tell me who looks after {name} please" for name in picked],
        "model": [f"which model should {name} use?" for name in picked],
        "unknown": [f"who owns {name[::-1]}?" for name in picked],
        "40,000 characters": [f"who owns {name}? " + "x y " * 10_000 for name in picked[:50]],
    }

    def answer(question: str) -> None:
        plain(word(ask(question, snapshot, rulebook).answer))

    naive = _median_ms(lambda question: process.extract(question, names, scorer=fuzz.WRatio, limit=3), picked[:50])
    for kind, questions in kinds.items():
        times = sorted(_times_ms(answer, questions))
        p99 = times[int(len(times) * 0.99)]
        print(f"{size:>10,} {kind:28} {statistics.median(times):8.2f} {p99:8.2f} {naive:14.2f}")
    print(f"{size:>10,} {'(index built in ms)':28} {built_ms:8.0f}")


def _times_ms(work: Callable[[str], object], questions: list[str]) -> list[float]:
    times = []
    for question in questions:
        started = time.perf_counter()
        work(question)
        times.append((time.perf_counter() - started) * 1000)
    return times


def _median_ms(work: Callable[[str], object], questions: list[str]) -> float:
    return statistics.median(_times_ms(work, questions))


if __name__ == "__main__":
    main()
