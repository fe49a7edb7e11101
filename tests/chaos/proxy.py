"""A proxy before replicas, as a load balancer is: it looks at /readyz, and passes a request on to one that is ready."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

LOOK_S = 0.2
"""How often each replica is asked whether it is ready."""


@dataclass
class Proxy:
    """Passes requests on, in turns. What no replica takes a connection for is answered 502; nothing is sent twice."""

    port: int
    replicas: list[int]
    """Their ports on loopback."""
    statuses: Counter[int] = field(default_factory=Counter)
    """Of what was answered through the proxy."""
    _ready: list[int] = field(default_factory=list)
    _turn: int = 0

    async def serve(self, stopping: asyncio.Event) -> None:
        """Listen until told to stop."""
        server = await asyncio.start_server(self._on_connected, "127.0.0.1", self.port)
        looking = asyncio.create_task(self._look())
        await stopping.wait()
        looking.cancel()
        server.close()

    async def _look(self) -> None:
        while True:
            answers = await asyncio.gather(*(_is_ready(port) for port in self.replicas))
            self._ready = [port for port, is_ready in zip(self.replicas, answers, strict=True) if is_ready]
            await asyncio.sleep(LOOK_S)

    async def _on_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if request := await _request(reader):
                answer = await self._passed_on(request)
                self.statuses[int(answer.split(b" ", 2)[1])] += 1
                writer.write(answer)
                await writer.drain()
        except OSError:
            self.statuses[0] += 1  # whoever asked went away
        finally:
            writer.close()

    async def _passed_on(self, request: bytes) -> bytes:
        self._turn += 1
        ready = self._ready or self.replicas
        for number in range(len(ready)):
            port = ready[(self._turn + number) % len(ready)]
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                continue
            with suppress(OSError):
                writer.write(request)
                if answer := await reader.read(-1):
                    writer.close()
                    return answer
            break
        return b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


async def _request(reader: asyncio.StreamReader) -> bytes:
    """Read a request whole, with a head that asks for one answer on this connection; empty where none came."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""  # somebody looks whether the port is open
    lines = [line for line in head[:-4].split(b"\r\n") if not line.lower().startswith(b"connection:")]
    length = next((int(line.partition(b":")[2]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    return b"\r\n".join([*lines, b"Connection: close", b"", b""]) + await reader.readexactly(length)


async def _is_ready(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        status = await asyncio.wait_for(reader.readline(), 1.0)
        writer.close()
    except (OSError, TimeoutError):
        return False
    return b" 200 " in status
