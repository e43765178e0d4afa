"""Words and small functions that all nouns share."""

from __future__ import annotations

import hashlib
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

SCHEMA_VERSION: Final = "1.2"

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
TimeArray: TypeAlias = npt.NDArray[np.datetime64]
AnyArray: TypeAlias = npt.NDArray[Any]
Number: TypeAlias = float | int | str | bool | None

Kind: TypeAlias = Literal["series", "table", "tickets"]
Role: TypeAlias = Literal["time", "measure", "dimension", "text", "id"]
Direction: TypeAlias = Literal["up", "down", "both"]
Shape: TypeAlias = Literal[
    "spike",
    "dip",
    "level shift",
    "drift",
    "variance",
    "flat line",
    "gap",
    "season break",
    "odd shape",
    "outlying row",
    "volume",
]
Level: TypeAlias = Literal["information", "warning", "error", "critical"]
Answer: TypeAlias = Literal[
    "cause", "nearest instrumented service", "several candidates", "no change explains this", "inconclusive"
]
"""What a verdict amounts to. The first two name a cause; of the second, more may lie behind it."""

ConfidenceLevel: TypeAlias = Literal["low", "medium", "high", "very high"]


def stable_id(*parts: object) -> str:
    """Twelve hexadecimal digits that depend on ``parts`` alone, on every machine.

    >>> stable_id("cpu", "host=a")
    '46096cee957e'
    """
    text = "\x1f".join(str(part) for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def read_only(array: npt.ArrayLike, dtype: npt.DTypeLike) -> AnyArray:
    """A view of ``array`` that cannot be written through."""
    view = np.asarray(array, dtype=dtype).view()
    view.flags.writeable = False
    return view


def iso(time: np.datetime64) -> str:
    """ISO-8601 in UTC with no more precision than needed.

    >>> iso(np.datetime64("2026-01-02T03:04:00.000000000"))
    '2026-01-02T03:04:00Z'
    >>> iso(np.datetime64("2026-01-02T03:04:00.250"))
    '2026-01-02T03:04:00.250Z'
    """
    text = str(time.astype("datetime64[ns]"))
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    fraction = fraction.ljust(-(-len(fraction) // 3) * 3, "0")
    return f"{whole}.{fraction}Z" if fraction else f"{whole}Z"


def moment(time: np.datetime64) -> str:
    """A time as people read it, in UTC, with no more precision than needed.

    >>> moment(np.datetime64("2026-03-04T18:00:00")), moment(np.datetime64("2026-03-04T18:00:07.250"))
    ('2026-03-04 18:00', '2026-03-04 18:00:07.250')
    """
    text = str(time.astype("datetime64[ns]")).replace("T", " ")
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    if fraction:
        return f"{whole}.{fraction.ljust(-(-len(fraction) // 3) * 3, '0')}"
    return whole.removesuffix(":00")


def severity_level(severity: float) -> Level:
    """0-3 information, 4-6 warning, 7-8 error, 9-10 critical (rounded to the nearest).

    >>> [severity_level(s) for s in (0, 3.4, 3.5, 6.6, 8.4, 8.5)]
    ['information', 'information', 'warning', 'error', 'error', 'critical']
    """
    whole = int(severity + 0.5)
    return "information" if whole <= 3 else "warning" if whole <= 6 else "error" if whole <= 8 else "critical"


def confidence_level(confidence: float) -> ConfidenceLevel:
    """Below 50% low, 50-70% medium, 70-85% high, above very high.

    >>> [confidence_level(c) for c in (0.49, 0.5, 0.7, 0.85, 0.86)]
    ['low', 'medium', 'high', 'high', 'very high']
    """
    if confidence < 0.5:
        return "low"
    return "medium" if confidence < 0.7 else "high" if confidence <= 0.85 else "very high"
