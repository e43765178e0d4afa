"""What the full kernel looks at: windows of several lengths, of values and of their differences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float32Array = npt.NDArray[np.float32]

STREAMS = 6
VALUE, PAIR, EIGHT, STEP1, STEP2, STEP4 = range(STREAMS)
"""Columns of what is kept per point: the value, means of 2 and of 8, differences over 1, 2 and 4."""


@dataclass(frozen=True, slots=True)
class View:
    """Windows of ``width`` points, described by every ``stride``-th number of a stream."""

    stream: int
    width: int
    stride: int = 1

    @property
    def size(self) -> int:
        """How many numbers describe a window."""
        return self.width // self.stride


VIEWS = (
    View(VALUE, 8),
    View(VALUE, 16),
    View(STEP1, 16),
    View(PAIR, 64, 2),
    View(STEP2, 64, 2),
    View(EIGHT, 256, 8),
    View(STEP4, 128, 4),
)
COUNT = len(VIEWS)
DEPTH = max(view.size for view in VIEWS)
SIZE = np.array([view.size for view in VIEWS], np.float32)
WIDTH = np.array([view.width for view in VIEWS])
WHOLE = np.array([view.stream in (VALUE, PAIR, EIGHT) for view in VIEWS])
"""Views that move with the level."""

USED = np.arange(DEPTH) < SIZE[:, None]
"""``(views, depth)`` the part of a padded description that means something."""


def _offsets() -> npt.NDArray[np.int64]:
    """``(views, depth)`` places in the flat ``(rows, streams)`` buffer, relative to the last row.

    Padding points at the last number too and is blanked by :data:`USED`.
    """
    places = np.zeros((COUNT, DEPTH), np.int64)
    for row, view in enumerate(VIEWS):
        back = (np.arange(view.size) - view.size + 1) * view.stride
        places[row, : view.size] = back * STREAMS + view.stream
    return places


OFFSETS = _offsets()
MASK = USED.astype(np.float32)


def described(buffer: Float32Array, row: int) -> Float32Array:
    """``(views, depth)`` the windows that end at ``row`` of the ``(rows, streams)`` buffer."""
    found: Float32Array = buffer.reshape(-1).take(OFFSETS + row * STREAMS)
    found *= MASK
    return found


def streams(last: list[float]) -> tuple[float, ...]:
    """The numbers of one point from the last eight values, the newest at the end.

    >>> streams([0.0, 0.0, 0.0, 0.0, 2.0, 4.0, 6.0, 8.0])
    (8.0, 7.0, 2.5, 2.0, 2.0, 2.0)
    """
    now = last[7]
    return (
        now,
        0.5 * (now + last[6]),
        0.125 * (last[0] + last[1] + last[2] + last[3] + last[4] + last[5] + last[6] + now),
        now - last[6],
        0.5 * (now - last[5]),
        0.25 * (now - last[3]),
    )
