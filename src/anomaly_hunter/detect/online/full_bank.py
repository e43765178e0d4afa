"""Windows of the past that new ones are compared with: one bounded bank per view."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anomaly_hunter.detect.online.full_views import COUNT, DEPTH, SIZE, USED, WHOLE, Float32Array
from anomaly_hunter.model import FloatArray, IntArray

MEMBERS = 64
FAR = 2.0**22
"""An empty place is this far from everything."""

SLOWEST = 0.02
"""From 3,200 windows on every fiftieth is taken: a member stays for some 12,000 points."""

TINY = 1e-4
"""Distances below are those of equal windows in single precision."""


class Bank:
    """A random sample of past windows, younger ones likelier (Vitter's reservoir with a floor).

    What is random depends on the count of windows alone, so a replay gives the same.
    """

    def __init__(self) -> None:
        self.members: Float32Array = np.zeros((COUNT, MEMBERS, DEPTH), np.float32)
        self.members += (FAR * USED[:, None, :]).astype(np.float32)
        self.filled: IntArray = np.zeros(COUNT, np.int64)
        self.seen = 0
        self._gap: Float32Array = np.empty_like(self.members)

    def distance(self, windows: Float32Array) -> FloatArray:
        """``(views,)`` root mean square distance to the nearest member; 0 from an empty bank."""
        np.subtract(self.members, windows[:, None, :], out=self._gap)
        squares = np.einsum("vmd,vmd->vm", self._gap, self._gap).min(axis=1)
        distance: FloatArray = np.sqrt(squares / SIZE).astype(np.float64)
        distance[(self.filled == 0) | (distance < TINY)] = 0.0
        return distance

    def offer(self, windows: Float32Array, welcome: npt.NDArray[np.bool_], eager: bool = False) -> None:
        """One window per view is a candidate; only ``welcome`` views take it.

        ``eager``: taken in any case (the regime has changed), in place of a random member.
        """
        self.seen += 1
        draw = mixed(self.seen)
        chance = max(MEMBERS / self.seen, SLOWEST)
        taken = eager or (draw >> 11) / 2.0**53 < chance
        room = self.filled < MEMBERS
        place = np.where(room, self.filled, mixed(draw) % MEMBERS)
        for view in np.flatnonzero(welcome & (room | taken)):
            self.members[view, place[view]] = windows[view]
            self.filled[view] = min(self.filled[view] + 1, MEMBERS)

    def rebase(self, shift: float, factor: float) -> None:
        """All values became ``(value - shift) * factor``."""
        alive = np.arange(MEMBERS) < self.filled[:, None]
        moved = (self.members - np.float32(shift) * WHOLE[:, None, None]) * np.float32(factor)
        self.members = np.where(alive[:, :, None] & USED[:, None, :], moved, self.members).astype(np.float32)

    def dump(self) -> Float32Array:
        """The members without padding."""
        return np.concatenate([self.members[v, :, : int(SIZE[v])].ravel() for v in range(COUNT)])

    def load(self, flat: Float32Array) -> None:
        """The members that :meth:`dump` gave."""
        place = 0
        for view in range(COUNT):
            size = int(SIZE[view])
            part = flat[place : place + MEMBERS * size]
            self.members[view, :, :size] = part.reshape(MEMBERS, size)
            place += MEMBERS * size


def mixed(number: int) -> int:
    """64 random-looking bits (SplitMix64, Steele et al. 2014).

    >>> hex(mixed(1))
    '0x910a2dec89025cc1'
    """
    mask = 0xFFFFFFFFFFFFFFFF
    z = (number + 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return z ^ (z >> 31)
