"""All conditions on all cases."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from pydantic_ai.models import override_allow_model_requests

from anomaly_hunter.bench.reasoning.conditions import (
    NO_EVIDENCE,
    WITHOUT,
    Judged,
    Played,
    guessed,
    with_model,
    without,
)
from anomaly_hunter.bench.reasoning.known import Known
from anomaly_hunter.bench.reasoning.outcome import Outcome
from anomaly_hunter.bench.reasoning.recording import NotRecordedError
from anomaly_hunter.bench.reasoning.replaying import Seen


@dataclass(slots=True)
class Evaluated:
    """Outcomes by condition, each on the same cases; cases without an alarm; what was not recorded."""

    by: dict[str, list[Outcome]] = field(default_factory=dict)
    not_found: int = 0
    missing: list[NotRecordedError] = field(default_factory=list)
    took_s: float = 0.0

    @property
    def outcomes(self) -> list[Outcome]:
        """All of them."""
        return [outcome for part in self.by.values() for outcome in part]

    def add(self, outcome: Outcome, seen: Seen) -> None:
        """One more."""
        self.by.setdefault(outcome.condition, []).append(outcome)
        self.missing += seen.missing


def evaluate(cases: Iterable[Known], models: Sequence[Played], live: bool = False) -> Evaluated:
    """Every case without a model, then under two conditions for each model.

    Not ``live``: pydantic-ai is told to let no provider be asked, beside that none is made.
    """
    started = time.perf_counter()
    done = Evaluated(by={name: [] for name in conditions(models)})
    with ExitStack() as stack:
        if not live:
            stack.enter_context(override_allow_model_requests(False))
        for known in cases:
            judged = without(known)
            if judged is None:
                done.not_found += 1
                continue
            done.add(judged.outcome, Seen())
            for outcome, seen in _played(judged, models):
                done.add(outcome, seen)
    done.took_s = time.perf_counter() - started
    return done


def conditions(models: Sequence[Played]) -> tuple[str, ...]:
    """The names of all conditions."""
    return WITHOUT, *(name for one in models for name in (one.name, one.name + NO_EVIDENCE))


def _played(judged: Judged, models: Sequence[Played]) -> Iterator[tuple[Outcome, Seen]]:
    for one in models:
        seen = Seen()
        yield with_model(judged, one, seen), seen
        seen = Seen()
        yield guessed(judged, one, seen), seen
