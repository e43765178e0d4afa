"""What a request may be, checked before it is parsed: its size, its depth, and JSON as it is defined."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from anomaly_hunter.serve.options import ServeOptions
from anomaly_hunter.serve.rest.problem import Problem, response

_LONG: Final = 1 << 16
"""Bytes from which a body is looked at beside the loop."""

_VALUES: Final = 4
"""Values of a JSON body for each point that a hunt may have: a time, a number, their names."""

_STEPS: Final = np.zeros(256, np.int8)
_STEPS[[ord("["), ord("{")]] = 1
_STEPS[[ord("]"), ord("}")]] = -1
_ALL_BUT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_PAIR: Final = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_HALF: Final = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


@dataclass(frozen=True, slots=True)
class Most:
    """Bounds of one request.

    Attributes
    ----------
    body_bytes:
        The whole body.
    values:
        Values of a JSON body: numbers, texts and names together.
    depth:
        Lists and objects inside each other.
    text_bytes:
        One text of a JSON body.
    query_bytes:
        What stands behind the ? of an address.
    """

    body_bytes: int = 64_000_000
    values: int = 8_000_000
    depth: int = 32
    text_bytes: int = 4_000_000
    query_bytes: int = 32_000

    @classmethod
    def of(cls, options: ServeOptions) -> Most:
        """Those of a server."""
        return cls(body_bytes=options.body_bytes, values=_VALUES * options.points)


class Bounds:
    """Refuses what is too much with 413 or 414, and what is no JSON with 400, before it is parsed."""

    def __init__(self, app: ASGIApp, most: Most) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request within the bounds; a JSON body is read whole, others while they come."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        counted = _Counted(receive, send, self._most.body_bytes)
        try:
            _check_address(scope, self._most)
            await self._app(scope, await self._read(Headers(scope=scope), counted.receive), counted.send)
        except Problem as problem:  # within the app its own handler is nearer
            await response(scope, problem)(scope, receive, send)
        except GoneError:
            pass
        if counted.over:
            await response(scope, _too_long(self._most.body_bytes))(scope, receive, send)

    async def _read(self, headers: Headers, receive: Receive) -> Receive:
        """Where the app gets the body from; checked already where it is JSON."""
        given = headers.get("content-length", "0")
        if given.isascii() and given.isdigit() and (len(given) > 18 or int(given) > self._most.body_bytes):
            raise _too_long(self._most.body_bytes)
        if not is_json(headers):
            return receive
        body = await read_body(receive)
        await check_body(body, self._most)
        return replayed(body, receive)


class _Counted:
    """The body as it comes, no longer than allowed, whatever was announced.

    Where it gets too long while the app reads it, what the app then says is not sent.
    """

    def __init__(self, receive: Receive, send: Send, most: int) -> None:
        self._receive = receive
        self._send = send
        self._left = most
        self.over = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self.over = True
            raise GoneError
        return message

    async def send(self, message: Message) -> None:
        if not self.over:
            await self._send(message)


class GoneError(Exception):
    """The body does not go on: who asked hung up, or sent too much."""


async def read_body(receive: Receive) -> bytes:
    """The whole body.

    Raises
    ------
    GoneError
        The client hung up in the middle.
    """
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneError
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def replayed(body: bytes, receive: Receive) -> Receive:
    """A body that was read, as if it came now; after that what really comes."""
    messages: Iterator[Message] = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def again() -> Message:
        return next(messages, None) or await receive()

    return again


async def check_body(body: bytes, most: Most) -> None:
    """:func:`check_json`, of a long one beside the loop."""
    if len(body) > _LONG:
        await run_in_threadpool(check_json, body, most)
    else:
        check_json(body, most)


def check_json(body: bytes, most: Most) -> None:
    """Raise a :class:`Problem` where a JSON text is too deep, too long, or holds what JSON does not know.

    >>> check_json(b'{"data": [1, 2.5, null], "name": "[[[["}', Most())
    >>> check_json(b"[NaN]", Most())
    Traceback (most recent call last):
    anomaly_hunter.serve.rest.problem.Problem: the body holds NaN or Infinity
    """
    if b"\x00" in body:
        raise Problem(400, "Not JSON", "the body is not in UTF-8, or holds a NUL", "UTF-8", "encode it so")
    plain = body
    if b"\\" in body:
        plain = body.replace(b"\\\\", b"__")
        if _HALF.search(_PAIR.sub(b"", plain)):
            raise Problem(400, "Not JSON", "the body holds half a character (a lone surrogate)",
                          "whole characters", r"leave \ud800 to \udfff out, or send pairs")  # fmt: skip
        plain = plain.replace(b'\\"', b"__")
    parts = plain.split(b'"')
    longest = max(map(len, parts[1::2]), default=0) if len(body) > most.text_bytes else 0
    if longest > most.text_bytes:
        raise _too_much(
            f"a text of {longest:,} bytes", f"{most.text_bytes:,}", "shorten it, or upload a file"
        )
    outside = b"".join(parts[::2])
    if b"N" in outside or b"I" in outside:
        raise Problem(400, "Not JSON", "the body holds NaN or Infinity", "numbers", "send null instead")
    if (values := outside.count(b",") + 1) > most.values:
        raise _too_much(f"{values:,} values", f"{most.values:,}", "send fewer, or upload a file in parts")
    brackets = outside.translate(None, _ALL_BUT_BRACKETS)
    if len(brackets) > 2 * most.values:
        raise _too_much(f"{len(brackets) // 2:,} lists and objects", f"{most.values:,}", "send fewer")
    if len(brackets) > most.depth and (depth := _depth(brackets)) > most.depth:
        raise _too_much(f"JSON {depth:,} levels deep", f"{most.depth}", "flatten it")


def _depth(brackets: bytes) -> int:
    """How deep brackets stand inside each other."""
    return int(np.cumsum(_STEPS[np.frombuffer(brackets, np.uint8)], dtype=np.int64).max())


def _too_much(came: str, most: str, cure: str) -> Problem:
    return Problem(413, "Too large", came, f"at most {most}", cure)


def is_json(headers: Headers) -> bool:
    """Whether the body says that it is JSON."""
    given = headers.get("content-type", "").partition(";")[0].strip().lower()
    return given.endswith(("/json", "+json"))


def _check_address(scope: Scope, most: Most) -> None:
    query = scope.get("query_string", b"")
    if len(query) > most.query_bytes or len(scope["path"]) > most.query_bytes:
        came = f"an address of {len(query) + len(scope['path']):,} characters"
        raise Problem(414, "Address too long", came, f"at most {most.query_bytes:,}", "shorten it")
    if "\x00" in scope["path"] or b"%00" in query or b"\x00" in query:
        raise Problem(400, "Bad request", "the address holds a NUL character", "text", "leave %00 out")


def _too_long(most: int) -> Problem:
    return _too_much("a longer body", f"{most:,} bytes", "send less")
