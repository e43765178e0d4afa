"""The door: every request passes it once, and carries from then on who makes it."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.site import Site


class Door:
    """Says who calls; endpoints say whom they let do what (:mod:`anomaly_hunter.serve.guard.needs`)."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put the caller into the request's state."""
        if scope["type"] != "lifespan":
            organisation = self._site.settings.remember.organisation
            scope.setdefault("state", {})["caller"] = Caller("local", "admin", organisation, "local")
        await self._app(scope, receive, send)
