"""Log templates that surge, or are new, when an incident begins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.model import AnyArray, LogTemplate

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

SURGES: Final = 4.0
RATIO: Final = 2.0
NEW_LOG10: Final = -3.0
FEWEST_NEW: Final = 2
MOST_BEFORE: Final = 8_640
LONGEST_AFTER_S: Final = 3_600.0
NEGATIVE: Final = frozenset(
    ("WARN", "WARNING", "ERROR", "ERR", "CRITICAL", "CRIT", "FATAL", "SEVERE", "PANIC", "ALERT", "EMERG")
)


@dataclass(frozen=True, slots=True)
class Surge:
    """One template before and after the onset.

    ``before`` and ``after`` are lines in ``before_s`` and ``after_s`` seconds; ``z`` is the distance of the
    two rates in standard deviations; ``new`` when it never came before.
    """

    template: LogTemplate
    before: int
    after: int
    before_s: float
    after_s: float
    z: float
    new: bool

    @property
    def ratio(self) -> float:
        """Rate after over rate before; infinite for what is new."""
        if not self.before:
            return math.inf
        return (self.after / self.after_s) / (self.before / self.before_s)

    @property
    def weight(self) -> float:
        """How much it says, in [0, 1]: from its z, half as much where the line is no warning."""
        sure = min(1.0, self.z / 8.0)
        return sure if self.template.level in NEGATIVE else 0.5 * sure


def surges(case: Case) -> tuple[Surge, ...]:
    """Templates that came at least twice as often from the onset on, or never before, strongest first.

    Before: up to 8,640 intervals that end at the earliest possible onset. After: from there to the end of
    the incident, one hour at most. For counts ``k0, k1`` in ``d0, d1`` seconds, ``r = d1 / d0`` and the
    overdispersion ``phi >= 1`` of the counts before (variance over mean; a Poisson count is the least):
    ``z = 2 (sqrt(k1 + 3/8) - sqrt(r (k0 + 3/8))) / sqrt(phi (1 + r))`` (Huffman 1984), kept from 4 on.
    New: ``k0 = 0`` and ``(r / (1 + r)) ** k1 <= 0.001``, twice at least.
    """
    return case.once("surges", lambda: _surges(case))


def calm_templates(case: Case) -> tuple[LogTemplate, ...]:
    """Templates that do not surge: what the system always says."""
    logs = case.dataset.logs
    if logs is None:
        return ()
    loud = {surge.template.id for surge in surges(case)}
    return tuple(template for template in logs.templates if template.id not in loud)


def _surges(case: Case) -> tuple[Surge, ...]:
    logs, times, end = case.dataset.logs, case.onset_times, case.end_time
    series = case.series
    if logs is None or times is None or end is None or series is None or not series.clocked:
        return ()
    begins = logs.times
    step = np.timedelta64(round(logs.step_s * 1e9), "ns")
    split = int(np.searchsorted(begins + step, times[0], side="right"))  # intervals over before the onset
    last = max(end, times[1]) + max(step, np.timedelta64(round(say.usual_step(series) * 1e9), "ns"))
    stop = int(np.searchsorted(begins, last, side="left"))
    stop = min(stop, split + max(1, math.ceil(LONGEST_AFTER_S / logs.step_s)))
    first = max(0, split - MOST_BEFORE)
    if split - first < 2 or stop <= split:
        return ()
    before, after = logs.counts[:, first:split], logs.counts[:, split:stop]
    seconds = ((split - first) * logs.step_s, (stop - split) * logs.step_s)
    z = _distance(before, after)
    found = []
    for i in np.flatnonzero(after.sum(axis=1) > 0):
        k0, k1 = int(before[i].sum()), int(after[i].sum())
        new = k0 == 0 and k1 >= FEWEST_NEW and k1 * _log10_share(*seconds) <= NEW_LOG10
        surge = Surge(logs.templates[i], k0, k1, *seconds, float(z[i]), new)
        if new or (surge.z >= SURGES and surge.ratio >= RATIO):
            found.append(surge)
    return tuple(sorted(found, key=lambda s: (-s.weight, -s.z, s.template.id)))


def _log10_share(before_s: float, after_s: float) -> float:
    """log10 of the chance that one line falls after the onset when nothing has changed."""
    return math.log10(after_s / (after_s + before_s))


def _distance(before: AnyArray, after: AnyArray) -> AnyArray:
    """``(k,)`` z of every template."""
    r = after.shape[1] / before.shape[1]
    k0, k1 = before.sum(axis=1), after.sum(axis=1)
    mean = before.mean(axis=1)
    phi = np.maximum(1.0, before.var(axis=1) / np.maximum(mean, 1e-9))
    phi = np.where(k0 >= 5, phi, 1.0)
    z = 2.0 * (np.sqrt(k1 + 0.375) - np.sqrt(r * (k0 + 0.375))) / np.sqrt(phi * (1.0 + r))
    return np.asarray(z, np.float64)
