"""Connections that do not get on with their request are closed: they would hold a place for ever."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES: Final = 128_000
"""Address and headers of a request; an address may have 32,000 itself."""


class Connection(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, with bounds for what comes before a body."""

    head_s: ClassVar[float] = 20.0
    """How long address and headers may take, from the connection's first moment on."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._head_bytes = 0
        self._in_body = False
        self._hurry: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A request is to come soon."""
        super().connection_made(transport)
        self._hurry = self.loop.call_later(self.head_s, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """There is nothing more to wait for."""
        self._come()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A part of a head or a body."""
        if not self._in_body:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_body or not self._head_bytes:
            return
        if self._head_bytes > HEAD_BYTES:
            self.transport.close()
        elif self._hurry is None:
            self._hurry = self.loop.call_later(self.head_s, self.transport.close)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._come()
        self._in_body, self._head_bytes = True, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The next one may come."""
        self._in_body = False
        super().on_message_complete()

    def _come(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None
