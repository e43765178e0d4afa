"""Log lines as they travel: templates and how often each came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anomaly_hunter.model.basics import AnyArray, TimeArray, stable_id


@dataclass(frozen=True, slots=True)
class LogTemplate:
    """Lines that differ only in numbers, ids and names.

    ``text`` has ``<*>`` where they differ, ``example`` is one of the lines as it was written,
    ``level`` is upper case ("" = none), ``first`` and ``last`` are when it was seen.
    """

    service: str
    level: str
    text: str
    example: str
    count: int
    first: np.datetime64
    last: np.datetime64

    @property
    def id(self) -> str:
        """Eight characters from service and text."""
        return stable_id("log template", self.service, self.text)[:8]


@dataclass(frozen=True, slots=True, eq=False)
class Logs:
    """What log lines came to.

    ``counts`` is ``(templates, intervals)``: lines per template and interval; interval ``i`` begins
    at ``start + i * step_s``. ``lines`` were read, ``untimed`` of them carry no time of their own (they
    go with the line before), ``rare`` belong to templates that were given up for more frequent or newer ones.
    """

    templates: tuple[LogTemplate, ...]
    start: np.datetime64
    step_s: float
    counts: AnyArray
    lines: int
    untimed: int = 0
    rare: int = 0

    def __repr__(self) -> str:
        return f"<Logs: {self.lines:,} lines, {len(self.templates):,} templates>"

    @property
    def times(self) -> TimeArray:
        """``(n,)`` begins of the intervals."""
        step = np.timedelta64(round(self.step_s * 1e9), "ns")
        begins: TimeArray = self.start.astype("datetime64[ns]") + step * np.arange(self.counts.shape[1])
        return begins
