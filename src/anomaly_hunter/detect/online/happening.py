"""What happens in a stream: anomalies that open and close, gaps, drift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from anomaly_hunter.model import iso, stable_id

Happening: TypeAlias = Literal["opened", "closed", "gap", "drift"]

CALM = 8
"""An anomaly is over when so many steps in a row score below the boundary."""


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """A change of state. ``id`` is the same for the opening and the closing of an anomaly, and the
    same whenever the stream is replayed; ``score`` is the highest so far."""

    kind: Happening
    id: str
    time: np.datetime64
    score: float
    statement: str


class Watch:
    """Turns scores into openings and closings.

    >>> watch = Watch("cpu")
    >>> times = np.datetime64("2026-01-01T00:00") + np.arange(10)
    >>> [event.kind for t, s in zip(times, [0.2, 1.4, *[0.0] * 8]) for event in watch.see(t, s)]
    ['opened', 'closed']
    """

    def __init__(self, series: str) -> None:
        self.series = series
        self.onset: np.datetime64 | None = None
        self.highest = 0.0
        self.calm = 0

    def see(
        self, time: np.datetime64, score: float, shifted: bool = False, hole: int = 0
    ) -> list[StreamEvent]:
        """What this step changes."""
        events = []
        if hole:
            events.append(self._event("gap", time, 0.0, f"{hole:,} steps before this point are missing"))
        if score >= 1.0:
            self.calm = 0
            if self.onset is None:
                self.onset, self.highest = time, score
                events.append(self._event("opened", time, score, f"abnormal from {iso(time)}"))
            self.highest = max(self.highest, score)
        elif self.onset is not None:
            self.calm += 1
        if shifted:
            events.append(
                self._event("drift", time, score, "a lasting change: the new level is normal from now on")
            )
        if self.onset is not None and (self.calm >= CALM or shifted):
            events.append(
                self._event("closed", time, self.highest, f"abnormal since {iso(self.onset)}, now over")
            )
            self.onset, self.highest, self.calm = None, 0.0, 0
        return events

    def _event(self, kind: Happening, time: np.datetime64, score: float, statement: str) -> StreamEvent:
        subject = self.onset if kind in ("opened", "closed") and self.onset is not None else time
        word = "anomaly" if kind in ("opened", "closed") else kind
        return StreamEvent(
            kind, stable_id(word, self.series, str(subject.astype("datetime64[ns]"))), time, score, statement
        )
