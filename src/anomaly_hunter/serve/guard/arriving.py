"""A request as the door sees it: what is needed to judge it, before anything is read of its body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.types import Scope

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""


@dataclass(frozen=True, slots=True)
class Arriving:
    """A request, or a WebSocket that wants to be opened.

    Attributes
    ----------
    scheme:
        http, https, ws or wss, as this server was reached.
    method:
        In capitals; a WebSocket is a GET.
    path:
        What stands before ``?``.
    query:
        What stands behind it.
    headers:
        By name in lower case. One that came twice has both values joined by ", ": no check takes that.
    peer:
        The address at the other end of the connection.
    websocket:
        Whether it wants to become one.
    """

    scheme: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    peer: str
    websocket: bool = False

    @classmethod
    def of(cls, scope: Scope) -> Arriving:
        """Of an ASGI scope."""
        headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1")
            headers[key] = f"{headers[key]}, {text}" if key in headers else text
        client = scope.get("client")
        return cls(
            scope.get("scheme", "http"), scope.get("method", "GET").upper(), scope["path"],
            scope.get("query_string", b"").decode("latin-1"), headers, client[0] if client else "",
            scope["type"] == "websocket",
        )  # fmt: skip

    @property
    def safe(self) -> bool:
        """Whether its method says that it changes nothing."""
        return self.method in SAFE

    @property
    def is_page(self) -> bool:
        """Whether a person in a browser waits for a page, not a program for an answer."""
        programs = self.path.startswith("/api/") or self.path == "/metrics"
        return self.safe and not self.websocket and not programs

    def cookie(self, name: str) -> str:
        """A cookie; "" where it did not come, or not as a cookie should."""
        given = self.headers.get("cookie", "")
        if name not in given:
            return ""
        try:
            found = SimpleCookie(given).get(name)
        except CookieError:
            return ""
        return found.value if found else ""

    @property
    def bearer(self) -> str | None:
        """What came as `Authorization: Bearer ...`; "" for another way, None where nothing came."""
        given = self.headers.get("authorization")
        if given is None:
            return None
        way, _, secret = given.strip().partition(" ")
        return secret.strip() if way.lower() == "bearer" else ""
