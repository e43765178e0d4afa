"""An error of a worker on its way to who asked."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from anomaly_hunter import errors
from anomaly_hunter.errors import DataError, HunterError, UsageError


class RefusedError(UsageError):
    """What the server answers with a status of its own."""

    def __init__(self, status: int, title: str, came: str, expected: str = "", cure: str = "") -> None:
        super().__init__(came, expected, cure)
        self.status = status
        self.title = title


_LONGEST: Final = 2_000
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def within_the_disk() -> Iterator[None]:
    """What is done here writes files that are gone afterwards: 507 where the disk has no room for them."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise _no_room() from error
    except DataError as error:  # the reader's words for the same
        if not any(os.strerror(number) in error.came for number in _FULL):
            raise
        raise _no_room() from error


def _no_room() -> RefusedError:
    return RefusedError(
        507, "Cannot be kept", "the disk has no room for what was uploaded", "room until it is hunted",
        "free some, or name another disk by the server's TMPDIR, then send it again",
    )  # fmt: skip


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
