"""The door: every request passes it once, and carries from then on who makes it."""

from __future__ import annotations

from functools import partial
from typing import Final
from urllib.parse import quote

from anyio import CapacityLimiter, to_thread
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from anomaly_hunter.errors import HunterError
from anomaly_hunter.serve.guard import origins
from anomaly_hunter.serve.guard.arriving import Arriving
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.guard.csrf import brought
from anomaly_hunter.serve.guard.entrance import Entrance
from anomaly_hunter.serve.guard.needs import not_signed_in
from anomaly_hunter.serve.guard.scopes import changes, is_public, may_change
from anomaly_hunter.serve.guard.written import Noting
from anomaly_hunter.serve.rest.problem import Problem, of_error, response

AT_ONCE: Final = 8
"""Requests whose caller is looked up at the same time; endpoints have threads of their own."""


class Door:
    """Says who calls and turns away who may not; what is left to endpoints is the role they ask for
    (:mod:`anomaly_hunter.serve.guard.needs`)."""

    def __init__(self, app: ASGIApp, entrance: Entrance) -> None:
        self._app = app
        self._entrance = entrance
        self._threads = CapacityLimiter(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put the caller into the request's state, or answer that nobody comes in."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        arriving = Arriving.of(scope)
        try:
            caller = await self._caller(arriving)
            receive = await _judged(arriving, caller, receive)
        except Problem as problem:
            await _refused(arriving, problem, scope)(scope, receive, send)
            return
        except HunterError as error:  # the store is busy, or gone
            await _refused(arriving, of_error(error), scope)(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        if caller is not None:
            state["caller"] = caller
            if changes(arriving):
                noting = Noting(self._entrance.store, arriving, caller, scope)
                await noting.run(self._app, receive, send)
                return
        await self._app(scope, receive, send)

    async def _caller(self, arriving: Arriving) -> Caller | None:
        origins.check(arriving, self._entrance.options)
        if not self._entrance.options.sign_in:
            return self._entrance.caller(arriving)
        if arriving.bearer is None and "cookie" not in arriving.headers:
            return None
        if arriving.path.startswith("/static/"):
            return None
        return await to_thread.run_sync(partial(self._entrance.caller, arriving), limiter=self._threads)


async def _judged(arriving: Arriving, caller: Caller | None, receive: Receive) -> Receive:
    if caller is None:
        if not is_public(arriving.path):
            raise not_signed_in()
        return receive
    if caller.way == "session" and not arriving.safe and not is_public(arriving.path):
        receive = await brought(arriving, caller.csrf, receive)
    if not may_change(caller.role, arriving):
        if caller.way == "key":
            raise Problem(
                403, "Not allowed", f"the key {caller.name} only reads",
                "one with the scope respond, or detect", "make one with `hunter keys add`",
            )  # fmt: skip
        raise Problem(403, "Not allowed", f"{caller.name} is a {caller.role}", "a responder", "ask an admin")
    return receive


def _refused(arriving: Arriving, problem: Problem, scope: Scope) -> ASGIApp:
    """The answer: a page for people who have to sign in, a problem for everybody else."""
    if arriving.websocket:
        return _closed
    here = quote(arriving.path + (f"?{arriving.query}" if arriving.query else ""), safe="")
    if problem.status == 401 and "hx-request" in arriving.headers:
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    if problem.status == 401 and arriving.is_page and arriving.bearer is None:
        return RedirectResponse(f"/sign-in?next={here}" if here != "%2F" else "/sign-in", 303)
    if problem.status == 401:
        problem.headers["WWW-Authenticate"] = "Bearer"
    return response(scope, problem)


async def _closed(scope: Scope, receive: Receive, send: Send) -> None:
    """A WebSocket that is not accepted is answered with 403."""
    await send({"type": "websocket.close", "code": 1008, "reason": "not allowed"})
