"""Debug runs: what Slack would refuse is logged before it is sent, with its place and never with its text."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import structlog

from assistant.blockkit import message_faults, view_faults

log = structlog.get_logger()


def report(where: str, body: Mapping[str, Any]) -> None:
    """Log each fault of a message's blocks or of a view, when the log takes debug lines."""
    if not log.is_enabled_for(logging.DEBUG):
        return
    view = body.get("view")
    for fault in (*message_faults(body.get("blocks") or []), *(view_faults(view) if view else ())):
        log.error("Slack would refuse this", where=where, pointer=fault.pointer, problem=fault.problem)
