"""An error of a worker on its way to who asked."""

from __future__ import annotations

from typing import Any, Final

from anomaly_hunter import errors
from anomaly_hunter.errors import HunterError, UsageError


class RefusedError(UsageError):
    """What the server answers with a status of its own."""

    def __init__(self, status: int, title: str, came: str, expected: str = "", cure: str = "") -> None:
        super().__init__(came, expected, cure)
        self.status = status
        self.title = title


_LONGEST: Final = 2_000


def head_of(error: HunterError) -> dict[str, Any]:
    """The error as a frame's head."""
    words = {name: getattr(error, name)[:_LONGEST] for name in ("came", "expected", "cure")}
    if isinstance(error, RefusedError):
        return {"error": "", "status": error.status, "title": error.title, **words}
    return {"error": type(error).__name__, **words}


def error_of(head: dict[str, Any]) -> HunterError:
    """The error of a frame's head.

    >>> from anomaly_hunter.errors import DataError
    >>> error_of(head_of(DataError("no rows", "rows", "add some")))
    DataError('no rows', 'rows', 'add some')
    """
    words = (head["came"], head["expected"], head["cure"])
    if head.get("status"):
        return RefusedError(head["status"], head["title"], *words)
    kind = getattr(errors, head["error"], HunterError)
    return kind(*words) if issubclass(kind, HunterError) else HunterError(*words)
