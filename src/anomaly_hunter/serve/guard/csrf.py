"""A form shows that it comes from a page of ours: it brings back what only such a page could read."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl

from starlette.types import Message, Receive

from anomaly_hunter.serve.guard.arriving import Arriving
from anomaly_hunter.serve.rest.problem import Problem

HEADER: Final = "x-csrf-token"
FIELD: Final = "csrf_token"
LARGEST: Final = 1_000_000
"""Bytes of a plain form; what is larger comes with the header."""
MOST_FIELDS: Final = 1_000
FIRST: Final = 4_096
"""Bytes within which a form with files has to bring its token, as its first field."""
_FORM: Final = "application/x-www-form-urlencoded"
_FILES: Final = "multipart/form-data"
_FIRST_FIELD: Final = re.compile(
    rb'--[^\r\n]{1,200}\r\ncontent-disposition: *form-data; *name="csrf_token"\r\n\r\n([^\r\n]*)\r\n--',
    re.IGNORECASE,
)


async def brought(arriving: Arriving, csrf: str, receive: Receive) -> Receive:
    """Let pass a request with the token of its session, in a header or in a field of a form.

    Returns what the application receives from: a form that was read for its field is given again.

    Raises
    ------
    Problem
        403: no token, or another one. 413: a plain form is too large, or has too many fields.
    """
    given = arriving.headers.get(HEADER)
    kind = arriving.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given is None and kind == _FORM:
        body = await _whole(receive)
        given = next((value for name, value in _fields(body) if name == FIELD), None)
        receive = _again([_message(body)], receive)
    elif given is None and kind == _FILES:
        read = await _beginning(receive)
        found = _FIRST_FIELD.match(b"".join(one.get("body", b"") for one in read)[:FIRST])
        given = found[1].decode("utf-8", "replace") if found else None
        receive = _again(read, receive)
    if given is None or not hmac.compare_digest(given.encode(), csrf.encode()):
        raise Problem(
            403, "From another page", "the request brings no token of this session, or an old one",
            "X-CSRF-Token, or csrf_token in a form", "load the page again",
        )  # fmt: skip
    return receive


def _fields(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Problem(
            413, "Too large", "the form has too many fields", f"{MOST_FIELDS:,}", "send fewer"
        ) from error


async def _whole(receive: Receive) -> bytes:
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        part = message.get("body", b"")
        parts.append(part)
        size, more = size + len(part), message.get("more_body", False)
        if size > LARGEST:
            raise Problem(413, "Too large", "the form is too large", f"{LARGEST:,} bytes", "send less")
    return b"".join(parts)


async def _beginning(receive: Receive) -> list[Message]:
    """The first messages, until they hold the first field or are longer than it may be."""
    read: list[Message] = []
    size = 0
    while size < FIRST:
        message = await receive()
        read.append(message)
        size += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            break
    return read


def _message(body: bytes) -> Message:
    return {"type": "http.request", "body": body, "more_body": False}


def _again(read: Iterable[Message], receive: Receive) -> Receive:
    left = iter(read)

    async def replayed() -> Message:
        return next(left, None) or await receive()

    return replayed
