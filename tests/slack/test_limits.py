"""Debug runs say what Slack would refuse."""

from __future__ import annotations

import structlog
from structlog.testing import capture_logs

from assistant.slack.limits import report

SECRET_TEXT = "canary " * 500
MESSAGE = {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": SECRET_TEXT}}]}


def test_a_debug_run_says_where_a_limit_is_broken_and_not_what_was_said() -> None:
    """The log names the method and the place of the fault; the message itself stays out of it."""
    with capture_logs() as lines:
        report("chat.postMessage", MESSAGE)
        report("views.update", {"view": {"type": "modal"}})
    assert next(line["pointer"] for line in lines) == "/blocks/0/text/text"
    assert {line["where"] for line in lines} == {"chat.postMessage", "views.update"}
    assert "canary" not in str(lines)


def test_any_other_run_does_not_look() -> None:
    """From the level info on, nothing is checked and nothing is said."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("info"))
    try:
        with capture_logs() as lines:
            report("chat.postMessage", MESSAGE)
    finally:
        structlog.configure(wrapper_class=before)
    assert lines == []
