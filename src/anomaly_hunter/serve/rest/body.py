"""The body of a request, never more of it than allowed."""

from __future__ import annotations

from starlette.requests import Request

from anomaly_hunter.serve.options import ServeOptions
from anomaly_hunter.serve.rest.bounds import Most, check_body, is_json
from anomaly_hunter.serve.rest.problem import Problem


async def body_of(request: Request, most: int) -> bytes:
    """The whole body; a 413 as soon as it is known to be too large."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise too_large(int(length), most)
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > most:
            raise too_large(size, most)
        pieces.append(piece)
    return b"".join(pieces)


async def json_of(request: Request, options: ServeOptions) -> bytes:
    """The whole body, which is read as JSON whatever type it says it has: it keeps the bounds of JSON too."""
    body = await body_of(request, options.body_bytes)
    if not is_json(request.headers):  # else it was checked on its way here
        await check_body(body, Most.of(options))
    return body


def too_large(size: int, most: int) -> Problem:
    """The request is too large."""
    return Problem(
        413, "Too large", f"{size / 1e6:,.1f} MB or more in one request", f"at most {most / 1e6:,.1f} MB",
        "send less at once, or let the server take more (serve.body_bytes)",
    )  # fmt: skip
