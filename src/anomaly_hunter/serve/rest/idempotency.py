"""`Idempotency-Key`: a request that is sent again (the answer was lost) is done once and answered twice.

What a request does and what it is answered are kept in one transaction: a server that is killed has done
both or neither, and the next one knows which. Nothing is held for a request that is under way, so nothing
has to be given up: the same request beside it waits for the transaction, as every other writer does.
"""

from __future__ import annotations

import asyncio
import hmac
import re
from contextlib import suppress
from functools import partial
from hashlib import sha256
from typing import Annotated, Final, TypeAlias

from anyio import CapacityLimiter, to_thread
from fastapi import Depends
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from anomaly_hunter.errors import HunterError
from anomaly_hunter.remember.serving.replies import Asked, Replies, Reply
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.rest.bounds import read_body, replayed
from anomaly_hunter.serve.rest.problem import Problem, of_error, response
from anomaly_hunter.serve.site import TRANSACTION, Site

HEADER: Final = "idempotency-key"
REPLAYED: Final = "idempotency-replayed"
AT_ONCE: Final = 8
"""Requests with a key that are done side by side; within an organisation they wait for each other."""

_UNSAFE: Final = ("POST", "PUT", "PATCH", "DELETE")
_API: Final = "/api/v1/"
_HUNTING: Final = ("/api/v1/detect", "/api/v1/hunts")
"""Too long for a transaction that others wait for: they keep their answer where they keep what is found."""
_BY_NATURE: Final = re.compile(r"/api/v1/(detection/run|jobs/[^/]*|me/password)")
"""Keeps nothing; or done twice is done once."""
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS: Final = ("content-type", "location", "link")
_STATE: Final = "asked"


class Idempotency:
    """Keeps what succeeded for a day. What was refused had no effect, and is not kept.

    An answer that says ``Cache-Control: no-store`` holds a secret (a new key) and is not kept either.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site
        self._threads = CapacityLimiter(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, or answer as before."""
        caller = scope.get("state", {}).get("caller")
        if not isinstance(caller, Caller) or not _may_have_a_key(scope):
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope)[HEADER]
        if not _KEY.fullmatch(given):
            problem = Problem(400, "Bad request", f"the Idempotency-Key has {len(given)} characters",
                              "1 to 255 printable ASCII characters", "send a UUID")  # fmt: skip
            await response(scope, problem)(scope, receive, send)
            return
        body = await read_body(receive)
        asked = _digests(scope, caller, given, body)
        if scope["path"] in _HUNTING:
            scope["state"][_STATE] = asked
            await self._app(scope, replayed(body, receive), send)
            return
        once = partial(self._once, scope, body, caller, asked)
        try:
            answer = await to_thread.run_sync(once, limiter=self._threads)
        except HunterError as error:
            await response(scope, of_error(error))(scope, receive, send)
            return
        for message in answer:
            await send(message)

    def _once(self, scope: Scope, body: bytes, caller: Caller, asked: Asked) -> list[Message]:
        """Do it and keep the answer, or find the answer: all of it, or nothing, before anything is sent."""
        heard = _Heard()
        with suppress(_Refused), self._site.memory(caller).at_once() as store:
            replies = Replies(store)
            before = replies.before(asked)
            if before is not None:
                return _again(before)
            scope["state"][TRANSACTION] = store
            try:
                # In a loop of its own: all threads of the server's loop may wait for this very transaction.
                asyncio.run(self._answer(scope, body, heard.send))
            finally:
                del scope["state"][TRANSACTION]
            if not heard.succeeded:
                raise _Refused
            if not heard.secret:
                replies.keep(asked, heard.reply())
        return heard.messages

    async def _answer(self, scope: Scope, body: bytes, send: Send) -> None:
        await self._app(scope, replayed(body, _nothing), send)


async def _asked(request: Request) -> Asked | None:
    found = request.scope.get("state", {}).get(_STATE)
    return found if isinstance(found, Asked) else None


Once: TypeAlias = Annotated[Asked | None, Depends(_asked)]
"""An endpoint's parameter, where it keeps its answer itself: the request that is to be done once."""


def as_before(answer: Response) -> Response:
    """The answer, which says that it was given before."""
    answer.headers[REPLAYED] = "true"
    return answer


class _Refused(Exception):  # noqa: N818 - no error: it takes back what was begun
    """What was answered is no success."""


class _Heard:
    """Listens to an answer, which is sent later."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def send(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def succeeded(self) -> bool:
        return bool(self.messages) and 200 <= self.messages[0]["status"] < 300

    @property
    def secret(self) -> bool:
        return self._headers.get("cache-control") == "no-store"

    @property
    def _headers(self) -> Headers:
        return Headers(raw=self.messages[0].get("headers", []))

    def reply(self) -> Reply:
        headers = {name: self._headers[name] for name in _KEPT_HEADERS if name in self._headers}
        body = b"".join(message.get("body", b"") for message in self.messages)
        return Reply(self.messages[0]["status"], headers, body)


def _again(reply: Reply) -> list[Message]:
    answer = as_before(Response(reply.body, reply.status, dict(reply.headers)))
    return [
        {"type": "http.response.start", "status": answer.status_code, "headers": answer.raw_headers},
        {"type": "http.response.body", "body": answer.body},
    ]


async def _nothing() -> Message:
    """Nothing more comes; who asked may hang up, which changes nothing any more."""
    found: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
    return await found


def _may_have_a_key(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] in _UNSAFE
        and scope["path"].startswith(_API)
        and not _BY_NATURE.fullmatch(scope["path"])
        and HEADER in Headers(scope=scope)
    )


def _digests(scope: Scope, caller: Caller, given: str, body: bytes) -> Asked:
    """Of the key with who asked and what they may do now, and of what was asked with it."""
    who = "\x1f".join((caller.way, caller.name, caller.id, caller.role, given)).encode(
        "utf-8", "surrogatepass"
    )
    what = b"\x1f".join((scope["method"].encode(), scope["path"].encode("utf-8", "surrogatepass"),
                         scope.get("query_string", b""), body))  # fmt: skip
    # With the key, which is kept nowhere: a body may hold a password that a bare digest would let guess.
    return Asked(sha256(who).hexdigest(), hmac.digest(given.encode(), what, "sha256").hex())
