"""Where a page of a list ended, as an opaque word."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from anomaly_hunter.errors import UsageError

_MOST: Final = 500
_LARGEST: Final = 2**63 - 1


def cursor(sort: str, place: Sequence[Any]) -> str:
    """The word for a place in a list that is sorted like this.

    >>> opened(cursor("severity", [7.5, None, "3f2a"]), "severity", 3)
    [7.5, None, '3f2a']
    """
    plain = [int(one.astype(np.int64)) if isinstance(one, np.datetime64) else one for one in place]
    return base64.urlsafe_b64encode(json.dumps([sort, *plain]).encode()).decode().rstrip("=")


def opened(word: str, sort: str, parts: int) -> list[Any]:
    """The place, its times as whole nanoseconds; UsageError where it is no word of this list."""
    try:
        if len(word) > _MOST:
            raise _wrong(word)
        place = json.loads(base64.urlsafe_b64decode(word.encode() + b"=" * (-len(word) % 4)))
    except (ValueError, RecursionError, binascii.Error) as error:
        raise _wrong(word) from error
    if (
        not isinstance(place, list)
        or len(place) != parts + 1
        or place[0] != sort
        or not all(map(_known, place))
    ):
        raise _wrong(word)
    return place[1:]


def _known(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return abs(value) <= _LARGEST
    if isinstance(value, str):
        return value.isprintable()  # a NUL or half a character is nothing that a database takes
    return value is None or (isinstance(value, float) and math.isfinite(value))


def _wrong(word: str) -> UsageError:
    return UsageError(
        f"the cursor is {word[:40]!r}",
        "what the page before gave, with the same sorting",
        "begin at the first page",
    )
