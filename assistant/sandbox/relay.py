"""The relay: the port that everybody connects to. It passes bytes on, and makes a network's faults real.

A web application cannot reset a connection or leave it half open. The relay can, for it holds both ends; the server
behind it knows a connection by the port that the relay comes from.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass, field

_CHUNK = 65_536
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(eq=False)
class _Connection:
    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    is_frozen: bool = False


@dataclass
class Relay:
    """A TCP relay on loopback before the server at `to_port`."""

    to_port: int
    connections: dict[int, _Connection] = field(default_factory=dict)
    """By the relay's own port towards the server: the client's port, as the server sees it."""

    async def start(self, port: int = 0) -> int:
        """Listen, and return the port."""
        self._server = await asyncio.start_server(self._on_connected, "127.0.0.1", port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        self._server.close()
        for port in list(self.connections):
            self.reset(port)

    def reset(self, port: int) -> None:
        """Reset a connection: the client gets an RST, and no byte more."""
        connection = self.connections.pop(port, None)
        if connection:
            raw = connection.near.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            connection.near.transport.abort()
            connection.far.transport.abort()

    def end(self, port: int) -> None:
        """End a connection in order: the client gets a FIN behind what is on its way."""
        connection = self.connections.pop(port, None)
        if connection:
            connection.near.close()
            connection.far.close()

    def freeze(self, port: int) -> None:
        """Leave a connection half open: it stays, and nothing passes any more."""
        if port in self.connections:
            self.connections[port].is_frozen = True

    async def _on_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self.to_port)
        except OSError:
            writer.close()
            return
        port = to_server.get_extra_info("sockname")[1]
        connection = self.connections[port] = _Connection(writer, to_server)
        try:
            await asyncio.gather(
                self._pass_on(reader, to_server, connection), self._pass_on(from_server, writer, connection)
            )
        finally:
            self.connections.pop(port, None)
            writer.close()
            to_server.close()

    @staticmethod
    async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter, connection: _Connection) -> None:
        try:
            while data := await source.read(_CHUNK):
                if not connection.is_frozen:
                    sink.write(data)
                    await sink.drain()
            if not connection.is_frozen and sink.can_write_eof():
                sink.write_eof()
        except OSError:
            sink.close()
