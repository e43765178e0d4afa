"""Errors as RFC 9457 says them: `application/problem+json`."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from anomaly_hunter.errors import (
    DataError,
    HunterError,
    MissingExtraError,
    StoreBusyError,
    StoreReadOnlyError,
    UnknownError,
    UsageError,
)

MEDIA_TYPE: Final = "application/problem+json"


class Problem(Exception):  # noqa: N818 - the word of the standard
    """An answer that is an error: status, what came, what was expected, the cure.

    Parameters
    ----------
    status:
        4xx or 5xx.
    title:
        The kind of problem, the same words each time.
    """

    def __init__(
        self, status: int, title: str, came: str, expected: str = "", cure: str = "", **more: Any
    ) -> None:
        super().__init__(came)
        self.status = status
        self.title = title
        self.error = HunterError(came, expected, cure)
        self.more = more

    def document(self, instance: str = "") -> dict[str, Any]:
        """The fields of the standard, and ours: `expected` and `cure`."""
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": str(self.error),
            "instance": instance,
            "expected": self.error.expected,
            "cure": self.error.cure,
            **self.more,
        }


_STATUS: Final[tuple[tuple[type[HunterError], int, str], ...]] = (
    (StoreBusyError, 503, "Busy"),
    (StoreReadOnlyError, 507, "Cannot be kept"),
    (MissingExtraError, 501, "Not installed"),
    (DataError, 422, "Data cannot be used"),
    (UnknownError, 404, "Not found"),
    (UsageError, 422, "Cannot be done"),
)


def of_error(error: HunterError) -> Problem:
    """The problem of an error of ours."""
    for kind, status, title in _STATUS:
        if isinstance(error, kind):
            return Problem(status, title, error.came, error.expected, error.cure)
    return Problem(500, "Failed", error.came, error.expected, error.cure)


def answer(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """The response that says it."""
    return JSONResponse(
        problem.document(request.url.path), problem.status, media_type=MEDIA_TYPE, headers=headers
    )


def install(app: FastAPI) -> None:
    """Every error leaves as a problem."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, problem: Problem) -> JSONResponse:
        return answer(request, problem)

    @app.exception_handler(HunterError)
    async def _ours(request: Request, error: HunterError) -> JSONResponse:
        return answer(request, of_error(error))

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = [
            {"where": ".".join(map(str, one["loc"])), "what": str(one["msg"])} for one in error.errors()[:20]
        ]
        first = faults[0] if faults else {"where": "the request", "what": "is not as described"}
        problem = Problem(
            422, "Not as described", f"{first['where']}: {first['what']}", "what /docs describes",
            "mend the request", faults=faults,
        )  # fmt: skip
        return answer(request, problem)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        problem = Problem(error.status_code, str(error.detail), f"{request.method} {request.url.path}")
        return answer(request, problem, dict(error.headers or {}))
