"""The HTTP client behind every model: bounded answers, no redirects, no plain HTTP that nobody asked for."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from functools import cache
from typing import Final
from urllib.parse import urlsplit

import httpx2

from anomaly_hunter.errors import ConfigError

MOST_BYTES: Final = 2_000_000
"""An answer of a model is some kB; what is larger than this is not one."""
CONNECT_SECONDS: Final = 10.0
"""Where nobody answers for so long, nobody will."""


class AnswerRefusedError(Exception):
    """An answer is not read any further; the text says why."""


def client_for(base_url: str) -> httpx2.AsyncClient:
    """A client for one server.

    TLS is verified; proxies and certificates of the environment are honoured. A connection serves one
    request, so that nothing stays open behind an event loop that has ended.
    """
    plain = base_url.lower().startswith("http://")

    async def refuse_plain(request: httpx2.Request) -> None:
        if request.url.scheme != "https" and not plain:
            raise AnswerRefusedError("it would have been sent without encryption")

    async def connect_soon(request: httpx2.Request) -> None:
        # The time that a request has is sent along for each of its phases, all of it.
        timeout = request.extensions.get("timeout", {})
        connect = min(timeout.get("connect") or CONNECT_SECONDS, CONNECT_SECONDS)
        request.extensions = {**request.extensions, "timeout": {**timeout, "connect": connect}}

    return httpx2.AsyncClient(
        verify=_trusted(),
        timeout=httpx2.Timeout(600.0, connect=CONNECT_SECONDS),
        limits=httpx2.Limits(max_keepalive_connections=0),
        headers={"accept-encoding": "identity"},  # what is unpacked could be of any size
        follow_redirects=False,
        event_hooks={"request": [refuse_plain, connect_soon], "response": [_bound]},
    )


def checked_url(base_url: str) -> str:
    """The base URL as it was given; raises ConfigError where it is none.

    >>> checked_url("http://localhost:4000/v1")
    'http://localhost:4000/v1'
    """
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise ConfigError(
            "the base_url of a model is no address that can be used",
            "http(s)://HOST/v1, without a name or password in it",
            "the key belongs into the environment; `key` names the variable",
        )
    return base_url


@cache
def _trusted() -> ssl.SSLContext:
    """Whom TLS trusts, read once: that takes 20 ms."""
    return httpx2.create_ssl_context()


async def _bound(response: httpx2.Response) -> None:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise AnswerRefusedError("its answer is packed, which was not asked for")
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(response.stream)


class _Bounded(httpx2.AsyncByteStream):
    """A body that ends with an error where it gets too long."""

    def __init__(self, body: httpx2.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for piece in self._body:
            size += len(piece)
            if size > MOST_BYTES:
                raise AnswerRefusedError(f"its answer is larger than {MOST_BYTES // 1_000_000} MB")
            yield piece

    async def aclose(self) -> None:
        await self._body.aclose()
