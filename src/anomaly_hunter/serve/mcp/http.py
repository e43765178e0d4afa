"""Streamable HTTP: on this machine only, unless a token guards it."""

from __future__ import annotations

import hmac
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import anyio
import uvicorn
from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from anomaly_hunter.errors import UsageError
from anomaly_hunter.serve.loopback import is_loopback
from anomaly_hunter.serve.mcp.desk import Desk
from anomaly_hunter.serve.mcp.server import server_of

SHORTEST_TOKEN: Final = 16
_CONNECTIONS: Final = 100
_SESSIONS: Final = 100
_GOODBYE_S: Final = 2
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, and who may come.

    Attributes
    ----------
    host, port:
        What to bind to; port 0: any that is free.
    token:
        What a client must show; "" = none, which only a loopback address allows.
    names:
        Names that clients may call this server by in the Host header, besides its address.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    token: str = field(default="", repr=False)
    names: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not is_loopback(self.host) and not self.token:
            raise UsageError(
                f"{self.host} can be reached from other machines and no token is set",
                "a loopback address (127.0.0.1), or a token",
                "set a variable to a long random text and name it with --token-env",
            )

    def security(self, port: int) -> TransportSecuritySettings:
        """Which Host and Origin headers pass: a web page elsewhere must not reach this server."""
        own = f"[{self.host}]" if ":" in self.host else self.host
        names = list(dict.fromkeys([own, *self.names, *(_LOOPBACK if is_loopback(self.host) else ())]))
        hosts = [f"{name}:{port}" for name in names] + list(self.names)
        return TransportSecuritySettings(
            enable_dns_rebinding_protection=True,
            allowed_hosts=hosts,
            allowed_origins=[f"{scheme}://{host}" for scheme in ("http", "https") for host in hosts],
        )


def token_of(name: str, environment: Mapping[str, str] | None = None) -> str:
    """The token in the environment variable ``name``; "" where no name is given.

    Raises
    ------
    UsageError
        It is not set, short, or no token can look like it.
    """
    if not name:
        return ""
    token = (os.environ if environment is None else environment).get(name, "")
    if len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(
            f"the variable {name} holds no token",
            f"at least {SHORTEST_TOKEN} letters and digits",
            f'export {name}="$(openssl rand -hex 32)"',
        )
    return token


class RequireToken:
    """Lets requests through that carry the token; compared in constant time."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = f"Bearer {token}".encode("ascii")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 without the token; what is no request (start, stop) passes."""
        if scope["type"] != "lifespan":
            shown = Headers(scope=scope).get("authorization", "").encode("utf-8", "replace")
            if not hmac.compare_digest(shown, self._token):
                headers = {"WWW-Authenticate": "Bearer"}
                await PlainTextResponse("a token is needed", 401, headers)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def serve_http(desk: Desk, address: Address) -> None:
    """Answer at http://HOST:PORT/mcp until interrupted.

    Raises
    ------
    UsageError
        The address cannot be listened at.
    """
    with _listening(address) as listening:
        port = listening.getsockname()[1]
        app: ASGIApp = server_of(desk).streamable_http_app(
            transport_security=address.security(port),
            max_request_body_size=desk.limits.request_bytes,
            max_sessions=_SESSIONS,
            host=address.host,
        )
        if address.token:
            app = RequireToken(app, address.token)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=_CONNECTIONS,
            timeout_graceful_shutdown=_GOODBYE_S,
            ws="none",
        )
        shown = f"[{address.host}]" if ":" in address.host else address.host
        print(f"hunter: MCP at http://{shown}:{port}/mcp", file=sys.stderr, flush=True)  # noqa: T201 - for people
        try:
            anyio.run(lambda: uvicorn.Server(config).serve(sockets=[listening]))
        finally:
            desk.close()


def _listening(address: Address) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        return socket.create_server((address.host, address.port), family=family)
    except OSError as error:
        raise UsageError(
            f"{address.host}:{address.port} cannot be listened at ({error.strerror or error})",
            "a free port of this machine",
            "choose another with --port",
        ) from error
