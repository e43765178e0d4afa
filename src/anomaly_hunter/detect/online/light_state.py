"""The state of the light kernel: how it begins, and how it is written and read back."""

from __future__ import annotations

import math
import struct
import zlib
from typing import Final

from anomaly_hunter.detect.online.light_layout import GROWTH, SIZE
from anomaly_hunter.errors import DataError, UsageError

VERSION: Final = 1
MOST_BYTES: Final = 4096
HEAD: Final = struct.Struct("<4s5sHI")
"""Magic, kernel, version, CRC-32 of what follows: ``SIZE`` float64, little-endian."""
MAGIC: Final = b"AHKS"
NAME: Final = b"light"
BODY: Final = struct.Struct(f"<{SIZE}d")
WEEK_S: Final = 604_800.0
SHAPE: Final = 0.15
CURE: Final = "pass what dump() gave, or start a new kernel"


def empty(interval_s: float = 60.0) -> list[float]:
    """The state before the first value; ``interval_s`` is the usual step between values.

    The boundary lies ``growth`` widths (95% quantile minus median) above the median of the fused
    deviation: where a tail of the generalised Pareto shape 0.15 is passed once in a week of ``n``
    values,

        growth = (n^0.15 - 2^0.15) / (20^0.15 - 2^0.15)

    >>> round(empty(60.0)[GROWTH], 2), round(empty(3600.0)[GROWTH], 2)
    (6.28, 2.29)
    """
    if not (math.isfinite(interval_s) and interval_s > 0.0):
        raise UsageError(
            f"interval_s = {interval_s:g}", "seconds between two values, above 0", "pass 60 for one a minute"
        )
    state = [0.0] * SIZE
    values = max(WEEK_S / interval_s, 100.0)
    state[GROWTH] = (values**SHAPE - 2.0**SHAPE) / (20.0**SHAPE - 2.0**SHAPE)
    return state


def write(state: list[float]) -> bytes:
    """The state as bytes."""
    body = BODY.pack(*state)
    return HEAD.pack(MAGIC, NAME, VERSION, zlib.crc32(body)) + body


def read(dumped: bytes) -> list[float]:
    """The state that :func:`write` wrote.

    Raises
    ------
    DataError
        These are no such bytes, they are cut or changed, or of another version.
    """
    if len(dumped) < HEAD.size or dumped[:4] != MAGIC:
        raise DataError(f"{len(dumped)} bytes that are no saved kernel", f"magic {MAGIC!r}", CURE)
    _, name, version, checksum = HEAD.unpack_from(dumped)
    if (name, version) != (NAME, VERSION):
        raise DataError(
            f"a saved kernel {name.decode('ascii', 'replace')!r} of version {version}",
            f"{NAME.decode()!r} of version {VERSION}",
            CURE,
        )
    body = dumped[HEAD.size :]
    if len(body) != BODY.size or zlib.crc32(body) != checksum:
        raise DataError(
            f"a saved kernel of {len(dumped)} bytes that is cut or damaged",
            f"{HEAD.size + BODY.size} bytes with the checksum written in them",
            CURE,
        )
    return list(BODY.unpack(body))
