"""Connections that do not get on with their request are closed: they would hold a place for ever."""

from __future__ import annotations

import asyncio
import resource
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES: Final = 128_000
"""Address and headers of a request; an address may have 32,000 itself."""
_LOOKS: Final = 30
"""So many times in its patience it is looked how a body comes along."""
_SPARED: Final = 200
"""Files that the server opens for itself: the store, workers, uploads."""


def _places() -> int:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1_000_000 if files == resource.RLIM_INFINITY else max(100, files - _SPARED)


class Connection(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, with bounds for how a request comes: how long, how slowly, how many at once.

    Who is too slow is answered with 408, where anything came, and hung up on. Time in which the server itself
    lets a body wait does not count.
    """

    head_s: ClassVar[float] = 20.0
    """How long address and headers may take, from the connection's first moment on."""
    body_s: ClassVar[float] = 30.0
    """How long a body may stand still; ``body_rate`` bytes win back a second."""
    body_rate: ClassVar[float] = 10_000.0
    most: ClassVar[int] = _places()
    """Connections at once; for one more the one gives way that has asked nothing for longest."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._head_bytes = 0
        self._in_body = False
        self._hurry: asyncio.TimerHandle | None = None
        self._patience_s = 0.0
        self._idle_since = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A request is to come soon."""
        super().connection_made(transport)
        self._hurry = self.loop.call_later(self.head_s, self._give_up)
        if len(self.connections) > self.most:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """There is nothing more to wait for."""
        self._come()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A part of a head or a body."""
        if self._in_body:
            self._patience_s = min(self.body_s, self._patience_s + len(data) / self.body_rate)
        else:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_body:
            if self._hurry is None:
                self._patience_s = self.body_s
                self._look_again()
        elif self._head_bytes > HEAD_BYTES:
            self.transport.close()
        elif self._head_bytes and self._hurry is None:
            self._hurry = self.loop.call_later(self.head_s, self._give_up)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._come()
        self._in_body, self._head_bytes = True, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The next one may come."""
        self._come()
        self._in_body = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Who was answered may ask again."""
        self._idle_since = self.loop.time()
        super().on_response_complete()

    def _come(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None

    # ------------------------------------------------------------ too slow

    def _look_again(self) -> None:
        self._hurry = self.loop.call_later(self.body_s / _LOOKS, self._look)

    def _look(self) -> None:
        """Whether the body comes along."""
        if not self.flow.read_paused:
            self._patience_s -= self.body_s / _LOOKS
        if self._patience_s > 0:
            self._look_again()
        else:
            self._give_up()

    def _give_up(self) -> None:
        """Say so where nothing was said yet and who asks has begun to; then hang up."""
        self._hurry = None
        if self._in_body:
            silent = bool(self.pipeline) or self.cycle.response_started
        else:
            silent = not self._head_bytes or not self._answered
        if not silent:
            self.transport.write(_too_slow("body" if self._in_body else "head"))
        self.transport.close()

    # ------------------------------------------------------------ too many

    def _make_room(self) -> None:
        idle = [one for one in self.connections if isinstance(one, Connection) and one.idle]
        longest = min(idle, key=lambda one: one._idle_since, default=self)
        longest.transport.close()

    @property
    def idle(self) -> bool:
        """Whether nobody waits for an answer here, or sends a body."""
        return self._answered and not self._in_body and not self.transport.is_closing()

    @property
    def _answered(self) -> bool:
        return self.cycle is None or bool(self.cycle.response_complete)


def patient(body_s: float) -> type[Connection]:
    """Connections that wait so many seconds for a body that stands still."""
    return type("Connection", (Connection,), {"body_s": body_s})


def _too_slow(part: str) -> bytes:
    from anomaly_hunter.serve.rest.problem import MEDIA_TYPE, Problem
    from anomaly_hunter.tell.document import dump

    problem = Problem(
        408, "Too slow", f"the {part} of the request did not come in time", "one that comes along",
        "send it again, faster or in parts, or let the server wait longer (serve.body_seconds)",
    )  # fmt: skip
    body = dump(problem.document()).encode()
    head = (
        "HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n"
        f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
