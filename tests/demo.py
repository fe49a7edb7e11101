"""`assistant demo` as a process of its own, and the browser to look at it with."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
"""What the browser is started with: it draws without a graphics card, and asks for nothing from elsewhere."""
COMMAND = [sys.executable, "-m", "assistant", "demo"]


@contextmanager
def demo(*options: str, **environment: str) -> Iterator[str]:
    """Run the demonstration, and return the address that it prints. It must stop in order."""
    command = [*COMMAND, "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | environment, text=True) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            address = re.search(r"http://\S+", line)
            assert address, line
            yield address[0]
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                assert process.wait(30) == 0
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def chromium() -> str | None:
    """Return where Chromium is, if it is installed."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
