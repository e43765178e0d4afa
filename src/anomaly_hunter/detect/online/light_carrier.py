"""What the arithmetic of the light kernel runs on: floats in a list, or rows of an array."""

from __future__ import annotations

import math
from typing import Any, Protocol

import numpy as np


class Carrier(Protocol):
    """The few operations that floats and arrays spell differently, exact to the last bit in both."""

    def where(self, condition: Any, yes: Any, no: Any, /) -> Any:
        """``yes`` where the condition holds."""
        ...

    def least(self, a: Any, b: Any, /) -> Any:
        """The smaller one; ``b`` where they are equal."""
        ...

    def most(self, a: Any, b: Any, /) -> Any:
        """The larger one; ``b`` where they are equal."""
        ...

    def root(self, a: Any, /) -> Any:
        """The square root."""
        ...

    def some(self, condition: Any, /) -> bool:
        """Does the condition hold for any series."""
        ...

    def take(self, state: Any, at: int, place: Any, /) -> Any:
        """The value ``place`` behind ``at``, for each series its own."""
        ...

    def put(self, state: Any, at: int, place: Any, value: Any, /) -> None:
        """Write to where :meth:`take` reads."""
        ...


class Floats:
    """One series: the state is a list of floats."""

    root = staticmethod(math.sqrt)
    some = staticmethod(bool)

    @staticmethod
    def where(condition: bool, yes: float, no: float) -> float:
        """``yes`` if the condition holds."""
        return yes if condition else no

    @staticmethod
    def least(a: float, b: float) -> float:
        """The smaller one."""
        return a if a < b else b

    @staticmethod
    def most(a: float, b: float) -> float:
        """The larger one."""
        return a if a > b else b

    @staticmethod
    def take(state: list[float], at: int, place: float) -> float:
        """The value ``place`` behind ``at``."""
        return state[at + int(place)]

    @staticmethod
    def put(state: list[float], at: int, place: float, value: float) -> None:
        """Write there."""
        state[at + int(place)] = value


class Rows:
    """Many series: the state is ``(size, series)``.

    ``minimum`` and ``maximum`` may pick either of 0.0 and -0.0, so they are not used.
    """

    where = staticmethod(np.where)
    root = staticmethod(np.sqrt)

    def __init__(self, series: int) -> None:
        self._columns = np.arange(series)

    @staticmethod
    def some(condition: Any) -> bool:
        """Does it hold anywhere."""
        return bool(np.any(condition))

    @staticmethod
    def least(a: Any, b: Any) -> Any:
        """The smaller ones."""
        return np.where(np.less(a, b), a, b)

    @staticmethod
    def most(a: Any, b: Any) -> Any:
        """The larger ones."""
        return np.where(np.greater(a, b), a, b)

    def take(self, state: Any, at: int, place: Any) -> Any:
        """A value of each series."""
        return state[at + place.astype(np.intp), self._columns]

    def put(self, state: Any, at: int, place: Any, value: Any) -> None:
        """Write one of each series."""
        state[at + place.astype(np.intp), self._columns] = value
