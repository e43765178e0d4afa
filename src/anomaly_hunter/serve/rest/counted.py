"""Counts every request by route and status."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from anomaly_hunter.serve.counts import Counts


class Counted:
    """Outermost of all, so that what others refuse is counted too. A stream counts when it begins."""

    def __init__(self, app: ASGIApp, counts: Counts) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, and see with what status it comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                seconds = time.perf_counter() - began
                self._counts.requested(
                    _METHODS.get(scope["method"], "OTHER"), route_of(scope), message["status"], seconds
                )
            await send(message)

        await self._app(scope, receive, counting)


def route_of(scope: Scope) -> str:
    """The pattern of the address, never the address itself: those are without number.

    >>> route_of({"path": "/favicon.ico"})
    '(none)'
    """
    pattern: str = getattr(scope.get("route"), "path", "")
    if not pattern:
        return "(none)"
    outer = scope["path"].startswith(_API) and not pattern.startswith(_API)
    return f"{_API}{pattern}" if outer else pattern


_API = "/api/v1"
_METHODS = {name: name for name in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")}
