"""Errors as RFC 9457 says them: `application/problem+json`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.params import Form
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from anomaly_hunter.errors import (
    ConflictError,
    DataError,
    HunterError,
    MissingExtraError,
    StoreBusyError,
    StoreError,
    StoreReadOnlyError,
    UnknownError,
    UsageError,
)
from anomaly_hunter.serve.pool.refused import RefusedError
from anomaly_hunter.serve.web.failed import failed
from anomaly_hunter.tell.document import dump

MEDIA_TYPE: Final = "application/problem+json"
_LOG: Final = logging.getLogger("uvicorn.error")
_FAULTS: Final = 20
_SHOWN: Final = 500


class Problem(Exception):  # noqa: N818 - the word of the standard
    """An answer that is an error: status, what came, what was expected, the cure.

    Parameters
    ----------
    status:
        4xx or 5xx.
    title:
        The kind of problem, the same words each time.
    headers:
        Of the answer (``Retry-After``).
    """

    def __init__(
        self,
        status: int,
        title: str,
        came: str,
        expected: str = "",
        cure: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(came)
        self.status = status
        self.title = title
        self.error = HunterError(came, expected, cure)
        self.headers = dict(headers or {})
        self.more = more

    def document(self, instance: str = "", request_id: str = "") -> dict[str, Any]:
        """The fields of the standard, and ours: `expected`, `cure` and `request_id`."""
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": str(self.error),
            "instance": instance,
            "expected": self.error.expected,
            "cure": self.error.cure,
            "request_id": request_id,
            **self.more,
        }


_STATUS: Final[tuple[tuple[type[HunterError], int, str], ...]] = (
    (StoreBusyError, 503, "Busy"),
    (StoreReadOnlyError, 507, "Cannot be kept"),
    (MissingExtraError, 501, "Not installed"),
    (UnknownError, 404, "Not found"),
    (ConflictError, 409, "Does not fit"),
    (DataError, 422, "Data cannot be used"),
    (UsageError, 422, "Cannot be done"),
)


def of_error(error: HunterError) -> Problem:
    """The problem of an error of ours."""
    if isinstance(error, RefusedError):
        headers = {"retry-after": "1"} if error.status == 503 else None
        return Problem(error.status, error.title, error.came, error.expected, error.cure, headers=headers)
    for kind, status, title in _STATUS:
        if isinstance(error, kind):
            headers = {"retry-after": "1"} if status == 503 else None
            return Problem(status, title, error.came, error.expected, error.cure, headers=headers)
    if isinstance(error, StoreError):
        return memory_fault(error)
    return Problem(500, "Failed", error.came, error.expected, error.cure)


def memory_fault(error: StoreError) -> Problem:
    """The memory is gone or damaged. Where it lies and what its database says is for the log alone."""
    _LOG.error("%s", error)
    return Problem(503, "Memory", "the memory does not answer", "a memory that can be read",
                   "try again; if it stays, tell who runs the server the request_id")  # fmt: skip


def fault(headers: Mapping[str, str] | None = None) -> Problem:
    """What people are told of a fault of ours: nothing that shows our inside."""
    cure = "try again; if it stays, tell who runs the server the request_id"
    return Problem(500, "Failed", "the server has a fault", "", cure, headers=headers)


def response(scope: Scope, problem: Problem) -> Response:
    """The answer that says it, as a page to people; an ASGI application, so that a middleware can send it."""
    request_id = str(scope.get("state", {}).get("request_id", ""))
    page = failed(scope, problem, request_id)
    if page is not None:
        return page
    document = problem.document(str(scope.get("path", ""))[:_SHOWN], request_id)
    body = dump(document).encode("utf-8", "replace")
    return Response(body, problem.status, problem.headers, MEDIA_TYPE)


def answer(request: Request, problem: Problem) -> Response:
    """The answer to this request that says it."""
    return response(request.scope, problem)


def install(app: FastAPI) -> None:
    """Every error leaves as a problem."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, problem: Problem) -> Response:
        return answer(request, problem)

    @app.exception_handler(HunterError)
    async def _ours(request: Request, error: HunterError) -> Response:
        return answer(request, of_error(error))

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        return answer(request, _not_as_described(request, error))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        return answer(request, _of_status(request, error))

    @app.exception_handler(Exception)
    async def _failed(request: Request, error: Exception) -> Response:
        """A fault of ours: its place goes to the log, which tells it by the request's id."""
        request_id = str(request.scope.get("state", {}).get("request_id", ""))
        headers = {"x-request-id": request_id} if request_id else None
        return answer(request, fault(headers))


def _of_status(request: Request, error: HTTPException) -> Problem:
    try:
        title = HTTPStatus(error.status_code).phrase.capitalize()
    except ValueError:
        title = "Failed"
    asked = f"{request.method} {request.url.path[:_SHOWN]}"
    said = "" if str(error.detail).capitalize() == title else str(error.detail)[:_SHOWN]
    expected = f"one of {error.headers['Allow']}" if error.headers and "Allow" in error.headers else ""
    return Problem(
        error.status_code, title, f"{asked}: {said}" if said else asked, expected, "see /docs",
        headers=error.headers,
    )  # fmt: skip


def _not_as_described(request: Request, error: RequestValidationError) -> Problem:
    errors = error.errors()
    if any(one["type"] == "json_invalid" for one in errors):
        return Problem(400, "Not JSON", "the body is no JSON", "JSON (RFC 8259)", "mend the body")
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if errors and all(one["loc"][:1] == ("body",) for one in errors) and not _read(request, given):
        return Problem(
            415, "Unsupported media type", f"the body is {given[:100] or 'of no type'!r}",
            "what /docs describes: JSON mostly", "send the header Content-Type: application/json",
        )  # fmt: skip
    faults = [
        {"where": ".".join(map(str, one["loc"]))[:_SHOWN], "what": str(one["msg"])[:_SHOWN]}
        for one in errors[:_FAULTS]
    ]
    first = faults[0] if faults else {"where": "the request", "what": "is not as described"}
    return Problem(
        422, "Not as described", f"{first['where']}: {first['what']}", "what /docs describes",
        "mend the request", faults=faults,
    )  # fmt: skip


def _read(request: Request, content_type: str) -> bool:
    """Whether a body of this type was read at all: as a form where the address takes one, else as JSON."""
    body: Any = getattr(request.scope.get("route"), "body_field", None)
    if isinstance(getattr(body, "field_info", None), Form):
        return content_type in ("multipart/form-data", "application/x-www-form-urlencoded")
    return content_type.endswith(("/json", "+json"))
