"""A memory that cannot be used costs one wait, not one for each request, and never the hunt."""

from __future__ import annotations

from anomaly_hunter.errors import HunterError
from anomaly_hunter.investigate.reasoning.keeping import Keep, Spent


class OneWait:
    """A :class:`.keeping.Keep` that is not asked again once it could not be used.

    Answers are a convenience: without them models are asked. What was spent is not: where that cannot be
    written down, the error of the memory is raised, and nothing may be sent.

    Parameters
    ----------
    keep:
        The memory. Whoever waits for it holds up all roles.
    """

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._broken: HunterError | None = None

    def answer(self, key: str) -> str | None:
        """See :class:`.keeping.Keep`; None where it cannot be read."""
        if self._broken is None:
            try:
                return self._keep.answer(key)
            except HunterError as error:
                self._broken = error
        return None

    def keep_answer(self, key: str, answer: str) -> None:
        """See :class:`.keeping.Keep`; nothing where it cannot be written."""
        if self._broken is None:
            try:
                self._keep.keep_answer(key, answer)
            except HunterError as error:
                self._broken = error

    def spent(self, day: str) -> Spent:
        """See :class:`.keeping.Keep`; raises what the memory raised."""
        self._refuse()
        try:
            return self._keep.spent(day)
        except HunterError as error:
            self._broken = error
            raise

    def spend(self, day: str, amount: Spent) -> None:
        """See :class:`.keeping.Keep`; raises what the memory raised."""
        self._refuse()
        try:
            self._keep.spend(day, amount)
        except HunterError as error:
            self._broken = error
            raise

    def _refuse(self) -> None:
        if self._broken is not None:
            raise self._broken
