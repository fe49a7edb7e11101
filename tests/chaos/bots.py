"""Bots: the unmodified bot as processes that can be killed, told to stop, and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from slack_server import BEN, SlackServer, free_port

START_S = 30.0
STOP_S = 30.0


class Bot:
    """A process of the bot, which is ready when it was started. Its log is kept in memory, whatever the disk does."""

    def __init__(
        self,
        slack: SlackServer,
        database_url: str,
        port: int | None = None,
        module: tuple[str, ...] = ("assistant", "run"),
    ) -> None:
        """`module`: another program in the bot's place, with its arguments."""
        self._command = [sys.executable, "-m", *module]
        self.port = port or int(slack.environment.get("PORT") or free_port())
        self._environment = os.environ | slack.environment
        self._environment |= {"DATABASE_URL": database_url, "ASSISTANT_ADMINS": BEN, "PORT": str(self.port)}
        self._environment |= {"ASSISTANT_HOST": "127.0.0.1", "PYTHONPATH": os.pathsep.join(sys.path)}
        self._process: subprocess.Popen[bytes] | None = None
        self.log: list[str] = []

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    @property
    def is_ready(self) -> bool:
        """Whether the bot says that it can work."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def start(self) -> None:
        """Start a process, and return once it is ready."""
        self._process = subprocess.Popen(self._command, env=self._environment, stderr=subprocess.PIPE)
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()
        deadline = time.monotonic() + START_S
        while not self.is_ready:
            assert self.is_alive, f"the bot ended at its start:\n{''.join(self.log[-20:])}"
            assert time.monotonic() < deadline, f"the bot was not ready in time:\n{''.join(self.log[-20:])}"
            time.sleep(0.02)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Tell the process to stop, and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_S)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.is_alive:
            self.process.terminate()
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.kill()

    @property
    def memory_mb(self) -> float:
        """The most memory that the process has held at once."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024

    @property
    def cpu_s(self) -> float:
        """The processor time that the process has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        with process.stderr as lines:
            self.log.extend(line.decode(errors="replace") for line in lines)


@contextmanager
def all_of(bots: list[Bot]) -> Iterator[list[Bot]]:
    """Run several at once."""
    for each in bots:
        each.__enter__()
    try:
        yield bots
    finally:
        for each in bots:
            each.__exit__(None, None, None)
