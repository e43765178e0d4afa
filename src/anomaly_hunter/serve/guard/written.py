"""Every request that changes something is written to the audit log, before its answer leaves.

No endpoint can forget it. One that wrote a richer entry itself, in the transaction of the change,
says so with :func:`told`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.types import Message, Scope, Send

from anomaly_hunter.errors import HunterError
from anomaly_hunter.remember.audit import Audit
from anomaly_hunter.remember.people import of_organisation
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve.guard.arriving import Arriving
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.guard.scopes import changes
from anomaly_hunter.serve.problem import Problem, response


def told(request: Request) -> None:
    """What this request did stands in the audit log already."""
    request.state.told = True


def written(store: Store, arriving: Arriving, caller: Caller, scope: Scope, send: Send) -> Send:
    """A ``send`` that writes the entry before it lets the answer's first part through.

    Refusals for wrong input are not written: nothing was changed. A failed write is answered with
    503, so that nothing is reported as done of which the log does not know.
    """
    if not changes(arriving):
        return send
    silent = False

    async def noting(message: Message) -> None:
        nonlocal silent
        if silent:
            return
        if message["type"] == "http.response.start" and _counts(message["status"], scope):
            problem = await _note(store, arriving, caller, scope, message["status"])
            if problem is not None:
                silent = True
                said = response(scope, problem)
                await send({"type": "http.response.start", "status": 503, "headers": said.raw_headers})
                await send({"type": "http.response.body", "body": said.body})
                return
        await send(message)

    return noting


def _counts(status: int, scope: Scope) -> bool:
    told = scope.get("state", {}).get("told", False)
    return not told if status < 400 else status == 403 or status >= 500


async def _note(
    store: Store, arriving: Arriving, caller: Caller, scope: Scope, status: int
) -> Problem | None:
    log = Audit(of_organisation(store, caller.organisation))
    route: Any = getattr(scope.get("route"), "path", "")
    detail = {"route": route, "status": status, "way": caller.way, "id": caller.id}
    action = f"request.{arriving.method.lower()}"
    entry = partial(log.record, caller.name, action, arriving.path, detail, caller.address)
    try:
        await to_thread.run_sync(entry)
    except HunterError as error:
        return Problem(
            503, "Not written down", f"answered with {status}; the audit log cannot be written: {error.came}",
            "a memory that can be written", "look whether it was done before you try again",
        )  # fmt: skip
    return None
