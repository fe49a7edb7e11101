"""What the annotations and links of Backstage entities say: where to talk, whom to call, where the code is.

Most functions return a value and the path of the annotation that it comes from, or None and nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Annotations = Mapping[str, str]
"""By key, as texts. Keys are conventions of plugins; those about Slack have many spellings."""
Found = tuple[str | None, *tuple[str, ...]]
NOTHING: Found = (None,)

_CHANNEL_URL = re.compile(
    r"https://[\w.-]*slack\.com/(?:archives|messages|client/[TE]\w+)/([CG][A-Z0-9]{2,})"
    r"|slack://channel\?(?:\S*&)?id=([CG][A-Z0-9]{2,})"
)
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{6,}")
_CHANNEL_NAME = re.compile(r"#?(?!true$|false$)([^\s#@,:/\"'<>]{1,80})")
_ASIDE = re.compile(r"alert|notif|\bci\b|build|deploy|incident|bot")
"""In the key of a channel for machines, which is taken only where there is no other."""
_SLUG = re.compile(r"[\w.-]+(?:/[\w.~-]+)+")
_HOST = re.compile(r"(?:https?://)?([\w.-]+(?::\d+)?)/?")
_ROOT = re.compile(r"(https?://[^/]+/.+?)(?:/-)?/(?:blob|tree|src|edit|raw)/[^/]+/?")
_IN_ROOT = re.compile(r"(https?://[^/]+/.+?)(?:/-)?/(?:blob|tree|src|edit|raw)/.*")


def channel_in(text: str) -> str | None:
    """Return the channel that a link to Slack opens, as its id."""
    match = _CHANNEL_URL.match(text)
    return (match[1] or match[2]) if match else None


def channel_of(annotations: Annotations) -> Found:
    """Return the channel of people in Slack: an id, or `#name`."""
    keys = [key for key in annotations if "slack" in key.lower() and "channel" in key.lower()]
    for key in sorted(keys, key=lambda key: (bool(_ASIDE.search(key.lower())), key)):
        text = annotations[key].split(",")[0].strip()
        if channel := channel_in(text):
            return _from(key, channel)
        if _CHANNEL_ID.fullmatch(text):
            return _from(key, text)
        if match := _CHANNEL_NAME.fullmatch(text):
            return _from(key, f"#{match[1]}")
    return NOTHING


def usergroup_of(annotations: Annotations) -> Found:
    for key in sorted(annotations):
        if "slack" in key.lower() and re.fullmatch(r"S[A-Z0-9]{6,}", annotations[key]):
            return _from(key, annotations[key])
    return NOTHING


def contact_of(name: str, email: Any, annotations: Annotations) -> str:
    """Return how to reach a user: a Slack id, else an address, else the name."""
    for key in sorted(annotations):
        if "slack" in key.lower() and re.fullmatch(r"[UW][A-Z0-9]{6,}", annotations[key]):
            return annotations[key]
    return email if isinstance(email, str) and "@" in email else f"@{name}"


def oncall_of(annotations: Annotations) -> Found:
    """Return whom to call. PagerDuty's integration key is a secret, and never read."""
    services = (("pagerduty.com/service-id", "PagerDuty service"), ("opsgenie.com/team", "Opsgenie team"))
    for key, words in services:
        if annotations.get(key):
            return _from(key, f"{words} {annotations[key]}")
    return NOTHING


def repository_of(annotations: Annotations) -> Found:
    """Return the web address of the code: a repository, or the folder of it that the source location names."""
    source = _address(annotations.get("backstage.io/source-location", ""))
    source = source and (match[1] if (match := _ROOT.fullmatch(source)) else source).rstrip("/")
    instance = _HOST.fullmatch(annotations.get("gitlab.com/instance", ""))
    hosts = {"github.com": "github.com", "gitlab.com": instance[1] if instance else "gitlab.com"}
    for host in ("github.com", "gitlab.com", "bitbucket.org"):
        slug = annotations.get(key := f"{host}/project-slug", "")
        if _SLUG.fullmatch(slug):
            repository = f"https://{hosts.get(host, host)}/{slug}"
            if source and source.lower().startswith(f"{repository}/".lower()):
                return _from("backstage.io/source-location", source)
            return _from(key, repository)
    if source:
        return _from("backstage.io/source-location", source)
    viewed = _IN_ROOT.fullmatch(_address(annotations.get("backstage.io/view-url", "")) or "")
    return _from("backstage.io/view-url", viewed[1]) if viewed else NOTHING


def web_addresses_of(annotations: Annotations) -> Iterator[tuple[str, str, str]]:
    """Return what else is to be read: key, title and address of the documentation and the runbook."""
    docs = "backstage.io/techdocs-ref"
    if url := _address(annotations.get(docs, "")):
        yield docs, "Documentation", url
    for key in sorted(annotations):
        if "runbook" in key.lower() and (url := _address(annotations[key])):
            yield key, "Runbook", url


def _address(text: str) -> str | None:
    url = text.removeprefix("url:")
    return url if re.match(r"https?://[^\s/]+", url) else None


def _from(key: str, value: str) -> Found:
    return (value, "metadata", "annotations", key)
