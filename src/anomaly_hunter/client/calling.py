"""Requests of the client: sent again where that helps, done once however often they are sent."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import httpx

from anomaly_hunter.errors import (
    ConflictError,
    DataError,
    HunterError,
    ServerError,
    UnknownError,
    UsageError,
)

_AGAIN: Final = (429, 502, 503, 504)
_LONGEST_WAIT_S: Final = 60.0
_SAFE: Final = ("GET", "HEAD")


class Calls:
    """Asks one server.

    Parameters
    ----------
    retries:
        How often a request is sent again when the server was busy (429, 503: after ``Retry-After``) or
        could not be reached. Requests that change something carry an ``Idempotency-Key`` for that.
    """

    def __init__(self, http: httpx.Client, retries: int, sleep: Callable[[float], None] = time.sleep) -> None:
        self.http = http
        self._retries = retries
        self._sleep = sleep

    def json(self, method: str, path: str, **request: Any) -> Any:
        """What the server answers, read; None for an empty answer."""
        answer = self.send(method, path, **request)
        if not answer.content:
            return None
        try:
            return answer.json()
        except ValueError as error:
            raise _no_server_of_ours(answer) from error

    def send(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **request: Any
    ) -> httpx.Response:
        """The answer, which is no error.

        Raises
        ------
        HunterError
            What the server says; ServerError where it cannot be reached.
        """
        sent = dict(headers or {})
        if method not in _SAFE:
            sent.setdefault("Idempotency-Key", str(uuid.uuid4()))
        for attempt in range(self._retries + 1):
            last = attempt == self._retries
            try:
                answer = self.http.request(method, path, headers=sent, **request)
            except httpx.TransportError as error:
                if last:
                    raise unreachable(self.http, error) from error
                self._sleep(0.25 * 2**attempt)
                continue
            if answer.status_code not in _AGAIN or last:
                break
            self._sleep(_wait(answer, attempt))
        if answer.is_success:
            return answer
        raise error_of(answer)

    @contextmanager
    def stream(self, path: str, **request: Any) -> Iterator[httpx.Response]:
        """An answer without end, while it comes."""
        try:
            with self.http.stream("GET", path, **request) as answer:
                if not answer.is_success:
                    answer.read()
                    raise error_of(answer)
                yield answer
        except httpx.TransportError as error:
            raise unreachable(self.http, error) from error


def unreachable(http: httpx.Client, error: Exception) -> ServerError:
    """The server is not there."""
    return ServerError(
        f"{http.base_url} cannot be reached ({type(error).__name__}: {str(error)[:200]})", "a server",
        "check the address, and that `hunter serve` runs",
    )  # fmt: skip


def error_of(answer: httpx.Response) -> HunterError:
    """The error of ours that a problem says."""
    try:
        problem = answer.json()
    except ValueError:
        return _no_server_of_ours(answer)
    if not isinstance(problem, dict):
        return _no_server_of_ours(answer)
    expected, cure = str(problem.get("expected", "")), str(problem.get("cure", ""))
    detail = str(problem.get("detail") or problem.get("title") or f"status {answer.status_code}")
    came = detail.partition(f"; expected {expected}")[0] if expected else detail.partition(" Cure: ")[0]
    error = _kind(answer.status_code, str(problem.get("title", "")))(came.rstrip("."), expected, cure)
    error.add_note(f"status {answer.status_code}, request {problem.get('request_id', 'unknown')}")
    return error


def _kind(status: int, title: str) -> type[HunterError]:
    if status in (401, 403, 429) or status >= 500:
        return ServerError
    if status == 404:
        return UnknownError
    if status == 409:
        return ConflictError
    return DataError if title == "Data cannot be used" else UsageError


def _wait(answer: httpx.Response, attempt: int) -> float:
    """Seconds until the next try: what the server says, else longer each time."""
    said = answer.headers.get("retry-after", "")
    if said.isascii() and said.isdigit():
        return min(float(said[:6]), _LONGEST_WAIT_S)
    return float(0.25 * 2**attempt)


def _no_server_of_ours(answer: httpx.Response) -> ServerError:
    return ServerError(
        f"{answer.url} answered {answer.status_code} with {answer.headers.get('content-type', 'no type')!r}",
        "JSON of a server of ours", "check the address",
    )  # fmt: skip
