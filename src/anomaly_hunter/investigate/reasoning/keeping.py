"""What outlives an investigation: answers that may be used again, and what a day has cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from anomaly_hunter.model import Spent

__all__ = ["Keep", "KeptInProcess", "Spent"]


class Keep(Protocol):
    """Where answers and the spending of a day are kept: a memory, or this process."""

    def answer(self, key: str) -> str | None:
        """The answer that was kept under this key (64 hex digits); None where there is none."""
        ...

    def keep_answer(self, key: str, answer: str) -> None:
        """Keep an answer (JSON); a full shelf drops the oldest."""
        ...

    def spent(self, day: str) -> Spent:
        """What was spent on this day (2026-11-21, UTC) so far."""
        ...

    def spend(self, day: str, amount: Spent) -> None:
        """Add to a day; safe when several programs do so at once."""
        ...


@dataclass(slots=True)
class KeptInProcess:
    """A :class:`Keep` that ends with the process; also what tests use."""

    most_answers: int = 1000
    answers: dict[str, str] = field(default_factory=dict)
    days: dict[str, Spent] = field(default_factory=dict)

    def answer(self, key: str) -> str | None:
        """See :class:`Keep`."""
        return self.answers.get(key)

    def keep_answer(self, key: str, answer: str) -> None:
        """See :class:`Keep`."""
        self.answers[key] = answer
        while len(self.answers) > self.most_answers:
            del self.answers[next(iter(self.answers))]

    def spent(self, day: str) -> Spent:
        """See :class:`Keep`."""
        return self.days.get(day, Spent())

    def spend(self, day: str, amount: Spent) -> None:
        """See :class:`Keep`."""
        self.days[day] = self.spent(day) + amount
