"""A TCP line that can be cut: how an outage of PostgreSQL looks from a service, without stopping
the server that the other tests use."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Self
from urllib.parse import urlsplit

# What a PostgreSQL server that is still starting answers to everybody.
STARTING = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"


class Wire:
    def __init__(self, host: str, port: int) -> None:
        self.target = host, port
        self.port = 0
        self.starting = False
        self.server: asyncio.Server | None = None
        self.ends: set[asyncio.StreamWriter] = set()

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str) -> AsyncIterator[Self]:
        there = urlsplit(url)
        assert there.hostname and there.port
        made = cls(there.hostname, there.port)
        await made.mend()
        made.url = url.replace(f":{there.port}/", f":{made.port}/")
        try:
            yield made
        finally:
            await made.cut()

    url: str

    async def mend(self) -> None:
        self.starting = False
        if self.server is None:
            self.server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
            self.port = self.server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Connections break, new ones are refused."""
        if self.server is not None:
            self.server.close()
            self.server = None
        self.hang_up()

    def hang_up(self) -> None:
        for end in self.ends:
            end.transport.abort()
        self.ends.clear()

    def restart(self) -> None:
        """Connections break; new ones hear that the server is starting up, until `mend`."""
        self.starting = True
        self.hang_up()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.starting:
            return await _decline(reader, writer)
        there, back = await asyncio.open_connection(*self.target)
        self.ends |= {writer, back}
        await asyncio.gather(_pour(reader, back), _pour(there, writer))
        self.ends -= {writer, back}


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while some := await source.read(65_536):
            sink.write(some)
            await sink.drain()
    sink.close()


async def _decline(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(8)  # may be a request for TLS, which we have not
    writer.write(b"N")
    with suppress(OSError):
        await reader.read(1_000)
        writer.write(b"E" + (len(STARTING) + 4).to_bytes(4, "big") + STARTING)
        await writer.drain()
    writer.close()
