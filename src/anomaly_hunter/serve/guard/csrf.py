"""A form shows that it comes from a page of ours: it brings back what only such a page could read."""

from __future__ import annotations

import hmac
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
_FORM: Final = "application/x-www-form-urlencoded"


async def brought(arriving: Arriving, csrf: str, receive: Receive) -> Receive:
    """Let pass a request with the token of its session, in a header or in a field of a plain form.

    Returns what the application receives from: a form that was read for its field is given again.

    Raises
    ------
    Problem
        403: no token, or another one. 413: a plain form is too large, or has too many fields.
    """
    given = arriving.headers.get(HEADER)
    if given is None and arriving.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM:
        body = await _whole(receive)
        given = next((value for name, value in _fields(body) if name == FIELD), None)
        receive = _again(body, receive)
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


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
