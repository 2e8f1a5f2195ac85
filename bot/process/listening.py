"""A listener with a time limit for headers and a limit of connections, so that strangers cannot block it.

aiohttp waits forever for the first request of a connection. Here a connection is closed if its headers are
not complete in time.
"""

import asyncio
from typing import cast

from aiohttp import web

HEADER_SECONDS = 10.0
MOST_CONNECTIONS = 100
_END_OF_HEADERS = b"\r\n\r\n"


class GuardedSite(web.TCPSite):
    def __init__(
        self, runner: web.AppRunner, host: str, port: int, *, most_connections: int | None = None
    ) -> None:
        super().__init__(runner, host, port)
        self._most = MOST_CONNECTIONS if most_connections is None else most_connections
        self._connections: set[_Guard] = set()

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is taken or not allowed.
        """
        server = self._runner.server
        await web.BaseSite.start(self)
        self._server = await asyncio.get_running_loop().create_server(
            lambda: _Guard(cast(asyncio.Protocol, server()), self._connections, self._most),  # type: ignore[misc]  # the runner is set up by now
            self._host,
            self._port,
            backlog=self._backlog,
        )


class _Guard(asyncio.Protocol):
    """Passes a connection on to aiohttp; closes it if there are too many or its headers come too late."""

    def __init__(self, inner: asyncio.Protocol, connections: "set[_Guard]", most: int) -> None:
        self._inner = inner
        self._connections = connections
        self._most = most
        self._tail = b""
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._inner.connection_made(transport)
        wire = cast(asyncio.Transport, transport)
        if len(self._connections) >= self._most:
            wire.abort()
            return
        self._connections.add(self)
        self._timer = asyncio.get_running_loop().call_later(HEADER_SECONDS, wire.abort)

    def data_received(self, data: bytes) -> None:
        if self._timer is not None:
            self._tail += data
            if _END_OF_HEADERS in self._tail:
                self._timer.cancel()
                self._timer = None
            self._tail = self._tail[-len(_END_OF_HEADERS) :]
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()
