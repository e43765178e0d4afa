"""What went wrong with a model, in words of ours: no text of a provider, which may repeat what it got."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pydantic_ai.exceptions import (
    ModelAPIError,
    ModelConnectionError,
    ModelHTTPError,
    ModelQuotaExceededError,
    ModelTimeoutError,
    UnexpectedModelBehavior,
)

from anomaly_hunter.investigate.reasoning.connection import AnswerRefusedError

PASSING: Final = frozenset({429, 500, 502, 503, 529})
"""Statuses that a second try may mend."""
UNREADABLE: Final = (UnexpectedModelBehavior, ValueError, LookupError, TypeError, AttributeError)
"""What code raises that reads an answer of a form it did not expect."""
WORDS: Final = {
    400: "refused the request as wrong",
    401: "refused the key",
    402: "asks for money",
    403: "does not allow this key to do so",
    404: "does not know this model or address",
    413: "finds the request too large",
    422: "refused the request as wrong",
    429: "asks to wait",
    529: "is overloaded",
}


class ModelCallError(Exception):
    """A model could not be asked, or did not answer in a way that can be read.

    ``reason`` says so in a few words without anything private. ``again`` is true where a second try may
    help, ``wait`` the seconds that the provider asks for (None: it does not say), ``charged`` false where
    the provider cannot have counted any tokens.
    """

    def __init__(
        self, reason: str, *, again: bool = False, wait: float | None = None, charged: bool = True
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again
        self.wait = wait
        self.charged = charged


def failure(error: BaseException, to: str) -> ModelCallError:
    """What an error of an SDK means.

    Parameters
    ----------
    error:
        Whatever came out of the call.
    to:
        Who was asked.
    """
    causes = tuple(_causes(error))
    for cause in causes:
        if isinstance(cause, AnswerRefusedError):
            return ModelCallError(f"{to}: {cause}")
    if any(getattr(cause, "status_code", 0) in range(300, 400) for cause in causes):
        return ModelCallError(f"{to} sends to another address, which is not followed", charged=False)
    if isinstance(error, ModelHTTPError):
        return _of_status(error, to)
    if isinstance(error, ModelConnectionError | TimeoutError):
        return _of_connection(error, to)
    return ModelCallError(f"{to} {_what(error, causes)}")


def _what(error: BaseException, causes: Sequence[BaseException]) -> str:
    if any(isinstance(cause, UNREADABLE) for cause in causes):
        return "gave an answer that cannot be read"
    if isinstance(error, ModelAPIError):
        return f"reported an error{_code(error)}"
    return f"could not be asked ({type(error).__name__})"


def _of_connection(error: ModelConnectionError | TimeoutError, to: str) -> ModelCallError:
    sent = not (isinstance(error, ModelConnectionError) and error.phase in ("pool", "connect"))
    if isinstance(error, ModelTimeoutError | TimeoutError):
        return ModelCallError(f"{to} did not answer in time", charged=sent)
    what = "broke the connection off" if sent else "cannot be reached"
    return ModelCallError(f"{to} {what}", again=True, charged=sent)


def _of_status(error: ModelHTTPError, to: str) -> ModelCallError:
    status = error.status_code
    words = WORDS.get(status) or ("has an error of its own" if status >= 500 else "refused the request")
    again = status in PASSING and not isinstance(error, ModelQuotaExceededError)
    reason = f"{to} {words} (HTTP {status}){_code(error)}"
    return ModelCallError(reason, again=again, wait=error.retry_after, charged=error.in_stream)


def _code(error: ModelAPIError) -> str:
    """The machine's word for it, where it is one: insufficient_quota."""
    code = error.provider_error_code or ""
    return f": {code}" if re.fullmatch(r"[a-z_]{3,40}", code) else ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
