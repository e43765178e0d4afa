"""Why a point is, or is not, an alarm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Detection, Series

CHECKS = {
    "nearest": "looks for the most similar other stretch",
    "motion": "looks for the most similar other movement",
    "residual": "compares the value with what was expected",
    "level": "compares the level around it with the normal level",
    "difference": "looks at the step from and to its neighbours",
    "variance": "looks at the noise around it",
    "spectral": "looks for what the usual frequencies leave",
    "flat": "looks for values that stand still",
    "together": "adds up what all of them see",
    "alarm": "short windows and steps, less what this time of day brings, against the budget of false alarms",
    "joint": "looks for the most similar other moment of all channels",
    "departure": "looks for something like it in the first half",
    "apart": "looks for something like it in the first half, channel by channel",
    "relation": "compares each channel with what the others make expect",
    "channels": "adds up what is seen in all channels together",
    "data_range": "holds it against the range of possible values",
}

DECIDING = ("alarm", "level", "flat", "data_range")
"""In a series with an alarm score these decide; what the others say ranks points."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one point did or did not alarm.

    ``actual``, ``expected``, ``lower``, ``upper`` are NaN where unknown, and read in the channel
    that is farthest from its band where there are many; ``score`` is on the common scale (1.0 =
    boundary); ``reasons`` are sentences, the deciding one first.
    """

    when: str
    actual: float
    expected: float
    lower: float
    upper: float
    score: float
    alarm: bool
    reasons: tuple[str, ...]


def explain(detection: Detection, position: int) -> Explanation:
    """Why the point at ``position`` of a series did or did not alarm.

    Raises
    ------
    UsageError
        There is no such point, or the detection is of a table.
    """
    series = detection.series
    if series is None:
        raise UsageError(f"{detection.subject!r} is a table", "a series", "explain one of its rows instead")
    if not 0 <= position < len(series):
        came = f"there is no point {position} in {detection.subject!r}"
        raise UsageError(came, f"0 to {len(series) - 1}", "choose one of these")
    actual, expected, lower, upper, channel = _reading(detection, series, position)
    score = float(detection.score[position])
    inside = [a for a in detection.anomalies if a.start <= position < a.stop]
    silent = bool(detection.note) and not detection.score.any()
    reasons = [detection.note] if silent else []
    if inside:
        anomaly = inside[0]
        about = f"{anomaly.shape} from {series.when(anomaly.start)} to {series.when(anomaly.stop - 1)}"
        reasons.append(f"it is part of an alarm: {about}, score {anomaly.score:.3g} at its highest")
    reasons += [
        f"the rule {quiet.rule} keeps it quiet: {quiet.statement}"
        for quiet in detection.quiet
        if quiet.start <= position < quiet.stop
    ]
    if np.isnan(actual):
        reasons.append("the value is missing: there is nothing to score")
    else:
        reasons.append(_beside_the_band(actual, expected, lower, upper, channel))
        reasons += _voices(detection, position)
        if not inside and not silent:
            reasons.append(_what_was_needed(detection, position, expected, actual))
    if detection.note and not silent:
        reasons.append(detection.note)
    return Explanation(
        series.when(position), actual, expected, lower, upper, score, bool(inside), tuple(reasons)
    )


def _reading(detection: Detection, series: Series, position: int) -> tuple[float, float, float, float, str]:
    """Value and band, in the channel farthest from its band."""
    value = np.atleast_1d(series.value[position])
    bands = (detection.expected, detection.lower, detection.upper)
    if any(band is None for band in bands):
        return float(value[0]), float("nan"), float("nan"), float("nan"), ""
    expected, lower, upper = (np.atleast_1d(band[position]) for band in bands if band is not None)
    with np.errstate(over="ignore", invalid="ignore"):
        width = upper - lower
        far = np.abs(value - expected) / np.maximum(width, 1e-300)
    if (width > 0).any():  # a channel that was not looked at by itself has no band
        far = np.where(width > 0, far, -1.0)
    place = int(np.argmax(np.where(np.isnan(far), -1.0, far)))
    channel = series.channels[place] if series.channels else ""
    return float(value[place]), float(expected[place]), float(lower[place]), float(upper[place]), channel


def _beside_the_band(actual: float, expected: float, lower: float, upper: float, channel: str) -> str:
    where = "inside" if lower <= actual <= upper else "below" if actual < lower else "above"
    named = f"{channel} is " if channel else "the value is "
    usual = f"expected was {expected:.6g}, normally {lower:.6g} to {upper:.6g}"
    return f"{named}{actual:.6g}; {usual}: {where} that"


def _voices(detection: Detection, position: int) -> list[str]:
    """What each detector said, the loudest first."""
    scores = {name: float(part[position]) for name, part in detection.parts.items()}
    decides = "alarm" in scores
    loud = sorted(scores, key=lambda name: (decides and name not in DECIDING, -scores[name]))
    said = []
    for name in loud:
        verdict = "over the boundary" if scores[name] >= 1.0 else f"{scores[name]:.0%} of the boundary"
        if decides and name not in DECIDING:
            verdict += ", which ranks the point and raises no alarm"
        does = CHECKS.get(name)
        said.append(f"{name} ({does}) scores {scores[name]:.3g}: {verdict}" if does else
                    f"{name} scores {scores[name]:.3g}: {verdict}")  # fmt: skip
    return said


def _what_was_needed(detection: Detection, position: int, expected: float, actual: float) -> str:
    score = float(detection.score[position])
    if any(quiet.start <= position < quiet.stop for quiet in detection.quiet):
        return f"it scores {score:.3g}, over the boundary of 1: without that rule it would alarm"
    if score >= 1.0:
        return (
            f"it scores {score:.3g} because abnormal points are near; "
            "its own value is normal, so the alarm was trimmed to those"
        )
    if "alarm" in detection.parts:
        return _what_decides(detection, position)
    own = detection.parts.get("residual")
    more = f"a score of 1 was needed, it has {score:.3g}"
    if own is not None and 0.05 < float(own[position]) < 1.0 and np.isfinite(expected):
        needed = expected + (actual - expected) / float(own[position])
        more += f"; a value of about {needed:.4g} would have alarmed by itself"
    return more


def _what_decides(detection: Detection, position: int) -> str:
    """For a series with an alarm score: what it lacked, or who did not bear it out."""
    said = {name: float(detection.parts[name][position]) for name in DECIDING if name in detection.parts}
    loudest = max(said, key=lambda name: said[name])
    if said[loudest] >= 1.0:
        return f"{loudest} alone is over its boundary; all together see too little around it to bear that out"
    return f"one of {', '.join(said)} had to reach 1; the nearest to it, {loudest}, has {said[loudest]:.3g}"
