"""Work in threads, so that a server stays responsive: few at once, with a time limit, cancelled politely."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from anomaly_hunter.errors import UsageError

T = TypeVar("T")


class StoppedError(Exception):
    """Nobody waits for this work any more."""


class Stop:
    """Tells work that nobody waits for it any more."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def now(self) -> None:
        """The work shall stop at its next step."""
        self._event.set()

    def check(self, *_: object) -> None:
        """Raise :class:`StoppedError` if it shall; takes what a progress callback is given."""
        if self._event.is_set():
            raise StoppedError


class Workers:
    """At most ``at_once`` works run; the others wait their turn, all of them at most ``seconds``.

    A thread cannot be ended from outside: work that takes too long is told to stop at its next step
    and keeps its place until then, so that there are never more than ``at_once``.
    """

    def __init__(self, at_once: int, seconds: float) -> None:
        self._pool = ThreadPoolExecutor(at_once, "hunter")
        self._seconds = seconds
        self._running: set[Stop] = set()

    async def run(self, work: Callable[[Stop], T]) -> T:
        """What ``work`` gives, or raises.

        Raises
        ------
        UsageError
            It took too long.
        """
        stop, context = Stop(), contextvars.copy_context()
        self._running.add(stop)
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.wrap_future(self._pool.submit(context.run, work, stop))
        except TimeoutError:
            raise UsageError(
                f"the call took longer than {self._seconds:g} s",
                "less work",
                "hunt fewer or shorter series, or ask again when fewer calls run",
            ) from None
        finally:
            stop.now()
            self._running.discard(stop)

    def close(self) -> None:
        """Start nothing more, and tell what runs to stop."""
        for stop in tuple(self._running):
            stop.now()
        self._pool.shutdown(wait=False, cancel_futures=True)
