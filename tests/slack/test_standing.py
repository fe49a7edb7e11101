"""What the registry names and Slack no longer has."""

from __future__ import annotations

from registries import catalog
from slack_server import ANA, GONE, SlackServer

from assistant.sandbox.workspace import Channel
from assistant.slack.standing import gone_from_slack

REGISTRY = f"""
teams:
  - {{name: alive, slack_channel: "#general", contacts: [{ANA}]}}
  - {{name: archived, slack_channel: "#attic"}}
  - {{name: renamed, slack_channel: "#old-name"}}
  - {{name: unseen, slack_channel: "#nowhere"}}
  - {{name: left, contacts: [{GONE}, U0NOBODY, "@ana"]}}
components:
  - {{name: api, slack_channel: C0ATTIC}}
"""


def test_channels_and_people() -> None:
    """Channels that are archived, renamed or unknown, and contacts who have left, are found; each with a remedy."""
    with SlackServer() as slack:
        for channel in (
            Channel("C0ATTIC", "attic", archived=True),
            Channel("C0NEW", "new-name", called_before=("old-name",)),
        ):
            slack.workspace.channels[channel.id] = channel
        found = gone_from_slack(catalog(REGISTRY), slack.bot_token, slack.url)
    assert [(doubt.check, doubt.subject.name) for doubt in found] == [
        ("channel gone", "archived"),
        ("channel renamed", "renamed"),
        ("channel gone", "unseen"),
        ("channel gone", "api"),
        ("person gone", "left"),
        ("person gone", "left"),
    ]
    assert all(doubt.remedy.endswith(".") for doubt in found)
