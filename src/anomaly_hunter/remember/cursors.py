"""Cursors: where a page of a list ended, as a word that only the list itself reads."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Final

from anomaly_hunter.errors import UsageError

_LARGEST: Final = 2**63 - 1


def cursor_of(*key: int | str) -> str:
    """The sort key of the last item as a word.

    >>> key_of(cursor_of(5, "a1"), int, str)
    (5, 'a1')
    """
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def key_of(cursor: str, *kinds: type) -> tuple[int | str, ...]:
    """The sort key of a cursor, whose parts are of these kinds.

    Raises
    ------
    UsageError
        It is no cursor of such a list.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        found = json.loads(base64.b64decode(padded, b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        found = None
    if (
        not isinstance(found, list)
        or [type(one) for one in found] != list(kinds)
        or not all(map(_fits, found))
    ):
        raise UsageError(f"the cursor is {cursor[:40]!r}", "one that a page of this list gave as `next`",
                         "begin with the first page")  # fmt: skip
    return tuple(found)


def _fits(part: int | str) -> bool:
    """Whether a database can hold it."""
    if isinstance(part, int):
        return abs(part) <= _LARGEST
    return "\x00" not in part and part.isprintable()
