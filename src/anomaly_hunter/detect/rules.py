"""Rules of the user that keep an alarm quiet, each with its reason in words."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.detect.course import BoolArray
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.model import Anomaly, FloatArray, Quiet

WORDS = {"up": "too high", "down": "too low", "both": "on both sides"}


def outside(value: FloatArray, options: DetectOptions) -> BoolArray:
    """True where a value is outside ``data_range``: impossible, whatever else is known."""
    low, high = options.data_range
    mask = np.zeros(len(value), bool)
    if low is not None:
        mask |= value < low
    if high is not None:
        mask |= value > high
    return mask


def kept_quiet(anomaly: Anomaly, options: DetectOptions) -> Quiet | None:
    """The first rule that keeps this anomaly quiet, None where it may alarm.

    Gaps and flat lines deviate from nothing, so only the direction could concern them, and it does not.
    """
    if anomaly.shape in ("gap", "flat line"):
        return None
    wanted = options.detection_direction
    if wanted != "both" and anomaly.direction not in (wanted, "both"):
        said = f"the values are {WORDS[anomaly.direction]}; alarms are wanted for values {WORDS[wanted]}"
        return _quiet(anomaly, "detection_direction", said)
    deviation = abs(anomaly.actual - anomaly.expected)
    least = options.min_dev_from_expected
    if deviation < least:
        said = (
            f"{anomaly.actual:.6g} is {deviation:.4g} off {anomaly.expected:.6g}; alarms begin at {least:g}"
        )
        return _quiet(anomaly, "min_dev_from_expected", said)
    share = options.min_rel_dev_from_expected
    if deviation < share * abs(anomaly.expected):
        off = deviation / abs(anomaly.expected)
        said = f"{anomaly.actual:.6g} is {off:.1%} off {anomaly.expected:.6g}; alarms begin at {share:.1%}"
        return _quiet(anomaly, "min_rel_dev_from_expected", said)
    return None


def without_before(anomaly: Anomaly, n: int) -> Quiet | None:
    """A stretch from the very first point on, over a third of all ``n``: nothing before it was otherwise.

    What comes after it differs: that is another level, or a part of a season that is longer than the data.
    """
    if anomaly.shape in ("gap", "flat line") or anomaly.start > 0 or 3 * anomaly.stop <= n:
        return None
    said = f"it is the first {anomaly.stop:,} of {n:,} points: nothing before says what was usual"
    return _quiet(anomaly, "no_before", said)


def of_a_sawtooth(anomaly: Anomaly, count: int) -> Quiet:
    """One of ``count`` steps that give back what was climbed since the last one."""
    said = f"it is one of {count} alike that each give back what was climbed since the last: a sawtooth"
    return _quiet(anomaly, "sawtooth", said)


def of_chance(anomaly: Anomaly) -> Quiet:
    """Values like others of the series, no denser than they come together by chance."""
    said = "values as far off come as often elsewhere in this series, and as close together by chance"
    return _quiet(anomaly, "by_chance", said)


def _quiet(anomaly: Anomaly, rule: str, statement: str) -> Quiet:
    return Quiet(anomaly.start, anomaly.stop, anomaly.score, rule, statement)
