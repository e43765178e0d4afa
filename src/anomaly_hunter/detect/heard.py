"""What people said, applied: another boundary for their series, and what they want to be kept quiet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from anomaly_hunter.detect.alarming import ALARM
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.detect.spans import runs
from anomaly_hunter.model import Anomaly, Detection, IgnoreRule, Learned, Quiet

RULE: Final = "feedback"
"""The rule under which it is shown as quiet."""

MOST_SHOWN: Final = 50


def with_boundary(options: DetectOptions, learned: Learned, subject_id: str) -> DetectOptions:
    """The options with the sensitivity that answers ask for: the set one, divided by the learned factor.

    >>> with_boundary(DetectOptions(sensitivity=3.0), Learned({"a": 1.5}), "a").sensitivity
    2.0
    """
    factor = learned.boundary(subject_id)
    return options if factor == 1.0 else replace(options, sensitivity=options.sensitivity / factor)


def heard(detection: Detection, learned: Learned) -> Detection:
    """The detection with what is to be ignored moved from its anomalies to what is kept quiet.

    What only the learned boundary keeps quiet is listed too. Impossible values always alarm.
    """
    subject = detection.series or detection.table
    factor = learned.boundary(subject.id) if subject is not None else 1.0
    impossible = detection.parts.get("data_range")
    kept, quiet = [], list(detection.quiet)
    for anomaly in detection.anomalies:
        forced = impossible is not None and bool(impossible[anomaly.start : anomaly.stop].any())
        rule = next((rule for rule in learned.rules if rule.is_like(anomaly, factor)), None)
        if rule is None or forced:
            kept.append(anomaly)
        else:
            quiet.append(Quiet(anomaly.start, anomaly.stop, anomaly.score, RULE, _ignored(anomaly, rule)))
    if factor > 1.0:
        quiet += _below(detection, learned)
    if len(quiet) == len(detection.quiet):
        return detection
    return replace(detection, anomalies=tuple(kept), quiet=tuple(sorted(quiet, key=lambda q: q.start)))


def _ignored(anomaly: Anomaly, rule: IgnoreRule) -> str:
    said = f"ignore, {rule.reason!r}" if rule.reason else "ignore"
    when = "" if rule.minute is None else f" around {int(rule.minute // 60):02}:{int(rule.minute % 60):02}"
    return (
        f"a {anomaly.shape} of {anomaly.subject}{when}, no larger than one of which you said: {said} "
        f"(answer {rule.id.partition('.')[0]})"
    )


def _below(detection: Detection, learned: Learned) -> Iterator[Quiet]:
    """Spans over the built-in boundary and below the learned one."""
    subject = detection.series or detection.table
    name = subject.id if subject is not None else ""
    factor = learned.boundary(name)
    score = detection.parts.get(ALARM, detection.score)
    said = f"the alarm boundary of {detection.subject} is {factor:.2f} times the built-in one"
    said += learned.reason(f"series:{name}")
    taken = [(anomaly.start, anomaly.stop) for anomaly in detection.anomalies]
    for start, stop in runs((score * factor >= 1.0) & (score < 1.0))[:MOST_SHOWN]:
        if not any(a < stop and start < b for a, b in taken):
            yield Quiet(start, stop, float(score[start:stop].max()) * factor, RULE, said)
