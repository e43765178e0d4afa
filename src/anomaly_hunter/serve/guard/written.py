"""Every request that changes something is written to the audit log, before its answer leaves.

No endpoint can forget it. One that wrote a richer entry itself, in the transaction of the change,
says so with :func:`told`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from anomaly_hunter.errors import HunterError
from anomaly_hunter.remember.people.audit import Audit
from anomaly_hunter.remember.people.people import of_organisation
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.guard.arriving import Arriving
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.rest.problem import Problem, response


def told(request: Request) -> None:
    """What this request did stands in the audit log already."""
    request.state.told = True


class Noting:
    """What a caller's request sends, with the entry written before the answer's first part leaves.

    Refusals of wrong input are not written: nothing was changed. A failed write is answered with
    503, so that nothing is reported as done of which the log does not know.
    """

    def __init__(self, store: Store, arriving: Arriving, caller: Caller, scope: Scope) -> None:
        self._log = Audit(of_organisation(store, caller.organisation))
        self._arriving = arriving
        self._caller = caller
        self._scope = scope
        self._begun = False
        self._silent = False

    async def run(self, app: ASGIApp, receive: Receive, send: Send) -> None:
        """Answer the request; one that fails before its answer begins is written as failed."""
        try:
            await app(self._scope, receive, partial(self._send, send))
        finally:
            if not self._begun:
                await self._note(500)

    async def _send(self, send: Send, message: Message) -> None:
        if self._silent:
            return
        if not self._begun and message["type"] == "http.response.start":
            self._begun = True
            status = message["status"]
            problem = await self._note(status) if _counts(status, self._scope) else None
            if problem is not None and status < 400:  # what was refused anyway may say so itself
                self._silent = True
                said = response(self._scope, problem)
                await send({"type": "http.response.start", "status": 503, "headers": said.raw_headers})
                await send({"type": "http.response.body", "body": said.body})
                return
        await send(message)

    async def _note(self, status: int) -> Problem | None:
        caller, arriving = self._caller, self._arriving
        route: Any = getattr(self._scope.get("route"), "path", "")
        detail = {"route": route, "status": status, "way": caller.way, "id": caller.id}
        action = f"request.{arriving.method.lower()}"
        entry = partial(self._log.record, caller.name, action, arriving.path, detail, caller.address)
        try:
            await to_thread.run_sync(entry)
        except HunterError as error:
            return Problem(
                503, "Not written down",
                f"answered with {status}; the audit log cannot be written: {error.came}",
                "a memory that can be written", "look whether it was done before you try again",
            )  # fmt: skip
        return None


def _counts(status: int, scope: Scope) -> bool:
    told = scope.get("state", {}).get("told", False)
    return not told if status < 400 else status == 403 or status >= 500
