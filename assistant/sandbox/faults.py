"""Faults on demand: what can go wrong between Slack and an app, asked for by tests, the command line and the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

FaultKind = Literal[
    "slow", "fail", "error", "limit", "reset", "duplicate", "reorder", "close", "end", "drop", "freeze", "refresh"
]

EXPLAINED: dict[FaultKind, str] = {
    "slow": "slow METHOD SECONDS [TIMES]: the method answers late",
    "fail": "fail METHOD CODE [TIMES]: the method refuses with an error code, such as is_archived",
    "error": "error METHOD STATUS [TIMES]: the method answers with an HTTP status and a page, as a proxy does",
    "limit": "limit METHOD SECONDS [TIMES]: the method answers 429 with that Retry-After",
    "reset": "reset METHOD [TIMES]: the method does its work, then the connection is reset instead of an answer",
    "duplicate": "duplicate [TIMES]: an event is delivered twice",
    "reorder": "reorder [TIMES]: an event is delivered behind the next one",
    "close": "close: every socket gets a closing frame",
    "end": "end: every socket's connection ends, without a closing frame",
    "drop": "drop: every socket is reset",
    "freeze": "freeze: every socket stays open, and nothing passes through it any more",
    "refresh": "refresh: every socket is asked to reconnect, then closed",
}
ANY = "any"
_OF_METHODS = ("slow", "fail", "error", "limit", "reset")
_AT_ONCE = ("close", "end", "drop", "freeze", "refresh")


@dataclass
class Fault:
    """One fault. `target` is a method of the Web API, `response_url` or `any`; `left` how often it still strikes."""

    kind: FaultKind
    target: str = ANY
    value: str = ""
    left: int = 1

    @property
    def is_immediate(self) -> bool:
        return self.kind in _AT_ONCE

    @property
    def seconds(self) -> float:
        return float(self.value)


def parse(line: str) -> Fault:
    """Read a fault as it is written on a command line. Raises ValueError with a sentence that says what is allowed."""
    kind, *rest = line.split() or [""]
    if kind not in get_args(FaultKind):
        written = ", ".join(usage.partition(":")[0] for usage in EXPLAINED.values())
        raise ValueError(f"{kind or 'Nothing'} is no fault. These are: {written}.")
    wrong = ValueError(f"That does not fit. Write {EXPLAINED[kind]}.")  # type: ignore[index]
    fault = Fault(kind)  # type: ignore[arg-type]
    try:
        if kind in _OF_METHODS:
            fault.target = rest.pop(0)
            if kind != "reset":
                fault.value = rest.pop(0)
        if kind in ("slow", "limit") and not 0 <= fault.seconds <= 600:
            raise wrong
        if kind == "error" and not 200 <= int(fault.value) <= 599:
            raise wrong
        if rest and kind not in _AT_ONCE:
            fault.left = int(rest.pop(0))
    except (IndexError, ValueError):
        raise wrong from None
    if rest or fault.left < 1:
        raise wrong
    return fault


class Faults:
    """Those that wait to strike."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self.waiting.append(fault)

    def take(self, *kinds: FaultKind, target: str = ANY) -> Fault | None:
        """Return the oldest fault of these kinds that strikes this target, and count it."""
        for fault in self.waiting:
            if fault.kind in kinds and fault.target in (ANY, target):
                fault.left -= 1
                if fault.left == 0:
                    self.waiting.remove(fault)
                return fault
        return None
