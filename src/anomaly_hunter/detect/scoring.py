"""One channel: its profile, its expected course, and what each detector says on the common scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from anomaly_hunter.detect.alarming import ALARM, alarm_score, believed, borne_out, composed
from anomaly_hunter.detect.band import Band, fit_band
from anomaly_hunter.detect.baseline import Baseline
from anomaly_hunter.detect.calendar import Calendar, no_calendar
from anomaly_hunter.detect.calibrate import RISK, TOGETHER, Calibrated, calibrate, only_alarms
from anomaly_hunter.detect.choose import Lookup, build, choose
from anomaly_hunter.detect.clock import Clock
from anomaly_hunter.detect.contract import Detector
from anomaly_hunter.detect.course import LONG
from anomaly_hunter.detect.expecting import Expecting, learn
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.detect.profile import profile
from anomaly_hunter.errors import PluginError
from anomaly_hunter.model import FloatArray, Profile
from anomaly_hunter.stats.robust import tame

MOST = 1e100
"""Scores are clipped here: their squares are added up."""

LEAST_EXPECTED = 0.02
"""False alarms that a series may have by chance, however short."""

SEEN_BY_ALL = 0.5
"""Share of the boundary of all together that a stretch must reach somewhere to alarm."""

EXCUSED = 0.99
"""The highest score of a value that a special day explains."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """What is known about one channel.

    ``score`` is ``(n,)`` on the common scale, ``parts`` what each detector says; ``exact`` names those that
    score points and not windows; ``baseline`` and ``usual`` (what people see of what is normal) are
    None where too few values are known; ``factor`` is what its values were multiplied by.
    """

    profile: Profile
    score: FloatArray
    parts: Mapping[str, FloatArray]
    exact: tuple[str, ...]
    baseline: Baseline | None
    usual: Band | None = None
    factor: float = 1.0

    @property
    def detectors(self) -> tuple[str, ...]:
        """Names of the detectors that looked at it."""
        return tuple(name for name in self.parts if name not in (TOGETHER, ALARM))

    @property
    def z(self) -> FloatArray:
        """``(n,)`` normal scores of the residual; zeros without a baseline."""
        return np.zeros(self.profile.n) if self.baseline is None else self.baseline.z

    def band(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Expected, lower, upper and one standard deviation, each ``(n,)``, in the unit of the data."""
        n, usual = self.profile.n, self.usual
        if usual is None:
            flat = np.full(n, self.profile.level)
            return flat, flat, flat, np.zeros(n)
        parts = (usual.expected, usual.lower, usual.upper, usual.unit)
        if self.factor == 1.0:
            return parts
        most = np.finfo(np.float64).max
        with np.errstate(over="ignore", under="ignore"):
            expected, lower, upper, unit = (np.clip(part / self.factor, -most, most) for part in parts)
        return expected, lower, upper, unit


def score_channel(
    value: FloatArray,
    clock: Clock,
    options: DetectOptions,
    lookup: Lookup,
    *,
    counts: bool = False,
    channels: int = 1,
    calendar: Calendar | None = None,
) -> Scored:
    """Profile, baseline, scores and band of ``(n,)`` values.

    The budget of false alarms (``options.alarms_per_week``) is shared by the channels. Scores are
    divided by the boundary that ``options.sensitivity`` sets. On the special days of
    ``calendar`` only values outside the band can alarm.
    """
    interval = clock.interval_s if clock.regular else float("nan")
    about = profile(value, interval, counts, options.seasonality)
    names = options.detectors or choose(about, counts)
    baseline = learn(value, about.period, about.counts) if not about.constant else None
    detectors = [build(name, about, lookup) for name in dict.fromkeys(names)]
    calm, factor = tame(value)
    calendar = no_calendar(len(value)) if calendar is None else calendar
    if baseline is None or not detectors:
        silent = np.zeros(len(value))
        usual = _usual(calm, silent, baseline, about, calendar, options=options)
        return Scored(about, silent, {d.name: silent for d in detectors}, (), baseline, usual, factor)
    raws = []
    for detector in detectors:
        if isinstance(detector, Expecting):
            detector.share(value, baseline)
        raws.append((detector, _raw(detector, value)))
    expected = allowed(clock, options) / channels
    scores = calibrate(raws, expected)
    if len(value) >= LONG and not options.detectors and not counts:
        scores = _decided(scores, raws, alarm_score(value, expected, calendar), options.sensitivity)
    else:
        scores = _louder(scores, options.sensitivity * _eased(len(value), options.alarms_per_week))
    exact = tuple(d.name for d in detectors if getattr(d, "pointwise", False))
    usual = _usual(calm, scores.score, baseline, about, calendar, options=options)
    score, parts = scores.score, dict(scores.parts)
    if usual is not None and calendar.special.any():
        excused = calendar.special & (calm >= usual.lower) & (calm <= usual.upper)
        score = np.where(excused, np.minimum(score, EXCUSED), score)
        parts = {name: np.where(excused, np.minimum(part, EXCUSED), part) for name, part in parts.items()}
    return Scored(about, score, parts, exact, baseline, usual, factor)


def _usual(
    value: FloatArray,
    score: FloatArray,
    baseline: Baseline | None,
    about: Profile,
    calendar: Calendar,
    *,
    options: DetectOptions,
) -> Band | None:
    if baseline is None:
        return None
    return fit_band(value, score < 1.0, baseline, about, calendar, share=options.interval_width)


def allowed(clock: Clock, options: DetectOptions) -> float:
    """How many false alarms are allowed: the budget times the weeks, less than pro rata below one."""
    return max(options.alarms_per_week * clock.weeks * min(clock.weeks, 1.0), LEAST_EXPECTED)


def _eased(n: int, alarms_per_week: float) -> float:
    """What the scores of a short series are multiplied by for another budget than one a week.

    Their boundaries are what chance reaches in one of a hundred series; with a budget of ``b`` it
    is ``b`` of a hundred, so the boundary moves as the normal quantile of ``b / (200 n)`` does.
    """
    if n >= LONG or alarms_per_week == 1.0:
        return 1.0
    usual = RISK / (2.0 * max(n, 1))
    asked = min(max(usual * alarms_per_week, 1e-15), 0.1)
    return NormalDist().inv_cdf(usual) / NormalDist().inv_cdf(asked)


def _louder(scores: Calibrated, factor: float) -> Calibrated:
    if factor == 1.0:
        return scores
    return Calibrated(scores.score * factor, {name: part * factor for name, part in scores.parts.items()})


def _decided(
    scores: Calibrated, raws: Sequence[tuple[Detector, FloatArray]], alarm: FloatArray, sensitivity: float
) -> Calibrated:
    """Alarms where the alarm score is, or a detector that only alarms; elsewhere as they rank.

    Both must be borne out by what all see together: by half of its boundary somewhere in the
    stretch, and those that only alarm, whose stretches are long, as
    :func:`~anomaly_hunter.detect.alarming.believed` says.
    """
    sure = [scores.parts[detector.name] for detector, _ in raws if only_alarms(detector)]
    louder = _louder(scores, sensitivity)
    rank = louder.parts.get(TOGETHER, louder.score)
    alarms = borne_out(alarm * sensitivity, rank, SEEN_BY_ALL)
    for part in sure:
        alarms = np.maximum(alarms, believed(part * sensitivity, rank))
    return Calibrated(composed(alarms, rank), {**louder.parts, ALARM: alarm * sensitivity})


def _raw(detector: Detector, value: FloatArray) -> FloatArray:
    raw = np.asarray(detector.fit(value).score(value), dtype=np.float64)
    if raw.shape != value.shape:
        came = f"detector {detector.name!r} gave scores of shape {raw.shape} for {len(value)} points"
        raise PluginError(came, "one score per point")
    if np.isnan(raw).any():
        raw = np.nan_to_num(raw)
    return np.minimum(np.maximum(raw, -MOST), MOST)
