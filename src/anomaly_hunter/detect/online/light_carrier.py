"""What the arithmetic of the light kernel runs on: floats in a list, or rows of an array.

light_floats.py and light_rows.py spell it out, one with branches and one without, to the last bit alike.
"""

from __future__ import annotations

from typing import Any, Protocol

from anomaly_hunter.detect.online.light_layout import Bank


class Carrier(Protocol):
    """The operations that floats and arrays spell differently, exact to the last bit in both."""

    def where(self, condition: Any, yes: Any, no: Any, /) -> Any:
        """``yes`` where the condition holds."""
        ...

    def least(self, a: Any, b: Any, /) -> Any:
        """The smaller one; ``b`` where they are equal."""
        ...

    def most(self, a: Any, b: Any, /) -> Any:
        """The larger one; ``b`` where they are equal."""
        ...

    def held(self, a: Any, limit: Any, /) -> Any:
        """``a`` within ``limit`` of zero."""
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

    def fuse(self, state: Any, deviations: tuple[Any, ...], /) -> Any:
        """Root of the mean square of the deviations, each in widths of its own body above its median.

        ``width = max(90% quantile - median, 0.2 mean)``, at most 30 of them; a window (from the fourth
        view on) says nothing while it has no body yet.
        """
        ...

    def track(self, state: Any, view: int, deviation: Any, rate: Any, learn: Any, /) -> None:
        """Median, 90% quantile and mean of a deviation; quantiles by steps of a share of the mean.

        Zeros before the first other value are not counted; each lesson is held within four means.
        Stochastic approximation of a quantile: Robbins & Monro 1951; Tierney 1983.
        """
        ...

    def push(self, state: Any, bank: Bank, full: Any, /) -> None:
        """Where a block is full, its mean becomes the latest of the recent ones, and the next one begins."""
        ...

    def nearest(self, state: Any, bank: Bank, /) -> tuple[Any, Any]:
        """Distance of the recent block means to the nearest centre (0: there is none), and which one."""
        ...

    def pull(self, state: Any, bank: Bank, centre: Any, rate: Any, moves: Any, /) -> None:
        """The centre goes the share ``rate`` of its way to the recent block means, and weighs one more."""
        ...
