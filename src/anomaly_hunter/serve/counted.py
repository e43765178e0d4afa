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
                route = getattr(scope.get("route"), "path", "") or "(none)"
                self._counts.requested(_METHODS.get(scope["method"], "OTHER"), route, message["status"],
                                       time.perf_counter() - began)  # fmt: skip
            await send(message)

        await self._app(scope, receive, counting)


_METHODS = {name: name for name in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")}
