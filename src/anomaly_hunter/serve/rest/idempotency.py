"""`Idempotency-Key`: a request that is sent again (the answer was lost) is done once and answered twice."""

from __future__ import annotations

import hmac
import re
from contextlib import suppress
from hashlib import sha256
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from anomaly_hunter.errors import HunterError, StoreError
from anomaly_hunter.remember.serving.replies import Replies, Reply
from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.rest.bounds import read_body, replayed
from anomaly_hunter.serve.rest.problem import Problem, of_error, response
from anomaly_hunter.serve.site import Site

HEADER: Final = "idempotency-key"
REPLAYED: Final = "idempotency-replayed"
_UNSAFE: Final = ("POST", "PUT", "PATCH", "DELETE")
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS: Final = ("content-type", "location", "link")
_LARGEST: Final = 5_000_000
"""Bytes of an answer that is kept; a longer one is not, and its request would be done again."""


class Idempotency:
    """Keeps what succeeded for a day. What was refused had no effect, and is not kept.

    An answer that says ``Cache-Control: no-store`` holds a secret (a new key) and is not kept either.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, or answer as before."""
        caller = scope.get("state", {}).get("caller")
        given = Headers(scope=scope).get(HEADER) if scope["type"] == "http" else None
        if given is None or scope["method"] not in _UNSAFE or not isinstance(caller, Caller):
            await self._app(scope, receive, send)
            return
        if not _KEY.fullmatch(given):
            problem = Problem(400, "Bad request", f"the Idempotency-Key has {len(given)} characters",
                              "1 to 255 printable ASCII characters", "send a UUID")  # fmt: skip
            await response(scope, problem)(scope, receive, send)
            return
        body = await read_body(receive)
        key, request = _digests(scope, caller, given, body)
        replies = Replies(self._site.memory(caller))
        try:
            before = await run_in_threadpool(replies.claim, key, request)
        except HunterError as error:
            await response(scope, of_error(error))(scope, receive, send)
            return
        if before is not None:
            headers = {**before.headers, REPLAYED: "true"}
            await Response(before.body, before.status, headers)(scope, receive, send)
            return
        await self._answered(scope, replayed(body, receive), send, replies, key)

    async def _answered(self, scope: Scope, receive: Receive, send: Send, replies: Replies, key: str) -> None:
        heard = _Heard(send)
        try:
            await self._app(scope, receive, heard.send)
        finally:
            reply = heard.reply()
            with suppress(StoreError):  # the answer is sent; the key stays in use until it is given up
                if reply is None:
                    await run_in_threadpool(replies.forget, key)
                else:
                    await run_in_threadpool(replies.keep, key, reply)


class _Heard:
    """Listens to an answer while it is sent."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._status = 0
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._whole = False
        self._secret = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = Headers(raw=message.get("headers", []))
            self._secret = headers.get("cache-control") == "no-store"
            self._headers = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
        elif message["type"] == "http.response.body" and len(self._body) <= _LARGEST:
            self._body += message.get("body", b"")
            self._whole = not message.get("more_body", False)
        await self._send(message)

    def reply(self) -> Reply | None:
        """What was sent, where it is to be kept."""
        if 200 <= self._status < 300 and self._whole and not self._secret and len(self._body) <= _LARGEST:
            return Reply(self._status, self._headers, bytes(self._body))
        return None


def _digests(scope: Scope, caller: Caller, given: str, body: bytes) -> tuple[str, str]:
    """Of the key with who asked and what they may do now, and of what was asked with it."""
    who = "\x1f".join((caller.way, caller.name, caller.id, caller.role, given)).encode(
        "utf-8", "surrogatepass"
    )
    what = b"\x1f".join((scope["method"].encode(), scope["path"].encode("utf-8", "surrogatepass"),
                         scope.get("query_string", b""), body))  # fmt: skip
    # With the key, which is kept nowhere: a body may hold a password that a bare digest would let guess.
    return sha256(who).hexdigest(), hmac.digest(given.encode(), what, "sha256").hex()
