"""What deploy/ says of the bot is what the bot does."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from typing import Any

import yaml

from assistant.app import DRAIN_S, LAST_POSTS_S, LEAVE_S
from assistant.settings import HTTP_PORT
from assistant.slack.health import DatabaseCheck, health_routes
from assistant.slack.metrics import Metrics
from assistant.slack.web import PATH

ROOT = Path(__file__).parent.parent
STOP_S = 25
"""How long a stop takes at most."""


def manifest() -> dict[str, Any]:
    objects = yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text())
    return {each["kind"]: each["spec"] for each in objects}


def test_a_stop_is_given_the_time_that_it_takes() -> None:
    """systemd and Kubernetes kill nothing that the bot would still have finished, and the guide says how long."""
    assert LAST_POSTS_S + DRAIN_S + LEAVE_S + 1 < STOP_S  # the server's own end takes a second
    unit = configparser.ConfigParser(strict=False)
    unit.read(ROOT / "deploy" / "assistant.service")
    assert unit.getint("Service", "TimeoutStopSec") > STOP_S
    pod = manifest()["Deployment"]["template"]["spec"]
    pause_s = int(pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["terminationGracePeriodSeconds"] - pause_s > STOP_S
    assert f"The process ends within {STOP_S} s" in (ROOT / "docs" / "deployment.md").read_text()


def test_kubernetes_asks_what_is_there() -> None:
    """The manifest's probes, port and path are the bot's own, and nothing but Slack's posts comes from outside."""
    spec = manifest()
    container = spec["Deployment"]["template"]["spec"]["containers"][0]
    assert [port["containerPort"] for port in container["ports"]] == [HTTP_PORT]
    probed = {probe["httpGet"]["path"] for name, probe in container.items() if name.endswith("Probe")}
    assert probed <= {route.path for route in health_routes(DatabaseCheck(lambda: None), {}, Metrics())}
    assert [path["path"] for rule in spec["Ingress"]["rules"] for path in rule["http"]["paths"]] == [PATH]


def test_alerts_look_at_metrics_that_exist() -> None:
    """No alert is silent because it names a metric that the bot does not have."""
    metrics = Metrics()
    metrics.watch_socket(lambda: 1, lambda: 0.0)
    metrics.watch_files(lambda: True)
    families = {family.name for family in metrics.registry.collect()}
    named = set(re.findall(r"\bassistant_\w+", (ROOT / "deploy" / "alerts.yaml").read_text()))
    assert named
    assert {re.sub("_(total|bucket|count)$", "", name) for name in named} <= families
