"""Payloads: what Slack sends, read once."""

from __future__ import annotations

import pytest

from assistant.slack import payloads


@pytest.mark.parametrize("flag", ["is_ext_shared", "is_pending_ext_shared"])
def test_a_channel_to_which_another_company_is_invited_is_shared(flag: str) -> None:
    """What another company reads, or will once it accepts, counts as shared, in a list of channels as by itself."""
    channel = {"id": "C0GLAZE", "name": "glaze", flag: True}
    (listed,), _ = payloads.channels({"channels": [channel]})
    assert listed.shared
    assert payloads.is_shared({"channel": channel})
