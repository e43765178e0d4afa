"""One channel: its profile, its expected course, and what each detector says on the common scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from anomaly_hunter.detect.baseline import Baseline
from anomaly_hunter.detect.calibrate import TOGETHER, calibrate
from anomaly_hunter.detect.choose import Lookup, build, choose
from anomaly_hunter.detect.clock import Clock
from anomaly_hunter.detect.contract import Detector
from anomaly_hunter.detect.expecting import Expecting, learn
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.detect.profile import profile
from anomaly_hunter.errors import PluginError
from anomaly_hunter.model import FloatArray, Profile
from anomaly_hunter.stats.robust import tame

LEAST_EXPECTED = 0.02
"""False alarms that a series may have by chance, however short."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """What is known about one channel.

    ``score`` is ``(n,)`` on the common scale, ``parts`` what each detector says; ``exact`` names those that
    score points and not windows; ``baseline`` is None where too few values are known;
    ``factor`` is what its values were multiplied by.
    """

    profile: Profile
    score: FloatArray
    parts: Mapping[str, FloatArray]
    exact: tuple[str, ...]
    baseline: Baseline | None
    factor: float = 1.0

    @property
    def detectors(self) -> tuple[str, ...]:
        """Names of the detectors that looked at it."""
        return tuple(name for name in self.parts if name != TOGETHER)

    @property
    def z(self) -> FloatArray:
        """``(n,)`` normal scores of the residual; zeros without a baseline."""
        return np.zeros(self.profile.n) if self.baseline is None else self.baseline.z

    def band(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Expected, lower, upper and one standard deviation, each ``(n,)``, in the unit of the data."""
        n = self.profile.n
        if self.baseline is None:
            flat = np.full(n, self.profile.level)
            return flat, flat, flat, np.zeros(n)
        base = self.baseline
        if self.factor == 1.0:
            return base.expected, base.lower, base.upper, base.unit
        most = np.finfo(np.float64).max
        with np.errstate(over="ignore", under="ignore"):
            expected, lower, upper, unit = (
                np.clip(part / self.factor, -most, most)
                for part in (base.expected, base.lower, base.upper, base.unit)
            )
        return expected, lower, upper, unit


def score_channel(
    value: FloatArray,
    clock: Clock,
    options: DetectOptions,
    lookup: Lookup,
    *,
    counts: bool = False,
    channels: int = 1,
) -> Scored:
    """Profile, baseline and scores of ``(n,)`` values.

    The budget of false alarms (one a week) is shared by the channels.
    """
    interval = clock.interval_s if clock.regular else float("nan")
    about = profile(value, interval, counts, options.seasonality)
    names = options.detectors or choose(about, counts)
    baseline = learn(value, about.period, about.counts) if not about.constant else None
    detectors = [build(name, about, lookup) for name in dict.fromkeys(names)]
    if baseline is None or not detectors:
        silent = np.zeros(len(value))
        return Scored(about, silent, {d.name: silent for d in detectors}, (), baseline, tame(value)[1])
    raws = []
    for detector in detectors:
        if isinstance(detector, Expecting):
            detector.share(value, baseline)
        raws.append((detector, _raw(detector, value)))
    scores = calibrate(raws, max(clock.weeks * min(clock.weeks, 1.0), LEAST_EXPECTED) / channels)
    exact = tuple(d.name for d in detectors if getattr(d, "pointwise", False))
    return Scored(about, scores.score, scores.parts, exact, baseline, tame(value)[1])


def _raw(detector: Detector, value: FloatArray) -> FloatArray:
    raw = np.asarray(detector.fit(value).score(value), dtype=np.float64)
    if raw.shape != value.shape:
        came = f"detector {detector.name!r} gave scores of shape {raw.shape} for {len(value)} points"
        raise PluginError(came, "one score per point")
    return np.nan_to_num(raw)
