"""One line on the terminal that says how far a long run is."""

from __future__ import annotations

import sys
import time
from typing import Final

QUIET_S: Final = 1.0
"""A run that takes no longer says nothing."""

EVERY_S: Final = 0.1
_WIDTH: Final = 60


class ProgressLine:
    """``line(done, of)`` rewrites a line on stderr, on a terminal only and after a second; then wiped.

    ``then`` is said at once when all are done, where what comes next takes long.

    >>> with ProgressLine("series", shown=False) as line:
    ...     line(1, 2)
    """

    def __init__(self, of_what: str, *, shown: bool = True, then: str = "") -> None:
        self.of_what = of_what
        self.then = then
        self._shown = shown and sys.stderr is not None and sys.stderr.isatty()
        self._started = self._last = time.monotonic()
        self._said = False

    def __enter__(self) -> ProgressLine:
        return self

    def __call__(self, done: int, of: int) -> None:
        """``done`` of so many are done."""
        now = time.monotonic()
        if self._shown and self.then and done == of:
            self._write(self.then)
            self._said = True
            return
        if not self._shown or now - self._started < QUIET_S or now - self._last < EVERY_S:
            return
        left = (now - self._started) / done * (of - done)
        self._write(f"{done:,} of {of:,} {self.of_what}, {left:.0f} s left")
        self._last, self._said = now, True

    def __exit__(self, *_: object) -> None:
        if self._said:
            self._write("")
            sys.stderr.write("\r")

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r{text:<{_WIDTH}}")
        sys.stderr.flush()
