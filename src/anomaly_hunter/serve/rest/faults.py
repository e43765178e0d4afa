"""Faults of ours: answered within the other layers, so that their answers are headed and counted too."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from anomaly_hunter.serve.rest.problem import fault, response


class Faults:
    """Answers 500 where nothing was answered yet, and raises on: the log shows the place by the request's id.

    The framework would answer outside of all layers: without security headers, id and count.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception:
            if not begun:
                await response(scope, fault())(scope, receive, send)
            raise
