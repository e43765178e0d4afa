"""The last points of a stream, side by side in arrays that slide."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anomaly_hunter.detect.online.full_views import STREAMS, Float32Array, streams

KEEP = 616
"""Points that are remembered: two windows of the longest view and two blocks."""

ROOM = 2_048
BEFORE = 8
"""Values of which the streams of one point are made."""


class Memory:
    """Rows of points: streams, distances, height of the alarm, whether it was open, a record or missing."""

    def __init__(self, distances: int) -> None:
        self.rows = 0
        self.at = KEEP - 1
        self.streams: Float32Array = np.zeros((ROOM, STREAMS), np.float32)
        self.distances: Float32Array = np.zeros((ROOM, distances), np.float32)
        self.height: Float32Array = np.zeros(ROOM, np.float32)
        self.open: npt.NDArray[np.uint8] = np.zeros(ROOM, np.uint8)
        self.record: npt.NDArray[np.uint8] = np.zeros(ROOM, np.uint8)
        self.missing: npt.NDArray[np.uint8] = np.zeros(ROOM, np.uint8)
        self.since_missing = KEEP
        self.last = [0.0] * BEFORE

    @property
    def value(self) -> float:
        """The last value."""
        return self.last[-1]

    def append(self, value: float, missing: bool) -> int:
        """A new row with its streams; returns its place in the arrays."""
        if self.at + 1 == ROOM:
            self._slide()
        self.at += 1
        at = self.at
        value = float(np.float32(value))
        if self.rows == 0:
            self.last = [value] * BEFORE
            self.streams[at - BEFORE : at, 0] = value
        else:
            self.last = [*self.last[1:], value]
        self.rows += 1
        self.streams[at] = streams(self.last)
        self.distances[at] = 0.0
        self.height[at] = 0.0
        self.open[at] = self.record[at] = 0
        self.missing[at] = missing
        self.since_missing = 0 if missing else self.since_missing + 1
        return at

    def withdraw(self, last: list[float], since_missing: int) -> None:
        """Take the newest row back; what the other two were before it."""
        self.at -= 1
        self.rows -= 1
        self.last, self.since_missing = last, since_missing

    def _slide(self) -> None:
        for array in (self.streams, self.distances, self.height, self.open, self.record, self.missing):
            array[:KEEP] = array[ROOM - KEEP :].copy()
        self.at = KEEP - 1

    def rebase(self, shift: float, factor: float) -> None:
        """All values became ``(value - shift) * factor``."""
        self.last = [float(np.float32((value - shift) * factor)) for value in self.last]
        end = self.at + 1
        past = self.streams[end - KEEP : end, 0].astype(np.float64)
        self._fill(((past - shift) * factor).astype(np.float32))
        self.distances *= np.float32(factor)

    def _fill(self, values: Float32Array) -> None:
        """The streams of the last ``KEEP`` points, from their values alone."""
        begin = self.at + 1 - KEEP
        past = [float(value) for value in values]
        self.streams[begin : self.at + 1, 0] = values
        for place in range(BEFORE, KEEP):
            self.streams[begin + place] = streams(past[place - BEFORE + 1 : place + 1])

    def dump(self, lag: int, heights: int) -> dict[str, npt.NDArray[np.generic]]:
        """What is needed to go on."""
        end = self.at + 1
        past = end - KEEP
        counts = np.array([self.rows, self.since_missing], np.int64)
        return {
            "memory": counts,
            "last": np.array(self.last),
            "values": self.streams[past:end, 0],
            "distances": self.distances[end - lag - 1 : end],
            "height": self.height[end - heights : end],
            "flags": self.open[past:end] | (self.missing[past:end] << 1) | (self.record[past:end] << 2),
        }

    def load(self, parts: dict[str, npt.NDArray[np.generic]]) -> None:
        """What :meth:`dump` gave."""
        self.rows, self.since_missing = (int(number) for number in parts["memory"])
        self.last = [float(value) for value in parts["last"]]
        self._fill(parts["values"].astype(np.float32))
        for name, array in (("distances", self.distances), ("height", self.height)):
            array[KEEP - len(parts[name]) : KEEP] = parts[name]
        flags = parts["flags"].astype(np.uint8)
        self.open[:KEEP], self.missing[:KEEP] = flags & 1, flags >> 1 & 1
        self.record[:KEEP] = flags >> 2
